import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ContactFields, readContact } from '../../src/domain/contact.ts';
import { openContactFile } from '../../src/formats/contact-file.ts';
import { writeCsv } from '../../src/formats/csv-writing.ts';
import { BASE_HEADERS, guarded, unguarded } from '../../src/formats/template.ts';
import { anyContact } from '../support/any-contact.ts';
import { contactsOf, rowsOf, turnsDuring, withIds, writtenText } from '../support/contact-files.ts';

const ID = '5f0f6a1e-3f0b-4b6e-9c39-0d6d4f1c2a10';
const HEADER =
  '\ufeff"ID",First Name,Last Name,Company Name,Job Title,Email,Business Number,Business Number 2,Business Fax,Mobile,Mobile 2,' +
  'Home,Home 2,Home Fax,Other,ZIP Code,Street,City,State,Country,Remark,Phonebook';

/** The header's further columns, and the row of one contact as its cells that are not empty, by their columns. */
async function cellsOf(contact: unknown, book = 'Company') {
  const text = await writtenText(writeCsv, [{ id: ID, fields: readContact(contact) }], book);
  const [header = '', row = '', ...rest] = text.split('\r\n');
  expect(rest).toEqual(['']);
  const further = header.slice(HEADER.length + 1).split(',');
  const headers = [...BASE_HEADERS, ...further];
  const cells = row.split(',').map((cell, index) => [headers[index], cell.replace(/^"(\d)"$/, '$1')] as const);
  return { further: further.filter(Boolean), cells: Object.fromEntries(cells.filter(([, cell]) => cell !== '')) };
}

const numbers = [{ type: 'mobile', number: '1' }];

test('an empty book is the header alone, which is the template', async () => {
  expect(await writtenText(writeCsv, [])).toBe(`${HEADER}\r\n`);
});

test('a contact is a row, with the name of its book', async () => {
  const ada = {
    firstName: 'Ada',
    lastName: 'Lovelace',
    company: 'Engines',
    title: 'Countess',
    numbers: [
      { type: 'business', number: '020 7946 0000' },
      { type: 'business', number: '+44 20 7946 0001' },
      { type: 'business_fax', number: '1001' },
      { type: 'mobile', number: '+447700900001' },
      { type: 'mobile', number: '07700 900002' },
      { type: 'home', number: '+44 (1632) 960.001' },
      { type: 'home', number: '5' },
      { type: 'home_fax', number: '6' },
      { type: 'other', number: '7' },
    ],
    emails: [{ type: 'work', address: 'ada@example.com' }],
    addresses: [
      { type: 'work', street: '12 High Street', city: 'Leeds', state: 'Yorkshire', zip: 'LS1', country: 'UK' },
    ],
    remark: 'two\nlines',
  };
  const text = await writtenText(writeCsv, [{ id: ID, fields: readContact(ada) }], 'Friends, and others');
  expect(text).toBe(
    `${HEADER}\r\n${ID},Ada,Lovelace,Engines,Countess,ada@example.com,"020 7946 0000","+44 20 7946 0001","1001",` +
      '"+447700900001","07700 900002","+44 (1632) 960.001","5","6","7",LS1,12 High Street,Leeds,Yorkshire,UK,"two\nlines","Friends, and others"\r\n',
  );
});

test('there are further columns only as far as a contact needs them', async () => {
  const type = (kind: string) => Array.from({ length: 4 }, (_, index) => ({ type: kind, number: `${index}` }));
  expect(
    await cellsOf({
      firstName: 'Ada',
      numbers: [...type('business').slice(0, 3), ...type('business_fax').slice(0, 2), ...type('other').slice(0, 2)],
      emails: [
        { type: 'home', address: 'a@example.com' },
        { type: 'work', address: 'b@example.com' },
        { type: 'other', address: 'c@example.com' },
      ],
      addresses: [
        { type: 'home', city: 'Leeds' },
        { type: 'work', zip: 'X' },
      ],
    }),
  ).toEqual({
    further: [
      'Business Number 3',
      'Business Fax 2',
      'Other 2',
      'Email 2',
      'Email 3',
      'Email Type',
      'Email 3 Type',
      'Address Type',
      'ZIP Code 2',
      'Number Order',
    ],
    cells: {
      ID,
      'First Name': 'Ada',
      'Business Number': '0',
      'Business Number 2': '1',
      'Business Number 3': '2',
      'Business Fax': '0',
      'Business Fax 2': '1',
      Other: '0',
      'Other 2': '1',
      Email: 'a@example.com',
      'Email Type': 'home',
      'Email 2': 'b@example.com',
      'Email 3': 'c@example.com',
      'Email 3 Type': 'other',
      City: 'Leeds',
      'Address Type': 'home',
      'ZIP Code 2': 'X',
      Phonebook: 'Company',
      'Number Order': 'business business business business_fax business_fax other other',
    },
  });
});

test('the order of numbers is told where the columns do not show it', async () => {
  const order = async (...types: string[]) =>
    (await cellsOf({ firstName: 'a', numbers: types.map((type) => ({ type, number: '1' })) })).cells['Number Order'];
  expect(await order('business', 'mobile', 'other')).toBe(undefined);
  expect(await order('mobile', 'business')).toBe('mobile business');
  expect(await order('business', 'business', 'business')).toBe(undefined);
  expect(await order('business', 'business', 'business', 'mobile')).toBe('business business business mobile');
  expect(await order('mobile', 'home', 'mobile')).toBe('mobile home mobile');
});

