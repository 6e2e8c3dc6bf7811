import { describe, expect, test } from 'vitest';
import { guessOf, numberTypeOf, wordsOf } from '../../src/formats/header-words.ts';
import { labelledNumber, labelledPlace } from '../../src/formats/labels.ts';
import { open, outcomes, takenFor } from './opened.ts';

describe('a header is taken for what its words say', () => {
  const headers: Record<string, string> = {
    'First Name': 'firstName',
    FIRSTNAME: 'firstName',
    first_name: 'firstName',
    'Given name': 'firstName',
    Surname: 'lastName',
    'Full name': 'name',
    'Job Title': 'title',
    Organisation: 'company',
    Phone: 'number:business',
    'Phone 2': 'number:business',
    'Office Phone': 'number:business',
    'Phone (home)': 'number:home',
    'Cell Phone': 'number:mobile',
    Extension: 'number:business',
    'Main Phone': 'number:other',
    Fax: 'number:business_fax',
    'Home Fax': 'number:home_fax',
    'E-mail': 'email:work',
    'E-mail (private)': 'email:home',
    'Mailing Street': 'address:work:street',
    'Home Zip': 'address:home:zip',
    'State/Province': 'address:work:state',
    'Country/Region': 'address:work:country',
    Comments: 'remark',
    Vorname: 'firstName',
    Nachname: 'lastName',
    'Name, Vorname': 'name',
    Firma: 'company',
    Position: 'title',
    'Telefon (geschäftl.)': 'number:business',
    'Tel. privat': 'number:home',
    Handynummer: 'number:mobile',
    Durchwahl: 'number:business',
    'Telefax privat': 'number:home_fax',
    'E-Mail-Adresse': 'email:work',
    Straße: 'address:work:street',
    'PLZ (privat)': 'address:home:zip',
    Ort: 'address:work:city',
    Bundesland: 'address:work:state',
    Land: 'address:work:country',
    Bemerkungen: 'remark',
    Ansprechpartner: 'name',
    Prénom: 'firstName',
    'Nom de famille': 'lastName',
    Société: 'company',
    Fonction: 'title',
    'Téléphone (bureau)': 'number:business',
    'Téléphone 2 (domicile)': 'number:home',
    'Téléphone (autre)': 'number:other',
    'Télécopie (domicile)': 'number:home_fax',
    'Tél. mobile': 'number:mobile',
    'Adresse de messagerie': 'email:work',
    'Rue (domicile)': 'address:home:street',
    'Code postal (bureau)': 'address:work:zip',
    'Dép/Région (bureau)': 'address:work:state',
    'Pays/Région (autre)': 'address:other:country',
    Ville: 'address:work:city',
    Apellidos: 'lastName',
    Empresa: 'company',
    Puesto: 'title',
    'Teléfono del trabajo': 'number:business',
    'Particular: teléfono': 'number:home',
    'Teléfono móvil': 'number:mobile',
    'Otro teléfono': 'number:other',
    'Fax del trabajo': 'number:business_fax',
    'Dirección de correo electrónico': 'email:work',
    'Código postal': 'address:work:zip',
    Provincia: 'address:work:state',
    País: 'address:work:country',
    Notas: 'remark',
    Soyadı: 'lastName',
    'Adı Soyadı': 'name',
    Şirket: 'company',
    'İş Unvanı': 'title',
    'İş Telefonu': 'number:business',
    'Ev Telefonu': 'number:home',
    'Cep Telefonu': 'number:mobile',
    'Diğer Telefon': 'number:other',
    'İş Faksı': 'number:business_fax',
    'E-posta Adresi': 'email:work',
    'Posta Kodu': 'address:work:zip',
    Şehir: 'address:work:city',
    İl: 'address:work:state',
    Ülke: 'address:work:country',
    Açıklama: 'remark',
  };
  test.each(Object.entries(headers))('%s: %s', (header, target) => {
    expect(guessOf(header)).toEqual({ target });
  });

  const aside = [
    '',
    '---',
    "Assistant's Phone",
    'Telefon Assistent',
    'Phonetic First Name',
    'Given Yomi',
    'Birthday',
    'Geburtstag',
    'Web Page',
    'E-mail Type',
    'E-mail Display Name',
    "Nom complet de l'adresse de messagerie",
    'E-Mail: Angezeigter Name',
    'Phone Type',
    'Phonebook',
    'Kundennummer',
    'Customer No',
    'Department',
    'Gender',
    'Voicemail',
    'Anything else',
  ];
  test.each(aside)('%s: nothing', (header) => {
    expect(guessOf(header)).toBeUndefined();
  });
});

test('words are without accents, case and punctuation, and numbers stand apart', () => {
  expect(['Telefon (geschäftlich)2', 'phone_1_number', 'FirstName', '\ufeffİŞ', 'E-Mail'].map(wordsOf)).toEqual([
    'telefon geschaftlich 2',
    'phone 1 number',
    'first name',
    'is',
    'e mail',
  ]);
});

