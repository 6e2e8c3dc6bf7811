// Fan-out: what it costs to tell every client a change, and how long it takes until the last has it; one change at a time
// and in bursts, beside a bare `ws.send` loop and a loop that writes one ready-made frame.
import type { Benchmark } from './support/benchmark.ts';
import { median, percentile, printRatio } from './support/figures.ts';
import {
  endSides,
  gather,
  hellosFor,
  type Kind,
  openSide,
  type Sample,
  sampleMessage,
  tellAll,
} from './support/side.ts';

const WARM_UP = 15;
const BURST = 20;
const EXTENSIONS = 100;
const KINDS = ['ours', 'bare', 'frames'] as const;

type Samples = Readonly<Record<Kind, Sample[]>>;

export const fanOut: Benchmark = {
  name: 'fan-out',
  usage: '[CLIENTS [ROUNDS]]',
  what: 'server CPU per delivery and time to the last client',
  async run([clients, rounds]) {
    for (const count of clients === undefined ? [1_000, 10_000] : [clients]) {
      await measure(count, rounds ?? (count > 5_000 ? 30 : 100));
    }
  },
};

async function measure(clients: number, rounds: number): Promise<void> {
  const sides = await Promise.all(KINDS.map((kind) => openSide(kind, { extensions: EXTENSIONS })));
  const [ours] = sides as [(typeof sides)[0]];
  const message = await sampleMessage(ours);
  for (const side of sides) await gather(side, await hellosFor(side, clients));
  const series = async (changes: number, times: number): Promise<Samples> => {
    const samples: Samples = { ours: [], bare: [], frames: [] };
    for (let i = 0; i < times; i++) {
      for (const side of sides) samples[side.kind].push(await tellAll(side, changes, clients, message));
    }
    return samples;
  };
  for (const changes of [1, BURST]) {
    await series(changes, WARM_UP);
    print(changes, clients, await series(changes, rounds));
  }
  endSides(...sides);
}

function print(changes: number, clients: number, { ours, bare, frames }: Samples): void {
  const one = changes === 1;
  const what = `${one ? 'one change' : `burst of ${changes}`}, ${clients} clients`;
  const cpuOf = (samples: readonly Sample[]) => median(samples.map((sample) => sample.cpu));
  const cpu = { what: `${what}, server CPU per delivery`, ours: cpuOf(ours), unit: 'µs' };
  printRatio({ ...cpu, floor: cpuOf(bare), floorName: 'bare ws loop', goal: { most: one ? 0.75 : 0.15 } });
  printRatio({
    ...{ ...cpu, floor: cpuOf(frames), floorName: 'ready-made frame loop' },
    ...(one ? { goal: { most: 1.15 } } : {}),
  });
  for (const [name, share, most] of [
    ['p50', 0.5, 0.75],
    ['p99', 0.99, 1],
  ] as const) {
    const lastOf = (samples: readonly Sample[]) =>
      percentile(
        samples.map((sample) => sample.last / 1000),
        share,
      );
    const last = { ours: lastOf(ours), floor: lastOf(bare), unit: 'ms', floorName: 'bare ws loop' };
    printRatio({ what: `${what}, time to the last client, ${name}`, ...last, ...(one ? { goal: { most } } : {}) });
  }
}
