// The AMI link: keeps one session at a time, tells what it sees, comes back by itself. Knows nothing of extensions.
import type { Clock } from '../../service/clock.ts';
import type { Report } from '../../service/report.ts';
import { backoff, refusedBackoff } from './backoff.ts';
import { type LinkCounters, newCounters } from './counters.ts';
import { type ActionFields, AmiError, type Link, type LinkEvent } from './link-port.ts';
import type { AmiMessage } from './message.ts';
import { outgoing } from './outgoing.ts';
import { Session, type SessionEnd } from './session.ts';
import type { AmiSettings } from './transport.ts';

export interface LinkDeps {
  readonly clock: Clock;
  readonly report: Report;
  /** In [0, 1). */
  readonly random: () => number;
}

export interface AmiLink extends Link {
  readonly counters: Readonly<LinkCounters>;
  /** Begins to connect; returns at once. */
  start(): void;
  /** Ends the connection, tells `down` if it was up, and connects no more until `start`. */
  stop(): void;
}

/** A connection that was up this long begins the back-off anew; one that fails at once after its log-in does not. */
const STEADY_MS = 10_000;

/** Throws AmiError `unsafe` for settings that cannot be used. */
export function openLink(settings: AmiSettings, deps: LinkDeps): AmiLink {
  outgoing({ Action: 'Login', Username: settings.username, Secret: settings.secret });
  if (!Number.isInteger(settings.port) || settings.port < 1 || settings.port > 65_535 || settings.host === '') {
    throw new AmiError('unsafe', `Asterisk cannot be reached at "${settings.host}", port ${settings.port}`);
  }
  return new ReconnectingLink(settings, deps);
}

class ReconnectingLink implements AmiLink {
  readonly counters = newCounters();
  readonly #settings: AmiSettings;
  readonly #deps: LinkDeps;
  readonly #tag: string;
  readonly #listeners = new Set<(event: LinkEvent) => void>();
  #session: Session | null = null;
  #running = false;
  #generation: number | null = null;
  #lastGeneration = 0;
  #attempt = 0;
  #told = '';
  #cancelRetry = () => {};
  #cancelSteady = () => {};

  constructor(settings: AmiSettings, deps: LinkDeps) {
    this.#settings = settings;
    this.#deps = deps;
    // Events for other programs carry their ActionIDs; two daemons on one Asterisk must not take each other's for theirs.
    this.#tag = `rc${Math.floor(deps.random() * 36 ** 8).toString(36)}`;
  }

  get generation(): number | null {
    return this.#generation;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#connect();
  }

  stop(): void {
    this.#running = false;
    this.#cancelRetry();
    this.#session?.close();
  }

  async action(fields: ActionFields): Promise<AmiMessage> {
    return this.#up(fields).action(fields);
  }

  async list(fields: ActionFields): Promise<readonly AmiMessage[]> {
    return this.#up(fields).list(fields);
  }

  subscribe(listener: (event: LinkEvent) => void): () => void {
    const own = (event: LinkEvent): void => listener(event);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  #up(fields: ActionFields): Session {
    outgoing(fields);
    if (this.#session !== null && this.#generation !== null) return this.#session;
    throw new AmiError('away', `${fields.Action} was not sent: there is no connection to Asterisk`);
  }

  #connect(): void {
    const { host, port } = this.#settings;
    const generation = this.#lastGeneration + 1;
    this.counters.connects += 1;
    this.#deps.report('ami.connecting', { host, port, attempt: this.#attempt + 1 });
    this.#session = new Session(
      { settings: this.#settings, clock: this.#deps.clock, counters: this.counters, tag: this.#tag, generation },
      {
        loggedIn: () => this.#deps.report('ami.booting', { host, port }),
        up: (banner, seen) => this.#wentUp(generation, banner, seen),
        event: (name, message) => {
          this.counters.events += 1;
          this.#tell({ kind: 'event', generation, name, message });
        },
        ended: (end) => this.#ended(end),
      },
    );
  }

  #wentUp(generation: number, banner: string, seen: boolean): void {
    this.#lastGeneration = generation;
    this.#generation = generation;
    this.#told = '';
    this.#cancelSteady = this.#deps.clock.after(STEADY_MS, () => {
      this.#attempt = 0;
    });
    if (!seen) this.#deps.report('ami.blind', { username: this.#settings.username });
    this.#deps.report('ami.up', { generation, asterisk: banner });
    this.#tell({ kind: 'up', generation });
  }

  #ended(end: SessionEnd): void {
    const generation = this.#generation;
    this.#session = null;
    this.#generation = null;
    this.#cancelSteady();
    if (end.kind === 'refused') this.counters.refusals += 1;
    this.#reportEnd(end, generation);
    // Timed before anybody is told, so that a listener may stop the link.
    if (this.#running) this.#retry(end);
    if (generation !== null) this.#tell({ kind: 'down', generation });
    else if (end.kind !== 'stopped') this.#tell({ kind: 'failed' });
  }

  #retry(end: SessionEnd): void {
    const draw = this.#deps.random();
    // A session that a dead connection left behind blocks this one only for a while, if the user may log in but once.
    const slow = end.kind === 'refused' && !/in use/i.test(end.reason);
    this.#cancelRetry = this.#deps.clock.after(slow ? refusedBackoff(draw) : backoff(this.#attempt, draw), () =>
      this.#connect(),
    );
    this.#attempt += 1;
  }

  /** Once per outage and reason, however often it is tried. */
  #reportEnd(end: SessionEnd, generation: number | null): void {
    if (end.kind === 'stopped') return;
    const { host, port, username } = this.#settings;
    const { reason } = end;
    if (generation !== null) this.#deps.report('ami.down', { generation, reason });
    const event = end.kind === 'refused' ? 'ami.refused' : end.kind === 'malformed' ? 'ami.dropped' : 'ami.away';
    if (event === 'ami.away' && generation !== null) return;
    if (this.#told === `${event} ${reason}`) return;
    this.#told = `${event} ${reason}`;
    this.#deps.report(event, event === 'ami.refused' ? { host, port, username, reason } : { host, port, reason });
  }

  /** A listener that fails must not take the link with it, nor keep the event from the others. */
  #tell(event: LinkEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#deps.report('ami.listener_failed', {
          what: event.kind,
          error: error instanceof Error ? error.stack : String(error),
        });
      }
    }
  }
}
