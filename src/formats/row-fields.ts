// The fields of one row of a table in the shape in which a contact is read, and the column that each comes from. Knows no file
// and no limit but how many entries a list may have.
import { LIMITS, NUMBER_TYPES, PLACE_TYPES } from '../domain/contact.ts';
import type { FileRow } from '../service/contact-file.ts';
import { oneLine } from './cell-text.ts';
import type { Meaning, Single } from './meaning.ts';
import { type AddressSlot, addressSlots, rowAddress } from './row-addresses.ts';
import type { CellReader } from './row-cells.ts';
import { type EmailColumn, emailColumns, rowEmails } from './row-emails.ts';
import { namesOf } from './row-names.ts';
import { inOrder, type Note, type NumberColumn, numberColumns, rowNumbers } from './row-numbers.ts';

const FORMULA = 'holds an error of a formula in place of a value: put the value itself there';

/** The columns of a table by what they hold. */
export interface RowColumns {
  readonly used: readonly number[];
  readonly singles: ReadonlyMap<string, number>;
  readonly numbers: readonly NumberColumn[];
  readonly emails: readonly EmailColumn[];
  readonly addresses: readonly AddressSlot[];
  readonly covers: FileRow['covers'];
}

export interface RowFields {
  readonly id: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Columns by paths such as `firstName`, `numbers.0`, `addresses.1.zip`; that of a list with too many is the first one too many. */
  readonly places: ReadonlyMap<string, number>;
}

export function rowColumns(meanings: readonly (Meaning | null)[]): RowColumns {
  const singles = new Map<string, number>();
  meanings.forEach((meaning, index) => {
    if (meaning && !['number', 'email', 'address'].includes(meaning.holds)) singles.set(meaning.holds, index);
  });
  return {
    used: meanings.flatMap((meaning, index) => (meaning ? [index] : [])),
    singles,
    numbers: numberColumns(meanings),
    emails: emailColumns(meanings),
    addresses: addressSlots(meanings),
    covers: {
      numbers: typesOf(meanings, 'number', NUMBER_TYPES),
      emails: typesOf(meanings, 'email', PLACE_TYPES),
      addresses: typesOf(meanings, 'address', PLACE_TYPES),
    },
  };
}

/** Where a label tells the type, it may be any. */
function typesOf(
  meanings: readonly (Meaning | null)[],
  holds: 'number' | 'email' | 'address',
  all: readonly string[],
): readonly string[] {
  const types = meanings.flatMap((meaning) => (meaning?.holds === holds ? [meaning.type] : []));
  const isLabelled = types.length > 0 && meanings.some((meaning) => meaning?.holds === `${holds}Type`);
  return isLabelled ? all : [...new Set(types)];
}

export function rowFields(
  columns: RowColumns,
  cells: readonly string[],
  reader: CellReader,
  notes: { readonly error: Note; readonly warning: Note },
): RowFields {
  const broken = columns.used.filter((index) => reader.isBroken(cells[index] ?? ''));
  for (const index of broken) notes.error(index, FORMULA);
  const cell = (index: number | undefined): string =>
    index === undefined || broken.includes(index) ? '' : (cells[index] ?? '').trim();
  const text = (single: Single | 'numberOrder'): string => reader.text(cell(columns.singles.get(single))).trim();
  const found = {
    numbers: inOrder(rowNumbers(columns.numbers, cell, reader, notes), text('numberOrder')),
    emails: rowEmails(columns.emails, cell, reader, notes.warning),
    addresses: columns.addresses.flatMap((slot) => rowAddress(slot, cell, reader) ?? []),
  };
  const fields: Record<string, unknown> = {};
  const places = new Map<string, number>();
  putTexts(columns.singles, text, fields, places);
  for (const list of ['numbers', 'emails'] as const) {
    if (columns[list].length === 0) continue;
    fields[list] = found[list].map(({ entry }) => entry);
    found[list].forEach(({ index }, place) => {
      places.set(`${list}.${place}`, index);
      if (place === LIMITS[list]) places.set(list, index);
    });
  }
  if (columns.addresses.length > 0) fields['addresses'] = found.addresses.map(({ entry }) => entry);
  found.addresses.forEach(({ parts }, place) => {
    for (const [part, index] of parts) {
      places.set(`addresses.${place}.${part}`, index);
      if (place === LIMITS.addresses) places.set('addresses', index);
    }
  });
  return { id: text('id'), fields, places };
}

function putTexts(
  columns: ReadonlyMap<string, number>,
  text: (single: Single) => string,
  fields: Record<string, unknown>,
  places: Map<string, number>,
): void {
  const put = (field: string, value: string, ...from: readonly (Single | false)[]) => {
    const column = from
      .map((single) => (single ? columns.get(single) : undefined))
      .find((index) => index !== undefined);
    if (column === undefined) return;
    fields[field] = value === '' ? undefined : value;
    places.set(field, column);
  };
  const line = (single: Single) => oneLine(text(single), ' ');
  const given = { whole: line('name'), first: line('firstName'), middle: line('middleName'), last: line('lastName') };
  const company = line('company');
  const { first, last, isWhole } = namesOf({ ...given, company });
  put('firstName', first, isWhole && 'name', 'firstName', 'middleName', 'name');
  put('lastName', last, isWhole && 'name', 'lastName', 'name');
  put('company', company, 'company');
  put('title', line('title'), 'title');
  put('remark', text('remark'), 'remark');
}
