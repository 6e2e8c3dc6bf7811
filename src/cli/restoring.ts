// The work of `rollcall restore`: reads the backup to its end, asks, and puts it in place while nobody else has the store.
import type { Holdings } from '../service/backup.ts';
import type { Settings } from '../settings/settings.ts';
import { type BackupSource, countBackup, openBackup } from './backup-reading.ts';
import { EXIT } from './command.ts';
import { confirmed } from './confirm.ts';
import { holdingsText } from './holdings.ts';
import type { Io } from './io.ts';
import { Progress, size } from './progress.ts';
import { openStopped } from './stopped.ts';
import type { Content, StoppedStore } from './stopped-store.ts';
import { storeOf } from './store-at.ts';
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
  const backup = await openBackup(path);
  try {
    const holds = await countBackup(withProgress(io, backup, 'read'));
    const store = await openStopped({ at: storeOf(settings), task: 'restore', mayBeNew: true });
    try {
      if (asks && !(await agreed(io, path, holds, store))) {
        io.stderr.write('nothing was restored\n');
        return EXIT.failed;
      }
      await store.restore(withProgress(io, backup, 'restored'));
    } finally {
      await store.close();
    }
    io.stdout.write(`restored ${holdingsText(holds)} to ${store.name}\n`);
    return EXIT.ok;
  } finally {
    await backup.close();
  }
}

async function agreed(io: Io, path: string, holds: Holdings, store: StoppedStore): Promise<boolean> {
  const old = oldText(await store.look());
  if (old === undefined) return true;
  const question = `This replaces ${old} in ${store.name} by ${printable(path)}, which holds ${holdingsText(holds)}. Restore?`;
  return confirmed(io, question, 'restore without asking');
}

/** What will be lost, in words, also where it cannot be read any more; undefined when there is nothing. */
function oldText(old: Content): string | undefined {
  if (old === 'empty') return undefined;
  if (old === 'unreadable') return 'data that cannot be read any more';
  if (old === 'unfinished') return 'an unfinished migration';
  return `everything (${holdingsText(old)})`;
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
