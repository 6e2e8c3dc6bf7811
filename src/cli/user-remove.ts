// `rollcall user remove`: takes a log-in away, after saying what goes with it.
import type { UserWithLogins } from '../service/operations.ts';
import { type Context, command, EXIT } from './command.ts';
import { confirmed } from './confirm.ts';
import { counted } from './holdings.ts';
import type { Io } from './io.ts';
import { printable } from './width.ts';
import { withOperations } from './with-operations.ts';

const options = { yes: { type: 'boolean' } } as const;

export const userRemove = command({
  name: 'user remove',
  summary: 'take a log-in away',
  usage: 'EXTENSION [--yes]',
  about: `Says what goes away with it, personal contacts, favourites, call history and messages too, and asks; --yes removes without asking. The extension on
the PBX is not touched.`,
  options,
  positionals: { least: 1, most: 1 },
  run,
});

async function run({ io, parts, values, positionals: [id = ''], settings }: Context<typeof options>): Promise<number> {
  const { settings: loaded } = await settings();
  return withOperations(parts, loaded, async (operations) => {
    const found = await operations.userShow(id);
    if (!values.yes && !(await agreed(io, found))) {
      io.stderr.write('nothing was removed\n');
      return EXIT.failed;
    }
    const gone = await operations.userRemove(id);
    io.stdout.write(`removed ${whatGoes(gone)}\n`);
    return EXIT.ok;
  });
}

function whatGoes({ user, logins, contacts, favorites, calls, messages }: UserWithLogins): string {
  const name = user.name ? ` (${printable(user.name)})` : '';
  const counts = [
    counted(logins, 'open log-in'),
    counted(contacts, 'personal contact'),
    counted(favorites, 'favourite'),
    counted(calls, 'call'),
  ];
  return `user ${user.id}${name}, its password and details, ${counts.join(', ')} and ${counted(messages, 'message')}`;
}

function agreed(io: Io, found: UserWithLogins): Promise<boolean> {
  const lost = found.contacts > 0 ? ' The contacts cannot be got back.' : '';
  return confirmed(io, `This removes ${whatGoes(found)}.${lost} Remove?`, 'remove without asking');
}
