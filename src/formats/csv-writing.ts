// Contacts as our own CSV file: one row each, with as many columns as the contact with the most numbers needs. Spreadsheets
// open it without running anything in it. Knows no book and no right.
import { stringify } from 'csv-stringify/sync';
import { type ContactFields, LIMITS } from '../domain/contact.ts';
import type { WriteContactFile, WrittenContact } from '../service/contact-file.ts';
import { inPieces, inTurns } from './pieces.ts';
import {
  ADDRESS_PARTS,
  addressHeader,
  addressTypeHeader,
  BASE_HEADERS,
  emailHeader,
  emailTypeHeader,
  guarded,
  NUMBER_ORDER,
  numberHeader,
} from './template.ts';

/** By which a spreadsheet, and every reader that looks only at the first bytes, knows UTF-8. */
const BYTE_ORDER_MARK = '\ufeff';
/** As it is dialled, which no spreadsheet takes for a formula. */
const PLAIN_NUMBER = /^\+[0-9 .()]*$/;
/**
 * What a spreadsheet may split, or reckon with unless it is told that what is quoted is text. A file that begins with a bare
 * `ID` is SYLK to Excel.
 */
const QUOTED = /^\+|^\d[\d.,:/ ()-]*(?:E\d+)?$|^ID$|[;\t\r\n]/i;
/** In the order of their further columns, which is that of the template's first ones. */
const TYPES = ['business', 'business_fax', 'mobile', 'home', 'home_fax', 'other'] as const;

const places = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);

/** Every header there may be, in its order. */
const ALL_HEADERS: readonly string[] = [
  ...BASE_HEADERS,
  ...TYPES.flatMap((type) => places(1, LIMITS.numbers).map((place) => numberHeader(type, place))).filter(
    (header) => !BASE_HEADERS.includes(header),
  ),
  ...places(2, LIMITS.emails).map(emailHeader),
  ...places(1, LIMITS.emails).map(emailTypeHeader),
  addressTypeHeader(1),
  ...places(2, LIMITS.addresses).flatMap((place) => [
    addressTypeHeader(place),
    ...ADDRESS_PARTS.map((part) => addressHeader(part, place)),
  ]),
  NUMBER_ORDER,
];
const RANKS: ReadonlyMap<string, number> = new Map(ALL_HEADERS.map((header, index) => [header, index]));

/** The header alone for no contacts, which is the template. */
export const writeCsv: WriteContactFile = async function* (contacts, book) {
  const needed = new Set(BASE_HEADERS);
  await inTurns(contacts, (contact) => {
    for (const header of cells(contact, '').keys()) needed.add(header);
  });
  const headers = ALL_HEADERS.filter((header) => needed.has(header));
  const rowOf = (contact: WrittenContact) => {
    const row = cells(contact, book);
    return headers.map((header) => row.get(header));
  };
  yield BYTE_ORDER_MARK + text([headers]);
  yield* inPieces(contacts, (some) => text(some.map(rowOf)));
};

function text(rows: (string | undefined)[][]): string {
  return stringify(rows, { record_delimiter: '\r\n', quoted_match: QUOTED });
}

/** By header, without the empty ones. */
function cells({ id, fields }: WrittenContact, book: string): Map<string, string> {
  const row = new Map([
    ['ID', id],
    ['Phonebook', guarded(book)],
  ]);
  const told = {
    'First Name': fields.firstName,
    'Last Name': fields.lastName,
    'Company Name': fields.company,
    'Job Title': fields.title,
    Remark: fields.remark,
  };
  for (const [header, value] of Object.entries(told)) if (value !== undefined) row.set(header, guarded(value));
  putNumbers(row, fields);
  fields.emails?.forEach(({ type, address }, index) => {
    row.set(emailHeader(index + 1), guarded(address));
    if (type !== 'work') row.set(emailTypeHeader(index + 1), type);
  });
  fields.addresses?.forEach((address, index) => {
    if (address.type !== 'work') row.set(addressTypeHeader(index + 1), address.type);
    for (const part of ADDRESS_PARTS) {
      const value = address[part];
      if (value !== undefined) row.set(addressHeader(part, index + 1), guarded(value));
    }
  });
  return row;
}

/** With their order, where the columns do not show it. */
function putNumbers(row: Map<string, string>, { numbers }: ContactFields): void {
  const counts = new Map<string, number>();
  let last = -1;
  let isInOrder = true;
  for (const { type, number } of numbers) {
    const place = (counts.get(type) ?? 0) + 1;
    counts.set(type, place);
    const header = numberHeader(type, place);
    const rank = RANKS.get(header) ?? 0;
    isInOrder &&= rank > last;
    last = rank;
    row.set(header, PLAIN_NUMBER.test(number) ? number : guarded(number));
  }
  if (!isInOrder) row.set(NUMBER_ORDER, numbers.map(({ type }) => type).join(' '));
}
