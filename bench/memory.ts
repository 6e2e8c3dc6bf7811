// Memory of an idle client that is logged in and in sync, beside a bare ws server: what a fresh process grows by, from before
// the first client until it has been idle with all of them for a while and has collected its garbage.
import type { Benchmark } from './support/benchmark.ts';
import { median, printRatio } from './support/figures.ts';
import { endSides, gather, hellosFor, type Kind, openSide, type Side } from './support/side.ts';

const EXTENSIONS = 100;
/** So long V8 needs to see that a process is idle, and to give back what it kept for more work. */
const IDLE_MS = 8_000;

interface Memory {
  /** Bytes of the whole process. */
  readonly rss: number;
  /** Bytes that JavaScript can reach. */
  readonly heap: number;
}

export const memory: Benchmark = {
  name: 'memory',
  usage: '[CLIENTS [ROUNDS]]',
  what: 'memory of an idle client',
  async run([clients, rounds]) {
    for (const count of clients === undefined ? [1_000, 10_000] : [clients]) {
      await measure(count, rounds ?? (count > 5_000 ? 3 : 5));
    }
  },
};

async function measure(clients: number, rounds: number): Promise<void> {
  const samples = { ours: [] as Memory[], bare: [] as Memory[] };
  for (let i = 0; i < rounds; i++) {
    const [ours, bare] = await Promise.all([perClient('ours', clients), perClient('bare', clients)]);
    samples.ours.push(ours);
    samples.bare.push(bare);
  }
  const kibibytes = (kind: keyof typeof samples, of: keyof Memory) =>
    median(samples[kind].map((sample) => sample[of] / 1024));
  for (const [of, what] of [
    ['rss', `memory per idle client, ${clients} clients`],
    ['heap', `of it what JavaScript can reach, ${clients} clients`],
  ] as const) {
    const figure = { what, ours: kibibytes('ours', of), floor: kibibytes('bare', of), unit: 'KiB' };
    printRatio({ ...figure, floorName: 'bare ws server', ...(of === 'rss' ? { goal: { most: 1.5 } } : {}) });
  }
}

/** Bytes that a fresh process grows by for each client. */
async function perClient(kind: Exclude<Kind, 'frames'>, clients: number): Promise<Memory> {
  const side = await openSide(kind, { extensions: EXTENSIONS });
  // Log-ins are kept whoever is connected: they are there before.
  const hellos = await hellosFor(side, clients);
  const before = await idle(side);
  await gather(side, hellos);
  const after = await idle(side);
  endSides(side);
  return { rss: (after.rss - before.rss) / clients, heap: (after.heap - before.heap) / clients };
}

async function idle({ server }: Side): Promise<Memory> {
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  return server.ask<Memory>({ do: 'memory' });
}
