// The contacts of all books the user sees, over the copies of `contacts:<book>`.
import type { Client, MirrorChange } from './api.ts';
import type { Change, Copy } from './copy.ts';
import { Listeners } from './listeners.ts';
import { bookOf, isBook } from './sync.ts';
import type { Contact } from './types.ts';

type BookListener = Parameters<Client['contacts']['subscribe']>[0];

export class ContactsView {
  readonly #copies: ReadonlyMap<string, Copy>;
  readonly #listeners = new Listeners<Parameters<BookListener>>();

  constructor(copies: ReadonlyMap<string, Copy>) {
    this.#copies = copies;
  }

  books(): readonly string[] {
    return [...this.#live()].map(({ name }) => bookOf(name));
  }

  /** While a contact moves it may stand in both books; the newer one counts. */
  get(id: string): Contact | undefined {
    let newest: Contact | undefined;
    for (const copy of this.#live()) {
      const contact = copy.get(id) as Contact | undefined;
      if (contact && (!newest || contact.rev >= newest.rev)) newest = contact;
    }
    return newest;
  }

  subscribe(listener: BookListener): () => void {
    return this.#listeners.add(listener);
  }

  /** A copy has changed, whichever. `hasCome`: it came or went as a whole. */
  changed(copy: Copy, change: Change, hasCome: boolean): void {
    if (!isBook(copy.name)) return;
    const book = bookOf(copy.name);
    if (hasCome) this.#listeners.tell(book, undefined);
    if (copy.state === 'live') this.#listeners.tell(book, change as unknown as MirrorChange<Contact>);
  }

  *#live(): Iterable<Copy> {
    for (const copy of this.#copies.values()) if (copy.state === 'live' && isBook(copy.name)) yield copy;
  }
}
