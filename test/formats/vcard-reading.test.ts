import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openVCards } from '../../src/formats/vcard-reading.ts';
import { contactsOf, rowsOf } from '../support/contact-files.ts';

function fixture(name: string, charset = 'utf-8'): string {
  return new TextDecoder(charset).decode(readFileSync(join(import.meta.dirname, '../fixtures/vcards', name)));
}

function card(...lines: string[]): string {
  return ['BEGIN:VCARD', ...lines, 'END:VCARD', ''].join('\r\n');
}

/** The contacts of one card, which names nobody and has one number unless the lines say more. */
async function fieldsOf(...lines: string[]) {
  const { contacts, faults } = await contactsOf(openVCards(card('VERSION:3.0', ...lines), 'UTF-8'));
  return { fields: contacts[0]?.fields, faults };
}

describe('a file as it is written by', () => {
  test('Google', async () => {
    const file = openVCards(fixture('google.vcf'), 'UTF-8');
    expect({ layout: file.layout, estimate: file.estimate, columns: file.columns }).toEqual({
      layout: 'vCard 3.0',
      estimate: 2,
      columns: [],
    });
    expect(await contactsOf(file)).toEqual({
      contacts: [
        {
          fields: {
            firstName: 'Miriam Anne',
            lastName: 'Okafor',
            company: 'Okafor & Partners, Solicitors',
            title: 'Senior Partner',
            numbers: [
              { type: 'mobile', number: '+44 7700 900101' },
              { type: 'business', number: '020 7946 0101' },
              { type: 'business_fax', number: '+44 20 7946 0102' },
              { type: 'other', number: '+44 7600 900103' },
            ],
            emails: [
              { type: 'work', address: 'miriam.okafor@example.com' },
              { type: 'home', address: 'mim@example.org' },
              { type: 'other', address: 'office@example.net' },
            ],
            addresses: [
              {
                type: 'work',
                street: '12 High Street, Floor 3',
                city: 'London',
                zip: 'EC1A 1BB',
                country: 'United Kingdom',
              },
              { type: 'work', street: 'PO Box 7', city: 'Leeds', zip: 'LS1 1AA', country: 'GB' },
            ],
            remark: 'Prefers mornings; closes at 5.\nSecond line.',
          },
        },
        { fields: { company: 'Harbour Taxis', numbers: [{ type: 'business', number: '+44 1632 960200' }] } },
      ],
      faults: [],
    });
  });

  test('Apple, with a group that is left aside and a number that is dialled on after a pause', async () => {
    expect(await contactsOf(openVCards(fixture('apple.vcf'), 'UTF-8'))).toEqual({
      contacts: [
        {
          id: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
          fields: {
            firstName: 'Søren',
            lastName: 'Jørgensen',
            company: 'Nordlys A/S',
            title: 'Sælger',
            numbers: [
              { type: 'mobile', number: '+45 20 12 34 56' },
              { type: 'mobile', number: '+45 20 12 34 57' },
              { type: 'other', number: '+45 33 12 34 00' },
              { type: 'home_fax', number: '+45 33 12 34 01' },
              { type: 'other', number: '+45 33 12 34 02' },
              { type: 'other', number: '33123403' },
            ],
            emails: [{ type: 'home', address: 'soren@example.dk' }],
            addresses: [
              { type: 'home', street: 'Strandvejen 5, 2. th', city: 'Aarhus', zip: '8000', country: 'Danmark' },
            ],
            remark: 'Ringer først efter kl. 10 – og aldrig på fredage, for så er han i sommerhuset ved havet.',
          },
        },
        { fields: { company: 'Kysten Cykler', numbers: [{ type: 'business', number: '+45 86 12 34 56' }] } },
      ],
      faults: [
        {
          row: 1,
          column: 'TEL',
          value: '33123403,,7#',
          reason: 'what is dialled after a pause is left out, as a contact holds the number alone',
        },
        {
          row: 3,
          column: 'KIND',
          value: 'group',
          reason: 'a group of contacts is left aside; a contact is made of each of its cards',
        },
      ],
    });
  });

  test('Outlook, in version 2.1 and an encoding of Windows', async () => {
    const file = openVCards(fixture('outlook.vcf', 'windows-1252'), 'Windows-1252');
    expect([file.layout, file.encoding]).toEqual(['vCard 2.1', 'Windows-1252']);
    expect(await contactsOf(file)).toEqual({
      contacts: [
        {
          fields: {
            firstName: 'Jürgen Maria',
            lastName: 'Größler',
            company: 'Großhandel Süd, Nord & Söhne GmbH',
            title: 'Leiter Einkäufe',
            numbers: [
              { type: 'business', number: '+49 (89) 123456-0' },
              { type: 'home', number: '+49 (89) 654321' },
              { type: 'mobile', number: '+49 (170) 1234567' },
              { type: 'business_fax', number: '+49 (89) 123456-99' },
              { type: 'home_fax', number: '+49 (89) 654322' },
              { type: 'other', number: '+49 (89) 777777' },
              { type: 'other', number: '+49 (89) 888888' },
            ],
            emails: [{ type: 'work', address: 'groessler@example.de' }],
            addresses: [
              {
                type: 'work',
                street: 'Haus 2, Grüne Straße 1, Hinterhof',
                city: 'München',
                state: 'Bayern',
                zip: '80331',
                country: 'Deutschland',
              },
              { type: 'other', street: 'Postfach 12', city: 'München', zip: '80001', country: 'Deutschland' },
            ],
            remark: 'Ruft gern zurück.\nZweite Zeile; mit Semikolon, Komma und = Zeichen.',
          },
        },
      ],
      faults: [],
    });
  });

  test('an Android telephone, in version 2.1', async () => {
    expect(await contactsOf(openVCards(fixture('android.vcf'), 'UTF-8'))).toEqual({
      contacts: [
        {
          fields: {
            firstName: 'Мария',
            lastName: 'Иванова',
            company: 'Рога',
            numbers: [
              { type: 'mobile', number: '+380501234567' },
              { type: 'other', number: '0442345678' },
              { type: 'other', number: '+380442345679' },
            ],
            emails: [{ type: 'home', address: 'maria@example.com' }],
            remark: 'а\nб',
          },
        },
        { fields: { firstName: 'Pizza Palace', numbers: [{ type: 'business', number: '+380443456789' }] } },
      ],
      faults: [],
    });
  });

  test('Nextcloud, in version 4.0', async () => {
    const { contacts, faults } = await contactsOf(openVCards(fixture('nextcloud.vcf'), 'UTF-8'));
    expect(contacts).toEqual([
      {
        id: '8d3ab7a2-3c1e-4f0e-9d0b-4a7f6f3f1c11',
        fields: {
          firstName: 'Élodie',
          lastName: 'Marchand',
          company: 'Atelier Marchand',
          title: 'Architecte',
          numbers: [
            { type: 'business', number: '+33-4-72-00-00-01 x12' },
            { type: 'home', number: '+33 4 72 00 00 02' },
            { type: 'mobile', number: '+33 6 12 34 56 78' },
            { type: 'other', number: '+33-4-72-00-00-03' },
          ],
          emails: [{ type: 'home', address: 'elodie@example.fr' }],
          addresses: [
            { type: 'home', street: '3 rue des Lilas', city: 'Lyon', state: 'Rhône', zip: '69001', country: 'France' },
          ],
          remark: 'Étage 2, à gauche',
        },
      },
      {
        id: '8d3ab7a2-3c1e-4f0e-9d0b-4a7f6f3f1c12',
        fields: { company: 'Librairie du Port', numbers: [{ type: 'business', number: '+33 4 72 00 00 09' }] },
      },
      { fields: { firstName: 'Jean Paul', lastName: 'Roche', numbers: [{ type: 'other', number: '0472000010' }] } },
    ]);
    expect(faults.map(({ row, column }) => [row, column])).toEqual([[3, 'KIND']]);
  });
});

