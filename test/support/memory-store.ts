// A store in memory, for tests of what stands on the store: it applies a commit a turn later, as a disk would, a batch in slices,
// and freezes what it is given. `fail()` makes it behave like a broken disk. It looks at everything for each question, and so shows
// plainly what a store has to answer.
import { Failure } from '../../src/domain/failure.ts';
import { suffixOf } from '../../src/domain/phone-number.ts';
import { compareHits, score, searchable } from '../../src/domain/search.ts';
import type { ContactRow } from '../../src/service/contact-row.ts';
import {
  type Changes,
  type Commit,
  type Guard,
  isLarge,
  type LargeTable,
  NUMBER_HITS,
  type NumberQuestion,
  type Question,
  type Row,
  SCOPE_OF,
  type SearchQuestion,
  type Slice,
  Stale,
  type Store,
  type StoreState,
  type Table,
  type Told,
  type Write,
} from '../../src/service/store.ts';
import { backupLines } from '../../src/store/files/backup.ts';
import { STEPS } from '../../src/store/files/format.ts';

/** A row was removed from a scope, or went to another. */
interface Grave {
  readonly id: string;
  readonly scope: string;
  readonly rev: number;
}

interface Shelf {
  readonly rows: Map<string, Row>;
  /** In order of revision. */
  graves: Grave[];
  /** By scope: removals up to this revision are forgotten. */
  readonly floors: Map<string, number>;
}

/** Rows of a batch that take effect in one turn. */
const BATCH_ROWS = 200;
const { setImmediate: later } = globalThis;
const turnOfLoop = (): Promise<void> => new Promise((resolve) => later(resolve));

const keyOf = ({ table, id }: { table: string; id: string }): string => `${table} ${id}`;
const byRev = (a: { rev: number }, b: { rev: number }): number => a.rev - b.rev;
const isGrave = (one: Row | Grave): one is Grave => !('value' in one);

/** The scope of a row; a small table is one scope. */
function scopeOf(table: Table | LargeTable, value: object): string {
  return isLarge(table) ? SCOPE_OF[table](value) : '';
}

/** Contacts with a key like this, in the order of an answer by number. */
function holdersOf(rows: readonly Row[], isWanted: (key: string) => boolean): Row[] {
  const held = rows.flatMap((row) => {
    const { keys, created } = row.value as ContactRow;
    const own = keys.findIndex(([first = '']) => isWanted(first));
    const line = keys.findIndex((some) => some.some(isWanted));
    return line < 0 ? [] : [{ row, place: own < 0 ? 100 + line : own, created }];
  });
  const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  held.sort((a, b) => a.place - b.place || compare(a.created, b.created) || compare(a.row.id, b.row.id));
  return held.map(({ row }) => row);
}

export class MemoryStore implements Store {
  readonly epoch: string;
  readonly #shelves = new Map<string, Shelf>();
  readonly #listeners = new Set<(commit: Commit) => void>();
  readonly #removalsKept: number;
  readonly #lastDigits: number;
  readonly #untold: Commit[] = [];
  #state: StoreState = 'open';
  #rev = 0;
  #last: Promise<unknown> = Promise.resolve();
  #lastBatch: Promise<unknown> = Promise.resolve();
  /** Rows of the batch that is taking effect, and the end of that. */
  #pending = new Set<string>();
  #settling: Promise<unknown> | undefined;

  constructor({ epoch = 'memory', removalsKept = 1000, lastDigits = 7 } = {}) {
    this.epoch = epoch;
    this.#removalsKept = removalsKept;
    this.#lastDigits = lastDigits;
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
    const { reset, rows, removed, rev } = this.#read(table, { scope: '', since, removedSince: null, limit: Infinity });
    return { reset, rows, removed, rev };
  }

  async find(table: LargeTable, ids: readonly string[]): Promise<ReadonlyMap<string, Row>> {
    const { rows } = this.#shelf(table);
    return new Map(ids.flatMap((id) => rows.get(id) ?? []).map((row) => [row.id, row]));
  }

  async read(question: Question): Promise<Slice> {
    return this.#read(question.table, question);
  }

