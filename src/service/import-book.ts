// A whole book out of the store, a slice at a time and without holding anybody up. Knows no viewer.
import type { Breath } from './import-breath.ts';
import { WideMap } from './import-wide-map.ts';
import type { Row, Store } from './store.ts';

const SLICE = 500;

/** Is told the rows of a book in order of revision; a row that changed meanwhile comes again. */
export interface BookReader {
  put(row: Row): void;
  remove(id: string): void;
  /** All that was told is void. */
  clear(): void;
}

/** Tells the reader what the scope holds at one moment after the call. */
export async function readBook(store: Store, scope: string, breath: Breath, reader: BookReader): Promise<void> {
  let since: number | null = null;
  let removedSince: number | null = null;
  for (let more = true; more; ) {
    const slice = await store.read({ table: 'contacts', scope, since, removedSince, limit: SLICE });
    if (slice.reset) {
      reader.clear();
      removedSince = slice.now;
    }
    for (const id of slice.removed) reader.remove(id);
    // A slice is as long as what was written at once.
    for (const row of slice.rows) {
      reader.put(row);
      if (breath.isDue) await breath.pause();
    }
    [since, more] = [slice.rev, slice.more];
    if (more) await breath.pause();
  }
}

export async function rowsOf(store: Store, scope: string, breath: Breath): Promise<WideMap<Row>> {
  const rows = new WideMap<Row>();
  await readBook(store, scope, breath, {
    put: (row) => rows.set(row.id, row),
    remove: (id) => rows.delete(id),
    clear: () => rows.clear(),
  });
  return rows;
}
