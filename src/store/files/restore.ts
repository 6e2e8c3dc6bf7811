// Puts a backup in the place of what a folder holds: the new snapshot is whole and durable before it takes the name of the old
// one, so that a crash at any step leaves the old data or the new. Knows nothing of what the rows mean.
import { randomUUID } from 'node:crypto';
import type { BackupHead, BackupSlice } from './backup.ts';
import { backupRows } from './backup-rows.ts';
import { type Disk, realDisk } from './disk.ts';
import { replaceSnapshot } from './draft.ts';
import { endText, type SnapshotHead, sliceText, storedText } from './entry.ts';
import { batchPath, cannotBeUsed, type Folder, journalPath, survey } from './folder.ts';
import { formatOf, STEPS, type Step } from './format.ts';

export interface RestoreOptions {
  readonly disk?: Disk;
  /** Steps from older data formats. */
  readonly steps?: readonly Step[];
}

export interface Restored {
  /** Rows that the folder holds now. */
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Nothing may have the folder open: the caller holds its lock (lockFolder). The folder is made when it is missing, and what it
 * holds is not read, so that a damaged one can be restored. `source`: what Store.backup gave, in pieces of any size. Rejects with
 * OperatorError when the backup is not whole and right, and then nothing was changed; when the disk fails, the folder holds the
 * old data or the new.
 */
export async function restoreFolder(
  folder: string,
  source: AsyncIterable<string | Uint8Array>,
  { disk = realDisk, steps = STEPS }: RestoreOptions = {},
): Promise<Restored> {
  const own: Folder = { path: folder, disk };
  try {
    await disk.makeFolder(folder);
    const { journals: old, batches } = survey(own);
    const texts = new SnapshotTexts((old.at(-1) ?? 0) + 1, steps);
    const bytes = await replaceSnapshot(own, texts.from(source));
    for (const number of old) await disk.remove(journalPath(own, number));
    for (const number of batches) await disk.remove(batchPath(own, number));
    await disk.syncFolder(folder);
    return { rows: texts.rows, bytes };
  } catch (error) {
    throw cannotBeUsed(folder, error);
  }
}

/** The records of the snapshot that a backup becomes. */
class SnapshotTexts {
  rows = 0;
  readonly #journal: number;
  readonly #steps: readonly Step[];

  constructor(journal: number, steps: readonly Step[]) {
    this.#journal = journal;
    this.#steps = steps;
  }

  async *from(source: AsyncIterable<string | Uint8Array>): AsyncGenerator<string> {
    for await (const part of backupRows(source, this.#steps)) {
      yield 'rollcall' in part ? JSON.stringify(this.#head(part)) : this.#slice(part);
    }
    yield endText(this.rows);
  }

  #head({ rev }: BackupHead): SnapshotHead {
    const epoch = randomUUID();
    const format = formatOf(this.#steps);
    return { rollcall: 'snapshot', format, epoch, journal: this.#journal, isFirst: true, rev, gaps: [], floors: {} };
  }

  #slice({ table, rows }: BackupSlice): string {
    this.rows += rows.length;
    const texts = rows.map(([id, rev, value]) => storedText({ id, rev, value }));
    return sliceText(table, '', texts);
  }
}
