// Why a call was not made, in the user's language and with what he can do. Pure.
import type { Texts } from '../texts/en.ts';
import { failureText } from '../texts/failure-text.ts';

interface Refused {
  readonly code?: number;
  readonly reason?: string;
  readonly retryAfter?: number;
}

/** Of anything that was thrown by `calls.dial`. */
export function dialRefusal(texts: Texts, thrown: unknown): string {
  const { code, reason, retryAfter = 1 } = thrown as Refused;
  const { refused } = texts.calls;
  if (reason === 'disconnected') return refused.disconnected;
  const byCode: Readonly<Record<number, string>> = {
    403: refused.notAllowed,
    404: refused.notAllowed,
    409: refused.noPhone,
    429: refused.tooMany(Math.ceil(retryAfter)),
    503: refused.pbxAway,
    [-32602]: refused.notANumber,
  };
  return byCode[code ?? 0] ?? failureText(texts, thrown);
}
