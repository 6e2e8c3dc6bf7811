// All that the store holds: tables, the revision, and which revisions of earlier runs were lost. Knows no file.
import type { Changes } from '../../service/store.ts';
import { isRow, type Stored, StoredTable } from './table.ts';

/** Gaps kept; a cursor older than the oldest of them is answered with everything. */
const GAPS_KEPT = 1000;

/** One write as the store keeps it. Table names are open here: data of a table unknown to this version is kept. */
export interface StoredWrite {
  readonly table: string;
  readonly id: string;
  readonly value: object | null;
}

/** Revisions between the last one found on disk and the first of the next run: perhaps shown to somebody, then lost. */
export type Gap = readonly [last: number, next: number];

/** The contents at one moment; later changes do not touch it. */
export interface Frozen {
  readonly epoch: string;
  readonly rev: number;
  readonly gaps: readonly Gap[];
  readonly tables: readonly { readonly name: string; readonly floor: number; readonly stored: readonly Stored[] }[];
}

export interface ContentsOptions {
  readonly epoch: string;
  readonly rev?: number;
  readonly gaps?: readonly Gap[];
  readonly removalsKept: number;
}

export class Contents {
  readonly epoch: string;
  readonly #tables = new Map<string, StoredTable>();
  readonly #removalsKept: number;
  #gaps: Gap[];
  #rev: number;

  constructor({ epoch, rev = 0, gaps = [], removalsKept }: ContentsOptions) {
    this.epoch = epoch;
    this.#rev = rev;
    this.#gaps = [...gaps];
    this.#removalsKept = removalsKept;
  }

  get rev(): number {
    return this.#rev;
  }

  get rowCount(): number {
    let count = 0;
    for (const table of this.#tables.values()) count += table.size;
    return count;
  }

  /** The table of this name, made when there is none; `floor` is for one that a snapshot brings back. */
  table(name: string, floor = 0): StoredTable {
    let table = this.#tables.get(name);
    if (!table) {
      table = new StoredTable(this.#removalsKept, floor);
      this.#tables.set(name, table);
    }
    return table;
  }

  /** Begins a run: revisions from here to `next` are given to nothing. */
  skipTo(next: number): void {
    if (next === this.#rev) return;
    this.#gaps.push([this.#rev, next]);
    if (this.#gaps.length > GAPS_KEPT) this.#gaps = this.#gaps.slice(-GAPS_KEPT);
    this.#rev = next;
  }

  /** Takes the writes with the next revision, and returns it. */
  apply(writes: readonly StoredWrite[]): number {
    this.#rev += 1;
    for (const { table, id, value } of writes) this.table(table).take({ id, value, rev: this.#rev });
    return this.#rev;
  }

  /** Takes the writes that had revision `rev` when they were made. */
  restore(writes: readonly StoredWrite[], rev: number): void {
    this.#rev = rev;
    for (const { table, id, value } of writes) this.table(table).restore({ id, value, rev });
  }

  changes(name: string, since: number | null): Changes {
    const table = this.table(name);
    const reset = since === null || since < table.floor || !this.#isKnown(since);
    const stored = reset ? table.inOrder() : table.after(since);
    const removed: string[] = [];
    if (!reset) for (const one of stored) if (!isRow(one)) removed.push(one.id);
    return { reset, rows: stored.filter(isRow), removed, rev: this.#rev };
  }

  freeze(): Frozen {
    const tables = [...this.#tables].map(([name, table]) => ({ name, floor: table.floor, stored: table.inOrder() }));
    return { epoch: this.epoch, rev: this.#rev, gaps: [...this.#gaps], tables };
  }

  /** Whether what was shown at `since` is part of the history that this store has. */
  #isKnown(since: number): boolean {
    if (!Number.isSafeInteger(since) || since < 0 || since > this.#rev) return false;
    for (let index = this.#gaps.length - 1; index >= 0; index -= 1) {
      const [last, next] = this.#gaps[index] as Gap;
      if (since >= next) return true;
      if (since > last) return false;
    }
    return this.#gaps.length < GAPS_KEPT;
  }
}
