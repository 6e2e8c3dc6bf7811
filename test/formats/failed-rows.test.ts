import fc from 'fast-check';
import { expect, test } from 'vitest';
import { failedText, faultsOf, fixture, open, outcomeOf, outcomes, rowsOf, takenFor } from './opened.ts';

test('the rows that fail come back as they came, with what is wrong, in UTF-8 with a byte order mark', async () => {
  const file = await open(fixture('excel-ansi-de.csv'), { country: 'DE' });
  const rows = await rowsOf(file);
  const { bytes, type } = await file.failedRows(
    new Map(rows.map((row) => [row.row, faultsOf(row)] as const).slice(1, 2)),
  );
  expect([type, Buffer.from(bytes).toString()]).toEqual([
    'csv',
    '\ufeffNachname;Vorname;Firma;Telefon geschäftlich;Mobil;Fax;E-Mail;Straße;PLZ;Ort;Bemerkung;Reason\r\n' +
      'Weiß;Änne;;0351/7654321;4,91712E+12;;;;1067;Dresden;;' +
      '"Mobil: the spreadsheet has rounded this number; format the column as text and enter it again"\r\n',
  ]);
});

test('mended, the file is imported as it is, and its old reasons are told anew', async () => {
  const text = [
    'First name,Last name,Phone,Mobile,E-mail',
    'Ann,Lee,020 7946 0000,,ann@example.com',
    'Bob,Ray,4.91E+12,="07700900001",bob',
    '"Cid;Poe,1001,,',
    'Dot,Fay,1001,,,too,many',
    ',,1002,,',
  ].join('\r\n');
  const failed = await failedText(await open(text));
  const quote =
    '"has a quotation mark out of place: a cell with one must stand in quotation marks, and each one in it be written twice"';
  const more = '"has 2 cells more than there are columns: a cell that holds , must stand in quotation marks"';
  expect(failed.split('\r\n')).toEqual([
    'First name,Last name,Phone,Mobile,E-mail,Reason',
    'Bob,Ray,4.91E+12,"=""07700900001""",bob,"Phone: the spreadsheet has rounded this number; format the column as text and enter it again"',
    `"""Cid;Poe",1001,,,,${quote}`,
    `Dot,Fay,1001,,,${more},too,many`,
    ',,1002,,,"needs a first name, a last name or a company"',
    '',
  ]);
  const again = await failedText(await open(failed));
  expect(again).toBe(
    failed
      // In this line nothing is out of place any more, but what is in its cells is.
      .replace(quote, 'Phone: needs')
      .replace(/^"""Cid.*\r\n/m, '"""Cid;Poe",1001,,,,needs at least one number\r\n'),
  );
  const mended = failed
    .replace('4.91E+12', '+44 20 7946 0001')
    .replace(',bob,', ',bob@example.com,')
    .replace('"""Cid;Poe",1001,,', 'Cid,Poe,1003,')
    .replace(`,${more},too,many`, ',x')
    .replace(',,1002', 'Eve,,1002');
  expect(await outcomes(mended)).toEqual([
    {
      firstName: 'Bob',
      lastName: 'Ray',
      numbers: [
        { type: 'business', number: '+44 20 7946 0001' },
        { type: 'mobile', number: '07700900001' },
      ],
      emails: [{ type: 'work', address: 'bob@example.com' }],
    },
    { firstName: 'Cid', lastName: 'Poe', numbers: [{ type: 'business', number: '1003' }] },
    { firstName: 'Dot', lastName: 'Fay', numbers: [{ type: 'business', number: '1001' }] },
    { firstName: 'Eve', numbers: [{ type: 'business', number: '1002' }] },
  ]);
});

test('a file without headers, or with columns that somebody has named, gets headers that say so', async () => {
  const bare = await failedText(await open('Ann Lee;020 7946 0000\nBob Ray;4.91E+12\n'));
  expect(bare.split('\r\n').slice(0, 2)).toEqual([
    'Name;Business Number;Reason',
    'Bob Ray;4.91E+12;"Column 2: the spreadsheet has rounded this number; format the column as text and enter it again"',
  ]);
  const columns = ['lastName', 'number:home_fax', 'email:other', 'address:home:zip', 'number:other', 'remark', null];
  const said = await open('Who;Digits;At;Where;More;Why;Phone\nAnn;;;;;;1001\n', { columns });
  const text = await failedText(said);
  expect(text).toMatch(/^Last Name;Home Fax;Other Email;Home ZIP Code;Other Number;Remark;Column 7;Reason\r\n/);
  expect(Object.values(takenFor(await open(text)))).toEqual(columns.slice(0, -1));
});

test('nothing in it runs in a spreadsheet, and it reads as before', async () => {
  const cells = [
    '=cmd()',
    '@SUM(1)',
    '-1+1',
    '+1-800-FLOWERS',
    '+44 20 7946 0000',
    "'=x",
    '="=1+1"',
    '="a"&cmd',
    '\t=x',
  ];
  const rows = cells.map((cell) => `"${cell.replaceAll('"', '""')}";nobody;1001\n`).join('');
  const text = `Company;E-mail;Phone;=Evil()\n${rows}`;
  const failed = await failedText(await open(text, { columns: ['company', 'email:work', 'number:other', null] }));
  expect(failed.split('\r\n').map((line) => line.split(';nobody')[0])).toEqual([
    "Company;E-mail;Other Number;'=Evil();Reason",
    "'=cmd()",
    "'@SUM(1)",
    "'-1+1",
    "'+1-800-FLOWERS",
    '"+44 20 7946 0000"',
    "'=x",
    '"=""=1+1"""',
    `"'=""a""&cmd"`,
    "'=x",
    '',
  ]);
  const companies = async (file: string) => (await rowsOf(await open(file))).map(({ fields }) => fields['company']);
  expect(await companies(failed)).toEqual(await companies(text));
});

test('whatever a table holds, its failed rows read as it reads itself', async () => {
  const cell = fc.string({
    unit: fc.constantFrom("'", '=', '+', '-', '@', '"', ';', ',', '\t', '\n', 'a', '1', ' ', 'E'),
  });
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 10 }), async (rows) => {
      const text = `Company;Phone;Note\n${rows.map(([a, b]) => `${quoted(`x${a}`)};1001;${quoted(a)}\n${quoted(a)};${quoted(b)};y\n`).join('')}`;
      const file = await open(text);
      const all = await rowsOf(file);
      const { bytes } = await file.failedRows(new Map(all.map(({ row }) => [row, []])));
      const written = Buffer.from(bytes).toString();
      expect((await rowsOf(await open(written))).map(outcomeOf).map(unplaced)).toEqual(
        all.map(outcomeOf).map(unplaced),
      );
      const formulas = written.split('\r\n').filter((line) => /^"?[=@]/.test(line) && !/^"=\s*""/.test(line));
      expect(formulas).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

/** Rows move up in the file of those that failed. */
function unplaced(outcome: ReturnType<typeof outcomeOf>) {
  return Array.isArray(outcome) ? outcome.map((fault: string) => fault.replace(/^\d+ /, '')) : outcome;
}