describe('of a card', () => {
  const names: [string, string[], object][] = [
    ['N alone', ['N:Berg;Anna'], { firstName: 'Anna', lastName: 'Berg' }],
    ['FN alone is taken apart', ['FN:Anna Maria Berg'], { firstName: 'Anna Maria', lastName: 'Berg' }],
    ['FN with a comma begins with the last name', ['FN:Berg, Anna'], { firstName: 'Anna', lastName: 'Berg' }],
    ['an empty N gives way to FN', ['N:;;;;', 'FN:Anna Berg'], { firstName: 'Anna', lastName: 'Berg' }],
    ['ORG alone is a company', ['ORG:ACME;Sales;East'], { company: 'ACME' }],
    ['FN that repeats ORG is no person', ['FN:ACME Ltd', 'ORG:ACME Ltd'], { company: 'ACME Ltd' }],
    ['FN of an organisation is a company', ['KIND:org', 'FN:ACME Ltd'], { company: 'ACME Ltd' }],
    ['FN that Apple shows as a company is one', ['FN:ACME Ltd', 'X-ABShowAs:COMPANY'], { company: 'ACME Ltd' }],
    [
      'FN of an organisation beside ORG names somebody',
      ['KIND:org', 'FN:Desk', 'ORG:ACME'],
      { firstName: 'Desk', company: 'ACME' },
    ],
    ['the first company that says something', ['FN:A', 'ORG:;', 'ORG:;ACME'], { firstName: 'A', company: 'ACME' }],
    ['further first names', ['N:Berg;Anna;Maria,Luise;Dr.;PhD'], { firstName: 'Anna Maria Luise', lastName: 'Berg' }],
    [
      'commas that nobody escaped',
      ['N:Berg, von;Anna', 'ORG:A, B'],
      { firstName: 'Anna', lastName: 'Berg, von', company: 'A, B' },
    ],
    ['a name on two lines', ['N:Berg;Anna\\nMaria'], { firstName: 'Anna Maria', lastName: 'Berg' }],
    ['backslashes before a separator', ['N:a\\\\;b\\;c;;;'], { lastName: 'a\\', firstName: 'b;c' }],
    [
      'names in any case, with groups and spaces',
      ['item7.n;Language=de: Berg ; Anna '],
      { firstName: 'Anna', lastName: 'Berg' },
    ],
  ];
  test.each(names)('the name: %s', async (_, lines, name) => {
    expect(await fieldsOf(...lines, 'TEL:1')).toEqual({
      fields: { ...name, numbers: [{ type: 'other', number: '1' }] },
      faults: [],
    });
  });

  const numbers: [string, string, string][] = [
    ['TEL:1', 'other', '1'],
    ['TEL;TYPE=VOICE:1', 'other', '1'],
    ['TEL;TYPE=WORK:1', 'business', '1'],
    ['TEL;type=work,voice,pref:1', 'business', '1'],
    ['TEL;TYPE="voice,home":1', 'home', '1'],
    ['TEL;TYPE=HOME;TYPE=FAX:1', 'home_fax', '1'],
    ['TEL;TYPE=FAX:1', 'business_fax', '1'],
    ['TEL;TYPE=OTHER,FAX:1', 'other', '1'],
    ['TEL;TYPE=WORK,CELL:1', 'mobile', '1'],
    ['TEL;TYPE=WORK,PAGER:1', 'other', '1'],
    ['TEL;WORK;VOICE:1', 'business', '1'],
    ['TEL;X-EVOLUTION-UI-SLOT=1;TYPE=HOME:1', 'home', '1'],
    ['TEL;X="a:b;TYPE=HOME";TYPE=CELL:1', 'mobile', '1'],
    ['item9.TEL:1\r\nitem9.X-ABLabel:_$!<HomeFAX>!$_', 'home_fax', '1'],
    ['item9.TEL:1\r\nitem9.X-ABLabel:_$!<Mobile>!$_', 'mobile', '1'],
    ['item9.TEL:1\r\nitem9.X-ABLabel:Büro', 'business', '1'],
    ['item9.TEL:1\r\nitem8.X-ABLabel:Büro', 'other', '1'],
    ['TEL;VALUE=uri:tel:+1-201-555-0123', 'other', '+1-201-555-0123'],
    ['TEL;VALUE=uri:tel:7042;phone-context=example.com', 'other', '7042'],
    ['TEL:tel:+12015550123;ext=%31%32', 'other', '+12015550123 x12'],
    ['TEL:030/123456', 'other', '030 123456'],
    ['TEL;ENCODING=QUOTED-PRINTABLE:=2B44 1', 'other', '+44 1'],
  ];
  test.each(numbers)('the number %s', async (lines, type, number) => {
    expect(await fieldsOf('ORG:ACME', ...lines.split('\r\n'))).toEqual({
      fields: { company: 'ACME', numbers: [{ type, number }] },
      faults: [],
    });
  });

  const emails: [string, object[]][] = [
    ['EMAIL:a@example.com', [{ type: 'work', address: 'a@example.com' }]],
    ['EMAIL;TYPE=INTERNET,HOME:a@example.com', [{ type: 'home', address: 'a@example.com' }]],
    ['EMAIL;TYPE=OTHER:a@example.com', [{ type: 'other', address: 'a@example.com' }]],
    ['EMAIL;VALUE=uri:mailto:a@example.com', [{ type: 'work', address: 'a@example.com' }]],
    ['EMAIL;TYPE=EX:/o=First/cn=a', []],
    ['EMAIL: ', []],
  ];
  test.each(emails)('the e-mail address %s', async (line, found) => {
    const { fields } = await fieldsOf('ORG:ACME', 'TEL:1', line);
    expect(fields?.emails ?? []).toEqual(found);
  });

  test('an address is put together from all its parts, and one without any is none', async () => {
    const { fields } = await fieldsOf(
      'ORG:ACME',
      'TEL:1',
      'ADR:Box 1;Suite 2;3 Way\\nYard;A,B;C;D;E',
      'ADR;TYPE=HOME:;;;;;;',
    );
    expect(fields?.addresses).toEqual([
      { type: 'work', street: 'Box 1, Suite 2, 3 Way, Yard', city: 'A,B', state: 'C', zip: 'D', country: 'E' },
    ]);
  });

  test('several notes are one remark', async () => {
    expect((await fieldsOf('ORG:ACME', 'TEL:1', 'NOTE:a', 'NOTE: ', 'NOTE:b'))?.fields?.remark).toBe('a\nb');
  });

  test('UID is its id only when it is a UUID', async () => {
    const uids = [
      'UID:urn:uuid:5F0F6A1E-3F0B-4B6E-9C39-0D6D4F1C2A10',
      'UID:5f0f6a1e-3f0b-4b6e-9c39-0d6d4f1c2a10',
      'UID:pas-id-5f0f6a1e',
      'UID:x5f0f6a1e-3f0b-4b6e-9c39-0d6d4f1c2a10',
    ];
    const text = uids.map((uid) => card('VERSION:3.0', uid, 'FN:a', 'TEL:1')).join('');
    const rows = await rowsOf(openVCards(text, 'UTF-8'));
    expect(rows.map(({ id }) => id)).toEqual([
      '5f0f6a1e-3f0b-4b6e-9c39-0d6d4f1c2a10',
      '5f0f6a1e-3f0b-4b6e-9c39-0d6d4f1c2a10',
      undefined,
      undefined,
    ]);
  });

  test('every field is spoken of, and each leads back to its property', async () => {
    const text = card('VERSION:3.0', 'FN:Ada Lovelace', 'TEL;TYPE=WORK:12/', 'EMAIL:no');
    const [row] = await rowsOf(openVCards(text, 'UTF-8'));
    expect([row?.covers, Object.keys(row?.fields ?? {})]).toEqual([
      'all',
      ['firstName', 'lastName', 'company', 'title', 'numbers', 'emails', 'addresses', 'remark'],
    ]);
    const paths = [
      'firstName',
      'numbers.0.number',
      'numbers',
      'emails.0.address',
      'emails.7',
      'addresses',
      'remark',
      '',
      'constructor',
    ];
    expect(paths.map((path) => row?.cell(path))).toEqual([
      { column: 'FN', value: 'Ada' },
      { column: 'TEL', value: '12/' },
      { column: 'TEL', value: '' },
      { column: 'EMAIL', value: 'no' },
      { column: 'EMAIL', value: '' },
      { column: 'ADR', value: '' },
      { column: 'NOTE', value: '' },
      { column: '', value: '' },
      { column: '', value: '' },
    ]);
  });
});

