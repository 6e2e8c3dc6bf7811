// The version of what the files say, and the steps that bring older data to it. Knows no records.
import { OperatorError } from '../../service/operator-error.ts';
import type { StoredWrite } from '../held/contents.ts';

/** Turns one row of a version into the row of the next; `undefined` drops it. */
export type Step = (write: StoredWrite) => StoredWrite | undefined;

/**
 * Step n leads from version n + 1 to version n + 2.
 * 2: tables are divided into scopes. All rows of version 1 are of tables that are not.
 * 3: journals may name batches. The rows are the same.
 */
export const STEPS: readonly Step[] = [(write) => write, (write) => write];

/** The version that a program with these steps writes. */
export const formatOf = (steps: readonly Step[]): number => steps.length + 1;

/** The row as today's version holds it, from a file of version `format`. */
export function upgrade(steps: readonly Step[], format: number, write: StoredWrite): StoredWrite | undefined {
  let row: StoredWrite | undefined = write;
  for (const step of steps.slice(format - 1)) if (row) row = step(row);
  return row;
}

/** Throws OperatorError when a file is of a version that this program does not know. */
export function refuseNewer(format: number, path: string, steps: readonly Step[]): void {
  if (format <= formatOf(steps)) return;
  throw new OperatorError(
    `${path} was written by a newer version of rollcall (data format ${format}, this one reads up to ${formatOf(steps)}). ` +
      'Install that version or a later one, or restore a backup made by this one.',
  );
}
