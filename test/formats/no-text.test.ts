import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { IMPORT_BYTES } from '../../src/domain/contact-import.ts';
import { open } from './opened.ts';

const bytes = (...start: number[]) => Buffer.concat([Buffer.from(start), Buffer.alloc(64, 1)]);
const AS_CSV = 'open it in the program that made it and save or export it as CSV';

const files: [string, Uint8Array, string][] = [
  [
    'a workbook',
    Buffer.from('PK\x03\x04\x14\0\x06\0\x08\0xl/workbook.xml'),
    `is a workbook (.xlsx, .ods) or a ZIP archive: ${AS_CSV}, or unpack it`,
  ],
  [
    'an old workbook',
    bytes(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1),
    `is a workbook of an old Excel (.xls) or another Office document: ${AS_CSV}`,
  ],
  ['a PDF', Buffer.from('%PDF-1.7\n'), 'is a PDF document: export the contacts as CSV or vCard where they come from'],
  ['a packed file', gzipSync('Name,Phone\n'), 'is packed with gzip: unpack it first'],
  ['an archive', Buffer.from('Rar!\x1a\x07\0'), 'is an archive: unpack it first'],
  ['a PNG', bytes(0x89, 0x50, 0x4e, 0x47), 'is a picture: type the contacts into a spreadsheet and save it as CSV'],
  ['a JPEG', bytes(0xff, 0xd8, 0xff, 0xe0), 'is a picture: type the contacts into a spreadsheet and save it as CSV'],
  [
    'an Outlook data file',
    Buffer.from('!BDN....'),
    'is an Outlook data file (.pst): in Outlook, export the contacts as CSV',
  ],
  ['a database', Buffer.from('SQLite format 3\0'), `is a database: ${AS_CSV}`],
  ['a text document', Buffer.from('{\\rtf1\\ansi'), `is a text document (.rtf): ${AS_CSV}`],
  ['a web page', Buffer.from('\ufeff <html><table>'), `is a web page, which some programs call .xls: ${AS_CSV}`],
  ['XML', Buffer.from('<?xml version="1.0"?><contacts/>'), `is an XML file: ${AS_CSV}`],
  ['JSON', Buffer.from('[{"name":"Ann"}]'), 'is a JSON file: export the contacts as CSV or vCard'],
  ['another program', bytes(0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 0), 'is not a text file: import a CSV file or vCards'],
  ['nothing', Buffer.alloc(0), 'is empty: import a CSV file or vCards'],
  ['spaces', Buffer.from('\ufeff \r\n\r\n'), 'is empty: import a CSV file or vCards'],
  [
    'delimiters',
    Buffer.from(';;;\r\n;;;\r\n'),
    'has no column that could be a name or a number: its first line must say what its columns are',
  ],
  ['commas', Buffer.from(',,,\r\n,,,\r\n'), 'is empty: import a CSV file or vCards'],
  [
    'a letter',
    Buffer.from('Dear Ann,\n\nhow are you?\n'),
    'has no column that could be a name or a number: its first line must say what its columns are',
  ],
  [
    'a header that is not closed',
    Buffer.from('"Name;Phone\nAnn;1001\n'),
    'begins with a line that cannot be read: a quotation mark in it is not closed',
  ],
  [
    '501 columns',
    Buffer.from(`Phone${',x'.repeat(500)}\n1001\n`),
    'has more than 500 columns: take out those without contacts',
  ],
];

test.each(files)('%s is refused with a word on what to do', async (_, given, what) => {
  await expect(open(given)).rejects.toMatchObject({ code: 'params', message: `the file ${what}` });
});

test('500 columns and as many empty ones as a spreadsheet has are taken', async () => {
  const file = await open(`Phone${',x'.repeat(499)}${','.repeat(15_000)}\n1001${','.repeat(15_499)}\n`);
  expect(file.columns.length).toBe(500);
});

test('a file larger than 64 MiB is refused before it is looked at', async () => {
  await expect(open(Buffer.alloc(IMPORT_BYTES + 1))).rejects.toMatchObject({
    code: 'too_large',
    message: 'the file is larger than 64 MiB: import it in parts',
  });
});

test('vCards are known by how they begin, in any encoding', async () => {
  const card = 'BEGIN:VCARD\r\nVERSION:3.0\r\nN:Lee;Ann\r\nFN:Ann Lee\r\nTEL:1001\r\nEND:VCARD\r\n';
  for (const [text, encoding] of [
    [card, 'utf8'],
    [`\ufeff\r\n${card.toLowerCase()}`, 'utf8'],
    [`\ufeff${card}`, 'utf16le'],
  ] as const) {
    expect((await open(Buffer.from(text, encoding))).format).toBe('vcard');
  }
});
