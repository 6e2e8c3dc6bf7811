// One log-in: a client on which a user has signed in, with the tokens it may come back with. Pure.
import type { Platform } from '../domain/version-gate.ts';

const DAY_MS = 86_400_000;
export const TOKEN_MS = 30 * DAY_MS;
/** How long a renewed token still opens sessions, for sockets that have not heard of the new one. */
const GRACE_MS = 5 * 60_000;
const MOST_TOKENS = 8;

/** The client as it introduces itself. */
export interface Client {
  readonly platform: Platform;
  readonly version: string;
  readonly name?: string | undefined;
}

export interface LoginToken {
  /** SHA-256 of the token, base64url: the token itself is with the client alone. */
  readonly hash: string;
  /** ISO 8601 in UTC. */
  readonly expires: string;
  /** Another token took its place; its end does not move any more. */
  readonly superseded?: true;
}

/** A row of the table `logins`. */
export interface LoginRow {
  readonly id: string;
  readonly extension: string;
  readonly platform: Platform;
  readonly version: string;
  readonly name?: string;
  /** ISO 8601 in UTC. */
  readonly since: string;
  readonly address: string;
  readonly tokens: readonly LoginToken[];
  /** It was ended from elsewhere: so its sessions at other daemons learn why. Such a row has no tokens, and goes soon. */
  readonly ended?: 'revoked';
}

/** An entry of `session.list`. */
export interface LoginView extends Omit<LoginRow, 'extension' | 'name' | 'tokens' | 'ended'> {
  readonly current: boolean;
}

export function viewLogin(row: LoginRow, currentId: string | undefined): LoginView {
  const { id, platform, version, since, address } = row;
  return { id, platform, version, since, address, current: id === currentId };
}

/** What is kept of a client, cut to a length. */
export function seenAs(client: Client, address: string): Pick<LoginRow, 'platform' | 'version' | 'name' | 'address'> {
  const name = client.name?.slice(0, 127);
  return {
    platform: client.platform,
    version: client.version.slice(0, 64),
    ...(name ? { name } : {}),
    address: address.slice(0, 64),
  };
}

/** The row as seen from this client and address; the same object when nothing differs. */
export function withSeen(row: LoginRow, client: Client, address: string): LoginRow {
  const seen = seenAs(client, address);
  const { id, extension, since, tokens } = row;
  const same = (['platform', 'version', 'name', 'address'] as const).every((key) => seen[key] === row[key]);
  return same ? row : { id, extension, ...seen, since, tokens };
}

export function newToken(hash: string, now: number): LoginToken {
  return { hash, expires: new Date(now + TOKEN_MS).toISOString() };
}

/** The row with a token more, in the place of the token `old`, which stays good for five minutes. At most 8 tokens. */
export function renewed(row: LoginRow, old: string, token: LoginToken, now: number): LoginRow {
  const graceEnd = new Date(now + GRACE_MS).toISOString();
  const tokens = row.tokens
    .filter((one) => !hasEnded(one, now))
    .map((one) => (one.hash === old ? superseded(one, graceEnd) : one))
    .sort(laterFirst)
    .slice(0, MOST_TOKENS - 1);
  return { ...row, tokens: [token, ...tokens] };
}

/**
 * Moves the end of the tokens in use, or of the one with this hash, to 30 days from now, at most once a day: else the same
 * object. What was superseded or has ended stays so.
 */
export function prolonged(row: LoginRow, now: number, hash?: string): LoginRow {
  const isDue = (token: LoginToken) => {
    if (token.superseded || (hash !== undefined && token.hash !== hash)) return false;
    const end = Date.parse(token.expires);
    return end > now && end < now + TOKEN_MS - DAY_MS;
  };
  if (!row.tokens.some(isDue)) return row;
  return { ...row, tokens: row.tokens.map((token) => (isDue(token) ? newToken(token.hash, now) : token)) };
}

/** The row that says it; nothing of the client is in it any more. */
export function revoked({ id, extension, platform, since }: LoginRow): LoginRow {
  return { id, extension, platform, version: '', since, address: '', tokens: [], ended: 'revoked' };
}

export function isEnded(row: LoginRow): boolean {
  return row.ended !== undefined;
}

export function hasEnded(token: LoginToken, now: number): boolean {
  return Date.parse(token.expires) <= now;
}

function superseded(token: LoginToken, graceEnd: string): LoginToken {
  if (token.superseded) return token;
  return { hash: token.hash, expires: token.expires < graceEnd ? token.expires : graceEnd, superseded: true };
}

function laterFirst(a: LoginToken, b: LoginToken): number {
  const byKind = Number(a.superseded ?? false) - Number(b.superseded ?? false);
  return byKind || b.expires.localeCompare(a.expires);
}
