// The routes of /api: logging in and out over HTTP. What a log-in is, is decided behind the port.
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from 'zod';
import { Failure, type FailureCode } from '../domain/failure.ts';
import { ERROR_CODES } from '../protocol/codes.ts';
import { errorBody } from '../protocol/rpc.ts';
import { httpError } from './refusal.ts';

const BODY_BYTES = 4_096;
const LONGEST_TOKEN = 256;

interface Credentials {
  readonly login: string;
  readonly password: string;
  /** The peer's, proxies resolved. */
  readonly address: string;
}

interface HttpSession {
  readonly token: string;
  readonly tokenExpires: string;
  readonly extension: string;
  readonly name: string;
  readonly admin: boolean;
}

export interface SessionPort {
  /** Rejects with Failure `unauthorized`, `too_many`, `storage`. */
  logIn(credentials: Credentials): Promise<HttpSession>;
  /** Ends the log-in of a token. Rejects with Failure `unauthorized` when it is none. */
  logOut(token: string): Promise<void>;
}

export type Env = { Bindings: HttpBindings; Variables: { address: string } };

/** What HTTP says where the wire has a code of JSON-RPC's own. */
const JSON_RPC_STATUS: Partial<Record<FailureCode, number>> = {
  parse: 400,
  request: 400,
  method: 404,
  params: 400,
  internal: 500,
};

function statusOf(code: FailureCode): ContentfulStatusCode {
  return (JSON_RPC_STATUS[code] ?? ERROR_CODES[code]) as ContentfulStatusCode;
}

const credentials = z.strictObject({ login: z.string().min(1).max(255), password: z.string().max(256) });

export function api(sessions: SessionPort): Hono<Env> {
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
  });
  app.post('/session', async (c) => {
    if (!/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '')) {
      return c.json(httpError(415, 'unsupported_media_type', 'send application/json'), 415);
    }
    const { login, password } = readCredentials(await readBody(c));
    return c.json(await sessions.logIn({ login, password, address: c.get('address') }));
  });
  app.delete('/session', async (c) => {
    const [, token] = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '') ?? [];
    if (token === undefined || token.length > LONGEST_TOKEN)
      throw new Failure('unauthorized', 'a bearer token is needed');
    await sessions.logOut(token);
    return c.body(null, 204);
  });
  return app;
}

/** A failure as an answer. */
export function failureResponse(c: Context<Env>, failure: Failure): Response {
  const status = statusOf(failure.code);
  if (failure.code === 'unauthorized') c.header('WWW-Authenticate', 'Bearer');
  const { retryAfter } = failure.detail;
  if (retryAfter !== undefined) c.header('Retry-After', String(Math.max(1, Math.ceil(retryAfter))));
  return c.json({ error: errorBody(failure) }, status);
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
