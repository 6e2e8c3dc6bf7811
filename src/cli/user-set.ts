// `rollcall user set`: makes or changes a log-in.
import type { UserPatch } from '../service/users-row.ts';
import { type Context, command, EXIT, UsageError, type Values } from './command.ts';
import type { Io } from './io.ts';
import { printLines } from './print.ts';
import { Prompt } from './prompt.ts';
import { userTable } from './user-table.ts';
import { withOperations } from './with-operations.ts';

const options = {
  name: { type: 'string' },
  email: { type: 'string' },
  mobile: { type: 'string' },
  group: { type: 'string', multiple: true },
  admin: { type: 'boolean' },
  'no-admin': { type: 'boolean' },
  disable: { type: 'boolean' },
  enable: { type: 'boolean' },
  'let-through': { type: 'string', multiple: true },
  'password-stdin': { type: 'boolean' },
} as const;

export const userSet = command({
  name: 'user set',
  summary: 'make or change a log-in and what the PBX does not say of a colleague',
  usage:
    'EXTENSION [--name NAME] [--email ADDRESS] [--mobile NUMBER] [--group GROUP ...] [--admin|--no-admin] [--disable|--enable] [--let-through NUMBER ...] [--password-stdin]',
  about: `What is not named stays as it is; an empty value ('') takes it away.
  --group GROUP      the groups the user is in, all of them; --group '' for none
  --let-through NUMBER   who reaches the user on do not disturb, all such numbers; --let-through none for nobody
  --password-stdin   read the password: one line of stdin, or asked for twice at a terminal
  --disable          no log-in any more, open ones end; --enable allows it again
The first administrator: rollcall user set 1000 --admin --password-stdin`,
  options,
  positionals: { least: 1, most: 1 },
  run,
});

async function run({ io, parts, values, positionals: [id = ''], settings }: Context<typeof options>): Promise<number> {
  const change = changeOf(id, values);
  const { settings: loaded } = await settings();
  const password = values['password-stdin'] ? { password: await readPassword(io) } : {};
  const user = await withOperations(parts, loaded, (operations) => operations.userSet({ ...change, ...password }));
  printLines(io.stdout, userTable([user]));
  if (!user.hasPassword)
    io.stderr.write(`user ${id} has no password yet and cannot log in: set one with --password-stdin\n`);
  return EXIT.ok;
}

function changeOf(id: string, values: Values<typeof options>): UserPatch {
  const { name, email, mobile, group, 'let-through': letThrough } = values;
  return {
    id,
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
    ...(mobile === undefined ? {} : { mobile }),
    ...(group === undefined ? {} : { groups: group.filter((one) => one !== '') }),
    ...choice('admin', values, 'admin', 'no-admin'),
    ...choice('disabled', values, 'disable', 'enable'),
    ...(letThrough === undefined ? {} : { letThrough: letThrough.filter((one) => one !== '' && one !== 'none') }),
  };
}

function choice<K extends string>(
  key: K,
  values: Values<typeof options>,
  yes: 'admin' | 'disable',
  no: 'no-admin' | 'enable',
): { [key in K]?: boolean } {
  if (values[yes] && values[no]) throw new UsageError(`--${yes} and --${no} exclude each other`);
  if (!values[yes] && !values[no]) return {};
  return { [key]: values[yes] === true } as { [key in K]: boolean };
}

async function readPassword(io: Io): Promise<string> {
  const prompt = new Prompt(io);
  try {
    if (!io.stdin.isTTY) return notEmpty(await prompt.line());
    const password = notEmpty(await prompt.hidden('Password: '));
    if ((await prompt.hidden('Again: ')) !== password)
      throw new UsageError('the two passwords differ: nothing was changed');
    return password;
  } finally {
    prompt.close();
  }
}

function notEmpty(password: string): string {
  if (password === '') throw new UsageError('--password-stdin: stdin brought no password');
  return password;
}
