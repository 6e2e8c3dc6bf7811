// Several stores on one database, each with a mirror of what its feed told, and clients that go from one to the other with their cursors.
import { expect } from 'vitest';
import { Failure } from '../../../../src/domain/failure.ts';
import {
  type Guard,
  isLarge,
  type LargeTable,
  SCOPE_OF,
  Stale,
  type Store,
  type Table,
  type Told,
  type Write,
} from '../../../../src/service/store.ts';

type Outcome = number | 'stale' | 'refused';

export async function outcomeOf(commit: Promise<number>): Promise<Outcome> {
  try {
    return await commit;
  } catch (error) {
    if (error instanceof Stale) return 'stale';
    if (error instanceof Failure && error.code === 'storage') return 'refused';
    throw error;
  }
}

const keyOf = ({ table, id }: { readonly table: string; readonly id: string }): string => JSON.stringify([table, id]);

/** What a feed told, as somebody holds it who heard everything: each scope of a large table for itself. */
export class FeedMirror {
  readonly #rows = new Map<string, Map<string, object>>();
  readonly revs: number[] = [];
  /** What did not fit what was told before. */
  readonly faults: string[] = [];

  constructor(store: Store, tables: readonly Table[]) {
    for (const table of tables) for (const { id, value } of store.all(table)) this.rows(table).set(id, value);
    store.subscribe(({ rev, writes }) => {
      if (rev <= (this.revs.at(-1) ?? 0)) this.faults.push(`revision ${rev} after ${this.revs.at(-1)}`);
      this.revs.push(rev);
      for (const write of writes) this.#take(write);
    });
  }

  /** Those of a table by id, of a large one those of a scope. */
  rows(table: Table | LargeTable, scope?: string): Map<string, object> {
    const key = JSON.stringify([table, scope]);
    const rows = this.#rows.get(key) ?? new Map<string, object>();
    this.#rows.set(key, rows);
    return rows;
  }

  #take({ table, id, value, scope, movedFrom }: Told): void {
    if (isLarge(table) !== (scope !== undefined)) this.faults.push(`${table} ${id} was told of scope ${scope}`);
    if (movedFrom !== undefined) this.rows(table, movedFrom).delete(id);
    if (value === null) this.rows(table, scope).delete(id);
    else this.rows(table, scope).set(id, value);
  }
}

/** What rows were noted as that one store alone writes, in order. */
export class Noted {
  readonly #values = new Map<string, (string | null)[]>();

  add({ table, id, value }: Write): void {
    const values = this.#values.get(keyOf({ table, id })) ?? [];
    values.push(JSON.stringify(value));
    this.#values.set(keyOf({ table, id }), values);
  }

  /** Whether what is known of a row is older than what is held of it. */
  isBehind(row: { readonly table: string; readonly id: string }, known?: object, held?: object): boolean {
    const values = this.#values.get(keyOf(row)) ?? [];
    const place = (value: object | undefined): number => values.lastIndexOf(JSON.stringify(value ?? null));
    return place(known) < place(held);
  }
}

/** A client of a small table that comes back to any of the stores. It may know more than the store it comes to, never less. */
export class WanderingClient {
  readonly table: Table;
  readonly rows = new Map<string, object>();
  resets = 0;
  /** What it had missed when it left a store. */
  readonly faults: string[] = [];
  readonly #noted: Noted;
  #cursor: number | undefined;
  #leave: (() => void) | undefined;

  constructor(table: Table, noted: Noted) {
    this.table = table;
    this.#noted = noted;
  }

