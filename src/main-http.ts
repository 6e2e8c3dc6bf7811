// What the HTTP port asks of the services: log-ins, who a token is, contacts in and out, the portal's files. Part of building
// the daemon.
import { join } from 'node:path';
import { passGate } from './domain/version-gate.ts';
import type { OpenedServices } from './main-services.ts';
import type { ApiPorts } from './server/api-ports.ts';
import { type Portal, readPortal } from './server/portal.ts';
import type { ServerParts } from './server/server.ts';
import { boardView } from './service/board-view.ts';
import type { Logins } from './service/logins.ts';
import type { Presences } from './service/presences.ts';
import type { Report } from './service/report.ts';
import type { SiteView } from './service/site-view.ts';
import type { Store } from './service/store.ts';
import type { Settings } from './settings/settings.ts';

export interface HttpSources {
  readonly services: OpenedServices;
  readonly store: Store;
  readonly sites: SiteView;
  readonly presences: Presences;
  readonly logins: Logins;
  readonly settings: Settings;
  readonly report: Report;
}

export function httpPorts(sources: HttpSources): ServerParts['http'] {
  const { store, presences, logins, report } = sources;
  return {
    sessions: {
      logIn: async (credentials) => {
        const client = { platform: 'web' as const, version: '0' };
        const { user, token, expires } = await logins.logIn({ ...credentials, client });
        const name = presences.name(user.id) ?? user.name ?? user.id;
        return { token, tokenExpires: expires, extension: user.id, name, admin: user.admin };
      },
      logOut: async (token) => logins.close((await logins.admit(token)).login.id),
    },
    readiness: () => ({ store: store.state, pbx: { connected: presences.connected } }),
    portal: openPortal(report),
    api: apiPorts(sources),
  };
}

/** A token has over HTTP the rights that it has over the WebSocket: those of its user, behind the gate of the client it was given to. */
function apiPorts({ services, store, sites, logins, settings }: HttpSources): ApiPorts {
  return {
    viewer: async (token) => {
      const { login, user } = await logins.admit(token);
      const gate = passGate(settings.clients.minimum, login.platform, login.version);
      return { extension: user.id, admin: user.admin, contacts: gate.open };
    },
    imports: services.imports,
    exports: services.exports,
    presenceOfAll: () => boardView(store, sites),
  };
}

/** The portal as it was built into this program. A daemon without one serves clients all the same. */
function openPortal(report: Report): Portal {
  const portal = readPortal(join(import.meta.dirname, 'web'));
  if (portal.size === 0) report('portal.missing', {});
  return portal;
}
