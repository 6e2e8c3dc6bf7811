// The indexes of contacts, in step with their table: for searches and for lookups by number. They are filled after the start, a
// little a turn, so that the start does not wait for it; who asks before they are full waits. Knows no file.
import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../service/clock.ts';
import type { NumberQuestion, Row, SearchQuestion } from '../../service/store.ts';
import type { StoredTable } from '../held/table.ts';
import { ContactSearch } from './contact-search.ts';
import { NumberIndex } from './number-index.ts';

/** Filling gives way to others after so long, and looks at the time after so many contacts. */
const SLICE_MS = 3;
const ROWS_PER_LOOK = 16;

export interface ContactIndexesOptions {
  readonly clock: Clock;
  /** Length of the endings by which numbers are found; 0: none. */
  readonly lastDigits: number;
}

export class ContactIndexes {
  readonly #table: StoredTable;
  readonly #search: ContactSearch;
  readonly #numbers: NumberIndex;
  #filling: Promise<void> | undefined;
  #isFull = false;
  /** Somebody waits until they are full. */
  #isAsked = false;
  #stopped = false;

  constructor(table: StoredTable, { clock, lastDigits }: ContactIndexesOptions) {
    this.#table = table;
    this.#search = new ContactSearch(table, clock);
    this.#numbers = new NumberIndex({ lastDigits });
    table.follow((before, after) => {
      if (before) this.#numbers.remove(before);
      if (after) this.#put(after);
      else if (before) this.#search.remove(before);
    });
    this.#filling = this.#fill();
  }

  async search(question: SearchQuestion): Promise<Row[]> {
    if (!this.#isFull) await this.#full();
    return this.#search.search(question);
  }

  byNumber(question: NumberQuestion): Row[] | Promise<Row[]> {
    return this.#isFull ? this.#numbers.find(question) : this.#full().then(() => this.#numbers.find(question));
  }

  /** Nothing more is done in the background, but for those who wait. */
  stop(): void {
    this.#stopped = true;
    this.#search.stop();
  }

  #full(): Promise<void> {
    this.#isAsked = true;
    this.#filling ??= this.#fill();
    return this.#filling;
  }

  /** What is changed meanwhile is taken twice at most. */
  async #fill(): Promise<void> {
    await turn();
    let begun = performance.now();
    let count = 0;
    for (const row of this.#table.rows()) {
      this.#put(row);
      count += 1;
      if (count % ROWS_PER_LOOK > 0 || performance.now() - begun < SLICE_MS) continue;
      await turn();
      begun = performance.now();
      if (!this.#stopped || this.#isAsked) continue;
      this.#filling = undefined;
      return;
    }
    this.#isFull = true;
    this.#search.full();
  }

  #put(row: Row): void {
    this.#search.put(row);
    this.#numbers.put(row);
  }
}
