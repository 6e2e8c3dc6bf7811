// Follows the board until Ctrl-C: a table drawn again in its place, or JSON lines.
import { byNumber } from '../service/board-view.ts';
import type { BoardChange, BoardRow } from '../service/operations.ts';
import { OperatorError } from '../service/operator-error.ts';
import type { PbxItem } from '../service/rows.ts';
import { EXIT } from './command.ts';
import type { Io } from './io.ts';
import { LiveLines } from './live-lines.ts';
import { presenceTable } from './presence-table.ts';
import { jsonLine, localTime } from './print.ts';
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
  return ({ pbx, put, remove }) => {
    const items = [...(pbx ? [pbx] : []), ...put, ...remove.map((id) => ({ id, removed: true }))];
    if (items.length > 0) io.stdout.write(items.map((item) => `${jsonLine(item)}\n`).join(''));
  };
}

function tableShow(io: Io): (change: BoardChange) => void {
  const rows = new Map<string, BoardRow>();
  const lines = new LiveLines(io.stdout);
  let pbx: PbxItem | undefined;
  let due = false;
  const draw = () => {
    due = false;
    const sorted = [...rows.values()].sort((a, b) => byNumber(a.id, b.id));
    const columns = io.stdout.columns ?? 80;
    const away = `the PBX is not connected${pbx ? ` since ${localTime(pbx.since, io.now())}` : ''}: last known values`;
    const foot = pbx?.connected ? [] : [away.slice(0, columns)];
    lines.draw([...presenceTable(sorted, io.now(), columns), ...foot]);
  };
  return (change) => {
    for (const row of change.put) rows.set(row.id, row);
    for (const id of change.remove) rows.delete(id);
    pbx = change.pbx ?? pbx;
    // Changes that came in one piece are drawn once.
    if (!due) setImmediate(draw);
    due = true;
  };
}
