// The presence board: for every extension it joins what the PBX says, what was chosen and who is connected, and writes the
// items that clients see into the store. One of the daemons that share a store does so for a site at a time. Knows no AMI, no socket and no
// permission.
import { adopt, firstSeen, isHalfSet, type Places, samePlaces, wantedPlaces } from '../domain/dnd.ts';
import { Failure } from '../domain/failure.ts';
import { isRegistered, type Presence } from '../domain/presence.ts';
import { AVAILABLE, type ChosenStatus, expire, nextEnd } from '../domain/status.ts';
import type { Attendance } from './attendance.ts';
import type { Entry } from './board-entry.ts';
import { itemWrites, pbxWrite, sameStatus, statusWrite } from './board-items.ts';
import { WrittenRows } from './board-written.ts';
import { type Clock, isoTime } from './clock.ts';
import { type Listed, PbxNews } from './pbx-news.ts';
import type { ExtensionFacts, Pbx } from './pbx-port.ts';
import type { Report } from './report.ts';
import type { ExtensionRow, StatusRow } from './rows.ts';
import { Settler } from './settler.ts';
import { rowsOfSite } from './site-rows.ts';
import { StatusEnds } from './status-ends.ts';
import type { Guard, Store, Told, Write } from './store.ts';
import { Turns } from './turns.ts';

/** How long clients have to come back after a restart before their users count as offline. */
const RETURN_MS = 10_000;
/** After this a status whose end could not be written is looked at again. */
const AGAIN_MS = 1_000;

export interface BoardDeps {
  readonly store: Store;
  readonly pbx: Pbx;
  readonly attendance: Attendance;
  /** Whose PBX it is; '' where sites have no names. */
  readonly site: string;
  /** Whether other daemons write to the store. */
  readonly isShared: boolean;
  /** False: shows what the PBX says while nobody can know what another daemon does about it; chooses nothing and gives no orders. */
  readonly isOnDuty: boolean;
  /** False when it may be otherwise by now: the board is about to end, and writes and orders nothing more. Always true when it is absent. */
  readonly isSure?: () => boolean;
  readonly clock: Clock;
  readonly report: Report;
  /** Extensions of a snapshot that are taken in one turn; tests make it small. */
  readonly slice?: number;
}

export class Board {
  readonly #store: Store;
  readonly #pbx: Pbx;
  readonly #clock: Clock;
  readonly #report: Report;
  readonly #site: string;
  readonly #isOnDuty: boolean;
  readonly #isShared: boolean;
  readonly #isSure: () => boolean;
  readonly #written: WrittenRows;
  readonly #settler: Settler;
  readonly #ends: StatusEnds;
  readonly #news: PbxNews;
  readonly #turns = new Turns();
  readonly #entries = new Map<string, Entry>();
  readonly #attendance: Attendance;
  readonly #stops: (() => void)[] = [];
  #connected = false;
  #settled = false;
  #stopped = false;
  #firstNews: () => void = () => undefined;

