// The routes of /api: logging in and out, and what a token opens. Everything they do is behind the ports.
import { Hono } from 'hono';
import { Failure } from '../domain/failure.ts';
import type { Clock } from '../service/clock.ts';
import type { Report } from '../service/report.ts';
import { exportRoutes } from './api-export.ts';
import { importRoute } from './api-import.ts';
import { importsRoutes } from './api-imports.ts';
import type { ApiLimits } from './api-limits.ts';
import type { ApiPorts, Env, SessionPort } from './api-ports.ts';
import { sessionRoutes } from './api-session.ts';
import { tokenGate } from './api-token.ts';

export interface ApiParts {
  readonly sessions: SessionPort;
  /** Absent: logging in and out is all there is. */
  readonly ports: ApiPorts | undefined;
  readonly limits: ApiLimits;
  readonly clock: Clock;
  readonly report: Report;
}

export function api({ sessions, ports, limits, clock, report }: ApiParts): Hono<Env> {
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
  });
  app.route('/', sessionRoutes(sessions));
  if (!ports) return app;
  const gate = tokenGate(ports, limits.requestsPerSecond, () => clock.now());
  const exported = exportRoutes({ ports, limits, report });
  app.get('/books/:book/contacts.csv', gate, exported('csv'));
  app.get('/books/:book/contacts.vcf', gate, exported('vcf'));
  app.post('/books/:book/import', gate, importRoute({ ports, limits, clock, report }));
  app.route('/', importsRoutes(ports, gate));
  app.get('/presence', gate, (c) => {
    if (!c.get('viewer').admin) throw new Failure('forbidden', 'the board over all extensions is for administrators');
    const { rows, ...connections } = ports.presenceOfAll();
    return c.json({ ...connections, presence: rows });
  });
  return app;
}
