// What the end of a connection, or a refused log-in, means: try again, or give up. Pure.
import type { ConnectionState, RequestFailure } from './api.ts';
import { askedWait } from './back-off.ts';
import { requestFailure } from './failure.ts';

type Ended = Extract<ConnectionState, { kind: 'ended' }>;

export type Ending =
  | { readonly kind: 'ended'; readonly why: Ended['why']; readonly failure: RequestFailure }
  /** `askedMs`: the server named the time. */
  | { readonly kind: 'again'; readonly why: string; readonly askedMs?: number };

const WHY: Readonly<Record<number, string>> = {
  0: 'no_answer',
  1001: 'shutting_down',
  1013: 'overloaded',
  4400: 'protocol',
  4408: 'no_answer',
  4429: 'too_many',
};

/** `byPassword`: of a log-in that was still to be made. */
export function endingOfClose(code: number, reason: string, at: { byPassword: boolean; isOpen: boolean }): Ending {
  if (code === 4401) return loginEnded(at.byPassword ? 'refused' : 'expired');
  if (code === 4409) return loginEnded('logged_out');
  const askedMs = askedWait(code, reason);
  const why = WHY[code] ?? (at.isOpen ? 'disconnected' : 'unreachable');
  return { kind: 'again', why, ...(askedMs === undefined ? {} : { askedMs }) };
}

/** Of `session.open`. A person waits for the answer to a password; a token is good until the server says that it is not. */
export function endingOfRefusal(failure: RequestFailure, byPassword: boolean): Ending {
  if (failure.code === 401) return { kind: 'ended', why: byPassword ? 'refused' : 'expired', failure };
  if (byPassword) return { kind: 'ended', why: failure.code === 429 ? 'too_many' : 'refused', failure };
  if (failure.code <= -32600 && failure.code !== -32603) return { kind: 'ended', why: 'refused', failure };
  const askedMs = failure.retryAfter === undefined ? {} : { askedMs: failure.retryAfter * 1000 };
  return { kind: 'again', why: failure.code === 429 ? 'too_many' : 'overloaded', ...askedMs };
}

const SAID: Readonly<Record<Ended['why'], string>> = {
  refused: 'the log-in was refused',
  expired: 'the log-in has ended: log in again',
  logged_out: 'the log-in was ended from elsewhere: log in again',
  too_many: 'too many log-ins were tried',
};

function loginEnded(why: Ended['why']): Ending {
  return { kind: 'ended', why, failure: requestFailure(SAID[why], { code: 401, reason: 'unauthorized' }) };
}
