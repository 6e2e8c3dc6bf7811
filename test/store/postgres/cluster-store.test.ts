// What becomes of the duties when a daemon has lost only one of its two ways to the database: that of its locks, or that of its store.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/service/clock.ts';
import type { Cluster, Duty } from '../../../src/service/cluster.ts';
import { signsOf } from '../../../src/store/postgres/cluster-store.ts';
import { openPostgres } from '../../../src/store/postgres/open.ts';
import { ClusterHouse, type Member } from '../../support/cluster-house.ts';
import { newDatabase, openStore, sqlOf, theServer, urlOf, useServer } from './support/database.ts';

useServer();

const duties = ({ siteDuty, houseDuty }: Cluster): boolean[] => [siteDuty.isHeld, houseDuty.isHeld];

describe('Between clocks that stand still', () => {
  let house: ClusterHouse;
  beforeEach(async () => {
    house = await ClusterHouse.on(theServer());
  });
  afterEach(async () => {
    await house.end();
    expect(house.doubles).toEqual([]);
  });

  /** The store of a daemon, as the test has it. */
  function storeSigns() {
    const signs = { open: true, there: true, asked: 0 };
    const answers = async (): Promise<boolean> => {
      signs.asked += 1;
      return signs.there;
    };
    return Object.assign(signs, { isOpen: () => signs.open, answers });
  }

  /** Lets time pass for one until it has asked its store as often. */
  async function asking({ clock }: Member, signs: { readonly asked: number }, times: number): Promise<void> {
    const end = signs.asked + times;
    while (signs.asked < end) {
      clock.pass(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  test('a daemon whose store is away for long leaves its duties to another, and is back with its store', async () => {
    const store = storeSigns();
    const a = await house.join('a', { hasPbx: true, store });
    const b = await house.join('b', { hasPbx: true });
    await house.until(() => a.cluster.peers.get('b')?.hasPbx === true && b.cluster.peers.has('a'));
    a.told.length = 0;
    store.open = false;
    await house.passing([a], () => !a.cluster.isConnected);
    await house.until(() => duties(b.cluster).every(Boolean));
    expect([a.told, a.reports.at(-1)]).toEqual([['away', 'site false', 'house false'], 'cluster.away']);
    expect([duties(a.cluster), await house.named()]).toEqual([[false, false], ['b']]);
    a.clock.pass(60_000);
    store.open = true;
    await house.passing([a], () => a.cluster.isConnected);
    expect([duties(a.cluster), duties(b.cluster), a.told.at(-1)]).toEqual([[false, false], [true, true], 'peers b']);
  });

  test('a store that is back a little later than the cluster costs no duty', async () => {
    const store = storeSigns();
    const a = await house.join('a', { store });
    store.open = false;
    for (let second = 0; second < 7; second += 1) a.clock.pass(1000);
    store.open = true;
    for (let second = 0; second < 7; second += 1) a.clock.pass(1000);
    expect([duties(a.cluster), a.cluster.isConnected, a.told]).toEqual([[true, true], true, []]);
  });

  test('a daemon whose store is away takes no duty until it is there', async () => {
    const store = storeSigns();
    const a = await house.join('a');
    const b = await house.join('b', { store });
    await house.until(() => b.cluster.peers.has('a'));
    store.open = false;
    await a.cluster.leave();
    await house.until(() => b.cluster.peers.size === 0);
    expect(duties(b.cluster)).toEqual([false, false]);
    store.open = true;
    await house.passing([b], () => duties(b.cluster).every(Boolean));
  });

  test('a daemon whose locks are lost for long gives its duties up only when its store answers', async () => {
    const store = storeSigns();
    store.there = false;
    const guest = await house.guest();
    const a = await house.join('a', { url: guest.url, store });
    a.told.length = 0;
    await guest.let(false);
    await house.cut('a');
    await house.until(() => !a.cluster.isConnected);
    await asking(a, store, 30);
    expect([duties(a.cluster), a.told]).toEqual([[true, true], ['away']]);
    store.there = true;
    await asking(a, store, 3);
    expect(duties(a.cluster)).toEqual([true, true]);
    await house.passing([a], () => !duties(a.cluster).some(Boolean));
    expect([duties(a.cluster), a.told]).toEqual([
      [false, false],
      ['away', 'site false', 'house false'],
    ]);
    await guest.let(true);
    await house.passing([a], () => duties(a.cluster).every(Boolean));
  });

  test('a daemon that stood still for long believes in no duty until it has seen that it has it, and begins anew', async () => {
    const a = await house.join('a', { doubtMs: 10_000 });
    const held: boolean[] = [];
    // Nothing is read while all this time passes.
    a.clock.after(11_500, () => held.push(...duties(a.cluster)));
    a.clock.pass(13_000);
    expect([held, a.told, a.cluster.isConnected]).toEqual([[false, false], ['site false', 'house false'], true]);
    await house.passing([a], () => duties(a.cluster).every(Boolean), 500);
    expect(a.told).toEqual(['site false', 'house false', 'site true', 'house true']);
  });
});

describe('With its store', () => {
  const open: { close(): Promise<void> }[] = [];
  let database: string;
  let ended: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    database = await newDatabase();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()));
    for (const end of ended) await end();
    ended = [];
  });

  /** `a` has the duties and comes as a user whom the test lets in or not; `b` stands by. */
  async function two() {
    const root = sqlOf(database);
    ended.push(() => root.end());
    const role = `role_of_${database}`;
    await root.unsafe(`create role ${role} login; grant all on schema rollcall to ${role};
      grant all on all tables in schema rollcall to ${role}; grant all on all sequences in schema rollcall to ${role};
      grant pg_read_all_stats to ${role}`);
    const join = async (daemon: string, url: string) => {
      const report = (): void => undefined;
      const parts = { url, connections: 5, daemon, site: '', isDaemon: true, clock: systemClock, lastDigits: 7 };
      const opened = await openPostgres({ ...parts, report });
      open.push(opened);
      return opened;
    };
    const { host, port } = theServer();
    const a = await join('a', `postgres://${role}@localhost:${port}/${database}?host=${host}`);
    const b = await join('b', urlOf(database));
    expect([duties(a.cluster), duties(b.cluster)]).toEqual([
      [true, true],
      [false, false],
    ]);
    await root.unsafe(`alter role ${role} nologin`);
    /** Ends the connections of `a` that have the locks, or all others. */
    const cut = (hasLocks: boolean) => root`
      select pg_terminate_backend(pid) from pg_stat_activity s where usename = ${role}
      and ${hasLocks} = exists (select from pg_locks l where l.pid = s.pid and locktype = 'advisory' and classid = ${0x526f6c01})`;
    return { a, b, cut };
  }

  const is = (duty: Duty, isHeld: boolean): Promise<void> =>
    new Promise((resolve) => {
      if (duty.isHeld === isHeld) resolve();
      else duty.subscribe((now) => now === isHeld && resolve());
    });

  test('a daemon that cannot write gives its duties to one that can', async () => {
    const { a, b, cut } = await two();
    await cut(false);
    await Promise.all([is(a.cluster.siteDuty, false), is(b.cluster.siteDuty, true), is(b.cluster.houseDuty, true)]);
    expect([a.store.state, a.cluster.isConnected, duties(a.cluster)]).toEqual(['away', false, [false, false]]);
  }, 120_000);

  test('a daemon that writes, but cannot have its locks again, gives its duties up', async () => {
    const { a, b, cut } = await two();
    await cut(true);
    await Promise.all([is(a.cluster.siteDuty, false), is(b.cluster.siteDuty, true), is(b.cluster.houseDuty, true)]);
    expect([a.store.state, a.cluster.isConnected, duties(a.cluster)]).toEqual(['open', false, [false, false]]);
    await a.store.commit([{ table: 'users', id: '1', value: {} }]);
    expect(a.store.get('users', '1')?.value).toEqual({});
  }, 120_000);

  test('whether the database takes commits is found out without changing anything', async () => {
    const store = await openStore(database);
    const told: unknown[] = [];
    store.subscribe((commit) => told.push(commit));
    const signs = signsOf(store);
    expect([signs.isOpen(), await signs.answers(), told, [...store.all('upkeep')]]).toEqual([true, true, [], []]);
    await store.close();
    expect([signs.isOpen(), await signs.answers()]).toEqual([false, false]);
  });
});
