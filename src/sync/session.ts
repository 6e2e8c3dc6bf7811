// One client's session: reads its frames, answers each request once and in the right order, and ends when it must. What
// it may do depends on its state alone: waiting for session.open, opening, open, or closed.
import { type Bucket, fullBucket, take } from '../domain/bucket.ts';
import { Failure } from '../domain/failure.ts';
import { CLOSE_CODES, type CloseCode } from '../protocol/codes.ts';
import { LIMITS } from '../protocol/limits.ts';
import { isMethod, type Method, type Params, readParams } from '../protocol/methods.ts';
import { errorText, type Request, type RequestId, readFrame, resultText } from '../protocol/rpc.ts';
import type { OpenedLogin } from '../service/logins.ts';
import type { Viewer } from '../service/viewer.ts';
import { visibleFailure, visibleResult } from './answer.ts';
import { plainFrame } from './frames.ts';
import { CHANGES, FINDS, HANDLERS, openResult, type Services } from './methods.ts';
import { Open } from './open-session.ts';
import { Outbox } from './outbox.ts';
import type { SessionFeatures } from './session-features.ts';
import type { Socket, SocketListener } from './socket.ts';
import type { Subscriber } from './subscription.ts';

/** What all sessions share. */
export interface SessionHost extends Services {
  readonly features: SessionFeatures;
  /** Told when the state of a session changes between open and not. */
  opened(session: Session): void;
  /** `extension` is that of a session that was open. */
  closed(session: Session, extension: string | undefined): void;
  /** An unexpected error; returns the id under which it was logged. */
  internal(method: string, error: unknown): string;
  /** A request was answered; `outcome` is `ok` or the code of its failure. */
  answered(method: string, outcome: string): void;
  /** The reason of a close that asks the client to come back later: at the earliest after `leastMs`, spread. */
  retryAfter(leastMs?: number): string;
}

/** Of a session that is not open yet. */
const NOBODY: Viewer = { extension: '', admin: false, contacts: false };

type Outcome = { readonly result: unknown } | { readonly error: unknown };

/** A bucket that was not drawn from for this long is full. */
const FULL_AGAIN_MS = 1_000;

type State =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'opening'; readonly queue: Request[] }
  | Open
  | { readonly kind: 'closed' };

/** The states that hold nothing, one object for all. */
const WAITING: State = { kind: 'waiting' };
const CLOSED: State = { kind: 'closed' };

export class Session implements SocketListener {
  readonly #host: SessionHost;
  readonly #socket: Socket;
  readonly #subscriber: Subscriber;
  #state: State = WAITING;
  /** Absent while it is full. */
  #bucket: Bucket | undefined;
  #inWork = 0;
  #unreadable = 0;
  #refused = 0;
  #paused = false;
  #isMuted = false;
  #lastSent = 0;
  #stalledSince = 0;
  #cancelOpenTimer: (() => void) | undefined;