describe('in a card of version 2.1', () => {
  test.each([
    ['UTF-8 that is not named', 'N;ENCODING=QUOTED-PRINTABLE:=C3=85s', 'Ås'],
    ['what is no UTF-8 and not named', 'N;QUOTED-PRINTABLE:=C5s', 'Ås'],
    ['a charset that is named', 'N;CHARSET=ISO-8859-2;ENCODING=QUOTED-PRINTABLE:=A3=F3d=BC', 'Łódź'],
    ['a charset that is none', 'N;CHARSET=x-nothing;ENCODING=QUOTED-PRINTABLE:=C3=85s', 'Ås'],
    ['signs that are not encoded', 'N;QUOTED-PRINTABLE:Å=3D=s', 'Å==s'],
    ['a soft line break', 'N;QUOTED-PRINTABLE:a=\r\nb=\r\nc', 'abc'],
    ['a comma', 'N:Berg, Anna', 'Berg, Anna'],
    ['a folded line, whose space counts', 'N:van\r\n Berg', 'van Berg'],
  ])('%s', async (_, line, lastName) => {
    const { contacts } = await contactsOf(openVCards(card('VERSION:2.1', line, 'TEL:1'), 'UTF-8'));
    expect(contacts[0]?.fields.lastName).toBe(lastName);
  });

  test('a soft line break at the end of the card does not swallow the end', async () => {
    const text = card('VERSION:2.1', 'N:a', 'TEL:1', 'NOTE;QUOTED-PRINTABLE:x=') + card('VERSION:2.1', 'N:b', 'TEL:2');
    const { contacts } = await contactsOf(openVCards(text, 'UTF-8'));
    expect(contacts.map(({ fields: { lastName, remark } }) => [lastName, remark])).toEqual([
      ['a', 'x'],
      ['b', undefined],
    ]);
  });

  test('a card inside the card, of an agent, is no part of it', async () => {
    const text = card('VERSION:2.1', 'N:a', 'AGENT:', 'BEGIN:VCARD', 'N:b', 'TEL:2', 'END:VCARD', 'TEL:1');
    const { contacts } = await contactsOf(openVCards(text, 'UTF-8'));
    expect(contacts).toEqual([{ fields: { lastName: 'a', numbers: [{ type: 'other', number: '1' }] } }]);
  });
});

