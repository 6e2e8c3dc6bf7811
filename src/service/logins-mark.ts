// The mark of one user's log-ins, where several daemons share the store: each new log-in writes it, and what ends all of a user's log-ins takes
// it for granted, so that none is made meanwhile at another daemon. A daemon alone has turns for that.
import type { Guard, Store, Write } from './store.ts';

function idOf(extension: string): string {
  return `log-ins ${extension}`;
}

/** That the user has got no other log-in since. */
export function loginsGuard(store: Store, extension: string): Guard {
  const id = idOf(extension);
  return { table: 'upkeep', id, rev: store.get('upkeep', id)?.rev ?? null };
}

/** Goes with a new log-in. */
export function loginsMark(extension: string): Write {
  return { table: 'upkeep', id: idOf(extension), value: {} };
}

/** Goes with the removal of the user. */
export function loginsUnmarked(store: Store, extension: string): Write[] {
  const id = idOf(extension);
  return store.get('upkeep', id) ? [{ table: 'upkeep', id, value: null }] : [];
}
