// How one daemon shows the PBXes of all sites: its own under the id that every client knows, the others by the names of their sites;
// while it is cut off from the database it knows nothing of the others, and says so. Writes nothing.
import { type Clock, isoTime } from './clock.ts';
import type { Cluster } from './cluster.ts';
import type { PbxItem } from './rows.ts';

/** The site of a row of table `pbx`, '' of the one where sites have no names. */
export function siteOfPbxRow(row: string): string {
  return row.slice('pbx:'.length);
}

/** How the rows of table `pbx` are shown. */
export interface Sites {
  /** This daemon's own; '' where sites have no names. */
  readonly site: string;
  /** Names what is shown: while it stays the same each row is shown the same. */
  readonly key: string;
  /** Called when the rows are shown otherwise than before. Returns the function that stops it. */
  subscribe(listener: () => void): () => void;
  /** Whether a row is shown: where sites have names, not the one of a time before they had. */
  shows(row: string): boolean;
  /** The id of the item of a row: `pbx` for the own site, else the name of the site. */
  itemId(row: string): string;
  item(row: string, value: PbxItem): PbxItem;
}

/** One PBX, without a name. */
export const ONE_SITE: Sites = {
  site: '',
  key: 'everyone',
  subscribe: () => () => {},
  shows: () => true,
  itemId: (row) => row,
  item: (_row, value) => value,
};

type Seen = Pick<Cluster, 'site' | 'isShared' | 'isConnected' | 'subscribe'>;

export class SiteView implements Sites {
  readonly site: string;
  readonly #cluster: Seen;
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  readonly #unsubscribe: () => void;
  /** ISO 8601 in UTC: since when nothing is known of the other sites. */
  #cutSince: string | undefined;

  constructor({ cluster, clock }: { readonly cluster: Seen; readonly clock: Clock }) {
    this.site = cluster.site;
    this.#cluster = cluster;
    this.#clock = clock;
    this.#unsubscribe = cluster.subscribe(() => this.#look());
    this.#look();
  }

  stop(): void {
    this.#unsubscribe();
  }

  get key(): string {
    if (this.site === '' && this.#cutSince === undefined) return 'everyone';
    return JSON.stringify([this.site, this.#cutSince ?? '']);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  shows(row: string): boolean {
    return this.site === '' || siteOfPbxRow(row) !== '';
  }

  itemId(row: string): string {
    const site = siteOfPbxRow(row);
    return site === this.site ? 'pbx' : site;
  }

  item(row: string, value: PbxItem): PbxItem {
    const id = this.itemId(row);
    if (id === 'pbx') return value;
    if (this.#cutSince === undefined || !value.connected) return { ...value, id };
    return { ...value, id, connected: false, since: this.#cutSince };
  }

  #look(): void {
    const isCut = this.#cluster.isShared && !this.#cluster.isConnected;
    if (isCut === (this.#cutSince !== undefined)) return;
    this.#cutSince = isCut ? isoTime(this.#clock.now()) : undefined;
    for (const listener of [...this.#listeners]) listener();
  }
}
