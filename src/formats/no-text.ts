// Files that are no text, or text that is no table, known by how they begin: refused with a word on what to do instead.
import { Failure } from '../domain/failure.ts';

const AS_CSV = 'open it in the program that made it and save or export it as CSV';

/** By their first bytes, as Latin-1 text. */
const BINARY: readonly (readonly [beginning: RegExp, what: string])[] = [
  [/^PK(?:\x03\x04|\x05\x06|\x07\x08)/, `a workbook (.xlsx, .ods) or a ZIP archive: ${AS_CSV}, or unpack it`],
  [/^\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1/, `a workbook of an old Excel (.xls) or another Office document: ${AS_CSV}`],
  [/^%PDF/, 'a PDF document: export the contacts as CSV or vCard where they come from'],
  [/^\x1f\x8b/, 'packed with gzip: unpack it first'],
  [/^(?:BZh\d|\xfd7zXZ\x00|7z\xbc\xaf\x27\x1c|Rar!|\x28\xb5\x2f\xfd)/, 'an archive: unpack it first'],
  [
    /^(?:\x89PNG|\xff\xd8\xff|GIF8|BM.{4}\0\0\0\0|RIFF.{4}WEBP|II\*\0|MM\0\*)/s,
    'a picture: type the contacts into a spreadsheet and save it as CSV',
  ],
  [/^!BDN/, 'an Outlook data file (.pst): in Outlook, export the contacts as CSV'],
  [/^SQLite format 3\0/, `a database: ${AS_CSV}`],
];

/** By the first characters of their text. */
const TEXT: readonly (readonly [beginning: RegExp, what: string])[] = [
  [/^\{\\rtf/, `a text document (.rtf): ${AS_CSV}`],
  [/^<(?:!doctype html|html|table|meta)\b/i, `a web page, which some programs call .xls: ${AS_CSV}`],
  [/^<[?!a-z]/i, `an XML file: ${AS_CSV}`],
  [/^[{[]\s*["{[\]}]/, 'a JSON file: export the contacts as CSV or vCard'],
];

const ALLOWED = 'import a CSV file or vCards';

/** Failure `params` when the bytes are surely no text. */
export function refuseBinary(bytes: Uint8Array): void {
  if (bytes.length === 0) throw empty();
  refuseBy(BINARY, Buffer.from(bytes.subarray(0, 32)).toString('latin1'));
}

/** Failure `params` when the text, of which `head` is the beginning, is surely no table. */
export function refuseOtherText(head: string): void {
  if (head.includes('\0')) throw refused(`is not a text file: ${ALLOWED}`);
  const text = head.trimStart();
  if (text === '') throw empty();
  refuseBy(TEXT, text);
}

function refuseBy(kinds: typeof BINARY, beginning: string): void {
  for (const [pattern, what] of kinds) if (pattern.test(beginning)) throw refused(`is ${what}`);
}

/** `what`: what is said of the file after `the file`. */
export function refused(what: string): Failure {
  return new Failure('params', `the file ${what}`);
}

function empty(): Failure {
  return refused(`is empty: ${ALLOWED}`);
}
