// Finds contacts in memory, as src/domain/search.ts says, by words and digits. What is put costs next to nothing until somebody
// searches: contacts gather in batches, and full ones are made into pages, one at a time, before the first search or by `build`.
import { setImmediate as turn } from 'node:timers/promises';
import { type Searchable, score, searchable } from '../../domain/search.ts';
import type { ContactRow } from '../../service/contact-row.ts';
import type { SearchQuestion } from '../../service/store.ts';
import { PAGE, SearchPage } from './search-page.ts';
import { TopHits } from './top-hits.ts';

/** A search that was overtaken by changes so often goes through at once. */
const MOST_STARTS = 3;

interface Loose {
  readonly row: ContactRow;
  contact?: Searchable;
}

/** Contacts of one book: loose, or made into a page. */
interface Batch {
  readonly scope: string;
  loose: Map<string, Loose>;
  page: SearchPage | undefined;
}

export class SearchIndex {
  /** The batches of each book; the last one is open. */
  readonly #books = new Map<string, Batch[]>();
  readonly #places = new Map<string, Batch>();
  /** Full, and not yet pages. */
  readonly #waiting = new Set<Batch>();
  readonly #stepMs: number;
  #changes = 0;

  /** `stepMs`: after so long a search gives way to others. */
  constructor({ stepMs = 8 } = {}) {
    this.#stepMs = stepMs;
  }

  /** Batches held: at most two for each 512 contacts, and one more for each book. */
  get batches(): number {
    let sum = 0;
    for (const batches of this.#books.values()) sum += batches.length;
    return sum;
  }

  put(id: string, row: ContactRow): void {
    this.remove(id);
    this.#changes += 1;
    const batch = this.#open(row.book);
    batch.loose.set(id, { row });
    this.#places.set(id, batch);
    if (batch.loose.size >= PAGE) this.#waiting.add(batch);
  }

  remove(id: string): void {
    const batch = this.#places.get(id);
    if (!batch) return;
    this.#changes += 1;
    this.#places.delete(id);
    batch.loose.delete(id);
    batch.page?.strike(id);
    const left = batch.page?.size ?? batch.loose.size;
    if (left === 0) this.#drop(batch);
    else if (left < PAGE / 2 && (batch.page || this.#waiting.has(batch))) this.#dissolve(batch);
  }

  /** One step in making pages, of some milliseconds; false when there is nothing left to do. */
  build(): boolean {
    for (const batch of this.#waiting) {
      this.#step(batch);
      return true;
    }
    return false;
  }

  /** Ids of those who answer, the best first. */
  async search({ scopes, query, limit }: SearchQuestion): Promise<readonly string[]> {
    for (let starts = 1; ; starts += 1) {
      await this.#prepare(this.#batchesOf(scopes));
      const question = { scopes, query, limit };
      const found = await this.#through(this.#batchesOf(scopes), question, starts >= MOST_STARTS);
      if (found) return found;
    }
  }

  #batchesOf(scopes: readonly string[]): Batch[] {
    return [...new Set(scopes)].flatMap((scope) => this.#books.get(scope) ?? []);
  }

  /** Makes pages of those that are full now, and not of those that fill up meanwhile: more may come than can be made. */
  async #prepare(batches: Batch[]): Promise<void> {
    let since = performance.now();
    for (const batch of batches) {
      while (this.#waiting.has(batch)) {
        this.#step(batch);
        if (performance.now() - since <= this.#stepMs) continue;
        await turn();
        since = performance.now();
      }
    }
  }

  /** `undefined` when something changed on the way. */
  async #through(batches: Batch[], { query, limit }: SearchQuestion, atOnce: boolean): Promise<string[] | undefined> {
    const hits = new TopHits(limit);
    const changes = this.#changes;
    let since = performance.now();
    for (const batch of batches) {
      if (!atOnce && performance.now() - since > this.#stepMs) {
        await turn();
        if (this.#changes !== changes) return undefined;
        since = performance.now();
      }
      if (batch.page) batch.page.search(query, hits);
      else
        for (const [id, loose] of batch.loose) {
          const contact = contactOf(loose);
          const found = score(query, contact);
          if (found > 0) hits.add(id, found, contact.name);
        }
    }
    return hits.ids();
  }

  #open(scope: string): Batch {
    const batches = this.#books.get(scope);
    const last = batches?.[batches.length - 1];
    if (last && !last.page && !this.#waiting.has(last)) return last;
    const batch: Batch = { scope, loose: new Map(), page: undefined };
    if (batches) batches.push(batch);
    else this.#books.set(scope, [batch]);
    return batch;
  }

  /** Prepares some contacts of a full batch, and when all are, makes it a page. */
  #step(batch: Batch): void {
    const end = performance.now() + this.#stepMs / 2;
    for (const loose of batch.loose.values()) {
      if (loose.contact) continue;
      contactOf(loose);
      if (performance.now() > end) return;
    }
    this.#waiting.delete(batch);
    batch.page = new SearchPage(
      [...batch.loose].map(([id, loose]) => ({ id, row: loose.row, contact: contactOf(loose) })),
    );
    batch.loose = new Map();
  }

  /** A batch that was full and of which less than half is left goes; its contacts gather again. */
  #dissolve(batch: Batch): void {
    this.#drop(batch);
    const left: Iterable<readonly [string, ContactRow]> =
      batch.page?.contacts() ?? [...batch.loose].map(([id, { row }]) => [id, row] as const);
    for (const [id, row] of left) {
      this.#places.delete(id);
      this.put(id, row);
    }
  }

  #drop(batch: Batch): void {
    this.#waiting.delete(batch);
    const left = (this.#books.get(batch.scope) ?? []).filter((other) => other !== batch);
    if (left.length === 0) this.#books.delete(batch.scope);
    else this.#books.set(batch.scope, left);
  }
}

function contactOf(loose: Loose): Searchable {
  loose.contact ??= searchable(loose.row.fields, loose.row.keys);
  return loose.contact;
}
