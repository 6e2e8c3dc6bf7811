// Batches of several daemons on one database, killed and cut off at any moment: all of a batch or nothing, and nobody is left to wait.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type postgres from 'postgres';
import { expect, it, vi } from 'vitest';
import { openStoppedDatabase } from '../../../src/cli/stopped-database.ts';
import { type Commit, Stale, type Store, type Write } from '../../../src/service/store.ts';
import { contact } from '../../contracts/large-tables.ts';
import { batchIn, batchOf } from './support/batch-rows.ts';
import { newDatabase, openStore, sqlOf, urlOf, useServer } from './support/database.ts';

const batching = fileURLToPath(new URL('./support/batching-process.ts', import.meta.url));
const rounds = Number(process.env['ROLLCALL_KILLS'] ?? 6);
const ROWS = 1200;

useServer();

/** Kills the process when it has said so many lines, and returns all it said. */
async function killAfter(lines: number, args: readonly string[]): Promise<string[]> {
  const command = ['--import', 'tsx', batching, ...args];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (said.push(line) === lines) child.kill('SIGKILL');
  }
  const [, signal] = await closed;
  expect(signal).toBe('SIGKILL');
  return said;
}

/** Resolves when no batch is taking effect. */
async function settled(sql: postgres.Sql): Promise<void> {
  await vi.waitFor(
    async () => expect(await sql`select sealed from rollcall.state`).toEqual([{ sealed: null }]),
    15_000,
  );
}

/** What the feed has told of contacts: number of the batch by id. */
function heardBy(store: Store): Map<string, number> {
  const heard = new Map<string, number>();
  store.subscribe(({ writes }) => {
    for (const { table, id, value } of writes) if (table === 'contacts') heard.set(id, (value as { n: number }).n);
  });
  return heard;
}

/** Resolves when the store has told a row of a batch. */
function underWay(store: Store): Promise<void> {
  return new Promise((resolve) => {
    const stop = store.subscribe(({ writes }) => {
      if (writes[0]?.table !== 'contacts') return;
      stop();
      resolve();
    });
  });
}

it(`a daemon killed ${rounds} times in a batch leaves all of it or nothing, and another one ends what it began`, async () => {
  const database = await newDatabase();
  const [store, sql] = [await openStore(database), sqlOf(database)];
  const heard = heardBy(store);
  for (let round = 0; round < rounds; round += 1) {
    const lines = await killAfter(2 + Math.floor(Math.random() * 30), [urlOf(database), `${ROWS}`]);
    await settled(sql);
    const acknowledged = Number(lines.findLast((line) => line.startsWith('b'))?.split(' ')[1] ?? 0);
    await vi.waitFor(async () => expect(await batchIn(store, ROWS)).toBeGreaterThanOrEqual(acknowledged), 10_000);
    const n = await batchIn(store, ROWS);
    expect(new Set(heard.values())).toEqual(new Set(n === 0 ? [] : [n]));
  }
  await store.close();
  await sql.end();
}, 300_000);

it('a batch that nobody takes care of is ended by whoever opens the store next, and one that was not all there is removed', async () => {
  const database = await newDatabase();
  const [first, sql] = [await openStore(database), sqlOf(database)];
  await first.commitMany(batchOf(1, 300));
  await first.close();
  await sql`insert into rollcall.batches (daemon, at) values ('gone', now() - interval '2 minutes'), ('gone', now() - interval '2 minutes')`;
  const [sealed, other] = (await sql`select number from rollcall.batches where daemon = 'gone' order by number`).map(
    ({ number }) => Number(number),
  );
  const rows = batchOf(2, 300).map(({ table, id, value }) => ({ table, id, text: JSON.stringify(value) }));
  for (const batch of [sealed, other]) {
    for (const [n, { table, id, text }] of rows.entries()) {
      await sql`insert into rollcall.staged values (${batch ?? 0}, ${n}, ${table}, ${id}, ${text})`;
    }
  }
  await sql`update rollcall.state set sealed = ${sealed ?? 0}`;
  const second = await openStore(database);
  await settled(sql);
  await vi.waitFor(async () => expect(await batchIn(second, 300)).toBe(2));
  await vi.waitFor(async () =>
    expect(
      await sql`select (select count(*)::int from rollcall.staged) as staged, array_agg(number::int order by number) as known from rollcall.batches where daemon = 'gone'`,
    ).toEqual([{ staged: 0, known: [sealed] }]),
  );
  await second.close();
  await sql.end();
});

