// Removes what daemons that are gone left in the tables where every daemon writes rows of its own, whose ids begin with its name. Part of
// the house duty. A daemon that is missing for a moment only, as after the database was away, keeps its rows.
import type { Clock } from './clock.ts';
import type { Cluster } from './cluster.ts';
import type { Store, Table, Write } from './store.ts';

export interface LeftoverParts {
  readonly store: Pick<Store, 'state' | 'all' | 'note' | 'subscribe'>;
  readonly cluster: Cluster;
  readonly clock: Clock;
}

const TABLES: readonly Table[] = ['attendance', 'errands', 'tallies'];
const LOOK_MS = 1000;
/** As long clients have to come to another daemon before their users count as offline, as after a restart. */
const GONE_AFTER_LOOKS = 10;
/** Rows removed in one note. */
const SLICE = 500;

export class Leftovers {
  readonly #parts: LeftoverParts;
  /** Daemons with rows that are not there, with how often that was seen. */
  readonly #missing = new Map<string, number>();
  #peers: unknown;
  #stops: (() => void)[] = [];
  #cancel: (() => void) | undefined;

  constructor(parts: LeftoverParts) {
    this.#parts = parts;
  }

  start(): void {
    const follow = this.#parts.store.subscribe(({ writes }) => {
      for (const { table, id, value } of writes) if (value && TABLES.includes(table as Table)) this.#meet(id);
    });
    this.#stops = [follow, () => this.#cancel?.()];
    this.#lookLater();
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#missing.clear();
    this.#peers = undefined;
  }

  #lookLater(): void {
    this.#cancel = this.#parts.clock.after(LOOK_MS, () => {
      this.#look();
      this.#lookLater();
    });
  }

  #look(): void {
    const { store, cluster } = this.#parts;
    if (!cluster.isConnected || store.state !== 'open') {
      this.#missing.clear();
      this.#peers = undefined;
      return;
    }
    if (this.#peers !== cluster.peers) {
      this.#peers = cluster.peers;
      for (const table of TABLES) for (const { id } of store.all(table)) this.#meet(id);
    }
    for (const [daemon, looks] of this.#missing) {
      if (this.#isThere(daemon)) this.#missing.delete(daemon);
      else if (looks < GONE_AFTER_LOOKS) this.#missing.set(daemon, looks + 1);
      else this.#clear(daemon);
    }
  }

  #meet(id: string): void {
    const daemon = daemonOf(id);
    if (!this.#isThere(daemon) && !this.#missing.has(daemon)) this.#missing.set(daemon, 0);
  }

  #isThere(daemon: string): boolean {
    const { cluster } = this.#parts;
    return daemon === cluster.daemon || cluster.peers.has(daemon);
  }

  #clear(daemon: string): void {
    const { store } = this.#parts;
    this.#missing.delete(daemon);
    const removals = TABLES.flatMap((table) =>
      [...store.all(table)]
        .filter(({ id }) => daemonOf(id) === daemon)
        .map(({ id }): Write => ({ table, id, value: null })),
    );
    for (let from = 0; from < removals.length; from += SLICE) store.note(removals.slice(from, from + SLICE));
  }
}

function daemonOf(id: string): string {
  const end = id.indexOf(' ');
  return end < 0 ? id : id.slice(0, end);
}
