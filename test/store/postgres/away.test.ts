// A database that goes away: what was answered is there, what was not is found out, reading what is held goes on, and everything catches up.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Commit, Store, Table, Write } from '../../../src/service/store.ts';
import { contact } from '../../contracts/large-tables.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { TcpProxy } from '../../support/proxy.ts';
import { FeedMirror, outcomeOf, rowsOf, settle } from './support/daemons.ts';
import { newDatabase, openStore, type StoreUnderTest, sqlOf, theServer, useServer } from './support/database.ts';

useServer();

const user = (id: string, value: object | null = {}): Write => ({ table: 'users', id, value });
const presence = (id: string, value: object | null): Write => ({ table: 'presence', id, value });
const held = (store: Store, table: Table, id: string): unknown => store.get(table, id)?.value;

function heard(store: Store): Commit[] {
  const commits: Commit[] = [];
  store.subscribe((commit) => commits.push(commit));
  return commits;
}

/** Resolves when the feed has told this row. */
function told(store: Store, id: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = store.subscribe(({ writes }) => {
      if (!writes.some((write) => write.id === id)) return;
      stop();
      resolve();
    });
  });
}

let database: string;
let proxy: TcpProxy;
let store: StoreUnderTest;
const opened: Store[] = [];
const clocks: HandClock[] = [];

async function open(options: Parameters<typeof openStore>[1] = {}): Promise<StoreUnderTest> {
  const one = await openStore(database, options);
  opened.push(one);
  return one;
}

/** A store through the proxy whose connection is no longer new. */
async function openBy(clock: HandClock): Promise<StoreUnderTest> {
  const one = await open({ ...throughProxy(), clock });
  clock.pass(1000);
  clocks.push(clock);
  return one;
}

/** Lets some time pass by hand, and some more whenever somebody waits for it, until this is done. */
async function passUntil<T>(done: Promise<T>): Promise<T> {
  let isOver = false;
  const over = done.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    for (const clock of clocks) clock.pass(500);
    await Promise.race([over, ...clocks.map((clock) => clock.nextTimer())]);
  }
  return over;
}

const throughProxy = () => ({ url: theServer().url({ database, port: proxy.port }) });

beforeEach(async () => {
  database = await newDatabase();
  proxy = await TcpProxy.to(theServer().port);
});

afterEach(async () => {
  await passUntil(Promise.all(opened.splice(0).map((one) => one.close())));
  clocks.length = 0;
  await proxy.close();
});

