// The work of `rollcall restore`: reads the backup to its end, asks, and puts it in place while nobody else has the folder.
import type { Holdings } from '../service/backup.ts';
import { holdingsOf } from '../service/backup.ts';
import { systemClock } from '../service/clock.ts';
import { OperatorError } from '../service/operator-error.ts';
import type { Settings } from '../settings/settings.ts';
import { realDisk } from '../store/files/disk.ts';
import { openFilesStore } from '../store/files/files-store.ts';
import { survey } from '../store/files/folder.ts';
import { restoreFolder } from '../store/files/restore.ts';
import { FolderInUse, type FolderLock, lockFolder } from '../store/lock.ts';
import { type BackupSource, countBackup, openBackup } from './backup-reading.ts';
import { EXIT } from './command.ts';
import { confirmed } from './confirm.ts';
import { holdingsText } from './holdings.ts';
import type { Io } from './io.ts';
import { Progress, size } from './progress.ts';
import { printable } from './width.ts';

export interface Restoring {
  readonly io: Io;
  readonly path: string;
  readonly settings: Settings;
  /** Whether to ask first, unless there is nothing to lose. */
  readonly asks: boolean;
}

/** Resolves with the exit code. */
export async function runRestore({ io, path, settings, asks }: Restoring): Promise<number> {
  if (settings.store.kind !== 'files') throw new OperatorError('restore works on a store of kind files alone');
  const backup = await openBackup(path);
  try {
    const holds = await countBackup(withProgress(io, backup, 'read'));
    const lock = await lockStopped(settings);
    try {
      if (asks && !(await agreed(io, path, holds, settings.data))) {
        io.stderr.write('nothing was restored\n');
        return EXIT.failed;
      }
      await restoreFolder(settings.data, withProgress(io, backup, 'restored'));
    } finally {
      await lock.release();
    }
    io.stdout.write(`restored ${holdingsText(holds)} to ${settings.data}\n`);
    return EXIT.ok;
  } finally {
    await backup.close();
  }
}

async function lockStopped({ data }: Settings): Promise<FolderLock> {
  try {
    return await lockFolder(data);
  } catch (error) {
    if (!(error instanceof FolderInUse)) throw error;
    throw new OperatorError(`the data folder ${data} is in use by process ${error.pid}: stop the daemon, then restore`);
  }
}

async function agreed(io: Io, path: string, holds: Holdings, folder: string): Promise<boolean> {
  const old = await whatIsThere(folder);
  if (old === undefined) return true;
  const question = `This replaces ${old} in ${folder} by ${printable(path)}, which holds ${holdingsText(holds)}. Restore?`;
  return confirmed(io, question, 'restore without asking');
}

/** What will be lost, in words, also where it cannot be read any more; undefined when there is nothing. */
async function whatIsThere(folder: string): Promise<string | undefined> {
  const { snapshot, journals } = survey({ path: folder, disk: realDisk });
  if (!snapshot && journals.length === 0) return undefined;
  try {
    const store = await openFilesStore({ folder, clock: systemClock, report: () => undefined });
    try {
      return `everything (${holdingsText(await holdingsOf(store))})`;
    } finally {
      await store.close();
    }
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return 'data that cannot be read any more';
  }
}

async function* withProgress(io: Io, backup: BackupSource, word: string): AsyncGenerator<Uint8Array> {
  const progress = new Progress(io, (done) => `${size(done)} of ${size(backup.size)} ${word}`);
  try {
    for await (const bytes of backup.bytes()) {
      progress.add(bytes.length);
      yield bytes;
    }
  } finally {
    progress.end();
  }
}
