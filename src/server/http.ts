// The HTTP routes: health, metrics, the files of the portal, and /api. Knows no WebSocket but that `/ws` wants an upgrade.
import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { Failure } from '../domain/failure.ts';
import type { Report } from '../service/report.ts';
import type { StoreState } from '../service/store.ts';
import type { AddressOf } from './addresses.ts';
import { api, type Env, failureResponse, type SessionPort } from './api.ts';
import { SECURITY_HEADERS } from './headers.ts';
import type { Metrics } from './metrics.ts';
import type { OriginAllowed } from './origins.ts';
import { type Portal, portalResponse } from './portal.ts';
import { httpError } from './refusal.ts';

interface Readiness {
  readonly store: StoreState;
  readonly pbx: { readonly connected: boolean };
}

export interface HttpPorts {
  readonly sessions: SessionPort;
  readonly readiness: () => Readiness;
  /** What is served at `/`. */
  readonly portal: Portal;
}

export interface HttpParts extends HttpPorts {
  readonly addressOf: AddressOf;
  readonly originAllowed: OriginAllowed;
  readonly report: Report;
  readonly metrics: Metrics;
}

/** Every path there is, with its methods. */
const ROUTES: Readonly<Record<string, string>> = {
  '/healthz': 'GET, HEAD',
  '/readyz': 'GET, HEAD',
  '/metrics': 'GET, HEAD',
  '/ws': 'GET',
  '/api/session': 'POST, DELETE',
};

export function httpApp(parts: HttpParts): Hono<Env> {
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) if (!c.res.headers.has(name)) c.header(name, value);
    parts.metrics.httpRequest(labelOf(c.req.path, parts.portal), c.res.status);
  });
  app.get('*', (c, next) => {
    const file = parts.portal.get(c.req.path);
    if (!file) return next();
    const known = c.req.header('if-none-match');
    return Promise.resolve(portalResponse(file, { known, encodings: c.req.header('accept-encoding') }));
  });
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.get('/readyz', (c) => {
    const { store, pbx } = parts.readiness();
    const ready = store === 'open';
    return c.json({ ready, store, pbx: { connected: pbx.connected } }, ready ? 200 : 503);
  });
  app.get('/metrics', async (c) =>
    c.body(await parts.metrics.render(), 200, { 'Content-Type': parts.metrics.contentType }),
  );
  app.get('/ws', (c) => {
    c.header('Upgrade', 'websocket');
    return c.json(httpError(426, 'upgrade_required', 'speak WebSocket here'), 426);
  });
  app.use('/api/*', (c, next) => {
    const { socket } = c.env.incoming;
    if (!parts.originAllowed(c.req.header('origin'), c.req.header('host'))) {
      throw new Failure('forbidden', 'pages of this origin may not connect; see listen.origins', { reason: 'origin' });
    }
    c.set('address', parts.addressOf(socket.remoteAddress, c.req.header('x-forwarded-for')) ?? 'unknown');
    return next();
  });
  app.route('/api', api(parts.sessions));
  app.notFound((c) => notFound(c, parts.portal));
  app.onError((error, c) =>
    error instanceof Failure ? failureResponse(c, error) : unexpected(c, error, parts.report),
  );
  return app;
}

/** What metrics call a path; there are few. */
function labelOf(path: string, portal: Portal): string {
  if (portal.has(path)) return 'portal';
  return Object.hasOwn(ROUTES, path) ? path : 'other';
}

function notFound(c: Context<Env>, portal: Portal): Response {
  const allowed = portal.has(c.req.path)
    ? 'GET, HEAD'
    : Object.hasOwn(ROUTES, c.req.path)
      ? ROUTES[c.req.path]
      : undefined;
  if (allowed === undefined) return c.json(httpError(404, 'not_found', 'there is nothing here'), 404);
  c.header('Allow', allowed);
  return c.json(httpError(405, 'method_not_allowed', `use ${allowed}`), 405);
}

/** A bug, or a peer that went away in the middle of its request. */
function unexpected(c: Context<Env>, error: Error, report: Report): Response {
  if (c.env.incoming.destroyed && !c.env.incoming.complete) return c.body(null, 400);
  const id = randomUUID();
  report('internal', { id, where: `${c.req.method} ${c.req.path}`, error: error.stack });
  return failureResponse(c, new Failure('internal', `internal error ${id}`));
}
