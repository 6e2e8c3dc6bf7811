// Backups of a database that several daemons write to, and what becomes of one that is not read to its end.
import type postgres from 'postgres';
import { expect, it, vi } from 'vitest';
import type { Store } from '../../../src/service/store.ts';
import { contentsOf } from '../../contracts/backing-up.ts';
import { contact } from '../../contracts/large-tables.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { newDatabase, openStore, sqlOf, useServer } from './support/database.ts';

useServer();

const many = (count: number) =>
  Array.from({ length: count }, (_, n) => contact(`${n}`, 'a', { text: 'x'.repeat(500) }));
/** Connections that are read from, or wait to be. */
const backingUp = (sql: postgres.Sql) =>
  sql`select pid from pg_stat_activity where state = 'idle in transaction' and datname = current_database()`;

async function keysOf(store: Store): Promise<string[]> {
  return [...(await contentsOf(store.backup())).rows.keys()].sort();
}

it('holds what every daemon was told before, and nothing of what means something only while they run', async () => {
  const database = await newDatabase();
  const [one, other] = [await openStore(database), await openStore(database)];
  await one.commit([contact('1', 'a'), { table: 'users', id: '1', value: {} }]);
  one.note([
    { table: 'presence', id: '1', value: {} },
    { table: 'attendance', id: '1', value: {} },
    { table: 'errands', id: '1', value: {} },
    { table: 'tallies', id: '1', value: {} },
  ]);
  expect(await keysOf(one)).toEqual(['contacts 1', 'presence 1', 'users 1']);
  await other.commit([{ table: 'contacts', id: '1', value: null }, contact('2', 'a')]);
  expect(await keysOf(one)).toEqual(['contacts 2', 'presence 1', 'users 1']);
  await one.close();
  await other.close();
});

it('whose connection is cut while it is read fails, and the store goes on', async () => {
  const database = await newDatabase();
  const [store, sql] = [await openStore(database), sqlOf(database)];
  await store.commitMany(many(3000));
  const reading = (async () => {
    let lines = 0;
    for await (const _ of store.backup()) {
      lines += 1;
      if (lines === 2) {
        const [found] = await backingUp(sql);
        await sql`select pg_terminate_backend(${found?.['pid'] as number})`;
        await vi.waitFor(async () => expect(await backingUp(sql)).toEqual([]));
      }
    }
  })();
  await expect(reading).rejects.toMatchObject({ code: 'storage' });
  expect([store.state, (await keysOf(store)).length]).toEqual(['open', 3000]);
  await store.close();
  await sql.end();
});

it('that nobody begins to read gives its connection back', async () => {
  const [database, clock] = [await newDatabase(), new HandClock()];
  const [store, sql] = [await openStore(database, { clock }), sqlOf(database)];
  const backup = store.backup();
  await vi.waitFor(async () => expect(await backingUp(sql)).toHaveLength(1));
  clock.pass(60_000);
  await vi.waitFor(async () => expect(await backingUp(sql)).toHaveLength(0));
  await expect(contentsOf(backup)).rejects.toMatchObject({ code: 'storage' });
  await sql.end();
  await store.close();
});
