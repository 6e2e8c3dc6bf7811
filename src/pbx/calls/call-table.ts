// The calls that go on, as events tell of them: each call with its stations, kept as plain data. Decides nothing and tells nobody.
import type { CallState } from '../../domain/call.ts';
import type { CallStory, Directory, Station, Visit } from '../../domain/call-story.ts';
import type { DialledCall } from '../../service/calls-port.ts';
import type { CallEvent, CdrNews, SeenChannel } from './call-events.ts';

type Open<T> = { -readonly [Key in keyof T]: T[Key] };
type OpenStation = Open<Station>;
export type OpenStory = Open<Omit<CallStory, 'stations' | 'visits'>> & {
  readonly stations: OpenStation[];
  readonly visits: Open<Visit>[];
};

export interface LiveCall {
  readonly story: OpenStory;
  /** The extensions whose entries were told. */
  readonly told: Set<string>;
  /** What the listeners know, while it goes on: how far it is, and how much of it there is. */
  shown: { readonly state: CallState; readonly extent: number } | undefined;
  /** Questions to the PBX that are not answered yet. */
  asked: number;
  /** Whether the caller's number may be shown was asked; once is enough, since events say what changes. */
  wasAsked: boolean;
  /** Extensions of which was asked why they refused the call. */
  readonly explained: Set<string>;
  /** Its record is waited for. */
  isAwaited: boolean;
  /** When its end was told. */
  over: number | undefined;
}

/** What may ever be there at a time, whoever sends it. */
const MOST_CALLS = 10_000;
const MOST_STATIONS = 200;
const MOST_VISITS = 20;
const NOBODY: readonly LiveCall[] = [];

/** The PBX's own doings: a channel for messages that never ends, and the calls by which do not disturb is written. */
const NO_CALL = /^Message\/|^Local\/[^@]*@rollcall-control-/;

export class CallTable {
  readonly #calls = new Map<string, LiveCall>();
  readonly #byStation = new Map<string, LiveCall[]>();
  readonly #directory: Directory;
  #refused = 0;

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  get calls(): Iterable<LiveCall> {
    return this.#calls.values();
  }

  get size(): number {
    return this.#calls.size;
  }

  /** What was not taken because there was too much of it. */
  get refused(): number {
    return this.#refused;
  }

  get(id: string): LiveCall | undefined {
    return this.#calls.get(id);
  }

  /** Of a channel, in each call that it is in. */
  stationsOf(id: string): readonly OpenStation[] {
    return (this.#byStation.get(id) ?? NOBODY).flatMap(({ story }) => story.stations.filter((one) => one.id === id));
  }

  knows(station: string): boolean {
    return this.#byStation.has(station);
  }

  /** Of a call that is known, or undefined when there are too many. */
  open(id: string, at: number, dialled?: DialledCall): LiveCall | undefined {
    const known = this.#calls.get(id);
    if (known) return known;
    if (this.#calls.size >= MOST_CALLS && !this.#makeRoom()) {
      this.#refused += 1;
      return undefined;
    }
    const { owner, number } = dialled ?? {};
    const order = owner !== undefined && number !== undefined ? { dialled: { owner, number, at } } : {};
    return this.#put({ id, at, ...order, stations: [], visits: [] }, []);
  }

  /** Takes up a call that went on before. */
  resume(story: OpenStory, told: readonly string[]): LiveCall | undefined {
    if (this.#calls.has(story.id) || this.#calls.size >= MOST_CALLS) return undefined;
    const call = this.#put(story, told);
    for (const { id } of story.stations) this.#index(id, call);
    return call;
  }

  remove(call: LiveCall): void {
    this.#calls.delete(call.story.id);
    for (const { id } of call.story.stations) {
      const rest = (this.#byStation.get(id) ?? []).filter((other) => other !== call);
      if (rest.length > 0) this.#byStation.set(id, rest);
      else this.#byStation.delete(id);
    }
  }

  /** The calls that an event has touched. What came before changes nothing the second time. */
  apply(event: CallEvent, now: number): readonly LiveCall[] {
    if (event.kind === 'channel') return this.#onChannel(event.of, now);
    if (event.kind === 'state') return this.#atStation(event.of.id, (s, call) => this.#onState(call, s, event.of, now));
    if (event.kind === 'withheld') return this.#atStation(event.id, (station, { story }) => hide(story, station));
    if (event.kind === 'ringing') return this.#atStation(event.id, (station) => ring(station, now));
    if (event.kind === 'request') {
      return this.#atStation(event.id, (station) => {
        if (station.ended === undefined) station.gaveUp ??= now;
      });
    }
    if (event.kind === 'hangup') return this.#onHangup(event.of, event.cause, now);
    if (event.kind === 'record') return this.#onRecord(event.record, now);
    return this.#onDial(event, now);
  }

  /** Adds a station that was seen, to the call that its linked id names; undefined when it is no call or there is no room. */
  add(of: SeenChannel, at: number): { readonly call: LiveCall; readonly station: OpenStation } | undefined {
    if (NO_CALL.test(of.channel)) return undefined;
    const call = this.#calls.get(of.linked) ?? this.#byStation.get(of.linked)?.[0] ?? this.open(of.linked, at);
    const station = call && this.#station(call, of, at);
    return call && station && { call, station };
  }

  #put(story: OpenStory, told: readonly string[]): LiveCall {
    const call: LiveCall = {
      ...{ story, told: new Set(told), shown: undefined, asked: 0, wasAsked: false },
      ...{ explained: new Set(), isAwaited: false, over: undefined },
    };
    this.#calls.set(story.id, call);
    return call;
  }

