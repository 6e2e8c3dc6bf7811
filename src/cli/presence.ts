// `rollcall presence`: the board, once or followed.

import type { BoardRow, BoardView } from '../service/operations.ts';
import { OperatorError } from '../service/operator-error.ts';
import { type Context, command, EXIT } from './command.ts';
import type { Io } from './io.ts';
import { awayLines, presenceTable } from './presence-table.ts';
import { followPresence } from './presence-watch.ts';
import { printJson, printLines } from './print.ts';
import { withDaemon, withOperations } from './with-operations.ts';

const options = { json: { type: 'boolean' }, watch: { type: 'boolean' } } as const;

export const presence = command({
  name: 'presence',
  summary: 'show the board; --watch follows it',
  usage: '[EXTENSION] [--watch] [--json]',
  about: `Without a daemon the values of its last run are shown; --watch needs a running one and ends with Ctrl-C.
With --watch and --json, or when stdout is no terminal: one JSON item a line, {"id":…,"removed":true} for one that is gone,
and the item "pbx" that says whether the PBX is connected; those of other sites have the site's name as "id".`,
  options,
  positionals: { least: 0, most: 1 },
  run,
});

async function run({ io, parts, values, positionals: [only], settings }: Context<typeof options>): Promise<number> {
  const { settings: loaded } = await settings();
  if (values.watch) {
    const json = values.json === true || !io.stdout.isTTY;
    const code = await withDaemon(loaded, (operations, closed) =>
      followPresence({ io, operations, closed, json, only }),
    );
    if (code === null)
      throw new OperatorError(
        `no daemon runs on ${loaded.data}, so there is nothing to watch: start it with rollcall run`,
      );
    return code;
  }
  const { view, live } = await withOperations(parts, loaded, async (operations, live) => ({
    view: await operations.presenceList(),
    live,
  }));
  const rows = chosen(view.rows, only);
  if (values.json) printJson(io.stdout, rows);
  else if (rows.length > 0) printLines(io.stdout, presenceTable(rows, io.now()));
  explain(io, view, live);
  return EXIT.ok;
}

function chosen(rows: readonly BoardRow[], only: string | undefined): readonly BoardRow[] {
  if (only === undefined) return rows;
  const found = rows.filter((row) => row.id === only);
  if (found.length === 0) throw new OperatorError(`there is no extension ${only}`);
  return found;
}

/** Says what the values are worth, where that is not plain. */
function explain(io: Io, view: BoardView, live: boolean): void {
  const away = awayLines(view, io.now());
  if (!live) io.stderr.write('no daemon runs: these are the values of its last run\n');
  else if (away.length > 0) {
    for (const line of away) io.stderr.write(`${line}: these are the last known values\n`);
  } else if (view.rows.length === 0) {
    io.stderr.write('the PBX shows no extensions: rollcall check tells which hints it has\n');
  }
}
