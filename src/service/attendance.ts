// Who has a client session open, at this daemon and at the others that share the store. After a restart also who had one when the daemon
// ended: its client is on its way back, and taking the colleague offline for these seconds would be a change that did not happen.
import type { Clock } from './clock.ts';
import type { Cluster } from './cluster.ts';
import type { Store, Table, Told } from './store.ts';

export interface AttendanceParts {
  readonly store: Pick<Store, 'get' | 'all' | 'note' | 'subscribe'>;
  readonly cluster: Cluster;
  readonly clock: Clock;
}

const ATTENDANCE = 'attendance' satisfies Table;
/** After this a row of this daemon that another took away is written again. */
const AGAIN_MS = 1000;

/**
 * A daemon's row `<daemon> <extension>` says that it has sessions of the extension; nothing is written where the store is not shared. Rows of
 * a daemon that is gone count until the house duty removes them (leftovers.ts): its clients come to another one meanwhile.
 */
export class Attendance {
  readonly #parts: AttendanceParts | undefined;
  /** Own sessions. */
  readonly #counts = new Map<string, number>();
  /** Other daemons with sessions, by extension. */
  readonly #others = new Map<string, Set<string>>();
  readonly #expected = new Set<string>();
  readonly #listeners = new Set<(numbers: readonly string[]) => void>();
  /** Extensions whose row somebody else removed while there were sessions. */
  readonly #lost = new Set<string>();
  readonly #stops: (() => void)[] = [];
  #cancelAgain: (() => void) | undefined;
  #stopped = false;

  /** Without parts, or with a cluster of one, only sessions here count. */
  constructor(parts?: AttendanceParts) {
    this.#parts = parts?.cluster.isShared ? parts : undefined;
    if (!this.#parts) return;
    const { store } = this.#parts;
    for (const { id } of store.all(ATTENDANCE)) this.#hear({ table: ATTENDANCE, id, value: {} });
    this.#stops.push(store.subscribe(({ writes }) => this.#follow(writes)));
  }

  /** Sessions of the extension that count as open; those at another daemon count as one. */
  count(number: string): number {
    const all = (this.#counts.get(number) ?? 0) + (this.#others.get(number)?.size ?? 0);
    return all > 0 ? all : this.#expected.has(number) ? 1 : 0;
  }

  /** Counts a session here; returns the function to call when it is gone. */
  opened(number: string): () => void {
    this.#expected.delete(number);
    const before = this.#counts.get(number) ?? 0;
    this.#counts.set(number, before + 1);
    if (before === 0) this.#write(number, {});
    this.#tell([number]);
    let open = true;
    return () => {
      if (!open || this.#stopped) return;
      open = false;
      this.#closed(number);
    };
  }

  /** Called with the extensions whose count may have changed. Returns the function that stops it. */
  subscribe(listener: (numbers: readonly string[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The extension had a session when the daemon ended. */
  expect(number: string): void {
    this.#expected.add(number);
  }

  get isWaiting(): boolean {
    return this.#expected.size > 0;
  }

  /** Waits no longer for anybody; the extensions that did not come back. */
  giveUp(): readonly string[] {
    const missing = [...this.#expected];
    this.#expected.clear();
    return missing;
  }

  /** The daemon ends. Its sessions stay in the store as those of one that died: their clients come back elsewhere. */
  stop(): void {
    this.#stopped = true;
    for (const stop of this.#stops.splice(0)) stop();
    this.#cancelAgain?.();
    this.#listeners.clear();
  }

  #closed(number: string): void {
    const left = (this.#counts.get(number) ?? 1) - 1;
    if (left > 0) this.#counts.set(number, left);
    else {
      this.#counts.delete(number);
      this.#write(number, null);
    }
    this.#tell([number]);
  }

  #write(number: string, value: object | null): void {
    if (!this.#parts || this.#stopped) return;
    const { store, cluster } = this.#parts;
    store.note([{ table: ATTENDANCE, id: `${cluster.daemon} ${number}`, value }]);
  }

  #tell(numbers: readonly string[]): void {
    if (this.#stopped) return;
    for (const listener of [...this.#listeners]) listener(numbers);
  }

  #follow(writes: readonly Told[]): void {
    const changed = writes.flatMap((write) => (write.table === ATTENDANCE ? (this.#hear(write) ?? []) : []));
    if (changed.length > 0) this.#tell(changed);
  }

  /** Returns the extension when the count of other daemons has changed. */
  #hear({ id, value }: Told): string | undefined {
    const end = id.indexOf(' ');
    const daemon = id.slice(0, end);
    const number = id.slice(end + 1);
    if (daemon === this.#parts?.cluster.daemon) {
      if (!value && this.#counts.has(number)) this.#writeAgain(number);
      return undefined;
    }
    const daemons = this.#others.get(number) ?? new Set();
    if (daemons.has(daemon) === (value !== null)) return undefined;
    if (value) daemons.add(daemon);
    else daemons.delete(daemon);
    if (daemons.size > 0) this.#others.set(number, daemons);
    else this.#others.delete(number);
    this.#expected.delete(number);
    return number;
  }

  /** The others took this daemon for dead for a while. */
  #writeAgain(number: string): void {
    this.#lost.add(number);
    if (this.#cancelAgain || !this.#parts) return;
    const { store, cluster, clock } = this.#parts;
    this.#cancelAgain = clock.after(AGAIN_MS, () => {
      this.#cancelAgain = undefined;
      const lost = [...this.#lost];
      this.#lost.clear();
      for (const one of lost) {
        if (!this.#counts.has(one) || store.get(ATTENDANCE, `${cluster.daemon} ${one}`)) continue;
        if (cluster.isConnected) this.#write(one, {});
        else this.#writeAgain(one);
      }
    });
  }
}
