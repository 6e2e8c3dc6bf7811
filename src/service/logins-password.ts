// The way in by password: throttled, checked at the same cost whoever is named, and refused in one text. Knows no tokens.
import { Failure } from '../domain/failure.ts';
import type { Fence } from './fence.ts';
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
  /** Where other daemons change passwords as well. */
  readonly fence: Fence | undefined;
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
  const { throttle, users, report } = parts;
  const attempt = beginAttempt(throttle, report, login, address);
  const user = await rightUser(parts, login, password).catch((error: unknown) => {
    attempt.unused();
    throw error;
  });
  if (!user) {
    const meant = users.find(login);
    attempt.wrong();
    report('login.refused', { address, ...(meant ? { extension: meant.id } : {}) });
    throw refused();
  }
  attempt.right();
  trust(throttle, user, address);
  return user;
}

/** The user, when he may log in with this password: also one who may since a moment ago, by what was done at another daemon. */
async function rightUser(parts: PasswordCheckParts, login: string, password: string): Promise<UserRow | undefined> {
  const { passwords, users, fence } = parts;
  const user = users.find(login);
  const isRight = await passwords.verify(password, user?.password);
  if (isRight && user && !user.disabled) return user;
  // Nobody can say while the database is away: then it is as this daemon knows it.
  await fence?.passed().catch(() => undefined);
  const now = users.find(login);
  if (!now || now.disabled || now === user) return undefined;
  const isRightNow = now.password === user?.password ? isRight : await passwords.verify(password, now.password);
  return isRightNow ? now : undefined;
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
