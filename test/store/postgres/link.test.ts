// The connections of a daemon: what it does when one of them is not to be had, says nothing, or was set up otherwise than it needs.
import postgres from 'postgres';
import { afterEach, describe, expect, it } from 'vitest';
import type { Store, Write } from '../../../src/service/store.ts';
import { connect } from '../../../src/store/postgres/connect.ts';
import { migrate } from '../../../src/store/postgres/schema.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { openPaperPooler } from '../../support/paper-pooler.ts';
import { outcomeOf } from './support/daemons.ts';
import { bareDatabase, newDatabase, openStore, sqlOf, theServer, urlOf, useServer } from './support/database.ts';
import { MuteProxy } from './support/mute-proxy.ts';

useServer();

const user = (id: string): Write => ({ table: 'users', id, value: {} });
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe('a way to the database on which nothing comes after the log-in', () => {
  let proxy: MuteProxy;

  /** Lets time pass, half a second for each connection that the server has let in meanwhile: so none of ours is late. */
  async function passUntil(clock: HandClock, done: Promise<unknown>): Promise<void> {
    let isOver = false;
    void done.then(() => {
      isOver = true;
    });
    while (!isOver) {
      const sql = sqlOf('postgres');
      await sql`select 1`;
      await sql.end();
      if (!isOver) clock.pass(500);
    }
  }

  async function openBy(clock: HandClock): ReturnType<typeof openStore> {
    proxy = await MuteProxy.to(theServer().port);
    closing.push(() => proxy.close());
    const database = await newDatabase();
    const store = await openStore(database, { url: theServer().url({ database, port: proxy.port }), clock });
    clock.pass(2000);
    return store;
  }

  it('counts as away after ten seconds: what was asked is refused, and it is tried for ever', async () => {
    const clock = new HandClock();
    const store = await openBy(clock);
    const asked = proxy.asked();
    proxy.isMute = true;
    proxy.cut();
    await asked;
    const early = outcomeOf(store.commit([user('1')]));
    clock.pass(9000);
    const later = outcomeOf(store.commit([user('2')]));
    clock.pass(1000);
    expect([store.state, await early, await later]).toEqual(['away', 'refused', 'refused']);
    expect(await outcomeOf(store.commit([user('3')]))).toBe('refused');
    await passUntil(clock, proxy.asked());
    proxy.isMute = false;
    await passUntil(clock, store.reported('store.back'));
    await store.commit([user('4')]);
    expect(store.reports.map(([event]) => event)).toEqual(['store.opened', 'store.away', 'store.back']);
    await store.close();
  });

  it('is told at the start', async () => {
    const clock = new HandClock();
    proxy = await MuteProxy.to(theServer().port);
    closing.push(() => proxy.close());
    proxy.isMute = true;
    const asked = proxy.asked();
    const opened = openStore('', { url: theServer().url({ database: 'postgres', port: proxy.port }), clock });
    await Promise.all([
      asked.then(() => clock.pass(10_000)),
      expect(opened).rejects.toMatchObject({
        name: 'OperatorError',
        message: expect.stringMatching(/^The database of store\.url does not answer in time: /),
      }),
    ]);
  });
});

it('a pooler that lends connections from transaction to transaction is refused at the start, also when it is idle', async () => {
  const database = await newDatabase();
  const { host, port, user: owner } = theServer();
  const pooler = await openPaperPooler(`${host}/.s.PGSQL.${port}`, owner, database);
  closing.push(() => pooler.close());
  const url = `postgres://${owner}@127.0.0.1:${pooler.port}/${database}`;
  await expect(openStore(database, { url, isDaemon: true })).rejects.toMatchObject({
    name: 'OperatorError',
    message: expect.stringMatching(/^store\.url leads to a pooler that shares connections between sessions /),
  });
});

it('a start at several hosts of which none answers ends with an error', async () => {
  const clock = new HandClock();
  const opened = openStore('', { url: 'postgres://ada:secret@127.0.0.1:1,127.0.0.1:2/db', clock });
  clock.pass(10_000);
  await expect(opened).rejects.toMatchObject({ name: 'OperatorError' });
});

it('a start while another daemon makes the tables waits for it, however long that takes', async () => {
  const database = await bareDatabase();
  const [holder, waiting] = [sqlOf(database), connect(urlOf(database), { max: 1, statementMs: 200 })];
  closing.push(
    () => holder.end(),
    () => waiting.end(),
  );
  await holder`select pg_advisory_lock(7265001)`;
  let outcome = 'waits';
  const made = migrate(waiting).then(
    () => (outcome = 'made'),
    (error: unknown) => (outcome = String(error)),
  );
  const waits = () => holder`select from pg_stat_activity
    where wait_event = 'advisory' and clock_timestamp() - query_start > interval '500 milliseconds'`;
  while (outcome === 'waits' && (await waits()).length === 0);
  await holder`select pg_advisory_unlock(7265001)`;
  expect(await made).toBe('made');
});

it('questions for which the server has no connection left wait for one, and writing goes on', async () => {
  const database = await newDatabase();
  const root = sqlOf(database);
  closing.push(() => root.end());
  await root.unsafe(`create role few login connection limit 4; grant all on schema rollcall to few;
    grant all on all tables in schema rollcall to few; grant all on all sequences in schema rollcall to few`);
  const { host, port } = theServer();
  const url = `postgres://few@localhost:${port}/${database}?host=${host}`;
  const store = await openStore(database, { connections: 14, url });
  closing.push(() => store.close());
  const other = postgres({ host, port, user: 'few', database, max: 1, onnotice: () => {} });
  closing.push(() => other.end());
  await other`select 1`;
  const writers = async () => (await root`select generation from rollcall.writers`).map(({ generation }) => generation);
  const before = await writers();
  const asked = Array.from({ length: 12 }, (_, n) => find(store, String(n)));
  expect(await Promise.all(asked)).toEqual(asked.map(() => 0));
  await store.commit([user('1')]);
  expect([await writers(), store.state]).toEqual([before, 'open']);
});

async function find(store: Store, id: string): Promise<number> {
  return (await store.find('contacts', [id])).size;
}

it('what was answered is there after the server was killed, also where somebody has set synchronous_commit off', async () => {
  const database = await newDatabase();
  const root = sqlOf(database);
  await root.unsafe(`alter database ${database} set synchronous_commit = off`);
  await root.end();
  const store = await openStore(database, { replaced: () => undefined });
  const ids = Array.from({ length: 60 }, (_, n) => String(n));
  for (const id of ids) await store.commit([user(id)]);
  await theServer().kill();
  await theServer().start();
  const sql = sqlOf(database);
  closing.push(
    () => store.close(),
    () => sql.end(),
  );
  const rows = await sql`select id from rollcall.small where tbl = 'users' order by rev`;
  expect(rows.map(({ id }) => id)).toEqual(ids);
});

it('a connection may idle for long, but not in the middle of a transaction, whatever is set for its user', async () => {
  const database = await newDatabase();
  const root = sqlOf(database);
  await root.unsafe(`alter database ${database} set idle_session_timeout = '1s'`);
  await root.end();
  const sql = connect(urlOf(database), { max: 1 });
  closing.push(() => sql.end());
  const settings = await sql`select name, setting from pg_settings where name like 'idle%timeout' order by name`;
  expect(settings.map(({ name, setting }) => [name, setting])).toEqual([
    ['idle_in_transaction_session_timeout', '60000'],
    ['idle_session_timeout', '0'],
  ]);
});
