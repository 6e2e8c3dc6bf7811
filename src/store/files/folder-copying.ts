// What a folder holds, read without beginning a run in it, and the mark of a folder that is being filled. For commands; the
// caller holds the folder's lock.
import { type Holdings, sumHoldings } from '../../service/backup.ts';
import type { Table } from '../../service/store.ts';
import { Contents } from '../held/contents.ts';
import { backupLines } from './backup.ts';
import { realDisk } from './disk.ts';
import { cannotBeUsed, type Folder, survey, unfinishedPath } from './folder.ts';
import { STEPS } from './format.ts';
import { type Loaded, load } from './replay.ts';

const folderAt = (path: string): Folder => ({ path, disk: realDisk });
const REMOVALS_KEPT = 100_000;

/** Rows of one moment that nobody changes. */
export interface FolderContents {
  holds(): Holdings;
  /** What the reading took off the end of a file: a write that a crash had torn. */
  readonly cuts: Loaded['cuts'];
  /** All of it as the text of a backup. */
  lines(): AsyncIterable<string>;
}

/** `unfinished`: a migration into the folder was begun and not ended. */
export function stateOf(path: string): 'empty' | 'used' | 'unfinished' {
  const { snapshot, journals, unfinished } = survey(folderAt(path));
  if (unfinished) return 'unfinished';
  return snapshot || journals.length > 0 ? 'used' : 'empty';
}

/** All that the folder holds, one that is being filled too. Throws OperatorError when it is damaged or newer. */
export async function readFolder(path: string): Promise<FolderContents> {
  try {
    const loaded = await load(folderAt(path), { steps: STEPS, removalsKept: REMOVALS_KEPT });
    loaded?.finish();
    return foundIn(loaded?.contents ?? new Contents({ epoch: '', removalsKept: REMOVALS_KEPT }), loaded?.cuts ?? []);
  } catch (error) {
    throw cannotBeUsed(path, error);
  }
}

function foundIn(contents: Contents, cuts: Loaded['cuts']): FolderContents {
  const ids = (table: Table) => Array.from(contents.table(table).rows(), ({ id }) => id);
  return {
    cuts,
    holds: () => sumHoldings(ids('books'), ids('users'), contents.table('contacts').counts()),
    lines: () => backupLines(contents.freeze(), STEPS),
  };
}

/** From here to `unmark` no daemon starts on the folder. */
export async function markUnfinished(path: string): Promise<void> {
  const folder = folderAt(path);
  try {
    await folder.disk.makeFolder(path);
    await folder.disk.remove(unfinishedPath(folder));
    folder.disk.create(unfinishedPath(folder)).close();
    await folder.disk.syncFolder(path);
  } catch (error) {
    throw cannotBeUsed(path, error);
  }
}

export async function unmark(path: string): Promise<void> {
  const folder = folderAt(path);
  await folder.disk.remove(unfinishedPath(folder));
  await folder.disk.syncFolder(path);
}
