// Calls of the HTTP API with the token of the log-in; what the server refuses is thrown with its code and reason.
import { currentToken } from './connection.ts';

export interface ApiFailure extends Error {
  /** As docs/protocol.md has it; 0 when the server was not reached. */
  readonly code: number;
  readonly reason: string;
  readonly issues: readonly { readonly path: string; readonly message: string }[];
  /** Seconds. */
  readonly retryAfter?: number;
}

interface ApiCall {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: BodyInit;
  readonly accept?: string;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

/** `path` begins with `/api/`. Rejects with ApiFailure. */
export async function callApi(path: string, call: ApiCall = {}): Promise<Response> {
  const headers = new Headers({ Accept: call.accept ?? 'application/json' });
  const token = currentToken();
  if (token !== undefined) headers.set('Authorization', `Bearer ${token}`);
  if (call.contentType !== undefined) headers.set('Content-Type', call.contentType);
  const response = await fetch(path, {
    method: call.method ?? 'GET',
    headers,
    credentials: 'omit',
    ...(call.body === undefined ? {} : { body: call.body }),
    ...(call.signal ? { signal: call.signal } : {}),
  }).catch((error: unknown) => {
    throw apiFailure({ code: 0, message: String(error), data: { reason: 'not_connected' } });
  });
  if (response.ok) return response;
  throw apiFailure(errorOf(await response.text(), response.status));
}

interface WireError {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly data?: { readonly reason?: unknown; readonly issues?: unknown; readonly retryAfter?: unknown };
}

/** What is no error of the API, such as a proxy's page, is told by its HTTP status. */
function errorOf(body: string, status: number): WireError {
  const bare = { code: status, message: `HTTP ${status}`, data: { reason: 'http' } };
  try {
    const { error } = JSON.parse(body) as { error?: WireError };
    return typeof error === 'object' && error !== null ? error : bare;
  } catch {
    return bare;
  }
}

/** An error as the API has it, as something to throw. */
export function apiFailure({ code, message, data }: WireError): ApiFailure {
  const failure = {
    code: Number(code),
    reason: String(data?.reason ?? ''),
    issues: (Array.isArray(data?.issues) ? data.issues : []) as ApiFailure['issues'],
    ...(typeof data?.retryAfter === 'number' ? { retryAfter: data.retryAfter } : {}),
  };
  return Object.assign(new Error(String(message)), failure);
}
