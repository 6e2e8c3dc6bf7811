// Batches: commits of more rows than one record should hold. Their rows go to a file of their own, part after part; one record of
// the journal makes them all durable at once; then the parts take effect in turns. Knows neither tables nor listeners.
import type { Report } from '../../service/report.ts';
import { type Guard, isLarge, type Write } from '../../service/store.ts';
import type { FolderAdapter } from './adapter.ts';
import type { BatchFiles } from './batch-files.ts';
import { type BatchRef, commitText, partText } from './entry.ts';
import { codeOf } from './journal.ts';
import { PendingKeys } from './pending-keys.ts';
import { refusal, type Writer } from './writer.ts';

/** A part is written in one turn and takes effect in another: each is a matter of a few milliseconds. */
const PART_ROWS = 100;
/** Batches that may wait for one another; beyond it they are refused. */
const WAITING = 16;

interface Batch {
  readonly writes: readonly Write[];
  readonly guards: readonly Guard[];
  /** Told how many rows of large tables are durable. */
  readonly progress: (written: number) => void;
}

interface BatchesParts {
  readonly adapter: FolderAdapter;
  readonly writer: Writer;
  readonly report: Report;
  /** Numbers for so many commits; returns the first. */
  readonly reserve: (count: number) => number;
  /** Gives effect to the commit of this number, tells the feed, and returns its revision. */
  readonly takeEffect: (number: number, writes: readonly Write[]) => number;
}

type NewBatch = Awaited<ReturnType<BatchFiles['create']>>;

/** A batch of which all parts are durable. */
interface Spooled {
  readonly ref: BatchRef;
  readonly parts: readonly (readonly Write[])[];
  /** Rows of tables that are held whole: they take effect with the closing record, last of all. */
  readonly small: readonly Write[];
  readonly keys: PendingKeys;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class Batches {
  readonly #parts: BatchesParts;
  #last: Promise<unknown> = Promise.resolve();
  #count = 0;
  #settling: Promise<unknown> | undefined;

  constructor(parts: BatchesParts) {
    this.#parts = parts;
  }

  /** While a batch takes effect: resolves in the turn in which all of it has. */
  get settling(): Promise<unknown> | undefined {
    return this.#settling;
  }

  /** Resolves when all batches that were asked for are done or refused. */
  async idle(): Promise<void> {
    await this.#last;
  }

  async add(batch: Batch): Promise<number> {
    if (this.#count >= WAITING) throw refusal();
    this.#count += 1;
    const done = this.#last.then(() => this.#run(batch));
    // Whoever asked for a batch hears of its failure; the next batch begins whatever became of it.
    this.#last = done.catch(() => undefined).then(() => this.#count--);
    return done;
  }

  async #run(batch: Batch): Promise<number> {
    const { adapter, writer } = this.#parts;
    if (writer.isBroken) throw refusal();
    const file = await this.#onDisk(() => adapter.batches.create());
    try {
      return await this.#close(batch, await this.#spool(batch, file));
    } catch (error) {
      // After a failed sync the journal may name the file or not: the next start looks.
      if (!writer.isBroken) await adapter.batches.drop(file.number);
      throw error;
    }
  }

  async #spool({ writes, progress }: Batch, { number, file }: NewBatch): Promise<Spooled> {
    const { batches } = this.#parts.adapter;
    const keys = new PendingKeys();
    const parts: Write[][] = [];
    const small: Write[] = [];
    let rows = 0;
    let told = 0;
    try {
      for (const part of partsOf(writes, small)) {
        const text = partText(part);
        await this.#onDisk(() => file.add(text));
        for (const write of part) keys.add(write);
        parts.push(part);
        rows += part.length;
        if (!file.isSynced) continue;
        told = rows;
        progress(rows);
      }
    } catch (error) {
      file.close();
      throw error;
    }
    const ref = await this.#onDisk(() => batches.finish({ number, file }, parts.length));
    if (told < rows) progress(rows);
    for (const write of small) keys.add(write);
    return { ref, parts, small, keys };
  }

  /** Writes the record that makes the batch durable, and resolves when it took effect. */
  #close({ guards }: Batch, spooled: Spooled): Promise<number> {
    const { writer, reserve } = this.#parts;
    const { ref, small, keys } = spooled;
    const first = reserve(ref.parts + 1);
    const text = commitText(first + ref.parts, small, ref);
    return new Promise<number>((resolve, refuse) => {
      const takeEffect = (): void => resolve(this.#takeEffect(spooled, first));
      writer.add({ text, writes: small, guards, keys, takeEffect, refuse });
    });
  }

  #takeEffect(spooled: Spooled, first: number): Promise<number> {
    this.#parts.adapter.keepBatch(spooled.ref);
    const settling = this.#inTurns(spooled, first).finally(() => {
      this.#settling = undefined;
      this.#parts.writer.batchEnded();
    });
    this.#settling = settling;
    return settling;
  }

  async #inTurns({ parts, small }: Spooled, first: number): Promise<number> {
    const { takeEffect } = this.#parts;
    let rev = 0;
    for (const [index, part] of [...parts, small].entries()) {
      if (part.length === 0) continue;
      await turn();
      rev = takeEffect(first + index, part);
    }
    return rev;
  }

  /** A disk that refuses what only concerns this batch refuses the batch, nothing else. */
  async #onDisk<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      this.#parts.report('store.batch_refused', { code: codeOf(error) ?? 'unknown' });
      throw refusal(error);
    }
  }
}

/** The rows of large tables, part by part; the others go to `small`. */
function* partsOf(writes: readonly Write[], small: Write[]): Generator<Write[]> {
  let part: Write[] = [];
  for (const write of writes) {
    if (!isLarge(write.table)) small.push(write);
    else if (part.push(write) === PART_ROWS) {
      yield part;
      part = [];
    }
  }
  if (part.length > 0) yield part;
}
