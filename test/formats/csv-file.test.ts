import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readContact } from '../../src/domain/contact.ts';
import { Failure } from '../../src/domain/failure.ts';
import { openContactFile } from '../../src/formats/contact-file.ts';
import { faultsOf, fixture, open, outcomeOf, outcomes, rowsOf, said, takenFor } from './opened.ts';

const ann = { firstName: 'Ann', lastName: 'Lee', numbers: [{ type: 'business', number: '020 7946 0000' }] };

describe('the delimiter is found', () => {
  const files: [string, string, string][] = [
    ['a comma', 'First name,Last name,Phone\nAnn,Lee,020 7946 0000\n', ','],
    ['a semicolon', 'First name;Last name;Phone\nAnn;Lee;020 7946 0000\n', ';'],
    ['a tab', 'First name\tLast name\tPhone\nAnn\tLee\t020 7946 0000\n', '\t'],
    ['a bar', 'First name|Last name|Phone\nAnn|Lee|020 7946 0000\n', '|'],
    ['as sep= says', 'sep=|\nFirst name|Last name|Phone\nAnn|Lee|020 7946 0000\n', '|'],
    ['as sep= says in quotation marks', '"sep=;"\r\nFirst name;Last name;Phone\r\nAnn;Lee;020 7946 0000\r\n', ';'],
    [
      'though others stand in quotation marks',
      '"First name";"Last name";"Phone, any, of, us"\nAnn;Lee;020 7946 0000\n',
      ';',
    ],
    ['though others stand in headers', 'First name;Last name;Phone (any, of, us)\nAnn;Lee;020 7946 0000\n', ';'],
    ['though names have commas', 'Name, Vorname;Phone\nLee, Ann;020 7946 0000\n', ';'],
    ['without headers, though names have commas', 'Lee, Ann;020 7946 0000\nLee, Ann;020 7946 0000\n', ';'],
  ];
  test.each(files)('%s', async (_, text, delimiter) => {
    const file = await open(text);
    expect([file.delimiter, (await rowsOf(file)).map(outcomeOf)[0]]).toEqual([delimiter, ann]);
  });

  test('and a file of one column has none', async () => {
    const file = await open('Phone\n020 7946 0000\n');
    expect([file.delimiter, takenFor(file)]).toEqual([',', { Phone: 'number:business' }]);
  });
});

test('columns of one kind are taken to the last, also those with two digits', async () => {
  const headers = Array.from({ length: 12 }, (_, i) => `Home ${i + 1}`);
  const [row] = await outcomes(`First name,${headers.join()}\nAnn,${headers.map((_, i) => `10${i + 10}`).join()}\n`);
  expect(row).toEqual({ firstName: 'Ann', numbers: headers.map((_, i) => ({ type: 'home', number: `10${i + 10}` })) });
});

test('rows are counted as a spreadsheet shows them', async () => {
  const text = 'sep=,\n\nFirst name,Last name,Phone,Notes\nAnn,Lee,1,"a\nb\nc"\n\n,,,\nBob,Ray,2,\r\n';
  const rows = await rowsOf(await open(text));
  expect(rows.map(({ row }) => row)).toEqual([3, 6]);
});

test('ragged rows: missing cells are empty, empty ones too many are nothing', async () => {
  expect(await outcomes('First name,Last name,Phone,,\n"Ann",Lee,020 7946 0000\nAnn,Lee,020 7946 0000,,,,,\n')).toEqual(
    [ann, ann],
  );
});

