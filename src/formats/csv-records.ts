// The records of a table as cells, with the rows that a spreadsheet shows them in, batch by batch so that no turn of the event
// loop is held. Knows nothing of what a cell says.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { Failure } from '../domain/failure.ts';
import { type Encoding, textPieces } from './encoding.ts';
import { type RawRecord, RecordCutter } from './record-cutter.ts';

export interface CsvSource {
  readonly bytes: Uint8Array;
  readonly encoding: Encoding;
  readonly delimiter: string;
}

export interface CsvRecord {
  /** From 1, blank lines counted and `sep=` not. */
  readonly row: number;
  readonly cells: readonly string[];
  /** What made it unreadable; its cells are then as good as could be. */
  readonly fault?: 'quote' | 'long';
}

/** A batch takes a few milliseconds. */
const BATCH_RECORDS = 64;
const BATCH_CHARACTERS = 16 * 1024;
/** Without the header. */
const MOST_ROWS = 1_000_000;
/** The first line by which Excel is told the delimiter. */
const SEPARATOR_LINE = /^"?sep=(.)"?$/i;

/** All records but blank ones, which have no cell that says anything. Failure `too_large`. */
export async function* csvRecords({ bytes, encoding, delimiter }: CsvSource): AsyncGenerator<CsvRecord[]> {
  const cutter = new RecordCutter(delimiter);
  let row = 0;
  let count = 0;
  for (const raws of cutAll(cutter, textPieces(bytes, encoding))) {
    if (row === 0 && separatorOf(raws[0]?.text ?? '') !== undefined) raws.shift();
    for (const batch of batches(raws)) {
      const records = cellsOf(batch, delimiter).flatMap(({ cells, fault }, index) => {
        row += 1 + (batch[index]?.blanks ?? 0);
        return cells.every((cell) => cell.trim() === '') ? [] : [{ row, cells, ...(fault ? { fault } : {}) }];
      });
      count += batch.length;
      if (count > MOST_ROWS + 1) throw tooLarge();
      if (records.length > 0) yield records;
      await nextTurn();
    }
    if (raws.length === 0) await nextTurn();
  }
}

function tooLarge(): Failure {
  return new Failure('too_large', `the file has more than ${MOST_ROWS} rows: import it in parts`);
}

function* cutAll(cutter: RecordCutter, pieces: Iterable<string>): Generator<RawRecord[]> {
  for (const piece of pieces) yield cutter.cut(piece, false);
  yield cutter.cut('', true);
}

function* batches(raws: readonly RawRecord[]): Generator<RawRecord[]> {
  let from = 0;
  while (from < raws.length) {
    let end = from;
    let length = 0;
    while (end < raws.length && end - from < BATCH_RECORDS && (end === from || length < BATCH_CHARACTERS)) {
      length += raws[end]?.text.length ?? 0;
      end += 1;
    }
    yield raws.slice(from, end);
    from = end;
  }
}

interface Cells {
  readonly cells: readonly string[];
  readonly fault?: 'quote' | 'long';
}

/** The first records of a text that is there as a whole, for finding out about it. */
export function firstRecords(head: string, delimiter: string, most: number): readonly (readonly string[])[] {
  const cutter = new RecordCutter(delimiter);
  const raws = [...cutter.cut(head, false), ...cutter.cut('', true)].filter(({ text }) => text.trim() !== '');
  if (separatorOf(raws[0]?.text ?? '') !== undefined) raws.shift();
  return cellsOf(raws.slice(0, most), delimiter).map(({ cells }) => cells);
}

/** The delimiter that a first line `sep=;` tells. */
export function separatorOf(line: string): string | undefined {
  return SEPARATOR_LINE.exec(line)?.[1];
}

function cellsOf(raws: readonly RawRecord[], delimiter: string): Cells[] {
  const isQuoted = ({ form, text }: RawRecord) => form === 'strict' && text.includes('"');
  const quoted = parseQuoted(
    raws.filter(isQuoted).map(({ text }) => text),
    delimiter,
  );
  let next = 0;
  return raws.map((raw): Cells => {
    if (raw.form === 'loose') return { cells: parseLoose(raw.text, delimiter) };
    if (raw.form !== 'strict') return { cells: parseBroken(raw.text, delimiter), fault: raw.form };
    if (!isQuoted(raw)) return { cells: raw.text.split(delimiter) };
    next += 1;
    return { cells: quoted[next - 1] ?? [] };
  });
}

function options(delimiter: string) {
  return {
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: 0,
  };
}

function parseQuoted(texts: readonly string[], delimiter: string): readonly (readonly string[])[] {
  const rows: string[][] = parse(texts.map((text) => `${text}\n`).join(''), options(delimiter));
  if (rows.length !== texts.length) throw new Error(`${texts.length} records were read as ${rows.length}`);
  return rows;
}

/** Spaces around cells are left away, those around quotation marks with them. */
function parseLoose(text: string, delimiter: string): readonly string[] {
  const rows: string[][] = parse(text, { ...options(delimiter), trim: true });
  return rows[0] ?? [];
}

/** Every quotation mark but those around a whole cell is taken for a character. */
function parseBroken(text: string, delimiter: string): readonly string[] {
  return text.split(delimiter).map((cell) => /^"(.*)"$/s.exec(cell)?.[1] ?? cell);
}
