// All sessions of this daemon: which belong to a log-in or a user, so that they can be ended or given new rights, and a look
// now and then at those that take nothing.
import type { VersionGates } from '../domain/version-gate.ts';
import { CLOSE_CODES } from '../protocol/codes.ts';
import type { Report } from '../service/report.ts';
import type { Store } from '../service/store.ts';
import type { Services } from './methods.ts';
import { Session, type SessionHost } from './session.ts';
import { SessionFeatures } from './session-features.ts';
import type { Socket, SocketListener } from './socket.ts';

const STALL_CHECK_MS = 5_000;
const RETRY_FROM_MS = 1_000;
const RETRY_SPREAD_MS = 9_000;

export interface SessionsDeps extends Services {
  readonly gates: VersionGates;
  readonly store: Store;
  readonly report: Report;
  /** Between 0 and 1. */
  readonly random: () => number;
  readonly answered: (method: string, outcome: string) => void;
}

export class Sessions {
  readonly #deps: SessionsDeps;
  readonly #host: SessionHost;
  readonly #open = new Map<string, Set<Session>>();
  readonly #stops: (() => void)[] = [];
  #stopCheck: () => void = () => undefined;
  #count = 0;

  constructor(deps: SessionsDeps) {
    this.#deps = deps;
    this.#host = {
      ...deps,
      features: new SessionFeatures(deps.gates, deps.access),
      opened: (session) => this.#keep(session),
      closed: (session, extension) => this.#drop(session, extension),
      internal: (method, error) => this.#internal(method, error),
      retryAfter: (leastMs = RETRY_FROM_MS) => `retry-after=${Math.round(leastMs + deps.random() * RETRY_SPREAD_MS)}`,
    };
    this.#stops.push(deps.logins.subscribe(({ login, extension, why }) => this.#ended(login, extension, why)));
    this.#stops.push(
      deps.store.subscribe(({ writes }) => {
        for (const { table, id } of writes) if (table === 'users') this.#look(id);
      }),
    );
    this.#checkLater();
  }

  /** Sessions that are open. */
  get count(): number {
    return this.#count;
  }

  accept(socket: Socket): SocketListener {
    return new Session(this.#host, socket);
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#stopCheck();
  }

  #keep(session: Session): void {
    const { extension } = session.open ?? { extension: '' };
    const sessions = this.#open.get(extension) ?? new Set();
    this.#open.set(extension, sessions.add(session));
    this.#count += 1;
  }

  #drop(session: Session, extension: string | undefined): void {
    if (extension === undefined) return;
    const sessions = this.#open.get(extension);
    if (!sessions?.delete(session)) return;
    this.#count -= 1;
    if (sessions.size === 0) this.#open.delete(extension);
  }

  /** Closes the sessions of a log-in at the end of this turn: the one that ended it is answered first. */
  #ended(login: string, extension: string, why: 'revoked' | 'refused' | 'closed'): void {
    const sessions = [...(this.#open.get(extension) ?? [])].filter(
      (session) => session.open?.loginId === login && !session.ending,
    );
    const [code, reason] =
      why === 'revoked'
        ? ([CLOSE_CODES.loggedOut, 'logged out from elsewhere'] as const)
        : ([CLOSE_CODES.unauthorized, 'the log-in has ended'] as const);
    for (const session of sessions) session.mute();
    setImmediate(() => {
      for (const session of sessions) session.close(code, reason);
    });
  }

  #look(extension: string): void {
    const user = this.#deps.users.get(extension);
    if (!user) return; // its log-ins end in the same commit
    for (const session of this.#open.get(extension) ?? []) session.setAdmin(user.admin);
  }

  #internal(method: string, error: unknown): string {
    const id = Math.floor(this.#deps.random() * 2 ** 40).toString(36);
    const text = error instanceof Error ? (error.stack ?? error.message) : typeof error;
    this.#deps.report('internal', { id, where: method, error: text });
    return id;
  }

  #checkLater(): void {
    this.#stopCheck = this.#deps.clock.after(STALL_CHECK_MS, () => {
      const now = this.#deps.clock.now();
      for (const sessions of this.#open.values()) for (const session of [...sessions]) session.checkStall(now);
      this.#checkLater();
    });
  }
}
