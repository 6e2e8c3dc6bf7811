// Who is there and who is on duty, between daemons on a real database.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { OperatorError } from '../../../src/service/operator-error.ts';
import { type PostgresServer, startPostgres } from '../../lab/postgres.ts';
import { ClusterHouse } from '../../support/cluster-house.ts';

let server: PostgresServer;
let house: ClusterHouse;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());
beforeEach(async () => {
  house = await ClusterHouse.on(server);
});
afterEach(async () => {
  await house.end();
  expect(house.doubles).toEqual([]);
});

test('a daemon that is alone has every duty when it is open, also without a link to its PBX', async () => {
  const a = await house.join('a');
  const { daemon, site, isShared, isConnected, siteDuty, houseDuty, peers } = a.cluster;
  expect({ daemon, site, isShared, isConnected, peers: [...peers] }).toEqual({
    ...{ daemon: 'a', site: '', isShared: true, isConnected: true, peers: [] },
  });
  expect([siteDuty.isHeld, houseDuty.isHeld, a.told]).toEqual([true, true, []]);
});

test('a second daemon stands by, and both know of each other at once, with their links', async () => {
  const a = await house.join('a', { hasPbx: true });
  const b = await house.join('b');
  await house.until(() => a.cluster.peers.size === 1 && b.cluster.peers.get('a')?.hasPbx === true);
  expect([[...a.cluster.peers], [...b.cluster.peers]]).toEqual([
    [['b', { site: '', hasPbx: false }]],
    [['a', { site: '', hasPbx: true }]],
  ]);
  expect([b.cluster.siteDuty.isHeld, b.cluster.houseDuty.isHeld]).toEqual([false, false]);
  b.cluster.setPbx(true);
  await house.until(() => a.cluster.peers.get('b')?.hasPbx === true);
  expect(a.told).toEqual(['peers b', 'peers b']);
});

test('a daemon that leaves hands its duties over without anybody looking at a clock', async () => {
  const a = await house.join('a', { hasPbx: true });
  const b = await house.join('b', { hasPbx: true });
  await house.until(() => a.cluster.peers.size === 1);
  await a.cluster.leave();
  await house.until(() => b.cluster.siteDuty.isHeld && b.cluster.houseDuty.isHeld && b.cluster.peers.size === 0);
  expect([a.cluster.siteDuty.isHeld, a.cluster.houseDuty.isHeld, a.cluster.isConnected]).toEqual([false, false, false]);
  expect(a.told.slice(-2)).toEqual(['site false', 'house false']);
  expect(await house.named()).toEqual(['b']);
});

test('a daemon whose connection ends for a moment keeps its duties', async () => {
  const a = await house.join('a', { hasPbx: true });
  const b = await house.join('b', { hasPbx: true });
  await house.until(() => a.cluster.peers.get('b')?.hasPbx === true && b.cluster.peers.get('a')?.hasPbx === true);
  await house.join('c', { site: 'elsewhere' });
  await house.until(() => a.cluster.peers.has('c') && b.cluster.peers.has('c'));
  a.told.length = 0;
  const gone = house.until(() => a.told.includes('away'));
  await house.cut('a');
  await gone;
  expect([a.cluster.isConnected, a.cluster.siteDuty.isHeld, [...a.cluster.peers]]).toEqual([false, true, []]);
  await house.until(() => a.cluster.isConnected);
  expect([a.told, a.reports.slice(-2)]).toEqual([
    ['away', 'peers b c'],
    ['cluster.away', 'cluster.back'],
  ]);
  expect([a, b].map(({ cluster }) => [cluster.siteDuty.isHeld, cluster.houseDuty.isHeld])).toEqual([
    [true, true],
    [false, false],
  ]);
});

test('a daemon that comes back hears that another has taken its duties meanwhile', async () => {
  const guest = await house.guest();
  const a = await house.join('a', { url: guest.url, hasPbx: true });
  const b = await house.join('b', { hasPbx: true });
  await house.until(() => a.cluster.peers.size === 1);
  await guest.let(false);
  await house.cut('a');
  await house.until(() => !a.cluster.isConnected);
  b.clock.pass(1000);
  await house.until(() => b.cluster.siteDuty.isHeld && b.cluster.houseDuty.isHeld);
  expect([a.cluster.siteDuty.isHeld, a.cluster.houseDuty.isHeld]).toEqual([true, true]);
  a.told.length = 0;
  await guest.let(true);
  await house.passing([a], () => a.cluster.isConnected && !a.cluster.siteDuty.isHeld && !a.cluster.houseDuty.isHeld);
  await house.until(() => a.told.length === 3);
  expect(a.told).toEqual(['site false', 'house false', 'peers b']);
});

test('when a process is killed another daemon has its duties at its next look', async () => {
  const { process, said } = await house.start('a');
  const b = await house.join('b');
  expect([said, b.cluster.siteDuty.isHeld, b.cluster.houseDuty.isHeld, [...b.cluster.peers.keys()]]).toEqual([
    ...['there true', false, false],
    ['a'],
  ]);
  await process.kill();
  await house.passing([b], () => b.cluster.siteDuty.isHeld && b.cluster.houseDuty.isHeld);
  expect(b.told).toEqual(['site true', 'house true', 'peers ']);
  b.clock.pass(1000);
  const c = await house.join('c');
  await house.until(() => b.cluster.peers.has('c'));
  expect([await house.named(), c.told]).toEqual([['b', 'c'], []]);
});

test('between real clocks a killed process is followed by another within two seconds', async () => {
  const first = await house.start('a');
  const second = await house.start('b');
  expect([first.said, second.said]).toEqual(['there true', 'there false']);
  const begun = performance.now();
  await first.process.kill();
  expect([await second.process.line(), await second.process.line()]).toEqual(['site true', 'connected']);
  expect(performance.now() - begun).toBeLessThan(2000);
});

