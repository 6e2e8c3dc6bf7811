// What is limited, counted by all daemons that share a store: each notes how much it has counted itself and adds what the others note; the sum
// is forgotten with time, at every daemon alike. Few rows, seldom written, and without a name or an address in them.
import type { Clock } from './clock.ts';
import type { Cluster } from './cluster.ts';
import type { Store, Table, Told, Write } from './store.ts';
import type { Tallies, Tally } from './tallies.ts';
import { Pace } from './tallies-pace.ts';
import { daemonOf, leftOf, nameOf, type TallyRow } from './tally-row.ts';

const NOTHING = { level: 0, until: 0 };

export interface TalliesParts {
  readonly store: Store;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly sha256: (text: string) => string;
}

/** What this daemon has counted. */
interface Own {
  readonly kind: string;
  readonly key: string;
  count: number;
  /** As much of it as the others were told; undefined: there is no row. */
  told: number | undefined;
}

interface Counted {
  tally: Tally;
  /** What each of the others has counted. */
  readonly others: Map<string, number>;
  own: Own | undefined;
}

const TABLE = 'tallies' satisfies Table;
/** Sums that are kept when their rows have gone, as those of a daemon that has died. */
const MOST_KEPT = 10_000;
/** Rows of one daemon. */
const MOST_ROWS = 500;
const SETTLE_MS = 60_000;
const DIGEST_LENGTH = 22;

export class SharedTallies implements Tallies {
  readonly #parts: TalliesParts;
  /** By the part of an id after the daemon: what there are rows of, or were. */
  readonly #counted = new Map<string, Counted>();
  /** Those of which this daemon has a row, or is to have one. */
  readonly #own = new Set<string>();
  /** Which of them are to be written. */
  readonly #pace: Pace;
  readonly #listeners = new Set<(kind: string, key: string) => void>();
  readonly #stop: () => void;
  #cancelSettling: (() => void) | undefined;

