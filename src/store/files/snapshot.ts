// The snapshot file: the whole contents at one moment, written in slices so that nothing else waits, and read at the start.
// Knows the names of its files and the shape of its records; when to write one is not its business.

import { OperatorError } from '../../service/operator-error.ts';
import { Contents, type ContentsOptions, type Frozen, type StoredWrite } from './contents.ts';
import type { OpenFile } from './disk.ts';
import { type SnapshotEntry, type SnapshotHead, type SnapshotSlice, sliceText, storedText } from './entry.ts';
import { damaged, draftPath, type Folder, snapshotPath } from './folder.ts';
import { formatOf, type Step, upgrade } from './format.ts';
import { readRecords, record } from './record.ts';

/** A slice ends at this many rows or bytes, whichever comes first: about a millisecond of work. */
const SLICE_ROWS = 200;
const SLICE_CHARACTERS = 128 * 1024;
/** Little is left unsynced at any time, so that commits do not wait behind the snapshot at the disk. */
const SYNC_EVERY = 1024 * 1024;

class Draft {
  readonly #file: OpenFile;
  #end = 0;
  #unsynced = 0;

  constructor(file: OpenFile) {
    this.#file = file;
  }

  get end(): number {
    return this.#end;
  }

  async add(text: string): Promise<void> {
    const bytes = Buffer.from(record(text));
    let written = 0;
    while (written < bytes.length) {
      const count = await this.#file.writeAside(bytes.subarray(written), this.#end + written);
      if (count === 0) throw new Error('the file takes no more bytes');
      written += count;
    }
    this.#end += written;
    this.#unsynced += written;
    if (this.#unsynced >= SYNC_EVERY) await this.sync();
  }

  async sync(): Promise<void> {
    await this.#file.sync();
    this.#unsynced = 0;
  }
}

/** Texts of the records of a snapshot; each is made when it is asked for. */
function* entries(frozen: Frozen, head: SnapshotHead): Generator<string> {
  yield JSON.stringify(head);
  let count = 0;
  for (const { name, stored } of frozen.tables) {
    let rows: string[] = [];
    let characters = 0;
    for (const one of stored) {
      const text = storedText(one);
      rows.push(text);
      characters += text.length;
      count += 1;
      if (rows.length < SLICE_ROWS && characters < SLICE_CHARACTERS) continue;
      yield sliceText(name, rows);
      rows = [];
      characters = 0;
    }
    if (rows.length > 0) yield sliceText(name, rows);
  }
  yield JSON.stringify({ end: count });
}

/**
 * Writes the snapshot that journal `journal` continues, in place of the one before; resolves with its length in bytes when
 * it is durable. When it rejects, the one before stands.
 */
export async function writeSnapshot(
  folder: Folder,
  frozen: Frozen,
  journal: number,
  steps: readonly Step[],
): Promise<number> {
  const { disk } = folder;
  const head: SnapshotHead = {
    rollcall: 'snapshot',
    format: formatOf(steps),
    epoch: frozen.epoch,
    journal,
    rev: frozen.rev,
    gaps: frozen.gaps,
    floors: Object.fromEntries(frozen.tables.map(({ name, floor }) => [name, floor])),
  };
  await disk.remove(draftPath(folder));
  const file = disk.create(draftPath(folder));
  const draft = new Draft(file);
  try {
    for (const text of entries(frozen, head)) await draft.add(text);
    await draft.sync();
  } catch (error) {
    file.close();
    await disk.remove(draftPath(folder));
    throw error;
  }
  file.close();
  await disk.rename(draftPath(folder), snapshotPath(folder));
  await disk.syncFolder(folder.path);
  return draft.end;
}

export interface ReadSnapshot {
  readonly contents: Contents;
  readonly head: SnapshotHead;
  readonly bytes: number;
}

/** The contents of the folder's snapshot. Throws OperatorError when any byte of it is not as it was written. */
export function readSnapshot(
  folder: Folder,
  steps: readonly Step[],
  options: Pick<ContentsOptions, 'removalsKept'>,
): ReadSnapshot {
  const path = snapshotPath(folder);
  const file = folder.disk.open(path, 'read');
  let head: SnapshotHead | undefined;
  let contents: Contents | undefined;
  let count = 0;
  let ended = false;
  try {
    const bytes = readRecords(file, ({ text, at }) => {
      const entry = JSON.parse(text) as SnapshotEntry;
      if ('rollcall' in entry) {
        head = entry;
        contents = contentsOf(entry, path, steps, options);
      } else if (!head || !contents || ended) throw damaged(`${path} is out of order at byte ${at}`);
      else if ('end' in entry) ended = entry.end === count;
      else count += restore(contents, entry, head.format, steps);
    });
    if (bytes < file.size() || !ended || !contents || !head) throw damaged(`${path} is wrong at byte ${bytes}`);
    return { contents, head, bytes };
  } finally {
    file.close();
  }
}

function contentsOf(
  head: SnapshotHead,
  path: string,
  steps: readonly Step[],
  { removalsKept }: Pick<ContentsOptions, 'removalsKept'>,
): Contents {
  refuseNewer(head.format, path, steps);
  const contents = new Contents({ epoch: head.epoch, rev: head.rev, gaps: head.gaps, removalsKept });
  for (const [name, floor] of Object.entries(head.floors)) contents.table(name, floor);
  return contents;
}

/** Throws OperatorError when a file is of a version that this program does not know. */
export function refuseNewer(format: number, path: string, steps: readonly Step[]): void {
  if (format <= formatOf(steps)) return;
  throw new OperatorError(
    `${path} was written by a newer version of rollcall (data format ${format}, this one reads up to ${formatOf(steps)}). ` +
      'Install that version or a later one, or restore a backup made by this one.',
  );
}

function restore(contents: Contents, slice: SnapshotSlice, format: number, steps: readonly Step[]): number {
  for (const [id, rev, value] of slice.rows) {
    if (value === undefined) contents.table(slice.table).restore({ id, value: null, rev });
    else restoreRow(contents, upgrade(steps, format, { table: slice.table, id, value }), rev);
  }
  return slice.rows.length;
}

function restoreRow(contents: Contents, row: StoredWrite | undefined, rev: number): void {
  if (row) contents.table(row.table).restore({ id: row.id, value: row.value, rev });
}
