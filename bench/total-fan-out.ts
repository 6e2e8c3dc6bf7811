// The same clients at one, two, three and four daemons on one database: what it costs all of them together to tell everybody a change, and how long it
// takes. On a machine with fewer cores than processes it is the CPU that says what more machines would bring.
import type { Benchmark } from './support/benchmark.ts';
import { type Databases, startDatabases } from './support/database.ts';
import { median, printRatio, printValue } from './support/figures.ts';
import { openWorld, type World } from './support/world.ts';

const MOST_DAEMONS = 4;
const EXTENSIONS = 100;
const BURST = 20;
const WARM_UP = 5;

interface Cost {
  /** Microseconds of CPU of all daemons for one client and one change. */
  readonly delivery: number;
  /** Microseconds of CPU of PostgreSQL for one change. */
  readonly database: number;
  /** Milliseconds until the last client. */
  readonly last: number;
}

export const totalFanOut: Benchmark = {
  name: 'total-fan-out',
  usage: '[CLIENTS [ROUNDS]]',
  what: 'the same clients at one to four daemons: CPU of all, and time to the last client',
  async run([clients = 4_000, rounds = 3]) {
    const databases = await startDatabases();
    const costs = Array.from({ length: MOST_DAEMONS }, () => ({ one: [] as Cost[], burst: [] as Cost[] }));
    for (let round = 0; round < rounds; round++) {
      for (const [i, { one, burst }] of costs.entries()) {
        const world = await openSpread(databases, clients, i + 1);
        one.push(...(await tell(databases, world, clients, 1, 30)));
        burst.push(...(await tell(databases, world, clients, BURST, 10)));
        await world.end();
      }
    }
    await databases.stop();
    const [first] = costs;
    for (const [i, cost] of costs.entries()) {
      for (const [kind, name] of [
        ['one', 'one change'],
        ['burst', `burst of ${BURST}`],
      ] as const) {
        const of = (all: readonly Cost[], part: keyof Cost) => median(all.map((one) => one[part]));
        const what = `${i + 1} ${i === 0 ? 'daemon' : 'daemons'}, ${clients} clients in all, ${name}`;
        const beside = (part: keyof Cost) => ({
          ours: of(cost[kind], part),
          floor: of(first?.[kind] ?? [], part),
          floorName: 'one daemon',
        });
        printRatio({ what: `${what}, CPU of the daemons per delivery`, ...beside('delivery'), unit: 'µs' });
        printRatio({ what: `${what}, time to the last client`, ...beside('last'), unit: 'ms' });
        printValue(`${what}, CPU of PostgreSQL per change`, of(cost[kind], 'database'), 'µs');
      }
    }
  },
};

function openSpread(databases: Databases, clients: number, daemons: number): Promise<World> {
  const each = Math.floor(clients / daemons);
  const counts = Array.from({ length: daemons }, (_, i) => (i === 0 ? clients - each * (daemons - 1) : each));
  return databases.make().then((place) => openWorld({ place, extensions: EXTENSIONS, clients: counts }));
}

async function tell(
  databases: Databases,
  world: World,
  clients: number,
  changes: number,
  times: number,
): Promise<Cost[]> {
  const costs: Omit<Cost, 'database'>[] = [];
  let database = 0;
  for (let i = -WARM_UP; i < times; i++) {
    const before = await cpuOf(world);
    if (i === 0) database = databases.cpu();
    for (const { audience } of world.sides) await audience.ask({ do: 'expect', group: 'all', marks: changes });
    const { at } = await world.pbx.ask<{ at: number }>({ do: 'ring', count: changes });
    const arrivals = world.sides.map(({ audience }) => audience.ask<{ last: number }>({ do: 'arrived' }));
    const last = Math.max(...(await Promise.all(arrivals)).map((arrived) => arrived.last));
    const delivery = ((await cpuOf(world)) - before) / (changes * clients);
    if (i >= 0) costs.push({ delivery, last: (last - at) / 1000 });
  }
  // The system counts it in parts of ten milliseconds: of one change it would tell nothing.
  const each = (databases.cpu() - database) / (changes * times);
  return costs.map((cost) => ({ ...cost, database: each }));
}

async function cpuOf({ sides }: World): Promise<number> {
  const all = await Promise.all(sides.map(({ server }) => server.ask<number>({ do: 'cpu' })));
  return all.reduce((sum, one) => sum + one, 0);
}
