// Contacts that have left their books, as far as they are remembered: a name in a history that is from one of them may not be shown any
// more. Every daemon follows them, whoever looks the names up again.
import type { KnownParty } from './call-row.ts';
import type { Commit, Store } from './store.ts';

/** Contacts that are remembered. */
const MOST = 50_000;

export class MovedContacts {
  /** Where they are now; undefined: nowhere. */
  readonly #moved = new Map<string, string | undefined>();

  /** Returns the function that ends it. */
  follow(store: Pick<Store, 'subscribe'>): () => void {
    return store.subscribe((commit) => this.#hear(commit));
  }

  /** Whether the contact has gone from that book since the name was looked up. */
  isOutdated({ contact, book }: KnownParty): boolean {
    return contact !== undefined && this.#moved.has(contact) && this.#moved.get(contact) !== book;
  }

  has(contact: string): boolean {
    return this.#moved.has(contact);
  }

  add(contact: string, scope: string | undefined): void {
    this.#moved.delete(contact);
    this.#moved.set(contact, scope);
    if (this.#moved.size <= MOST) return;
    for (const oldest of this.#moved.keys()) {
      this.#moved.delete(oldest);
      break;
    }
  }

  #hear({ writes }: Commit): void {
    for (const { table, id, value, scope, movedFrom } of writes) {
      if (table !== 'contacts') continue;
      if (value === null) this.add(id, undefined);
      else if (movedFrom !== undefined) this.add(id, scope);
    }
  }
}
