// Who may log in, and what the PBX does not say of a colleague: the table `users`. Tells of changes through the store's
// feed only; knows no session and no socket.
import { Failure } from '../domain/failure.ts';
import { retried } from './attempts.ts';
import type { Cluster } from './cluster.ts';
import { personalScope } from './contact-row.ts';
import { loginsGuard, loginsUnmarked } from './logins-mark.ts';
import type { LoginRow } from './logins-row.ts';
import type { Passwords } from './passwords.ts';
import type { Guard, Store, Write } from './store.ts';
import type { Throttle } from './throttle.ts';
import type { Turns } from './turns.ts';
import { applyPatch, emailKey, type UserPatch, type UserRow, type UserView, viewUser } from './users-row.ts';

const MOST_USERS = 20_000;
/** Row of `upkeep` that is written with every new user and e-mail, so that their number and the e-mails hold over several daemons. */
const MARK = 'users';

/** The session that asks. */
export interface Actor {
  readonly extension: string;
  /** Its log-in, which stays when its user changes his own password. */
  readonly login: string;
  readonly address: string;
}

export interface UsersParts {
  readonly store: Store;
  readonly passwords: Passwords;
  readonly throttle: Throttle;
  /** Shared with the log-ins. */
  readonly turns: Turns;
  /** Removes the contacts and favourites of a user who is gone; resolves when nothing is left of them. `Sweeper` is one. */
  readonly sweeper: { idle(scope: string): Promise<void> };
  /** Left out: this daemon is alone. */
  readonly cluster?: Cluster | undefined;
}

/** What is asked again in the moment of writing: throws when it may not be, and returns what it takes for granted. */
type Permit = () => readonly Guard[];

interface Change {
  readonly patch: UserPatch;
  readonly hash: string | undefined;
  /** A log-in that stays. */
  readonly keep: string | undefined;
  readonly permit: Permit;
}

export class Users {
  readonly #parts: UsersParts;
  readonly #byEmail = new Map<string, string>();
  readonly #rows = new Map<string, UserRow>();
  readonly #stop: () => void;

