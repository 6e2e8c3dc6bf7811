// Opens the store without a daemon, for one command. Apart from the daemon, whose code takes longer to read than this to run.
import type { Offline } from './cli/parts.ts';
import { Lifetime } from './main-lifetime.ts';
import { openServices, startBooks } from './main-services.ts';
import { openStore } from './main-store.ts';
import { systemClock } from './service/clock.ts';
import { createOperations } from './service/operations.ts';
import { SiteView } from './service/site-view.ts';
import type { Settings } from './settings/settings.ts';

export async function openOffline(settings: Settings): Promise<Offline> {
  const lifetime = new Lifetime();
  try {
    const { store, cluster } = await openStore(settings, () => undefined, lifetime);
    const report = () => undefined;
    const services = openServices(store, settings, report, lifetime, cluster);
    await startBooks(services, report);
    const sites = new SiteView({ cluster, clock: systemClock });
    const operations = createOperations({ store, sites, ...services, clock: systemClock });
    return { operations, close: () => lifetime.end() };
  } catch (error) {
    await lifetime.end();
    throw error;
  }
}
