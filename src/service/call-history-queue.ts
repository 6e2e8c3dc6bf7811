// Finished calls on their way into the history: named for each owner, written in order, several at once, and kept for a while when
// the store takes nothing. One that cannot be written keeps no other from being so. Knows no PBX.
import type { CallEntry } from '../domain/call.ts';
import { oneLine } from '../domain/caller-name.ts';
import { Failure } from '../domain/failure.ts';
import { partyOf } from './call-naming-party.ts';
import { type CallRow, callId } from './call-row.ts';
import { type Clock, isoTime } from './clock.ts';
import type { Lookup } from './lookup.ts';
import type { Report } from './report.ts';
import { siteRow } from './site-rows.ts';
import { type Guard, type Row, Stale, type Store, type Write } from './store.ts';

/** A call with an entry for each of its parties, or, when it is not over, for those that have left it. */
export interface FinishedCall {
  readonly id: string;
  readonly entries: readonly CallEntry[];
  readonly isOver: boolean;
}

export interface CallHistoryQueueParts {
  readonly store: Store;
  readonly lookup: Pick<Lookup, 'find'>;
  readonly clock: Clock;
  readonly report: Report;
  readonly sha256: (text: string) => string;
  /** Whose PBX the calls are from; '' where sites have no names. */
  readonly site: string;
}

/** Calls that wait; those that come when so many do are lost. */
const MOST_WAITING = 10_000;
/** Entries that are written at once, or those of one call. */
const BATCH = 100;
const AGAIN_MS = 5_000;
/** So often several calls are tried together when they fail for another reason than a store that takes nothing. */
const TRIES = 3;
const LONGEST_NUMBER = 64;

export class CallHistoryQueue {
  readonly #parts: CallHistoryQueueParts;
  #waiting: FinishedCall[] = [];
  /** Those that failed by themselves, until everything else is written. */
  #aside: FinishedCall[] = [];
  /** One of these may be why a batch failed: each is written by itself. */
  readonly #suspects = new WeakSet<FinishedCall>();
  #tries = 0;
  #work: Promise<void> | undefined;
  #again: (() => void) | undefined;
  #dropped = 0;
  #isTroubled = false;
  #isStopped = false;

  constructor(parts: CallHistoryQueueParts) {
    this.#parts = parts;
  }

  add(call: FinishedCall): void {
    const { store, report, site } = this.#parts;
    if (this.#waiting.length + this.#aside.length < MOST_WAITING) {
      this.#waiting.push(call);
      this.#begin();
      return;
    }
    if (this.#dropped === 0) report('calls.dropped', { waiting: MOST_WAITING });
    this.#dropped += 1;
    const id = siteRow(site, call.id);
    if (call.isOver && store.get('openCalls', id)) store.note([{ table: 'openCalls', id, value: null }]);
  }

  /** Resolves when nothing is being written: everything is, or the store takes nothing now. */
  async idle(): Promise<void> {
    while (this.#work) await this.#work;
  }

  /** Tries once more what waits, and no more after that. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#again?.();
    this.#again = undefined;
    this.#begin();
    await this.idle();
  }

  #begin(): void {
    if (this.#work || this.#again || this.#waiting.length === 0) return;
    this.#work = this.#writeAll().finally(() => {
      this.#work = undefined;
    });
  }

  /** Never rejects. */
  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const some = this.#next();
      try {
        await this.#write(some);
      } catch (error) {
        if (error instanceof Stale || this.#suspect(some, error)) continue;
        this.#hold(error);
        return;
      }
      this.#waiting.splice(0, some.length);
      this.#tries = 0;
    }
    if (this.#aside.length === 0) {
      this.#written();
      return;
    }
    this.#waiting = this.#aside;
    this.#aside = [];
    this.#wait();
  }

  /** Whether to go on with the others: these failed, and not since the store takes nothing. */
  #suspect(some: readonly FinishedCall[], error: unknown): boolean {
    if (error instanceof Failure && error.code === 'storage') return false;
    const [first] = some;
    if (first && this.#suspects.has(first)) {
      this.#aside.push(...this.#waiting.splice(0, 1));
      return true;
    }
    this.#tries += 1;
    if (this.#tries < TRIES) return false;
    for (const call of some) this.#suspects.add(call);
    return true;
  }

  #written(): void {
    if (this.#isTroubled) this.#parts.report('calls.written_again', { dropped: this.#dropped });
    this.#isTroubled = false;
    this.#dropped = 0;
  }

  #next(): readonly FinishedCall[] {
    const [first] = this.#waiting;
    if (first && this.#suspects.has(first)) return [first];
    let entries = 0;
    const end = this.#waiting.findIndex((call, i) => {
      entries += call.entries.length;
      return i > 0 && (entries > BATCH || i >= BATCH || this.#suspects.has(call));
    });
    return this.#waiting.slice(0, end < 0 ? undefined : end);
  }

  #hold(error: unknown): void {
    const { report } = this.#parts;
    if (!this.#isTroubled)
      report('calls.not_written', { error: error instanceof Error ? error.message : typeof error });
    this.#isTroubled = true;
    this.#wait();
  }

  #wait(): void {
    if (this.#isStopped) return;
    this.#again = this.#parts.clock.after(AGAIN_MS, () => {
      this.#again = undefined;
      this.#begin();
    });
  }

  /** Rejects with Stale when somebody else wrote one of the rows meanwhile, with `storage` when nothing can be written. */
  async #write(calls: readonly FinishedCall[]): Promise<void> {
    const { store, sha256, site } = this.#parts;
    const entries = new Map<string, CallEntry>();
    for (const entry of calls.flatMap((call) => call.entries)) {
      const id = callId(sha256, entry.call, entry.owner);
      // What was told first stands.
      if (!entries.has(id)) entries.set(id, entry);
    }
    const found = await store.find('calls', [...entries.keys()]);
    const writes: Write[] = [];
    const guards: Guard[] = [];
    for (const [id, entry] of entries) {
      const before = found.get(id);
      if (before && (before.value as CallRow).state === undefined) continue;
      writes.push({ table: 'calls', id, value: await this.#row(entry, before) });
      guards.push({ table: 'calls', id, rev: before?.rev ?? null });
    }
    for (const { id: call, isOver } of calls) {
      const id = siteRow(site, call);
      if (isOver && store.get('openCalls', id)) writes.push({ table: 'openCalls', id, value: null });
    }
    await store.commit(writes, guards);
  }

  /** `before`: a call that was dialled here is in the history since it was ordered, with the number as the user gave it. */
  async #row(entry: CallEntry, before: Row | undefined): Promise<CallRow> {
    const { lookup } = this.#parts;
    const { owner, call, direction, disposition, reason, ring, talk, outside } = entry;
    const { at, number } = (before?.value as CallRow | undefined) ?? {
      at: isoTime(entry.at),
      number: entry.number.slice(0, LONGEST_NUMBER),
    };
    const presented = entry.presented === undefined ? '' : oneLine(entry.presented);
    // Without a store that answers it is named later.
    const from = { number, ...(outside ? { outside } : {}) };
    const known = await partyOf(lookup, owner, from).catch(() => undefined);
    return {
      ...{ owner, call, at, direction, ...from },
      ...(presented === '' ? {} : { presented }),
      ...(known ? { known } : {}),
      disposition,
      ...(reason === undefined ? {} : { reason }),
      ...{ ring, talk },
    };
  }
}
