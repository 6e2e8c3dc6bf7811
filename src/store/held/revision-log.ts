// Rows and removals in order of revision, so that what changed since a revision costs in proportion to the change, and the
// state of one moment is held at the cost of pointers. Places that were left are closed up in small pieces. Knows no table.
import type { Row } from '../../service/store.ts';

/** A row, or with `value: null` the mark that it was removed. Never changed: a new state is a new object. */
export interface Stored {
  readonly id: string;
  readonly value: object | null;
  readonly rev: number;
}

/** The place of one row or removal in a log. */
export interface Entry {
  readonly stored: Stored;
  chunk: Chunk;
  at: number;
}

interface Chunk {
  slots: (Entry | undefined)[];
  live: number;
  /** No entry has a higher revision. */
  rev: number;
}

/** Places in a chunk: closing up one is a matter of microseconds. */
const PLACES = 512;
/** A chunk of some size is closed up when one in so many of its places is taken. */
const SPARSE = 4;
const SOME = 64;

export const isRow = (stored: Stored): stored is Row => stored.value !== null;

export class RevisionLog {
  #chunks: Chunk[] = [];
  #live = 0;
  #isOrdered = true;

  get size(): number {
    return this.#live;
  }

  /** Places that are held, those that were left and are not closed up yet included. */
  get places(): number {
    return this.#chunks.reduce((sum, { slots }) => sum + slots.length, 0);
  }

  /** Adds what has the newest revision, or any when `order` is called before the next reading. */
  append(stored: Stored): Entry {
    let chunk = this.#chunks.at(-1);
    if (chunk && stored.rev < chunk.rev) this.#isOrdered = false;
    if (!chunk || chunk.slots.length === PLACES) {
      chunk = { slots: [], live: 0, rev: stored.rev };
      this.#chunks.push(chunk);
    }
    const entry: Entry = { stored, chunk, at: chunk.slots.length };
    chunk.slots.push(entry);
    chunk.live += 1;
    chunk.rev = Math.max(chunk.rev, stored.rev);
    this.#live += 1;
    return entry;
  }

  /** Takes out an entry of this log. */
  remove({ chunk, at }: Entry): void {
    chunk.slots[at] = undefined;
    chunk.live -= 1;
    this.#live -= 1;
    if (chunk.live === 0) this.#drop(chunk);
    else if (chunk.slots.length >= SOME && chunk.live * SPARSE <= chunk.slots.length) this.#closeUp(chunk);
  }

  /** What has a revision above `since`, in order. The log may not be changed while it is read. */
  *after(since: number): Generator<Stored> {
    for (let index = this.#firstAfter(since); index < this.#chunks.length; index += 1) {
      for (const entry of (this.#chunks[index] as Chunk).slots)
        if (entry && entry.stored.rev > since) yield entry.stored;
    }
  }

  /** All of this moment, in order, to be read at any time, however the log changes. */
  freeze(): Iterable<Stored> {
    const kept = this.#chunks.map(({ slots }) => slots.slice());
    return {
      *[Symbol.iterator]() {
        for (const slots of kept) for (const entry of slots) if (entry) yield entry.stored;
      },
    };
  }

  /** Brings what was added out of order into order. */
  order(): void {
    if (this.#isOrdered) return;
    const entries = this.#chunks.flatMap(({ slots }) => slots.filter((entry) => entry !== undefined));
    entries.sort((a, b) => a.stored.rev - b.stored.rev);
    this.#chunks = [];
    for (let from = 0; from < entries.length; from += PLACES) {
      const slots = entries.slice(from, from + PLACES);
      this.#chunks.push(settled({ slots, live: slots.length, rev: slots.at(-1)?.stored.rev ?? 0 }));
    }
    this.#isOrdered = true;
  }

  /** Index of the first chunk that may hold a revision above `since`. */
  #firstAfter(since: number): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#chunks[middle] as Chunk).rev > since) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Takes the places that were left out of a chunk, and joins it to the one before when both fit in one. */
  #closeUp(chunk: Chunk): void {
    chunk.slots = chunk.slots.filter((entry) => entry !== undefined);
    settled(chunk);
    const index = this.#chunks.lastIndexOf(chunk);
    const before = this.#chunks[index - 1];
    if (!before || before.slots.length + chunk.slots.length > PLACES) return;
    before.slots.push(...chunk.slots);
    before.live += chunk.live;
    before.rev = chunk.rev;
    settled(before);
    this.#chunks.splice(index, 1);
  }

  #drop(chunk: Chunk): void {
    this.#chunks.splice(this.#chunks.lastIndexOf(chunk), 1);
  }
}

/** The chunk, after its entries were told their places. */
function settled(chunk: Chunk): Chunk {
  for (const [at, entry] of chunk.slots.entries()) {
    if (!entry) continue;
    entry.chunk = chunk;
    entry.at = at;
  }
  return chunk;
}
