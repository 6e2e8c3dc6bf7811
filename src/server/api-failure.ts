// Failures as answers of /api.
import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { Failure, type FailureCode } from '../domain/failure.ts';
import { ERROR_CODES } from '../protocol/codes.ts';
import { errorBody } from '../protocol/rpc.ts';
import type { Report } from '../service/report.ts';
import type { Env } from './api-ports.ts';

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

export function failureResponse(c: Context<Env>, failure: Failure): Response {
  const status = statusOf(failure.code);
  if (failure.code === 'unauthorized') c.header('WWW-Authenticate', 'Bearer');
  const { retryAfter } = failure.detail;
  if (retryAfter !== undefined) c.header('Retry-After', String(Math.max(1, Math.ceil(retryAfter))));
  return c.json({ error: errorBody(failure) }, status);
}

/** What is told of an error: of a bug only the id under which it is reported. `where` is a method and a route. */
export function failureOf(error: unknown, report: Report, where: string): Failure {
  if (error instanceof Failure) return error;
  const id = randomUUID();
  report('internal', { id, where, error: error instanceof Error ? error.stack : String(error) });
  return new Failure('internal', `internal error ${id}`);
}
