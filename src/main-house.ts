// The work over the whole store that one daemon of all does in the background: what was left over, what follows changes, what is old. Part of
// building the daemon.
import type { Lifetime } from './main-lifetime.ts';
import type { OpenedServices } from './main-services.ts';
import { Shift } from './main-shift.ts';
import type { MovedContacts } from './service/call-naming-moved.ts';
import { CallUpkeep } from './service/call-upkeep.ts';
import { systemClock } from './service/clock.ts';
import type { Cluster } from './service/cluster.ts';
import { Leftovers } from './service/leftovers.ts';
import type { Messages } from './service/messages.ts';
import { watchNumbering } from './service/numbering-watch.ts';
import type { Report } from './service/report.ts';
import { SiteLiveness } from './service/site-liveness.ts';
import { siteOfPbxRow } from './service/site-view.ts';
import type { Store } from './service/store.ts';
import type { Settings } from './settings/settings.ts';

export interface HouseParts {
  readonly settings: Settings;
  readonly store: Store;
  readonly cluster: Cluster;
  readonly services: OpenedServices;
  readonly messages: Messages;
  readonly moved: MovedContacts;
  readonly report: Report;
}

/** Goes on while this daemon has the house duty, until the lifetime ends. */
export async function startHouseWork(parts: HouseParts, lifetime: Lifetime): Promise<void> {
  const { settings, store, cluster, report } = parts;
  if (cluster.isShared) lifetime.add(watchNumbering({ store, cluster, numbering: settings.lookup, report }));
  const begin = async (_: 'duty', shift: Lifetime) => beginHouseWork(parts, shift);
  const wanted = () => (cluster.houseDuty.isHeld ? 'duty' : 'none');
  const shift = new Shift({ wanted, begin, clock: systemClock, report });
  lifetime.add(() => shift.stop());
  lifetime.add(cluster.houseDuty.subscribe(() => shift.look()));
  await shift.start();
}

function beginHouseWork(
  { settings, store, cluster, services, messages, moved, report }: HouseParts,
  lifetime: Lifetime,
): void {
  const clock = systemClock;
  services.sweeper.start();
  for (const upkeep of [services.favoritesUpkeep(), services.numberingUpkeep()]) {
    lifetime.add(() => upkeep.stop());
    void upkeep.start();
  }
  const calls = new CallUpkeep({ ...services, store, moved, clock, report, keep: settings.calls.history });
  lifetime.add(() => calls.stop());
  calls.start();
  lifetime.add(messages.tidy());
  // A site may be left of a time when the store was shared.
  const rest = [...store.all('pbx')].some(({ id }) => siteOfPbxRow(id) !== cluster.site);
  const watches = [
    ...(cluster.isShared ? [new Leftovers({ store, cluster, clock })] : []),
    ...(cluster.isShared || rest ? [new SiteLiveness({ store, cluster, clock, report })] : []),
  ];
  for (const watch of watches) {
    lifetime.add(() => watch.stop());
    watch.start();
  }
  if (!cluster.isShared) return;
  report('duty.taken', { duty: 'house' });
  lifetime.add(() => report('duty.given', { duty: 'house' }));
}
