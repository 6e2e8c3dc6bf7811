// Drops what is too old or too much of each extension's messages, a few at a time: right after more were written, and a few times a day
// for those who write none. The other one's copies stay.
import { Failure } from '../domain/failure.ts';
import { type Clock, isoTime } from './clock.ts';
import { nextTurn } from './import-breath.ts';
import type { MessageRow } from './message-row.ts';
import { rareReport } from './rare-report.ts';
import type { Report } from './report.ts';
import type { Store } from './store.ts';

const SLICE = 200;
const ROUND_MS = 6 * 3_600_000;
const FIRST_ROUND_MS = 60_000;
const DAY_MS = 86_400_000;
/** The oldest rows that are remembered of an owner whose count is full, so that his rows are not all read for each new one. */
const OLDEST_KEPT = 64;
/** Owners of whom they are remembered. */
const MOST_OWNERS = 2_000;

interface MessagesUpkeepParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly report: Report;
  readonly keep: { readonly count: number; readonly days: number };
}

interface Dated {
  readonly id: string;
  readonly at: string;
}

export class MessagesUpkeep {
  readonly #parts: MessagesUpkeepParts;
  readonly #oldest = new Map<string, Dated[]>();
  readonly #wanted = new Set<string>();
  readonly #failed: (fields: { reason: string }) => void;
  #work: Promise<void> = Promise.resolve();
  #isWorking = false;
  /** Something was dropped that is still on the disk. */
  #isOwed = false;
  #cancelRound: () => void = () => {};
  #isStopped = false;

  constructor(parts: MessagesUpkeepParts) {
    this.#parts = parts;
    this.#failed = rareReport(parts.report, 'messages.trim_failed', parts.clock);
  }

  /** From now on this one looks for what is old, a few times a day. Returns the function that ends it. */
  rounds(): () => void {
    const rounds = new AbortController();
    this.#roundAfter(FIRST_ROUND_MS, rounds.signal);
    return () => {
      rounds.abort();
      this.#cancelRound();
    };
  }

  /** Resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelRound();
    await this.#work;
  }

  /** More was written to this owner: what is too much goes, soon. */
  trim(owner: string): void {
    this.#wanted.add(owner);
    if (this.#isWorking || this.#isStopped) return;
    this.#isWorking = true;
    this.#work = this.#work.then(() => this.#trimWanted());
  }

  async #trimWanted(): Promise<void> {
    for (const owner of this.#wanted) {
      this.#wanted.delete(owner);
      if (this.#isStopped) break;
      await this.#guarded(() => this.#dropExcess(owner));
    }
    this.#isWorking = false;
  }

  #roundAfter(ms: number, ended: AbortSignal): void {
    this.#cancelRound();
    this.#cancelRound = this.#parts.clock.after(ms, () => {
      this.#work = this.#work.then(() => this.#round(ended));
    });
  }

  async #round(ended: AbortSignal): Promise<void> {
    await this.#guarded(async () => {
      for (const owner of (await this.#parts.store.counts('messages')).keys()) {
        if (!this.#isStopped && !ended.aborted) await this.#dropOld(owner);
      }
      await this.#erase();
    });
    if (!this.#isStopped && !ended.aborted) this.#roundAfter(ROUND_MS, ended);
  }

  /** What was dropped leaves the disk. */
  async #erase(): Promise<void> {
    const { store, clock } = this.#parts;
    if (!this.#isOwed || this.#isStopped) return;
    const value = { at: isoTime(clock.now()) };
    await store.commit([{ table: 'upkeep', id: 'messages trimmed', value, erase: true }]);
    this.#isOwed = false;
  }

  /** What cannot be dropped now is dropped the next time. */
  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#failed({ reason: error instanceof Failure ? error.code : 'bug' });
    }
  }

  async #dropExcess(owner: string): Promise<void> {
    const { store, keep } = this.#parts;
    const excess = (await store.count('messages', owner)) - keep.count;
    if (excess <= 0) return;
    const known = this.#oldest.get(owner);
    const oldest = known && known.length >= excess ? known : await this.#readOldest(owner, excess + OLDEST_KEPT);
    this.#remember(owner, oldest.slice(excess));
    await this.#drop(oldest.slice(0, excess));
  }

  async #dropOld(owner: string): Promise<void> {
    const { clock, keep } = this.#parts;
    const from = isoTime(clock.now() - keep.days * DAY_MS);
    const old: Dated[] = [];
    for await (const row of this.#rows(owner)) if (row.at < from) old.push(row);
    if (old.length === 0) return;
    this.#oldest.delete(owner);
    await this.#drop(old);
  }

  async #readOldest(owner: string, most: number): Promise<Dated[]> {
    const all: Dated[] = [];
    for await (const row of this.#rows(owner)) all.push(row);
    return all.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).slice(0, most);
  }

  async *#rows(owner: string): AsyncGenerator<Dated> {
    let since: number | null = null;
    let removedSince: number | null = null;
    for (;;) {
      const asked = { table: 'messages', scope: owner, since, removedSince, limit: SLICE } as const;
      const { rows, rev, more, now } = await this.#parts.store.read(asked);
      for (const { id, value } of rows) yield { id, at: (value as MessageRow).at };
      if (!more || this.#isStopped) return;
      removedSince ??= now;
      since = rev;
      await nextTurn();
    }
  }

  async #drop(rows: readonly Dated[]): Promise<void> {
    for (let from = 0; from < rows.length && !this.#isStopped; from += SLICE) {
      const some = rows.slice(from, from + SLICE);
      this.#isOwed = true;
      await this.#parts.store.commit(some.map(({ id }) => ({ table: 'messages', id, value: null })));
    }
  }

  #remember(owner: string, rows: Dated[]): void {
    this.#oldest.delete(owner);
    if (rows.length > 0) this.#oldest.set(owner, rows);
    for (const first of this.#oldest.keys()) {
      if (this.#oldest.size <= MOST_OWNERS) return;
      this.#oldest.delete(first);
    }
  }
}
