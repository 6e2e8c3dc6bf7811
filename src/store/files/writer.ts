// Brings to the disk what gathers in a turn of the event loop: one write for all, one sync when commits are among it. Gives
// commits their effect when they are durable. Knows neither rows nor listeners.
import type { Low } from 'lowdb';
import { Failure } from '../../domain/failure.ts';
import type { Clock } from '../../service/clock.ts';
import type { Report } from '../../service/report.ts';
import { type Guard, Stale, type Write } from '../../service/store.ts';
import type { Contents } from '../held/contents.ts';
import type { FolderAdapter } from './adapter.ts';
import { JournalError } from './journal.ts';
import { keyOf, type PendingKeys } from './pending-keys.ts';

/** Longest time that what was told stays unsynced, and from a failed write to the next try. */
const SYNC_AFTER_MS = 1000;
const FULL = ['ENOSPC', 'EDQUOT'];
/** Guards of a batch that are looked at in one turn. */
const GUARDS_A_TURN = 4000;

/** A commit on its way: one of the two functions is called, once. */
export interface Waiting {
  readonly text: string;
  readonly writes: readonly Write[];
  readonly guards: readonly Guard[];
  /** Of the record that closes a batch: all rows of the batch. Commits that touch them wait from here to `batchEnded`. */
  readonly keys?: PendingKeys;
  readonly takeEffect: () => void;
  readonly refuse: (reason: Failure | Stale) => void;
}

interface Between {
  readonly run: () => void;
  readonly refuse: (failure: Failure) => void;
}

export interface WriterParts {
  readonly adapter: FolderAdapter;
  readonly low: Low<Contents>;
  readonly clock: Clock;
  readonly report: Report;
  /** Characters of commits that may wait for a disk that hangs. */
  readonly limit: number;
  /** Called after each write. */
  readonly written: () => void;
  /** Called once when nothing can be written any more. */
  readonly broken: () => void;
}

/** The answer to a commit that changed nothing. */
export function refusal(cause?: unknown): Failure {
  return new Failure('storage', 'nothing was changed: the server cannot save now', {}, { cause });
}

export class Writer {
  readonly #parts: WriterParts;
  #waiting: Waiting[] = [];
  #waitingCharacters = 0;
  #between: Between[] = [];
  /** The group of commits that is on its way to the disk. */
  #group: Promise<void> | undefined;
  /** The rows of the batch that is taking effect. */
  #batch: PendingKeys | undefined;
  /** The first that waits, waits for the batch. */
  #isHeld = false;
  #turnAsked = false;
  #isToldAsked = false;
  #syncDue = false;
  #stopTimer: (() => void) | undefined;
  /** The last write did not succeed. */
  #refused = false;
  #broken = false;

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  /** Nothing can be written any more. */
  get isBroken(): boolean {
    return this.#broken;
  }

  /** Takes a commit, unless too much waits already. */
  add(commit: Waiting): void {
    const full = this.#waiting.length > 0 && this.#waitingCharacters + commit.text.length > this.#parts.limit;
    if (full || this.#broken) {
      commit.refuse(refusal());
      return;
    }
    this.#waiting.push(commit);
    this.#waitingCharacters += commit.text.length;
    this.#askTurn();
  }

