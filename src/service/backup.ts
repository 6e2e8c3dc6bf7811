// A backup as an operator asks for it: the lines of the store, and how much they hold. Counts are all that it tells of them.
import { ownerOf } from './contact-row.ts';
import type { Store } from './store.ts';

/** How much a store holds. */
export interface Holdings {
  readonly users: number;
  /** In all company books. */
  readonly companyContacts: number;
  /** In all personal books together. */
  readonly personalContacts: number;
}

export interface Backup {
  readonly holds: Holdings;
  /** The whole store at the moment of asking, each line with its end. */
  readonly lines: AsyncIterable<string>;
}

export async function backupOf(store: Store): Promise<Backup> {
  const lines = store.backup();
  return { holds: await holdingsOf(store), lines };
}

/** As the store is in this turn. */
export async function holdingsOf(store: Store): Promise<Holdings> {
  const books = [...store.all('books')].map(({ id }) => id);
  const users = [...store.all('users')].map(({ id }) => id);
  return sumHoldings(books, users, await store.counts('contacts'));
}

/** `contacts`: how many there are in each scope. Those of books and users that are gone, and soon swept away, do not count. */
export function sumHoldings(
  books: Iterable<string>,
  users: Iterable<string>,
  contacts: ReadonlyMap<string, number>,
): Holdings {
  const [bookIds, userIds] = [new Set(books), new Set(users)];
  let [companyContacts, personalContacts] = [0, 0];
  for (const [scope, count] of contacts) {
    const owner = ownerOf(scope);
    if (owner === undefined && bookIds.has(scope)) companyContacts += count;
    else if (owner !== undefined && userIds.has(owner)) personalContacts += count;
  }
  return { users: userIds.size, companyContacts, personalContacts };
}
