// Files byte for byte as well-known programs write them: test/fixtures/imports/README.md.
import { describe, expect, test } from 'vitest';
import { fixture, open, outcomeOf, outcomes, readFixture, rowsOf, said } from './opened.ts';

const ROUNDED = 'the spreadsheet has rounded this number; format the column as text and enter it again';
const lost = (sign: string) =>
  `the number may have lost its leading ${sign} in a spreadsheet; if so, format the column as text and enter it again`;

describe('the German table of Excel', () => {
  const contacts = [
    {
      firstName: 'Jürgen',
      lastName: 'Müller',
      company: 'Bäckerei Groß & Söhne',
      numbers: [
        { type: 'business', number: '030 1234567' },
        { type: 'mobile', number: '+49 171 1234567' },
      ],
      emails: [{ type: 'work', address: 'juergen@example.com' }],
      addresses: [{ type: 'work', street: 'Schloßstraße 1', zip: '01067', city: 'Dresden' }],
      remark: 'kommt\nfrüh',
    },
    [`3 Mobil: ${ROUNDED}`],
    {
      company: 'Taxi "Blitz"',
      numbers: [
        { type: 'business', number: '303456789' },
        { type: 'mobile', number: '491721234567' },
        { type: 'business_fax', number: '0351 99' },
        { type: 'business_fax', number: '0351 98' },
      ],
    },
  ];
  const warned = [`4 Telefon geschäftlich: ${lost('0')}`, `4 Mobil: ${lost('+')}`];

  test.each([
    ['excel-utf8-de.csv', 'UTF-8', ';'],
    ['excel-ansi-de.csv', 'Windows-1252', ';'],
    ['excel-unicode-text-de.txt', 'UTF-16LE', '\t'],
  ])('is read from %s', async (name, encoding, delimiter) => {
    expect(await readFixture(name, 'DE')).toEqual({ how: ['unknown columns', encoding, delimiter], contacts, warned });
  });
});

test.each([
  ['excel-utf8-us.csv', 'UTF-8'],
  ['excel-ansi-us.csv', 'Windows-1252'],
])('the American table of Excel is read from %s', async (name, encoding) => {
  expect(await readFixture(name, 'US')).toEqual({
    how: ['unknown columns', encoding, ','],
    contacts: [
      {
        firstName: 'José',
        lastName: 'Núñez',
        company: 'Smith, Jones & Co.',
        title: 'Owner',
        numbers: [
          { type: 'business', number: '(415) 555-0132' },
          { type: 'mobile', number: '+1 415 555 0133' },
        ],
        emails: [{ type: 'work', address: 'jose@example.com' }],
        addresses: [{ type: 'work', street: '1 Main St, Suite 2', city: 'San Francisco', state: 'CA', zip: '94105' }],
        remark: 'said "hi"\nasked for a call',
      },
      [
        '3 Home: holds an error of a formula in place of a value: put the value itself there',
        `3 Business Phone: ${ROUNDED}`,
      ],
      { firstName: 'Bob', lastName: 'Ray', numbers: [{ type: 'business', number: '415-555-0135 ext. 12' }] },
    ],
    warned: [],
  });
});

test.each([
  ['excel-utf8-fr.csv', 'UTF-8'],
  ['excel-ansi-fr.csv', 'Windows-1252'],
])('the French table of Excel is read from %s', async (name, encoding) => {
  expect(await readFixture(name, 'FR')).toEqual({
    how: ['unknown columns', encoding, ';'],
    contacts: [
      {
        firstName: 'Zoé',
        lastName: 'Lefèvre',
        company: 'Café « Été »',
        title: 'Gérante',
        numbers: [
          { type: 'business', number: '01 23 45 67 89' },
          { type: 'mobile', number: '+33 6 12 34 56 78' },
          { type: 'business_fax', number: '01 23 45 67 80' },
        ],
        emails: [{ type: 'work', address: 'zoe@example.com' }],
        addresses: [{ type: 'work', street: '12 rue de l’Église', zip: '75011', city: 'Paris', country: 'France' }],
      },
      {
        firstName: 'André',
        lastName: 'Noël',
        numbers: [
          { type: 'business', number: '123456789' },
          { type: 'mobile', number: '33612345679' },
        ],
        addresses: [{ type: 'work', zip: '01000', city: 'Bourg-en-Bresse' }],
      },
      [`4 Tél. bureau: ${ROUNDED}`],
    ],
    warned: [`3 Tél. bureau: ${lost('0')}`, `3 Portable: ${lost('+')}`],
  });
});

