// One connection from greeting to end: log-in by its answer, event mask, wait for the full boot, keep-alive. Knows no
// reconnect; a session that ended is thrown away.
import type { Clock } from '../../service/clock.ts';
import type { LinkCounters } from './counters.ts';
import { type ActionFields, AmiError } from './link-port.ts';
import { type AmiMessage, reasonOf } from './message.ts';
import { type Outgoing, outgoing } from './outgoing.ts';
import { Pending } from './pending.ts';
import { type AmiSettings, type Loss, openTransport, type Transport } from './transport.ts';

/** Without `dialplan` (VarSet, Newexten), which is most of the traffic, and `security`. */
const EVENT_MASK = 'call,cdr,user,system';

const GREETING_MS = 4_000;
/** Asterisk delays a refusal by a second. */
const LOGIN_MS = 10_000;
/** Two of these without a byte, and an unanswered ping: a half-open connection is noticed in at most 24 s. */
const PING_MS = 8_000;
const PING_TRIES = 3;
/**
 * How long FullyBooted is waited for before the user is taken for one who may not see it (no read class `system`).
 * Nothing else tells: the start time in CoreStatus is there before the boot is over.
 */
const BLIND_MS = 15_000;

/** Why a session ended; `silent` is a peer that stopped answering. */
export interface SessionEnd {
  readonly kind: Loss['kind'] | 'refused' | 'silent' | 'stopped';
  readonly reason: string;
}

/** `ended` comes once and last. */
export interface SessionHooks {
  /** Logged in; Asterisk may still be booting. */
  loggedIn(): void;
  /** `seen` is false when FullyBooted was not seen; if it comes yet, it is an event like any other. */
  up(banner: string, seen: boolean): void;
  event(name: string, message: AmiMessage): void;
  ended(end: SessionEnd): void;
}

export interface SessionOptions {
  readonly settings: AmiSettings;
  readonly clock: Clock;
  readonly counters: LinkCounters;
  /** Begins every ActionID of this process, such as `rc3kx9`. */
  readonly tag: string;
  readonly generation: number;
}

export class Session {
  readonly #clock: Clock;
  readonly #hooks: SessionHooks;
  readonly #pending: Pending;
  readonly #transport: Transport;
  readonly #timers = new Map<'phase' | 'ping', () => void>();
  #banner = '';
  #phase: 'greeting' | 'login' | 'boot' | 'up' | 'ended' = 'greeting';
  #booted = false;
  #masked = false;
  #seen = true;
  #heard = true;
  #pinging = false;

