// One table in memory: rows by id, and rows and removals in order of revision, so that what changed since a revision costs
// in proportion to the change. Knows no file and no other table.
import type { Row } from '../../service/store.ts';

/** A row, or with `value: null` the mark that it was removed. Never changed: a new state is a new object. */
export interface Stored {
  readonly id: string;
  readonly value: object | null;
  readonly rev: number;
}

interface Link {
  stored: Stored;
  older: Link | undefined;
  newer: Link | undefined;
}

export const isRow = (stored: Stored): stored is Row => stored.value !== null;

export class StoredTable {
  readonly #rows = new Map<string, Link>();
  readonly #removed = new Map<string, Link>();
  readonly #removalsKept: number;
  #oldest: Link | undefined;
  #newest: Link | undefined;
  #floor: number;

  /** At most `removalsKept` removals are remembered; `floor`: those up to this revision are forgotten already. */
  constructor(removalsKept: number, floor = 0) {
    this.#removalsKept = removalsKept;
    this.#floor = floor;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** Changes since a revision below this one cannot be told. */
  get floor(): number {
    return this.#floor;
  }

  get(id: string): Row | undefined {
    const stored = this.#rows.get(id)?.stored;
    return stored && isRow(stored) ? stored : undefined;
  }

  *rows(): Generator<Row> {
    for (const { stored } of this.#rows.values()) if (isRow(stored)) yield stored;
  }

  /** Takes the newest state of a row; its revision is not below any taken before. */
  take(stored: Stored): void {
    if (stored.value === null) this.#remove(stored);
    else this.#put(stored);
  }

  /** A removal as a snapshot holds it: the row is not there any more. */
  restoreRemoval(stored: Stored): void {
    const link: Link = { stored, older: undefined, newer: undefined };
    this.#removed.set(stored.id, link);
    this.#append(link);
  }

  /** What was taken after revision `since`, oldest first. */
  after(since: number): Stored[] {
    const found: Stored[] = [];
    for (let link = this.#newest; link && link.stored.rev > since; link = link.older) found.push(link.stored);
    return found.reverse();
  }

  /** Rows and removals, oldest first. */
  inOrder(): Stored[] {
    const found: Stored[] = [];
    for (let link = this.#oldest; link; link = link.newer) found.push(link.stored);
    return found;
  }

  #put(stored: Stored): void {
    const { id } = stored;
    const link = this.#rows.get(id) ?? this.#removed.get(id);
    if (!link) {
      const made: Link = { stored, older: undefined, newer: undefined };
      this.#rows.set(id, made);
      this.#append(made);
      return;
    }
    if (link.stored.value === null) {
      this.#removed.delete(id);
      this.#rows.set(id, link);
    }
    this.#renew(link, stored);
  }

  #remove(stored: Stored): void {
    const link = this.#rows.get(stored.id);
    if (!link) return;
    this.#rows.delete(stored.id);
    this.#removed.set(stored.id, link);
    this.#renew(link, stored);
    if (this.#removed.size > this.#removalsKept) this.#forget();
  }

  /** Forgets a tenth more than is needed, so that the search for the oldest is seldom. */
  #forget(): void {
    const keep = this.#removalsKept - Math.floor(this.#removalsKept / 10);
    for (const [id, link] of this.#removed) {
      if (this.#removed.size <= keep) return;
      this.#removed.delete(id);
      this.#unlink(link);
      this.#floor = link.stored.rev;
    }
  }

  #renew(link: Link, stored: Stored): void {
    link.stored = stored;
    if (link === this.#newest) return;
    this.#unlink(link);
    this.#append(link);
  }

  #unlink(link: Link): void {
    if (link.older) link.older.newer = link.newer;
    else this.#oldest = link.newer;
    if (link.newer) link.newer.older = link.older;
    else this.#newest = link.older;
  }

  #append(link: Link): void {
    link.older = this.#newest;
    link.newer = undefined;
    if (this.#newest) this.#newest.newer = link;
    else this.#oldest = link;
    this.#newest = link;
  }
}
