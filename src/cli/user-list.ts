// `rollcall user list`: all log-ins.
import { type Context, command, EXIT } from './command.ts';
import { printJson, printLines } from './print.ts';
import { userTable } from './user-table.ts';
import { withOperations } from './with-operations.ts';

const options = { json: { type: 'boolean' } } as const;

export const userList = command({
  name: 'user list',
  summary: 'list the log-ins',
  usage: '[--json]',
  options,
  positionals: { least: 0, most: 0 },
  run,
});

async function run({ io, parts, values, settings }: Context<typeof options>): Promise<number> {
  const { settings: loaded } = await settings();
  const users = await withOperations(parts, loaded, (operations) => operations.userList());
  if (values.json) printJson(io.stdout, users);
  else if (users.length > 0) printLines(io.stdout, userTable(users));
  else io.stderr.write('there are no users yet: make one with rollcall user set 1000 --admin --password-stdin\n');
  return EXIT.ok;
}
