// The connection that mends itself: opens a link, logs in, and when it breaks waits and tries again, until the program closes
// it or the log-in has ended. What travels on it is for others.
import type { ClientOptions, ConnectionState } from './api.ts';
import { backOff, triesAfter } from './back-off.ts';
import type { Calls } from './calls.ts';
import type { Credentials } from './credentials.ts';
import { type Ending, endingOfClose, endingOfRefusal } from './ending.ts';
import { type Outcome, readFrame } from './frame.ts';
import { Heartbeat } from './heartbeat.ts';
import { Link } from './link.ts';
import { readSession, readToken } from './read-session.ts';
import { Renewal } from './renewal.ts';
import type { Surroundings } from './surroundings.ts';
import type { Session } from './types.ts';

/** A password takes the server its time when many log in. */
const LOGS_IN_WITHIN_MS = 30_000;

export interface ConnectionParts {
  readonly options: Pick<ClientOptions, 'url' | 'client'>;
  readonly surroundings: Surroundings;
  readonly credentials: Credentials;
  readonly calls: Calls;
  /** `state` or `session` is another. */
  told(): void;
  /** A session is open. */
  opened(session: Session): void;
  /** The session is over, whyever. */
  lost(): void;
  /** The log-in is over. */
  ended(ending: Extract<Ending, { kind: 'ended' }>): void;
  /** A notification of the server; false when it breaks the protocol. */
  notified(method: string, params: Readonly<Record<string, unknown>>): boolean;
}

export class Connection {
  readonly #parts: ConnectionParts;
  readonly #heartbeat: Heartbeat;
  readonly #renewal: Renewal;
  #state: ConnectionState = { kind: 'idle' };
  #session: Session | undefined;
  #link: Link | undefined;
  #isOpen = false;
  #tries = 0;
  #readySince: number | undefined;
  /** The server named the time of the next try. */
  #isAsked = false;
  #cancelTimer: () => void = () => undefined;

