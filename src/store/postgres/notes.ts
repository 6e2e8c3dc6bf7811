// Notes that were told here and that the database has not numbered yet: what is to be sent, what is on its way, and what waits for a
// database that is away. Knows no connection.
import { Backlog, type First, keyOf, type NotedRow, older } from './backlog.ts';

/** What gets one revision of the database. */
export interface NoteUnit {
  /** The revision of the one note that it is; undefined: its rows are of several. */
  readonly local: number | undefined;
  readonly first: First;
  readonly rows: readonly NotedRow[];
}

/** Rows that waited get one revision so many at a time. */
const UNIT_ROWS = 500;

export class Notes {
  #gathered: NoteUnit[] = [];
  readonly #sent: NoteUnit[] = [];
  /** Rows whose note waits for the answer to a commit that writes them too. */
  readonly #held = new Map<string, NotedRow>();
  #heldSince: First | undefined;
  /** Of those that were held or waited, and so may go behind later ones, until the database has numbered them. */
  readonly #late = new Set<First>();
  readonly #backlog = new Backlog();
  /** The newest note of each row that was gathered, sent or held, and how many there are. */
  readonly #newest = new Map<string, { row: NotedRow; count: number }>();

  get isEmpty(): boolean {
    return this.#gathered.length + this.#sent.length + this.#held.size + this.#backlog.size === 0;
  }

  get isWaiting(): boolean {
    return this.#backlog.size > 0;
  }

