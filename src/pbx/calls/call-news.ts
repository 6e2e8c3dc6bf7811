// Tells what became of calls: that one began or is further, and how it ended for each extension. Knows the table and no link.
import type { CallEntry } from '../../domain/call.ts';
import { entriesOf, progressOf } from '../../domain/call-entries.ts';
import { type Directory, deviceOf, isFeatureCode, rootOf } from '../../domain/call-story.ts';
import type { CallNews, OpenCall } from '../../service/calls-port.ts';
import type { Clock } from '../../service/clock.ts';
import { isDeserted, isOver, memoryOf } from './call-memory.ts';
import type { CallTable, LiveCall } from './call-table.ts';

/** New stations of a call are told together; the state of a call is told at once. */
const GATHER_MS = 250;
/** Who hangs up leaves the call; the others have this long to do so too before it counts as going on without him. */
const LEAVE_MS = 3_000;
/** What comes late may name an extension that no event named. */
const LATE_MS = 60_000;

export interface TellingOptions {
  readonly table: CallTable;
  readonly directory: Directory;
  readonly clock: Clock;
}

export class CallTelling {
  readonly #options: TellingOptions;
  readonly #listeners = new Set<(news: CallNews) => void>();
  readonly #dirty = new Set<LiveCall>();
  readonly #left = new Set<LiveCall>();
  #cancelGathering: (() => void) | undefined;
  #cancelLeaving: (() => void) | undefined;
  #cancelSweep: (() => void) | undefined;

  constructor(options: TellingOptions) {
    this.#options = options;
  }

  subscribe(listener: (news: CallNews) => void): () => void {
    const own = (news: CallNews) => listener(news);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  tell(news: CallNews): void {
    for (const listener of [...this.#listeners]) listener(news);
  }

  /** A call has changed. */
  changed(call: LiveCall): void {
    if (call.asked > 0) return;
    if (isOver(call.story)) this.#end(call);
    else if (call.over === undefined) this.#progress(call);
  }

  stop(): void {
    for (const cancel of [this.#cancelGathering, this.#cancelLeaving, this.#cancelSweep]) cancel?.();
    this.#cancelGathering = this.#cancelLeaving = this.#cancelSweep = undefined;
    this.#dirty.clear();
    this.#left.clear();
  }

  #end(call: LiveCall): void {
    const { story, told } = call;
    const entries = entriesOf(story, this.#options.directory).filter(({ owner }) => !told.has(owner));
    const isFirst = call.over === undefined;
    this.#dirty.delete(call);
    this.#left.delete(call);
    call.over ??= this.#options.clock.now();
    if (entries.length > 0 || (isFirst && call.shown !== undefined)) this.#tellEnded(call, entries, true);
    call.shown = undefined;
    this.#sweepLater();
  }

  #progress(call: LiveCall): void {
    const { story } = call;
    const { state } = progressOf(story);
    if (story.stations.some(({ ended }) => ended !== undefined)) this.#lookWhoLeft(call);
    if (!this.#concerns(call)) return;
    if (call.shown?.state !== state) this.#tellOpen(call);
    else if (call.shown.extent !== extentOf(call)) this.#gather(call);
  }

  /** Whether an extension has a part in it. */
  #concerns({ story, shown }: LiveCall): boolean {
    if (story.dialled || shown) return true;
    if (isFeatureCode(rootOf(story)?.exten ?? '')) return false;
    return story.stations.some(({ channel }) => this.#options.directory.extensionsOf(deviceOf(channel)).length > 0);
  }

  #tellOpen(call: LiveCall): void {
    const { story } = call;
    const { id, dialled } = story;
    const progress = progressOf(story);
    call.shown = { state: progress.state, extent: extentOf(call) };
    this.#dirty.delete(call);
    const open: OpenCall = {
      id,
      ...(dialled ? { dialled: { id, ...dialled } } : {}),
      ...progress,
      memory: memoryOf(call),
    };
    this.tell({ kind: 'open', call: open });
  }

  #tellEnded({ story, told }: LiveCall, entries: readonly CallEntry[], isOver: boolean): void {
    for (const { owner } of entries) told.add(owner);
    this.tell({ kind: 'ended', id: story.id, entries, isOver });
  }

  #gather(call: LiveCall): void {
    this.#dirty.add(call);
    this.#cancelGathering ??= this.#options.clock.after(GATHER_MS, () => {
      this.#cancelGathering = undefined;
      for (const dirty of [...this.#dirty]) this.#tellOpen(dirty);
    });
  }

  #lookWhoLeft(call: LiveCall): void {
    this.#left.add(call);
    this.#cancelLeaving ??= this.#options.clock.after(LEAVE_MS, () => {
      this.#cancelLeaving = undefined;
      const calls = [...this.#left];
      this.#left.clear();
      for (const left of calls) {
        if (left.over !== undefined || left.asked > 0) continue;
        if (isDeserted(left.story, this.#options.clock.now() - LEAVE_MS)) this.#end(left);
        else this.#tellWhoLeft(left);
      }
    });
  }

  /** Who called and has hung up, and who answered and has hung up, have their entries while the call goes on without them. */
  #tellWhoLeft(call: LiveCall): void {
    const { story, told } = call;
    const stays = story.stations
      .filter(({ ended }) => ended === undefined)
      .flatMap(({ channel }) => this.#options.directory.extensionsOf(deviceOf(channel)));
    const rootEnded = rootOf(story)?.ended !== undefined;
    const entries = entriesOf(story, this.#options.directory).filter(({ owner, direction, disposition }) => {
      const isSure = direction === 'out' ? rootEnded : disposition === 'answered';
      return isSure && !stays.includes(owner) && !told.has(owner);
    });
    if (entries.length === 0) return;
    this.#tellEnded(call, entries, false);
    this.#tellOpen(call);
  }

  #sweepLater(): void {
    this.#cancelSweep ??= this.#options.clock.after(LATE_MS, () => {
      this.#cancelSweep = undefined;
      const { table, clock } = this.#options;
      const before = clock.now() - LATE_MS;
      const over = [...table.calls].filter((call) => call.over !== undefined);
      for (const call of over) if ((call.over ?? 0) <= before) table.remove(call);
      if (over.some((call) => (call.over ?? 0) > before)) this.#sweepLater();
    });
  }
}

/** Grows with what is to be remembered of a call. */
function extentOf({ story }: LiveCall): number {
  const { stations, visits } = story;
  return stations.length + visits.length + stations.filter(({ ended }) => ended !== undefined).length;
}
