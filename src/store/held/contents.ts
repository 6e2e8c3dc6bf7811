// All that the store holds: tables, the revision, and which revisions of earlier runs were lost. Knows no file.
import { type Changes, isLarge, type Question, type Row, SCOPE_OF, type Slice } from '../../service/store.ts';
import { Marks } from './marks.ts';
import { isRow } from './revision-log.ts';
import { type FrozenScope, type Place, StoredTable } from './table.ts';

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

export interface FrozenTable {
  readonly name: string;
  /** Of the scopes that hold nothing. */
  readonly floor: number;
  readonly scopes: readonly FrozenScope[];
}

/** The contents at one moment; later changes do not touch it. */
export interface Frozen {
  readonly epoch: string;
  readonly rev: number;
  readonly gaps: readonly Gap[];
  readonly tables: readonly FrozenTable[];
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
  readonly #marks = new Marks();
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

  /** The table of this name, made when there is none. */
  table(name: string): StoredTable {
    let table = this.#tables.get(name);
    if (!table) {
      table = this.#newTable(name);
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

  /** Takes the writes with the next revision, and returns them as they are told. */
  apply<W extends StoredWrite>(writes: readonly W[]): readonly (W & Partial<Place>)[] {
    this.#rev += 1;
    if (!writes.some(({ table }) => isLarge(table))) {
      for (const write of writes) this.#take(write);
      return writes;
    }
    const told: (W & Partial<Place>)[] = [];
    for (const write of writes) {
      const place = this.#take(write);
      if (!isLarge(write.table)) told.push(write);
      else if (place) told.push(toldOf(write, place) as W & Place);
    }
    return told;
  }

  /**
   * Takes the writes that had revision `rev` when they were made. Of a note a removal may stand alone: the row may have been put
   * and removed before it was written, and some client may have seen it.
   */
  restore(writes: readonly StoredWrite[], rev: number): void {
    this.#rev = rev;
    for (const write of writes) {
      const place = this.#take(write);
      if (!place && !isLarge(write.table)) this.table(write.table).mark('', write.id, rev);
    }
  }

  changes(name: string, since: number | null): Changes {
    const table = this.table(name);
    const reset = since === null || since < table.floor() || !this.#isKnown(since);
    const rows: Row[] = [];
    const removed: string[] = [];
    for (const stored of table.after(reset ? -1 : since)) {
      if (isRow(stored)) rows.push(stored);
      else if (!reset) removed.push(stored.id);
    }
    return { reset, rows, removed, rev: this.#rev };
  }

  read({ table: name, scope, since, removedSince, limit }: Question): Slice {
    const table = this.table(name);
    const from = Math.max(since ?? 0, removedSince ?? 0);
    const isKnown = since !== null && this.#isKnown(since) && (removedSince === null || this.#isKnown(removedSince));
    const reset = !isKnown || from < table.floor(scope);
    const rows: Row[] = [];
    const removed: string[] = [];
    let last: number | undefined;
    let more = false;
    for (const stored of table.after(reset ? -1 : since, scope)) {
      if (!isRow(stored) && (reset || stored.rev <= from)) continue;
      if (rows.length + removed.length >= Math.max(limit, 1) && stored.rev !== last) {
        more = true;
        break;
      }
      last = stored.rev;
      if (isRow(stored)) rows.push(stored);
      else removed.push(stored.id);
    }
    return { reset, rows, removed, rev: more && last !== undefined ? last : this.#rev, more, now: this.#rev };
  }

  /** Favourites with this target. */
  marksOn(target: string): Row[] {
    const table = this.table('favorites');
    return Array.from(this.#marks.on(target)).flatMap((id) => table.get(id) ?? []);
  }

  /** Brings into order what was taken out of order. */
  order(): void {
    for (const table of this.#tables.values()) table.order();
  }

  freeze(): Frozen {
    const tables = [...this.#tables].map(([name, table]) => ({
      name,
      floor: table.emptyFloor,
      scopes: table.freeze(),
    }));
    return { epoch: this.epoch, rev: this.#rev, gaps: [...this.#gaps], tables };
  }

  #newTable(name: string): StoredTable {
    const removalsKept = this.#removalsKept;
    if (!isLarge(name)) return new StoredTable({ removalsKept });
    const table = new StoredTable({ removalsKept, scopeOf: SCOPE_OF[name] });
    if (name === 'favorites') table.follow(this.#marks.watch);
    return table;
  }

  /** Where the write took effect; undefined for a removal of what is not there. */
  #take({ table: name, id, value }: StoredWrite): Place | undefined {
    const table = this.table(name);
    if (value !== null) return table.put({ id, value, rev: this.#rev });
    const scope = table.remove(id, this.#rev);
    return scope === undefined ? undefined : { scope };
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

function toldOf({ table, id, value }: StoredWrite, { scope, movedFrom }: Place): StoredWrite & Place {
  return movedFrom === undefined ? { table, id, value, scope } : { table, id, value, scope, movedFrom };
}
