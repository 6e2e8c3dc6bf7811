// What this daemon holds of the store and has told: the small tables, and in which order things took effect here. It is told what the
// database has decided, in the order of its revisions. Knows no connection.
import { isLarge, SCOPE_OF, type Told, type Write } from '../../service/store.ts';
import type { Contents, Gap, StoredWrite } from '../held/contents.ts';
import type { Feed } from '../held/feed.ts';
import { keyOf, type NotedRow } from './backlog.ts';
import { Notes, type NoteUnit } from './notes.ts';
import { Revisions } from './revisions.ts';

/** Here a revision that nobody knows. */
const UNKNOWN = -1;
/** A note that has not got its number sooner may be lost with this daemon. */
const NUMBERED_WITHIN_MS = 1000;
/** Numbers of notes that were told before others and numbered after them: remembered for guards. */
const RENUMBERED_KEPT = 10_000;

/** What another daemon wrote. */
export interface Foreign {
  readonly writes: readonly Told[];
  /** The JSON of each write, null of a removal. */
  readonly texts: readonly (string | null)[];
}

export class Ledger {
  readonly notes = new Notes();
  readonly revisions: Revisions;
  readonly contents: Contents;
  readonly #feed: Feed;
  readonly #now: () => number;
  readonly #gaps: Gap[];
  readonly #renumbered = new Map<number, number>();

  /** `contents`: the small tables as of revision `contents.rev`; `gaps`: of the database. */
  constructor(contents: Contents, gaps: readonly Gap[], feed: Feed, now: () => number) {
    this.contents = contents;
    this.revisions = new Revisions(contents.rev);
    this.#gaps = [...gaps];
    this.#feed = feed;
    this.#now = now;
  }

  /** The newest revision of the database that took effect here. */
  get newest(): number {
    return this.revisions.newest;
  }

  get rev(): number {
    return this.contents.rev;
  }

  /** `isSent`: the database is there, and gets it at the end of this turn. */
  note(writes: readonly Write[], texts: readonly (string | null)[], isSent: boolean): number {
    const local = this.rev + 1;
    const rows = writes.map(
      ({ table, id, value }, at): NotedRow => ({ table, id, value, text: texts[at] ?? null, local }),
    );
    if (isSent) this.notes.gather(rows, { local, at: this.#now() });
    else this.notes.wait(rows, { local, at: this.#now() }, this.#unknown());
    this.#place(local, writes);
    this.#feed.tell({ rev: local, writes });
    return local;
  }

  /** A commit of this daemon is revision `g`, the next one. `was`: of its rows of large tables the scopes they were in. */
  commit(g: number, writes: readonly Write[], was: readonly (string | null)[]): number {
    const local = this.#number(g);
    let at = 0;
    const told = writes.flatMap((write): Told[] => (isLarge(write.table) ? toldOf(write, was[at++] ?? null) : [write]));
    this.#place(local, writes);
    this.#feed.tell({ rev: local, writes: told });
    return local;
  }

  /** Notes of this daemon are revision `g`, the next one. */
  noted(g: number, unit: NoteUnit): void {
    this.notes.done(unit);
    if (unit.local !== undefined && this.revisions.isInPlace(g, unit.local)) this.revisions.told(g, unit.local);
    else this.#renumber(g, unit);
  }

  /** What others wrote as revision `g`, which is newer than the newest. What is written after it by a note here is left out. */
  foreign(g: number, { writes, texts }: Foreign): void {
    const told = writes.filter(
      (write, at) => isLarge(write.table) || !this.notes.outlives(keyOf(write), texts[at] ?? null),
    );
    const local = this.#number(g);
    this.#place(local, told);
    if (told.length > 0) this.#feed.tell({ rev: local, writes: told });
  }

  /** There is nothing more up to revision `g`. */
  advance(g: number): void {
    if (g <= this.newest) return;
    this.#place(this.#number(g), []);
  }

  /** Revisions of the database that are given to nothing. */
  skipped(gaps: readonly Gap[]): void {
    const news = gaps.filter(([, next]) => !this.#gaps.some((gap) => gap[1] === next));
    this.#gaps.push(...news);
  }

  /** What a guard on revision `local` of a row means in the database: a revision, or the text that a note wrote. */
  meantBy(table: string, id: string, local: number): { readonly g: number } | { readonly text: string } {
    const exact =
      Number.isSafeInteger(local) && local >= 0 && local <= this.rev ? this.revisions.exact(local) : undefined;
    if (exact !== undefined) return { g: exact };
    const renumbered = this.#renumbered.get(local);
    if (renumbered !== undefined) return { g: renumbered };
    const text = this.notes.textOf(keyOf({ table, id }), local);
    return text === undefined ? { g: NaN } : { text };
  }

  lasting(local: number): number | undefined {
    const { oldest } = this.notes;
    if (oldest && local >= oldest.local && this.#isLate()) return undefined;
    return this.revisions.upTo(local);
  }

  known(g: number): number {
    if (!Number.isSafeInteger(g) || g < 0 || g > this.newest || this.isSkipped(g)) return UNKNOWN;
    const { oldest } = this.notes;
    return Math.min(this.revisions.localOf(g), oldest ? oldest.local - 1 : Number.POSITIVE_INFINITY);
  }

  isSkipped(g: number): boolean {
    return this.#gaps.some(([last, next]) => g > last && g < next);
  }

  /** Whether the oldest note without a number waits for long. */
  #isLate(): boolean {
    const { oldest } = this.notes;
    return oldest !== undefined && this.#now() - oldest.at > NUMBERED_WITHIN_MS;
  }

  /** Of rows that are noted now, which ones nobody else can ever ask for: those that are new, and for which no cursor is given. */
  #unknown(): (row: NotedRow) => boolean {
    if (!this.#isLate()) return () => false;
    return ({ table, id }) => this.contents.table(table).get(id) === undefined;
  }

  #number(g: number): number {
    const local = this.revisions.next(g, this.rev);
    this.revisions.told(g, local);
    return local;
  }

  /** Takes rows of small tables, and makes `local` the newest revision. */
  #place(local: number, writes: readonly StoredWrite[]): void {
    this.contents.restore(
      writes.filter(({ table }) => !isLarge(table)),
      local,
    );
  }

  /**
   * Others came between: the rows move behind these, so that whoever asks for what is newer gets them. Nothing is told: who
   * follows has them.
   */
  #renumber(g: number, { local, rows }: NoteUnit): void {
    const moved = rows.filter((row) => {
      const now = this.contents.table(row.table).get(row.id);
      return row.value === null ? now === undefined : now?.rev === row.local;
    });
    this.#place(this.#number(g), moved);
    if (local !== undefined) this.#remember(local, g);
    for (const row of rows) if (row.local !== local) this.#remember(row.local, g);
  }

  #remember(local: number, g: number): void {
    this.#renumbered.set(local, g);
    if (this.#renumbered.size <= RENUMBERED_KEPT) return;
    for (const oldest of this.#renumbered.keys()) {
      this.#renumbered.delete(oldest);
      return;
    }
  }
}

/** A write to a large table as the feed tells it, of a row that was in this scope (null: was not there). */
function toldOf({ table, id, value }: Write, was: string | null): Told[] {
  if (value === null) return was === null ? [] : [{ table, id, value, scope: was }];
  if (!isLarge(table)) return [];
  const scope = SCOPE_OF[table](value);
  return [was === null || was === scope ? { table, id, value, scope } : { table, id, value, scope, movedFrom: was }];
}
