// What the properties of one vCard say of a contact, as the import takes it. Knows nothing of lines and versions.
import type { CellFault } from '../domain/contact-import.ts';
import type { FileRow } from '../service/contact-file.ts';
import { oneLine } from './cell-text.ts';
import { readNumberCell } from './number-cell.ts';
import { numberType, placeType } from './vcard-kinds.ts';
import { firstText, nameOf } from './vcard-name.ts';
import type { Properties, Property } from './vcard-property.ts';

/** Most characters of a cell that a fault shows. */
const SHOWN = 200;
/** Most characters of a number that are looked at; it may have 31. */
const LONGEST_NUMBER = 200;
/** What a contact takes as it stands. */
const PLAIN_NUMBER = /^[0-9A-Za-z ().\-+*#]+$/;
const UUID = /^(?:urn:uuid:)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;
/** Addresses within the directory of a mail server, which mean nothing outside of it. */
const DIRECTORY_EMAILS = ['ex', 'x400', 'tlx'];
const PAUSED = 'what is dialled after a pause is left out, as a contact holds the number alone';

/** One of a list of the contact, with what it comes from. */
interface Entry {
  readonly fields: Readonly<Record<string, string>>;
  readonly value: string;
  readonly warning?: string;
}

/** A list of the contact, or one of its lines, with its property. */
interface Part {
  readonly column: string;
  readonly value?: string | undefined;
  readonly entries?: readonly Entry[];
}

/** A card that names the members of a group, and is no contact. */
export function isGroup(properties: Properties): boolean {
  return ['KIND', 'X-ADDRESSBOOKSERVER-KIND'].some((name) => /^group$/i.test(firstText(properties, name)));
}

/** `row`: the card's place in the file. Nothing is checked yet against what a contact may hold. */
export function contactRow(properties: Properties, row: number): FileRow {
  const { from, firstName, lastName, company } = nameOf(properties);
  const notes = (properties.get('NOTE') ?? [])
    .map(({ values }) => values[0] ?? '')
    .filter((note) => note.trim() !== '');
  const id = UUID.exec(firstText(properties, 'UID'))?.[1]?.toLowerCase();
  const parts: Readonly<Record<string, Part>> = {
    firstName: { column: from, value: firstName },
    lastName: { column: from, value: lastName },
    company: { column: 'ORG', value: company },
    title: { column: 'TITLE', value: firstText(properties, 'TITLE') || undefined },
    numbers: { column: 'TEL', entries: entriesOf(properties, 'TEL', numberEntries) },
    emails: { column: 'EMAIL', entries: entriesOf(properties, 'EMAIL', emailEntries) },
    addresses: { column: 'ADR', entries: entriesOf(properties, 'ADR', addressEntries) },
    remark: { column: 'NOTE', value: notes.join('\n') || undefined },
  };
  const fields: Record<string, unknown> = {};
  for (const [key, { entries, value }] of Object.entries(parts))
    fields[key] = entries?.map((entry) => entry.fields) ?? value;
  return {
    row,
    ...(id === undefined ? {} : { id }),
    fields,
    covers: 'all',
    errors: [],
    warnings: Object.values(parts).flatMap(({ column, entries }) => warningsOf(entries ?? [], column, row)),
    cell: (path) => cellAt(parts, path),
  };
}

function entriesOf(
  properties: Properties,
  name: string,
  read: (property: Property, label: string) => readonly Entry[],
): readonly Entry[] {
  const labels = properties.get('X-ABLABEL') ?? [];
  return (properties.get(name) ?? []).flatMap((property) => {
    const label = property.group === '' ? undefined : labels.find(({ group }) => group === property.group);
    return read(property, label?.values[0] ?? '');
  });
}

function warningsOf(entries: readonly Entry[], column: string, row: number): readonly CellFault[] {
  return entries.flatMap(({ value, warning }) =>
    warning ? [{ row, column, value: shown(value), reason: warning }] : [],
  );
}

function cellAt(parts: Readonly<Record<string, Part>>, path: string): { column: string; value: string } {
  const [key = '', place = ''] = path.split('.');
  const part = Object.hasOwn(parts, key) ? parts[key] : undefined;
  const value = part?.value ?? (place === '' ? undefined : part?.entries?.[Number(place)]?.value);
  return { column: part?.column ?? '', value: shown(value ?? '') };
}

function shown(value: string): string {
  return value.length > SHOWN ? value.slice(0, SHOWN).toWellFormed() : value;
}

function numberEntries({ types, values: [given = ''] }: Property, label: string): readonly Entry[] {
  const value = given.trim();
  if (value === '') return [];
  const type = numberType(types, label);
  const { number, warning } = withoutPause(/^tel:/i.test(value) ? fromUri(value.slice('tel:'.length)) : value);
  const isPlain = PLAIN_NUMBER.test(number) || number.length > LONGEST_NUMBER;
  const numbers = isPlain ? [number] : readNumberCell({ text: number, isMarked: true }, '').numbers;
  return numbers.map((one) => ({ fields: { type, number: one }, value, ...(warning ? { warning } : {}) }));
}

/** Telephones keep what they dial later behind the number: `+44 20 7946 0000,,12#`. */
function withoutPause(number: string): { readonly number: string; readonly warning?: string } {
  const pause = number.search(/[,;]/);
  if (pause <= 0 || !/\d/.test(number.slice(0, pause))) return { number };
  return { number: number.slice(0, pause).trim(), warning: PAUSED };
}

/** RFC 3966. */
function fromUri(uri: string): string {
  const [number = '', ...parameters] = uri.split(';');
  const extension = parameters.find((parameter) => /^ext=/i.test(parameter))?.slice('ext='.length);
  const text = extension ? `${number} x${extension}` : number;
  return text.replace(/%([2-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function emailEntries({ types, values: [given = ''] }: Property, label: string): readonly Entry[] {
  const value = given.trim();
  if (value === '' || DIRECTORY_EMAILS.some((type) => types.has(type))) return [];
  return [{ fields: { type: placeType(types, label), address: value.replace(/^mailto:/i, '') }, value }];
}

/** Post box and extended address go in front of the street. */
function addressEntries({ types, values }: Property, label: string): readonly Entry[] {
  const [box = '', extended = '', road = '', ...rest] = values.map((part) => oneLine(part, ', ').trim());
  const [city = '', state = '', zip = '', country = ''] = rest;
  const street = [box, extended, road].filter((part) => part !== '').join(', ');
  const told = Object.entries({ street, city, state, zip, country }).filter(([, part]) => part !== '');
  if (told.length === 0) return [];
  const fields = { type: placeType(types, label), ...Object.fromEntries(told) };
  return [{ fields, value: values.join(';') }];
}