  constructor(host: SessionHost, socket: Socket) {
    this.#host = host;
    this.#socket = socket;
    this.#subscriber = {
      outbox: new Outbox(socket),
      viewer: NOBODY,
      wanted: [],
      subscriptions: [],
      ready: true,
      answers: undefined,
      reviewed: () => this.#noticeFeatures(),
    };
    this.#cancelOpenTimer = host.clock.after(LIMITS.openWithinMs, () => {
      this.close(CLOSE_CODES.openTimeout, 'no session.open in time');
    });
  }

  /** The log-in and user of an open session. */
  get open(): { readonly loginId: string; readonly extension: string } | undefined {
    if (this.#state.kind !== 'open') return undefined;
    const { loginId, viewer } = this.#state;
    return { loginId, extension: viewer.extension };
  }

  /** Whether the session ends by its own wish, so that the end of its log-in needs no other close. */
  get ending(): boolean {
    return this.#state.kind === 'open' && this.#state.ending;
  }

  received(text: string): void {
    if (this.#state.kind === 'closed') return;
    const cost = 1 + Math.floor(text.length / LIMITS.charactersPerRequest);
    if (!this.#take(cost)) {
      this.#refuse(text, cost);
      return;
    }
    const incoming = readFrame(text);
    if (incoming.kind === 'invalid') {
      this.#send(errorText(incoming.id, incoming.failure));
      if (incoming.failure.code !== 'parse') return;
      this.#unreadable += 1;
      if (this.#unreadable > LIMITS.unreadableFrames) this.close(CLOSE_CODES.notJsonRpc, 'not JSON-RPC');
      return;
    }
    this.#unreadable = 0;
    this.#dispatch(incoming.request);
  }

  receivedBinary(): void {
    this.close(CLOSE_CODES.notJsonRpc, 'binary frames are not spoken here');
  }

  drained(): void {
    if (this.#paused) {
      this.#paused = false;
      this.#socket.resume();
    }
    this.#host.hub.drained(this.#subscriber);
  }

  closed(): void {
    const state = this.#state;
    if (state.kind === 'closed') return;
    this.#state = CLOSED;
    this.#cancelOpenTimer?.();
    this.#host.hub.close(this.#subscriber);
    if (state.kind === 'open') state.over();
    this.#host.closed(this, state.kind === 'open' ? state.viewer.extension : undefined);
  }

  close(code: CloseCode, reason: string): void {
    if (this.#state.kind === 'closed') return;
    this.#subscriber.outbox.flush();
    this.#socket.close(code, reason);
    this.closed();
  }

  /** The user became an administrator, or is none any more. */
  setAdmin(admin: boolean): void {
    const { viewer } = this.#subscriber;
    if (this.#state.kind === 'open' && viewer.admin !== admin) this.#subscriber.viewer = { ...viewer, admin };
  }

  /** The log-in has ended: nothing more is told or done, but what was asked before is still answered. */
  mute(): void {
    this.#isMuted = true;
    this.#host.hub.mute(this.#subscriber);
  }

  /** Closes a client that has taken nothing for too long. Called every few seconds. */
  checkStall(now: number): void {
    if (this.#bucket && now - this.#bucket.at > FULL_AGAIN_MS) this.#bucket = undefined;
    const { sent, buffered } = this.#socket;
    if (buffered === 0 || sent !== this.#lastSent || this.#stalledSince === 0) {
      this.#lastSent = sent;
      this.#stalledSince = buffered === 0 ? 0 : now;
    } else if (now - this.#stalledSince >= LIMITS.stalledMs) {
      this.close(CLOSE_CODES.tooSlow, this.#host.retryAfter());
    }
  }

  #take(cost: number): boolean {
    const now = this.#host.clock.now();
    const before = this.#bucket ?? fullBucket(LIMITS.requestsPerSecond, now);
    const bucket = take(before, cost, LIMITS.requestsPerSecond, now);
    if (!bucket) return false;
    if (bucket.left > LIMITS.requestsPerSecond - 2) this.#refused = 0;
    this.#bucket = bucket;
    return true;
  }

  /** Refuses what is too much, a long message without reading it, and closes on a flood. */
  #refuse(text: string, cost: number): void {
    this.#refused += cost;
    if (this.#refused > LIMITS.refusalsBeforeClose) {
      this.close(CLOSE_CODES.tooMany, this.#host.retryAfter());
      return;
    }
    const incoming = cost === 1 ? readFrame(text) : undefined;
    if (incoming?.kind === 'request') this.#fail(incoming.request, tooMany());
    else this.#send(errorText(incoming?.id ?? null, tooMany()));
  }

  #dispatch(request: Request): void {
    const { id, method } = request;
    if (id === undefined) return; // notifications are ignored; session.ping as one needs no answer
    const state = this.#state;
    if (state.kind === 'opening') {
      if (state.queue.length < LIMITS.requestsInWork) state.queue.push(request);
      else this.#fail(request, tooMany());
    } else if (method === 'session.open') {
      if (state.kind === 'waiting') void this.#openSession(request, id);
      else this.#fail(request, new Failure('request', 'the session is open'));
    } else if (state.kind !== 'open' || this.#isMuted) {
      const why = this.#isMuted ? 'the log-in has ended' : 'session.open comes first';
      this.#fail(request, new Failure('unauthorized', why));
    } else if (!isMethod(method)) {
      this.#fail(request, new Failure('method', 'there is no such method'));
    } else if (this.#inWork >= LIMITS.requestsInWork) {
      this.#fail(request, tooMany());
    } else {
      void this.#carryOut(state, request, id, method);
    }
  }

  async #openSession(request: Request, id: RequestId): Promise<void> {
    const opening = { kind: 'opening' as const, queue: [] as Request[] };
    this.#state = opening;
    try {
      const params = readParams('session.open', request.params);
      const opened = await this.#logIn(params);
      if (this.#state !== opening) return; // the client left meanwhile
      const { features } = this.#become(opened, params.client);
      this.#host.answered(request.method, 'ok');
      this.#send(resultText(id, openResult(this.#host, opened, features.features)));
    } catch (error) {
      if (this.#state !== opening) return;
      this.#state = WAITING;
      const failure = this.#fail(request, error);
      if (failure.code === 'unauthorized') this.close(CLOSE_CODES.unauthorized, failure.message);
      if (failure.code === 'too_many') this.close(CLOSE_CODES.tooMany, this.#retryIn(failure));
    }
    for (const queued of opening.queue) this.#dispatch(queued);
  }

  #retryIn(failure: Failure): string {
    return this.#host.retryAfter((failure.detail.retryAfter ?? 0) * 1000);
  }

  #logIn({ auth, client }: Params<'session.open'>): OpenedLogin | Promise<OpenedLogin> {
    const { address } = this.#socket;
    if ('token' in auth) return this.#host.logins.admit(auth.token, { client, address });
    return this.#host.logins.logIn({ ...auth, client, address });
  }

  #become({ login, user, tokenId }: OpenedLogin, client: Params<'session.open'>['client']): Open {
    const { logins, presences, features, hub } = this.#host;
    this.#cancelOpenTimer?.();
    this.#cancelOpenTimer = undefined;
    const kind = features.kindOf(client);
    const viewer = { extension: user.id, admin: user.admin, contacts: kind.gate.open };
    this.#subscriber.viewer = viewer;
    const open = new Open({
      client: kind,
      features: features.of(viewer, kind),
      loginId: login.id,
      tokenId,
      subscriber: this.#subscriber,
      socket: this.#socket,
      offline: presences.sessionOpened(user.id),
      release: logins.hold(login.id),
    });
    this.#state = open;
    this.#socket.opened?.();
    this.#host.opened(this);
    hub.join(this.#subscriber);
    return open;
  }

  #noticeFeatures(): void {
    const state = this.#state;
    if (state.kind !== 'open') return;
    const features = this.#host.features.of(state.viewer, state.client);
    if (features === state.features) return;
    state.features = features;
    this.#host.hub.push(this.#subscriber.outbox, features.notice, '');
  }

  async #carryOut(session: Open, request: Request, id: RequestId, method: Method): Promise<void> {
    this.#inWork += 1;
    let outcome: Outcome;
    try {
      const handler = HANDLERS[method as keyof typeof HANDLERS] as (...args: unknown[]) => unknown;
      outcome = { result: await handler(this.#host, session, readParams(method, request.params)) };
    } catch (error) {
      if (method === 'session.close') session.ending = false;
      outcome = { error };
    }
    const { hub } = this.#host;
    const finish = () => {
      this.#inWork -= 1;
      this.#answer(request, id, method, outcome);
    };
    // What was refused has changed nothing, and waits for nothing but what it tells to be looked at again.
    if ('error' in outcome && !tellsCurrent(outcome.error)) finish();
    else if ('error' in outcome || FINDS.has(method)) hub.atTurn(finish);
    else if (CHANGES.has(method)) hub.afterChanges(this.#subscriber, finish);
    else finish();
  }

  /** Answers with what of the outcome the viewer may see at this moment. */
  #answer(request: Request, id: RequestId, method: Method, outcome: Outcome): void {
    const { access, hub } = this.#host;
    const { viewer } = this.#subscriber;
    const seeing = { access, viewer, movedTo: (contact: string) => hub.movedTo(contact), showCall: hub.showCall };
    try {
      if ('error' in outcome) throw outcome.error;
      const text = resultText(id, visibleResult(outcome.result, seeing));
      this.#host.answered(method, 'ok');
      this.#send(text);
      if (method === 'session.close') this.close(CLOSE_CODES.normal, 'session.close');
    } catch (error) {
      this.#fail(request, error instanceof Failure ? visibleFailure(error, seeing) : error);
    }
  }

  /** Answers with a failure; an unexpected error becomes `internal` and is logged. */
  #fail(request: Request, error: unknown): Failure {
    let failure: Failure;
    if (error instanceof Failure) failure = error;
    else failure = new Failure('internal', `internal error ${this.#host.internal(request.method, error)}`);
    this.#host.answered(isMethod(request.method) ? request.method : 'unknown', failure.code);
    if (request.id !== undefined) this.#send(errorText(request.id, failure));
    return failure;
  }

  #send(text: string): void {
    if (this.#state.kind === 'closed') return;
    this.#host.hub.push(this.#subscriber.outbox, plainFrame(text), '');
    if (!this.#paused && this.#socket.buffered > LIMITS.pauseBytes) {
      this.#paused = true;
      this.#socket.pause();
    }
  }
}

function tellsCurrent(error: unknown): boolean {
  return error instanceof Failure && error.detail.current !== undefined;
}

function tooMany(): Failure {
  return new Failure('too_many', 'too many requests', { retryAfter: 1 });
}
