// Commits that were asked for and are not sent yet, in their order. Knows no connection.
import { Failure } from '../../domain/failure.ts';
import type { Guard, Stale, Write } from '../../service/store.ts';
import type { SentGuard, SentRow } from './call.ts';

export interface AskedCommit {
  readonly writes: readonly Write[];
  readonly rows: readonly SentRow[];
  readonly guards: readonly Guard[];
  /** Further guards, as the database has them. */
  readonly sent?: readonly SentGuard[];
  /** A slice of a batch: goes before all others, and waits for nothing. */
  readonly isUrgent?: boolean;
  readonly size: number;
  readonly resolve: (local: number) => void;
  readonly refuse: (reason: Failure | Stale) => void;
}

/** What goes in one call. */
const CALL_COMMITS = 500;
const CALL_CHARACTERS = 4 * 1024 * 1024;

/** The answer to a commit that changed nothing. */
export function refusal(cause?: unknown): Failure {
  return new Failure('storage', 'nothing was changed: the server cannot save now', {}, { cause });
}

/** The answer to a commit that was on its way when the database was lost. */
export function notKnown(): Failure {
  return new Failure('storage', 'it is not known whether this was changed: the server cannot save now');
}

export class Commits {
  #asked: AskedCommit[] = [];
  #characters = 0;
  #alone = 0;
  #isHeld = false;
  readonly #limit: number;

  /** Characters of commits that may wait; beyond it they are refused. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get isEmpty(): boolean {
    return this.#asked.length === 0;
  }

  /** Whether the next one goes by itself: it may be the fault of what was refused. */
  get isApart(): boolean {
    return this.#alone > 0;
  }

  add(commit: AskedCommit): void {
    if (this.#asked.length > 0 && this.#characters + commit.size > this.#limit) {
      commit.refuse(refusal());
      return;
    }
    this.#characters += commit.size;
    if (commit.isUrgent) this.#asked.unshift(commit);
    else this.#asked.push(commit);
  }

  /** None but the urgent ones go until `release`: the first waits for a batch. */
  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
  }

  /** These were not done, and go before all others. `alone`: one at a time, since one of them may be the fault. */
  putBack(commits: readonly AskedCommit[], alone = false): void {
    for (const { size } of commits) this.#characters += size;
    if (alone) this.#alone = commits.length;
    const urgent = this.#asked.filter(({ isUrgent }) => isUrgent);
    this.#asked = [...urgent, ...commits, ...this.#asked.filter(({ isUrgent }) => !isUrgent)];
  }

  /** The next ones that go in one call. */
  take(): AskedCommit[] {
    let count = 0;
    let characters = 0;
    for (const { size, isUrgent } of this.#asked) {
      if (this.#isHeld && !isUrgent) break;
      if (count > 0 && (this.#alone > 0 || count >= CALL_COMMITS || characters + size > CALL_CHARACTERS)) break;
      count += 1;
      characters += size;
    }
    this.#characters -= characters;
    if (count > 0 && this.#alone > 0) this.#alone -= 1;
    return this.#asked.splice(0, count);
  }

  refuseAll(cause?: unknown): void {
    this.#characters = 0;
    for (const { refuse } of this.#asked.splice(0)) refuse(refusal(cause));
  }
}
