// What the client is to the program that uses it: one connection that mends itself, requests, and live mirrors of
// collections. Types only; client/client.ts is the implementation.
import type { Collections, Contact, Method, ParamsOf, Platform, ResultOf, Session } from './types.ts';

export type Auth = { readonly login: string; readonly password: string } | { readonly token: string };

export type CollectionName = keyof Collections | 'contacts' | `contacts:${string}`;

export interface ClientOptions {
  /** `wss://pbx.example.com:8088/ws`. */
  readonly url: string;
  readonly client: { readonly platform: Platform; readonly version: string; readonly name?: string };
  /** Used once for the first log-in; afterwards the client logs in with the token it was given. */
  readonly auth: Auth;
  /** Collections to mirror; `contacts` is every book the user sees, now and later. */
  readonly collections?: readonly CollectionName[];
  /** Called with each new token, also a renewed one, and with undefined when the log-in has ended: to keep it over restarts. */
  readonly onToken?: (token: { readonly token: string; readonly expires: string } | undefined) => void;
  /** Keeps mirrors and cursors over restarts of the program, so that only changes are sent again. */
  readonly persistence?: Persistence;
  /** A constructor like the browser's; the global one when it is left out. In Node 20: that of the package `ws`. */
  readonly WebSocket?: SocketConstructor;
  /** From 0 to 1, 1 excluded, for the spread of reconnects. */
  readonly random?: () => number;
}

/** The part of a browser's WebSocket that is used. */
export interface SocketLike {
  readonly readyState: number;
  readonly bufferedAmount: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}
export type SocketConstructor = new (url: string, protocols: string[]) => SocketLike;

/** What is kept of one collection. */
export interface Kept {
  readonly cursor: string;
  readonly items: readonly { readonly id: string }[];
}

/** Both may fail, and then the client goes on without. One user's data each: choose the place by extension. */
export interface Persistence {
  load(): Promise<ReadonlyMap<string, Kept>>;
  /** Undefined: forget this collection. Called soon after changes, not with each one. */
  save(collection: string, kept: Kept | undefined): Promise<void>;
}

/** Where the connection stands. */
export type ConnectionState =
  /** Not started, or closed by the program. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting' }
  /** Logged in; the mirrors are being brought up to date. */
  | { readonly kind: 'syncing' }
  /** The mirrors follow. */
  | { readonly kind: 'ready' }
  /**
   * Tries again by itself at `retryAt` (milliseconds since 1970). What the mirrors hold stays, and may be out of date. `why`: `disconnected`,
   * `unreachable`, `no_answer`, `shutting_down`, `overloaded`, `too_many` or `protocol` (the server said what it must not).
   */
  | { readonly kind: 'waiting'; readonly retryAt: number; readonly why: string }
  /** The log-in was refused, has ended or was ended from elsewhere: somebody has to log in again. `failure` of the log-in. */
  | {
      readonly kind: 'ended';
      readonly why: 'refused' | 'expired' | 'logged_out' | 'too_many';
      readonly failure?: RequestFailure;
    };

/** A request that was refused. `code` and `reason` as docs/protocol.md has them. */
export interface RequestFailure extends Error {
  readonly code: number;
  readonly reason: string;
  readonly issues: readonly { readonly path: string; readonly message: string }[];
  /** The item as it is now, of a conflict. */
  readonly current?: unknown;
  /** Seconds. */
  readonly retryAfter?: number;
}

/** One collection as the server last told it. Reading is at once; every change calls the listeners once, after it is in. */
export interface Mirror<T extends { readonly id: string }> {
  readonly name: string;
  /** `loading` before the first whole state; `gone` when the user may not see it (any more), with the reason. */
  readonly state: 'loading' | 'live' | 'gone';
  readonly why?: 'no_permission' | 'deleted';
  readonly size: number;
  get(id: string): T | undefined;
  has(id: string): boolean;
  /** In no order that means anything. */
  values(): IterableIterator<T>;
  /** Returns the function that stops it. */
  subscribe(listener: (change: MirrorChange<T>) => void): () => void;
}

export interface MirrorChange<T> {
  /** Everything that was held before is void; `put` is all there is. */
  readonly reset: boolean;
  readonly put: readonly T[];
  readonly remove: readonly string[];
}

export interface Client {
  readonly state: ConnectionState;
  /** Of the present or last connection; undefined before the first log-in. Its features follow session.notice. */
  readonly session: Session | undefined;
  /**
   * Connects and stays connected until `close`. Resolves at the first `ready`; rejects with RequestFailure when the log-in is refused, has ended,
   * or `close` comes first (code 0, reason `closed`). After `close`, and after a refused password, it can be called again.
   */
  start(): Promise<void>;
  /** Called after each change of `state` or `session`. Returns the function that stops it. */
  subscribe(listener: () => void): () => void;
  /** The mirror of a collection; it is the same object at each call. A collection that was not named in `collections` is added to the sync. */
  mirror<N extends keyof Collections>(name: N): Mirror<Collections[N]>;
  mirror(name: `contacts:${string}`): Mirror<Contact>;
  /** Mirrors of contacts by book, as they come and go with the rights of the user. */
  readonly contacts: {
    books(): readonly string[];
    /** Called when a book comes or goes, and with each change of a contact in any of them. */
    subscribe(listener: (book: string, change: MirrorChange<Contact> | undefined) => void): () => void;
    get(id: string): Contact | undefined;
  };
  /**
   * Resolves when the server has answered and the mirrors hold the result. Rejects with RequestFailure; with code 0 and reason `disconnected` when
   * the connection broke before the answer (the request may or may not have been carried out), or `not_connected` at once without one.
   */
  request<M extends Method>(method: M, params: ParamsOf<M>): Promise<ResultOf<M>>;
  /** The present token, for the HTTP API. */
  token(): string | undefined;
  /** Tries to connect now instead of at `retryAt`. */
  reconnect(): void;
  /**
   * Ends the log-in on the server, forgets the token and what was kept, empties the mirrors, and closes. Always resolves: without a
   * connection the log-in stays in `session.list` until it is ended there or expires.
   */
  logOut(): Promise<void>;
  /** Closes the connection; the log-in stays good. */
  close(): void;
}