test('no cell begins a formula, nor a line in one, nor what is a cell to a spreadsheet with another separator', async () => {
  const given = [
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ["'=1+1", "''=1+1"],
    ["'''-1", "''''-1"],
    ['\uff1d1', "'\uff1d1"],
    ['\uff0b1', "'\uff0b1"],
    ['\uff0d1', "'\uff0d1"],
    ['\uff201', "'\uff201"],
    ['x;=1', "x;'=1"],
    ["x;'=1", "x;''=1"],
    ["'x", "'x"],
    ['a-b=c', 'a-b=c'],
    ['x; =1', 'x; =1'],
  ];
  for (const [value = '', cell = ''] of given) {
    expect((await cellsOf({ firstName: value, numbers }, value)).cells).toMatchObject({
      'First Name': cell.includes(';') ? `"${cell}"` : cell,
      Phonebook: cell.includes(';') ? `"${cell}"` : cell,
    });
  }
  const remark = 'a\n=1\n\t@x\n- b';
  const text = await writtenText(writeCsv, [{ id: ID, fields: readContact({ firstName: 'a', numbers, remark }) }]);
  expect(text).toContain(`,"a\n'=1\n'\t'@x\n'- b",`);
});

test('what is guarded is guarded once more, and always comes back', () => {
  const texts = fc.string({ unit: fc.constantFrom(...`'=+-@;\t\n\rx"\uff1d`), maxLength: 20 });
  fc.assert(
    fc.property(texts, (text) => {
      expect(unguarded(guarded(text))).toBe(text);
      expect(unguarded(unguarded(guarded(guarded(text))))).toBe(text);
      expect(/^[=+\-@\t\r]|[\n\r;\t][=+\-@]/.test(guarded(text))).toBe(false);
    }),
    { numRuns: 2000 },
  );
});

test('a number that is dialled as it stands keeps its +, and any other that a spreadsheet would reckon with is text', async () => {
  const given = [
    ['+44 20 7946 0000', '"+44 20 7946 0000"'],
    ['+442079460000', '"+442079460000"'],
    ['+44 (0)20.7946', '"+44 (0)20.7946"'],
    ['+44-20-7946', "'+44-20-7946"],
    ['+1+2', "'+1+2"],
    ['+44 20 x12', "'+44 20 x12"],
    ['+A1', "'+A1"],
    ['-12', "'-12"],
    ['*30', '*30'],
    ['0042', '"0042"'],
    ['1e5', '"1e5"'],
    ['(0)1', '(0)1'],
  ];
  for (const [number, cell] of given) {
    expect((await cellsOf({ firstName: 'a', numbers: [{ type: 'other', number }] })).cells['Other']).toBe(cell);
  }
});

test('whatever a contact holds comes back as it was from the row that it was written to', async () => {
  const books = fc.constantFrom('Company', '=1', 'a,"b";\n', 'First Name', '');
  await fc.assert(
    fc.asyncProperty(fc.array(anyContact, { minLength: 1, maxLength: 4 }), books, async (all, book) => {
      const contacts = withIds(all);
      const bytes = Buffer.from(await writtenText(writeCsv, contacts, book));
      const file = await openContactFile(bytes, { country: 'GB' });
      expect({ format: file.format, encoding: file.encoding, delimiter: file.delimiter }).toEqual({
        format: 'csv',
        encoding: 'UTF-8',
        delimiter: ',',
      });
      expect(await contactsOf(file)).toEqual({ contacts, faults: [] });
    }),
    { numRuns: 150 },
  );
}, 60_000);

test('an exported file is taken at its word, and one that a spreadsheet has saved is not', async () => {
  const fields = readContact({
    firstName: '#REF!',
    numbers: [
      { type: 'business', number: '4.91E+12' },
      { type: 'mobile', number: '442079460000' },
    ],
    emails: [{ type: 'work', address: 'a@example.com;b@example.com' }],
  });
  const contacts = [{ id: ID, fields }];
  const text = await writtenText(writeCsv, contacts);
  const read = async (given: string) => openContactFile(Buffer.from(given), { country: 'GB' });
  expect(await contactsOf(await read(text))).toEqual({ contacts, faults: [] });
  for (const changed of [
    text.replace('"ID"', 'ID'),
    text.replace(/\r\n/, ',Reason\r\n'),
    text.replaceAll('\r\n', '\n'),
  ]) {
    const [row] = await rowsOf(await read(changed));
    expect(row?.errors.map(({ column }) => column)).toEqual(['First Name', 'Business Number']);
    expect(row?.warnings.map(({ column }) => column)).toEqual(['Mobile']);
    expect(row?.fields['emails']).toHaveLength(2);
  }
});

test('others have their turn while many rows are written', async () => {
  const fields: ContactFields = { firstName: 'Ada', numbers: [{ type: 'mobile', number: '+44 7700 900001' }] };
  const contacts = Array.from({ length: 20_000 }, () => ({ id: ID, fields }));
  expect(await turnsDuring(() => writtenText(writeCsv, contacts))).toBeGreaterThan(10);
});