test.each([
  ['excel-utf8-tr.csv', 'UTF-8'],
  ['excel-ansi-tr.csv', 'Windows-1254'],
])('the Turkish table of Excel is read from %s', async (name, encoding) => {
  expect(await readFixture(name, 'TR')).toEqual({
    how: ['unknown columns', encoding, ';'],
    contacts: [
      {
        firstName: 'Gülşen',
        lastName: 'Işık',
        company: 'Çağrı Ltd. Şti.',
        title: 'Müdür',
        numbers: [
          { type: 'business', number: '0212 555 01 23' },
          { type: 'mobile', number: '+90 532 555 01 24' },
        ],
        emails: [{ type: 'work', address: 'gulsen@example.com' }],
        addresses: [{ type: 'work', street: 'İstiklal Cad. 5', zip: '34430', city: 'İstanbul' }],
        remark: 'öğleden sonra',
      },
      {
        firstName: 'Ömer',
        lastName: 'Yıldız',
        numbers: [
          { type: 'business', number: '2125550125' },
          { type: 'mobile', number: '905325550126' },
        ],
      },
    ],
    warned: [`3 İş Telefonu: ${lost('0')}`, `3 Cep Telefonu: ${lost('+')}`],
  });
});

describe('LibreOffice', () => {
  const contacts = (firstName: string) => [
    {
      firstName: 'Jürgen',
      lastName: 'Müller',
      company: 'Groß; Söhne, Brüder',
      numbers: [
        { type: 'business', number: '030 1234567' },
        { type: 'mobile', number: '4915112345678' },
      ],
      emails: [{ type: 'work', address: 'jm@example.com' }],
      remark: 'said "früh"\nand left',
    },
    {
      firstName: 'Zoë',
      lastName: "O'Neil",
      numbers: [
        { type: 'business', number: '301234567' },
        { type: 'mobile', number: '+49 171 2345678' },
      ],
    },
    ['4 Mobile Phone: holds an error of a formula in place of a value: put the value itself there'],
    { company: 'Night desk', numbers: [{ type: 'business', number: '0305550001' }] },
    { firstName: 'Last', lastName: 'Row', numbers: [{ type: 'business', number: '+49 (30) 987-654' }] },
    firstName,
  ];

  test.each([
    ['libreoffice/utf-8.csv', 'UTF-8', ',', 'Şule'],
    ['libreoffice/utf-8-bare.csv', 'UTF-8', ',', 'Şule'],
    ['libreoffice/utf-16-tab.csv', 'UTF-16LE', '\t', 'Şule'],
    // The code page has no such letter.
    ['libreoffice/windows-1252-semicolon.csv', 'Windows-1252', ';', '?ule'],
  ])('is read from %s', async (name, encoding, delimiter, firstName) => {
    const file = await open(fixture(name), { country: 'DE' });
    const rows = await rowsOf(file);
    expect([file.encoding, file.delimiter]).toEqual([encoding, delimiter]);
    expect([...rows.map(outcomeOf), rows[2]?.fields['firstName']]).toEqual(contacts(firstName));
    // The blank line before it is counted.
    expect(rows.map(({ row }) => row)).toEqual([2, 3, 4, 5, 7]);
    expect(rows.flatMap(({ warnings }) => warnings.map(said))).toEqual([
      `2 Mobile Phone: ${lost('+')}`,
      `3 Work Phone: ${lost('0')}`,
    ]);
  });
});

describe('Google', () => {
  test('is read in its present layout: labels, several values in a cell, addresses', async () => {
    expect(await readFixture('google.csv', 'DE')).toEqual({
      how: ['Google', 'UTF-8', ','],
      contacts: [
        {
          firstName: 'Ada Maria',
          lastName: 'Löwe',
          company: 'Zahnärzte am Markt',
          title: 'Dentist',
          numbers: [
            { type: 'mobile', number: '+49 171 2345678' },
            { type: 'mobile', number: '+49 171 2345679' },
            { type: 'business_fax', number: '+49 30 2345678' },
            { type: 'other', number: '**12' },
          ],
          emails: [
            { type: 'work', address: 'ada@example.com' },
            { type: 'home', address: 'ada.home@example.org' },
            { type: 'home', address: 'ada2@example.org' },
          ],
          addresses: [{ type: 'home', street: 'Marktplatz 1, Hinterhof', city: 'Berlin', zip: '10117', country: 'DE' }],
          remark: 'Line one\nLine two, with a comma',
        },
        {
          company: 'Taxi 24',
          numbers: [{ type: 'other', number: '030 222333' }],
          addresses: [{ type: 'work', street: 'Ring 5, 10115 Berlin' }],
        },
        ['4 : needs at least one number'],
      ],
      warned: [],
    });
  });

  test('is read in the layout it had before', async () => {
    expect(await readFixture('google-before-2024.csv', 'DE')).toEqual({
      how: ['Google (before 2024)', 'UTF-16LE', ','],
      contacts: [
        {
          firstName: 'Käthe',
          lastName: 'Köhler',
          company: 'Reederei Köhler',
          title: 'Kapitänin',
          numbers: [
            { type: 'mobile', number: '0171 3456789' },
            { type: 'home_fax', number: '+49 40 3456789' },
          ],
          emails: [{ type: 'work', address: 'kaethe@example.com' }],
          addresses: [{ type: 'work', street: 'Kai 3, Postfach 7', city: 'Hamburg', zip: '20457' }],
        },
        { firstName: 'Notdienst', numbers: [{ type: 'other', number: '116117' }] },
      ],
      warned: [],
    });
  });
});

