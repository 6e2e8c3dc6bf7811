// The version of what the files say, and the steps that bring older data to it. Knows no records.
import type { StoredWrite } from './contents.ts';

/** Turns one row of a version into the row of the next; `undefined` drops it. */
export type Step = (write: StoredWrite) => StoredWrite | undefined;

/** Step n leads from version n + 1 to version n + 2. Version 1 is the first, so there is none yet. */
export const STEPS: readonly Step[] = [];

/** The version that a program with these steps writes. */
export const formatOf = (steps: readonly Step[]): number => steps.length + 1;

/** The row as today's version holds it, from a file of version `format`. */
export function upgrade(steps: readonly Step[], format: number, write: StoredWrite): StoredWrite | undefined {
  let row: StoredWrite | undefined = write;
  for (const step of steps.slice(format - 1)) if (row) row = step(row);
  return row;
}
