// The rows of one scope of a large table, from the first to the last, a slice at a time.
import type { LargeTable, Row, Store } from './store.ts';

interface Scope {
  readonly table: LargeTable;
  readonly scope: string;
  /** Rows of a slice; there are more in one that was written at once. */
  readonly limit: number;
}

/** As they were when the reading began; of what is written meanwhile the feed tells. Rejects when the store does. */
export async function* slicesOf(store: Store, { table, scope, limit }: Scope): AsyncGenerator<readonly Row[]> {
  let since: number | null = null;
  let end: number | undefined;
  for (let more = true; more; ) {
    const slice = await store.read({ table, scope, since, removedSince: null, limit });
    end ??= slice.now;
    const last = end;
    yield slice.rows.filter(({ rev }) => rev <= last);
    [since, more] = [slice.rev, slice.more && slice.rev < last];
  }
}