  #onChannel(of: SeenChannel, now: number): readonly LiveCall[] {
    const isKnown = this.#byStation.has(of.id);
    // The list of channels may tell of one before this event does, but not with which name it came.
    if (isKnown) for (const { story } of this.#byStation.get(of.id) ?? NOBODY) present(story, of);
    const added = isKnown ? undefined : this.add(of, now);
    if (!added) return NOBODY;
    const { call, station } = added;
    present(call.story, of);
    if (of.state !== 'Down') this.#onState(call, station, of, now);
    return [call];
  }

  #onState(call: LiveCall, station: OpenStation, { state, exten }: SeenChannel, now: number): void {
    if (state === 'Ringing') ring(station, now);
    if (state === 'Up' && station.ended === undefined) station.answered ??= now;
    this.#visit(call, station, exten, now);
  }

  #onDial(event: Extract<CallEvent, { kind: 'dial' | 'dialled' }>, now: number): readonly LiveCall[] {
    const { by, to } = event;
    const known = this.#byStation.get((by ?? to).id)?.at(-1);
    // The end of a call that nobody knows is no call.
    const call = known ?? (event.kind === 'dial' ? this.add(by ?? to, now)?.call : undefined);
    const station = call && !NO_CALL.test(to.channel) ? this.#station(call, to, now) : undefined;
    if (!call || !station) return NOBODY;
    if (!station.called) {
      station.called = true;
      station.exten = by?.exten ?? to.exten;
      if (by) station.from = by.id;
      if (event.kind === 'dial' && !by) station.shown = event.shown;
    }
    if (event.kind === 'dialled') {
      station.status ??= event.status;
      if (event.forwarded) station.forwarded = true;
      if (event.status === 'ANSWER') station.answered ??= now;
    }
    return [call];
  }

  #onHangup(of: SeenChannel, cause: number, now: number): readonly LiveCall[] {
    return this.#atStation(of.id, (station, call) => {
      this.#visit(call, station, of.exten, now);
      station.ended ??= now;
      station.cause ??= cause;
    });
  }

  #onRecord(record: CdrNews, now: number): readonly LiveCall[] {
    const { id, linked, destination, reached, devices, dndBlocked } = record;
    const call = this.#calls.get(linked ?? '') ?? this.#byStation.get(id)?.[0];
    if (call) measure(call.story, record, now);
    if (!call || reached) return NOBODY;
    const { stations, visits } = call.story;
    const by = stations.find((station) => station.id === id) ?? stations[0];
    const meant = devices.flatMap((device) => this.#directory.extensionsOf(device));
    if (by) for (const number of [destination, ...meant]) this.#note(call, by, number, now);
    const visit = visits.find(({ number }) => number === destination);
    if (visit && dndBlocked) visit.refused = true;
    return [call];
  }

  /** Who is called is where his caller is, until he has answered and is sent on. */
  #visit(call: LiveCall, station: OpenStation, exten: string, now: number): void {
    const goesItself = !station.called || (station.answered !== undefined && exten !== station.exten);
    if (goesItself) this.#note(call, station, exten, now);
  }

  #note({ story }: LiveCall, station: OpenStation, number: string, now: number): void {
    if (!/^\d{1,20}$/.test(number) || story.visits.some((visit) => visit.number === number)) return;
    if (story.visits.length >= MOST_VISITS) return;
    const standing = this.#directory.standing(number);
    story.visits.push({ number, by: station.id, at: now, ...(standing ? { standing } : {}) });
  }

  #atStation(id: string, change: (station: OpenStation, call: LiveCall) => void): readonly LiveCall[] {
    const calls = this.#byStation.get(id) ?? NOBODY;
    for (const call of calls) {
      const station = call.story.stations.find((other) => other.id === id);
      if (station) change(station, call);
    }
    return calls;
  }

  #station(call: LiveCall, of: SeenChannel, at: number): OpenStation | undefined {
    const { stations } = call.story;
    const known = stations.find(({ id }) => id === of.id);
    if (known) return known;
    if (stations.length >= MOST_STATIONS) {
      this.#refused += 1;
      return undefined;
    }
    const { id, channel, exten, number } = of;
    const station: OpenStation = { id, channel, at, exten, number };
    stations.push(station);
    call.over = undefined;
    this.#index(id, call);
    return station;
  }

  #index(station: string, call: LiveCall): void {
    const calls = this.#byStation.get(station);
    if (!calls) this.#byStation.set(station, [call]);
    else if (!calls.includes(call)) calls.push(call);
  }

  /** Forgets the call that ended first of those that are only kept for what comes late. */
  #makeRoom(): boolean {
    for (const call of this.#calls.values()) {
      if (call.over === undefined) continue;
      this.remove(call);
      return true;
    }
    return false;
  }
}

function ring(station: OpenStation, now: number): void {
  if (station.ended === undefined) station.rang ??= now;
}

/** Of phones that were answered while nobody watched: since when, by the record. */
function measure({ stations }: OpenStory, { id, channel, talk }: CdrNews, now: number): void {
  if (talk === undefined) return;
  for (const station of stations) {
    if (!station.guessed || (station.id !== id && station.channel !== channel)) continue;
    station.answered = Math.max(station.at, (station.ended ?? now) - talk * 1_000);
    station.guessed = false;
  }
}

function present(story: OpenStory, { id, name, number }: SeenChannel): void {
  if (id === story.id && name !== '' && name !== number) story.presented ??= name;
}

function hide(story: OpenStory, station: OpenStation): void {
  if (station.id === story.id) story.withheld = true;
}
