// A client of one scope of a large table, as any reader of a store behaves: it asks for slice after slice, applies them, and
// goes on from where it is.
import type { LargeTable, Row, Slice, Store } from '../../src/service/store.ts';

export class Follower {
  readonly table: LargeTable;
  readonly scope: string;
  readonly rows = new Map<string, Row>();
  readonly slices: Slice[] = [];
  since: number | null = null;
  removedSince: number | null = null;

  constructor(table: LargeTable, scope: string) {
    this.table = table;
    this.scope = scope;
  }

  /** Asks once. Returns whether there is more. */
  async step(store: Store, limit: number): Promise<boolean> {
    const { table, scope, since, removedSince } = this;
    const slice = await store.read({ table, scope, since, removedSince, limit });
    this.slices.push(slice);
    if (slice.reset) {
      this.rows.clear();
      this.removedSince = slice.now;
    }
    for (const id of slice.removed) this.rows.delete(id);
    for (const row of slice.rows) this.rows.set(row.id, row);
    this.since = slice.rev;
    return slice.more;
  }

  /** Asks until there is no more. Returns what it holds, by id. */
  async finish(store: Store, limit: number): Promise<Row[]> {
    while (await this.step(store, limit));
    return this.held;
  }

  get held(): Row[] {
    return [...this.rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}
