// Batches: commits of more rows than should take effect in one piece. Their rows go into the database part after part; the commit of the
// first slice makes all of them certain; then the others follow. Whoever finds one half done goes on with it. Knows no table.
import { Failure } from '../../domain/failure.ts';
import type { Clock } from '../../service/clock.ts';
import type { Report } from '../../service/report.ts';
import { type Guard, isLarge, type Write } from '../../service/store.ts';
import { Staging, sealedBatch, stateOf, tidyBatches } from './batch-staging.ts';
import type { SentGuard } from './call.ts';
import { refusal } from './commits.ts';
import { codeOf, isAnswered, type Sql } from './connect.ts';

/** A slice of a batch, which is a commit of its own. */
export interface BatchSlice {
  readonly writes: readonly Write[];
  /** Of the whole batch, but for those of large tables; in its first slice. */
  readonly guards: readonly Guard[];
  readonly batch: number;
  /** Rows of the batch that have taken effect before, and with it. */
  readonly from: number;
  readonly to: number;
  readonly isLast: boolean;
}

export interface BatchesParts {
  readonly url: string;
  readonly daemon: string;
  readonly clock: Clock;
  readonly report: Report;
  /** Writes a slice before all commits that wait. Rejects as `Store.commit`. */
  readonly take: (slice: BatchSlice) => Promise<number>;
  /** What a guard on a row of a large table means in the database. */
  readonly meant: (guard: Guard) => SentGuard;
  /** As `Store.commit`. */
  readonly commit: (writes: readonly Write[], guards: readonly Guard[]) => Promise<number>;
  /** Asks a question; rejects with Failure while the database is away. */
  readonly ask: <T>(question: (sql: Sql) => Promise<T>) => Promise<T>;
  /** Resolves when a batch may take effect. */
  readonly mayBegin: () => Promise<void>;
  /** Resolves with the newest revision here, when all that the database has at the call has taken effect here. */
  readonly caughtUp: () => Promise<number>;
}

interface Batch {
  readonly writes: readonly Write[];
  readonly guards: readonly Guard[];
  /** Told how many rows of large tables are in the database. */
  readonly progress: (written: number) => void;
}

const PART_ROWS = 500;
const PART_GUARDS = 2000;
/** Rows that take effect in one turn: a matter of a few milliseconds. */
const SLICE_ROWS = 150;
/** Batches that may wait for one another; beyond it they are refused. */
const WAITING = 16;
const LOOK_MS = 1000;
/** With each of so many looks, what was left is removed. */
const TIDY_LOOKS = 60;

export class Batches {
  readonly #parts: BatchesParts;
  #last: Promise<unknown> = Promise.resolve();
  #count = 0;
  #isOver = false;
  #looks = 0;
  #isRefused = false;
  #stopLooking: (() => void) | undefined;
  #looking: Promise<void> | undefined;

  constructor(parts: BatchesParts) {
    this.#parts = parts;
  }

