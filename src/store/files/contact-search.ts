// Keeps the search index in step with the table of contacts. At the start, and after many contacts were put, the work is done
// in the background, a little a turn, so that the start does not wait for it and the first search seldom does. Knows no file.
import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../service/clock.ts';
import type { ContactRow } from '../../service/contact-row.ts';
import { type Row, SCOPE_OF, type SearchQuestion } from '../../service/store.ts';
import { SearchIndex } from './search-index.ts';
import type { StoredTable } from './table.ts';

/** Contacts taken into the index in one turn. */
const FILL_ROWS = 500;
/** From one step in building the index to the next: at the start, and later, when changes are more urgent than searches. */
const BUILD_EVERY_MS = 20;
const BUILD_LATER_MS = 250;

export class ContactSearch {
  readonly #index = new SearchIndex();
  readonly #table: StoredTable;
  readonly #clock: Clock;
  readonly #filled: Promise<void>;
  #buildEvery = BUILD_EVERY_MS;
  #stopBuilding: (() => void) | undefined;
  #isFull = false;
  #stopped = false;

  constructor(table: StoredTable, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
    table.follow((before, after) => {
      if (after) this.#put(after);
      else if (before) this.#index.remove(before.id);
    });
    this.#filled = this.#fill();
  }

  /** Contacts that answer, the best first. */
  async search(question: SearchQuestion): Promise<Row[]> {
    await this.#filled;
    const ids = await this.#index.search(question);
    const rows = ids.flatMap((id) => this.#table.get(id) ?? []);
    return rows.filter(({ value }) => question.scopes.includes(SCOPE_OF.contacts(value)));
  }

  stop(): void {
    this.#stopped = true;
    this.#stopBuilding?.();
  }

  /** What is changed meanwhile is taken twice at most. */
  async #fill(): Promise<void> {
    let count = 0;
    for (const row of this.#table.rows()) {
      count += 1;
      if (count % FILL_ROWS === 0) await turn();
      if (this.#stopped) return;
      if (this.#table.get(row.id) === row) this.#put(row);
    }
    this.#isFull = true;
  }

  #put({ id, value }: Row): void {
    this.#index.put(id, value as ContactRow);
    if (!this.#stopBuilding) this.#buildSoon();
  }

  #buildSoon(): void {
    if (this.#stopped) return;
    this.#stopBuilding = this.#clock.after(this.#buildEvery, () => {
      this.#stopBuilding = undefined;
      if (this.#index.build()) this.#buildSoon();
      else if (this.#isFull) this.#buildEvery = BUILD_LATER_MS;
    });
  }
}
