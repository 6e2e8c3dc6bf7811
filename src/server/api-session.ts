// Logging in and out over HTTP. What a log-in is, is decided behind the port.
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { Failure } from '../domain/failure.ts';
import type { Env, SessionPort } from './api-ports.ts';
import { bearer } from './api-token.ts';
import { httpError } from './refusal.ts';

const BODY_BYTES = 4_096;

const credentials = z.strictObject({ login: z.string().min(1).max(255), password: z.string().max(256) });

export function sessionRoutes(sessions: SessionPort): Hono<Env> {
  const app = new Hono<Env>();
  app.post('/session', async (c) => {
    if (!/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '')) {
      return c.json(httpError(415, 'unsupported_media_type', 'send application/json'), 415);
    }
    const { login, password } = readCredentials(await readBody(c));
    return c.json(await sessions.logIn({ login, password, address: c.get('address') }));
  });
  app.delete('/session', async (c) => {
    await sessions.logOut(bearer(c));
    return c.body(null, 204);
  });
  return app;
}

async function readBody(c: Context<Env>): Promise<string> {
  const { incoming } = c.env;
  const tooLarge = () => {
    c.header('Connection', 'close');
    return new Failure('too_large', `at most ${BODY_BYTES} bytes`);
  };
  if (Number(incoming.headers['content-length'] ?? 0) > BODY_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function readCredentials(body: string): z.output<typeof credentials> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new Failure('parse', 'the body is not JSON');
  }
  const read = credentials.safeParse(value);
  if (read.success) return read.data;
  const issues = read.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
  throw new Failure('params', 'send {"login", "password"}', { issues });
}
