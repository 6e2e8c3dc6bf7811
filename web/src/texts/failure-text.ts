// What the server refuses, in the user's language where its code or reason is known, else in the server's words. Pure.
import type { Texts } from './en.ts';

interface Refusal {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly retryAfter?: number;
  readonly issues?: readonly { readonly path: string; readonly message: string }[];
}

/** Of anything that was thrown by a request or a call of the API. */
export function failureText({ common: { failure, issue } }: Texts, thrown: unknown): string {
  const { code, reason, message, retryAfter = 1, issues } = thrown as Refusal;
  const byReason: Readonly<Record<string, string>> = {
    disconnected: failure.disconnected,
    not_connected: failure.notConnected,
    wrong_password: failure.wrongPassword,
    email_taken: failure.emailTaken,
  };
  const byCode: Readonly<Record<number, string>> = {
    401: failure.loggedOut,
    403: failure.forbidden,
    404: failure.notFound,
    409: failure.conflict,
    413: failure.tooLarge,
    429: failure.tooMany(Math.ceil(retryAfter)),
    503: failure.pbxAway,
    507: failure.storage,
    [-32603]: failure.internal,
  };
  const [first] = issues ?? [];
  if (code === -32602 && first) return issueText(issue, first.message);
  return byReason[reason ?? ''] ?? byCode[code ?? 0] ?? message ?? failure.internal;
}

/** One issue of a refused request. What is not known is told in the server's words. */
export function issueText(issue: Texts['common']['issue'], message: string): string {
  const known: readonly (readonly [RegExp, (...parts: string[]) => string])[] = [
    [/^needs a first name/, () => issue.name],
    [/^needs at least one number/, () => issue.numbers],
    [/^must not be empty/, () => issue.empty],
    [/^may hold digits, letters.* not (.+)$/su, issue.numberCharacter],
    [/^must hold at least one digit/, () => issue.numberNothing],
    [/^must be an e-mail address/, () => issue.email],
    [/^the password is too/, () => issue.passwordLength],
    [/at most (\d+) characters/, issue.tooLong],
    [/at most (\d+)/, issue.tooMany],
    [/one line|control character|line break/, () => issue.line],
    [/in the past/, () => issue.past],
  ];
  for (const [pattern, text] of known) {
    const found = pattern.exec(message);
    if (found) return text(...found.slice(1));
  }
  return message;
}