test('each site has its own duty, and all together one of the house', async () => {
  const a = await house.join('a', { site: 'berlin' });
  const b = await house.join('b', { site: 'paris' });
  const c = await house.join('c', { site: 'paris' });
  await house.until(() => a.cluster.peers.size === 2);
  const duties = [a, b, c].map(({ cluster }) => [cluster.siteDuty.isHeld, cluster.houseDuty.isHeld]);
  expect(duties).toEqual([
    [true, true],
    [true, false],
    [false, false],
  ]);
  expect([...a.cluster.peers]).toEqual([
    ['b', { site: 'paris', hasPbx: false }],
    ['c', { site: 'paris', hasPbx: false }],
  ]);
  await b.cluster.leave();
  await house.until(() => c.cluster.siteDuty.isHeld);
  expect(c.cluster.houseDuty.isHeld).toBe(false);
});

test('the daemon with a link to the PBX gets the duty, two seconds after the holder has lost its own', async () => {
  const a = await house.join('a', { hasPbx: true });
  const b = await house.join('b', { hasPbx: true });
  await house.until(() => a.cluster.peers.get('b')?.hasPbx === true);
  a.cluster.setPbx(false);
  await house.until(() => b.cluster.peers.get('a')?.hasPbx === false);
  a.clock.pass(1999);
  const c = await house.join('c');
  await house.until(() => a.cluster.peers.has('c'));
  expect([a.cluster.siteDuty.isHeld, b.cluster.siteDuty.isHeld]).toEqual([true, false]);
  a.clock.pass(1);
  await house.passing([a], () => b.cluster.siteDuty.isHeld);
  expect([a.cluster.siteDuty.isHeld, c.cluster.siteDuty.isHeld, a.cluster.houseDuty.isHeld]).toEqual([
    false,
    false,
    true,
  ]);
});

test('a link that blinks moves no duty', async () => {
  const a = await house.join('a', { hasPbx: true });
  const b = await house.join('b', { hasPbx: true });
  await house.until(() => a.cluster.peers.get('b')?.hasPbx === true);
  for (let blink = 0; blink < 3; blink += 1) {
    a.cluster.setPbx(false);
    await house.until(() => b.cluster.peers.get('a')?.hasPbx === false);
    a.clock.pass(1500);
    a.cluster.setPbx(true);
    await house.until(() => b.cluster.peers.get('a')?.hasPbx === true);
    a.clock.pass(1500);
  }
  const c = await house.join('c');
  await house.until(() => a.cluster.peers.has('c') && b.cluster.peers.has('c'));
  expect([a, b, c].flatMap(({ told }) => told.filter((what) => what.startsWith('site')))).toEqual([]);
});

test('a daemon without a link takes no duty while another of its site has one, and takes it when nobody has', async () => {
  const a = await house.join('a', { hasPbx: true });
  const b = await house.join('b');
  const c = await house.join('c', { hasPbx: true });
  await house.until(() => b.cluster.peers.get('c')?.hasPbx === true && a.cluster.peers.size === 2);
  await a.cluster.leave();
  await house.until(() => c.cluster.siteDuty.isHeld && b.cluster.peers.size === 1);
  await c.cluster.leave();
  await house.until(() => b.cluster.siteDuty.isHeld);
  expect(b.told.filter((what) => what.startsWith('site'))).toEqual(['site true']);
});

test('nobody gives a duty back when all links are away', async () => {
  const a = await house.join('a', { hasPbx: true });
  const b = await house.join('b', { hasPbx: true });
  await house.until(() => a.cluster.peers.get('b')?.hasPbx === true);
  b.cluster.setPbx(false);
  await house.until(() => a.cluster.peers.get('b')?.hasPbx === false);
  a.cluster.setPbx(false);
  await house.until(() => b.cluster.peers.get('a')?.hasPbx === false);
  a.clock.pass(60_000);
  const c = await house.join('c');
  await house.until(() => a.cluster.peers.has('c'));
  expect([a, b, c].map(({ cluster }) => cluster.siteDuty.isHeld)).toEqual([true, false, false]);
});

test('a stopped process is taken off the database, so that another does its work', async () => {
  const { process } = await house.start('a');
  const b = await house.join('b', { silentMs: 500 });
  expect(await process.line()).toBe('connected');
  process.signal('SIGSTOP');
  await house.passing([b], () => b.cluster.siteDuty.isHeld);
  expect([b.told, b.reports.slice(-2)]).toEqual([
    ['site true', 'house true', 'peers '],
    ['cluster.stuck', 'cluster.others'],
  ]);
  process.signal('SIGCONT');
  const lines = [await process.line(), await process.line(), await process.line()];
  expect(lines).toEqual(['away', 'site false', 'connected']);
});

test('rows of daemons that died unseen are removed by the one with the house duty', async () => {
  await house.sql`insert into rollcall.daemons (daemon, site, has_pbx, version) values ('long gone', '', true, '')`;
  const a = await house.join('a');
  expect([...a.cluster.peers]).toEqual([]);
  const named = house.named();
  expect(await named).toEqual(['a', 'long gone']);
  const b = await house.join('b');
  await house.until(() => a.cluster.peers.has('b'));
  expect([await house.named(), b.told]).toEqual([['a', 'b'], []]);
});

test('a database that cannot be reached is an error without the password', async () => {
  const url = 'postgres://bench:s3cret@localhost/nothing?host=/nowhere';
  await expect(house.join('a', { url })).rejects.toThrow(
    new OperatorError('the database of store.url cannot be used by daemons together: ENOENT'),
  );
});
