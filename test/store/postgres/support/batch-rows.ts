// Batches that write the same contacts again and again, and what is left of them.
import { deepStrictEqual } from 'node:assert';
import type { Store, Write } from '../../../../src/service/store.ts';

const contactOf = (n: number, id: number): Write => ({
  ...{ table: 'contacts', id: `${id}` },
  value: { book: `book ${n % 2}`, n, fields: { lastName: `Batch ${n}`, numbers: [] }, keys: [], created: '' },
});

/** Batch `n`: every row, and last of all the number of the batch. */
export function batchOf(n: number, rows: number): Write[] {
  const done: Write = { table: 'imports', id: 'last', value: { n } };
  return [...Array.from({ length: rows }, (_, id) => contactOf(n, id)), done];
}

/** The batch that the store holds, all of it; 0: none. */
export async function batchIn(store: Store, rows: number): Promise<number> {
  const n = (store.get('imports', 'last')?.value as { n: number } | undefined)?.n ?? 0;
  const ids = Array.from({ length: rows }, (_, id) => `${id}`);
  const found = await store.find('contacts', ids);
  const numbers = new Set([...found.values()].map(({ value }) => (value as { n: number }).n));
  deepStrictEqual([found.size, numbers], n === 0 ? [0, new Set()] : [rows, new Set([n])]);
  deepStrictEqual(await store.counts('contacts'), new Map(n === 0 ? [] : [[`book ${n % 2}`, rows]]));
  return n;
}