test('labels tell the type of a number in several languages', () => {
  const labels: Record<string, string> = {};
  for (const label of [
    'Mobile',
    'Handy',
    'Mobil',
    'Portable',
    'Cep',
    'iPhone',
    'Work',
    '* Arbeit',
    'Geschäftlich',
    'Bureau',
  ]) {
    labels[label] = labelledNumber(label, 'other');
  }
  for (const label of [
    'Home',
    'Privat',
    'Domicile',
    'Casa',
    'Ev',
    'Work Fax',
    'Home Fax',
    'Fax',
    'Other Fax',
    'Main',
    'Pager',
    '',
  ]) {
    labels[label] = labelledNumber(label, 'other');
  }
  expect(labels).toEqual({
    Mobile: 'mobile',
    Handy: 'mobile',
    Mobil: 'mobile',
    Portable: 'mobile',
    Cep: 'mobile',
    iPhone: 'mobile',
    Work: 'business',
    '* Arbeit': 'business',
    Geschäftlich: 'business',
    Bureau: 'business',
    Home: 'home',
    Privat: 'home',
    Domicile: 'home',
    Casa: 'home',
    Ev: 'home',
    'Work Fax': 'business_fax',
    'Home Fax': 'home_fax',
    Fax: 'business_fax',
    'Other Fax': 'other',
    Main: 'other',
    Pager: 'other',
    '': 'other',
  });
  expect([labelledPlace('* Home ::: Work', 'work'), labelledPlace('', 'work'), labelledPlace('Boat', 'work')]).toEqual([
    'home',
    'work',
    'other',
  ]);
  expect(numberTypeOf('doorbell', 'business')).toBe('business');
});

describe('names', () => {
  test('Name beside Vorname is the last name, and Ad beside Soyad the first', async () => {
    expect(takenFor(await open('Name;Vorname;Telefon\n'))).toEqual({
      Name: 'lastName',
      Vorname: 'firstName',
      Telefon: 'number:business',
    });
    expect(takenFor(await open('Ad;Soyad;Telefon\n'))).toEqual({
      Ad: 'firstName',
      Soyad: 'lastName',
      Telefon: 'number:business',
    });
    expect(takenFor(await open('Nombre;Apellidos;Teléfono\n'))).toMatchObject({ Nombre: 'firstName' });
    expect(takenFor(await open('Nom;Prénom;Téléphone\n'))).toMatchObject({ Nom: 'lastName' });
    expect(takenFor(await open('Ad;Telefon\n'))).toMatchObject({ Ad: 'name' });
  });

  test('a whole name is taken apart where there is no other', async () => {
    const rows = [
      'Ada Lovelace,',
      '"Lovelace, Ada",',
      'Ada Augusta King,',
      'Reception,',
      '"Example, Inc.",',
      'Example Ltd,Example Ltd',
      '"King, Ada, Countess",',
    ].map((row) => `${row},020 7946 0000`);
    const contacts = await outcomes(['Name,Company,Phone', ...rows].join('\n'));
    expect(contacts.map((contact) => ({ ...contact, numbers: undefined }))).toEqual([
      { firstName: 'Ada', lastName: 'Lovelace' },
      { firstName: 'Ada', lastName: 'Lovelace' },
      { firstName: 'Ada Augusta', lastName: 'King' },
      { firstName: 'Reception' },
      { firstName: 'Example, Inc.' },
      { company: 'Example Ltd' },
      { firstName: 'King, Ada, Countess' },
    ]);
  });

  test('a whole name says nothing beside a first or last one', async () => {
    const contacts = await outcomes('Display name;First name;Last name;Phone\nShe;Ada;;1001\nHim and her;;;1002\n');
    expect(contacts).toEqual([
      { firstName: 'Ada', numbers: [{ type: 'business', number: '1001' }] },
      { firstName: 'Him and', lastName: 'her', numbers: [{ type: 'business', number: '1002' }] },
    ]);
  });
});

test('of two titles the one that is no form of address is taken, and of two company columns the first', async () => {
  expect(takenFor(await open('Title;Name;Job Title;Company;Organisation;Phone\n'))).toEqual({
    Name: 'name',
    'Job Title': 'title',
    Company: 'company',
    Phone: 'number:business',
  });
  expect((await open('Titre;Nom;Prénom;Titre;Tél.\n')).columns.map(({ target }) => target)).toEqual([
    null,
    'lastName',
    'firstName',
    'title',
    'number:business',
  ]);
});

test('Home and Other are numbers where their cells look so, or are empty', async () => {
  const file = 'Name;Home;Other;Work\nAnn;020 7946 0000;likes tea;\n';
  expect(takenFor(await open(file))).toEqual({ Name: 'name', Home: 'number:home', Work: 'number:business' });
});
