// Searches contacts by the search index. At the start, and after many contacts were put, the index is made ready in the background,
// a little a turn, so that the first search seldom waits for it. Knows no file.
import type { Clock } from '../../service/clock.ts';
import type { ContactRow } from '../../service/contact-row.ts';
import { type Row, SCOPE_OF, type SearchQuestion } from '../../service/store.ts';
import type { StoredTable } from '../held/table.ts';
import { SearchIndex } from './search-index.ts';

/** From one step in building the index to the next: at the start, and later, when changes are more urgent than searches. */
const BUILD_EVERY_MS = 20;
const BUILD_LATER_MS = 250;

export class ContactSearch {
  readonly #index = new SearchIndex();
  readonly #table: StoredTable;
  readonly #clock: Clock;
  #buildEvery = BUILD_EVERY_MS;
  #stopBuilding: (() => void) | undefined;
  #isFull = false;
  #stopped = false;

  constructor(table: StoredTable, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  put({ id, value }: Row): void {
    this.#index.put(id, value as ContactRow);
    if (!this.#stopBuilding) this.#buildSoon();
  }

  remove({ id }: Row): void {
    this.#index.remove(id);
  }

  /** Contacts that answer, the best first. */
  async search(question: SearchQuestion): Promise<Row[]> {
    const ids = await this.#index.search(question);
    const rows = ids.flatMap((id) => this.#table.get(id) ?? []);
    return rows.filter(({ value }) => question.scopes.includes(SCOPE_OF.contacts(value)));
  }

  /** Every contact of the table has been put. */
  full(): void {
    this.#isFull = true;
  }

  stop(): void {
    this.#stopped = true;
    this.#stopBuilding?.();
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
