// Daemons over one store that ask errands of each other.
import { Errands } from '../../src/service/errands.ts';
import { ERRANDS, type ErrandRow } from '../../src/service/errands-row.ts';
import type { FakeCluster, FakeClusters } from './fake-cluster.ts';
import { HandClock } from './hand-clock.ts';
import { MortalStore, type SmallStore } from './mortal-store.ts';

export class ErrandDaemon {
  readonly cluster: FakeCluster;
  readonly errands: Errands;
  /** Its own: the clocks of two machines differ. */
  readonly clock: HandClock;
  readonly reports: { readonly event: string; readonly where: unknown }[] = [];
  readonly #store: MortalStore;
  #asked = 0;

  constructor(store: SmallStore, clusters: FakeClusters, name: string, { site = '', clock = new HandClock() } = {}) {
    this.cluster = clusters.join(name, site);
    this.clock = clock;
    this.#store = new MortalStore(store);
    this.errands = new Errands({
      ...{ store: this.#store, cluster: this.cluster, clock },
      report: (event, fields) => void this.reports.push({ event, where: fields?.['where'] }),
      newId: () => {
        this.#asked += 1;
        return String(this.#asked);
      },
    });
  }

  die(): void {
    this.#store.die();
    this.cluster.die();
  }
}

/** The rows that are there, by id. */
export function errandRows(store: SmallStore): Record<string, ErrandRow> {
  return Object.fromEntries([...store.all(ERRANDS)].map(({ id, value }) => [id, value as ErrandRow]));
}
