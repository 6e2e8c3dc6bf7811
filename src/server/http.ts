// The HTTP routes: health, metrics, the files of the portal, and /api. Knows no WebSocket but that `/ws` wants an upgrade.
import { type Context, Hono } from 'hono';
import { Failure } from '../domain/failure.ts';
import type { Clock } from '../service/clock.ts';
import type { Report } from '../service/report.ts';
import type { StoreState } from '../service/store.ts';
import type { AddressOf } from './addresses.ts';
import { api } from './api.ts';
import { failureOf, failureResponse } from './api-failure.ts';
import type { ApiLimits } from './api-limits.ts';
import type { ApiPorts, Env, SessionPort } from './api-ports.ts';
import { apiRoute } from './api-routes.ts';
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
  /** What of /api needs a token; absent: there is only logging in and out. */
  readonly api?: ApiPorts;
  readonly readiness: () => Readiness;
  /** What is served at `/`. */
  readonly portal: Portal;
}

export interface HttpParts extends HttpPorts {
  readonly addressOf: AddressOf;
  readonly originAllowed: OriginAllowed;
  readonly report: Report;
  readonly metrics: Metrics;
  readonly limits: ApiLimits;
  readonly clock: Clock;
}

/** Every path there is but those of src/server/api-routes.ts, with its methods. */
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
    parts.metrics.httpRequest(routeOf(c.req.path, parts.portal)?.label ?? 'other', c.res.status);
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
    // Who shares the database is away from it together: a balancer that would have nobody left asks for those that serve what they know.
    const ready = store === 'open' || (store === 'away' && c.req.query('store') === 'away');
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
  app.route('/api', api({ ...parts, ports: parts.api }));
  app.notFound((c) => notFound(c, parts.portal));
  app.onError((error, c) => (error instanceof Failure ? failureResponse(c, error) : unexpected(c, error, parts)));
  return app;
}

/** `label` is what metrics call a path; there are few. */
function routeOf(path: string, portal: Portal): { readonly label: string; readonly methods: string } | undefined {
  if (portal.has(path)) return { label: 'portal', methods: 'GET, HEAD' };
  const methods = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
  return methods === undefined ? apiRoute(path) : { label: path, methods };
}

function notFound(c: Context<Env>, portal: Portal): Response {
  const allowed = routeOf(c.req.path, portal)?.methods;
  if (allowed === undefined) return c.json(httpError(404, 'not_found', 'there is nothing here'), 404);
  c.header('Allow', allowed);
  return c.json(httpError(405, 'method_not_allowed', `use ${allowed}`), 405);
}

/** A bug, or a peer that went away in the middle of its request. */
function unexpected(c: Context<Env>, error: Error, { report, portal }: HttpParts): Response {
  if (c.env.incoming.destroyed && !c.env.incoming.complete) return c.body(null, 400);
  const where = `${c.req.method} ${routeOf(c.req.path, portal)?.label ?? c.req.path}`;
  return failureResponse(c, failureOf(error, report, where));
}
