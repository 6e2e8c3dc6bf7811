// What becomes of the duties when the database goes and comes, connections break and poolers are in between.
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { OperatorError } from '../../../src/service/operator-error.ts';
import { ANSWER_MS } from '../../../src/store/postgres/cluster-session.ts';
import { type Dice, diceOf } from '../../faults/dice.ts';
import { type PostgresServer, startPostgres } from '../../lab/postgres.ts';
import { ClusterHouse, type Member } from '../../support/cluster-house.ts';
import { TcpProxy } from '../../support/proxy.ts';

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

const duties = ({ cluster }: Member): boolean[] => [cluster.siteDuty.isHeld, cluster.houseDuty.isHeld];

test('after the database was away everybody is back, and whoever had a duty has it', async () => {
  const a = await house.join('a', { hasPbx: true });
  const b = await house.join('b', { hasPbx: true });
  const c = await house.join('c', { hasPbx: true });
  await house.until(() => [a, b, c].every(({ cluster }) => cluster.peers.size === 2));
  await server.kill();
  await house.until(() => [a, b, c].every(({ cluster }) => !cluster.isConnected));
  expect([a, b, c].map(duties)).toEqual([
    [true, true],
    [false, false],
    [false, false],
  ]);
  await server.start();
  await house.passing([b], () => b.cluster.isConnected, 100);
  await house.passing([c], () => c.cluster.isConnected, 100);
  await house.until(() => b.cluster.peers.has('c') && c.cluster.peers.has('b'));
  expect([b, c].map(duties)).toEqual([
    [false, false],
    [false, false],
  ]);
  await house.passing([a], () => [a, b, c].every(({ cluster }) => cluster.peers.size === 2), 200);
  expect([a, b, c].map(duties)).toEqual([
    [true, true],
    [false, false],
    [false, false],
  ]);
  expect(a.told.filter((what) => what.endsWith('e'))).toEqual([]);
});

test('when the one with the duties went with the database, another has them a little later', async () => {
  const a = await house.start('a');
  const b = await house.join('b');
  expect([a.said, ...duties(b)]).toEqual(['there true', false, false]);
  await server.kill();
  await house.until(() => !b.cluster.isConnected);
  await a.process.kill();
  await server.start();
  await house.passing([b], () => duties(b).every(Boolean), 200);
  expect([b.cluster.isConnected, [...b.cluster.peers], b.told]).toEqual([
    ...[true, []],
    ['away', 'peers ', 'site true', 'house true'],
  ]);
});

test('a connection through which nothing comes any more is given up, and the next one takes its duties over from it', async () => {
  const way = await TcpProxy.to(server.port);
  const a = await house.join('a', { url: house.through(way.port) });
  way.swallow(true);
  a.patience.isPatient = false;
  a.clock.pass(1000);
  a.clock.pass(ANSWER_MS);
  await house.until(() => !a.cluster.isConnected);
  expect([duties(a), a.told]).toEqual([[true, true], ['away']]);
  way.swallow(false);
  a.patience.isPatient = true;
  await house.passing([a], () => a.cluster.isConnected, 200);
  expect([duties(a), a.told, await house.named()]).toEqual([[true, true], ['away', 'peers '], ['a']]);
  await way.close();
});

test('a pooler that shares connections is named', async () => {
  const refusal = Buffer.from('SFATAL\0C08P01\0Munsupported startup parameter: tcp_user_timeout\0\0');
  const length = Buffer.alloc(4);
  length.writeInt32BE(refusal.length + 4);
  const pooler = createServer((socket) => {
    socket.on('error', () => 'the client may be gone');
    socket.once('data', () => socket.end(Buffer.concat([Buffer.from('E'), length, refusal])));
  });
  pooler.listen(0, '127.0.0.1');
  await once(pooler, 'listening');
  const { port } = pooler.address() as AddressInfo;
  const url = `postgres://bench:s3cret@127.0.0.1:${port}/rollcall`;
  const joining = house.join('a', { url });
  await expect(joining).rejects.toThrow(
    new OperatorError(
      'store.url leads to a pooler that shares connections between sessions (such as PgBouncer in transaction mode): name the PostgreSQL server itself, or a pool in session mode',
    ),
  );
  pooler.close();
});

const SEEDS = 6;
const STEPS = 40;
const SITES = ['', 'paris'];

/** Whatever may happen to daemons at any time. */
async function anything(dice: Dice, members: Member[], name: string): Promise<void> {
  const member = members.length > 1 ? dice.pick(members) : undefined;
  const chance = dice.below(100);
  if (!member || (chance < 15 && members.length < 6)) {
    members.push(await house.join(name, { site: dice.pick(SITES), hasPbx: dice.chance(0.7) }));
  } else if (chance < 25) {
    members.splice(members.indexOf(member), 1);
    await member.cluster.leave();
  } else if (chance < 40) await house.cut(member.cluster.daemon);
  else if (chance < 65) member.cluster.setPbx(dice.chance(0.6));
  else for (const { clock } of members) clock.pass(dice.below(2500));
}

test('whatever happens, no two have the same duty, and in the end there is one for each', async () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const dice = diceOf(seed);
    const members: Member[] = [];
    for (let step = 0; step < STEPS; step += 1) await anything(dice, members, `daemon ${seed} ${step}`);
    const isSettled = (): boolean => isWhole(members.map(({ cluster }) => cluster));
    await house.passing(members, isSettled, 500);
    expect({ seed, doubles: house.doubles }).toEqual({ seed, doubles: [] });
    await Promise.all(members.map(({ cluster }) => cluster.leave()));
  }
});

/** Everybody knows everybody, and each duty is held once, where there is a link by a daemon with one. */
function isWhole(clusters: readonly Member['cluster'][]): boolean {
  if (!clusters.every(({ isConnected, peers }) => isConnected && peers.size === clusters.length - 1)) return false;
  if (clusters.filter(({ houseDuty }) => houseDuty.isHeld).length !== 1) return false;
  return [...new Set(clusters.map(({ site }) => site))].every((site) => {
    const ofSite = clusters.filter((cluster) => cluster.site === site);
    const holders = ofSite.filter(({ siteDuty }) => siteDuty.isHeld);
    const [{ daemon } = { daemon: '' }] = holders;
    const hasPbx = (name: string): boolean => clusters.some(({ peers }) => peers.get(name)?.hasPbx === true);
    return holders.length === 1 && (hasPbx(daemon) || !ofSite.some((cluster) => hasPbx(cluster.daemon)));
  });
}
