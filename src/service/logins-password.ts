// The way in by password: throttled, checked at the same cost whoever is named, and refused in one text. Knows no tokens.
import { Failure } from '../domain/failure.ts';
import type { Passwords } from './passwords.ts';
import type { Report } from './report.ts';
import type { Throttle } from './throttle.ts';
import type { Users } from './users.ts';
import type { UserRow } from './users-row.ts';

export interface PasswordCheckParts {
  readonly users: Users;
  readonly passwords: Passwords;
  readonly throttle: Throttle;
  readonly report: Report;
}

export interface Credentials {
  /** An extension number or an e-mail. */
  readonly login: string;
  readonly password: string;
  readonly address: string;
}

/** One text for all that can be wrong with a log-in or a token. */
export function refused(): Failure {
  return new Failure('unauthorized', 'the log-in was refused');
}

/** The user whose credentials these are. Failures: `unauthorized`, and `too_many` with `retryAfter`. */
export async function checkPassword(
  parts: PasswordCheckParts,
  { login, password, address }: Credentials,
): Promise<UserRow> {
  const { throttle, passwords, users, report } = parts;
  const attempt = beginAttempt(throttle, report, login, address);
  const user = users.find(login);
  const right = await passwords.verify(password, user?.password).catch((error: unknown) => {
    attempt.unused();
    throw error;
  });
  if (!right || !user || user.disabled) {
    attempt.wrong();
    report('login.refused', { address, ...(user ? { extension: user.id } : {}) });
    throw refused();
  }
  attempt.right();
  trust(throttle, user, address);
  return user;
}

/** Remembers that the user has been at this address, under both of his names. */
export function trust(throttle: Throttle, user: UserRow | undefined, address: string): void {
  if (!user) return;
  throttle.trust(user.id, address);
  if (user.email !== undefined) throttle.trust(user.email, address);
}

function beginAttempt(throttle: Throttle, report: Report, login: string, address: string) {
  try {
    return throttle.begin(login, address);
  } catch (error) {
    if (error instanceof Failure) report('login.throttled', { address, wait: error.detail.retryAfter });
    throw error;
  }
}
