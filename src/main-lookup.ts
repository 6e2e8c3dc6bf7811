// Builds what answers the dialplan: the two listeners over one service, and the lookup behind it; part of building the daemon.
import type { Lifetime } from './main-lifetime.ts';
import type { AmiLink } from './pbx/ami/link.ts';
import { AstdbMirror, mirrorFamily } from './pbx/astdb-mirror.ts';
import { openAgiServer } from './server/agi-server.ts';
import type { DaemonStatus } from './server/control-methods.ts';
import { type Lasting, openLasting } from './server/lasting-listener.ts';
import { openLookupServer } from './server/lookup-server.ts';
import type { Metrics } from './server/metrics.ts';
import type { Access } from './service/access.ts';
import { systemClock } from './service/clock.ts';
import { Dialplan } from './service/dialplan.ts';
import type { Lookup } from './service/lookup.ts';
import { Mirror } from './service/mirror.ts';
import type { Pbx } from './service/pbx-port.ts';
import type { Presences } from './service/presences.ts';
import type { Report } from './service/report.ts';
import { siteDialplan } from './service/site-dialplan.ts';
import type { SiteNumbers } from './service/site-numbers.ts';
import type { Store } from './service/store.ts';
import type { Settings } from './settings/settings.ts';

interface LookupParts {
  readonly settings: Settings;
  readonly store: Store;
  readonly access: Access;
  readonly lookup: Lookup;
  readonly presences: Presences;
  readonly numbers: SiteNumbers;
  readonly report: Report;
  readonly metrics: Metrics;
}

/** Listens for the dialplan, or goes on trying; says where it listens at the moment. */
export async function openDialplan(parts: LookupParts, lifetime: Lifetime): Promise<() => DaemonStatus['lookup']> {
  const { settings, report, metrics } = parts;
  const clock = systemClock;
  const { agi, http, country, outsideLine } = settings.lookup;
  const token = settings.lookup.token.reveal();
  const answers = new Dialplan({ ...parts, clock, numbering: { country, outsideLine } });
  const dialplan = siteDialplan(answers, parts.numbers);
  watchDialplan(metrics, answers);
  const overHttp = await openLasting(() => openLookupServer({ listen: http, token, dialplan, report, metrics }), {
    ...{ what: 'http', listen: http, token, clock, report },
  });
  const overAgi = await openLasting(() => openAgiServer({ listen: agi, token, dialplan, report, metrics }), {
    ...{ what: 'agi', listen: agi, token, clock, report },
  });
  lifetime.add(() => Promise.all([overHttp.close(), overAgi.close()]));
  return () => ({ ...addressOf('http', overHttp), ...addressOf('agi', overAgi) });
}

interface MirrorParts extends Pick<LookupParts, 'settings' | 'store' | 'access' | 'numbers' | 'report'> {
  readonly pbx: Pick<Pbx, 'subscribe'>;
  readonly link: AmiLink;
}

/** Begins with the first connection. Without a family it removes what an earlier mirror has left. */
export function startMirror(parts: MirrorParts, lifetime: Lifetime): void {
  const { settings, link, report } = parts;
  const { country, outsideLine } = settings.lookup;
  const family = mirrorFamily(settings.lookup.mirror, settings.pbx.dnd.family, report);
  const place = new AstdbMirror({ link, family });
  const numbering = { country, outsideLine };
  const mirror = new Mirror({ ...parts, place, numbering, clock: systemClock, isOn: family !== '' });
  mirror.start();
  lifetime.add(() => mirror.stop());
}

function addressOf(way: 'http' | 'agi', { current }: Lasting): DaemonStatus['lookup'] {
  return current ? { [way]: current.address } : {};
}

function watchDialplan(metrics: Metrics, { counters }: Dialplan): void {
  metrics.watchTotal(
    'rollcall_dialplan_late_total',
    'Questions of the dialplan not answered in time',
    () => counters.late,
  );
  metrics.watchTotal(
    'rollcall_dialplan_failed_total',
    'Questions of the dialplan that met a fault',
    () => counters.failed,
  );
  metrics.watchTotal('rollcall_dialplan_full_total', 'Questions of the dialplan beyond the limit', () => counters.full);
}