it('a backup that is restored over a batch that was half done leaves nothing of it, and batches and backups go on', async () => {
  const database = await newDatabase();
  const [first, sql] = [await openStore(database), sqlOf(database)];
  await first.commitMany(batchOf(1, 300));
  const lines: string[] = [];
  for await (const line of first.backup()) lines.push(line);
  await first.close();
  const [batch] = await sql`insert into rollcall.batches (daemon, done) values ('gone', 1) returning number`;
  const text = JSON.stringify(batchOf(2, 1)[0]?.value);
  await sql`insert into rollcall.staged select ${batch?.['number']}, n, 'contacts', n::text, ${text} from generate_series(0, 1) n`;
  await sql`update rollcall.state set sealed = ${batch?.['number']}`;
  const stopped = await openStoppedDatabase(
    { kind: 'postgres', url: urlOf(database), name: 'the database' },
    'restore',
    true,
  );
  await stopped.restore(Readable.from(lines));
  await stopped.close();
  expect(await sql`select sealed from rollcall.state`).toEqual([{ sealed: null }]);
  await sql.end();
  const second = await openStore(database);
  expect(await batchIn(second, 300)).toBe(1);
  await second.commitMany(batchOf(2, 300));
  let count = 0;
  for await (const _ of second.backup()) count += 1;
  expect([await batchIn(second, 300), count]).toEqual([2, lines.length]);
  await second.close();
});

it('commits of other daemons that touch a row of a batch wait until all of it has taken effect, and theirs go on before', async () => {
  const database = await newDatabase();
  const [one, other] = [await openStore(database), await openStore(database)];
  const commits: Commit[] = [];
  other.subscribe((commit) => commits.push(commit));
  const begun = underWay(other);
  const batch = one.commitMany(batchOf(1, 2 * ROWS));
  await begun;
  const late = other.commit([contact(`${2 * ROWS - 1}`, 'late')]);
  const behind = other.commit([{ table: 'users', id: 'behind', value: {} }]);
  const noted = other.note([{ table: 'presence', id: '1', value: {} }]);
  const free = one.commit([{ table: 'users', id: 'free', value: {} }]);
  const stale = one.commit([], [{ table: 'contacts', id: '0', rev: null }]);
  const guarding = one.commit(
    [{ table: 'users', id: 'guarding', value: {} }],
    [{ table: 'contacts', id: '0', rev: null }],
  );
  await expect(guarding).rejects.toBeInstanceOf(Stale);
  expect((await free) < (await batch)).toBe(true);
  await stale;
  expect(noted < (await late) && (await late) < (await behind)).toBe(true);
  const told = commits.flatMap(({ writes }) =>
    writes.map(({ table, id }) => (table === 'contacts' ? '' : `${table} ${id}`)),
  );
  expect(told.filter((name) => name !== '')).toEqual(
    expect.arrayContaining(['presence 1', 'users free', 'imports last', 'users behind']),
  );
  expect(told.indexOf('users free') < told.indexOf('imports last')).toBe(true);
  expect(told.indexOf('imports last') < told.indexOf('users behind')).toBe(true);
  expect((await one.find('contacts', [`${2 * ROWS - 1}`])).get(`${2 * ROWS - 1}`)?.value).toMatchObject({
    book: 'late',
  });
  await one.close();
  await other.close();
});

it('batches of several daemons take effect one after the other', async () => {
  const database = await newDatabase();
  const stores = [await openStore(database), await openStore(database), await openStore(database)];
  const numbers: number[] = [];
  stores[0]?.subscribe(({ writes }) => {
    for (const { table, value } of writes) if (table === 'contacts') numbers.push((value as { n: number }).n);
  });
  await Promise.all(stores.map((store, n) => store.commitMany(batchOf(n + 1, ROWS))));
  await vi.waitFor(() => expect(numbers).toHaveLength(3 * ROWS));
  expect(numbers.filter((n, at) => n !== numbers[at - 1])).toHaveLength(3);
  for (const store of stores) expect(await batchIn(store, ROWS)).toBe(numbers.at(-1));
  await Promise.all(stores.map((store) => store.close()));
});

it(`connections that are cut ${rounds} times in a batch leave all of it or nothing`, async () => {
  const database = await newDatabase();
  const [store, sql] = [await openStore(database), sqlOf(database)];
  const heard = heardBy(store);
  let acknowledged = 0;
  for (let round = 1; round <= rounds; round += 1) {
    const batch = store.commitMany(batchOf(round, ROWS)).then(
      () => (acknowledged = round),
      (error: unknown) => expect(error).toMatchObject({ code: 'storage' }),
    );
    const when = Math.floor(Math.random() * 10);
    for (let told = 0; told < when; told += 1) await sql`select 1`;
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${database} and pid <> pg_backend_pid()`;
    await batch;
    await settled(sql);
    await vi.waitFor(() => expect(store.state).toBe('open'), 15_000);
    await vi.waitFor(async () => expect(await batchIn(store, ROWS)).toBeGreaterThanOrEqual(acknowledged), 10_000);
    const n = await batchIn(store, ROWS);
    expect(new Set(heard.values())).toEqual(new Set(n === 0 ? [] : [n]));
  }
  await store.close();
  await sql.end();
}, 300_000);

it('more than sixteen batches that wait are refused', async () => {
  const store = await openStore(await newDatabase());
  const rows = (n: number): Write[] => [contact(`${n}`, 'a')];
  const outcomes = await Promise.allSettled(Array.from({ length: 18 }, (_, n) => store.commitMany(rows(n))));
  expect(outcomes.map(({ status }) => status)).toEqual([...Array(16).fill('fulfilled'), 'rejected', 'rejected']);
  expect(await store.count('contacts', 'a')).toBe(16);
  await store.close();
});
