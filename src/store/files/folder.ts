// The files of a store folder by name: `snapshot`, `journal.1`, `journal.2` …, `batch.1` … and what an interrupted start left
// behind.
import { join } from 'node:path';
import { OperatorError } from '../../service/operator-error.ts';
import type { Disk } from './disk.ts';
import { codeOf } from './journal.ts';

const JOURNAL = /^journal\.([1-9][0-9]{0,14})$/;
const BATCH = /^batch\.([1-9][0-9]{0,14})$/;

export interface Folder {
  readonly path: string;
  readonly disk: Disk;
}

export const snapshotPath = (folder: Folder): string => join(folder.path, 'snapshot');
/** A snapshot in the making. */
export const draftPath = (folder: Folder): string => join(folder.path, 'snapshot.new');
export const journalPath = (folder: Folder, number: number): string => join(folder.path, `journal.${number}`);
/** Rows of a large batch, which a journal names. */
export const batchPath = (folder: Folder, number: number): string => join(folder.path, `batch.${number}`);

/** What lies in the folder: whether there is a snapshot, and the numbers of journals and batches in order. */
export function survey({ path, disk }: Folder): { snapshot: boolean; journals: number[]; batches: number[] } {
  const names = disk.list(path);
  const numbers = (pattern: RegExp): number[] => {
    const found = names.map((name) => Number(pattern.exec(name)?.[1] ?? 0)).filter((number) => number > 0);
    return found.sort((a, b) => a - b);
  };
  return { snapshot: names.includes('snapshot'), journals: numbers(JOURNAL), batches: numbers(BATCH) };
}

/** The data is not what this program wrote: it refuses to start rather than to guess. */
export function damaged(what: string, remedy = 'Restore the data folder from a backup.'): OperatorError {
  return new OperatorError(`The data is damaged: ${what}. ${remedy}`);
}

/** What to tell the operator of an error of the system; any other error is itself. */
export function cannotBeUsed(folder: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined) return error;
  const advice: Readonly<Record<string, string>> = {
    EACCES: 'Give it to the user that runs the daemon.',
    EPERM: 'Give it to the user that runs the daemon.',
    ENOSPC: 'Make room on its disk.',
    EDQUOT: 'Raise the disk quota of its user.',
    EROFS: 'Its file system is mounted read-only.',
  };
  const what = advice[code] ?? 'It must be a folder on a working disk.';
  return new OperatorError(`The data folder ${folder} cannot be used (${code}). ${what}`, { cause: error });
}
