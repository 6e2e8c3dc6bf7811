// Users as a table for people. Shows that a password is set, never anything of it.
import type { UserView } from '../service/users-row.ts';
import { tableLines } from './table.ts';

const HEADINGS = ['EXTENSION', 'LOG-IN', 'ROLE', 'NAME', 'E-MAIL', 'MOBILE', 'GROUPS', 'LET THROUGH'];
/** More are counted. */
const MOST_NUMBERS = 3;

export function userTable(users: readonly UserView[], columns?: number): string[] {
  const rows = users.map((user) => [
    user.id,
    user.disabled ? 'disabled' : user.hasPassword ? 'yes' : 'no password',
    user.admin ? 'admin' : 'user',
    user.name ?? '',
    user.email ?? '',
    user.mobile ?? '',
    user.groups.join(', '),
    letThrough(user.letThrough ?? []),
  ]);
  return tableLines(HEADINGS, rows, columns);
}

function letThrough(numbers: readonly string[]): string {
  return numbers.length > MOST_NUMBERS ? `${numbers.length} numbers` : numbers.join(', ');
}
