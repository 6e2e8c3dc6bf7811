// Who may write to whom: two who see each other, the receiver being an extension of the directory. What the decision rests on is returned as
// guards. One answer for whom one may not see and for whom there is not.
import type { Access } from './access.ts';
import type { Asking } from './contacts-reach.ts';
import type { Refusals } from './refusals.ts';
import type { Guard, Store, Table } from './store.ts';
import type { Viewer } from './viewer.ts';

interface Reach {
  readonly store: Store;
  readonly access: Access;
  readonly refusals: Refusals;
}

/** Of an extension as far as visibility goes. */
const viewerOf = (extension: string): Viewer => ({ extension, admin: false, contacts: true });

/** The guards of a message from the one who asks to `to`. Failure `not_found`. */
export function writingGuards({ store, access, refusals }: Reach, { method, viewer }: Asking, to: string): Guard[] {
  const reason = hindrance(store, access, viewer.extension, to);
  if (reason !== undefined) {
    throw refusals.unseen(method, viewer, 'extension', { view: false, manage: false, reason });
  }
  const rows: [Table, string][] = [
    ['extensions', to],
    ['users', viewer.extension],
    ['users', to],
    ['upkeep', 'visibility'],
  ];
  return rows.map(([table, id]) => ({ table, id, rev: store.get(table, id)?.rev ?? null }));
}

/** Whether an extension may know of another at this moment. */
export function mayKnow(access: Access, extension: string, other: string): boolean {
  return access.sight(viewerOf(extension)).sees(other);
}

/** Why not, for the log; undefined: nothing is in the way. */
function hindrance(store: Store, access: Access, from: string, to: string): string | undefined {
  if (!store.get('extensions', to)) return 'no such extension';
  if (from === to) return 'own extension';
  if (!mayKnow(access, from, to)) return 'hidden';
  return mayKnow(access, to, from) ? undefined : 'hidden from the receiver';
}