  constructor(parts: TalliesParts) {
    this.#parts = parts;
    this.#pace = new Pace(parts.clock, () => this.#write());
    // The newest row knows the sum best.
    const rows = [...parts.store.all(TABLE)].sort((a, b) => a.rev - b.rev);
    for (const { id, value } of rows) this.#begin(nameOf(id), daemonOf(id), value as TallyRow);
    this.#stop = parts.store.subscribe(({ writes }) => {
      for (const write of writes) if (write.table === TABLE) this.#hear(write);
    });
  }

  all(kind: string, key: string): { readonly level: number; readonly until: number } {
    const tally = this.#counted.get(this.#nameOf(kind, key))?.tally;
    return tally ? { level: leftOf(tally, this.#parts.clock.now()), until: tally.until } : NOTHING;
  }

  tell(kind: string, key: string, tally: Tally, least: number): void {
    const name = this.#nameOf(kind, key);
    const known = this.#counted.get(name);
    if (!known?.own && tally.level < least) return;
    if (!known?.own && !this.#makeRoom(tally)) return;
    const counted = known ?? { tally, others: new Map(), own: undefined };
    // Where nobody else has counted, all of it was counted here.
    counted.own ??= { kind, key, count: known ? 0 : tally.level - 1, told: undefined };
    counted.own.count += 1;
    const isLonger = tally.until > counted.tally.until;
    counted.tally = { ...tally, until: Math.max(tally.until, counted.tally.until) };
    this.#counted.set(name, counted);
    this.#own.add(name);
    if (!isLonger && counted.own.count - (counted.own.told ?? 0) < least) return;
    this.#pace.add(name);
    this.#write();
  }

  forget(kind: string, key: string): void {
    const name = this.#nameOf(kind, key);
    const counted = this.#counted.get(name);
    if (!counted) return;
    const isKnown = counted.others.size > 0 || counted.own?.told !== undefined;
    counted.own = { kind, key, count: 0, told: isKnown ? 0 : undefined };
    counted.tally = { ...counted.tally, level: 0, at: this.#parts.clock.now(), until: 0 };
    this.#own.add(name);
    this.#pace.delete(name);
    if (isKnown) this.#parts.store.note([{ table: TABLE, id: this.#idOf(name), value: this.#rowOf(counted) }]);
    else this.#drop([name]);
    this.#cancelSettling ??= this.#settleLater();
  }

  subscribe(listener: (kind: string, key: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  stop(): void {
    this.#stop();
    this.#pace.stop();
    this.#cancelSettling?.();
    this.#listeners.clear();
  }

  #nameOf(kind: string, key: string): string {
    const { sha256, store } = this.#parts;
    return `${kind} ${sha256(`${store.epoch} ${kind} ${key}`).slice(0, DIGEST_LENGTH)}`;
  }

  #idOf(name: string): string {
    return `${this.#parts.cluster.daemon} ${name}`;
  }

  #rowOf({ tally, own }: Counted): TallyRow {
    return { ...tally, count: own?.count ?? 0 };
  }

  #hear({ id, value }: Told): void {
    const [name, daemon] = [nameOf(id), daemonOf(id)];
    const counted = this.#counted.get(name);
    const row = value as TallyRow | null;
    if (daemon === this.#parts.cluster.daemon) {
      if (counted && !row) this.#lost(name, counted);
    } else if (!row) {
      counted?.others.delete(daemon);
      this.#tidy(name);
    } else if (row.level === 0) this.#forgotten(name, daemon, row);
    else if (counted) this.#add(counted, daemon, row);
    else this.#begin(name, daemon, row);
  }

  #begin(name: string, daemon: string, row: TallyRow): void {
    const counted = this.#counted.get(name) ?? { tally: row, others: new Map(), own: undefined };
    counted.tally = row;
    counted.others.set(daemon, row.count);
    this.#counted.set(name, counted);
    this.#cancelSettling ??= this.#settleLater();
  }

  /** What another daemon has counted since is added to the sum. */
  #add(counted: Counted, daemon: string, { count, forget, until }: TallyRow): void {
    const known = counted.others.get(daemon) ?? 0;
    const now = this.#parts.clock.now();
    const level = leftOf(counted.tally, now) + (count < known ? count : count - known);
    counted.tally = { level, at: now, forget, until: Math.max(until, counted.tally.until) };
    counted.others.set(daemon, count);
  }

  #forgotten(name: string, daemon: string, row: TallyRow): void {
    const own = this.#counted.get(name)?.own;
    this.#begin(name, daemon, row);
    if (!own) return;
    for (const listener of [...this.#listeners]) listener(own.kind, own.key);
    this.#drop([name]);
  }

  /** The others took this daemon for dead, and its row away: what it has counted they have added before. */
  #lost(name: string, { own }: Counted): void {
    if (own?.told === undefined) return;
    own.count = 0;
    own.told = undefined;
    this.#pace.add(name);
    this.#pace.putOff();
  }

  /** Whether there is room for one more row, after one that counts less has gone. */
  #makeRoom(next: Tally): boolean {
    if (this.#own.size < MOST_ROWS) return true;
    const now = this.#parts.clock.now();
    let [least, fewest] = ['', leftOf(next, now)];
    for (const name of this.#own) {
      const left = this.#left(name, now);
      if (left < fewest) [least, fewest] = [name, left];
    }
    if (least !== '') this.#drop([least]);
    return least !== '';
  }

  #left(name: string, now: number): number {
    const tally = this.#counted.get(name)?.tally;
    return tally ? leftOf(tally, now) : 0;
  }

  /** Writes what may be written now. */
  #write(): void {
    const { store, cluster, clock } = this.#parts;
    const now = clock.now();
    this.#cancelSettling ??= this.#settleLater();
    if (!cluster.isConnected) {
      this.#pace.putOff();
      return;
    }
    const writes = this.#pace
      .due((name) => this.#left(name, now))
      .flatMap((name): Write[] => {
        const counted = this.#counted.get(name);
        if (!counted?.own) return [];
        counted.own.told = counted.own.count;
        return [{ table: TABLE, id: this.#idOf(name), value: this.#rowOf(counted) }];
      });
    if (writes.length > 0) store.note(writes);
  }

  #settleLater(): () => void {
    return this.#parts.clock.after(SETTLE_MS, () => {
      this.#settle();
      this.#cancelSettling = this.#counted.size > 0 ? this.#settleLater() : undefined;
    });
  }

  /** Own rows of which nothing is left go, and sums without rows. */
  #settle(): void {
    this.#drop([...this.#own].filter((name) => this.#isSettled(name)));
    for (const name of this.#counted.keys()) this.#tidy(name);
  }

  #isSettled(name: string): boolean {
    const now = this.#parts.clock.now();
    return this.#left(name, now) <= 0 && (this.#counted.get(name)?.tally.until ?? 0) <= now;
  }

  /** A sum is kept as long as there is something left of it. */
  #tidy(name: string): void {
    const { others, own } = this.#counted.get(name) ?? {};
    if (others?.size !== 0 || own) return;
    if (this.#isSettled(name) || this.#counted.size > MOST_KEPT) this.#counted.delete(name);
  }

  #drop(names: readonly string[]): void {
    const writes: Write[] = [];
    for (const name of names) {
      const counted = this.#counted.get(name);
      if (counted?.own?.told !== undefined) writes.push({ table: TABLE, id: this.#idOf(name), value: null });
      if (counted) counted.own = undefined;
      this.#own.delete(name);
      this.#pace.delete(name);
      this.#tidy(name);
    }
    if (writes.length > 0) this.#parts.store.note(writes);
  }
}