describe('Outlook', () => {
  test('is read with its 92 columns: every kind of number, and no form of address', async () => {
    expect(await readFixture('outlook.csv', 'DE')).toEqual({
      how: ['Outlook', 'Windows-1252', ','],
      contacts: [
        {
          firstName: 'Grace B.',
          lastName: 'Höpper',
          company: 'Navy, Inc.',
          title: 'Admiral',
          numbers: [
            { type: 'business_fax', number: '+49 (40) 4567890' },
            { type: 'business', number: '+49 (40) 4567891' },
            { type: 'business', number: '+49 (40) 4567892' },
            { type: 'other', number: '+49 (171) 4567893' },
            { type: 'other', number: '+49 (40) 45670' },
            { type: 'home_fax', number: '+49 (431) 567890' },
            { type: 'home', number: '+49 (431) 567891' },
            { type: 'mobile', number: '+49 (171) 4567894' },
            { type: 'other', number: '+49 (40) 4567895' },
            { type: 'other', number: '+49 (40) 4567896' },
          ],
          emails: [{ type: 'work', address: 'grace@example.com' }],
          addresses: [
            { type: 'work', street: '1 Pier, Dock 4, Berth 2', city: 'Hamburg', zip: '20457', country: 'Germany' },
            { type: 'home', street: 'Heimweg 2', city: 'Kiel' },
            { type: 'other', country: 'France' },
          ],
          remark: 'met at the fair\nsaid "call me"',
        },
        { company: 'Kiosk Süd', numbers: [{ type: 'other', number: '0431 987654' }] },
      ],
      warned: ['2 E-mail 2 Address: is the address of an Exchange directory, and no e-mail address: it is left out'],
    });
  });

  test('is read as the new one writes it', async () => {
    expect(await readFixture('outlook-new.csv', 'DK')).toEqual({
      how: ['new Outlook', 'UTF-8', ','],
      contacts: [
        {
          firstName: 'Søren',
          lastName: 'Åkesson',
          company: 'Smørrebrød ApS',
          title: 'Owner',
          numbers: [
            { type: 'home', number: '+45 33 12 34 56' },
            { type: 'mobile', number: '+45 20 12 34 56' },
            { type: 'other', number: '+45 20 12 34 57' },
          ],
          emails: [
            { type: 'work', address: 'soren@example.com' },
            { type: 'work', address: 'soren@example.org' },
          ],
          addresses: [{ type: 'work', street: 'Nyhavn 1', city: 'København', zip: '1051' }],
          remark: 'hej',
        },
      ],
      warned: [],
    });
  });

  test('is read in German', async () => {
    expect(await outcomes(fixture('outlook-de.csv'), { country: 'DE' })).toEqual([
      {
        firstName: 'Jana',
        lastName: 'Weiß',
        company: 'Möbel Groß',
        title: 'Leiterin',
        numbers: [
          { type: 'business_fax', number: '0341 222220' },
          { type: 'business', number: '0341 222221' },
          { type: 'business', number: '0341 222222' },
          { type: 'business', number: '0341 22222' },
          { type: 'home', number: '0345 333331' },
          { type: 'mobile', number: '0171 3333333' },
          { type: 'other', number: '0345 333332' },
        ],
        emails: [
          { type: 'work', address: 'jana@example.com' },
          { type: 'work', address: 'jana@example.org' },
        ],
        addresses: [
          { type: 'work', street: 'Ring 1', city: 'Leipzig', zip: '04109' },
          { type: 'home', street: 'Allee 2', city: 'Halle' },
        ],
        remark: 'neu',
      },
    ]);
  });
});
