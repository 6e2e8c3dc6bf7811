// A snapshot in the making: a file of its own until all of it is durable, then it takes the name of the one before. Knows no
// meaning of its records.
import { draftPath, type Folder, snapshotPath } from './folder.ts';
import { GrowingFile } from './growing-file.ts';

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
  const file = new GrowingFile(disk.create(draftPath(folder)));
  let length = 0;
  try {
    for await (const text of texts) await file.add(text);
    length = await file.finish();
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
