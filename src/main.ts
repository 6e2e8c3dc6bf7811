// Builds the parts of the daemon and owns their lifetime: what is opened here is closed here, in the other order.
import type { Daemon } from './cli/parts.ts';
import { openCalls } from './main-calls.ts';
import { httpPorts } from './main-http.ts';
import { Lifetime } from './main-lifetime.ts';
import { openDialplan, startMirror } from './main-lookup.ts';
import { timed, watchParts } from './main-metrics.ts';
import { type OpenedServices, openServices, startBooks, startUpkeep } from './main-services.ts';
import { openStore } from './main-store.ts';
import { openLink } from './pbx/ami/link.ts';
import { watchHearing } from './pbx/hearing.ts';
import { openPbx } from './pbx/pbx.ts';
import { type ControlServer, serveControl } from './server/control.ts';
import { controlMethods, type DaemonStatus } from './server/control-methods.ts';
import { createLogger } from './server/logger.ts';
import { Metrics } from './server/metrics.ts';
import { createReport } from './server/reports.ts';
import { type OpenedServer, openServer } from './server/server.ts';
import { Board } from './service/board.ts';
import { watchBoard } from './service/board-view.ts';
import { isoTime, systemClock } from './service/clock.ts';
import { createOperations } from './service/operations.ts';
import { setPresence } from './service/presence-setting.ts';
import type { Report } from './service/report.ts';
import type { Store } from './service/store.ts';
import { changedKeys } from './settings/changed-keys.ts';
import type { Settings } from './settings/settings.ts';
import { Hub } from './sync/hub.ts';
import { Sessions } from './sync/sessions.ts';

/** How long clients wait at start for the first news of the PBX. */
const FIRST_NEWS_MS = 3_000;

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
  const { report, version, setLevel } = program;
  const clock = systemClock;
  const random = Math.random;
  const since = isoTime(clock.now());
  const metrics = new Metrics();
  const { store: opened } = await openStore(settings, report, lifetime, true);
  const store = timed(opened, metrics);
  const services = openServices(store, settings, report, lifetime);
  const { access } = services;
  await startBooks(services, report);
  const logins = services.logins();
  lifetime.add(() => logins.stop());

  const link = openLink({ ...settings.pbx.ami, secret: settings.pbx.ami.secret.reveal() }, { clock, report, random });
  const pbx = openPbx({ link, settings: settings.pbx, clock, report });
  startMirror({ settings, store, access, pbx, link, report }, lifetime);
  const board = new Board({ store, pbx, clock, report });
  pbx.start();
  lifetime.add(() => pbx.stop());
  const started = board.start(FIRST_NEWS_MS);
  lifetime.add(() => board.stop());
  lifetime.add(watchHearing({ link, clock, report }));
  const calling = openCalls({ ...services, settings, store, pbx, link, report }, lifetime);
  link.start();
  lifetime.add(() => link.stop());
  await started;
  startUpkeep(services, lifetime);

  const { history, messages } = calling;
  const hub = new Hub({
    ...{ store, access, clock, report },
    messagesTold: (extension) => messages.told(extension),
    isOutdated: (known) => history.isOutdated(known),
  });
  lifetime.add(() => hub.stop());
  const sessions = new Sessions({
    ...services,
    ...{ dialing: calling.dialing, messages },
    ...{ store, hub, board, logins, clock, report, random, version },
    gates: settings.clients.minimum,
    answered: (method, outcome) => metrics.request(method, outcome),
  });
  lifetime.add(() => sessions.stop());
  watchParts(metrics, { store, sessions, hub, board, link, pbx, watch: calling.watch });

  const server = await openServer({
    listen: settings.listen,
    accept: (socket) => sessions.accept(socket),
    http: httpPorts({ services, store, board, logins, settings, report }),
    report,
    metrics,
  });
  lifetime.add(() => server.drain());
  // Before the sessions are closed: that this daemon ends takes nobody offline.
  lifetime.add(() => board.stop());
  report('listening', { url: server.url, ...server.address });

  const lookupAt = await openDialplan({ ...services, settings, store, board, report, metrics }, lifetime);
  const control = await openControl({ services, settings, store, board, server, lookupAt, since, report, version });
  lifetime.add(() => control.close());
  return {
    report,
    reload: async (next) => {
      setLevel(next.log.level);
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

function openControl(parts: {
  readonly settings: Settings;
  readonly store: Store;
  readonly services: OpenedServices;
  readonly board: Board;
  readonly server: OpenedServer;
  readonly lookupAt: () => DaemonStatus['lookup'];
  readonly since: string;
  readonly report: Report;
  readonly version: string;
}): Promise<ControlServer> {
  const { services, settings, store, board, server, lookupAt, since, report, version } = parts;
  const operator = { extension: '', admin: true, contacts: true };
  const operations = createOperations({
    store,
    ...services,
    clock: systemClock,
    setPresence: (change) => setPresence({ board, clock: systemClock }, operator, change),
  });
  const methods = controlMethods({
    operations,
    watch: (listener) => watchBoard(store, listener),
    status: () => ({
      version,
      pid: process.pid,
      since,
      store: store.state,
      pbx: { connected: board.connected },
      listening: [server.address],
      lookup: lookupAt() ?? {},
    }),
  });
  return serveControl({ folder: settings.data, methods, report });
}
