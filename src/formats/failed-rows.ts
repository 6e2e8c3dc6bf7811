// The file of the rows of a table that failed, as they came, with what is wrong in a last column. Spreadsheets open it without
// running anything in it, and the reader reads of its cells what it read before.

import { stringify } from 'csv-stringify/sync';
import type { CellFault } from '../domain/contact-import.ts';
import { isTextFormula } from './cell-text.ts';
import type { Columns } from './columns.ts';
import { type CsvRecord, type CsvSource, csvRecords } from './csv-records.ts';
import { guarded, unguarded } from './template.ts';

const BYTE_ORDER_MARK = '\ufeff';
const REASON = 'Reason';
/** A number as it is dialled, or as a spreadsheet has rounded it: neither runs anything. */
const NUMBER = /^[-+][\d .,()]*(?:E\+?\d+)?$/i;
/** What may be split or lose its + when it stands bare; a file that begins with a bare `ID` is SYLK to Excel. */
const QUOTED = /^\+|^ID$|[\r\n;\t]/;

/** In UTF-8 with a byte order mark, with the file's own delimiter. */
export async function failedRows(
  source: CsvSource,
  columns: Columns,
  faults: ReadonlyMap<number, readonly CellFault[]>,
): Promise<Uint8Array> {
  // Of a file that was given back before: its reasons are told anew.
  const kept = columns.headers.flatMap((header, index) => (header.toLowerCase() === 'reason' ? [] : [index]));
  const text = (rows: string[][]) =>
    Buffer.from(stringify(rows, { delimiter: source.delimiter, record_delimiter: '\r\n', quoted_match: QUOTED }));
  const header = [...kept.map((index) => safe(columns.written[index] ?? '')), REASON];
  const pieces = [Buffer.from(BYTE_ORDER_MARK), text([header])];
  let left = faults.size;
  for await (const records of csvRecords(source)) {
    const failed = records.filter(({ row }) => faults.has(row));
    if (failed.length > 0) pieces.push(text(failed.map((record) => failedRow(record, kept, columns.width, faults))));
    left -= failed.length;
    if (left <= 0) break;
  }
  return Buffer.concat(pieces);
}

/** Cells for which there is no column stand behind the reason, as there is still none. */
function failedRow(
  { row, cells }: CsvRecord,
  kept: readonly number[],
  width: number,
  faults: ReadonlyMap<number, readonly CellFault[]>,
): string[] {
  const reasons = (faults.get(row) ?? []).map(({ column, reason }) => (column ? `${column}: ${reason}` : reason));
  const more = cells.slice(width, cells.findLastIndex((cell) => cell.trim() !== '') + 1);
  return [...kept.map((index) => safe(cells[index] ?? '')), guarded(reasons.join('; ')), ...more.map(safe)];
}

/** Spaces around it mean nothing, and a tab among them would begin a formula. */
function safe(cell: string): string {
  const text = cell.trim();
  if (NUMBER.test(text) || isTextFormula(text)) return text;
  const written = guarded(unguarded(text));
  return written === text ? cell : written;
}
