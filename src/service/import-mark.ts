// The mark of a book that is written with each import into it, where several daemons share the store: of two files with one contact the second
// finds what the first has made, also when it was sent to another daemon, as a client does that heard no answer.
import type { Guard, Store, Write } from './store.ts';

function idOf(scope: string): string {
  return `imported ${scope}`;
}

/** That nothing was imported into the book since. */
export function importGuard(store: Store, scope: string): Guard {
  const id = idOf(scope);
  return { table: 'upkeep', id, rev: store.get('upkeep', id)?.rev ?? null };
}

/** Goes with an import. */
export function importMark(scope: string): Write {
  return { table: 'upkeep', id: idOf(scope), value: {} };
}

/** Goes with the removal of the book. */
export function importUnmarked(store: Store, scope: string): Write[] {
  const id = idOf(scope);
  return store.get('upkeep', id) ? [{ table: 'upkeep', id, value: null }] : [];
}
