// A snapshot in the making: a file of its own until all of it is durable, then it takes the name of the one before. Knows no
// meaning of its records.
import type { OpenFile } from './disk.ts';
import { draftPath, type Folder, snapshotPath } from './folder.ts';
import { record } from './record.ts';

/** Little is left unsynced at any time, so that commits do not wait behind the snapshot at the disk. */
const SYNC_EVERY = 1024 * 1024;

/**
 * Writes these texts as the records of a new snapshot, each when it is its turn; resolves with the length in bytes when it is
 * durable under its name. When it rejects before that, or the texts throw, the snapshot before stands.
 */
export async function replaceSnapshot(
  folder: Folder,
  texts: Iterable<string> | AsyncIterable<string>,
): Promise<number> {
  const { disk, path } = folder;
  await disk.remove(draftPath(folder));
  const file = disk.create(draftPath(folder));
  let length = 0;
  try {
    length = await writeAll(file, texts);
  } catch (error) {
    file.close();
    await disk.remove(draftPath(folder));
    throw error;
  }
  file.close();
  await disk.rename(draftPath(folder), snapshotPath(folder));
  await disk.syncFolder(path);
  return length;
}

async function writeAll(file: OpenFile, texts: Iterable<string> | AsyncIterable<string>): Promise<number> {
  let end = 0;
  let synced = 0;
  for await (const text of texts) {
    end += await write(file, Buffer.from(record(text)), end);
    if (end - synced < SYNC_EVERY) continue;
    await file.sync();
    synced = end;
  }
  await file.sync();
  return end;
}

async function write(file: OpenFile, bytes: Buffer, at: number): Promise<number> {
  let written = 0;
  while (written < bytes.length) {
    const count = await file.writeAside(bytes.subarray(written), at + written);
    if (count === 0) throw new Error('the file takes no more bytes');
    written += count;
  }
  return written;
}
