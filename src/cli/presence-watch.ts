// Follows the board until Ctrl-C: a table drawn again in its place, or JSON lines.
import { byNumber } from '../service/board-view.ts';
import type { BoardChange, BoardRow, BoardView } from '../service/operations.ts';
import { OperatorError } from '../service/operator-error.ts';
import { EXIT } from './command.ts';
import type { Io } from './io.ts';
import { LiveLines } from './live-lines.ts';
import { awayLines, presenceTable } from './presence-table.ts';
import { jsonLine } from './print.ts';
import type { RemoteOperations } from './remote-operations.ts';

interface Following {
  readonly io: Io;
  readonly operations: Pick<RemoteOperations, 'watch'>;
  /** Resolves when the daemon has gone. */
  readonly closed: Promise<void>;
  readonly json: boolean;
  /** The one extension to show; all without it. */
  readonly only: string | undefined;
}

/** Resolves with the exit code at Ctrl-C; rejects when the daemon goes or the extension does not exist. */
export async function followPresence({ io, operations, closed, json, only }: Following): Promise<number> {
  const show = json ? jsonShow(io) : tableShow(io);
  const stops: (() => void)[] = [];
  try {
    return await new Promise<number>((resolve, reject) => {
      for (const name of ['SIGINT', 'SIGTERM'] as const) stops.push(io.onSignal(name, () => resolve(EXIT.ok)));
      closed.then(() => reject(new OperatorError('the daemon ended, or took this command for too slow')));
      const listener = (change: BoardChange) => {
        const seen = only === undefined ? change : restrict(change, only);
        if (change.reset && only !== undefined && seen.put.length === 0) {
          reject(new OperatorError(`there is no extension ${only}`));
        } else show(seen);
      };
      operations.watch(listener).catch(reject);
    });
  } finally {
    for (const stop of stops) stop();
  }
}

function restrict(change: BoardChange, only: string): BoardChange {
  return {
    ...change,
    put: change.put.filter((row) => row.id === only),
    remove: change.remove.filter((id) => id === only),
  };
}

function jsonShow(io: Io): (change: BoardChange) => void {
  return ({ pbx, sites = [], put, remove }) => {
    const items = [...(pbx ? [pbx] : []), ...sites, ...put, ...remove.map((id) => ({ id, removed: true }))];
    if (items.length > 0) io.stdout.write(items.map((item) => `${jsonLine(item)}\n`).join(''));
  };
}

function tableShow(io: Io): (change: BoardChange) => void {
  const rows = new Map<string, BoardRow>();
  const lines = new LiveLines(io.stdout);
  let connections: Pick<BoardView, 'pbx' | 'sites'> = {};
  let due = false;
  const draw = () => {
    due = false;
    const sorted = [...rows.values()].sort((a, b) => byNumber(a.id, b.id));
    const columns = io.stdout.columns ?? 80;
    const foot = awayLines(connections, io.now()).map((line) => `${line}: last known values`.slice(0, columns));
    lines.draw([...presenceTable(sorted, io.now(), columns), ...foot]);
  };
  return (change) => {
    for (const row of change.put) rows.set(row.id, row);
    for (const id of change.remove) rows.delete(id);
    if (change.pbx ?? change.sites) connections = change;
    // Changes that came in one piece are drawn once.
    if (!due) setImmediate(draw);
    due = true;
  };
}
