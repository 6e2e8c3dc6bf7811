// Logging in with a password or a token, and the log-ins of each user: the table `logins`. Knows no session and no socket;
// who holds one learns through `subscribe` that it has ended.
import { Failure } from '../domain/failure.ts';
import { type Clock, isoTime } from './clock.ts';
import type { Cluster } from './cluster.ts';
import type { Crypto } from './crypto.ts';
import { Fence } from './fence.ts';
import { type EndedLogin, LoginIndex } from './logins-index.ts';
import { type Credentials, checkPassword, refused, trust } from './logins-password.ts';
import {
  type Client,
  hasEnded,
  type LoginRow,
  type LoginToken,
  type LoginView,
  newToken,
  prolonged,
  renewed,
  seenAs,
  viewLogin,
  withSeen,
} from './logins-row.ts';
import { everyHour, isOver, LoginUse } from './logins-upkeep.ts';
import { LoginWriting } from './logins-writing.ts';
import type { Passwords } from './passwords.ts';
import type { Report } from './report.ts';
import type { Store } from './store.ts';
import type { Throttle } from './throttle.ts';
import type { Turns } from './turns.ts';
import type { Users } from './users.ts';
import { type UserView, viewUser } from './users-row.ts';

const REMOVALS_AT_ONCE = 500;

export interface LoginsParts {
  readonly store: Store;
  readonly users: Users;
  readonly passwords: Passwords;
  readonly throttle: Throttle;
  /** Shared with the users. */
  readonly turns: Turns;
  readonly crypto: Crypto;
  readonly clock: Clock;
  readonly report: Report;
  /** Left out: this daemon is alone. */
  readonly cluster?: Cluster | undefined;
}

interface Seen {
  readonly client: Client;
  readonly address: string;
}

export interface Token {
  readonly token: string;
  /** Names the token without giving it away; to hand to `renew`. */
  readonly tokenId: string;
  /** ISO 8601 in UTC. */
  readonly expires: string;
}

export interface OpenedLogin extends Token {
  readonly login: LoginRow;
  readonly user: UserView;
}

export interface PasswordLogin extends Credentials {
  readonly client: Client;
}

export class Logins {
  readonly #parts: LoginsParts;
  readonly #index: LoginIndex;
  readonly #writing: LoginWriting;
  /** Where other daemons give out tokens as well. */
  readonly #fence: Fence | undefined;
  readonly #use = new LoginUse();
  readonly #stops: readonly (() => void)[];

  constructor(parts: LoginsParts) {
    const { store, users, throttle, clock, report, cluster } = parts;
    const isShared = cluster?.isShared ?? false;
    this.#parts = parts;
    this.#index = new LoginIndex(store);
    this.#writing = new LoginWriting({ ...parts, index: this.#index, isShared });
    this.#fence = isShared ? new Fence(store) : undefined;
    const trustAt = (row: LoginRow) => trust(throttle, users.row(row.extension), row.address);
    for (const row of this.#index.all()) trustAt(row);
    this.#stops = [
      everyHour(clock, () => this.sweep(), report),
      this.#index.onAddress(trustAt),
      this.#index.subscribe(({ login }) => this.#use.ended(login)),
      () => this.#writing.stop(),
      () => this.#index.close(),
    ];
  }

