// Whether the stored data is sound, and whether somebody can administer it. The daemon is asked where one runs.
import type { DaemonStatus } from '../../server/control-methods.ts';
import type { UserView } from '../../service/users-row.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** The store as a running daemon sees it. */
export function checkDaemonStore({ store }: Pick<DaemonStatus, 'store'>): Finding {
  if (store === 'open') return ok('store', 'open in the daemon');
  if (store === 'away') {
    const away =
      'the daemon does not reach the database: clients are shown what it knew, and nothing can be changed until it is back';
    return fail('store', away);
  }
  const text =
    'the daemon cannot write any more (disk full or failing): free space or mend the disk, then restart the daemon';
  return fail('store', text);
}

export function checkAdministrator(users: readonly UserView[]): Finding {
  const admins = users.filter((user) => user.admin && user.hasPassword && !user.disabled);
  const count = `${users.length} ${users.length === 1 ? 'user' : 'users'}`;
  if (admins.length > 0) return ok('users', `${count}, administrators: ${few(admins.map(({ id }) => id))}`);
  return warn('users', `${count}, no administrator who can log in: rollcall user set 1000 --admin --password-stdin`);
}

function few(names: readonly string[]): string {
  return names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
}
