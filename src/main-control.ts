// Builds the control socket, by which the commands reach the running daemon; part of building the daemon.
import type { Front } from './main-front.ts';
import { type ControlServer, serveControl } from './server/control.ts';
import { controlMethods, type DaemonStatus } from './server/control-methods.ts';
import type { OpenedServer } from './server/server.ts';
import { watchBoard } from './service/board-view.ts';
import { systemClock } from './service/clock.ts';
import { createOperations } from './service/operations.ts';

interface ControlParts extends Front {
  readonly server: OpenedServer;
  readonly lookupAt: () => DaemonStatus['lookup'];
  /** ISO 8601: when the daemon began. */
  readonly since: string;
  /** The daemon's own. */
  readonly version: string;
}

export function openControl(parts: ControlParts): Promise<ControlServer> {
  const { services, settings, store, sites, presences, server, lookupAt, since, report, version } = parts;
  const operator = { extension: '', admin: true, contacts: true };
  const operations = createOperations({
    ...{ store, sites },
    ...services,
    clock: systemClock,
    setPresence: (change) => presences.set(operator, change),
  });
  const methods = controlMethods({
    operations,
    watch: (listener) => watchBoard(store, listener, sites),
    status: () => ({
      version,
      pid: process.pid,
      since,
      store: store.state,
      pbx: { connected: presences.connected },
      listening: [server.address],
      lookup: lookupAt() ?? {},
    }),
  });
  return serveControl({ folder: settings.data, methods, report });
}
