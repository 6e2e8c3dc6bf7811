// Contacts that share a number, by their books: asked for some books, it looks at those alone, or at those that hold the number
// where these are fewer. Knows no number.
import type { ContactRow } from '../../service/contact-row.ts';
import { NUMBER_HITS, type Row } from '../../service/store.ts';
import { type Held, OrderedRows } from './ordered-rows.ts';

/** Up to so many books are looked up in the question, more the other way round. */
const FEW_BOOKS = 16;

export const bookOf = ({ value }: Row): string => (value as ContactRow).book;

/** Whether a book has some of the first `count` rows. */
export function isAnswered(found: readonly Row[], count: number, book: string): boolean {
  for (let at = 0; at < count; at += 1) if (bookOf(found[at] as Row) === book) return true;
  return false;
}

export class NumberHolders {
  readonly #books = new Map<string, OrderedRows>();

  get isEmpty(): boolean {
    return this.#books.size === 0;
  }

  add(held: Held): void {
    const book = bookOf(held.row);
    let rows = this.#books.get(book);
    if (!rows) {
      rows = new OrderedRows();
      this.#books.set(book, rows);
    }
    rows.add(held);
  }

  remove(held: Held): void {
    const book = bookOf(held.row);
    const rows = this.#books.get(book);
    rows?.remove(held);
    if (rows?.isEmpty) this.#books.delete(book);
  }

  /** Gives to `found` the first contacts of each of the books, but of those that have some there. */
  take(scopes: readonly string[], found: Row[]): void {
    if (this.#books.size <= FEW_BOOKS) this.#takeFrom(scopes, found);
    else this.#takeFor(scopes, found);
  }

  #takeFrom(scopes: readonly string[], found: Row[]): void {
    const answered = found.length;
    for (const [book, rows] of this.#books) {
      if (scopes.includes(book) && !isAnswered(found, answered, book)) rows.take(NUMBER_HITS, found);
    }
  }

  #takeFor(scopes: readonly string[], found: Row[]): void {
    const answered = new Set(found.map(bookOf));
    for (const book of scopes) {
      const rows = this.#books.get(book);
      if (!rows || answered.has(book)) continue;
      answered.add(book);
      rows.take(NUMBER_HITS, found);
    }
  }
}