  async add(batch: Batch): Promise<number> {
    if (this.#count >= WAITING || this.#isOver) throw refusal();
    this.#count += 1;
    const done = this.#last.then(() => this.#run(batch));
    // Whoever asked for a batch hears of its failure; the next batch begins whatever became of it.
    this.#last = done.catch(() => undefined).then(() => this.#count--);
    return done;
  }

  /** Goes on with what others have left half done, now and from time to time. */
  watch(): void {
    this.#looking = this.#look()
      .catch((error: unknown) => this.#notDone(error))
      .then(() => {
        this.#looking = undefined;
        if (!this.#isOver) this.#stopLooking = this.#parts.clock.after(LOOK_MS, () => this.watch());
      });
  }

  /** Resolves when all batches that were asked for are done or refused. */
  async end(): Promise<void> {
    this.#isOver = true;
    this.#stopLooking?.();
    await this.#last;
    await this.#looking;
  }

  async #run(batch: Batch): Promise<number> {
    const small = batch.writes.filter(({ table }) => !isLarge(table));
    if (small.length === batch.writes.length) return this.#parts.commit(batch.writes, batch.guards);
    const large = batch.writes.filter(({ table }) => isLarge(table));
    const staging = await this.#inDatabase(() => Staging.begin(this.#parts.url, this.#parts.daemon));
    try {
      for (let from = 0; from < large.length; from += PART_ROWS) {
        const part = large.slice(from, from + PART_ROWS);
        await this.#inDatabase(() => staging.add(part));
        batch.progress(from + part.length);
      }
      if (small.length > 0) await this.#inDatabase(() => staging.add(small));
      const guards = batch.guards.filter(({ table }) => isLarge(table));
      for (let from = 0; from < guards.length; from += PART_GUARDS) {
        const part = guards.slice(from, from + PART_GUARDS).map((guard) => this.#parts.meant(guard));
        await this.#inDatabase(() => staging.addGuards(part));
      }
      await this.#parts.mayBegin();
      const others = batch.guards.filter(({ table }) => !isLarge(table));
      return await this.#takeEffect(staging.number, slicesOf([...large, ...small]), others);
    } finally {
      await staging.close();
    }
  }

  async #takeEffect(number: number, slices: readonly (readonly Write[])[], guards: readonly Guard[]): Promise<number> {
    const { take } = this.#parts;
    let [rev, from] = [0, 0];
    for (const [index, writes] of slices.entries()) {
      const to = from + writes.length;
      const slice = {
        writes,
        guards: index === 0 ? guards : [],
        batch: number,
        from,
        to,
        isLast: index === slices.length - 1,
      };
      try {
        rev = await take(slice);
      } catch (error) {
        if (index === 0 && !(error instanceof Failure)) throw error;
        return await this.#lost(number, error);
      }
      from = to;
    }
    return rev;
  }

  /** It may have taken effect or may do so: whoever takes care of batches goes on with it, and this one waits for that. */
  async #lost(number: number, cause: unknown): Promise<number> {
    const { ask, caughtUp, clock } = this.#parts;
    for (;;) {
      if (this.#isOver) throw refusal(cause);
      const state = await ask((sql) => stateOf(sql, number)).catch(() => 'unknown');
      if (state === 'ended') return caughtUp();
      if (state === 'staged') throw cause;
      await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
    }
  }

  async #look(): Promise<void> {
    const { ask, url } = this.#parts;
    const number = await ask(sealedBatch);
    const staging = number === undefined ? undefined : await Staging.takeOver(url, number);
    if (staging) await this.#goOn(staging).finally(() => staging.close());
    if (this.#looks % TIDY_LOOKS === 0) await ask(tidyBatches);
    this.#looks += 1;
    this.#isRefused = false;
  }

  /** While the database is away there is nothing to say; the next look will tell. */
  #notDone(error: unknown): void {
    const cause = error instanceof Failure ? error.cause : error;
    if (!isAnswered(cause) || this.#isRefused) return;
    this.#isRefused = true;
    this.#parts.report('store.database_refused', { code: codeOf(cause) });
  }

  /** The rest of a batch that somebody has left. */
  async #goOn(staging: Staging): Promise<void> {
    for (;;) {
      const from = await staging.done();
      if (from === undefined || this.#isOver) return;
      const [slice = [], ...more] = slicesOf(await staging.rows(from, SLICE_ROWS + 1));
      const to = from + slice.length;
      await this.#parts.take({
        ...{ writes: slice, guards: [], batch: staging.number, from, to },
        isLast: more.length === 0,
      });
    }
  }

  async #inDatabase<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#parts.report('store.batch_refused', { code: codeOf(error) });
      throw refusal(error);
    }
  }
}

/** Rows of large tables, as many as take effect at a time; those of small tables, which come last, by themselves. */
function slicesOf(writes: readonly Write[]): (readonly Write[])[] {
  const slices: Write[][] = [];
  for (const write of writes) {
    const slice = slices.at(-1);
    const isFull = slice && isLarge(slice[0]?.table ?? '') && (slice.length === SLICE_ROWS || !isLarge(write.table));
    if (slice && !isFull) slice.push(write);
    else slices.push([write]);
  }
  return slices;
}
