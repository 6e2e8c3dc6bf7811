// Several stores on one database: whatever they do at once, all come to hold the same, every feed tells all of it, and whoever goes from one to
// another with a cursor misses nothing.
import { afterEach, describe, expect, it } from 'vitest';
import { Failure } from '../../../src/domain/failure.ts';
import { readQuery, type SearchQuery } from '../../../src/domain/search.ts';
import type { Store, Table, Write } from '../../../src/service/store.ts';
import { contact } from '../../contracts/large-tables.ts';
import {
  FeedMirror,
  guardOf,
  Noted,
  outcomeOf,
  rowsIn,
  rowsOf,
  settle,
  WanderingClient,
  WanderingReader,
} from './support/daemons.ts';
import { newDatabase, openStore, sqlOf, useServer } from './support/database.ts';
import { dice } from './support/dice.ts';

useServer();

const SMALL: readonly Table[] = ['users', 'presence', 'statuses'];
const SCOPES = ['a', 'b', 'personal:1001'];

let stores: Store[] = [];
afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()));
  stores = [];
});

interface Scene {
  readonly noted: Noted;
  readonly mirrors: readonly FeedMirror[];
  readonly clients: readonly WanderingClient[];
  readonly readers: readonly WanderingReader[];
  /** How often writers raised the count by one, with guards. */
  raised: number;
  /** And how often they were refused while the database was away, and do not know. */
  unsure: number;
  /** What was not answered while the database was away. */
  unread: number;
}

async function open(count: number): Promise<string> {
  const database = await newDatabase();
  stores = await Promise.all(Array.from({ length: count }, () => openStore(database)));
  await stores[0]?.commit([{ table: 'users', id: 'count', value: { count: 0 } }]);
  await settle(stores);
  return database;
}

function countOf(store: Store): number {
  return (store.get('users', 'count') as { value: { count: number } }).value.count;
}

/** The last of the rows is one that no other store writes. */
function note({ noted }: Scene, store: Store, writes: readonly Write[]): void {
  store.note(writes);
  noted.add(writes.at(-1) as Write);
}

/** One of many things that happen at a store. */
async function act(scene: Scene, at: number, roll: (below: number) => number): Promise<void> {
  const store = stores[at] as Store;
  const n = roll(1_000_000);
  const id = String(roll(12));
  const value = roll(4) === 0 ? null : { n };
  switch (roll(10)) {
    case 0:
    case 1:
      note(scene, store, [{ table: 'presence', id: `${at} ${id}`, value }]);
      return;
    case 2:
      note(scene, store, [
        { table: 'presence', id, value },
        { table: 'statuses', id: `${at}`, value: { n } },
      ]);
      return;
    case 3:
      await outcomeOf(store.commit([{ table: 'users', id, value }, contact(id, SCOPES[roll(3)] as string, { n })]));
      return;
    case 4:
      await outcomeOf(
        store.commit([value ? contact(id, SCOPES[roll(3)] as string, { n }) : { table: 'contacts', id, value }]),
      );
      return;
    case 5: {
      const count = countOf(store);
      const write: Write = { table: 'users', id: 'count', value: { count: count + 1 } };
      const outcome = await outcomeOf(store.commit([write], [guardOf(store, 'users', 'count')]));
      if (outcome === 'refused') scene.unsure += 1;
      else if (outcome !== 'stale') scene.raised += 1;
      return;
    }
    case 6: {
      const row = (await store.find('contacts', [id])).get(id);
      const guard = { table: 'contacts' as const, id, rev: row?.rev ?? null };
      await outcomeOf(store.commit([contact(id, SCOPES[roll(3)] as string, { n })], [guard]));
      return;
    }
    case 7:
      scene.clients[roll(scene.clients.length)]?.visit(store);
      return;
    case 8: {
      const query = readQuery('lovelace') as SearchQuery;
      await store.search({ scopes: SCOPES, query, limit: 5 });
      await store.byNumber({ scopes: SCOPES, keys: ['+442079460000'], ending: undefined });
      return;
    }
    default:
      await scene.readers[roll(scene.readers.length)]?.step(store, 1 + roll(4));
  }
}

