// What one change, one commit and one client that comes cost each of those who take part: the daemon on duty, another daemon, and PostgreSQL; in CPU, which
// is nearly the same on a busy machine. And the memory that extensions take in every daemon. What plans are made from.
import type { Benchmark } from './support/benchmark.ts';
import { startChild } from './support/child.ts';
import { type Databases, startDatabases } from './support/database.ts';
import { printValue } from './support/figures.ts';
import { COMPANY_BOOK, gather, hellosWith, request, type Side } from './support/side.ts';
import { openWorld, type World } from './support/world.ts';

const EXTENSIONS = 1_000;
const FEW_EXTENSIONS = 100;
const MANY_EXTENSIONS = 20_000;
const CONTACTS = 1_000;
const BURST = 100;
const MEGABYTE = 1024 * 1024;

/** A client that has gone counts as there for ten seconds. */
const GONE_MS = 13_000;
const HERE_MS = 3_000;
/** Until every extension has come from the daemon on duty. */
const READ_MS = 15_000;
/** A session has fifty requests a second. */
const PAUSE_MS = 25;
const IDLE_S = 10;

interface Measured {
  readonly databases: Databases;
  readonly world: World;
  /** For one second. */
  readonly idle?: Shares;
}

interface Shares {
  readonly duty: number;
  readonly other: number;
  readonly database: number;
}

export const shares: Benchmark = {
  name: 'shares',
  usage: '[CLIENTS [ROUNDS]]',
  what: 'CPU of each daemon and of PostgreSQL for a change, a commit and a client that comes',
  async run([clients = 1_000, rounds = 300]) {
    const databases = await startDatabases();
    const collections = ['pbx', 'extensions', 'presence', ...COMPANY_BOOK];
    const place = await databases.make();
    const options = { place, extensions: EXTENSIONS, contacts: CONTACTS, collections, spares: clients + 1 };
    const world = await openWorld({ ...options, clients: [1, 1] });
    const [duty, other] = world.sides as [Side, Side];
    const all = await during({ databases, world }, () => wait(IDLE_S * 1000));
    const idle = { duty: all.duty / IDLE_S, other: all.other / IDLE_S, database: all.database / IDLE_S };
    const measured = { databases, world, idle };
    print('nothing, for a second', idle);
    await measure('a change of the PBX', rounds, measured, () => ring(world, rounds, 1));
    await measure(`a change in a burst of ${BURST}`, rounds * 10, measured, () =>
      ring(world, (rounds * 10) / BURST, BURST),
    );
    const editor = { ...duty, audience: startChild('audience') };
    await gather(editor, hellosWith(world.spares.slice(0, 1), ['books']));
    await measure('a contact that is edited', rounds, measured, () => edit(world, editor, rounds));
    const hellos = hellosWith(world.spares.slice(1), ['pbx', 'presence']);
    const before = await databases.revision(place);
    await measure('a client that comes with its token', clients, measured, async () => {
      await gather(other, hellos, { group: 'coming' });
      await wait(HERE_MS);
    });
    printValue('revisions for each of them', ((await databases.revision(place)) - before) / clients, '');
    await measure('a client that goes', clients, measured, async () => {
      await other.audience.ask({ do: 'close', group: 'coming' });
      await wait(GONE_MS);
    });
    await editor.audience.ask({ do: 'close', group: 'all' });
    editor.audience.end();
    await world.end();
    const [few, many] = [await heapWith(databases, FEW_EXTENSIONS), await heapWith(databases, MANY_EXTENSIONS)];
    printValue(`heap of a daemon with ${FEW_EXTENSIONS} extensions`, few / MEGABYTE, 'MB');
    printValue('for each extension more', (many - few) / (MANY_EXTENSIONS - FEW_EXTENSIONS) / 1024, 'kB');
    await databases.stop();
  },
};

const wait = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis));

/** Microseconds of CPU of each while `work` goes on, but for what `idle` takes in a second by itself. */
async function during({ databases, world, idle }: Measured, work: () => Promise<unknown>): Promise<Shares> {
  const before = await used(databases, world);
  const begun = performance.now();
  await work();
  const seconds = (performance.now() - begun) / 1000;
  const after = await used(databases, world);
  const of = (part: keyof Shares) => after[part] - before[part] - (idle?.[part] ?? 0) * seconds;
  return { duty: of('duty'), other: of('other'), database: of('database') };
}

async function measure(what: string, count: number, measured: Measured, work: () => Promise<unknown>): Promise<void> {
  const cost = await during(measured, work);
  print(what, { duty: cost.duty / count, other: cost.other / count, database: cost.database / count });
}

function print(what: string, { duty, other, database }: Shares): void {
  printValue(`${what}, CPU of the daemon on duty`, duty, 'µs');
  printValue(`${what}, CPU of another daemon`, other, 'µs');
  printValue(`${what}, CPU of PostgreSQL`, database, 'µs');
}

async function used(databases: Databases, { sides }: World): Promise<Shares> {
  const [duty = 0, other = 0] = await Promise.all(sides.map(({ server }) => server.ask<number>({ do: 'cpu' })));
  return { duty, other, database: databases.cpu() };
}

async function ring({ pbx, sides }: World, times: number, count: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    for (const { audience } of sides) await audience.ask({ do: 'expect', group: 'all', marks: count });
    await pbx.ask({ do: 'ring', count });
    await Promise.all(sides.map(({ audience }) => audience.ask({ do: 'arrived' })));
  }
}

async function edit({ sides, contacts }: World, editor: Side, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const id = contacts[i % contacts.length];
    const text = request(1_000 + i, 'contacts.update', { id, patch: { title: `Round ${i}` } });
    for (const { audience } of sides) await audience.ask({ do: 'expect', group: 'all', marks: 1, mark: '"updated":' });
    await wait(PAUSE_MS);
    await editor.audience.ask({ do: 'say', group: 'all', text });
    await Promise.all(sides.map(({ audience }) => audience.ask({ do: 'arrived' })));
  }
}

/** Bytes that a daemon that is not on duty uses when all garbage is gone. */
async function heapWith(databases: Databases, extensions: number): Promise<number> {
  const world = await openWorld({ place: await databases.make(), extensions, clients: [1, 1] });
  await wait(READ_MS);
  const { heap } = await (world.sides[1] as Side).server.ask<{ heap: number }>({ do: 'memory' });
  await world.end();
  return heap;
}
