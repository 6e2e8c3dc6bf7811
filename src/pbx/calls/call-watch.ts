// Watches the calls of the PBX: which go on, how far they are, and how they ended for each extension that took part.

import type { PhoneReason } from '../../domain/call.ts';
import { standingOf } from '../../domain/call-outcome.ts';
import type { Directory } from '../../domain/call-story.ts';
import type { CallNews, DialledCall, OpenCall, PbxCalls } from '../../service/calls-port.ts';
import type { Clock } from '../../service/clock.ts';
import type { Report, ReportFields } from '../../service/report.ts';
import type { Link, LinkEvent } from '../ami/link-port.ts';
import { AmiError } from '../ami/link-port.ts';
import { type AmiMessage, header } from '../ami/message.ts';
import type { Phones } from '../phones.ts';
import { type CallEvent, isCallEvent, readCallEvent } from './call-events.ts';
import { adopt, type ListedChannel, listChannels } from './call-list.ts';
import { type Going, goingOn, lose, recall } from './call-memory.ts';
import { CallTelling } from './call-news.ts';
import { CallQuestions } from './call-questions.ts';
import { CallTable, type LiveCall } from './call-table.ts';

export interface CallWatchOptions {
  readonly link: Link;
  readonly phones: Phones;
  readonly clock: Clock;
  readonly report: Report;
}

export interface CallWatch extends PbxCalls {
  /** `dropped`: events of calls that could not be read; `refused`: calls and channels beyond what is watched at a time. */
  readonly counters: {
    readonly events: number;
    readonly dropped: number;
    readonly refused: number;
    readonly calls: number;
  };
  /** Begins to follow the link. */
  start(): void;
  stop(): void;
}

/** Channels that are gone without a word are looked for this often. */
const CHECK_MS = 5 * 60_000;
/** An event may still be on its way when the list is there. */
const LATE_EVENT_MS = 2_000;
/** A call that was ordered has a channel by then. */
const YOUNG_MS = 30_000;
const LOOK_MS = 100;
const RETRY_MS = 1_000;
/** Events that are held back while the channels are listed. */
const MOST_HELD = 20_000;

export function openCallWatch(options: CallWatchOptions): CallWatch {
  return new Watch(options);
}

interface Held {
  readonly name: string;
  readonly message: AmiMessage;
  readonly at: number;
}

/** A connection, from its beginning to its end. */
interface Connection {
  readonly generation: number;
  readonly since: number;
  /** What went on before it. */
  readonly before: Going;
  /** The events that came before the channels were known; undefined from then on. */
  held: Held[] | undefined;
  /** Events were lost for want of room. */
  spilt: boolean;
}

class Watch implements CallWatch {
  readonly #options: CallWatchOptions;
  readonly #directory: Directory;
  readonly #table: CallTable;
  readonly #telling: CallTelling;
  readonly #questions: CallQuestions;
  readonly #givenUp = new Map<string, PhoneReason>();
  #connection: Connection | undefined;
  /** When the last connection ended; undefined before there was one. */
  #lostAt: number | undefined;
  #events = 0;
  #dropped = 0;
  #unsubscribe: () => void = () => {};
  #cancelNext: () => void = () => {};
  readonly #reported = new Set<string>();

