// Says of a site that its PBX is not connected when no daemon of it is alive that could say so itself. Part of the house work: one
// daemon of all does it. Knows no PBX.
import { type Clock, isoTime } from './clock.ts';
import type { Cluster } from './cluster.ts';
import type { Report } from './report.ts';
import type { PbxItem } from './rows.ts';
import { siteOfPbxRow } from './site-view.ts';
import type { Row, Store, Write } from './store.ts';

export interface SiteLivenessParts {
  readonly store: Store;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly report: Report;
}

/** So long nobody of the site must be there: a daemon that is started again is back by then, or another has taken its work. */
const DEAD_MS = 3_000;
/** When the database comes back the daemons come back to it one after the other. */
const RETURN_MS = 10_000;
/** So often it is looked which sites are gone for good, and after so long one is; what is of a time before sites had names goes sooner, at once when it is empty. */
const CHECK_MS = 3_600_000;
const DAY_MS = 86_400_000;
const GONE_MS = 90 * DAY_MS;
/** Rows removed in one note. */
const SLICE = 500;

export class SiteLiveness {
  readonly #parts: SiteLivenessParts;
  /** Sites without a daemon, until they are said to be away. */
  readonly #waiting = new Map<string, () => void>();
  #stops: (() => void)[] = [];
  #cancelCheck: () => void = () => {};
  #isConnected = true;

  constructor(parts: SiteLivenessParts) {
    this.#parts = parts;
  }

  start(): void {
    const { store, cluster } = this.#parts;
    this.#stops = [
      cluster.subscribe(() => this.#look()),
      store.subscribe(({ writes }) => {
        if (writes.some(({ table }) => table === 'pbx')) this.#look();
      }),
    ];
    this.#look();
    this.#check();
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
    for (const cancel of this.#waiting.values()) cancel();
    this.#waiting.clear();
    this.#cancelCheck();
  }

  #look(): void {
    const { store, cluster, clock } = this.#parts;
    const wait = this.#isConnected ? DEAD_MS : RETURN_MS;
    this.#isConnected = cluster.isConnected;
    const dead = new Set<string>();
    for (const { id, value } of store.all('pbx')) {
      if ((value as PbxItem).connected && this.#isDead(siteOfPbxRow(id))) dead.add(id);
    }
    for (const [id, cancel] of [...this.#waiting]) {
      if (dead.delete(id)) continue;
      cancel();
      this.#waiting.delete(id);
    }
    for (const id of dead)
      this.#waiting.set(
        id,
        clock.after(wait, () => this.#sayAway(id)),
      );
  }

  /** Whether it is known that nobody of the site is alive. */
  #isDead(site: string): boolean {
    const { cluster } = this.#parts;
    if (!cluster.isConnected || site === cluster.site) return false;
    return ![...cluster.peers.values()].some((peer) => peer.site === site);
  }

  #sayAway(id: string): void {
    const { store, clock, report } = this.#parts;
    this.#waiting.delete(id);
    const item = store.get('pbx', id)?.value as PbxItem | undefined;
    if (!item?.connected) return;
    const value: PbxItem = { ...item, connected: false, since: isoTime(clock.now()) };
    const site = siteOfPbxRow(id);
    if (site !== '') report('site.away', { site });
    store.note([{ table: 'pbx', id, value }]);
  }

  /** What a site has left that nobody has seen for a long time: its extensions are nobody's any more. */
  #check(): void {
    const { store, clock, report } = this.#parts;
    for (const row of [...store.all('pbx')]) {
      const { connected, since } = row.value as PbxItem;
      const site = siteOfPbxRow(row.id);
      const before = isoTime(clock.now() - (site === '' ? DAY_MS : GONE_MS));
      const isLeft = site === '' && this.#extensionsOf(site).length === 0;
      if (connected || (since >= before && !isLeft) || !this.#isDead(site)) continue;
      if (site !== '') report('site.gone', { site });
      this.#remove(row, site);
    }
    this.#cancelCheck = clock.after(CHECK_MS, () => this.#check());
  }

  #remove({ id: row }: Row, site: string): void {
    const { store } = this.#parts;
    const extensions = this.#extensionsOf(site);
    for (let from = 0; from < extensions.length; from += SLICE) {
      const some = extensions.slice(from, from + SLICE);
      store.note(
        some.flatMap(({ id }): Write[] => [
          { table: 'extensions', id, value: null },
          { table: 'presence', id, value: null },
        ]),
      );
    }
    store.note([{ table: 'pbx', id: row, value: null }]);
  }

  #extensionsOf(site: string): Row[] {
    const rows = [...this.#parts.store.all('extensions')];
    return rows.filter(({ value }) => ((value as { site?: string }).site ?? '') === site);
  }
}