  async counts(table: LargeTable): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (const { value } of this.#shelf(table).rows.values()) {
      const scope = scopeOf(table, value);
      counts.set(scope, (counts.get(scope) ?? 0) + 1);
    }
    return counts;
  }

  async count(table: LargeTable, scope: string): Promise<number> {
    return (await this.counts(table)).get(scope) ?? 0;
  }

  async marksOn(targets: readonly string[]): Promise<readonly Row[]> {
    const rows = [...this.#shelf('favorites').rows.values()];
    return rows.filter(({ value }) => targets.includes((value as { target: string }).target));
  }

  async search({ scopes, query, limit }: SearchQuestion): Promise<readonly Row[]> {
    const rows = [...this.#shelf('contacts').rows.values()];
    const hits = rows.flatMap((row) => {
      const { book, fields, keys } = row.value as ContactRow;
      if (!scopes.includes(book)) return [];
      const contact = searchable(fields, keys);
      const hit = { id: row.id, row, score: score(query, contact), name: contact.name };
      return hit.score > 0 ? [hit] : [];
    });
    const best = hits.sort(compareHits).slice(0, limit);
    return best.map(({ row }) => row);
  }

  async byNumber({ scopes, keys, ending }: NumberQuestion): Promise<readonly Row[]> {
    const rows = [...this.#shelf('contacts').rows.values()];
    const endingOf = (key: string): string | undefined => suffixOf(key, this.#lastDigits);
    const forms = keys.map((wanted) => (key: string) => key === wanted);
    if (ending !== undefined) forms.push((key) => endingOf(key) === ending);
    return [...new Set(scopes)].flatMap((scope) => {
      const inBook = rows.filter(({ value }) => (value as ContactRow).book === scope);
      for (const isWanted of forms) {
        const holders = holdersOf(inBook, isWanted);
        if (holders.length > 0) return holders.slice(0, NUMBER_HITS);
      }
      return [];
    });
  }

  commit(writes: readonly Write[], guards: readonly Guard[] = []): Promise<number> {
    const act = (): number => {
      this.#admit(writes, guards);
      return this.#apply(writes);
    };
    const isHeld = () => [...writes, ...guards].some((key) => this.#pending.has(keyOf(key)));
    return this.#inTurn(() => (isHeld() ? this.#settling?.then(act) : act()) as number | Promise<number>);
  }

  commitMany(
    writes: readonly Write[],
    guards: readonly Guard[] = [],
    progress: (written: number) => void = () => undefined,
  ): Promise<number> {
    const batch = this.#lastBatch.then(() => this.#batch(writes, guards, progress));
    this.#lastBatch = batch.catch(() => 'told to the one who asked');
    return batch;
  }

  note(writes: readonly Write[]): number {
    return this.#state === 'closed' ? this.#rev : this.#apply(writes);
  }

  backup(): AsyncIterable<string> {
    if (!this.#settling) return this.#backupNow();
    return afterwards(this.#settling.then(() => this.#backupNow()));
  }

  #backupNow(): AsyncIterable<string> {
    const tables = [...this.#shelves].map(([name, { rows }]) => {
      const stored = [...rows.values()].sort(byRev);
      return { name, floor: 0, scopes: [{ name: '', floor: 0, stored }] };
    });
    return backupLines({ rev: this.#rev, tables }, STEPS);
  }

  lasting(rev: number): number {
    return rev;
  }

  known(lasting: number): number {
    return lasting;
  }

  subscribe(listener: (commit: Commit) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    await this.#lastBatch;
    await this.#last;
    this.#state = 'closed';
  }

  /** From now on nothing can be written. */
  fail(): void {
    this.#state = 'failed';
  }

  #inTurn<T>(act: () => T | Promise<T>): Promise<T> {
    const turn = this.#last.then(act);
    this.#last = turn.catch(() => 'told to the one who asked');
    return turn;
  }

  /** Throws when a commit may not take effect now. */
  #admit(writes: readonly Write[], guards: readonly Guard[]): void {
    if (this.#state !== 'open') throw new Failure('storage', 'nothing can be stored now');
    if (writes.length > 0 && !guards.every((guard) => this.#holds(guard))) throw new Stale();
  }

  async #batch(
    writes: readonly Write[],
    guards: readonly Guard[],
    progress: (written: number) => void,
  ): Promise<number> {
    if (writes.length === 0 || this.#state !== 'open') return this.commit(writes);
    const large = writes.filter(({ table }) => isLarge(table));
    const slices: Write[][] = [];
    for (let from = 0; from < large.length; from += BATCH_ROWS) {
      await turnOfLoop();
      slices.push(large.slice(from, from + BATCH_ROWS));
      progress(Math.min(from + BATCH_ROWS, large.length));
    }
    const small = writes.filter(({ table }) => !isLarge(table));
    if (small.length > 0) slices.push(small);
    const { settling } = await this.#inTurn(() => {
      this.#admit(writes, guards);
      this.#pending = new Set(writes.map(keyOf));
      const begun = this.#settle(slices);
      this.#settling = begun;
      return { settling: begun };
    });
    return settling;
  }

  async #settle(slices: readonly (readonly Write[])[]): Promise<number> {
    let rev = this.#rev;
    for (const slice of slices) {
      await turnOfLoop();
      rev = this.#apply(slice);
    }
    this.#pending = new Set();
    this.#settling = undefined;
    return rev;
  }

  #holds({ table, id, rev }: Guard): boolean {
    return (this.#shelf(table).rows.get(id)?.rev ?? null) === rev;
  }

  #read(table: Table | LargeTable, { scope, since, removedSince, limit }: Omit<Question, 'table'>): Slice {
    const { rows, graves, floors } = this.#shelf(table);
    const known = (rev: number | null): boolean =>
      rev === null || (Number.isInteger(rev) && rev >= 0 && rev <= this.#rev);
    const from = Math.max(since ?? 0, removedSince ?? 0);
    const reset = since === null || !known(since) || !known(removedSince) || from < (floors.get(scope) ?? 0);
    const news: (Row | Grave)[] = [...rows.values()].filter(
      ({ value, rev }) => scopeOf(table, value) === scope && (reset || rev > since),
    );
    if (!reset) news.push(...graves.filter((grave) => grave.scope === scope && grave.rev > from));
    news.sort(byRev);
    const last = news[Math.max(limit, 1) - 1]?.rev ?? this.#rev;
    const told = news.filter(({ rev }) => rev <= last);
    const more = told.length < news.length;
    return {
      reset,
      rows: told.filter((one): one is Row => !isGrave(one)),
      removed: told.filter(isGrave).map(({ id }) => id),
      rev: more ? last : this.#rev,
      more,
      now: this.#rev,
    };
  }

  #apply(writes: readonly Write[]): number {
    if (writes.length === 0) return this.#rev;
    this.#rev += 1;
    const rev = this.#rev;
    this.#tell({ rev, writes: writes.flatMap((write) => this.#take(write, rev) ?? []) });
    return rev;
  }

  /** Takes a write, and returns it as the feed tells it; undefined when there is nothing to tell. */
  #take(write: Write, rev: number): Told | undefined {
    const { table, id, value } = write;
    const shelf = this.#shelf(table);
    const before = shelf.rows.get(id);
    const from = before && scopeOf(table, before.value);
    if (value === null) {
      if (from !== undefined) this.#bury(shelf, { id, scope: from, rev });
      shelf.rows.delete(id);
      if (!isLarge(table)) return write;
      return from === undefined ? undefined : { ...write, scope: from };
    }
    const scope = scopeOf(table, value);
    shelf.graves = shelf.graves.filter((grave) => grave.id !== id || grave.scope !== scope);
    const moved = from !== undefined && from !== scope;
    if (moved) this.#bury(shelf, { id, scope: from, rev });
    shelf.rows.set(id, { id, value: freeze(value), rev });
    if (!isLarge(table)) return write;
    return { ...write, scope, ...(moved ? { movedFrom: from } : {}) };
  }

  #bury({ graves, floors }: Shelf, grave: Grave): void {
    graves.push(grave);
    for (const { scope, rev } of graves.splice(0, graves.length - this.#removalsKept)) floors.set(scope, rev);
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

  #shelf(table: Table | LargeTable): Shelf {
    const shelf = this.#shelves.get(table) ?? { rows: new Map(), graves: [], floors: new Map() };
    this.#shelves.set(table, shelf);
    return shelf;
  }
}

function freeze(value: object): object {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) freeze(part);
  return Object.freeze(value);
}

async function* afterwards(backup: Promise<AsyncIterable<string>>): AsyncGenerator<string> {
  yield* await backup;
}
