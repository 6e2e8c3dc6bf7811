// Refused requests, as errors. Pure.
import type { RequestFailure } from './api.ts';

const NAME = 'RequestFailure';

export interface FailureFields {
  readonly code: number;
  readonly reason: string;
  readonly issues?: RequestFailure['issues'];
  readonly current?: unknown;
  readonly retryAfter?: number;
}

export function requestFailure(message: string, fields: FailureFields): RequestFailure {
  return Object.assign(new Error(message), { name: NAME, issues: [], ...fields });
}

/** Whether a request was refused with this error. */
export function isRequestFailure(error: unknown): error is RequestFailure {
  return error instanceof Error && error.name === NAME && 'code' in error && 'reason' in error;
}

/** From the `error` of an answer; undefined when it is none. What is missing or wrong in its `data` is left out. */
export function readFailure(error: unknown): RequestFailure | undefined {
  if (!isObject(error)) return undefined;
  const { code, message } = error;
  if (typeof code !== 'number' || typeof message !== 'string') return undefined;
  const data = isObject(error['data']) ? error['data'] : {};
  const { reason, current, retryAfter } = data;
  return requestFailure(message, {
    code,
    reason: typeof reason === 'string' ? reason : '',
    issues: Array.isArray(data['issues']) ? data['issues'].filter(isIssue) : [],
    ...(current === undefined ? {} : { current }),
    ...(typeof retryAfter === 'number' && retryAfter >= 0 ? { retryAfter } : {}),
  });
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isIssue(value: unknown): value is RequestFailure['issues'][number] {
  return isObject(value) && typeof value['path'] === 'string' && typeof value['message'] === 'string';
}
