// Who may view and manage which company book by a list of rules that is not in force yet, and what of that differs from the
// one that is. Decides by the daemon's own function, so both always agree. Pure.
import { decidePermission, isNamed, type PermissionRule, type Person } from '../../../src/domain/rules.ts';
import { sharedBy } from './people.ts';

export type Right = 'none' | 'view' | 'manage';

/** `rule` is the place, from 1, of the rule that decides; absent when none does, or the user is an administrator. */
interface Granted {
  readonly right: Right;
  readonly rule?: number;
}

export interface PermissionCell {
  readonly now: Granted;
  readonly next: Granted;
  readonly changed: boolean;
}

export interface PermissionRow<U> {
  readonly user: U;
  /** One for each book, in the order given. */
  readonly cells: readonly PermissionCell[];
  readonly changed: number;
}

export interface PreviewedUser extends Person {
  readonly admin: boolean;
}

/** One row for each user. `now` is the list in force. Quick for thousands: users whom the rules cannot tell apart share their cells. */
export function previewPermissions<U extends PreviewedUser>(
  users: readonly U[],
  books: readonly string[],
  now: readonly PermissionRule[],
  next: readonly PermissionRule[],
): PermissionRow<U>[] {
  const share = sharedBy([...now, ...next].map(({ who }) => who));
  const known = new Map<string, readonly PermissionCell[]>();
  return users.map((user) => {
    const key = user.admin ? 'admin' : share(user);
    const cells = known.get(key) ?? cellsOf(user, books, now, next);
    known.set(key, cells);
    return { user, cells, changed: cells.reduce((sum, { changed }) => sum + (changed ? 1 : 0), 0) };
  });
}

function cellsOf(
  user: PreviewedUser,
  books: readonly string[],
  now: readonly PermissionRule[],
  next: readonly PermissionRule[],
): PermissionCell[] {
  const before = granting(user, now);
  const after = granting(user, next);
  return books.map((book) => {
    const cell = { now: before(book), next: after(book) };
    return { ...cell, changed: cell.now.right !== cell.next.right };
  });
}

function granting(user: PreviewedUser, rules: readonly PermissionRule[]): (book: string) => Granted {
  if (user.admin) return () => ({ right: 'manage' });
  const places = new Map(rules.map(({ id }, i) => [id, i + 1]));
  const naming = rules.filter(({ who }) => isNamed(who, user));
  return (book) => {
    const { view, manage, rule } = decidePermission(naming, user, book);
    const place = rule === undefined ? undefined : places.get(rule);
    return { right: manage ? 'manage' : view ? 'view' : 'none', ...(place ? { rule: place } : {}) };
  };
}
