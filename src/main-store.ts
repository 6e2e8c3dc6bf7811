// Opens the store that the settings name, with the lock on the data folder, and says who shares it; part of building the daemon and of
// commands without one.
import { randomUUID } from 'node:crypto';
import type { Lifetime } from './main-lifetime.ts';
import { systemClock } from './service/clock.ts';
import { aloneIn, type Cluster } from './service/cluster.ts';
import type { Report } from './service/report.ts';
import type { Store } from './service/store.ts';
import type { Settings } from './settings/settings.ts';
import { openFilesStore } from './store/files/files-store.ts';
import { lockFolder } from './store/lock.ts';

export interface OpenedStore {
  readonly store: Store;
  readonly cluster: Cluster;
}

/** `isDaemon`: a command that opens the store for itself takes no part in the cluster. */
export async function openStore(
  settings: Settings,
  report: Report,
  lifetime: Lifetime,
  isDaemon = false,
  version = '',
): Promise<OpenedStore> {
  const daemon = randomUUID();
  const site = settings.site.name;
  const parts = { clock: systemClock, report, lastDigits: settings.lookup.lastDigits };
  if (settings.store.kind === 'files') {
    const lock = await lockFolder(settings.data);
    lifetime.add(() => lock.release());
    const store = await openFilesStore({ ...parts, folder: settings.data });
    lifetime.add(() => store.close());
    return { store, cluster: aloneIn(site, daemon) };
  }
  // The folder holds the control socket, which belongs to one daemon as well.
  if (isDaemon) {
    const lock = await lockFolder(settings.data);
    lifetime.add(() => lock.release());
  }
  const { openPostgres } = await import('./store/postgres/open.ts');
  const { url, connections } = settings.store;
  const opened = await openPostgres({ ...parts, url: url.reveal(), connections, daemon, site, version, isDaemon });
  lifetime.add(() => opened.close());
  return opened;
}