async function expectAllEqual({ mirrors, clients, readers, raised, unsure }: Scene): Promise<void> {
  await settle(stores);
  const [first] = stores as [Store];
  const count = countOf(first);
  expect([count >= raised, count <= raised + unsure]).toEqual([true, true]);
  const contacts = new Map<string, ReadonlyMap<string, object>>();
  for (const scope of SCOPES) contacts.set(scope, await rowsIn(first, 'contacts', scope));
  for (const [at, store] of stores.entries()) {
    for (const table of SMALL) expect([at, table, rowsOf(store, table)]).toEqual([at, table, rowsOf(first, table)]);
    const mirror = mirrors[at] as FeedMirror;
    expect(mirror.faults).toEqual([]);
    for (const table of SMALL) expect([at, table, mirror.rows(table)]).toEqual([at, table, rowsOf(store, table)]);
    for (const [scope, rows] of contacts)
      expect([at, scope, mirror.rows('contacts', scope)]).toEqual([at, scope, rows]);
  }
  for (const [n, client] of clients.entries()) {
    client.visit(stores[n % stores.length] as Store);
    client.leave();
    expect([n, client.faults]).toEqual([n, []]);
    expect([n, client.rows]).toEqual([n, rowsOf(first, client.table)]);
  }
  for (const [n, reader] of readers.entries()) {
    while (await reader.step(stores[n % stores.length] as Store, 3));
    expect([n, reader.rows]).toEqual([n, contacts.get(reader.scope)]);
  }
}

function sceneOf(): Scene {
  const noted = new Noted();
  return {
    noted,
    mirrors: stores.map((store) => new FeedMirror(store, SMALL)),
    clients: SMALL.flatMap((table) => [new WanderingClient(table, noted), new WanderingClient(table, noted)]),
    readers: SCOPES.flatMap((scope) => [
      new WanderingReader('contacts', scope),
      new WanderingReader('contacts', scope),
    ]),
    ...{ raised: 0, unsure: 0, unread: 0 },
  };
}

/** Each store does what it is told one thing after another, all at once; what `meanwhile` does comes in between. */
async function live(
  seed: number,
  steps: number,
  meanwhile = async (_step: number): Promise<void> => {},
): Promise<Scene> {
  const scene = sceneOf();
  await Promise.all(
    stores.map(async (_, at) => {
      const roll = dice(seed * 10 + at);
      for (let step = 0; step < steps; step += 1) {
        await act(scene, at, roll).catch((error: unknown) => {
          if (!(error instanceof Failure)) throw error;
          scene.unread += 1;
        });
        if (at === 0) await meanwhile(step);
        if (roll(3) === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    }),
  );
  return scene;
}

describe('several stores on one database', () => {
  for (const [count, seed] of [
    [2, 1],
    [2, 2],
    [3, 3],
    [3, 4],
  ] as const) {
    it(`${count} of them come to hold the same, and nobody misses anything (history ${seed})`, async () => {
      await open(count);
      const scene = await live(seed, 250);
      expect([scene.unsure, scene.unread]).toEqual([0, 0]);
      await expectAllEqual(scene);
    }, 60_000);
  }

  it('come to hold the same while connections are cut off by the server all the time', async () => {
    const database = await open(3);
    const sql = sqlOf(database);
    const roll = dice(7);
    const scene = await live(5, 200, async (step) => {
      if (step % 10 !== 0) return;
      const own = await sql<{ pid: number }[]>`
        select pid from pg_stat_activity where application_name = 'rollcall' and datname = ${database} order by pid`;
      await sql`select pg_terminate_backend(${own[roll(own.length)]?.pid ?? 0})`;
    });
    await sql.end();
    await expectAllEqual(scene);
  }, 120_000);
});