describe('a database that cannot be reached', () => {
  beforeEach(async () => {
    store = await open(throughProxy());
  });

  it('refuses changes and questions, and goes on with what is held here, until it is there again', async () => {
    await store.commit([user('1', { n: 1 }), contact('1', 'a')]);
    const commits = heard(store);
    await proxy.refuse();
    await store.reported('store.away');
    expect(store.state).toBe('away');
    await expect(store.commit([user('2')])).rejects.toMatchObject({ code: 'storage' });
    await expect(store.commitMany([contact('2', 'a')])).rejects.toMatchObject({ code: 'storage' });
    await expect(store.find('contacts', ['1'])).rejects.toMatchObject({ code: 'storage' });
    await expect(
      store.read({ table: 'contacts', scope: 'a', since: null, removedSince: null, limit: 1 }),
    ).rejects.toMatchObject({
      code: 'storage',
    });
    const rev = store.note([presence('1', { n: 1 })]);
    expect([held(store, 'users', '1'), held(store, 'presence', '1')]).toEqual([{ n: 1 }, { n: 1 }]);
    expect(commits).toEqual([{ rev, writes: [presence('1', { n: 1 })] }]);
    expect(store.changes('presence', null)).toMatchObject({ rows: [{ id: '1', rev }], rev });
    await proxy.accept();
    await store.reported('store.back');
    expect(store.state).toBe('open');
    await store.commit([user('2')]);
    const other = await open();
    expect([held(other, 'presence', '1'), held(other, 'users', '2')]).toEqual([{ n: 1 }, {}]);
    expect(store.reports.map(([event]) => event)).toEqual(['store.opened', 'store.away', 'store.back']);
  });

  it('is caught up with: what others wrote is told in order, and of a row that both wrote theirs stays', async () => {
    const other = await open();
    store.note([presence('mine', { n: 0 }), presence('both', { n: 0 })]);
    await settle([store, other]);
    const mirror = new FeedMirror(store, ['presence', 'users']);
    await proxy.refuse();
    await store.reported('store.away');
    store.note([presence('mine', { n: 1 }), presence('both', { by: 'store' })]);
    store.note([presence('mine', { n: 2 }), presence('gone', { n: 1 })]);
    store.note([presence('gone', null)]);
    other.note([presence('both', { by: 'other' })]);
    for (let n = 0; n < 1200; n += 1) other.note([user(String(n), { n })]);
    await other.commit([user('late'), contact('1', 'b')]);
    await proxy.accept();
    await settle([store, other]);
    for (const one of [store, other]) {
      expect(['mine', 'both', 'gone'].map((id) => held(one, 'presence', id))).toEqual([
        { n: 2 },
        { by: 'other' },
        undefined,
      ]);
      expect([...one.all('users')]).toHaveLength(1201);
    }
    expect(mirror.faults).toEqual([]);
    expect(mirror.rows('presence')).toEqual(rowsOf(store, 'presence'));
  });

  it('gives no cursor for what nobody else will know, and again when it is written', async () => {
    const clock = new HandClock();
    const own = await openBy(clock);
    const before = await own.commit([user('1')]);
    const noted = own.note([presence('1', { n: 1 })]);
    expect(own.lasting(noted)).toBe(own.lasting(before));
    await settle([own]);
    expect(own.lasting(noted)).toBe((own.lasting(before) ?? 0) + 1);
    await proxy.refuse();
    await own.reported('store.away');
    const known = own.changes('presence', null).rev;
    const away = own.note([presence('1', { n: 2 })]);
    clock.pass(1001);
    expect([own.lasting(known) === undefined, own.lasting(away)]).toEqual([false, undefined]);
    expect(own.known(own.lasting(known) ?? -1)).toBeLessThan(away);
    await proxy.accept();
    await passUntil(own.reported('store.back'));
    await settle([own]);
    const other = await open();
    const cursor = own.lasting(own.changes('presence', null).rev) ?? -1;
    expect(other.changes('presence', other.known(cursor))).toMatchObject({ reset: false, rows: [] });
  });
});

describe('a commit whose answer is lost', () => {
  beforeEach(async () => {
    store = await open(throughProxy());
    await store.commit([user('0')]);
  });

  it('resolves when the database has done it, and is told once', async () => {
    const other = await open();
    const commits = heard(store);
    proxy.reading(false);
    const asked = store.commit([user('1'), contact('1', 'a')]);
    const stale = outcomeOf(store.commit([user('2')], [{ table: 'users', id: '0', rev: 1_000_000_000 }]));
    await holdsUser(other, '1');
    proxy.reading(true);
    proxy.cut();
    const rev = await asked;
    expect([await stale, store.get('users', '1')?.rev, store.state]).toEqual(['stale', rev, 'open']);
    expect(commits).toEqual([
      { rev, writes: expect.arrayContaining([user('1'), { ...contact('1', 'a'), scope: 'a' }]) },
    ]);
  });

  it('is sent again when the database has never seen it', async () => {
    const commits = heard(store);
    proxy.swallow(true);
    const asked = store.commit([user('1')]);
    await new Promise((resolve) => setImmediate(resolve));
    store.note([presence('1', { n: 1 })]);
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    proxy.cut();
    proxy.swallow(false);
    const rev = await asked;
    expect(commits.map(({ writes }) => writes)).toEqual([[presence('1', { n: 1 })], [user('1')]]);
    expect(store.get('users', '1')?.rev).toBe(rev);
    const other = await open();
    await settle([store, other]);
    expect([held(other, 'users', '1'), held(other, 'presence', '1')]).toEqual([{}, { n: 1 }]);
  });

  it('is refused when nobody can know for long, without saying that nothing was changed, and told by the feed when it was done', async () => {
    const clock = new HandClock();
    const own = await openBy(clock);
    await own.commit([user('2')]);
    const other = await open();
    proxy.reading(false);
    const asked = own.commit([user('1')]).catch((error: unknown) => error);
    await holdsUser(other, '1');
    await proxy.refuse();
    proxy.reading(true);
    await own.reported('store.away');
    clock.pass(15_000);
    expect(await asked).toMatchObject({ code: 'storage', message: expect.stringMatching(/^it is not known whether/) });
    expect(own.get('users', '1')).toBe(undefined);
    const done = told(own, '1');
    await proxy.accept();
    await passUntil(done);
    expect(held(own, 'users', '1')).toEqual({});
  });
});