  constructor(deps: BoardDeps) {
    this.#store = deps.store;
    this.#pbx = deps.pbx;
    this.#clock = deps.clock;
    this.#report = deps.report;
    this.#site = deps.site;
    this.#isOnDuty = deps.isOnDuty;
    this.#isShared = deps.isShared;
    this.#isSure = deps.isSure ?? (() => true);
    this.#attendance = deps.attendance;
    this.#written = new WrittenRows(deps, (ids) => this.#publish(ids, this.#settled ? this.#pbxWrite() : []));
    this.#settler = new Settler({ ...deps, situation: (number) => this.#situation(number) });
    this.#ends = new StatusEnds(deps.clock, () => this.#endStatuses());
    this.#news = new PbxNews(
      {
        isTold: (facts) => this.#entries.get(facts.number)?.facts === facts,
        some: (listed) => {
          this.#publish(numbersOf(listed), this.#takeSome(listed));
          this.#settler.nudgeAll(numbersOf(listed));
        },
        last: (listed, extensions) => this.#takeLast(listed, extensions),
        extension: (facts, listed) => this.#takeChange(facts, listed),
        away: () => this.#settle(false, this.#settled ? [] : this.#entries.keys()),
      },
      deps.slice,
    );
  }

  /**
   * Loads what was last known and listens. Resolves when the first truth about the PBX is in the store: its first
   * snapshot, the news that it is away, or the end of `graceMs`, unless a snapshot is being taken then. Until then clients are
   * better not served: they would see every phone as unknown for a moment.
   */
  async start(graceMs: number): Promise<void> {
    for (const { id, value } of rowsOfSite(this.#store, 'extensions', this.#site))
      this.#load(id, value as ExtensionRow);
    this.#stops.push(
      this.#pbx.subscribe((update) => this.#news.hear(update)),
      this.#attendance.subscribe((numbers) => this.#publish(numbers)),
      this.#store.subscribe((commit) => {
        const changed = this.#written.changed(commit);
        if (changed.length > 0) queueMicrotask(() => this.#follow(changed));
      }),
      () => this.#written.stop(),
    );
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(graceMs, () => {
        if (!this.#news.isBusy) this.#firstNews();
      });
      this.#firstNews = () => {
        cancel();
        resolve();
      };
    });
    if (!this.#settled && !this.#stopped) this.#settle(false, this.#entries.keys());
  }

  /** Orders under way are finished by the PBX alone; nothing can be changed any more. */
  stop(): void {
    this.#stopped = true;
    for (const stop of this.#stops.splice(0)) stop();
    this.#news.stop();
    this.#ends.stop();
    this.#settler.stop();
    this.#attendance.giveUp();
    this.#firstNews();
  }

  get connected(): boolean {
    return this.#connected;
  }

  has(number: string): boolean {
    return this.#entries.has(number);
  }

  /** The presence of one extension as clients see it, or undefined for one the PBX does not have. */
  presence(number: string): Presence | undefined {
    return this.#store.get('presence', number)?.value as Presence | undefined;
  }

  /** The name that clients see, or undefined for an extension the PBX does not have. */
  name(number: string): string | undefined {
    return (this.#store.get('extensions', number)?.value as ExtensionRow | undefined)?.item.name;
  }

  /** Runs `work` when all that was begun before for this extension has ended. Failure `too_many` when too much waits. */
  inTurn<T>(number: string, work: () => Promise<T>): Promise<T> {
    return this.#turns.run(number, work);
  }

  /**
   * Changes what is chosen durably, shows it and takes it to the PBX; to be called in the extension's turn. What the PBX
   * says while the disk is written comes after the change. Resolves when it is on disk and shown, with a promise that
   * settles when the PBX agrees or has refused. Rejects with Failure `storage` when nothing was changed, and with
   * `pbx_away` after `stop`.
   */
  async change(
    number: string,
    next: (chosen: ChosenStatus) => ChosenStatus,
  ): Promise<{ readonly onPbx: Promise<void> }> {
    if (this.#stopped || !this.#isSure()) throw new Failure('pbx_away', 'the daemon is stopping');
    const entry = this.#entry(number);
    await this.#commit(entry, next(entry.chosen), []);
    const onPbx = this.#settler.settle(number);
    onPbx.catch(() => undefined); // reported by the settler, which tries again; whoever waits hears of it as well
    return { onPbx };
  }

  async #commit(entry: Entry, asked: ChosenStatus, guards: readonly Guard[]): Promise<void> {
    const { number, places } = entry;
    entry.asked = asked;
    try {
      await this.#store.commit(this.#written.own([statusWrite(number, asked, places)]), guards);
      this.#chose(entry, entry.asked, asked, places);
    } finally {
      entry.asked = undefined;
    }
  }

  /** Takes over what was written as `asked`, and what has become of it since. */
  #chose({ number }: Entry, chosen: ChosenStatus, asked: ChosenStatus, places: Places | undefined): void {
    const entry = this.#entries.get(number); // gone, or come again, meanwhile
    if (!entry) return;
    entry.chosen = chosen;
    const overtaken = chosen !== asked || entry.places !== places;
    this.#publish([number], overtaken ? [statusWrite(number, chosen, entry.places)] : []);
    this.#ends.add(nextEnd(chosen));
  }

  #entry(number: string): Entry {
    const entry = this.#entries.get(number);
    if (!entry) throw new Error(`extension ${number} is not on the board`);
    return entry;
  }

  #load(number: string, row: ExtensionRow): void {
    const entry = this.#arrive(number);
    const shown = this.presence(number);
    entry.line = shown?.line ?? 'unknown';
    entry.said = row.said;
    if (shown?.online && !isRegistered(shown.line)) this.#attendance.expect(number);
  }

  #situation(number: string): { places: Places; wanted: ReturnType<typeof wantedPlaces> } | undefined {
    const entry = this.#isSure() ? this.#entries.get(number) : undefined;
    return entry?.places ? { places: entry.places, wanted: wantedPlaces(entry.chosen) } : undefined;
  }

  /** Takes a part of a snapshot. Returns the rows of `statuses` that have changed. */
  #takeSome(listed: readonly Listed[]): Write[] {
    return listed.flatMap(({ facts, first }) => this.#take(facts, first));
  }

  /** Takes a change, and before it what is left to be taken of the extension's part in a snapshot. */
  #takeChange(facts: ExtensionFacts, listed: Listed | undefined): void {
    const before = listed ? this.#take(listed.facts, listed.first) : [];
    const now = this.#take(facts, false);
    this.#publish([facts.number], now.length > 0 ? now : before);
    this.#settler.nudge(facts.number);
    if (listed) this.#settler.nudgeAll([facts.number]);
  }

  /** Takes the last part of a snapshot; only now the PBX counts as connected, and gets orders. */
  #takeLast(listed: readonly Listed[], extensions: ReadonlyMap<string, ExtensionFacts>): void {
    const statuses = this.#takeSome(listed);
    const gone = [...this.#entries.keys()].filter((number) => !extensions.has(number));
    this.#settle(true, numbersOf(listed), [...statuses, ...gone.flatMap((number) => this.#forget(number))]);
    this.#settler.nudgeAll(numbersOf(listed));
  }

  /** Merges facts into an entry. Returns the row of `statuses` when it has changed. */
  #take(facts: ExtensionFacts, first: boolean): Write[] {
    const { number, line, blocked, lamps, presentity } = facts;
    const known = this.#entries.get(number);
    const entry = known ?? this.#arrive(number);
    entry.facts = facts;
    entry.line = line;
    entry.said = { ...(facts.name ? { name: facts.name } : {}), ...(facts.email ? { email: facts.email } : {}) };
    const places: Places = { blocked, lamps, presentity };
    const adopted = this.#adoption(entry, places, first);
    const chosen = adopted(entry.chosen);
    if (entry.asked) entry.asked = adopted(entry.asked);
    if (chosen === entry.chosen && entry.places && samePlaces(entry.places, places)) return [];
    entry.places = places;
    entry.chosen = chosen;
    return [statusWrite(number, chosen, places)];
  }

  /** An extension with what was chosen for it when it was last known, and what the PBX showed then. */
  #arrive(number: string): Entry {
    const status = this.#store.get('statuses', number)?.value as StatusRow | undefined;
    const chosen = expire(status?.chosen ?? AVAILABLE, isoTime(this.#clock.now()));
    const unsaid = { facts: undefined, line: 'unknown', said: {}, asked: undefined } as const;
    const entry: Entry = { ...unsaid, number, places: status?.places, chosen };
    this.#entries.set(number, entry);
    this.#ends.add(nextEnd(chosen));
    return entry;
  }

  /** What the places say about a chosen status. */
  #adoption(entry: Entry, places: Places, first: boolean): (chosen: ChosenStatus) => ChosenStatus {
    const { number, places: known } = entry;
    if (first && isHalfSet(places)) this.#report('presence.half_set', { extension: number, blocked: places.blocked });
    const writing = first ? this.#settler.takeDoubt(number) : this.#settler.writing(number);
    if (!known) return () => firstSeen(places);
    if (first && this.#settler.isLostWrite(number, places)) return (chosen) => chosen;
    // After an outage AstDB decides: a lamp alone says nothing.
    const before = first ? { ...known, lamps: places.lamps } : known;
    return (chosen) => adopt(chosen, before, places, writing);
  }

  /**
   * An extension that the PBX no longer has. Its chosen status is kept in case a reload only dropped it for a while. Its rows stay when another
   * site has it by now.
   */
  #forget(number: string): Write[] {
    this.#entries.delete(number);
    this.#settler.forget(number);
    const row = this.#store.get('extensions', number)?.value as ExtensionRow | undefined;
    if (row && (row.site ?? '') !== this.#site) return [];
    return [
      { table: 'extensions', id: number, value: null },
      { table: 'presence', id: number, value: null },
    ];
  }

  /** The PBX is there or not: shows it and these extensions, with `more` in the same note. */
  #settle(connected: boolean, numbers: Iterable<string>, more: readonly Write[] = []): void {
    const first = !this.#settled;
    this.#settled = true;
    this.#connected = connected;
    this.#settler.connected = connected && this.#isOnDuty;
    if (first && !connected) this.#knowNothing();
    if (first && this.#attendance.isWaiting) {
      this.#stops.push(this.#clock.after(RETURN_MS, () => this.#publish(this.#attendance.giveUp())));
    }
    this.#publish(numbers, [...more, ...this.#pbxWrite()]);
    this.#firstNews();
  }

  /** The daemon starts without the PBX: what it saw before says nothing of now. */
  #knowNothing(): void {
    for (const entry of this.#entries.values()) entry.line = 'unknown';
    this.#attendance.giveUp();
  }

  #pbxWrite(): Write[] {
    return pbxWrite(this.#store, this.#site, this.#connected, isoTime(this.#clock.now()));
  }

  /** Rows that the items rest on were changed: those of users, and chosen statuses by somebody who was on duty a moment ago. */
  #follow(changed: readonly Told[]): void {
    const statuses = changed.flatMap(({ table, id }) => (table === 'statuses' ? this.#takeStatus(id) : []));
    this.#publish(new Set(changed.map(({ id }) => id)), statuses);
    for (const { id } of statuses) this.#settler.nudge(id);
  }

  /** What somebody else has written as chosen counts. */
  #takeStatus(number: string): Write[] {
    const entry = this.#entries.get(number);
    const row = this.#store.get('statuses', number)?.value as StatusRow | undefined;
    if (!entry || !row || this.#written.has(row)) return [];
    if (sameStatus(row, { chosen: entry.asked ?? entry.chosen, places: entry.places })) return [];
    entry.chosen = expire(row.chosen, isoTime(this.#clock.now()));
    this.#ends.add(nextEnd(entry.chosen));
    return [statusWrite(number, entry.chosen, entry.places)];
  }

  /** Writes the items of these extensions that changed, with `more` before them, as one note. */
  #publish(numbers: Iterable<string>, more: readonly Write[] = []): void {
    if (this.#stopped || !this.#isSure()) return;
    const writes = more.filter(({ table }) => this.#isOnDuty || table !== 'statuses');
    const now = isoTime(this.#clock.now());
    for (const number of numbers) {
      const entry = this.#entries.get(number);
      if (entry) writes.push(...itemWrites(this.#store, this.#site, entry, this.#attendance.count(number), now));
    }
    if (writes.length > 0) this.#store.note(this.#written.own(writes));
  }

  #endStatuses(): void {
    const now = isoTime(this.#clock.now());
    const isGuarded = this.#isShared && this.#isOnDuty && this.#store.state === 'open';
    const writes: Write[] = [];
    for (const entry of this.#entries.values()) {
      const chosen = expire(entry.chosen, now);
      this.#ends.add(nextEnd(chosen));
      if (chosen === entry.chosen) continue;
      if (isGuarded) void this.#end(entry.number);
      else {
        entry.chosen = chosen;
        writes.push(statusWrite(entry.number, chosen, entry.places));
      }
    }
    const numbers = writes.map(({ id }) => id);
    this.#publish(numbers, writes);
    for (const number of numbers) this.#settler.nudge(number);
  }

  /** Ends a status unless another daemon has written there: it may have been on duty meanwhile, and this one not know it yet. */
  async #end(number: string): Promise<void> {
    try {
      await this.#turns.run(number, async () => {
        const entry = this.#entries.get(number);
        if (!entry || this.#stopped || !this.#isSure()) return;
        const chosen = expire(entry.chosen, isoTime(this.#clock.now()));
        if (chosen === entry.chosen) return;
        const rev = this.#store.get('statuses', number)?.rev ?? null;
        await this.#commit(entry, chosen, [{ table: 'statuses', id: number, rev }]);
        this.#settler.nudge(number);
      });
    } catch {
      // Not written, or somebody else was faster, which the feed tells.
      if (!this.#stopped) this.#ends.add(isoTime(this.#clock.now() + AGAIN_MS));
    }
  }
}

function numbersOf(listed: readonly Listed[]): string[] {
  return listed.map(({ facts }) => facts.number);
}