describe('a file', () => {
  const anna = { fields: { firstName: 'Anna', numbers: [{ type: 'other', number: '1' }] } };

  test.each([
    ['with line feeds alone', 'BEGIN:VCARD\nFN:Anna\nTEL:1\nEND:VCARD\n'],
    ['with carriage returns alone', 'BEGIN:VCARD\rFN:Anna\rTEL:1\rEND:VCARD\r'],
    ['with one carriage return too many', 'BEGIN:VCARD\r\r\nFN:Anna\r\r\nTEL:1\r\r\nEND:VCARD\r\r\n'],
    ['without an end of its last line', 'BEGIN:VCARD\r\nFN:Anna\r\nTEL:1\r\nEND:VCARD'],
    ['with text around its cards', 'hello\r\nBEGIN:VCARD\r\nFN:Anna\r\nTEL:1\r\nEND:VCARD\r\nTEL:2\r\nbye'],
    ['in small letters', 'begin:vcard\r\nfn:Anna\r\ntel:1\r\nend:vcard\r\n'],
    ['folded with tabs', 'BEGIN:VCARD\r\nFN:An\r\n\tna\r\nTEL:1\r\nEND:VCARD\r\n'],
    ['with lines that are nothing', 'BEGIN:VCARD\r\nnothing\r\n\r\nFN:Anna\r\n:\r\nTEL:1\r\nEND:VCARD\r\n'],
  ])('%s is read', async (_, text) => {
    expect(await contactsOf(openVCards(text, 'UTF-8'))).toEqual({ contacts: [anna], faults: [] });
  });

  test('without a card, or with groups alone, is refused with a word on what to do', async () => {
    await expect(rowsOf(openVCards('END:VCARD', 'UTF-8'))).rejects.toMatchObject({
      code: 'params',
      message: 'the file has no vCard in it: no BEGIN:VCARD stands at the start of a line',
    });
    await expect(rowsOf(openVCards(card('KIND:group', 'FN:a'), 'UTF-8'))).rejects.toMatchObject({
      code: 'params',
      message: 'the file has groups only, and no contact; export the contacts themselves',
    });
  });

  test('with a line that is no property keeps the rest of the card, and says so', async () => {
    const text = card('VERSION:3.0', 'FN:Anna', 'TEL:1', 'NOTE;ENCODING=BASE64:eA==');
    expect(await contactsOf(openVCards(text, 'UTF-8'))).toEqual({
      contacts: [anna],
      faults: [
        {
          row: 1,
          column: 'NOTE',
          value: 'NOTE;ENCODING=BASE64:eA==',
          reason: 'this line is left out, as it is not written as vCards are',
        },
      ],
    });
  });
});

