// Logging in with a password or a token, and the log-ins of each user: the table `logins`. Knows no session and no socket;
// who holds one learns through `subscribe` that it has ended.
import { Failure } from '../domain/failure.ts';
import { type Clock, isoTime } from './clock.ts';
import type { Crypto } from './crypto.ts';
import { type EndedLogin, type EndReason, LoginIndex } from './logins-index.ts';
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
import type { Passwords } from './passwords.ts';
import type { Report } from './report.ts';
import type { Store, Write } from './store.ts';
import type { Throttle } from './throttle.ts';
import type { Turns } from './turns.ts';
import type { Users } from './users.ts';
import { type UserRow, type UserView, viewUser } from './users-row.ts';

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
  readonly #use = new LoginUse();
  readonly #stops: readonly (() => void)[];

  constructor(parts: LoginsParts) {
    this.#parts = parts;
    this.#index = new LoginIndex(parts.store);
    for (const row of this.#index.all()) trust(parts.throttle, parts.users.row(row.extension), row.address);
    const stopUse = this.#index.subscribe(({ login }) => this.#use.ended(login));
    this.#stops = [everyHour(parts.clock, () => this.sweep(), parts.report), stopUse, () => this.#index.close()];
  }

  /**
   * Opens a new log-in; it is durable when this resolves. Failures: `unauthorized`, the same and after the same time
   * whatever is wrong; `too_many` with `retryAfter`; `storage`.
   */
  async logIn(request: PasswordLogin): Promise<OpenedLogin> {
    const user = await checkPassword(this.#parts, request);
    return this.#parts.turns.run(`extension ${user.id}`, async () => {
      const now = this.#parts.users.row(user.id);
      if (!now || now.disabled || now.password !== user.password) throw refused();
      return this.#open(now, request);
    });
  }

  /**
   * The log-in of a token, at once and without the disk; `seen` updates what is kept of the client, soon after.
   * Failure `unauthorized`.
   */
  resume(token: string, seen?: { readonly client: Client; readonly address: string }): OpenedLogin {
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
    if (after !== row) this.#changeSoon(row, change);
    if (after.address !== row.address) trust(this.#parts.throttle, user, after.address);
    const expires = after.tokens.find((one) => one.hash === tokenId)?.expires ?? found.expires;
    return { login: after, user: viewUser(user), token, tokenId, expires };
  }

  /** A new token in the place of `tokenId`, which stays good for five minutes. Failure `unauthorized`, `storage`. */
  renew(id: string, tokenId: string): Promise<Token> {
    return this.#inTurn(id, async (row) => {
      const token = this.#makeToken();
      await this.#put(renewed(row, tokenId, token.kept, this.#parts.clock.now()));
      return token.given;
    });
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
    await this.#end(extension, [id], 'revoked');
  }

  /** Ends the log-in a session came with, because it says so. */
  async close(id: string): Promise<void> {
    const row = this.#index.get(id);
    if (row) await this.#end(row.extension, [id], 'closed');
  }

  /** Ends all log-ins of a user, except one. */
  async revokeAll(extension: string, except?: string): Promise<void> {
    const ids = this.#index.of(extension).map((row) => row.id);
    await this.#end(
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

  /** Removes log-ins whose tokens have all expired and prolongs those that are open; done every hour. */
  async sweep(): Promise<void> {
    const now = this.#parts.clock.now();
    for (const id of [...this.#use.held()]) {
      const row = this.#index.get(id);
      const change = (old: LoginRow) => prolonged(old, now);
      if (row && change(row) !== row) await this.#changeSoon(row, change);
    }
    const over = [...this.#index.all()].filter((row) => isOver(row, now)).slice(0, REMOVALS_AT_ONCE);
    for (const { id, extension } of over) {
      await this.#parts.turns.run(`extension ${extension}`, async () => {
        const row = this.#index.get(id);
        if (row && isOver(row, now)) await this.#parts.store.commit([{ table: 'logins', id, value: null }]);
      });
    }
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  async #open(user: UserRow, { client, address }: PasswordLogin): Promise<OpenedLogin> {
    const { crypto, clock, report } = this.#parts;
    const token = this.#makeToken();
    const row: LoginRow = {
      id: Buffer.from(crypto.random(16)).toString('base64url'),
      extension: user.id,
      ...seenAs(client, address),
      since: isoTime(clock.now()),
      tokens: [token.kept],
    };
    await this.#put(row, this.#use.inTheWay(this.#index.of(user.id)));
    this.#use.used(row.id, clock.now());
    report('login.opened', { extension: user.id, platform: row.platform, address });
    return { login: row, user: viewUser(user), ...token.given };
  }

  #end(extension: string, ids: readonly string[], why: EndReason): Promise<void> {
    return this.#parts.turns.run(`extension ${extension}`, async () => {
      const gone = ids.filter((id) => this.#index.get(id)).map((id): Write => ({ table: 'logins', id, value: null }));
      if (gone.length > 0) await this.#index.ending(ids, why, () => this.#parts.store.commit(gone));
    });
  }

  #inTurn<T>(id: string, work: (row: LoginRow) => Promise<T>): Promise<T> {
    const extension = this.#index.get(id)?.extension;
    if (extension === undefined) return Promise.reject(refused());
    return this.#parts.turns.run(`extension ${extension}`, () => {
      const row = this.#index.get(id);
      if (!row) throw refused();
      return work(row);
    });
  }

  /** A change that is not worth a wait: noted when it is this user's turn, lost when the store takes nothing. */
  async #changeSoon(row: LoginRow, change: (old: LoginRow) => LoginRow): Promise<void> {
    try {
      await this.#inTurn(row.id, async (old) => {
        const next = change(old);
        if (next !== old) this.#parts.store.note([{ table: 'logins', id: next.id, value: next }]);
      });
    } catch (error) {
      this.#parts.report('login.upkeep_failed', { reason: error instanceof Failure ? error.code : 'bug' });
    }
  }

  async #put(row: LoginRow, gone: readonly string[] = []): Promise<void> {
    const removals = gone.map((id): Write => ({ table: 'logins', id, value: null }));
    await this.#parts.store.commit([...removals, { table: 'logins', id: row.id, value: row }]);
  }

  #makeToken(): { readonly kept: LoginToken; readonly given: Token } {
    const { crypto, clock } = this.#parts;
    const token = Buffer.from(crypto.random(32)).toString('base64url');
    const kept = newToken(crypto.sha256(token), clock.now());
    return { kept, given: { token, tokenId: kept.hash, expires: kept.expires } };
  }
}
