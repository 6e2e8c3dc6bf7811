// The snapshot file: the whole contents at one moment, written in slices so that nothing else waits, and read at the start.
// Knows the names of its files and the shape of its records; when to write one is not its business.

import { Contents, type ContentsOptions, type Frozen, type FrozenTable, type StoredWrite } from '../held/contents.ts';
import { replaceSnapshot } from './draft.ts';
import { endText, type SnapshotEntry, type SnapshotHead, type SnapshotSlice, slicesOf, sliceText } from './entry.ts';
import { damaged, type Folder, snapshotPath } from './folder.ts';
import { formatOf, refuseNewer, type Step, upgrade } from './format.ts';
import { readRecords } from './record.ts';

/** Texts of the records of a snapshot; each is made when it is asked for. */
function* entries(frozen: Frozen, head: SnapshotHead): Generator<string> {
  yield JSON.stringify(head);
  let count = 0;
  for (const { name, scopes } of frozen.tables) {
    for (const scope of scopes) {
      for (const rows of slicesOf(scope.stored)) {
        count += rows.length;
        yield sliceText(name, scope.name, rows);
      }
    }
  }
  yield endText(count);
}

function headOf(frozen: Frozen, journal: number, steps: readonly Step[]): SnapshotHead {
  const { epoch, rev, gaps, tables } = frozen;
  const floorsOf = ({ name, floor, scopes }: FrozenTable): [string, Record<string, number>][] => {
    const other = scopes.filter((scope) => scope.floor !== floor);
    return other.length === 0 ? [] : [[name, Object.fromEntries(other.map((scope) => [scope.name, scope.floor]))]];
  };
  return {
    rollcall: 'snapshot',
    format: formatOf(steps),
    epoch,
    journal,
    rev,
    gaps,
    floors: Object.fromEntries(tables.map(({ name, floor }) => [name, floor])),
    scopes: Object.fromEntries(tables.flatMap(floorsOf)),
  };
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
  return replaceSnapshot(folder, entries(frozen, headOf(frozen, journal, steps)));
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
    contents.order();
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
  for (const [name, floor] of Object.entries(head.floors)) contents.table(name).setFloor(floor);
  for (const [name, floors] of Object.entries(head.scopes ?? {})) {
    for (const [scope, floor] of Object.entries(floors)) contents.table(name).setFloor(floor, scope);
  }
  return contents;
}

function restore(contents: Contents, slice: SnapshotSlice, format: number, steps: readonly Step[]): number {
  const { table, scope = '', rows } = slice;
  const own = contents.table(table);
  for (const [id, rev, value] of rows) {
    if (value === undefined) own.mark(scope, id, rev);
    else if (format === formatOf(steps)) own.put({ id, value, rev });
    else restoreRow(contents, upgrade(steps, format, { table, id, value }), rev);
  }
  return rows.length;
}

function restoreRow(contents: Contents, row: StoredWrite | undefined, rev: number): void {
  if (row && row.value !== null) contents.table(row.table).put({ id: row.id, value: row.value, rev });
}