describe('cards that failed', () => {
  const fault = (row: number, column: string, reason: string) => ({ row, column, value: '', reason });

  test('come back as they came, each with the reason before its end, and are read again', async () => {
    const bad = card('VERSION:3.0', 'item1.FN:Anna', 'PHOTO;ENCODING=b:AAAA\r\n BBBB', 'X-OWN;A=b:kept');
    const file = openVCards(card('FN:good', 'TEL:1') + bad + card('FN:worse'), 'UTF-8');
    await rowsOf(file);
    const faults = new Map([
      [
        2,
        [
          fault(2, 'TEL', 'needs at least one number'),
          fault(2, '', 'and more, indeed; a word that is long enough to fold'),
        ],
      ],
      [3, [fault(3, 'TEL', 'needs at least one number')]],
      [9, [fault(9, '', 'is not there')]],
    ]);
    const { bytes, type } = await file.failedRows(faults);
    const text = Buffer.from(bytes).toString();
    expect(type).toBe('vcf');
    expect(text).toBe(
      [
        'BEGIN:VCARD',
        'VERSION:3.0',
        'item1.FN:Anna',
        'PHOTO;ENCODING=b:AAAA',
        ' BBBB',
        'X-OWN;A=b:kept',
        'X-ROLLCALL-REASON:TEL: needs at least one number\\; and more\\, indeed\\; a wo',
        ' rd that is long enough to fold',
        'END:VCARD',
        'BEGIN:VCARD',
        'FN:worse',
        'X-ROLLCALL-REASON:TEL: needs at least one number',
        'END:VCARD',
        '',
      ].join('\r\n'),
    );
    const again = openVCards(text.replaceAll('END:', 'TEL:5\r\nEND:'), 'UTF-8');
    expect((await contactsOf(again)).contacts.map(({ fields }) => fields.firstName)).toEqual(['Anna', 'worse']);
    const twice = Buffer.from((await again.failedRows(new Map([[1, [fault(1, '', 'new')]]]))).bytes).toString();
    expect(twice.match(/^X-ROLLCALL-REASON.*$/gm)).toEqual(['X-ROLLCALL-REASON:new']);
  });

  test('without an end get one, so that they do not run into each other', async () => {
    const file = openVCards('BEGIN:VCARD\r\nFN:a\r\nBEGIN:VCARD\r\nFN:b\r\n', 'UTF-8');
    const rows = await rowsOf(file);
    const reason = 'it has no END:VCARD; look whether all of it is here';
    expect(rows.map(({ errors }) => errors)).toEqual([[fault(1, '', reason)], [fault(2, '', reason)]]);
    const { bytes } = await file.failedRows(new Map(rows.map(({ row, errors }) => [row, errors])));
    expect(Buffer.from(bytes).toString()).toBe(
      ['a', 'b'].map((name) => card(`FN:${name}`, `X-ROLLCALL-REASON:${reason.replace(';', '\\;')}`)).join(''),
    );
  });
});
