// The parts of one client, put together: what one of them notices, the others are told here.
import type { ClientOptions, Kept, RequestFailure } from './api.ts';
import { Calls } from './calls.ts';
import { Connection } from './connection.ts';
import { ContactsView } from './contacts-view.ts';
import type { Change, Copy } from './copy.ts';
import { Credentials } from './credentials.ts';
import type { Ending } from './ending.ts';
import { isObject, requestFailure } from './failure.ts';
import { Keeper } from './keeper.ts';
import { Listeners } from './listeners.ts';
import type { Surroundings } from './surroundings.ts';
import { Sync } from './sync.ts';
import type { Features, Session } from './types.ts';

const LOGS_OUT_WITHIN_MS = 5_000;

interface Started {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: unknown): void;
}

export class Run {
  readonly listeners = new Listeners<[]>();
  readonly credentials: Credentials;
  readonly sync: Sync;
  readonly contacts: ContactsView;
  readonly connection: Connection;
  readonly #calls = new Calls();
  readonly #keeper: Keeper;
  readonly #surroundings: Surroundings;
  #started: Started | undefined;
  #stopWake: () => void = () => undefined;

  constructor(surroundings: Surroundings, options: ClientOptions) {
    const calls = this.#calls;
    this.#surroundings = surroundings;
    this.credentials = new Credentials(options.auth, options.onToken);
    this.sync = new Sync(options.collections ?? [], {
      call: (method, params, done) => calls.call(method, params, done),
      became: (what) => this.#became(what),
      failed: ({ retryAfter }) =>
        this.connection.giveUp('overloaded', retryAfter === undefined ? undefined : retryAfter * 1000),
      changed: (copy, change, hasCome) => this.#changed(copy, change, hasCome),
    });
    const { copies } = this.sync;
    this.contacts = new ContactsView(copies);
    this.#keeper = new Keeper({ persistence: options.persistence, surroundings, copies, url: options.url });
    this.connection = new Connection({
      ...{ options, surroundings, calls, credentials: this.credentials },
      told: () => this.listeners.tell(),
      opened: (session) => this.#opened(session),
      lost: () => this.sync.disconnected(),
      ended: (ending) => this.#ended(ending),
      notified: (method, params) => this.#notified(method, params),
    });
  }

  start(): Promise<void> {
    if (this.#started) return this.#started.promise;
    const started = promised();
    if (!this.credentials.auth) {
      started.reject(this.#whyEnded());
      return started.promise;
    }
    this.#started = started;
    void this.#begin(started);
    return started.promise;
  }

  request(method: string, params: object): Promise<object> {
    if (this.connection.isOpen) return this.#calls.request(method, params);
    return Promise.reject(requestFailure('there is no connection to the server', { code: 0, reason: 'not_connected' }));
  }

  close(): void {
    this.#stop(requestFailure('the client was closed before it was ready', { code: 0, reason: 'closed' }));
    this.#keeper.close();
    this.connection.close();
  }

  async logOut(): Promise<void> {
    if (this.connection.isOpen) await this.#sayGoodbye();
    this.close();
    this.credentials.end();
    this.sync.clear();
    await this.#keeper.forget();
  }

  async #begin(started: Started): Promise<void> {
    this.connection.prepare();
    await this.#keeper.load();
    if (this.#started !== started) return;
    // With a token of his the user has shown who he is. A password has to be right first.
    if (this.credentials.token !== undefined) this.#restore(this.#keeper.unpack());
    if (this.#started !== started) return;
    this.#stopWake = this.#surroundings.onWake(() => this.connection.woke());
    try {
      this.connection.connect();
    } catch (error) {
      this.#stop(error);
      this.connection.close();
    }
  }

  /** Nothing more is tried. */
  #stop(why: unknown): void {
    this.#stopWake();
    this.#started?.reject(why);
    this.#started = undefined;
  }

  #opened({ extension }: Session): void {
    if (this.#keeper.belongsTo(extension)) this.sync.clear();
    else this.#restore(this.#keeper.unpack(extension));
    if (this.connection.isOpen) this.sync.connected();
  }

  #restore(all: Iterable<[string, Kept]>): void {
    for (const [name, kept] of all) this.sync.restore(name, kept);
  }

  #became(what: 'syncing' | 'ready'): void {
    this.connection.became(what);
    if (what === 'ready') this.#started?.resolve();
  }

  #changed(copy: Copy, change: Change, hasCome: boolean): void {
    this.#keeper.changed(copy.name);
    this.contacts.changed(copy, change, hasCome);
  }

  #notified(method: string, params: Readonly<Record<string, unknown>>): boolean {
    if (method !== 'session.notice') return this.sync.take(method, params);
    const { features } = params;
    if (isObject(features)) this.connection.noticed(features as unknown as Features);
    return true;
  }

  /** What was seen by a log-in that is over is seen no more; one that never began has shown nothing. */
  #ended({ why, failure }: Extract<Ending, { kind: 'ended' }>): void {
    this.#stop(failure);
    if (why !== 'expired' && why !== 'logged_out') return;
    this.credentials.end();
    this.sync.clear();
    void this.#keeper.forget();
  }

  #whyEnded(): RequestFailure {
    const { state } = this.connection;
    const told = state.kind === 'ended' ? state.failure : undefined;
    return told ?? requestFailure('the log-in has ended: log in again', { code: 401, reason: 'unauthorized' });
  }

  #sayGoodbye(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#surroundings.after(LOGS_OUT_WITHIN_MS, () => this.close());
      this.#calls.call('session.close', {}, () => {
        cancel();
        resolve();
        this.close();
      });
    });
  }
}

function promised(): Started {
  const parts: Partial<Started> = {};
  const promise = new Promise<void>((resolve, reject) => Object.assign(parts, { resolve, reject }));
  promise.catch(() => undefined); // `state` says it too
  return { ...(parts as Started), promise };
}
