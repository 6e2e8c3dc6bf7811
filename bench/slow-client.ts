// Slow clients: memory held for clients that take nothing while changes go on, what the others notice of them, and whether
// they end with the newest state when they take again.
import type { Benchmark } from './support/benchmark.ts';
import { percentile, printRatio, printValue } from './support/figures.ts';
import { endSides, gather, hellosFor, openSide, type Side, tellAll } from './support/side.ts';

const EXTENSIONS = 1_000;
const BURST = 20;
const SAMPLES = 500;
/** Rounds in which every extension changes: more than the kernel's buffers hold for a client. */
const FLOOD = 60;
const GOAL_MIB = 2;
const CAUGHT_UP_MS = 30_000;

export const slowClient: Benchmark = {
  name: 'slow-client',
  usage: '[CLIENTS [SLOW]]',
  what: 'memory of clients that take nothing, and the time to the last of the others',
  async run([clients = 200, slow = 20]) {
    const [beside, alone] = await Promise.all([sideWith(clients, slow), sideWith(clients, slow)]);
    for (const side of [beside, alone]) await flood(side, clients, 3);
    const before = await memoryOf(beside);
    await beside.audience.ask({ do: 'pause', group: 'slow' });
    for (const side of [beside, alone]) await flood(side, clients, FLOOD);
    const held = ((await memoryOf(beside)) - before) / slow / 2 ** 20;
    const behind = await beside.server.ask<number>({ do: 'fellBehind' });
    if (behind < slow) throw new Error('the kernel took everything: nobody was slow');
    printValue(`memory held for each of ${slow} that take nothing`, Math.max(0, held), 'MiB', { most: GOAL_MIB });
    const times = { beside: [] as number[], alone: [] as number[] };
    for (let i = 0; i < SAMPLES; i++) {
      times.beside.push((await tellAll(beside, BURST, clients, '')).last / 1000);
      times.alone.push((await tellAll(alone, BURST, clients, '')).last / 1000);
    }
    for (const [name, share, goal] of [
      ['p50', 0.5, {}],
      ['p99', 0.99, { goal: { most: 1.2 } }],
    ] as const) {
      printRatio({
        what: `time to the last of ${clients} others, ${name}`,
        ours: percentile(times.beside, share),
        floor: percentile(times.alone, share),
        unit: 'ms',
        floorName: 'with nobody slow',
        ...goal,
      });
    }
    await beside.audience.ask({ do: 'resume', group: 'slow' });
    console.log(
      `they take again, and ${(await catchUp(beside)) ? 'all hold the newest state: met' : 'do not end with the newest state: MISSED'}`,
    );
    endSides(beside, alone);
  },
};

/** A server with clients, and some more that are or will be slow. */
async function sideWith(clients: number, slow: number): Promise<Side> {
  const side = await openSide('ours', { extensions: EXTENSIONS });
  const hellos = await hellosFor(side, clients + slow);
  await gather(side, hellos.slice(0, clients));
  await gather(side, hellos.slice(clients), { group: 'slow', follows: true });
  return side;
}

async function flood(side: Side, clients: number, rounds: number): Promise<void> {
  for (let i = 0; i < rounds; i++) await tellAll(side, EXTENSIONS, clients, '');
}

/** Bytes in use, those that wait to be written included. */
async function memoryOf({ server }: Side): Promise<number> {
  return (await server.ask<{ heap: number }>({ do: 'memory' })).heap;
}

/** Whether all that were slow come to hold what the board shows. */
async function catchUp({ server, audience }: Side): Promise<boolean> {
  const newest = await server.ask<string>({ do: 'digest' });
  for (const end = Date.now() + CAUGHT_UP_MS; Date.now() < end; ) {
    const held = await audience.ask<string[]>({ do: 'digests', group: 'slow' });
    if (held.length === 1 && held[0] === newest) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}
