// Keeps the contacts of a client in order, so that they are when somebody looks: many at once are sorted in slices, whenever the
// browser has nothing else to do.
import type { Client, MirrorChange } from '../../../client/api.ts';
import type { Contact } from '../../../client/types.ts';
import { ContactIndex, type Order } from './contact-index.ts';
import { keptOrder } from './kept-order.ts';

/** So many take a few milliseconds. */
const SLICE = 4_000;

interface Waiting {
  readonly book: string;
  readonly contacts: readonly Contact[];
  next: number;
}

class SortedContacts {
  readonly #client: Client;
  #index = new ContactIndex(keptOrder());
  #waiting: Waiting[] = [];
  #isPlanned = false;

  constructor(client: Client) {
    this.#client = client;
    this.#begin();
    client.contacts.subscribe((book, change) => this.#changed(book, change));
  }

  list(book: string | undefined, order: Order): readonly Contact[] {
    if (order !== this.#index.order) {
      this.#index = new ContactIndex(order);
      this.#waiting = [];
      this.#begin();
    }
    while (this.#waiting.length > 0) this.#slice();
    return this.#index.list(book);
  }

  #begin(): void {
    for (const book of this.#client.contacts.books()) {
      this.#changed(book, { reset: true, put: [...this.#client.mirror(`contacts:${book}`).values()], remove: [] });
    }
  }

  #changed(book: string, change: MirrorChange<Contact> | undefined): void {
    if (change?.reset || !change) this.#waiting = this.#waiting.filter((waiting) => waiting.book !== book);
    if (!change) {
      if (this.#client.mirror(`contacts:${book}`).state !== 'live') this.#index.drop(book);
    } else if (change.put.length <= SLICE) {
      this.#index.apply(book, change);
    } else {
      this.#index.apply(book, { ...change, put: [] });
      this.#waiting.push({ book, contacts: change.put, next: 0 });
      this.#plan();
    }
  }

  #plan(): void {
    if (this.#isPlanned || this.#waiting.length === 0) return;
    this.#isPlanned = true;
    const later = globalThis.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 30)); // not every browser has it
    later(() => {
      this.#isPlanned = false;
      if (this.#waiting.length > 0) this.#slice();
      this.#index.list();
      this.#plan();
    });
  }

  /** Takes the next few that are still there. */
  #slice(): void {
    const [first] = this.#waiting;
    if (!first) return;
    const mirror = this.#client.mirror(`contacts:${first.book}`);
    const put = first.contacts.slice(first.next, first.next + SLICE).filter(({ id }) => mirror.has(id));
    first.next += SLICE;
    if (first.next >= first.contacts.length) this.#waiting.shift();
    this.#index.apply(first.book, { reset: false, put, remove: [] });
  }
}

const known = new WeakMap<Client, SortedContacts>();

/** Of this client; it follows for as long as the client lives. */
export function sortedContacts(client: Client): SortedContacts {
  const sorted = known.get(client) ?? new SortedContacts(client);
  known.set(client, sorted);
  return sorted;
}
