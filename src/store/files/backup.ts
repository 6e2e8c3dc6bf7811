// A backup: the rows of one moment as lines of text, each a record, whatever store they come from. It holds no removals, since
// what is restored from it begins a new history. Knows no file.
import { OperatorError } from '../../service/operator-error.ts';
import type { Frozen } from '../held/contents.ts';
import { isRow, type Stored } from '../held/revision-log.ts';
import { slicesOfTexts, sliceText, storedText } from './entry.ts';
import { formatOf, refuseNewer, type Step } from './format.ts';
import { record, textOf } from './record.ts';

/** First record of a backup. */
export interface BackupHead {
  readonly rollcall: 'backup';
  readonly format: number;
  /** Revision of the moment; no row has a higher one. */
  readonly rev: number;
}

/** Rows of one table, oldest first within each scope. */
export interface BackupSlice {
  readonly table: string;
  readonly rows: readonly (readonly [id: string, rev: number, value: object])[];
}

/** Last record: how many rows there are. */
interface BackupEnd {
  readonly end: number;
}

/** Longer lines are none of ours: a slice ends with the row that makes it longer than some hundred kilobytes. */
const LONGEST_LINE = 16 * 1024 * 1024;
const LINE_FEED = 0x0a;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Rows of one table, oldest first within each scope, each as `rowText` makes it. A table may come in several runs. */
export interface Run {
  readonly table: string;
  readonly rows: Iterable<string>;
}

/** `value`: JSON. */
export function rowText(id: string, rev: number, value: string): string {
  return `[${JSON.stringify(id)},${rev},${value}]`;
}

function* rowsOf(stored: Iterable<Stored>): Generator<string> {
  for (const one of stored) if (isRow(one)) yield storedText(one);
}

function* runsOf({ tables }: Pick<Frozen, 'tables'>): Generator<Run> {
  for (const { name, scopes } of tables) {
    for (const { stored } of scopes) yield { table: name, rows: rowsOf(stored) };
  }
}

/** Lines of the contents of one moment; each is made when it is asked for, and takes about a millisecond. */
export function backupLines(
  frozen: Pick<Frozen, 'rev' | 'tables'>,
  steps: readonly Step[],
): AsyncGenerator<string, void, void> {
  return backupText(frozen.rev, runsOf(frozen), steps);
}

/** The same of rows wherever they come from; no row has a revision above `rev`. */
export async function* backupText(
  rev: number,
  runs: Iterable<Run> | AsyncIterable<Run>,
  steps: readonly Step[],
): AsyncGenerator<string, void, void> {
  const head: BackupHead = { rollcall: 'backup', format: formatOf(steps), rev };
  yield record(JSON.stringify(head));
  let count = 0;
  for await (const { table, rows } of runs) {
    for (const texts of slicesOfTexts(rows)) {
      count += texts.length;
      yield record(sliceText(table, '', texts));
      await turn();
    }
  }
  yield record(JSON.stringify({ end: count }));
}

function refused(what: string): OperatorError {
  return new OperatorError(`${what} Nothing was changed. Restore from another backup.`);
}

/**
 * The head, then the slices of a backup that comes in pieces of any size. Throws OperatorError when any byte of it is not as it
 * was written, at the latest in place of the end: until then nothing may be done with the rows that cannot be undone.
 */
export async function* readBackup(
  source: AsyncIterable<string | Uint8Array>,
  steps: readonly Step[],
): AsyncGenerator<BackupHead | BackupSlice> {
  let head: BackupHead | undefined;
  let number = 0;
  let count = 0;
  let ended = false;
  for await (const line of linesOf(source)) {
    number += 1;
    const entry = entryOf(line);
    if (!head) {
      if (!isHead(entry)) throw refused('This is no backup of rollcall.');
      refuseNewer(entry.format, 'The backup', steps);
      head = entry;
      yield head;
    } else if (isEnd(entry) && !ended) {
      if (entry.end !== count) throw refused(`The backup says that it holds ${entry.end} rows, and holds ${count}.`);
      ended = true;
    } else if (isSlice(entry, head.rev) && !ended) {
      count += entry.rows.length;
      yield entry;
    } else throw refused(`The backup is damaged in line ${number}.`);
  }
  if (!head) throw refused('The backup is empty.');
  if (!ended) throw refused(`The backup breaks off after line ${number}.`);
}

/** Whole lines without their line feeds; what follows the last line feed is a line too. */
async function* linesOf(source: AsyncIterable<string | Uint8Array>): AsyncGenerator<Buffer> {
  let begun: Buffer[] = [];
  let length = 0;
  for await (const piece of source) {
    let rest = Buffer.from(piece);
    for (let at = rest.indexOf(LINE_FEED); at >= 0; at = rest.indexOf(LINE_FEED)) {
      yield Buffer.concat([...begun, rest.subarray(0, at)]);
      begun = [];
      length = 0;
      rest = rest.subarray(at + 1);
    }
    if (rest.length === 0) continue;
    begun.push(rest);
    length += rest.length;
    if (length > LONGEST_LINE) throw refused('This is no backup of rollcall: a line is too long.');
  }
  if (length > 0) yield Buffer.concat(begun);
}

/** What the record says; undefined when it is not whole and right. */
function entryOf(line: Buffer): unknown {
  const text = textOf(line);
  return text === undefined ? undefined : JSON.parse(text);
}

function isObject(entry: unknown): entry is object {
  return typeof entry === 'object' && entry !== null;
}

const isRevision = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function isHead(entry: unknown): entry is BackupHead {
  if (!isObject(entry) || !('rollcall' in entry) || entry.rollcall !== 'backup') return false;
  return 'format' in entry && isRevision(entry.format) && entry.format > 0 && 'rev' in entry && isRevision(entry.rev);
}

function isEnd(entry: unknown): entry is BackupEnd {
  return isObject(entry) && 'end' in entry;
}

function isSlice(entry: unknown, newest: number): entry is BackupSlice {
  if (!isObject(entry) || !('table' in entry) || typeof entry.table !== 'string') return false;
  if (!('rows' in entry) || !Array.isArray(entry.rows)) return false;
  return entry.rows.every(
    (row: unknown) =>
      Array.isArray(row) && typeof row[0] === 'string' && isRevision(row[1]) && row[1] <= newest && isObject(row[2]),
  );
}
