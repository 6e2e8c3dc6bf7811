// The columns of a table of call records, as cdr_pgsql and cdr_adaptive_odbc fill whichever are there, and how each is read. Pure text
// of SQL; no value comes into it but names that were found in the table, quoted.
import type { RecordCells } from './record-cells.ts';

export interface Column {
  readonly name: string;
  /** As PostgreSQL names it: `timestamp`, `int8`. */
  readonly type: string;
}

/** How a record is read from the table. */
export interface TableShape {
  /** What is selected, each as text named as in RecordCells. */
  readonly cells: string;
  /** The column by whose times records are found. */
  readonly begin: Column;
  /** Times that are known exactly and are read as milliseconds since 1970. */
  readonly exact: ReadonlySet<string>;
}

/** The first name that is there is taken. */
const NAMES: Readonly<Record<keyof RecordCells, readonly string[]>> = {
  clid: ['clid', 'callerid'],
  src: ['src', 'source'],
  dst: ['dst', 'destination'],
  dcontext: ['dcontext', 'destination_context'],
  channel: ['channel'],
  dstchannel: ['dstchannel', 'destination_channel'],
  lastapp: ['lastapp', 'last_app'],
  lastdata: ['lastdata', 'last_data'],
  start: ['start', 'calldate', 'start_time'],
  answer: ['answer', 'answerdate', 'answer_time'],
  end: ['end', 'hangupdate', 'end_time'],
  duration: ['duration'],
  billsec: ['billsec'],
  disposition: ['disposition'],
  uniqueid: ['uniqueid', 'unique_id'],
  linkedid: ['linkedid', 'linked_id'],
  dndblock: ['dndblock'],
};

const TIMES = new Set(['start', 'answer', 'end']);
const NEEDED = ['start', 'channel', 'dstchannel', 'dst', 'disposition'] as const;
const NUMBERS = /^(int[248]|float[48]|numeric)$/;
const TEXTS = /^(text|varchar|bpchar)$/;

/** Throws Error that names what is missing. */
export function shapeOf(columns: readonly Column[]): TableShape {
  const found = new Map<string, Column>();
  for (const [cell, names] of Object.entries(NAMES)) {
    const column = names.flatMap((name) => columns.find((one) => one.name.toLowerCase() === name) ?? [])[0];
    if (column) found.set(cell, column);
  }
  const missing = NEEDED.filter((cell) => !found.has(cell));
  if (missing.length > 0)
    throw new Error(`the table has no column ${missing.map((cell) => NAMES[cell][0]).join(', ')}`);
  if (!found.has('end') && !found.has('duration')) throw new Error('the table has neither a column end nor duration');
  const exact = new Set([...found].flatMap(([cell, column]) => (TIMES.has(cell) && isExact(column) ? [cell] : [])));
  const cells = [...found].map(
    ([cell, column]) => `${TIMES.has(cell) ? timeAsText(column) : asText(column)} as ${quoted(cell)}`,
  );
  return { cells: cells.join(', '), begin: found.get('start') as Column, exact };
}

/** A name as SQL takes it whatever is in it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** What the bounds of a search have to be in: text of a time of records, text with its zone, or seconds since 1970. */
export function boundsIn({ type }: Column): 'local' | 'iso' | 'seconds' {
  return type === 'timestamptz' ? 'iso' : NUMBERS.test(type) ? 'seconds' : 'local';
}

/** The type to which a bound is cast, so that an index on the column serves. */
export function boundType({ type }: Column): string {
  return type === 'timestamptz' || type === 'timestamp' ? type : NUMBERS.test(type) ? 'numeric' : 'text';
}

function isExact(column: Column): boolean {
  return boundsIn(column) !== 'local';
}

function timeAsText({ name, type }: Column): string {
  if (type === 'timestamptz') return `(extract(epoch from ${quoted(name)}) * 1000)::bigint::text`;
  if (type === 'timestamp') return `to_char(${quoted(name)}, 'YYYY-MM-DD HH24:MI:SS')`;
  if (NUMBERS.test(type)) return `(${quoted(name)} * 1000)::bigint::text`;
  if (TEXTS.test(type)) return asText({ name, type });
  throw new Error(`the column ${name} has the type ${type}, which holds no time`);
}

/** Bounded, whatever somebody put there. */
function asText({ name }: Column): string {
  return `left(${quoted(name)}::text, 1000)`;
}
