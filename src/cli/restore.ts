// `rollcall restore`: puts a backup in place of everything that is stored, after reading it to its end and asking.
import { command } from './command.ts';

const options = { yes: { type: 'boolean' } } as const;

export const restore = command({
  name: 'restore',
  summary: 'put a backup in place of everything that is stored; the daemon must be stopped',
  usage: 'FILE [--yes]',
  about: `The backup is read to its end first: one that is not whole changes nothing. Says what will be replaced and asks; --yes restores
without asking. Clients get everything anew when they connect again. Run it as the user the daemon runs as.`,
  options,
  positionals: { least: 1, most: 1 },
  // The store's code is read for this command alone.
  run: async ({ io, values, positionals: [path = ''], settings }) => {
    const { runRestore } = await import('./restoring.ts');
    const { settings: loaded } = await settings();
    return runRestore({ io, path, settings: loaded, asks: values.yes !== true });
  },
});
