// A collection: items with ids that some viewers see. Reads go to the store by revision, so that a snapshot, a resume and
// a slow client's catching up are one and the same thing. Knows no session and no socket.
import type { Changes, Store, Table, Write } from '../service/store.ts';
import type { Viewer } from '../service/viewer.ts';

export interface Collection {
  readonly name: string;
  readonly table: Table;
  /** Names the set of items the viewer sees: viewers with the same audience see the same. Null: it does not exist for him. */
  audience(viewer: Viewer): string | null;
  /** Whether the audience sees the item with this id. */
  sees(audience: string, id: string): boolean;
  /** What changed since a revision, or all. */
  read(audience: string, since: number | null): Changes;
  /** The JSON text of a value of the table. */
  encode(value: object): string;
}

export interface TableCollection {
  readonly name: string;
  readonly table: Table;
  readonly audience: (viewer: Viewer) => string | null;
  /** The item that clients see of a row's value. Default: the value. */
  readonly item?: (value: object) => object;
}

/** A collection whose items are the rows of one table. Every audience sees all of them. */
export function tableCollection(store: Store, { name, table, audience, item }: TableCollection): Collection {
  const texts = new WeakMap<object, string>();
  const encode = (value: object): string => {
    let text = texts.get(value);
    if (text === undefined) {
      text = JSON.stringify(item ? item(value) : value);
      texts.set(value, text);
    }
    return text;
  };
  return {
    name,
    table,
    audience,
    sees: () => true,
    encode,
    read: (_audience, since) => store.changes(table, since),
  };
}

/** The newest write of each row that changed, between two revisions. */
export interface Batch {
  readonly writes: readonly Write[];
  readonly firstRev: number;
  readonly rev: number;
}

/** Gathers the writes of one table until they are told: at most one per row. */
export class Dirty {
  readonly #writes = new Map<string, Write>();
  #firstRev = 0;
  #rev = 0;

  get size(): number {
    return this.#writes.size;
  }

  add(write: Write, rev: number): void {
    if (this.#writes.size === 0) this.#firstRev = rev;
    this.#writes.delete(write.id);
    this.#writes.set(write.id, write);
    this.#rev = rev;
  }

  take(): Batch {
    const writes = [...this.#writes.values()];
    this.#writes.clear();
    return { writes, firstRev: this.#firstRev, rev: this.#rev };
  }
}
