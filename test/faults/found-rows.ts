// What a store holds, and what changed in it since a revision, read through the port as its users read it.
import { type Changes, isLarge, type LargeTable, type Row, type Store, type Table } from '../../src/service/store.ts';
import { contactScopes, ownerOfWriter } from './edits.ts';
import type { AnyTable } from './lines.ts';

export const TABLES: readonly AnyTable[] = ['statuses', 'contacts', 'favorites', 'retired', 'presence'];
/** Rows asked for at once: few, so that there are many slices. */
const LIMIT = 50;

/** The scopes of a table that writers use; those of a small table are its only one. */
export function scopesOf(table: AnyTable, writers: number): (string | null)[] {
  if (!isLarge(table)) return [null];
  if (table === 'retired') return [''];
  const owners = Array.from({ length: writers }, (_, writer) => ownerOfWriter(writer));
  return table === 'favorites' ? owners : contactScopes(writers);
}

export async function rowsOf(store: Store, table: AnyTable, writers: number): Promise<Row[]> {
  if (!isLarge(table)) return [...store.all(table)];
  const rows: Row[] = [];
  const counts = new Map<string, number>();
  for (const scope of scopesOf(table, writers)) {
    const found = (await changesOf(store, table, scope, null)).rows;
    rows.push(...found);
    if (found.length > 0) counts.set(scope ?? '', found.length);
  }
  const told = await store.counts(table);
  const same = told.size === counts.size && [...told].every(([scope, count]) => counts.get(scope) === count);
  if (!same)
    throw new Error(`counts of ${table} are ${JSON.stringify([...told])}, the rows ${JSON.stringify([...counts])}`);
  return rows;
}

/** All slices of what changed; `scope` is null for a small table. */
export async function changesOf(
  store: Store,
  table: AnyTable,
  scope: string | null,
  since: number | null,
): Promise<Changes> {
  if (scope === null) return store.changes(table as Table, since);
  const ask = { table: table as LargeTable, scope, limit: LIMIT };
  let slice = await store.read({ ...ask, since, removedSince: since });
  const { reset } = slice;
  const removedSince = reset ? slice.now : since;
  const rows = new Map(slice.rows.map((row) => [row.id, row]));
  const removed = new Set(slice.removed);
  while (slice.more) {
    slice = await store.read({ ...ask, since: slice.rev, removedSince });
    for (const row of slice.rows) rows.set(row.id, row);
    for (const id of slice.removed) removed.add(id);
  }
  return { reset, rows: [...rows.values()], removed: [...removed], rev: slice.rev };
}
