// Which numbers the contacts of those company books have that nobody is kept from, as the feed and the rules change. Keeps the
// keys of those contacts, by which it knows the numbers of one that is gone; knows no name and no place.
import type { Access } from './access.ts';
import type { ContactRow } from './contact-row.ts';
import type { Store, Told } from './store.ts';

const SLICE = 500;

type Keys = ContactRow['keys'];

/** The contacts of one book. */
interface Book {
  readonly keys: Map<string, Keys>;
  /** While the book is read: contacts that the feed told of since, whose rows as they are read may be older. */
  told: Set<string> | undefined;
}

export interface MirrorNumbersParts {
  readonly store: Store;
  readonly access: Access;
  /** A contact that had the number is gone, or has it no longer, or everyone may see it no longer. */
  readonly lost: (key: string) => void;
  /** A contact has the number. */
  readonly touched: (key: string) => void;
  /** A book could not be read; it is read again with `retry`. */
  readonly failed: () => void;
}

export class MirrorNumbers {
  readonly #parts: MirrorNumbersParts;
  readonly #books = new Map<string, Book>();
  readonly #unread = new Set<string>();
  readonly #stops: (() => void)[] = [];
  #reading: Promise<void> = Promise.resolve();

  constructor(parts: MirrorNumbersParts) {
    this.#parts = parts;
  }

  start(): void {
    const { store, access } = this.#parts;
    this.#stops.push(
      store.subscribe(({ writes }) => {
        for (const write of writes) if (write.table === 'contacts') this.#hear(write);
      }),
      access.subscribe(() => this.#follow()),
    );
    this.#follow();
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#books.clear();
    this.#unread.clear();
  }

  /** Resolves when the books that are open now have been read, or could not be. */
  get read(): Promise<void> {
    return this.#reading;
  }

  /** Reads again what could not be read. */
  retry(): void {
    for (const id of [...this.#unread]) this.#begin(id);
  }

  /** The keys of all numbers; some may come twice. */
  *all(): Iterable<string> {
    for (const { keys } of this.#books.values()) for (const some of keys.values()) yield* some.flat();
  }

  #follow(): void {
    const open = new Set(this.#parts.access.booksForAll());
    for (const [id, book] of [...this.#books]) {
      if (open.has(id)) continue;
      this.#books.delete(id);
      this.#unread.delete(id);
      for (const some of book.keys.values()) for (const key of some.flat()) this.#parts.lost(key);
    }
    for (const id of open) if (!this.#books.has(id)) this.#begin(id);
  }

  #begin(id: string): void {
    this.#unread.delete(id);
    const book: Book = { keys: this.#books.get(id)?.keys ?? new Map(), told: new Set() };
    this.#books.set(id, book);
    this.#reading = Promise.all([this.#reading, this.#readBook(id, book)]).then(() => undefined);
  }

  /** Never rejects. */
  async #readBook(id: string, book: Book): Promise<void> {
    const isCurrent = () => this.#books.get(id) === book;
    try {
      let since: number | null = null;
      for (let more = true; more && isCurrent(); ) {
        const question = { table: 'contacts' as const, scope: id, since, removedSince: null, limit: SLICE };
        const slice = await this.#parts.store.read(question);
        if (!isCurrent()) return;
        for (const row of slice.rows) if (!book.told?.has(row.id)) this.#keep(book, row.id, row.value as ContactRow);
        [since, more] = [slice.rev, slice.more];
      }
      book.told = undefined;
    } catch {
      if (!isCurrent()) return;
      this.#unread.add(id);
      this.#parts.failed();
    }
  }

  #hear({ id, value, scope, movedFrom }: Told): void {
    for (const left of [movedFrom, value === null ? scope : undefined]) {
      const book = left === undefined ? undefined : this.#books.get(left);
      if (book) this.#keep(book, id, undefined);
      book?.told?.add(id);
    }
    const book = scope === undefined || value === null ? undefined : this.#books.get(scope);
    if (book) this.#keep(book, id, value as ContactRow);
    book?.told?.add(id);
  }

  #keep(book: Book, id: string, contact: ContactRow | undefined): void {
    const { lost, touched } = this.#parts;
    const before = book.keys.get(id)?.flat() ?? [];
    const now = contact?.keys.flat() ?? [];
    if (contact) book.keys.set(id, contact.keys);
    else book.keys.delete(id);
    for (const key of before) if (!now.includes(key)) lost(key);
    for (const key of now) touched(key);
  }
}
