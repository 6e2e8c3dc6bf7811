// The address books a user sees, for people: their names, their order, and which may be changed. Pure.
import type { Book } from '../../../client/types.ts';
import { fold } from '../../../src/domain/fold.ts';
import type { Texts } from '../texts/en.ts';

/** One's own first, then the company's by name. */
export function sortBooks(books: readonly Book[]): Book[] {
  const key = ({ kind, name, id }: Book) => `${kind === 'personal' ? 0 : 1}${fold(name)}\u0000${id}`;
  return [...books].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** The personal book is called so in the user's language; company books have names. */
export function bookName({ common }: Texts, { kind, name }: Book): string {
  return kind === 'personal' ? common.nav.personal : name || common.nav.company;
}