describe('what makes a row unusable is told of the row, and the others are read', () => {
  const files: [string, string, string][] = [
    [
      'a quotation mark that is not closed',
      '"Bob;Ray;1001',
      'has a quotation mark out of place: a cell with one must stand in quotation marks, and each one in it be written twice',
    ],
    [
      'one that is not doubled',
      '"Bob "the" builder";Ray;1001',
      'has a quotation mark out of place: a cell with one must stand in quotation marks, and each one in it be written twice',
    ],
    [
      'a cell more',
      'Bob;Ray;1001;Builder',
      'has one cell more than there are columns: a cell that holds ; must stand in quotation marks',
    ],
    [
      'cells more',
      'Bob;Ray;1001;Builder;;x;',
      'has 3 cells more than there are columns: a cell that holds ; must stand in quotation marks',
    ],
    [
      'NUL characters',
      'Bob\0;Ray;1001',
      'holds NUL characters, as damaged files have: get the file from where it came from again',
    ],
    ['the headers once more', 'First name;Last name;Phone', 'is the first line of the table once more: take it out'],
    ['half a megabyte', `${'x'.repeat(500_000)};Ray;1001`, 'is far too long for a contact, and cut here'],
  ];
  test.each(files)('%s', async (what, line, reason) => {
    const good = 'Ann;Lee;020 7946 0000\n';
    // So far behind that the file does not begin with it.
    const before = what === 'NUL characters' ? good.repeat(4000) : good;
    const rows = await rowsOf(await open(`First name;Last name;Phone\n${before}${line}\n${good}`));
    const bad = rows.at(-2);
    expect(rows.length).toBe(before.length / good.length + 2);
    const value = line.replace(/^"(Bob "the" builder)"/, '$1').slice(0, 200);
    expect(bad?.errors).toEqual([{ row: rows.length, column: '', value, reason }]);
    expect(rows.filter((row) => row !== bad).every(({ errors }) => errors.length === 0)).toBe(true);
    expect(rows.map(outcomeOf).at(-1)).toEqual(ann);
  });
});

test('faults of a contact are those of the cell they come from', async () => {
  const long = 'x'.repeat(300);
  const numbers = Array.from({ length: 21 }, (_, index) => `${1000 + index}`).join('; ');
  const text = [
    'First name;Name 2;Phone;Mobile;E-mail;City;Street',
    `${long};;=1+1;;;;`,
    'Ann;;;;;;',
    'Ann;;1001;1002;nobody;;',
    `Ann;;1001;"${numbers}";;;`,
    `Ann;;1001;;;${long};1 High St`,
  ].join('\n');
  const rows = await rowsOf(await open(text));
  expect(rows.flatMap((row) => faultsOf(row).map(said))).toEqual([
    '2 First name: must have at most 127 characters',
    '2 Phone: may hold digits, letters, spaces and ( ) . - + * # only, not =',
    '3 : needs at least one number',
    '4 E-mail: must be an e-mail address such as ada@example.com',
    '5 Mobile: must have at most 20 entries',
    '6 City: must have at most 255 characters',
  ]);
  expect([rows[0]?.cell('firstName'), rows[3]?.cell('numbers.7.number'), rows[4]?.cell('addresses.0.street')]).toEqual([
    { column: 'First name', value: long.slice(0, 200) },
    { column: 'Mobile', value: numbers.slice(0, 200) },
    { column: 'Street', value: '1 High St' },
  ]);
  expect(rows[0]?.cell('nonsense')).toEqual({ column: '', value: '' });
});

test('what spreadsheets put around cells is undone', async () => {
  const text =
    'First name,Last name,Phone,Notes,E-mail\n="Ann","=""Lee""",="020 7946 0000",\'=1+1,mailto:ann@example.com\n';
  expect(await outcomes(text)).toEqual([
    { ...ann, remark: '=1+1', emails: [{ type: 'work', address: 'ann@example.com' }] },
  ]);
});

test('errors of formulas are refused in every cell that is taken, and in no other', async () => {
  const bad = [
    '#NAME?',
    '#VALUE!',
    '#REF!',
    '#N/A',
    '#WERT!',
    '#NV',
    '#DIV/0!',
    '#DEĞER!',
    '#¿NOMBRE?',
    '#¡VALOR!',
    'Err:508',
  ];
  const rows = await rowsOf(await open(`Name;Phone;Colour\n${bad.map((cell) => `${cell};1001;${cell}\n`).join('')}`));
  expect(rows.flatMap(({ errors }) => errors.map(said))).toEqual(
    bad.map(
      (_, index) => `${index + 2} Name: holds an error of a formula in place of a value: put the value itself there`,
    ),
  );
});

test('line breaks in fields of one line are spaces, and in addresses commas', async () => {
  const [contact] = await outcomes(
    'Company;Phone;Street;Notes\n"Smith\r\nSons";1001;"1 High St\n\n Flat 2";"a\r\n\r\nb"\n',
  );
  expect(contact).toEqual({
    company: 'Smith Sons',
    numbers: [{ type: 'business', number: '1001' }],
    addresses: [{ type: 'work', street: '1 High St, Flat 2' }],
    remark: 'a\n\nb',
  });
});