  /**
   * Opens a new log-in; it is durable when this resolves. Failures: `unauthorized`, the same and after the same time
   * whatever is wrong; `too_many` with `retryAfter`; `storage`.
   */
  async logIn(request: PasswordLogin): Promise<OpenedLogin> {
    const user = await checkPassword({ ...this.#parts, fence: this.#fence }, request);
    const token = this.#makeToken();
    const made = this.#make(user.id, request, token.kept);
    const row = await this.#writing.open(user.id, () => {
      const now = this.#parts.users.row(user.id);
      if (!now || now.disabled || now.password !== user.password) throw refused();
      return { row: made, gone: this.#use.inTheWay(this.#index.of(user.id)) };
    });
    this.#use.used(row.id, this.#parts.clock.now());
    this.#parts.report('login.opened', { extension: row.extension, platform: row.platform, address: request.address });
    return { login: row, user: viewUser(this.#parts.users.row(user.id) ?? user), ...token.given };
  }

  /**
   * The log-in of a token, at once and without the disk; `seen` updates what is kept of the client, soon after.
   * Failure `unauthorized`.
   */
  resume(token: string, seen?: Seen): OpenedLogin {
    const now = this.#parts.clock.now();
    const tokenId = token.length <= 64 ? this.#parts.crypto.sha256(token) : '';
    const row = this.#index.byToken(tokenId);
    const found = row?.tokens.find((one) => one.hash === tokenId);
    const user = row && this.#parts.users.row(row.extension);
    if (!found || !user || user.disabled || hasEnded(found, now)) throw refused();
    this.#use.used(row.id, now);
    const change = (old: LoginRow) => {
      const current = seen ? withSeen(old, seen.client, seen.address) : old;
      return prolonged(current, now, tokenId);
    };
    const after = change(row);
    if (after !== row) void this.#writing.changeSoon(row, change);
    if (after.address !== row.address) trust(this.#parts.throttle, user, after.address);
    const expires = after.tokens.find((one) => one.hash === tokenId)?.expires ?? found.expires;
    return { login: after, user: viewUser(user), token, tokenId, expires };
  }

  /**
   * The same. A token that is not known here may have been given out by another daemon a moment ago, of which this one has not heard: then
   * it waits until it has. Failures `unauthorized`, and `storage` when nobody can say.
   */
  admit(token: string, seen?: Seen): OpenedLogin | Promise<OpenedLogin> {
    const tokenId = token.length <= 64 ? this.#parts.crypto.sha256(token) : '';
    if (!this.#fence || tokenId === '' || this.#index.byToken(tokenId)) return this.resume(token, seen);
    return this.#fence.passed().then(() => this.resume(token, seen));
  }

  /** A new token in the place of `tokenId`, which stays good for five minutes. Failure `unauthorized`, `storage`. */
  async renew(id: string, tokenId: string): Promise<Token> {
    const token = this.#makeToken();
    await this.#writing.change(id, (row) => renewed(row, tokenId, token.kept, this.#parts.clock.now()));
    return token.given;
  }

  /** The user's log-ins, newest first. */
  list(extension: string, currentId?: string): LoginView[] {
    const now = this.#parts.clock.now();
    const live = this.#index.of(extension).filter((row) => !isOver(row, now));
    return live.sort((a, b) => b.since.localeCompare(a.since)).map((row) => viewLogin(row, currentId));
  }

  /** Ends another log-in of the same user. Failure `not_found`, also for one of somebody else. */
  async revoke(extension: string, id: string): Promise<void> {
    if (this.#index.get(id)?.extension !== extension) throw new Failure('not_found', 'there is no such log-in');
    await this.#writing.end(extension, [id], 'revoked');
  }

  /** Ends the log-in a session came with, because it says so. */
  async close(id: string): Promise<void> {
    const row = this.#index.get(id);
    if (row) await this.#writing.end(row.extension, [id], 'closed');
  }

  /** Ends all log-ins of a user, except one. */
  async revokeAll(extension: string, except?: string): Promise<void> {
    const ids = this.#index.of(extension).map((row) => row.id);
    await this.#writing.end(
      extension,
      ids.filter((id) => id !== except),
      'refused',
    );
  }

  /** Keeps the log-in from expiring while a session is open. Returns the function to call when it has closed. */
  hold(id: string): () => void {
    return this.#use.hold(id);
  }

  /** Called when a log-in has ended and why, so that its sessions can be closed. Returns the function that stops it. */
  subscribe(listener: (ended: EndedLogin) => void): () => void {
    return this.#index.subscribe(listener);
  }

  /**
   * Prolongs the log-ins that are open here, and removes those whose tokens have all expired: where several daemons share the store, one of them
   * removes for all. Done every hour.
   */
  async sweep(): Promise<void> {
    const { store, clock, cluster } = this.#parts;
    const now = clock.now();
    for (const id of [...this.#use.held()]) {
      const row = this.#index.get(id);
      const change = (old: LoginRow) => prolonged(old, now);
      if (row && change(row) !== row) await this.#writing.changeSoon(row, change);
    }
    if (cluster?.houseDuty.isHeld === false) return;
    const rows = [...store.all('logins')].map(({ value }) => value as LoginRow);
    const over = rows.filter((row) => isOver(row, now)).slice(0, REMOVALS_AT_ONCE);
    for (const row of over) await this.#writing.remove(row, (found) => isOver(found, now));
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  #make(extension: string, { client, address }: PasswordLogin, token: LoginToken): LoginRow {
    const { crypto, clock } = this.#parts;
    const id = Buffer.from(crypto.random(16)).toString('base64url');
    return { id, extension, ...seenAs(client, address), since: isoTime(clock.now()), tokens: [token] };
  }

  #makeToken(): { readonly kept: LoginToken; readonly given: Token } {
    const { crypto, clock } = this.#parts;
    const token = Buffer.from(crypto.random(32)).toString('base64url');
    const kept = newToken(crypto.sha256(token), clock.now());
    return { kept, given: { token, tokenId: kept.hash, expires: kept.expires } };
  }
}
