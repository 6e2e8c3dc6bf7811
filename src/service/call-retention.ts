// Drops what is old in the call histories: the oldest of one that has grown too long, soon after, and what lies too far back, once a
// day. Knows no PBX.

import type { CallRow } from './call-row.ts';
import { type Clock, isoTime } from './clock.ts';
import { Breath, nextTurn } from './import-breath.ts';
import type { Report } from './report.ts';
import { slicesOf } from './scope-rows.ts';
import type { Commit, Store, Write } from './store.ts';

/** What is kept of each extension's history; whichever is reached first. */
interface CallsKept {
  readonly count: number;
  readonly days: number;
}

export interface CallRetentionParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly report: Report;
  readonly keep: CallsKept;
}

const SLICE = 200;
const DAY_MS = 24 * 60 * 60_000;
/** From a start to the first look at everything. */
const FIRST_MS = 5 * 60_000;
const AGAIN_MS = 60_000;
/** So much more than is kept may there be. */
const SLACK = 0.1;

interface Aged {
  readonly id: string;
  readonly at: string;
}

export class CallRetention {
  readonly #parts: CallRetentionParts;
  /** Owners whose history has grown. */
  readonly #grown = new Set<string>();
  #isPassDue = false;
  /** Rows were removed that may still be in the files. */
  #isOwed = false;
  #work: Promise<void> | undefined;
  #cancelPass = () => {};
  #again: (() => void) | undefined;
  #stop = () => {};
  #isStopped = false;
  #isTroubled = false;

  constructor(parts: CallRetentionParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#stop = this.#parts.store.subscribe((commit) => this.#hear(commit));
    this.#passAfter(FIRST_MS);
  }

  /** Resolves when all that has to go now has gone, or cannot now. */
  async idle(): Promise<void> {
    while (this.#work) await this.#work;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stop();
    this.#cancelPass();
    this.#again?.();
    await this.#work;
  }

  #hear({ writes }: Commit): void {
    for (const { table, value, scope } of writes) {
      if (table === 'calls' && value !== null && scope !== undefined) this.#grown.add(scope);
    }
    if (this.#grown.size > 0) this.#begin();
  }

  #passAfter(ms: number): void {
    this.#cancelPass = this.#parts.clock.after(ms, () => {
      this.#isPassDue = true;
      this.#passAfter(DAY_MS);
      this.#begin();
    });
  }

  #begin(): void {
    if (this.#work || this.#again || this.#isStopped) return;
    this.#work = this.#trimAll().finally(() => {
      this.#work = undefined;
      if (this.#grown.size > 0 || this.#isPassDue) this.#begin();
    });
  }

  /** Never rejects. */
  async #trimAll(): Promise<void> {
    const { clock, report } = this.#parts;
    try {
      for (const owner of this.#grown) {
        this.#grown.delete(owner);
        await this.#trimGrown(owner);
        if (this.#isStopped) return;
      }
      if (this.#isPassDue) await this.#pass();
      this.#isTroubled = false;
    } catch {
      if (!this.#isTroubled) report('calls.trim_failed', {});
      this.#isTroubled = true;
      this.#again = clock.after(AGAIN_MS, () => {
        this.#again = undefined;
        this.#begin();
      });
    }
  }

  async #trimGrown(owner: string): Promise<void> {
    const { store, clock, keep } = this.#parts;
    const most = Math.max(keep.count, Math.floor(keep.count * (1 + SLACK)) - 1);
    try {
      if ((await store.count('calls', owner)) > most) await this.#trim(owner, new Breath(clock, nextTurn));
    } catch (error) {
      this.#grown.add(owner);
      throw error;
    }
  }

  /** Every history, and then what was removed leaves the disk. */
  async #pass(): Promise<void> {
    const { store, clock } = this.#parts;
    const breath = new Breath(clock, nextTurn);
    for (const owner of (await store.counts('calls')).keys()) {
      await this.#trim(owner, breath);
      if (this.#isStopped) return;
    }
    this.#isPassDue = false;
    if (!this.#isOwed) return;
    await store.commit([{ table: 'upkeep', id: 'calls trimmed', value: { at: isoTime(clock.now()) }, erase: true }]);
    this.#isOwed = false;
  }

  /** Rows of calls that go on stay. */
  async #trim(owner: string, breath: Breath): Promise<void> {
    const { store, clock, keep } = this.#parts;
    const ended = await this.#ended(owner, breath);
    ended.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
    const first = isoTime(clock.now() - keep.days * DAY_MS);
    const old = ended.filter(({ at }, i) => i >= keep.count || at < first);
    for (let from = 0; from < old.length && !this.#isStopped; from += SLICE) {
      const writes = old.slice(from, from + SLICE).map(({ id }): Write => ({ table: 'calls', id, value: null }));
      this.#isOwed = true;
      await store.commit(writes);
    }
  }

  async #ended(owner: string, breath: Breath): Promise<Aged[]> {
    const ended: Aged[] = [];
    for await (const rows of slicesOf(this.#parts.store, { table: 'calls', scope: owner, limit: SLICE })) {
      for (const { id, value } of rows) {
        const { at, state } = value as CallRow;
        if (state === undefined) ended.push({ id, at });
        if (breath.isDue) await breath.pause();
      }
      if (this.#isStopped) break;
    }
    return ended;
  }
}