test('characters that could not be read are warned of', async () => {
  const bytes = Buffer.concat([
    Buffer.from('\ufeffName;Phone\nM'),
    Buffer.from([0xfc]),
    Buffer.from('ller;1001\nAnn;1002\n'),
  ]);
  const rows = await rowsOf(await open(bytes));
  expect(rows.flatMap(({ warnings }) => warnings.map(said))).toEqual([
    '2 : holds characters that could not be read: if they are missing, save the file as UTF-8',
  ]);
});

test('several e-mail addresses in a cell are several', async () => {
  const [contact] = await outcomes(
    'Name;Phone;E-mail\nAnn;1001;"Ann Lee <a@example.com>; b@example.com, c@example.com d@example.com"\n',
  );
  expect(contact).toMatchObject({
    emails: ['a', 'b', 'c', 'd'].map((name) => ({ type: 'work', address: `${name}@example.com` })),
  });
});

describe('no file whatever', () => {
  test('does anything but fail as a wrong file', async () => {
    const starts = fc.constantFrom(
      '',
      'Name,Phone\n',
      '\ufeffID;Vorname;Telefon\r\n',
      'sep=\t\nName\tPhone\n',
      'BEGIN:VCARD\n',
    );
    const texts = fc.string({
      unit: fc.constantFrom('a', '"', ';', ',', '\n', '\r', '=', "'", '1', '+', '@', 'é', '\0'),
    });
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.tuple(starts, texts).map((parts) => new Uint8Array(Buffer.from(parts.join('')))),
      fc.tuple(starts, texts).map((parts) => new Uint8Array(Buffer.from(parts.join(''), 'utf16le'))),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (given) => {
        try {
          const file = await openContactFile(given, { country: 'DE' });
          const rows = await rowsOf(file);
          await file.failedRows(new Map(rows.map((row) => [row.row, row.errors])));
          for (const row of rows) outcomeOf(row);
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
        }
      }),
      { numRuns: 1000 },
    );
  });
});

test('a table that an ordinary program has written reads back', async () => {
  const name = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    .filter((text) => /^\p{L}/u.test(text) && mayBeName(text));
  const remark = fc.string({ unit: fc.constantFrom('a', 'ß', '"', ';', ',', '|', '\t', '\n', '1', ' ', '😀') });
  const row = fc.record({ name, remark, number: fc.integer({ min: 1000, max: 999_999 }) });
  const way = fc.record({
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    record_delimiter: fc.constantFrom('\n', '\r\n', '\r'),
    quoted: fc.boolean(),
    bom: fc.boolean(),
    encoding: fc.constantFrom('utf8' as const, 'utf16le' as const),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), way, async (rows, { encoding, ...options }) => {
      const table = [['First name', 'Phone', 'Notes'], ...rows.map((one) => [one.name, `${one.number}`, one.remark])];
      // A cell with a line end of its own needs quotation marks, whatever the table's line end is.
      const text = stringify(table, { ...options, quoted_match: /[\r\n]/ });
      const contacts = await outcomes(Buffer.from(text, encoding));
      expect(contacts).toEqual(
        rows.map((one) => ({
          firstName: one.name.normalize('NFC').trim(),
          numbers: [{ type: 'business', number: `${one.number}` }],
          ...(one.remark.trim() ? { remark: one.remark.trim() } : {}),
        })),
      );
    }),
    { numRuns: 300, seed: 20 },
  );
});

test('a file is read the same way twice', async () => {
  const file = await open(fixture('outlook.csv'));
  const first = (await rowsOf(file)).map(outcomeOf);
  expect((await rowsOf(file)).map(outcomeOf)).toEqual(first);
});

/** Whether a contact can have it as a name: there is something to see in it, and nothing that is forbidden. */
function mayBeName(text: string): boolean {
  try {
    return readContact({ firstName: text, numbers: [{ type: 'other', number: '1' }] }).firstName !== undefined;
  } catch {
    return false; // refused
  }
}
