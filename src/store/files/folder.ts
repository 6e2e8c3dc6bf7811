// The files of a store folder by name: `snapshot`, `journal.1`, `journal.2` …, `batch.1` … and what an interrupted start left
// behind.
import { join } from 'node:path';
import { OperatorError } from '../../service/operator-error.ts';
import type { Disk } from './disk.ts';
import { codeOf } from './journal.ts';

const JOURNAL = /^journal\.([1-9][0-9]{0,14})$/;
const UNFINISHED = 'migration.unfinished';
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

/** There while a migration fills the folder. */
export const unfinishedPath = (folder: Folder): string => join(folder.path, UNFINISHED);

interface Survey {
  readonly snapshot: boolean;
  /** A migration into the folder has begun and not ended. */
  readonly unfinished: boolean;
  /** Numbers, in order. */
  readonly journals: number[];
  readonly batches: number[];
}

/** What lies in the folder. */
export function survey({ path, disk }: Folder): Survey {
  const names = disk.list(path);
  const numbers = (pattern: RegExp): number[] => {
    const found = names.map((name) => Number(pattern.exec(name)?.[1] ?? 0)).filter((number) => number > 0);
    return found.sort((a, b) => a - b);
  };
  const [snapshot, unfinished] = [names.includes('snapshot'), names.includes(UNFINISHED)];
  return { snapshot, unfinished, journals: numbers(JOURNAL), batches: numbers(BATCH) };
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

/** Throws OperatorError when a migration into the folder has begun and not ended. */
export function refuseUnfinished(folder: Folder): void {
  if (!survey(folder).unfinished) return;
  throw new OperatorError(
    `A migration into the data folder ${folder.path} was not finished: run rollcall migrate again, or restore a backup.`,
  );
}
