// `rollcall backup`: the whole store as one file, made by whoever holds it, written by this command with its own rights.
import { type Context, command, EXIT } from './command.ts';
import { copyTo } from './copy.ts';
import { holdingsText } from './holdings.ts';
import { size } from './progress.ts';
import { openTarget } from './target.ts';
import { withOperations } from './with-operations.ts';

const options = { force: { type: 'boolean' } } as const;

export const backup = command({
  name: 'backup',
  summary: 'write the whole store to a file, also while the daemon runs',
  usage: 'FILE [--force]',
  about: `The file holds the store as it is at one moment, readable by you alone (mode 0600), and gets its name when it is whole and on
the disk. - writes to stdout. --force replaces a file that is there. It holds every contact, personal ones too: keep it as
safe as the data folder. rollcall restore puts it back.`,
  options,
  positionals: { least: 1, most: 1 },
  run,
});

async function run({
  io,
  parts,
  values,
  positionals: [path = ''],
  settings,
}: Context<typeof options>): Promise<number> {
  const { settings: loaded } = await settings();
  const file = { path, what: 'backup', force: values.force === true, dataFolder: loaded.data };
  return withOperations(parts, loaded, async (operations) => {
    const target = await openTarget(io, file);
    try {
      const { holds, lines } = await operations.backup();
      const bytes = await copyTo(io, lines, target);
      target.done(`backup of ${holdingsText(holds)} written to ${target.name} (${size(bytes)})\n`);
      return EXIT.ok;
    } finally {
      target.end();
    }
  });
}
