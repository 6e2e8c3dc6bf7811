// One table in memory: rows by id, and per scope rows and removals in order of revision. A small table is one scope, named
// ''. Knows no file and no other table.
import type { Row } from '../../service/store.ts';
import { type Entry, isRow, RevisionLog, type Stored } from './revision-log.ts';

interface Scope {
  readonly log: RevisionLog;
  readonly removed: Map<string, Entry>;
  /** Removals up to this revision are forgotten. */
  floor: number;
}

/** Where a write took effect: as Told of the port. */
export interface Place {
  readonly scope: string;
  readonly movedFrom?: string;
}

/** Told of each row that is written: what it was, and what it is now. */
export type Watch = (before: Row | undefined, after: Row | undefined) => void;

export interface TableOptions {
  /** At most so many removals are remembered, over all scopes. */
  readonly removalsKept: number;
  readonly scopeOf?: (value: object) => string;
}

/** The contents of a scope at one moment. */
export interface FrozenScope {
  readonly name: string;
  readonly floor: number;
  readonly stored: Iterable<Stored>;
}

export class StoredTable {
  readonly #rows = new Map<string, Entry>();
  readonly #scopes = new Map<string, Scope>();
  readonly #scopeOf: (value: object) => string;
  readonly #removalsKept: number;
  #watch: Watch | undefined;
  #removals = 0;
  #floor = 0;

  constructor({ removalsKept, scopeOf = () => '' }: TableOptions) {
    this.#removalsKept = removalsKept;
    this.#scopeOf = scopeOf;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** From now on `watch` is told of each row that is written. One at most follows a table. */
  follow(watch: Watch): void {
    this.#watch = watch;
  }

  get(id: string): Row | undefined {
    return this.#rows.get(id)?.stored as Row | undefined;
  }

  *rows(): Generator<Row> {
    for (const { stored } of this.#rows.values()) if (isRow(stored)) yield stored;
  }

  /** Rows per scope that has any. */
  counts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const name of this.#scopes.keys()) if (this.count(name) > 0) counts.set(name, this.count(name));
    return counts;
  }

  count(scope: string): number {
    const { log, removed } = this.#scopes.get(scope) ?? {};
    return log && removed ? log.size - removed.size : 0;
  }

  /** Changes of a scope since a revision below this one cannot be told. */
  floor(scope = ''): number {
    return this.#scopes.get(scope)?.floor ?? this.#floor;
  }

  /** Floor of the scopes that hold nothing. */
  get emptyFloor(): number {
    return this.#floor;
  }

  /** Takes the newest state of a row; its revision is not below any taken before, or `order` is called. */
  put(row: Row): Place {
    const { id, rev } = row;
    const before = this.#rows.get(id);
    const from = before && this.#nameOf(before);
    const scope = this.#scopeOf(row.value);
    if (before && from !== undefined) this.#scopes.get(from)?.log.remove(before);
    const to = this.#scope(scope);
    this.#unmark(to, id);
    this.#rows.set(id, to.log.append(row));
    this.#watch?.(before?.stored as Row | undefined, row);
    if (from === undefined || from === scope) return { scope };
    this.mark(from, id, rev);
    return { scope, movedFrom: from };
  }

  /** Removes a row, and returns the scope it was in; undefined when there is none. */
  remove(id: string, rev: number): string | undefined {
    const before = this.#rows.get(id);
    if (!before) return undefined;
    const from = this.#nameOf(before);
    this.#rows.delete(id);
    this.#scopes.get(from)?.log.remove(before);
    this.#watch?.(before.stored as Row, undefined);
    this.mark(from, id, rev);
    return from;
  }

  /** Remembers that a row went from a scope, which does not hold it any more. */
  mark(name: string, id: string, rev: number): void {
    const scope = this.#scope(name);
    this.#unmark(scope, id);
    scope.removed.set(id, scope.log.append({ id, value: null, rev }));
    this.#removals += 1;
    if (this.#removals > this.#removalsKept) this.#forget();
  }

  /** Takes the floor of a scope, or with no name of all that hold nothing, as a snapshot brings it back. */
  setFloor(floor: number, scope?: string): void {
    if (scope === undefined) this.#floor = floor;
    else this.#scope(scope).floor = floor;
  }

  /** What was taken in a scope after revision `since`, oldest first. The table may not be changed while it is read. */
  after(since: number, scope = ''): Iterable<Stored> {
    return this.#scopes.get(scope)?.log.after(since) ?? [];
  }

  /** Brings into order what was taken out of order. */
  order(): void {
    for (const { log } of this.#scopes.values()) log.order();
  }

  freeze(): FrozenScope[] {
    return Array.from(this.#scopes, ([name, { log, floor }]) => ({ name, floor, stored: log.freeze() }));
  }

  #nameOf({ stored }: Entry): string {
    return this.#scopeOf(stored.value as object);
  }

  #scope(name: string): Scope {
    let scope = this.#scopes.get(name);
    if (!scope) {
      scope = { log: new RevisionLog(), removed: new Map(), floor: this.#floor };
      this.#scopes.set(name, scope);
    }
    return scope;
  }

  #unmark({ log, removed }: Scope, id: string): void {
    const entry = removed.size > 0 ? removed.get(id) : undefined;
    if (!entry) return;
    removed.delete(id);
    log.remove(entry);
    this.#removals -= 1;
  }

  /** Forgets a tenth more than is needed, so that it is seldom, and where most is remembered. */
  #forget(): void {
    const keep = this.#removalsKept - Math.floor(this.#removalsKept / 10);
    while (this.#removals > keep) {
      const [name, scope] = [...this.#scopes].reduce((a, b) => (b[1].removed.size > a[1].removed.size ? b : a));
      const most = Math.min(this.#removals - keep, Math.ceil(scope.removed.size / 2));
      this.#forgetOldest(scope, most);
      if (scope.log.size > 0) continue;
      this.#scopes.delete(name);
      this.#floor = Math.max(this.#floor, scope.floor);
    }
  }

  #forgetOldest(scope: Scope, count: number): void {
    let left = count;
    for (const [id, entry] of scope.removed) {
      if (left === 0) return;
      left -= 1;
      this.#unmark(scope, id);
      scope.floor = entry.stored.rev;
    }
  }
}