  constructor(options: CallWatchOptions) {
    const { link, phones, clock } = options;
    this.#options = options;
    this.#directory = {
      extensionsOf: (device) => phones.extensionsOf(device),
      isExtension: (number) => phones.facts(number) !== undefined,
      standing: (number) => standingOf(phones.facts(number)),
    };
    this.#table = new CallTable(this.#directory);
    const directory = this.#directory;
    this.#telling = new CallTelling({ table: this.#table, directory, clock });
    const answered = (call: LiveCall) => this.#telling.changed(call);
    this.#questions = new CallQuestions({ link, phones, directory, clock, answered });
  }

  get counters(): CallWatch['counters'] {
    const { size, refused } = this.#table;
    return { events: this.#events, dropped: this.#dropped, refused, calls: size };
  }

  start(): void {
    this.stop();
    const { link } = this.#options;
    this.#unsubscribe = link.subscribe((event) => this.#onLink(event));
    if (link.generation !== null) this.#up(link.generation);
  }

  stop(): void {
    this.#unsubscribe();
    this.#cancelNext();
    this.#questions.stop();
    this.#connection = undefined;
    this.#telling.stop();
  }

  restore(calls: readonly OpenCall[]): void {
    for (const call of calls) {
      const { story, told } = recall(call);
      const live = this.#table.resume(story, told);
      if (live) live.shown = { state: call.state, extent: 0 };
    }
  }

  subscribe(listener: (news: CallNews) => void): () => void {
    return this.#telling.subscribe(listener);
  }

  expect(call: DialledCall): void {
    const live = this.#table.open(call.id, call.at, call);
    if (live) this.#telling.changed(live);
  }

  giveUp(id: string, reason: PhoneReason): void {
    const call = this.#table.get(id);
    if (!call || call.story.stations.length > 0) return;
    if (this.#isWatching) this.#fail(call, reason);
    else this.#givenUp.set(id, reason);
  }

  get #isWatching(): boolean {
    return this.#connection !== undefined && this.#connection.held === undefined;
  }

  #fail(call: LiveCall, reason: PhoneReason | 'unknown'): void {
    call.story.failure = reason;
    this.#telling.changed(call);
  }

  #onLink(event: LinkEvent): void {
    if (event.kind === 'up') this.#up(event.generation);
    else if (event.kind === 'down') this.#down();
    else if (event.kind === 'event' && event.generation === this.#connection?.generation) {
      this.#onEvent(event.name.toLowerCase(), event.message);
    }
  }

  #up(generation: number): void {
    if (this.#connection?.generation === generation) return;
    if (this.#connection) this.#down();
    const since = this.#options.clock.now();
    this.#connection = { generation, since, before: goingOn(this.#table.calls), held: [], spilt: false };
    void this.#takeUp(this.#connection);
  }

  #down(): void {
    const connection = this.#connection;
    if (!connection) return;
    const wasWatching = this.#isWatching;
    this.#connection = undefined;
    this.#cancelNext();
    if (!wasWatching) return;
    this.#lostAt = this.#options.clock.now();
    this.#telling.tell({ kind: 'away', at: this.#lostAt });
  }

  #onEvent(name: string, message: AmiMessage): void {
    // The items of a list look like events, but for their ActionID.
    if (!isCallEvent(name) || header(message, 'actionid') !== undefined) return;
    this.#events += 1;
    const at = this.#options.clock.now();
    const connection = this.#connection;
    if (!connection?.held) this.#take({ name, message, at });
    else if (connection.held.length < MOST_HELD) connection.held.push({ name, message, at });
    else connection.spilt = true;
  }

  #take({ name, message, at }: Held): void {
    const event = readCallEvent(name, message);
    if (!event) {
      this.#dropped += 1;
      return;
    }
    const touched = this.#table.apply(event, at);
    if (this.#table.refused > 0) this.#once('calls.too_many', {});
    // Incoming channels of some drivers are made before it is known who calls, and ring a moment later.
    const isThere = event.kind === 'channel' ? event.of.state !== 'Down' : isRing(event);
    if (isThere) for (const call of touched) this.#questions.began(call);
    if (event.kind === 'hangup') for (const call of touched) this.#questions.ended(call);
    for (const call of touched) this.#telling.changed(call);
  }

  /** Lists the channels, and when it is known whose they are takes up from there. */
  async #takeUp(connection: Connection): Promise<void> {
    const listed = await this.#list(connection);
    if (listed) this.#whenKnown(connection, listed);
  }

  /** Undefined when it is of no use any more, or tried again. */
  async #list(connection: Connection): Promise<ReadonlyMap<string, ListedChannel> | undefined> {
    try {
      return await listChannels(this.#options.link);
    } catch (error) {
      if (!(error instanceof AmiError)) throw error;
      if (error.kind === 'refused') this.#once('calls.no_list', { error: error.message });
      if (error.kind === 'refused') return new Map();
      if (this.#connection === connection) this.#next(RETRY_MS, () => void this.#takeUp(connection));
      return undefined;
    }
  }

  #whenKnown(connection: Connection, listed: ReadonlyMap<string, ListedChannel>): void {
    if (this.#connection !== connection) return;
    if (!this.#options.phones.isKnown) this.#next(LOOK_MS, () => this.#whenKnown(connection, listed));
    else if (connection.spilt) this.#listAgain(connection);
    else this.#begin(connection, listed);
  }

  #listAgain(connection: Connection): void {
    connection.held = [];
    connection.spilt = false;
    void this.#takeUp(connection);
  }

  #begin(connection: Connection, listed: ReadonlyMap<string, ListedChannel>): void {
    const { since, before } = connection;
    const known = new Set(this.#table.calls);
    adopt(this.#table, listed, since);
    for (const call of this.#table.calls) if (!known.has(call)) this.#questions.began(call);
    const held = connection.held ?? [];
    connection.held = undefined;
    for (const event of held) this.#take(event);
    this.#endWhatIsGone(before, listed, this.#lostAt);
    this.#givenUp.clear();
    for (const call of this.#table.calls) if (call.over === undefined) this.#telling.changed(call);
    this.#telling.tell({ kind: 'watching', at: since });
    this.#checkLater(connection);
  }

  /** What has no channel any more has ended. `at`: when it was there last, where that is known. */
  #endWhatIsGone(going: Going, listed: ReadonlyMap<string, ListedChannel>, at?: number): void {
    for (const { call, stations } of going) {
      const { story, over } = call;
      if (over !== undefined) continue;
      const gone = stations.filter((id) => !listed.has(id) && lose(story, id, at));
      if (gone.length > 0) this.#telling.changed(call);
      else if (story.stations.length === 0) this.#fail(call, this.#givenUp.get(story.id) ?? 'unknown');
    }
  }

  #checkLater(connection: Connection): void {
    this.#next(CHECK_MS, () => void this.#check(connection));
  }

  /** Ends what has no channel any more although no event said so: a channel that got stuck and was freed otherwise. */
  async #check(connection: Connection): Promise<void> {
    const { clock, link } = this.#options;
    const isYoung = ({ story }: LiveCall) => story.stations.length === 0 && story.at > clock.now() - YOUNG_MS;
    const going = goingOn([...this.#table.calls].filter((call) => !isYoung(call)));
    try {
      const listed = await listChannels(link);
      if (this.#connection !== connection) return;
      this.#next(LATE_EVENT_MS, () => {
        this.#endWhatIsGone(going, listed);
        this.#checkLater(connection);
      });
    } catch (error) {
      if (!(error instanceof AmiError)) throw error;
      // refused, too slow or away: the next check or the next connection finds what this one would have found
      if (this.#connection === connection) this.#checkLater(connection);
    }
  }

  #once(event: string, fields: ReportFields): void {
    if (this.#reported.has(event)) return;
    this.#reported.add(event);
    this.#options.report(event, fields);
  }

  #next(ms: number, fn: () => void): void {
    this.#cancelNext();
    this.#cancelNext = this.#options.clock.after(ms, fn);
  }
}

function isRing(event: CallEvent): boolean {
  return event.kind === 'state' && event.of.state === 'Ring';
}