  constructor(options: SessionOptions, hooks: SessionHooks) {
    const { clock, counters, tag } = options;
    this.#clock = clock;
    this.#hooks = hooks;
    this.#pending = new Pending(clock, `${tag}-${options.generation}-`, {
      settled: (id) => this.#transport.forget(id),
      timedOut: () => {
        counters.timeouts += 1;
        if (!this.#pinging) void this.#ping();
      },
    });
    // The log-in of the package has a number for its ActionID.
    const ids = `${tag}-\\d+-[al]\\d+|\\d{1,20}`;
    this.#transport = openTransport(
      options.settings,
      { ids, counters },
      {
        greeted: (banner) => this.#greeted(banner),
        heard: () => {
          this.#heard = true;
        },
        reply: (message) => this.#pending.reply(message),
        event: (name, message) => this.#event(name, message),
        lost: (loss) => this.#end(loss),
      },
    );
    this.#timer('phase', GREETING_MS, () =>
      this.#end({ kind: 'silent', reason: `no greeting within ${GREETING_MS / 1000} s` }),
    );
  }

  /** As Link.action. */
  async action(fields: ActionFields): Promise<AmiMessage> {
    const safe = outgoing(fields);
    if (this.#phase !== 'up') throw new AmiError('away', `${fields.Action} was not sent: Asterisk is away`);
    return this.#ask(safe, fields.Action);
  }

  /** As Link.list. */
  async list(fields: ActionFields): Promise<readonly AmiMessage[]> {
    const safe = outgoing(fields);
    if (this.#phase !== 'up') throw new AmiError('away', `${fields.Action} was not sent: Asterisk is away`);
    return this.#pending.list(fields.Action, (id) => this.#transport.write(id, safe));
  }

  close(): void {
    this.#end({ kind: 'stopped', reason: 'stopped' });
  }

  #ask(fields: Outgoing, name: string, ms?: number): Promise<AmiMessage> {
    return this.#pending.action(name, (id) => this.#transport.write(id, fields), ms);
  }

  /** The secret leaves only now that the peer has said that it is an Asterisk manager. */
  #greeted(banner: string): void {
    this.#banner = banner;
    this.#phase = 'login';
    this.#timer('phase', LOGIN_MS, () =>
      this.#end({ kind: 'silent', reason: `no answer to the log-in within ${LOGIN_MS / 1000} s` }),
    );
    this.#transport.login((refusal) => {
      if (refusal === null) this.#loggedIn();
      else this.#end({ kind: 'refused', reason: reasonOf(refusal) });
    });
  }

  #loggedIn(): void {
    this.#phase = 'boot';
    this.#hooks.loggedIn();
    if (this.#over()) return;
    this.#keepAlive();
    void this.#mask();
    this.#timer('phase', BLIND_MS, () => this.#boot(false));
  }

  async #mask(): Promise<void> {
    try {
      await this.#ask({ Action: 'Events', EventMask: EVENT_MASK }, 'Events');
    } catch (error) {
      // Refused, all that the user may read arrives unmasked: more to read, nothing lost.
      if (!(error instanceof AmiError && error.kind === 'refused')) {
        return this.#end({ kind: 'silent', reason: 'no answer to the choice of events' });
      }
    }
    this.#masked = true;
    this.#ready();
  }

  #event(name: string, message: AmiMessage): void {
    if (this.#pending.item(message)) return;
    if (this.#phase === 'up') this.#hooks.event(name, message);
    // It may come in one piece with the answer to the log-in, which the package tells a moment later.
    else if (name === 'FullyBooted') this.#boot(true);
  }

  #boot(seen: boolean): void {
    if (this.#booted) return;
    this.#booted = true;
    this.#seen = seen;
    this.#ready();
  }

  #ready(): void {
    if (this.#phase !== 'boot' || !this.#booted || !this.#masked) return;
    this.#phase = 'up';
    this.#timers.get('phase')?.();
    this.#hooks.up(this.#banner, this.#seen);
  }

  #keepAlive(): void {
    this.#timer('ping', PING_MS, () => {
      if (!this.#heard) return void this.#ping();
      this.#heard = false;
      this.#keepAlive();
    });
  }

  /** A peer that sends other things may take its time to answer; one that sends nothing is gone. */
  async #ping(): Promise<void> {
    this.#pinging = true;
    this.#timers.get('ping')?.();
    for (let tries = 1; !this.#over(); tries += 1) {
      this.#heard = false;
      try {
        await this.#ask({ Action: 'Ping' }, 'Ping', PING_MS);
        break;
      } catch (error) {
        const answered = error instanceof AmiError && error.kind === 'refused';
        if (answered) break;
        if (!this.#heard || tries >= PING_TRIES) {
          return this.#end({ kind: 'silent', reason: `no answer to a ping within ${PING_MS / 1000} s` });
        }
      }
    }
    this.#pinging = false;
    if (!this.#over()) this.#keepAlive();
  }

  #over(): boolean {
    return this.#phase === 'ended';
  }

  #timer(name: 'phase' | 'ping', ms: number, fn: () => void): void {
    this.#timers.get(name)?.();
    if (!this.#over()) this.#timers.set(name, this.#clock.after(ms, fn));
  }

  #end(end: SessionEnd): void {
    if (this.#over()) return;
    this.#phase = 'ended';
    for (const cancel of this.#timers.values()) cancel();
    this.#transport.close();
    this.#hooks.ended(end);
    this.#pending.close();
  }
}