  /**
   * Something was told that the journal does not have yet. It has it at the end of this callback, before anybody outside can hear of
   * it: what was told to a client survives the death of the process.
   */
  told(): void {
    if (!this.#isToldAsked) queueMicrotask(() => this.#takeTold());
    this.#isToldAsked = true;
    this.#syncLater();
  }

  #takeTold(): void {
    this.#isToldAsked = false;
    if (!this.#broken) this.#writeTold();
  }

  /** The batch has taken effect as a whole. */
  batchEnded(): void {
    this.#batch = undefined;
    this.#isHeld = false;
    this.#askTurn();
  }

  /** Runs `fn` at the next moment when nothing is on its way to the disk, and no batch is taking effect. Rejects when it throws or nothing can be written. */
  between<T>(fn: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const run = (): void => {
        try {
          resolve(fn());
        } catch (error) {
          reject(error);
        }
      };
      this.#between.push({ run, refuse: reject });
      this.#askTurn();
    });
  }

  /** Resolves when all that was taken before is durable or refused. */
  async drain(): Promise<void> {
    this.#stopTimer?.();
    this.#syncDue = true;
    while (this.#group || (!this.#broken && (this.#syncDue || this.#waiting.length > 0))) {
      this.#askTurn();
      await (this.#group ?? new Promise((resolve) => setImmediate(resolve)));
    }
  }

  /** At the end of this turn of the event loop, what has gathered is written. */
  #askTurn(): void {
    if (this.#turnAsked) return;
    this.#turnAsked = true;
    setImmediate(() => {
      this.#turnAsked = false;
      this.#turn();
    });
  }

  #turn(): void {
    if (!this.#group) this.#runBetween();
    if (this.#broken) return;
    const mayGo = this.#waiting.length > 0 && !this.#isHeld;
    if (this.#group || (!mayGo && !this.#syncDue)) {
      this.#writeTold();
      return;
    }
    this.#group = this.#writeGroup().finally(() => {
      this.#group = undefined;
      this.#askTurn();
    });
  }

  #runBetween(): void {
    if (this.#between.length === 0 || (this.#batch && !this.#broken)) return;
    if (!this.#broken) this.#writeTold();
    for (const { run, refuse } of this.#between.splice(0)) {
      if (this.#broken) refuse(refusal());
      else run();
    }
  }

  #writeTold(): void {
    try {
      this.#parts.adapter.writeTold();
      this.#written();
    } catch (error) {
      this.#notWritten(error);
    }
  }

  async #writeGroup(): Promise<void> {
    const group = this.#waiting[0]?.keys ? await this.#closing() : this.#nextGroup();
    if (group.length === 0 && !this.#syncDue) return this.#writeTold();
    this.#syncDue = false;
    for (const { text } of group) this.#parts.adapter.stage(text);
    try {
      await this.#parts.low.write();
    } catch (error) {
      this.#notWritten(error);
      for (const { refuse } of group) refuse(refusal(error));
      return;
    }
    this.#written();
    if (group.length === 0) return;
    this.#batch ??= group[0]?.keys;
    for (const { takeEffect } of group) takeEffect();
    this.#syncLater();
    this.#writeTold();
  }

  /** The closing of a batch goes to the disk alone, when all before it have taken effect. Its guards may be many. */
  async #closing(): Promise<Waiting[]> {
    const [closing] = this.#waiting.splice(0, 1) as [Waiting];
    this.#waitingCharacters -= closing.text.length;
    for (const [index, guard] of closing.guards.entries()) {
      if (index % GUARDS_A_TURN === GUARDS_A_TURN - 1) await new Promise((resolve) => setImmediate(resolve));
      if (this.#holds(guard)) continue;
      closing.refuse(new Stale());
      return [];
    }
    if (!this.#broken) return [closing];
    closing.refuse(refusal());
    return [];
  }

  /**
   * The commits that go to the disk together: as many as wait, but none whose guard names a row that one before it writes, since
   * whether that one takes effect is not known yet. All before these have taken effect, so a guard that does not hold is final.
   */
  #nextGroup(): Waiting[] {
    const group: Waiting[] = [];
    const written = new Set<string>();
    let counted = 0;
    let taken = 0;
    for (const commit of this.#waiting) {
      if (commit.keys) break;
      if (this.#batch?.touches(commit)) {
        this.#isHeld = true;
        break;
      }
      if (commit.guards.length > 0) {
        for (; counted < group.length; counted += 1) {
          for (const write of group[counted]?.writes ?? []) written.add(keyOf(write));
        }
        if (written.size > 0 && commit.guards.some((guard) => written.has(keyOf(guard)))) break;
      }
      taken += 1;
      this.#waitingCharacters -= commit.text.length;
      if (!commit.guards.every((guard) => this.#holds(guard))) {
        commit.refuse(new Stale());
        continue;
      }
      group.push(commit);
    }
    this.#waiting.splice(0, taken);
    return group;
  }

  #holds({ table, id, rev }: Guard): boolean {
    return (this.#parts.low.data.table(table).get(id)?.rev ?? null) === rev;
  }

  #written(): void {
    if (this.#refused) this.#parts.report('store.recovered');
    this.#refused = false;
    this.#parts.written();
  }

  #notWritten(error: unknown): void {
    if (!(error instanceof JournalError)) throw error;
    const { code } = error;
    if (error.final) {
      this.#broken = true;
      this.#stopTimer?.();
      for (const { refuse } of this.#waiting.splice(0)) refuse(refusal(error));
      this.#parts.report('store.failed', { code });
      this.#parts.broken();
      return;
    }
    if (!this.#refused) this.#parts.report(FULL.includes(code) ? 'store.full' : 'store.refused', { code });
    this.#refused = true;
    this.#syncLater();
  }

  #syncLater(): void {
    this.#stopTimer ??= this.#parts.clock.after(SYNC_AFTER_MS, () => {
      this.#stopTimer = undefined;
      if (this.#parts.adapter.isSynced) return;
      this.#syncDue = true;
      this.#askTurn();
    });
  }
}
