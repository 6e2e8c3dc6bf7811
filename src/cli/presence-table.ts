// The board as a table for people.
import type { BoardRow } from '../service/operations.ts';
import { localTime } from './print.ts';
import { tableLines } from './table.ts';

const HEADINGS = ['EXTENSION', 'NAME', 'INDICATOR', 'STATUS', 'LINE', 'SINCE', 'UNTIL', 'NOTE'];

/** Times are of the machine's zone, `now` in milliseconds since 1970. */
export function presenceTable(rows: readonly BoardRow[], now: number, columns?: number): string[] {
  const cells = rows.map((row) => [
    row.id,
    row.name,
    row.indicator,
    row.status,
    row.line,
    localTime(row.since, now),
    row.until ? localTime(row.until, now) : '',
    row.note ?? '',
  ]);
  return tableLines(HEADINGS, cells, columns);
}
