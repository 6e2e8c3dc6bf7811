// `rollcall user remove`: takes a log-in away, after saying what goes with it.
import type { UserWithLogins } from '../service/operations.ts';
import { type Context, command, EXIT, UsageError } from './command.ts';
import type { Io } from './io.ts';
import { Prompt } from './prompt.ts';
import { printable } from './width.ts';
import { withOperations } from './with-operations.ts';

const options = { yes: { type: 'boolean' } } as const;

export const userRemove = command({
  name: 'user remove',
  summary: 'take a log-in away',
  usage: 'EXTENSION [--yes]',
  about: `Says what goes away with it and asks; --yes removes without asking. The extension on the PBX is not touched.`,
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

function whatGoes({ user, logins }: UserWithLogins): string {
  const name = user.name ? ` (${printable(user.name)})` : '';
  const open = logins === 0 ? 'no open log-ins' : logins === 1 ? '1 open log-in' : `${logins} open log-ins`;
  return `user ${user.id}${name}, its password and details, and ${open}`;
}

async function agreed(io: Io, found: UserWithLogins): Promise<boolean> {
  if (!io.stdin.isTTY) throw new UsageError('stdin is no terminal to ask at: add --yes to remove without asking');
  io.stderr.write(`This removes ${whatGoes(found)}. Remove? [y/N] `);
  const prompt = new Prompt(io);
  try {
    return /^y(es)?$/i.test((await prompt.line()).trim());
  } finally {
    prompt.close();
  }
}
