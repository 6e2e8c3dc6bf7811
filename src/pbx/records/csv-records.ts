// The records in the file of Asterisk's cdr_csv, from its end as far back as they are asked for, and from the file that was put aside
// last where that is needed. Asterisk writes a call when it is over, all its legs together, so their ends are in order only roughly.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CallRecord } from '../../domain/call-record.ts';
import { RECORDS_AT_ONCE } from '../../service/calls-port.ts';
import { isOpen, readCsvLine, readCsvLines } from './csv-line.ts';
import { tailLines } from './tail-lines.ts';

/** So many records in a row that ended before: everything in front of them did. */
const ENOUGH_OLDER = 200;
/** A cell with line breaks goes over at most so many lines. */
const MOST_JOINED = 8;
/** Lines that are read at once. */
const BATCH = 50;
/** So many lines that are no records: the file holds something else. */
const MOST_UNREADABLE = 5_000;

/**
 * In order of their end; the newest where they are too many. Rejects with Error that says what is wrong with the file, or when `signal`
 * breaks it off.
 */
export async function readCsv(
  path: string,
  utc: boolean,
  from: number,
  until: number,
  signal?: AbortSignal,
): Promise<readonly CallRecord[]> {
  const found: CallRecord[] = [];
  let older = 0;
  for await (const record of newestFirst(path, utc, signal)) {
    older = record.end < from ? older + 1 : 0;
    if (older >= ENOUGH_OLDER) break;
    if (record.end < from || record.end > until) continue;
    found.push(record);
    if (found.length >= RECORDS_AT_ONCE) break;
  }
  return found.reverse().sort((a, b) => a.end - b.end);
}

/** The record that was written last; undefined when there is none. Rejects as `readCsv` does. */
export async function newestInCsv(path: string, utc: boolean): Promise<CallRecord | undefined> {
  for await (const record of newestFirst(path, utc)) return record;
  return undefined;
}

/** The file may have been put aside a moment ago, and be made anew with the next call. */
async function* newestFirst(path: string, utc: boolean, signal?: AbortSignal): AsyncGenerator<CallRecord> {
  const file = yield* readable(records(path, utc, signal), path);
  const aside = yield* readable(records(`${path}.1`, utc, signal));
  if (!file && !aside) throw new Error(`${path} does not exist: set calls.records.csv to the file of cdr_csv`);
}

/** Whether the file is there. What is wrong with one that has no name here does not matter. */
async function* readable(found: AsyncGenerator<CallRecord>, name?: string): AsyncGenerator<CallRecord, boolean> {
  try {
    yield* found;
    return true;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    if (name === undefined) return true;
    throw new Error(`${name} cannot be read: ${code === undefined ? message : adviceOn(code)}`, { cause: error });
  }
}

function adviceOn(code: string): string {
  if (code === 'EACCES')
    return 'this user may not read it (EACCES): add the user of the daemon to the group of the file';
  if (code === 'ELOOP') return 'its links go round in a circle (ELOOP)';
  return `the system says ${code}`;
}

async function* records(path: string, utc: boolean, signal?: AbortSignal): AsyncGenerator<CallRecord> {
  const reader = new Reader(utc);
  let lines: string[] = [];
  for await (const line of tailLines(path)) {
    lines.push(line);
    if (lines.length < BATCH) continue;
    yield* reader.read(lines);
    lines = [];
    await nextTurn();
    if (signal?.aborted) throw new Error('it was broken off');
  }
  yield* reader.read(lines);
}

/** Makes records of lines that come from the last to the first. */
class Reader {
  readonly #utc: boolean;
  /** Lines behind, of which the last has the end of a quotation. */
  #behind: string[] = [];
  #unreadable = 0;

  constructor(utc: boolean) {
    this.#utc = utc;
  }

  *read(lines: readonly string[]): Generator<CallRecord> {
    const records = this.#behind.length === 0 ? readCsvLines(lines, this.#utc) : undefined;
    for (const [i, line] of lines.entries()) {
      const record = records ? records[i] : this.#join(line);
      if (record) this.#unreadable = 0;
      else this.#unreadable += 1;
      if (this.#unreadable > MOST_UNREADABLE) throw new Error('it holds something else than records of cdr_csv');
      if (record) yield record;
    }
  }

  /** A line with as many of those behind it as belong to it. */
  #join(line: string): CallRecord | undefined {
    const behind = this.#behind;
    const isPart = behind.length > 0 || isOpen(line);
    this.#behind = isPart && behind.length < MOST_JOINED ? [line, ...behind] : [];
    for (let more = 0; more <= behind.length; more++) {
      const record = readCsvLine([line, ...behind.slice(0, more)].join('\n'), this.#utc);
      if (!record) continue;
      this.#behind = [];
      return record;
    }
    return undefined;
  }
}
