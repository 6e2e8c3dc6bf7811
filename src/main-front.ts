// Builds what every daemon has, on duty or not: the store and its services, who is online, what is asked of the daemon on duty, chat, and the
// link to the PBX, which does not connect yet. Part of building the daemon.
import { randomUUID } from 'node:crypto';
import type { Lifetime } from './main-lifetime.ts';
import { timed } from './main-metrics.ts';
import { type OpenedServices, openServices } from './main-services.ts';
import { openStore } from './main-store.ts';
import { type AmiLink, openLink } from './pbx/ami/link.ts';
import type { Metrics } from './server/metrics.ts';
import { Attendance } from './service/attendance.ts';
import { MovedContacts } from './service/call-naming-moved.ts';
import { systemClock } from './service/clock.ts';
import type { Cluster } from './service/cluster.ts';
import { AskedDialing } from './service/dialing-asked.ts';
import { Errands } from './service/errands.ts';
import { Fence } from './service/fence.ts';
import type { Logins } from './service/logins.ts';
import { Messages } from './service/messages.ts';
import { Presences } from './service/presences.ts';
import type { Report } from './service/report.ts';
import { SiteNumbers } from './service/site-numbers.ts';
import { SiteView } from './service/site-view.ts';
import type { Store } from './service/store.ts';
import type { Settings } from './settings/settings.ts';

export interface Front {
  readonly settings: Settings;
  readonly report: Report;
  readonly store: Store;
  readonly cluster: Cluster;
  readonly services: OpenedServices;
  readonly logins: Logins;
  readonly attendance: Attendance;
  readonly errands: Errands;
  readonly presences: Presences;
  readonly dialing: AskedDialing;
  readonly messages: Messages;
  readonly moved: MovedContacts;
  readonly numbers: SiteNumbers;
  readonly sites: SiteView;
  readonly link: AmiLink;
}

export async function openFront(
  settings: Settings,
  report: Report,
  metrics: Metrics,
  lifetime: Lifetime,
  version: string,
): Promise<Front> {
  const clock = systemClock;
  const { store: opened, cluster } = await openStore(settings, report, lifetime, true, version);
  const store = timed(opened, metrics);
  const services = openServices(store, settings, report, lifetime, cluster);
  const { access } = services;
  const logins = services.logins();
  lifetime.add(() => logins.stop());
  const moved = new MovedContacts();
  lifetime.add(moved.follow(store));
  const attendance = new Attendance({ store, cluster, clock });
  lifetime.add(() => attendance.stop());
  const errands = new Errands({ store, cluster, clock, report, newId: randomUUID });
  lifetime.add(() => errands.stop());
  const { site } = cluster;
  const presences = new Presences({ store, site, attendance, errands });
  const dialing = new AskedDialing({ store, access, report, site, errands });
  const { sip, ...keep } = settings.messages;
  const messages = new Messages({
    ...{
      store,
      access,
      tallies: services.tallies,
      fence: cluster.isShared ? new Fence(store) : undefined,
      clock,
      report,
      newId: randomUUID,
      keep,
    },
    ...{ phonesOf: sip ? site : undefined },
  });
  lifetime.add(() => messages.stop());
  const link = openLink(
    { ...settings.pbx.ami, secret: settings.pbx.ami.secret.reveal() },
    { clock, report, random: Math.random },
  );
  lifetime.add(() => link.stop());
  const numbers = new SiteNumbers(store, settings.site);
  const sites = new SiteView({ cluster, clock });
  lifetime.add(() => sites.stop());
  return {
    ...{ settings, report, store, cluster, services, logins, attendance, errands, presences, dialing, messages },
    ...{ moved, numbers, sites, link },
  };
}
