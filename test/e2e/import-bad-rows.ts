// A table with rows that are wrong, each in its own way, and how each is mended.

export const HEADER = [
  ...['ID', 'First Name', 'Last Name', 'Company Name', 'Job Title', 'Email', 'Business Number', 'Mobile'],
  ...['ZIP Code', 'Street', 'City', 'State', 'Country', 'Remark'],
];

type Cells = Readonly<Record<string, string>>;

export interface BadRow {
  readonly kind: string;
  /** What is in the cells of a row that would be good otherwise. */
  readonly cells: Cells;
  /** The whole line, where cells cannot say it. */
  readonly line?: (good: readonly string[]) => string;
  /** Header of the cell that is named; empty: the row as a whole. */
  readonly column: string;
  /** A part of the reason. */
  readonly reason: RegExp;
  /** What the cells have to hold instead. */
  readonly mended: Cells;
}

/** The cells of a good row, with these in place of some. */
export function goodRow(n: number, cells: Cells = {}): string[] {
  const good: Cells = {
    'First Name': `Row ${n}`,
    'Last Name': 'Tester',
    'Business Number': `+442079460${String(n).padStart(3, '0')}`,
    ...cells,
  };
  return HEADER.map((header) => good[header] ?? '');
}

/** One cell is wrong. */
function cell(kind: string, column: string, value: string, reason: RegExp, mended: string): BadRow {
  return { kind, cells: { [column]: value }, column, reason, mended: { [column]: mended } };
}

const x = (count: number) => 'x'.repeat(count);
const NOBODY = { 'First Name': '', 'Last Name': '', 'Company Name': '' };

export const BAD_ROWS: readonly BadRow[] = [
  { kind: 'no name', cells: NOBODY, column: '', reason: /name/, mended: { 'First Name': 'Mended' } },
  { kind: 'no number', cells: { 'Business Number': '' }, column: '', reason: /number/, mended: { Mobile: '+4479460' } },
  {
    kind: 'a dash for a number',
    cells: { 'Business Number': '-' },
    column: '',
    reason: /number/,
    mended: { 'Business Number': '100' },
  },
  cell('a number rounded, with a point', 'Mobile', '4.91512E+12', /rounded/, '+491512345678'),
  cell('a number rounded, with a comma', 'Mobile', '4,91512E+12', /rounded/, '+491512345679'),
  cell('a column too narrow', 'Mobile', '########', /too narrow/, '+491512345680'),
  cell('a number made a date', 'Mobile', '2026-01-02', /date/, '20260102'),
  cell('a number made a month', 'Mobile', 'Jan-49', /date/, '149'),
  cell('words for a number', 'Mobile', 'please call!', /./, '+491512345681'),
  cell('a number with a currency', 'Mobile', '€4915', /./, '4915'),
  cell('a number without a digit', 'Mobile', '( )', /./, '10'),
  cell('a number too long', 'Mobile', '1'.repeat(32), /31/, '1'.repeat(31)),
  cell('an e-mail address without @', 'Email', 'ada.example.com', /./, 'ada@example.com'),
  cell('an e-mail address with nothing behind the @', 'Email', 'ada@', /./, 'ada2@example.com'),
  cell('an e-mail address with words', 'Email', 'ada at example.com', /./, 'ada3@example.com'),
  cell('an e-mail address too long', 'Email', `${x(250)}@example.com`, /255/, 'ada4@example.com'),
  cell('a first name too long', 'First Name', x(128), /127/, 'Mended 1'),
  cell('a last name too long', 'Last Name', x(128), /127/, 'Mended 2'),
  cell('a company too long', 'Company Name', x(128), /127/, 'Mended 3'),
  cell('a title too long', 'Job Title', x(128), /127/, 'Mended 4'),
  cell('a remark too long', 'Remark', x(1_025), /1024/, 'Mended 5'),
  cell('a ZIP code too long', 'ZIP Code', x(256), /255/, 'SW1A'),
  cell('a street too long', 'Street', x(256), /255/, 'Mended 6'),
  cell('a city too long', 'City', x(256), /255/, 'Mended 7'),
  cell('a state too long', 'State', x(256), /255/, 'Mended 8'),
  cell('a country too long', 'Country', x(256), /255/, 'Mended 9'),
  cell('a control character', 'First Name', 'Bell\u0007', /control/, 'Mended 10'),
  cell(
    'too many numbers',
    'Mobile',
    Array.from({ length: 25 }, (_, n) => `+44207946${1_000 + n}`).join(';'),
    /20/,
    '1',
  ),
  cell(
    'too many e-mails',
    'Email',
    Array.from({ length: 25 }, (_, n) => `a${n}@example.com`).join(';'),
    /20/,
    'a@b.example',
  ),
  {
    kind: 'a cell too many',
    cells: {},
    line: (good) => `${good.join(',')},"one more"`,
    column: '',
    reason: /more than there are columns/,
    mended: {},
  },
  {
    kind: 'a quotation mark out of place',
    cells: {},
    line: (good) => `${good.join(',')}"open" and more`,
    column: '',
    reason: /quotation mark/,
    mended: { Remark: 'open and more' },
  },
  {
    kind: 'the first line again',
    cells: {},
    line: () => HEADER.join(','),
    column: '',
    reason: /first line/,
    mended: Object.fromEntries(HEADER.map((header, i) => [header, goodRow(200)[i] ?? ''])),
  },
];