  constructor(parts: UsersParts) {
    this.#parts = parts;
    for (const { id, value } of parts.store.all('users')) this.#keep(id, value as UserRow);
    this.#stop = parts.store.subscribe(({ writes }) => {
      for (const { table, id, value } of writes) if (table === 'users') this.#keep(id, value as UserRow | null);
    });
  }

  /** The user with this extension number, with the hash of the password: for the log-in service alone. */
  row(id: string): UserRow | undefined {
    return this.#rows.get(id);
  }

  /** The user meant by what was typed: an extension number or an e-mail in any case. */
  find(login: string): UserRow | undefined {
    const typed = login.trim();
    return this.#rows.get(typed) ?? this.#rows.get(this.#byEmail.get(emailKey(typed)) ?? '');
  }

  get(id: string): UserView | undefined {
    const row = this.#rows.get(id);
    return row && viewUser(row);
  }

  /** All users, by number. */
  list(): UserView[] {
    const rows = [...this.#rows.values()];
    return rows.sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true })).map(viewUser);
  }

  /**
   * Makes or changes a user, for an administrator or the operator. A new password, or `disabled`, ends the user's
   * log-ins in the same commit, except `keep` after a new password. Failures: `params`, `conflict` for an e-mail that
   * another user has, `too_large` above 20,000 users, `too_many`, `storage`.
   */
  set(patch: UserPatch, keep?: string): Promise<UserView> {
    return this.#set(patch, keep, () => []);
  }

  /**
   * `users.set` as a session asks for it: an administrator may do everything, a user change his own password when he
   * gives `current`. Failures: `forbidden` also for a wrong `current`, and those of `set`.
   */
  async setAs(actor: Actor, request: UserPatch & { readonly current?: string | undefined }): Promise<UserView> {
    const { current, ...patch } = request;
    const self = this.#admitted(actor, patch);
    const own = patch.id === actor.extension;
    const isChecked = own && patch.password !== undefined && (!self.admin || current !== undefined);
    if (isChecked) await this.#checkCurrent(self, actor.address, current);
    return this.#set(patch, own ? actor.login : undefined, () => {
      const now = this.#admitted(actor, patch);
      // Somebody who knows another one has changed it meanwhile.
      if (isChecked && now.password !== self.password) throw wrongPassword();
      return [this.#guardOf(actor.extension)];
    });
  }

  /**
   * Removes the user, ends his log-ins, and removes his personal contacts and favourites for good. Failures `not_found`, and
   * `storage`, also when the user is gone and his contacts are still to be removed, which then happens later.
   */
  async remove(id: string): Promise<void> {
    const scope = personalScope(id);
    await this.#alone(id, async () => {
      if (!this.#rows.has(id)) throw new Failure('not_found', 'there is no such user');
      const { store } = this.#parts;
      const writes: Write[] = [
        { table: 'users', id, value: null },
        { table: 'sweeps', id: scope, value: {} },
        ...this.#loginsGone(id),
        ...loginsUnmarked(store, id),
      ];
      await store.commit(writes, [this.#guardOf(id), loginsGuard(store, id)]);
    });
    await this.#parts.sweeper.idle(scope);
  }

  close(): void {
    this.#stop();
  }

  async #set(patch: UserPatch, keep: string | undefined, permit: Permit): Promise<UserView> {
    applyPatch(this.#rows.get(patch.id), patch, undefined);
    const hash = patch.password == null ? undefined : await this.#parts.passwords.hash(patch.password);
    const { sweeper } = this.#parts;
    return this.#alone(patch.id, async () => {
      // Whoever gets a number that somebody had before finds nothing of his.
      if (!this.#rows.has(patch.id)) await sweeper.idle(personalScope(patch.id));
      return this.#write({ patch, hash, keep, permit });
    });
  }

  /** Decides in one turn, and writes if what that rests on still holds then. */
  async #write({ patch, hash, keep, permit }: Change): Promise<UserView> {
    const { store } = this.#parts;
    const guards = [...permit(), this.#guardOf(patch.id)];
    const before = this.#rows.get(patch.id);
    const after = applyPatch(before, patch, hash);
    const { id } = after;
    this.#checkEmail(after);
    if (!before && this.#rows.size >= MOST_USERS) throw new Failure('too_large', `at most ${MOST_USERS} users`);
    if (JSON.stringify(before) === JSON.stringify(after)) return viewUser(after);
    const writes: Write[] = [{ table: 'users', id, value: after }];
    if (!before) guards.push({ table: 'sweeps', id: personalScope(id), rev: null });
    if (after.disabled || after.password !== before?.password) {
      writes.push(...this.#loginsGone(id, after.disabled ? undefined : keep));
      guards.push(loginsGuard(store, id));
    }
    if (this.#parts.cluster?.isShared && (!before || after.email !== before.email)) {
      writes.push({ table: 'upkeep', id: MARK, value: {} });
      guards.push({ table: 'upkeep', id: MARK, rev: store.get('upkeep', MARK)?.rev ?? null });
    }
    await store.commit(writes, guards);
    return viewUser(after);
  }

  /** The user who asks, when he may do that. Failure `forbidden`. */
  #admitted(actor: Actor, patch: UserPatch): UserRow {
    const self = this.#rows.get(actor.extension);
    if (!self || self.disabled) throw new Failure('forbidden', 'this user may not do that');
    if (!self.admin && (patch.id !== actor.extension || !isPasswordOnly(patch))) {
      throw new Failure('forbidden', 'only an administrator may do that; a user may change his own password');
    }
    return self;
  }

  #guardOf(id: string): Guard {
    return { table: 'users', id, rev: this.#parts.store.get('users', id)?.rev ?? null };
  }

  async #checkCurrent(self: UserRow, address: string, current: string | undefined): Promise<void> {
    if (current === undefined) {
      const message = 'is needed to change the password';
      throw new Failure('params', `current: ${message}`, { issues: [{ path: 'current', message }] });
    }
    const attempt = this.#parts.throttle.begin(self.id, address);
    const right = await this.#parts.passwords.verify(current, self.password).catch((error: unknown) => {
      attempt.unused();
      throw error;
    });
    if (right) return attempt.right();
    attempt.wrong();
    throw wrongPassword();
  }

  /** Alone among all changes of users, for the e-mails, and among the log-ins of this one; again when another daemon was faster. */
  #alone<T>(id: string, attempt: () => Promise<T>): Promise<T> {
    const { turns } = this.#parts;
    return turns.run('users', () => turns.run(`extension ${id}`, () => retried(turns, 'users again', attempt)));
  }

  #checkEmail(row: UserRow): void {
    const holder = row.email === undefined ? undefined : this.#byEmail.get(emailKey(row.email));
    if (holder === undefined || holder === row.id) return;
    throw new Failure('conflict', 'another user has this e-mail address', { reason: 'email_taken' });
  }

  #loginsGone(extension: string, keep?: string): Write[] {
    const rows = [...this.#parts.store.all('logins')].map((row) => row.value as LoginRow);
    const ending = rows.filter((login) => login.extension === extension && login.id !== keep);
    return ending.map(({ id }) => ({ table: 'logins', id, value: null }));
  }

  #keep(id: string, row: UserRow | null): void {
    const before = this.#rows.get(id);
    if (before?.email !== undefined) this.#byEmail.delete(emailKey(before.email));
    if (row === null) {
      this.#rows.delete(id);
      return;
    }
    this.#rows.set(id, row);
    if (row.email !== undefined) this.#byEmail.set(emailKey(row.email), id);
  }
}

function wrongPassword(): Failure {
  return new Failure('forbidden', 'the current password is wrong', { reason: 'wrong_password' });
}

function isPasswordOnly({ id: _, password, ...others }: UserPatch): boolean {
  return typeof password === 'string' && Object.values(others).every((value) => value === undefined);
}
