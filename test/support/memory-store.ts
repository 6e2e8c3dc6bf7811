// A store in memory, for tests of what stands on the store: it applies a commit a turn later, as a disk would, and freezes
// what it is given. `fail()` makes it behave like a broken disk.
import { Failure } from '../../src/domain/failure.ts';
import type { Changes, Commit, Row, Store, StoreState, Table, Write } from '../../src/service/store.ts';

interface Shelf {
  readonly rows: Map<string, Row>;
  readonly removed: Map<string, number>;
  /** Removals up to this revision are forgotten. */
  start: number;
}

export class MemoryStore implements Store {
  readonly epoch: string;
  readonly #shelves = new Map<Table, Shelf>();
  readonly #listeners = new Set<(commit: Commit) => void>();
  readonly #removalsKept: number;
  readonly #untold: Commit[] = [];
  #state: StoreState = 'open';
  #rev = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor({ epoch = 'memory', removalsKept = 1000 } = {}) {
    this.epoch = epoch;
    this.#removalsKept = removalsKept;
  }

  get state(): StoreState {
    return this.#state;
  }

  get(table: Table, id: string): Row | undefined {
    return this.#shelf(table).rows.get(id);
  }

  all(table: Table): Iterable<Row> {
    return [...this.#shelf(table).rows.values()];
  }

  changes(table: Table, since: number | null): Changes {
    const { rows, removed, start } = this.#shelf(table);
    const byRev = [...rows.values()].sort((a, b) => a.rev - b.rev);
    if (!Number.isInteger(since) || since === null || since > this.#rev || since < start) {
      return { reset: true, rows: byRev, removed: [], rev: this.#rev };
    }
    const gone = [...removed].filter(([, rev]) => rev > since).sort((a, b) => a[1] - b[1]);
    return {
      reset: false,
      rows: byRev.filter((row) => row.rev > since),
      removed: gone.map(([id]) => id),
      rev: this.#rev,
    };
  }

  commit(writes: readonly Write[]): Promise<number> {
    const turn = this.#last.then(() => {
      if (this.#state !== 'open') throw new Failure('storage', 'nothing can be stored now');
      return this.#apply(writes);
    });
    this.#last = turn.catch(() => 'told to the one who asked');
    return turn;
  }

  note(writes: readonly Write[]): number {
    return this.#state === 'closed' ? this.#rev : this.#apply(writes);
  }

  subscribe(listener: (commit: Commit) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    await this.#last;
    this.#state = 'closed';
  }

  /** From now on nothing can be written. */
  fail(): void {
    this.#state = 'failed';
  }

  #apply(writes: readonly Write[]): number {
    if (writes.length === 0) return this.#rev;
    this.#rev += 1;
    const rev = this.#rev;
    for (const { table, id, value } of writes) {
      const shelf = this.#shelf(table);
      if (value === null) {
        if (shelf.rows.delete(id)) shelf.removed.set(id, rev);
      } else {
        shelf.removed.delete(id);
        shelf.rows.set(id, { id, value: freeze(value), rev });
      }
      this.#forget(shelf);
    }
    this.#tell({ rev, writes });
    return rev;
  }

  /** What a listener writes is told after what it heard. */
  #tell(commit: Commit): void {
    this.#untold.push(commit);
    if (this.#untold.length > 1) return;
    for (let next = this.#untold[0]; next; next = this.#untold[0]) {
      for (const listener of [...this.#listeners]) listener(next);
      this.#untold.shift();
    }
  }

  #forget(shelf: Shelf): void {
    for (const [id, rev] of shelf.removed) {
      if (shelf.removed.size <= this.#removalsKept) return;
      shelf.removed.delete(id);
      shelf.start = Math.max(shelf.start, rev);
    }
  }

  #shelf(table: Table): Shelf {
    const shelf = this.#shelves.get(table) ?? { rows: new Map(), removed: new Map(), start: 0 };
    this.#shelves.set(table, shelf);
    return shelf;
  }
}

function freeze(value: object): object {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) freeze(part);
  return Object.freeze(value);
}
