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

  /** Takes the newest state of a row; its revision is not below any taken before. Removing what is not there does nothing. */
  take(stored: Stored): void {
    if (stored.value !== null || this.#rows.has(stored.id)) this.restore(stored);
  }

  /**
   * Takes what the files hold. There a removal may stand alone: the row may have been put and removed before it was written,
   * and some client may have seen it.
   */
  restore(stored: Stored): void {
    const { id } = stored;
    const known = this.#rows.get(id) ?? this.#removed.get(id);
    if (known) this.#renew(known, stored);
    const link = known ?? this.#add(stored);
    this.#removed.delete(id);
    if (stored.value !== null) {
      this.#rows.set(id, link);
      return;
    }
    this.#rows.delete(id);
    this.#removed.set(id, link);
    if (this.#removed.size > this.#removalsKept) this.#forget();
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

  #add(stored: Stored): Link {
    const link: Link = { stored, older: undefined, newer: undefined };
    this.#append(link);
    return link;
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
