// Builds the parts of the daemon and owns their lifetime: what is opened here is closed here, in the other order.
import type { Daemon } from './cli/parts.ts';
import { openControl } from './main-control.ts';
import { openFront } from './main-front.ts';
import { startHouseWork } from './main-house.ts';
import { httpPorts } from './main-http.ts';
import { Lifetime } from './main-lifetime.ts';
import { openDialplan } from './main-lookup.ts';
import { watchParts } from './main-metrics.ts';
import { startBooks } from './main-services.ts';
import { SiteWork } from './main-site.ts';
import { watchHearing } from './pbx/hearing.ts';
import { createLogger } from './server/logger.ts';
import { Metrics } from './server/metrics.ts';
import { createReport } from './server/reports.ts';
import { openServer } from './server/server.ts';
import { isoTime, systemClock } from './service/clock.ts';
import type { Report } from './service/report.ts';
import { changedKeys } from './settings/changed-keys.ts';
import type { Settings } from './settings/settings.ts';
import { Hub } from './sync/hub.ts';
import { Sessions } from './sync/sessions.ts';

/** Starts the daemon; `Parts` says what may go wrong. */
export async function runDaemon(settings: Settings, version: string): Promise<Daemon> {
  const lifetime = new Lifetime();
  const logger = createLogger(settings.log);
  const report = createReport(logger);
  try {
    return await buildDaemon(settings, lifetime, { report, version, setLevel: (level) => logger.setLevel(level) });
  } catch (error) {
    await lifetime.end();
    throw error;
  }
}

interface Program {
  readonly report: Report;
  /** The daemon's own. */
  readonly version: string;
  setLevel(level: Settings['log']['level']): void;
}

async function buildDaemon(settings: Settings, lifetime: Lifetime, program: Program): Promise<Daemon> {
  const { report, version } = program;
  const clock = systemClock;
  const random = Math.random;
  const since = isoTime(clock.now());
  const metrics = new Metrics();
  const front = await openFront(settings, report, metrics, lifetime, version);
  const { store, cluster, services, attendance, presences, messages, moved, sites, link } = front;
  await startBooks(services, report);

  const site = new SiteWork(front);
  lifetime.add(() => cluster.leave());
  lifetime.add(() => site.stop());
  await site.start();
  lifetime.add(watchHearing({ link, clock, report }));
  link.start();
  await site.shown();
  await startHouseWork(front, lifetime);

  const { access } = services;
  const hub = new Hub({
    ...{ store, access, sites, clock, report },
    messagesTold: (extension) => messages.told(extension),
    isOutdated: (known) => moved.isOutdated(known),
  });
  lifetime.add(() => hub.stop());
  const sessions = new Sessions({
    ...services,
    ...front,
    ...{ hub, clock, random, version },
    gates: settings.clients.minimum,
    answered: (method, outcome) => metrics.request(method, outcome),
  });
  lifetime.add(() => sessions.stop());
  watchParts(metrics, { store, sessions, hub, presences, link, cluster, site });

  const server = await openServer({
    listen: settings.listen,
    accept: (socket) => sessions.accept(socket),
    http: httpPorts(front),
    report,
    metrics,
  });
  lifetime.add(() => server.drain());
  // Before the sessions are closed: that this daemon ends takes nobody offline.
  lifetime.add(() => attendance.stop());
  report('listening', { url: server.url, ...server.address });

  const lookupAt = await openDialplan({ ...services, ...front, metrics }, lifetime);
  const control = await openControl({ ...front, server, lookupAt, since, version });
  lifetime.add(() => control.close());
  return {
    report,
    reload: async (next) => {
      program.setLevel(next.log.level);
      server.reloadTls();
      report('settings.reloaded', {});
      const waiting = changedKeys(settings, next);
      if (waiting.length > 0) report('settings.need_restart', { keys: waiting.join(', ') });
    },
    stop: async () => {
      report('stopping', {});
      await lifetime.end();
      report('stopped', {});
    },
  };
}
