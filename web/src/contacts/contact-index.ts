// All contacts in the order of a list, kept so while they come, change and go. Keys are folded once for each state of a contact; a
// change costs one pass over the list, and nothing until somebody looks. Pure.
import type { MirrorChange } from '../../../client/api.ts';
import { displayName } from '../../../client/display-name.ts';
import type { Contact } from '../../../client/types.ts';
import { fold } from '../../../src/domain/fold.ts';

export const ORDERS = ['first', 'last', 'company'] as const;
export type Order = (typeof ORDERS)[number];

interface Entry {
  readonly contact: Contact;
  readonly key: string;
  /** Not in the list any more, once somebody looks. */
  gone: boolean;
}

/** What stands after everything else. */
const LAST = '\uffff';
/** Sorts before every letter. */
const BETWEEN = '\u0001';

export class ContactIndex {
  readonly order: Order;
  #sorted: readonly Entry[] = [];
  #fresh: Entry[] = [];
  #hasGone = false;
  readonly #entries = new Map<string, Entry>();
  readonly #lists = new Map<string, readonly Contact[]>();

  constructor(order: Order) {
    this.order = order;
  }

  /** Takes a change of one book. */
  apply(book: string, { reset, put, remove }: MirrorChange<Contact>): void {
    if (reset) this.drop(book);
    for (const id of remove) if (this.#entries.get(id)?.contact.book === book) this.#remove(id);
    for (const contact of put) this.#put(contact);
  }

  /** Forgets a book. */
  drop(book: string): void {
    for (const [id, { contact }] of this.#entries) if (contact.book === book) this.#remove(id);
  }

  /** In order; of all books, or of one. The same list as before when nothing has changed. */
  list(book?: string): readonly Contact[] {
    this.#settle();
    const name = book ?? '';
    const known = this.#lists.get(name);
    if (known) return known;
    const list: Contact[] = [];
    for (const { contact } of this.#sorted) if (book === undefined || contact.book === book) list.push(contact);
    this.#lists.set(name, list);
    return list;
  }

  #put(contact: Contact): void {
    const before = this.#entries.get(contact.id);
    if (before && before.contact.rev > contact.rev) return; // of the book it has moved away from
    this.#remove(contact.id);
    const entry = { contact, key: keyOf(contact, this.order), gone: false };
    this.#entries.set(contact.id, entry);
    this.#fresh.push(entry);
  }

  #remove(id: string): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    entry.gone = true;
    this.#hasGone = true;
    this.#entries.delete(id);
  }

  #settle(): void {
    if (!this.#hasGone && this.#fresh.length === 0) return;
    const kept = this.#hasGone ? this.#sorted.filter(({ gone }) => !gone) : this.#sorted;
    const fresh = this.#fresh.filter(({ gone }) => !gone).sort(compare);
    this.#sorted = merged(kept, fresh);
    this.#fresh = [];
    this.#hasGone = false;
    this.#lists.clear();
  }
}

function merged(a: readonly Entry[], b: readonly Entry[]): readonly Entry[] {
  if (b.length === 0 || a.length === 0) return b.length === 0 ? a : b;
  const all: Entry[] = [];
  let next = 0;
  for (const entry of a) {
    for (let other = b[next]; other && compare(other, entry) < 0; other = b[next]) {
      all.push(other);
      next++;
    }
    all.push(entry);
  }
  return all.concat(b.slice(next));
}

function compare(a: Entry, b: Entry): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return a.contact.id < b.contact.id ? -1 : 1;
}

/** What the contact is sorted by: its parts in this order. One without a company stands after those with one. */
function keyOf(contact: Contact, order: Order): string {
  const { firstName = '', lastName = '', company = '' } = contact;
  const parts = {
    first: [firstName, lastName, company],
    last: [lastName, firstName, company],
    company: [company || LAST, lastName, firstName],
  }[order].filter((part) => part !== '');
  return fold(parts.length > 0 ? parts.join(BETWEEN) : displayName(contact));
}

/** The name as it stands in a list of this order: the part by which it is sorted comes first. */
export function listedName(contact: Contact, order: Order): string {
  const { firstName, lastName } = contact;
  if (order !== 'last' || !firstName || !lastName) return displayName(contact);
  return `${lastName}, ${firstName}`;
}