  /** The oldest note that the database has not numbered. */
  get oldest(): First | undefined {
    const firsts = [this.#sent[0]?.first, this.#gathered[0]?.first, this.#heldSince, this.#backlog.since];
    return [...firsts, ...this.#late].reduce(older);
  }

  /** A note to be sent. */
  gather(rows: readonly NotedRow[], first: First): void {
    this.#gathered.push({ local: first.local, first, rows });
    for (const row of rows) {
      this.#backlog.delete(keyOf(row));
      this.#count(row);
    }
  }

  /** A note that waits until the database is there. `isUnknown`: whether nobody but this daemon can know of the row. */
  wait(rows: readonly NotedRow[], first: First, isUnknown: (row: NotedRow) => boolean = () => false): void {
    for (const row of rows) this.#backlog.put(row, first, { isUnknown: isUnknown(row) });
  }

  /**
   * Takes what was gathered as sent: about `most` rows. Of several notes to one row the last of these is left; rows that are `held`
   * stay here.
   */
  take(isHeld: (key: string) => boolean, most = Number.POSITIVE_INFINITY): readonly NoteUnit[] {
    let [count, size] = [0, 0];
    for (const { rows } of this.#gathered) {
      if (count > 0 && size + rows.length > most) break;
      count += 1;
      size += rows.length;
    }
    const later = new Set<string>();
    const taken = this.#gathered.splice(0, count).reverse();
    const units = taken.map((unit) => {
      const rows = [...unit.rows].reverse().filter((row) => this.#isToSend(row, later, isHeld, unit.first));
      return { ...unit, rows: rows.reverse() };
    });
    units.reverse();
    this.#sent.push(...units);
    return units;
  }

  /** Takes as sent all that is left of these rows: something that goes with it is to be written after them. */
  takeOf(keys: Iterable<string>): readonly NoteUnit[] {
    const wanted = new Set<string>();
    for (const key of keys) if (this.#newest.has(key) || this.#backlog.get(key)) wanted.add(key);
    if (wanted.size === 0) return [];
    const found = new Map<string, NotedRow>();
    let first = this.#backlog.since;
    for (const key of wanted) {
      const row = this.#backlog.get(key);
      if (row) found.set(key, row);
      this.#backlog.delete(key);
    }
    this.#withdraw((row, unit) => {
      if (!wanted.has(keyOf(row))) return false;
      found.set(keyOf(row), row);
      first = older(first, unit.first);
      return true;
    });
    if (!first || found.size === 0) return [];
    const unit = this.#lateUnit(first, [...found.values()]);
    this.#sent.push(unit);
    return [unit];
  }

  /** The database has numbered what was sent. */
  done(unit: NoteUnit): void {
    this.#sent.splice(this.#sent.indexOf(unit), 1);
    this.#late.delete(unit.first);
    for (const row of unit.rows) this.#discount(keyOf(row));
  }

  /** The commits that held some rows have their answer: to these revisions they replaced what was noted before. */
  release(replaced: ReadonlyMap<string, number>): void {
    const isReplaced = (row: NotedRow): boolean => row.local < (replaced.get(keyOf(row)) ?? 0);
    for (const key of replaced.keys()) {
      const row = this.#backlog.get(key);
      if (row && isReplaced(row)) this.#backlog.delete(key);
    }
    if (replaced.size > 0) this.#withdraw(isReplaced);
    const rows = [...this.#held.values()].filter((row) => !isReplaced(row));
    for (const key of this.#held.keys()) this.#discount(key);
    const first = this.#heldSince;
    this.#held.clear();
    this.#heldSince = undefined;
    if (rows.length > 0 && first) this.#gathered.unshift(this.#lateUnit(first, rows));
  }

  /** What was sent was refused: it waits, unless a newer note to the row is here. */
  refused(unit: NoteUnit): void {
    this.done(unit);
    for (const row of unit.rows) if (!this.#newest.has(keyOf(row))) this.#backlog.put(row, unit.first);
  }

  /** The connection is lost: everything waits, and nobody knows what of it was written. */
  lost(): void {
    const { oldest } = this;
    if (!oldest) return;
    for (const { rows } of this.#sent) for (const row of rows) this.#backlog.put(row, oldest, { text: row.text });
    for (const row of this.#held.values()) this.#backlog.put(row, oldest);
    for (const { rows } of this.#gathered) for (const row of rows) this.#backlog.put(row, oldest);
    this.#sent.length = 0;
    this.#gathered = [];
    this.#held.clear();
    this.#heldSince = undefined;
    this.#late.clear();
    this.#newest.clear();
  }

  /** So many rows that wait are to be sent, if none that waited are on their way. */
  gatherWaiting(most: number): void {
    const first = this.#backlog.since;
    if (!first || this.#late.size > 0) return;
    const rows = this.#backlog.take(most);
    for (let from = 0; from < rows.length; from += UNIT_ROWS)
      this.#gathered.push(this.#lateUnit(first, rows.slice(from, from + UNIT_ROWS)));
  }

  /**
   * Whether a row of the database, as another wrote it, is to be left out because a note here is written after it. One that waits gives way,
   * unless what is there is its own.
   */
  outlives(key: string, text: string | null): boolean {
    return this.#newest.has(key) || this.#backlog.holds(key, text);
  }

  /** The note that the database has not numbered and that was told with this revision, if it is the newest of its row. */
  textOf(key: string, local: number): string | undefined {
    const row = this.#newest.get(key)?.row ?? this.#backlog.get(key);
    return row?.local === local ? (row.text ?? undefined) : undefined;
  }

  /** What is to be sent now, in place of something else. */
  #lateUnit({ ...first }: First, rows: readonly NotedRow[]): NoteUnit {
    this.#late.add(first);
    for (const row of rows) this.#count(row);
    return { local: undefined, first, rows };
  }

  /** Takes rows out of what was gathered. */
  #withdraw(isWithdrawn: (row: NotedRow, unit: NoteUnit) => boolean): void {
    this.#gathered = this.#gathered.map((unit) => {
      const rows = unit.rows.filter((row) => {
        if (!isWithdrawn(row, unit)) return true;
        this.#discount(keyOf(row));
        return false;
      });
      return rows.length === unit.rows.length ? unit : { ...unit, rows };
    });
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

  #count(row: NotedRow): void {
    const key = keyOf(row);
    const held = this.#newest.get(key);
    const isNewest = !held || held.row.local <= row.local;
    this.#newest.set(key, { row: isNewest ? row : held.row, count: (held?.count ?? 0) + 1 });
  }

  #discount(key: string): void {
    const held = this.#newest.get(key);
    if (!held) return;
    held.count -= 1;
    if (held.count === 0) this.#newest.delete(key);
  }
}