  constructor(parts: ConnectionParts) {
    const { surroundings, calls } = parts;
    this.#parts = parts;
    this.#heartbeat = new Heartbeat({
      surroundings,
      ping: () => calls.call('session.ping', {}, () => undefined), // that something comes is enough
      dead: () => this.giveUp('no_answer'),
    });
    this.#renewal = new Renewal({
      surroundings,
      renew: (failed) => calls.call('session.renew', {}, (outcome) => this.#renewed(outcome, failed)),
    });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get session(): Session | undefined {
    return this.#session;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Is about to connect. */
  prepare(): void {
    this.#become({ kind: 'connecting' });
  }

  /** Throws when there can be no socket for the address. */
  connect(): void {
    this.#cancelTimer();
    this.#link = new Link(this.#parts.options.url, this.#parts.surroundings, {
      opened: () => this.#logIn(),
      received: (data) => this.#received(data),
      closed: (code, reason) => this.#closed(code, reason),
    });
    if (this.#state.kind !== 'connecting') this.prepare();
  }

  /** The mirrors are being brought up to date, or follow. */
  became(kind: 'syncing' | 'ready'): void {
    this.#heartbeat.catchingUp(kind === 'syncing');
    if (kind === 'ready') this.#readySince ??= this.#parts.surroundings.now();
    if (this.#state.kind !== kind) this.#become({ kind });
  }

  /** The rights of the user are others. */
  noticed(features: Session['features']): void {
    if (!this.#session) return;
    this.#session = { ...this.#session, features };
    this.#parts.told();
  }

  /** Tries now, or looks now whether the connection is alive. */
  hurry(): void {
    if (this.#state.kind === 'waiting') this.#again();
    else this.#heartbeat.probe();
  }

  /** The machine woke up, or has a network again. */
  woke(): void {
    this.#renewal.look();
    if (this.#state.kind !== 'waiting' || !this.#isAsked) this.hurry();
  }

  /** Tries anew, because this connection is of no use. */
  giveUp(why: string, askedMs?: number): void {
    this.#end({ kind: 'again', why, ...(askedMs === undefined ? {} : { askedMs }) }, (link) => link.drop());
  }

  close(): void {
    const link = this.#link;
    this.#release();
    link?.close();
    if (this.#state.kind !== 'idle') this.#become({ kind: 'idle' });
  }

  #logIn(): void {
    const { calls, credentials, surroundings, options } = this.#parts;
    const link = this.#link;
    const { auth } = credentials;
    if (!link || !auth) return;
    const { platform, version, name } = options.client;
    const client = { platform, version, ...(name === undefined ? {} : { name }) };
    this.#cancelTimer = surroundings.after(LOGS_IN_WITHIN_MS, () => this.giveUp('no_answer'));
    calls.connected(link);
    calls.call('session.open', { client, auth }, (outcome) => this.#loggedIn(outcome));
  }

  #loggedIn(outcome: Outcome): void {
    if (!this.#link) return;
    this.#cancelTimer();
    if ('failure' in outcome) {
      this.#end(endingOfRefusal(outcome.failure, this.#byPassword), (link) => link.drop());
      return;
    }
    const session = readSession(outcome.result);
    if (!session) {
      this.giveUp('protocol');
      return;
    }
    const link = this.#link;
    this.#isOpen = true;
    this.#session = session;
    this.#parts.calls.limit(session.limits.messageBytes);
    this.#heartbeat.start();
    this.#hold(session);
    if (this.#link === link) this.#parts.opened(session);
  }

  #hold({ token, tokenExpires }: { readonly token: string; readonly tokenExpires: string }): void {
    this.#renewal.hold(tokenExpires);
    this.#parts.credentials.hold(token, tokenExpires);
  }

  #renewed(outcome: Outcome, failed: () => void): void {
    if (!this.#isOpen || !this.#session) return;
    const fresh = 'result' in outcome ? readToken(outcome.result) : undefined;
    if (!fresh) {
      failed();
      return;
    }
    this.#session = { ...this.#session, ...fresh };
    this.#hold(fresh);
    this.#parts.told();
  }

  #received(data: unknown): void {
    this.#heartbeat.heard();
    const frame = readFrame(data);
    let isGood = false;
    if (frame?.kind === 'answer') isGood = this.#parts.calls.answered(frame.id, frame.outcome);
    else if (frame) isGood = this.#parts.notified(frame.method, frame.params);
    if (!isGood && this.#link) this.giveUp('protocol');
  }

  get #byPassword(): boolean {
    return this.#parts.credentials.token === undefined;
  }

  #closed(code: number, reason: string): void {
    this.#end(endingOfClose(code, reason, { byPassword: this.#byPassword, isOpen: this.#isOpen }));
  }

  #end(ending: Ending, leave: (link: Link) => void = () => undefined): void {
    const link = this.#link;
    if (!link) return;
    leave(link);
    this.#tries = triesAfter(this.#tries, this.#readySince, this.#parts.surroundings.now());
    this.#release();
    if (ending.kind === 'ended') {
      this.#become({ kind: 'ended', why: ending.why, failure: ending.failure });
      this.#parts.ended(ending);
    } else {
      this.#wait(ending);
    }
  }

  #wait({ why, askedMs }: Extract<Ending, { kind: 'again' }>): void {
    const { now, after, random } = this.#parts.surroundings;
    const wait = backOff(this.#tries, random(), askedMs);
    this.#tries += 1;
    this.#isAsked = askedMs !== undefined;
    this.#cancelTimer = after(wait, () => this.#again());
    this.#become({ kind: 'waiting', retryAt: now() + wait, why });
  }

  #again(): void {
    try {
      this.connect();
    } catch {
      // The address was good before: connections are forbidden just now.
      this.#wait({ kind: 'again', why: 'unreachable' });
    }
  }

  /** Lets go of the link and of all that belongs to it. */
  #release(): void {
    this.#cancelTimer();
    this.#heartbeat.stop();
    this.#renewal.stop();
    this.#link = undefined;
    this.#isOpen = false;
    this.#readySince = undefined;
    this.#parts.lost();
    this.#parts.calls.disconnected();
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    this.#parts.told();
  }
}
