// Whose an extension is that the PBXes of two sites list under one id: the site that has it first keeps it as long as a daemon of it is
// alive. Knows no PBX.
import type { Cluster } from './cluster.ts';
import type { Report } from './report.ts';
import type { ExtensionRow } from './rows.ts';
import type { Store } from './store.ts';

export interface SiteExtensionsParts {
  readonly store: Pick<Store, 'get'>;
  readonly cluster: Pick<Cluster, 'site' | 'isConnected' | 'peers'>;
  readonly report: Report;
}

export class SiteExtensions {
  readonly #parts: SiteExtensionsParts;
  readonly #reported = new Set<string>();

  constructor(parts: SiteExtensionsParts) {
    this.#parts = parts;
  }

  /** Whether another site has it, which is reported once. */
  isTaken(id: string): boolean {
    const { store, cluster, report } = this.#parts;
    const row = store.get('extensions', id)?.value as ExtensionRow | undefined;
    const owner = row?.site ?? '';
    if (!row || owner === cluster.site || !this.#isAlive(owner)) {
      this.#reported.delete(id);
      return false;
    }
    if (!this.#reported.has(id)) report('site.extension_taken', { extension: id, site: owner });
    this.#reported.add(id);
    return true;
  }

  /** Without the database nobody knows who is alive: everybody keeps what he has. */
  #isAlive(site: string): boolean {
    const { isConnected, peers } = this.#parts.cluster;
    return !isConnected || [...peers.values()].some((peer) => peer.site === site);
  }
}