  /** Leaves where it is, comes with its cursor, takes what is new, and stays to hear what comes. */
  visit(store: Store): void {
    this.leave();
    const changes = store.changes(this.table, this.#cursor === undefined ? null : store.known(this.#cursor));
    if (changes.reset) {
      this.rows.clear();
      this.resets += 1;
    }
    for (const id of changes.removed) this.rows.delete(id);
    for (const { id, value } of changes.rows) this.rows.set(id, value);
    this.#cursor = store.lasting(changes.rev);
    const stop = store.subscribe(({ rev, writes }) => {
      for (const { table, id, value } of writes) {
        if (table !== this.table) continue;
        if (value === null) this.rows.delete(id);
        else this.rows.set(id, value);
      }
      this.#cursor = store.lasting(rev);
    });
    this.#leave = () => {
      stop();
      this.#compare(rowsOf(store, this.table));
    };
  }

  leave(): void {
    this.#leave?.();
    this.#leave = undefined;
  }

  #compare(held: ReadonlyMap<string, object>): void {
    const { table } = this;
    for (const id of new Set([...held.keys(), ...this.rows.keys()])) {
      const [known, there] = [this.rows.get(id), held.get(id)];
      if (!this.#noted.isBehind({ table, id }, known, there)) continue;
      this.faults.push(`${table} ${id}: ${JSON.stringify(known)} for ${JSON.stringify(there)}`);
    }
  }
}

/** A client of a scope that reads it slice by slice, each at any of the stores. */
export class WanderingReader {
  readonly table: LargeTable;
  readonly scope: string;
  readonly rows = new Map<string, object>();
  #since: number | undefined;
  #removedSince: number | undefined;

  constructor(table: LargeTable, scope: string) {
    this.table = table;
    this.scope = scope;
  }

  /** Returns whether there is more. */
  async step(store: Store, limit: number): Promise<boolean> {
    const own = (cursor: number | undefined): number | null => (cursor === undefined ? null : store.known(cursor));
    const [since, removedSince] = [own(this.#since), own(this.#removedSince)];
    const slice = await store.read({ table: this.table, scope: this.scope, since, removedSince, limit });
    if (slice.reset) {
      this.rows.clear();
      this.#removedSince = store.lasting(slice.now);
    }
    for (const id of slice.removed) this.rows.delete(id);
    for (const { id, value } of slice.rows) this.rows.set(id, value);
    this.#since = store.lasting(slice.rev);
    return slice.more;
  }
}

/** Resolves when the store holds this row of `upkeep`. */
function holdsRow(store: Store, id: string): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!store.get('upkeep', id)) return;
      stop();
      resolve();
    };
    const stop = store.subscribe(look);
    look();
  });
}

let sentinels = 0;

/** Everything that was asked of each of the stores has taken effect at all of them. */
export async function settle(stores: readonly Store[]): Promise<void> {
  sentinels += 1;
  const ids = stores.map((_, at) => `end ${sentinels} ${at}`);
  await Promise.all(
    stores.map(async (store, at) => {
      const id = ids[at] as string;
      while ((await outcomeOf(store.commit([{ table: 'upkeep', id, value: {} }]))) === 'refused') await opened(store);
    }),
  );
  await Promise.all(stores.flatMap((store) => ids.map((id) => holdsRow(store, id))));
}

/** Resolves when the store is open. */
async function opened(store: Store): Promise<void> {
  while (store.state !== 'open') await new Promise((resolve) => setImmediate(resolve));
}

/** Rows of a small table by id. */
export function rowsOf(store: Store, table: Table): Map<string, object> {
  return new Map([...store.all(table)].map(({ id, value }) => [id, value]));
}

/** All rows of a scope of a large table by id, as the store gives them. */
export async function rowsIn(store: Store, table: LargeTable, scope: string): Promise<Map<string, object>> {
  const slice = await store.read({ table, scope, since: null, removedSince: null, limit: Number.POSITIVE_INFINITY });
  for (const { value } of slice.rows) expect(SCOPE_OF[table](value)).toBe(scope);
  return new Map(slice.rows.map(({ id, value }) => [id, value]));
}

/** The guard that takes for granted what the store holds of a small row. */
export function guardOf(store: Store, table: Table, id: string): Guard {
  return { table, id, rev: store.get(table, id)?.rev ?? null };
}
