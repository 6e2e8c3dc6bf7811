// What an import did, in words and tables for people.
import type { CellFault, ImportReport, PastImport } from '../domain/contact-import.ts';
import { counted } from './holdings.ts';
import { localTime } from './print.ts';
import { tableLines } from './table.ts';
import { cutTo, printable } from './width.ts';

/** Faults of each kind that are printed. */
const SHOWN = 50;
const WIDEST_CELL = 30;

/** For stdout: how many rows went which way, how the file was read, and how to take it back. */
export function reportLines({ dryRun, file, undoable, id, ...counts }: ImportReport): string[] {
  const { rows, added, updated, unchanged, skipped, failed } = counts;
  const would = dryRun ? ' (nothing was changed)' : '';
  const ways = Object.entries({ added, updated, unchanged, skipped, failed }).map(
    ([word, count]) => `${count} ${word}`,
  );
  const { format, layout, encoding, delimiter } = file;
  const between = delimiter === undefined ? '' : `, ${DELIMITERS[delimiter] ?? delimiter}`;
  const how = [...new Set([format, layout, encoding])].map(printable).join(', ');
  return [
    `${counted(rows, 'row')}: ${ways.join(', ')}${would}`,
    `read as ${how}${between}`,
    ...(undoable ? [`rollcall import --undo ${printable(id)} takes it back`] : []),
  ];
}

const DELIMITERS: Readonly<Record<string, string>> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
  '|': 'bars',
};

/** For stderr: what is wrong, row by row, and what to do with it. `keeps`: whether the rows that failed are written to a file. */
export function problemLines(report: ImportReport, keeps: boolean, columns?: number): string[] {
  const { errors, moreErrors, warnings, moreWarnings, failed, dryRun, rows } = report;
  const rest = rows - failed;
  const others = rest === 0 ? '' : dryRun ? '; the others are right' : '; the others are in';
  const hint = keeps ? '' : '. --errors FILE writes them to a file, to be mended there and imported';
  return [
    ...tableOf('warning', warnings, moreWarnings, columns),
    ...tableOf('error', errors, moreErrors, columns),
    ...(failed > 0 ? [`${counted(failed, 'row')} failed${others}${hint}`] : []),
  ];
}

function tableOf(kind: string, faults: readonly CellFault[], more: number, columns = Infinity): string[] {
  if (faults.length === 0) return [];
  const shown = faults.slice(0, SHOWN);
  const lines = tableLines(
    ['ROW', 'COLUMN', 'VALUE', kind.toUpperCase()],
    shown.map(({ row, column, value, reason }) => [
      String(row),
      cutTo(printable(column), WIDEST_CELL),
      cutTo(printable(value), WIDEST_CELL),
      reason,
    ]),
    Math.max(columns, 80),
  );
  const left = faults.length - shown.length + more;
  return left > 0 ? [...lines, `and ${counted(left, `more ${kind}`)}`] : lines;
}

/** For stdout: the imports of the past, newest first. */
export function listLines(imports: readonly PastImport[], now: number): string[] {
  return tableLines(
    ['ID', 'AT', 'BOOK', 'BY', 'ROWS', 'ADDED', 'UPDATED'],
    imports.map(({ id, at, book, by, rows, added, updated }) => [
      id,
      localTime(at, now),
      book,
      by ?? '',
      String(rows),
      String(added),
      String(updated),
    ]),
  );
}
