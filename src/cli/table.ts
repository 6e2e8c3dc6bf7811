// Rows of text as an aligned table for people. Knows no terminal.
import { cutTo, printable, width } from './width.ts';

/** The lines of a table with these headings; trailing columns that are empty in every row are left out. */
export function tableLines(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  columns = Infinity,
): string[] {
  const cells = [headings, ...rows.map((row) => row.map(printable))];
  const used = headings.map((_, column) => rows.some((row) => (row[column] ?? '') !== ''));
  const last = Math.max(used.lastIndexOf(true), 0);
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => width(row[column] ?? ''))));
  return cells.map((row) => {
    const line = row
      .slice(0, last + 1)
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - width(cell)))
      .join('  ')
      .trimEnd();
    return cutTo(line, columns);
  });
}
