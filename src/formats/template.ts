// Our own CSV file, which is the template for imports too: what each header means, the header of each place of a contact, and
// how a cell is kept from being a formula to a spreadsheet. Pure.
import { NUMBER_TYPES } from '../domain/contact.ts';

export const ADDRESS_PARTS = ['zip', 'street', 'city', 'state', 'country'] as const;
type NumberType = (typeof NUMBER_TYPES)[number];
type AddressPart = (typeof ADDRESS_PARTS)[number];

/** What a column of the template holds. `place`: which of its kind, from 1. */
export type TemplateColumn =
  | { readonly holds: 'id' | 'firstName' | 'lastName' | 'company' | 'title' | 'remark' }
  /** The address book's name; of no meaning to an import. */
  | { readonly holds: 'phonebook' }
  /** The types of the contact's numbers in their order, separated by spaces; empty when they are in that of the columns. */
  | { readonly holds: 'numberOrder' }
  | { readonly holds: 'number'; readonly type: NumberType; readonly place: number }
  /** `emailType` and `addressType` hold `work`, `home` or `other`; empty means work. */
  | { readonly holds: 'email' | 'emailType' | 'addressType'; readonly place: number }
  | { readonly holds: 'addressPart'; readonly part: AddressPart; readonly place: number };

const NUMBERS: Readonly<Record<NumberType, string>> = {
  business: 'Business Number',
  business_fax: 'Business Fax',
  mobile: 'Mobile',
  home: 'Home',
  home_fax: 'Home Fax',
  other: 'Other',
};

const PARTS: Readonly<Record<AddressPart, string>> = {
  zip: 'ZIP Code',
  street: 'Street',
  city: 'City',
  state: 'State',
  country: 'Country',
};

/** Those that are always there, in their order. */
export const BASE_HEADERS: readonly string[] = [
  'ID',
  'First Name',
  'Last Name',
  'Company Name',
  'Job Title',
  'Email',
  'Business Number',
  'Business Number 2',
  'Business Fax',
  'Mobile',
  'Mobile 2',
  'Home',
  'Home 2',
  'Home Fax',
  'Other',
  'ZIP Code',
  'Street',
  'City',
  'State',
  'Country',
  'Remark',
  'Phonebook',
];

/** With every column that there may be it has less. */
const LONGEST_HEADER = 10_000;

export const NUMBER_ORDER = 'Number Order';

/** `Business Number`, `Business Number 2`... */
export function numberHeader(type: NumberType, place: number): string {
  return numbered(NUMBERS[type], place);
}

/** `Email`, `Email 2`... */
export function emailHeader(place: number): string {
  return numbered('Email', place);
}

/** `Email Type`, `Email 2 Type`... */
export function emailTypeHeader(place: number): string {
  return `${emailHeader(place)} Type`;
}

/** `ZIP Code`, `Street 2`... */
export function addressHeader(part: AddressPart, place: number): string {
  return numbered(PARTS[part], place);
}

/** `Address Type`, `Address 2 Type`... */
export function addressTypeHeader(place: number): string {
  return `${numbered('Address', place)} Type`;
}

function numbered(header: string, place: number): string {
  return place === 1 ? header : `${header} ${place}`;
}

const KNOWN: ReadonlyMap<string, (place: number) => TemplateColumn> = new Map<
  string,
  (place: number) => TemplateColumn
>([
  ...NUMBER_TYPES.map(
    (type) => [NUMBERS[type].toLowerCase(), (place: number) => ({ holds: 'number', type, place }) as const] as const,
  ),
  ...ADDRESS_PARTS.map(
    (part) => [PARTS[part].toLowerCase(), (place: number) => ({ holds: 'addressPart', part, place }) as const] as const,
  ),
  ['email', (place: number) => ({ holds: 'email', place }) as const],
  ['email type', (place: number) => ({ holds: 'emailType', place }) as const],
  ['address type', (place: number) => ({ holds: 'addressType', place }) as const],
]);

const SINGLE: ReadonlyMap<string, TemplateColumn> = new Map<string, TemplateColumn>([
  ['id', { holds: 'id' }],
  ['first name', { holds: 'firstName' }],
  ['last name', { holds: 'lastName' }],
  ['company name', { holds: 'company' }],
  ['job title', { holds: 'title' }],
  ['remark', { holds: 'remark' }],
  ['phonebook', { holds: 'phonebook' }],
  ['number order', { holds: 'numberOrder' }],
]);

/** What a header of the template means, in capitals or not and with any spaces; `undefined` for one that is none of it. */
export function templateColumn(header: string): TemplateColumn | undefined {
  const words = header.trim().replace(/\s+/gu, ' ').toLowerCase();
  const single = SINGLE.get(words);
  if (single) return single;
  const [, name = '', digits, rest = ''] = /^(\D+?)(?: ([1-9]\d?))?( type)?$/.exec(words) ?? [];
  return KNOWN.get(name + rest)?.(digits === undefined ? 1 : Number(digits));
}

/** What our own file begins with. Spreadsheets that save it leave out the quotation marks, which are not needed. */
const OWN_START = /^\ufeff?"ID",(First Name,.*)\r\n/;

/** Whether a text begins as the file that we write, which nothing but an editor of plain text can have changed. */
export function isAsWritten(text: string): boolean {
  const headers = OWN_START.exec(text.slice(0, LONGEST_HEADER))?.[1]?.split(',');
  return headers?.every((header) => templateColumn(header) !== undefined) === true;
}

/**
 * Where a spreadsheet would begin a formula: at the start of a cell, of a line in it, and, where lists are separated by
 * semicolons or tabs and a comma means nothing, after one of those. Wide signs count in East Asian spreadsheets.
 */
const FORMULA = /(?<=^|[\r\n;\t])(?='*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])/g;
const GUARDED = /(?<=^|[\r\n;\t])'(?='*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])/g;

/** The cell with one more apostrophe wherever a formula would begin. */
export function guarded(cell: string): string {
  return cell.replace(FORMULA, "'");
}

/** What `guarded` was given. Undoes the apostrophe that Excel itself puts before a number too. */
export function unguarded(cell: string): string {
  return cell.includes("'") ? cell.replace(GUARDED, '') : cell;
}
