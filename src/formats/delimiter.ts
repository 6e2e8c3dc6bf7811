// Which character separates the cells of a table, found by its first lines. Knows headers only by a question it may ask.
import { firstRecords, separatorOf } from './csv-records.ts';

/** Of two that fit as well, the earlier: commas stand in names and addresses too. */
const DELIMITERS = ['\t', ';', '|', ','];
const LINES = 20;

/**
 * The delimiter that a `sep=` line tells; else the one with which the first line has the most known headers, then the one
 * with which most lines are as long as the first, then the one with the most cells. A comma when none is there.
 */
export function recogniseDelimiter(head: string, isKnown: (header: string) => boolean): string {
  const told = separatorOf(/^[^\r\n]*/.exec(head)?.[0] ?? '');
  if (told && DELIMITERS.includes(told)) return told;
  let best = ',';
  let score: readonly number[] = [0];
  for (const delimiter of DELIMITERS) {
    const records = firstRecords(head, delimiter, LINES);
    const [first = []] = records;
    if (first.length < 2) continue;
    const alike = records.filter(({ length }) => length === first.length).length / records.length;
    const found = [first.filter(isKnown).length, alike, first.length];
    if (!isMore(found, score)) continue;
    best = delimiter;
    score = found;
  }
  return best;
}

function isMore(a: readonly number[], b: readonly number[]): boolean {
  const index = a.findIndex((value, at) => value !== (b[at] ?? -1));
  return index >= 0 && (a[index] ?? 0) > (b[index] ?? -1);
}