/** Resolves when the store holds this user. */
function holdsUser(one: Store, id: string): Promise<void> {
  if (one.get('users', id)) return Promise.resolve();
  return told(one, id);
}

describe('a database that does not answer any more', () => {
  it('is noticed, though the connection stands', async () => {
    const clock = new HandClock();
    store = await openBy(clock);
    await store.commit([user('1')]);
    proxy.swallow(true);
    clock.pass(1000);
    await proxy.accept().catch(() => 'it listens already');
    clock.pass(5000);
    proxy.swallow(false);
    proxy.cut();
    await store.commit([user('2')]);
    expect(store.state).toBe('open');
  });
});

describe('a server that is killed and started again', () => {
  it('has all that was answered, and the stores catch up by themselves', async () => {
    const stores = [await open(), await open()];
    const mirrors = stores.map((one) => new FeedMirror(one, ['users', 'presence']));
    const acknowledged = new Set<string>();
    let isOver = false;
    const writers = stores.flatMap((one, at) =>
      [0, 1, 2].map(async (writer) => {
        for (let n = 0; !isOver; n += 1) {
          const id = `${at} ${writer} ${n}`;
          one.note([presence(`${at} ${writer}`, { n })]);
          if (typeof (await outcomeOf(one.commit([user(id), contact(id, 'a')]))) === 'number') acknowledged.add(id);
          await new Promise((resolve) => setImmediate(resolve));
        }
      }),
    );
    for (let round = 1; round <= 3; round += 1) {
      const before = acknowledged.size;
      while (acknowledged.size < before + 100) await new Promise((resolve) => setImmediate(resolve));
      await theServer().kill();
      await Promise.all((stores as StoreUnderTest[]).map((one) => one.reported('store.away', round)));
      await theServer().start();
      await Promise.all((stores as StoreUnderTest[]).map((one) => one.reported('store.back', round)));
    }
    isOver = true;
    await Promise.all(writers);
    await settle(stores);
    const [first, second] = stores as [StoreUnderTest, StoreUnderTest];
    const users = new Map([...first.all('users')].map(({ id, value }) => [id, value]));
    expect([...acknowledged].filter((id) => !users.has(id))).toEqual([]);
    expect(new Map([...second.all('users')].map(({ id, value }) => [id, value]))).toEqual(users);
    expect((await first.find('contacts', [...acknowledged])).size).toBe(acknowledged.size);
    for (const [at, mirror] of mirrors.entries()) {
      expect([at, mirror.rows('users').size, mirror.faults]).toEqual([at, users.size, []]);
    }
  }, 90_000);
});

describe('another database in the place of the one that was opened', () => {
  const changes = {
    'has another epoch': `update rollcall.state set epoch = 'another'`,
    'is older than what is held': 'update rollcall.state set rev = 1',
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`ends the daemon when it ${what}`, async () => {
      let ended = 0;
      store = await open({ ...throughProxy(), replaced: () => (ended += 1) });
      for (const id of ['1', '2', '3']) await store.commit([user(id)]);
      await proxy.refuse();
      await store.reported('store.away');
      const sql = sqlOf(database);
      await sql.unsafe(change);
      await sql.end();
      await proxy.accept();
      await store.reported('store.replaced');
      expect([ended, store.state]).toEqual([1, 'failed']);
      await expect(store.commit([user('4')])).rejects.toMatchObject({ code: 'storage' });
    });
  }

  it('is noticed when it is put there under an open connection', async () => {
    let ended = 0;
    store = await open({ replaced: () => (ended += 1) });
    await store.commit([user('1')]);
    const sql = sqlOf(database);
    await sql.unsafe(`update rollcall.state set epoch = 'another', rev = rev + 1`);
    await sql`select pg_notify('rollcall', '1000000000')`;
    await sql.end();
    await store.reported('store.replaced');
    expect([ended, store.state]).toEqual([1, 'failed']);
  });
});
