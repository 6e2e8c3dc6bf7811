// The presence board over its doubles; opened again over the same store it is the daemon after a restart.
import { type PresenceWish, setPresence } from '../../src/service/presence-setting.ts';
import type { ReportFields } from '../../src/service/report.ts';
import type { Commit, Write } from '../../src/service/store.ts';
import { openPresence } from './duty-house.ts';
import { FakePbx } from './fake-pbx.ts';
import { HandClock } from './hand-clock.ts';
import { MemoryStore } from './memory-store.ts';

const GRACE_MS = 3_000;

/** Lets everything run that waits for nothing but its turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** `slice`: how many extensions of a snapshot the board takes in one turn. */
export function openBoard({
  store = new MemoryStore(),
  pbx = new FakePbx(),
  clock = new HandClock(),
  slice = 25,
} = {}) {
  const reports: [string, ReportFields | undefined][] = [];
  const commits: Commit[] = [];
  store.subscribe((commit) => commits.push(commit));
  const report = (event: string, fields?: ReportFields) => void reports.push([event, fields]);
  const { attendance, presences, newBoard, serve } = openPresence({ store, clock, report, slice });
  const board = newBoard(pbx);
  const started = board.start(GRACE_MS);
  serve(board);
  return {
    ...{ store, pbx, clock, board, started, reports, commits, presences },
    /** A session of the extension; returns the function that ends it. */
    opened: (extension: string) => attendance.opened(extension),
    /** As an extension sets its own status. */
    set: (extension: string, wish: PresenceWish) =>
      setPresence({ board, clock }, { extension, admin: false, contacts: true }, wish),
    /** What was written since the last look, as `table id`. */
    written(...tables: Write['table'][]): string[] {
      const writes = commits.splice(0).flatMap((commit) => commit.writes);
      const wanted = writes.filter(({ table }) => tables.length === 0 || tables.includes(table));
      return wanted.map(({ table, id, value }) => `${value ? '' : '-'}${table} ${id}`);
    },
  };
}

/** What a promise came to, by now: its value, the failure's code, or `waiting`. */
export function outcomeOf(promise: Promise<unknown>): () => unknown {
  let outcome: unknown = 'waiting';
  promise.then(
    (value) => {
      outcome = value;
    },
    (error: { code?: string }) => {
      outcome = error.code ?? error;
    },
  );
  return () => outcome;
}
