// A process that opens the store of a folder, says what it holds, and writes to it with several writers until it is killed, or
// told on stdin to close. What it says is in lines.ts; what it says it has said before it goes on.
import { writeSync } from 'node:fs';
import { Failure } from '../../src/domain/failure.ts';
import type { Clock } from '../../src/service/clock.ts';
import { OperatorError } from '../../src/service/operator-error.ts';
import { Stale, type Store } from '../../src/service/store.ts';
import { realDisk } from '../../src/store/files/disk.ts';
import { openFilesStore } from '../../src/store/files/files-store.ts';
import { deafDisk } from './deaf-disk.ts';
import { diceOf } from './dice.ts';
import { counterOf, Edits, prefixOf } from './edits.ts';
import { changesOf, rowsOf, scopesOf, TABLES } from './found-rows.ts';
import type { Line, Task } from './lines.ts';

const NOTED_ROWS = 5;
/** So many rows may be a batch. */
const BATCH = 10;
const task = JSON.parse(process.argv[2] ?? '') as Task;
let closing = false;

/** Hands the line over before it returns, however slowly it is read. */
function say(line: Line): void {
  let rest = Buffer.from(`${JSON.stringify(line)}\n`);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    }
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

const fastClock: Clock = {
  now: () => Date.now() * task.speed,
  after: (ms, fn) => {
    const timer = setTimeout(fn, ms / task.speed);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

async function opened(): Promise<Store | undefined> {
  try {
    return await openFilesStore({
      folder: task.folder,
      clock: fastClock,
      report: (report, fields) => say({ report, code: fields?.['code'] === undefined ? null : String(fields['code']) }),
      disk: task.disk === 'deaf' ? deafDisk : realDisk,
    });
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    say({ cannot: text, expected: error instanceof OperatorError });
    return undefined;
  }
}

/** Says what the store holds; returns the writers' rows and how far each has counted. */
async function found(store: Store): Promise<{ edits: Edits[]; counts: number[]; noted: number }> {
  const edits = Array.from(
    { length: task.writers },
    (_, writer) => new Edits(writer, diceOf(task.seed * 1000 + writer)),
  );
  const counts = edits.map(() => 0);
  let noted = 0;
  for (const table of TABLES) {
    for (const { id, rev, value } of await rowsOf(store, table, task.writers)) {
      say({ row: [table, id, rev, value] });
      if (table === 'presence') noted = Math.max(noted, (value as { n: number }).n);
      if (table === 'statuses') counts[Number(id.split(' ')[1])] = (value as { n: number }).n;
      const writer = edits.findIndex(
        (_, index) => id.startsWith(prefixOf(index)) || id.includes(`:${prefixOf(index)}`),
      );
      edits[writer]?.apply([{ table, id, value }]);
    }
  }
  return { edits, counts, noted };
}

async function sayChanges(store: Store, since: number): Promise<void> {
  for (const table of TABLES) {
    for (const scope of scopesOf(table, task.writers)) {
      say({ changed: await changesOf(store, table, scope, since), table, scope });
    }
  }
}

async function write(store: Store, writer: number, edits: Edits, from: number): Promise<void> {
  const dice = diceOf(task.seed * 7000 + writer);
  for (let n = from + 1; !closing; n += 1) {
    const writes = edits.next(n);
    const batch = writes.length > BATCH && dice.chance(0.7);
    say({ try: [writer, n], writes: writes.map(({ table, id, value }) => [table, id, value]), batch });
    const counter = store.get('statuses', counterOf(writer));
    const guards = dice.chance(0.5)
      ? [{ table: 'statuses' as const, id: counterOf(writer), rev: counter?.rev ?? null }]
      : [];
    const commit = batch ? store.commitMany(writes, guards) : store.commit(writes, guards);
    if (store.get('statuses', counterOf(writer)) !== counter)
      say({ wrong: `a commit of writer ${writer} was read too early` });
    try {
      const rev = await commit;
      edits.apply(writes);
      say({ done: [writer, n], rev });
    } catch (error) {
      say({ refused: [writer, n], sure: store.state === 'open' });
      if (!(error instanceof Failure && error.code === 'storage')) say({ wrong: `a commit ended with ${error}` });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    if (dice.chance(0.02)) await writeStale(store, writer, n);
    if (dice.chance(0.1)) await new Promise((resolve) => setTimeout(resolve, dice.below(20)));
  }
}

/** A commit with a guard that does not hold: none of its rows may ever be seen. */
async function writeStale(store: Store, writer: number, n: number): Promise<void> {
  const id = `stale ${writer} ${n}`;
  const rev = (store.get('statuses', counterOf(writer))?.rev ?? 1) - 1;
  try {
    await store.commit([{ table: 'retired', id, value: {} }], [{ table: 'statuses', id: counterOf(writer), rev }]);
    say({ wrong: `a guard of writer ${writer} let through what it must not` });
  } catch (error) {
    const storage = error instanceof Failure && error.code === 'storage';
    if (!(error instanceof Stale || storage)) throw error;
  }
}

async function note(store: Store, from: number): Promise<void> {
  for (let n = from + 1; !closing; n += 1) {
    const id = `${n % NOTED_ROWS}`;
    store.note([{ table: 'presence', id, value: { n } }]);
    await turn();
    if (store.state === 'open') say({ noted: id, n });
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function run(store: Store): Promise<void> {
  if (task.since !== null) await sayChanges(store, task.since);
  const { edits, counts, noted } = await found(store);
  say({ open: store.changes('statuses', null).rev });
  store.subscribe(({ rev, writes }) =>
    say({
      told: rev,
      writes: writes.map(({ table, id, value, scope, movedFrom }) => [
        table,
        id,
        value,
        scope ?? null,
        movedFrom ?? null,
      ]),
    }),
  );
  process.stdin.once('data', () => {
    closing = true;
  });
  await Promise.all([
    ...edits.map((one, writer) => write(store, writer, one, counts[writer] ?? 0)),
    note(store, noted),
  ]);
  await store.close();
  say({ closed: true });
  process.stdin.destroy();
}

const store = await opened();
if (store) await run(store);
