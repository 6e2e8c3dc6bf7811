// What each method does for a session that is open: one short function per method, over the services.

import { Failure } from '../domain/failure.ts';
import type { Features } from '../domain/features.ts';
import { PROTOCOL_VERSION } from '../protocol/codes.ts';
import { LIMITS } from '../protocol/limits.ts';
import type { Method, Params } from '../protocol/methods.ts';
import type { Clock } from '../service/clock.ts';
import type { Logins, OpenedLogin } from '../service/logins.ts';
import type { Presences } from '../service/presences.ts';
import type { Users } from '../service/users.ts';
import type { Viewer } from '../service/viewer.ts';
import { CALL_HANDLERS, type CallServices } from './call-methods.ts';
import { CONTACT_HANDLERS, type ContactServices } from './contact-methods.ts';
import type { Hub } from './hub.ts';
import type { Subscriber } from './subscription.ts';

/** The services that sessions use. */
export interface Services extends ContactServices, CallServices {
  readonly hub: Hub;
  readonly presences: Presences;
  readonly logins: Logins;
  readonly users: Users;
  readonly clock: Clock;
  /** The daemon's own version. */
  readonly version: string;
}

/** A session that is open, as its methods see it. */
export interface OpenSession {
  readonly viewer: Viewer;
  readonly loginId: string;
  readonly tokenId: string;
  readonly address: string;
  readonly subscriber: Subscriber;
  /** A new token was given out for the session's log-in. */
  renewed(tokenId: string): void;
  /** Ends the session when the response has left. */
  end(): void;
}

type Handler<M extends Method> = (services: Services, session: OpenSession, params: Params<M>) => unknown;

type Handlers = { readonly [M in Exclude<Method, 'session.open'>]: Handler<M> };

/** Methods that change what collections hold: answered when the client has been told the change. */
export const CHANGES: ReadonlySet<Method> = new Set([
  'presence.set',
  'users.set',
  'contacts.create',
  'contacts.update',
  'contacts.addNumber',
  'contacts.move',
  'contacts.delete',
  'favorites.add',
  'favorites.remove',
  'books.create',
  'books.rename',
  'books.delete',
  'permissions.set',
  'visibility.set',
  'calls.dial',
  'messages.send',
  'messages.read',
] satisfies Method[]);

/** Methods that change nothing, and whose answers are looked at again before they leave. */
export const FINDS: ReadonlySet<Method> = new Set(['contacts.search', 'lookup.number'] satisfies Method[]);

export const HANDLERS: Handlers = {
  ...CONTACT_HANDLERS,
  ...CALL_HANDLERS,

  'session.ping': () => ({}),

  async 'session.renew'({ logins }, session) {
    const { token, tokenId, expires } = await logins.renew(session.loginId, session.tokenId);
    session.renewed(tokenId);
    return { token, tokenExpires: expires };
  },

  async 'session.close'({ logins }, session) {
    session.end();
    await logins.close(session.loginId);
    return {};
  },

  'session.list': ({ logins }, { viewer, loginId }) => logins.list(viewer.extension, loginId),

  async 'session.revoke'({ logins }, { viewer }, { id }) {
    await logins.revoke(viewer.extension, id);
    return {};
  },

  'sync.open'({ hub }, { subscriber }, { collections, cursors }) {
    checkNames(hub, collections);
    hub.open(subscriber, collections, cursors ?? {});
    return {};
  },

  async 'presence.set'({ presences }, { viewer }, wish) {
    return { presence: await presences.set(viewer, wish) };
  },

  async 'users.set'({ users }, { viewer, loginId, address }, change) {
    return { user: await users.setAs({ extension: viewer.extension, login: loginId, address }, change) };
  },
};

function checkNames(hub: Hub, names: readonly string[]): void {
  const wrong = names.findIndex((name) => !hub.hasCollection(name));
  if (wrong < 0) return;
  const issues = [{ path: `collections.${wrong}`, message: 'is no collection' }];
  throw new Failure('params', 'sync.open: is no collection', { issues });
}

/** The result of `session.open`. */
export function openResult(
  { version, presences }: Services,
  { login, user, token, expires }: OpenedLogin,
  features: Features,
): object {
  return {
    session: login.id,
    extension: user.id,
    name: presences.name(user.id) ?? user.name ?? user.id,
    admin: user.admin,
    token,
    tokenExpires: expires,
    server: { product: 'rollcall', version, protocol: PROTOCOL_VERSION },
    features,
    limits: {
      messageBytes: LIMITS.messageBytes,
      requestsPerSecond: LIMITS.requestsPerSecond,
      pageItems: LIMITS.pageItems,
    },
  };
}
