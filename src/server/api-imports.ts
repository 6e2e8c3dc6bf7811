// The imports of the past: their list, the rows that failed, and taking one back.
import { Hono, type MiddlewareHandler } from 'hono';
import { Failure } from '../domain/failure.ts';
import { attachment, whileKept } from './api-answers.ts';
import { FILE_TYPES } from './api-export.ts';
import { idOf } from './api-id.ts';
import type { ApiPorts, Env } from './api-ports.ts';

export function importsRoutes({ imports }: Pick<ApiPorts, 'imports'>, gate: MiddlewareHandler<Env>): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/imports', gate, async (c) => c.json({ imports: await imports.list(c.get('viewer')) }));
  for (const type of ['csv', 'vcf'] as const) {
    app.get(`/imports/:id/errors.${type}`, gate, (c) => {
      const id = idOf(c, 'id', 'import');
      const failed = imports.failedRows(c.get('viewer'), id);
      if (failed.type !== type) {
        throw new Failure('not_found', `the rows that failed are of another type: ask for errors.${failed.type}`);
      }
      return c.body(Uint8Array.from(failed.bytes), 200, {
        'Content-Type': FILE_TYPES[type],
        'Content-Disposition': attachment(`errors.${type}`),
      });
    });
  }
  app.post('/imports/:id/undo', gate, async (c) => {
    const id = idOf(c, 'id', 'import');
    return c.json(await whileKept(c, () => imports.undo(c.get('viewer'), id)));
  });
  return app;
}
