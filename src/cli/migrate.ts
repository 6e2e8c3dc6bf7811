// `rollcall migrate`: brings everything that is stored from a data folder into a database or back, and checks that all of it is there.
import { command, UsageError } from './command.ts';

const options = { from: { type: 'string' }, to: { type: 'string' }, check: { type: 'boolean' } } as const;
const NAME_ONE = 'name at least one of --from and --to; the other is the store of the settings then';

export const migrate = command({
  name: 'migrate',
  summary: 'bring everything that is stored from a data folder into a database, or back; daemons must be stopped',
  usage: '[--from STORE] [--to STORE] [--check]',
  about: `STORE is a data folder or the URL of a database, such as postgres://user:password@host/database. Where one of the two is missing
it is the store of the settings, so that no password has to be on the command line. What is in --from stays as it is; --to has to
be empty, and gets all or nothing: a migration that breaks off leaves a store that no daemon starts on, and can be run again.
At the end every row of both stores is compared. --check alone compares and copies nothing.
Log-ins and tokens stay valid; clients get everything anew when they connect again. Who has sessions, and what was throttled, is
left behind. Run it as the user the daemon runs as.`,
  options,
  positionals: { least: 0, most: 0 },
  // The stores' code is read for this command alone.
  run: async ({ io, values: { from, to, check }, settings }) => {
    if (from === undefined && to === undefined) throw new UsageError(`migrate: ${NAME_ONE}`);
    const own = from === undefined || to === undefined ? (await settings()).settings : undefined;
    const { runMigrate } = await import('./migrating.ts');
    return runMigrate({ io, from, to, own, checksOnly: check === true });
  },
});
