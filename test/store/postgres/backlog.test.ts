// What waited while the database was away, when it is back.
import { afterEach, expect, it } from 'vitest';
import type { Write } from '../../../src/service/store.ts';
import { TcpProxy } from '../../support/proxy.ts';
import { guardOf, outcomeOf, rowsOf, settle } from './support/daemons.ts';
import { newDatabase, openStore, type StoreUnderTest, sqlOf, theServer, useServer } from './support/database.ts';

useServer();

const COUNT = 12_000;
const presence = (n: number, value: object | null = { n }): Write => ({ table: 'presence', id: String(n), value });

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

interface Cut {
  readonly store: StoreUnderTest;
  readonly other: StoreUnderTest;
  readonly database: string;
  /** The database is there again. */
  back(): Promise<void>;
}

/** A store with many notes for a database that is away, and another that has it. */
async function cutOff(): Promise<Cut> {
  const database = await newDatabase();
  const proxy = await TcpProxy.to(theServer().port);
  const store = await openStore(database, { url: theServer().url({ database, port: proxy.port }) });
  const other = await openStore(database);
  ends.push(
    () => Promise.all([store.close(), other.close()]),
    () => proxy.close(),
  );
  store.note([presence(-1)]);
  await settle([store, other]);
  await proxy.refuse();
  await store.reported('store.away');
  for (let n = 0; n < COUNT; n += 1) store.note([presence(n)]);
  return { store, other, database, back: () => proxy.accept() };
}

it('comes to the database part after part, and others write between them', async () => {
  const { store, other, database, back } = await cutOff();
  let isOver = false;
  const ids: string[] = [];
  const writing = (async () => {
    while (!isOver) {
      ids.push(`${ids.length}`);
      await other.commit([{ table: 'users', id: ids.at(-1) as string, value: {} }]);
    }
  })();
  await back();
  await store.reported('store.back');
  await settled(store, other);
  isOver = true;
  await writing;
  const sql = sqlOf(database);
  const parts =
    await sql`select rev::int, count(*)::int as rows from rollcall.small where tbl = 'presence' and id <> '-1'
    group by rev order by rev`;
  const [first, last] = [parts[0]?.['rev'], parts.at(-1)?.['rev']];
  const between = await sql`select from rollcall.small where tbl = 'users' and rev between ${first} and ${last}`;
  await sql.end();
  expect(parts.map(({ rows }) => rows)).toEqual(Array.from({ length: COUNT / 500 }, () => 500));
  expect(between.length).toBeGreaterThan(2);
  await settle([store, other]);
  expect(rowsOf(other, 'presence')).toEqual(rowsOf(store, 'presence'));
});

it('does not come after a commit of its daemon to the same row, and such a commit waits for nothing else', async () => {
  const { store, other, back } = await cutOff();
  await back();
  await store.reported('store.back');
  const id = String(COUNT - 1);
  const guard = guardOf(store, 'presence', id);
  const outcomes = [
    await outcomeOf(store.commit([presence(COUNT - 1, { by: 'commit' })], [guard])),
    await outcomeOf(store.commit([presence(COUNT - 2, { by: 'commit' })])),
    await outcomeOf(store.commit([presence(COUNT - 3, { by: 'commit' })], [{ ...guard, rev: null }])),
  ];
  const left = COUNT + 1 - rowsOf(other, 'presence').size;
  expect([outcomes.map((one) => typeof one), outcomes[2], left > 0]).toEqual([
    ['number', 'number', 'string'],
    'stale',
    true,
  ]);
  await settled(store, other);
  for (const one of [store, other])
    expect([1, 2, 3].map((n) => one.get('presence', String(COUNT - n))?.value)).toEqual([
      { by: 'commit' },
      { by: 'commit' },
      { n: COUNT - 3 },
    ]);
  expect(rowsOf(other, 'presence')).toEqual(rowsOf(store, 'presence'));
});

/** Resolves when everything that waited has come to the other one. */
async function settled(store: StoreUnderTest, other: StoreUnderTest): Promise<void> {
  const isThere = (): boolean => rowsOf(other, 'presence').size === COUNT + 1;
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (!isThere()) return;
      stop();
      resolve();
    };
    const stop = other.subscribe(({ writes }) => {
      if (writes.some(({ table }) => table === 'presence')) look();
    });
    look();
  });
  await settle([store, other]);
}
