// Notes that were told here and that the database has not numbered yet: what is to be sent, what is on its way, and what waits for a
// database that is away. Knows no connection.

export interface NotedRow {
  readonly table: string;
  readonly id: string;
  readonly value: object | null;
  /** JSON; null: a removal. */
  readonly text: string | null;
  /** The revision with which it was told. */
  readonly local: number;
}

/** What gets one revision of the database. */
export interface NoteUnit {
  /** The revision of the one note that it is; undefined: its rows are of several. */
  readonly local: number | undefined;
  readonly first: First;
  readonly rows: readonly NotedRow[];
}

/** The oldest of some notes, and when it was told, in milliseconds. */
export interface First {
  readonly local: number;
  readonly at: number;
}

interface Waiting {
  readonly row: NotedRow;
  /** What was sent of this row without an answer. */
  readonly texts: ReadonlySet<string | null>;
}

/** Rows that wait are sent so many at a time. */
const ROWS_AT_ONCE = 500;

export const keyOf = ({ table, id }: { readonly table: string; readonly id: string }): string => `${table}\0${id}`;

export class Notes {
  #gathered: NoteUnit[] = [];
  readonly #sent: NoteUnit[] = [];
  /** Rows whose note waits for the answer to a commit that writes them too. */
  readonly #held = new Map<string, NotedRow>();
  #heldSince: First | undefined;
  /** Of those that were held or waited, and so may go behind later ones, until the database has numbered them. */
  readonly #late = new Set<First>();
  readonly #waiting = new Map<string, Waiting>();
  #waitingSince: First | undefined;
  /** The newest note of each row that was gathered, sent or held, and how many there are. */
  readonly #newest = new Map<string, { row: NotedRow; count: number }>();

  get isEmpty(): boolean {
    return this.#gathered.length + this.#sent.length + this.#held.size + this.#waiting.size === 0;
  }

  /** Whether there is something to send. */
  get isGathered(): boolean {
    return this.#gathered.length > 0;
  }

  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** The oldest note that the database has not numbered. */
  get oldest(): First | undefined {
    const firsts = [this.#sent[0]?.first, this.#gathered[0]?.first, this.#heldSince, this.#waitingSince];
    return [...firsts, ...this.#late].reduce(older);
  }

  /** A note to be sent. */
  gather(rows: readonly NotedRow[], first: First): void {
    this.#gathered.push({ local: first.local, first, rows });
    for (const row of rows) this.#count(row);
  }

  /** A note that waits until the database is there. */
  wait(rows: readonly NotedRow[], first: First): void {
    this.#waitingSince ??= first;
    for (const row of rows) this.#keep(row, []);
  }

  /** Takes all that was gathered as sent. Of several notes to one row the last is left; rows that are `held` stay here. */
  take(isHeld: (key: string) => boolean): readonly NoteUnit[] {
    if (this.#gathered.length === 0) return [];
    const later = new Set<string>();
    const units = this.#gathered.reverse().map((unit) => {
      const rows = [...unit.rows].reverse().filter((row) => this.#isToSend(row, later, isHeld, unit.first));
      return { ...unit, rows: rows.reverse() };
    });
    this.#gathered = [];
    units.reverse();
    this.#sent.push(...units);
    return units;
  }

  /** The database has numbered what was sent. */
  done(unit: NoteUnit): void {
    this.#sent.splice(this.#sent.indexOf(unit), 1);
    this.#late.delete(unit.first);
    for (const row of unit.rows) this.#discount(keyOf(row));
  }

  /** The commits that held some rows have their answer: those of them that took effect replaced what was noted before. */
  release(isReplaced: (key: string, local: number) => boolean): void {
    const rows: NotedRow[] = [];
    for (const [key, row] of this.#held) {
      this.#discount(key);
      if (!isReplaced(key, row.local)) rows.push(row);
    }
    const first = this.#heldSince;
    this.#held.clear();
    this.#heldSince = undefined;
    if (rows.length === 0 || !first) return;
    this.#gathered.unshift(this.#lateUnit(first, rows));
    for (const row of rows) this.#count(row);
  }

  /** What was sent was refused: it waits. */
  refused(unit: NoteUnit): void {
    this.done(unit);
    this.#waitingSince = older(this.#waitingSince, unit.first);
    for (const row of unit.rows) this.#keep(row, []);
  }

  /** The connection is lost: everything waits, and nobody knows what of it was written. */
  lost(): void {
    this.#waitingSince = this.oldest;
    for (const { rows } of this.#sent) for (const row of rows) this.#keep(row, [row.text]);
    for (const row of this.#held.values()) this.#keep(row, []);
    for (const { rows } of this.#gathered) for (const row of rows) this.#keep(row, []);
    this.#sent.length = 0;
    this.#gathered = [];
    this.#held.clear();
    this.#heldSince = undefined;
    this.#late.clear();
    this.#newest.clear();
  }

  /** The database is there: what waited is to be sent. */
  gatherWaiting(): void {
    const rows = Array.from(this.#waiting.values(), ({ row }) => row);
    const first = this.#waitingSince;
    this.#waiting.clear();
    this.#waitingSince = undefined;
    for (let from = 0; first && from < rows.length; from += ROWS_AT_ONCE) {
      const some = rows.slice(from, from + ROWS_AT_ONCE);
      this.#gathered.push(this.#lateUnit(first, some));
      for (const row of some) this.#count(row);
    }
  }

  /**
   * Whether a row of the database, as another wrote it, is to be left out because a note here is written after it. One that waits gives way,
   * unless what is there is its own.
   */
  outlives(key: string, text: string | null): boolean {
    if (this.#newest.has(key)) return true;
    const waiting = this.#waiting.get(key);
    if (!waiting) return false;
    if (waiting.texts.has(text)) return true;
    this.#waiting.delete(key);
    if (this.#waiting.size === 0) this.#waitingSince = undefined;
    return false;
  }

  /** The note that the database has not numbered and that was told with this revision, if it is the newest of its row. */
  textOf(key: string, local: number): string | undefined {
    const row = this.#newest.get(key)?.row ?? this.#waiting.get(key)?.row;
    return row?.local === local ? (row.text ?? undefined) : undefined;
  }

  #lateUnit({ ...first }: First, rows: readonly NotedRow[]): NoteUnit {
    this.#late.add(first);
    return { local: undefined, first, rows };
  }

  #isToSend(row: NotedRow, later: Set<string>, isHeld: (key: string) => boolean, first: First): boolean {
    const key = keyOf(row);
    if (later.has(key)) {
      this.#discount(key);
      return false;
    }
    later.add(key);
    if (!isHeld(key)) return true;
    if (this.#held.has(key)) this.#discount(key);
    this.#held.set(key, row);
    this.#heldSince = older(this.#heldSince, first);
    return false;
  }

  #keep(row: NotedRow, texts: readonly (string | null)[]): void {
    const key = keyOf(row);
    this.#waiting.set(key, { row, texts: new Set([...(this.#waiting.get(key)?.texts ?? []), ...texts]) });
  }

  #count(row: NotedRow): void {
    const key = keyOf(row);
    const held = this.#newest.get(key);
    this.#newest.set(key, { row, count: (held?.count ?? 0) + 1 });
  }

  #discount(key: string): void {
    const held = this.#newest.get(key);
    if (!held) return;
    held.count -= 1;
    if (held.count === 0) this.#newest.delete(key);
  }
}

function older(a: First | undefined, b: First | undefined): First | undefined {
  return a === undefined || (b !== undefined && b.local < a.local) ? b : a;
}
