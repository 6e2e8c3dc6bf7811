// Fan-out: server CPU per delivery and time to the last client, one change at a time and in bursts of 20, beside a bare
// `ws.send` loop and a loop that writes one ready-made frame. Usage: npm run bench:fan-out [-- CLIENTS [ROUNDS]]
import { type Child, startChild } from './support/child.ts';
import { median, percentile, printFigure } from './support/figures.ts';

const clients = Number(process.argv[2] ?? 1_000);
const rounds = Number(process.argv[3] ?? 40);
const BURST = 20;

interface Sample {
  /** Microseconds of server CPU per change and client. */
  readonly cpu: number;
  /** Microseconds from the change to the last client. */
  readonly last: number;
}

const ours = startChild('servers/ours.ts', ['100']);
const floors = startChild('servers/floors.ts');
const floors2 = startChild('servers/floors.ts');
const audience = startChild('clients.ts');

const port = async (child: Child) => (await child.ask<{ port: number }>({ do: 'port' })).port;
const { text: item } = await ours.ask<{ text: string }>({ do: 'item' });
const message = `{"jsonrpc":"2.0","method":"sync.change","params":{"cursor":"aaaaaaaaaaaaaaaa","collection":"presence","put":[${item}],"remove":[]}}`;

async function gather(): Promise<void> {
  const { frames } = await ours.ask<{ frames: string[][] }>({ do: 'frames', count: clients, collections: ['pbx', 'extensions', 'presence'] });
  const plain = Array.from({ length: clients }, () => ['{}']);
  await audience.ask({ do: 'open', group: 'ours', port: await port(ours), frames, until: 'sync.ready' });
  await audience.ask({ do: 'open', group: 'bare', port: await port(floors), frames: plain, until: 'ready' });
  await audience.ask({ do: 'open', group: 'frames', port: await port(floors2), frames: plain, until: 'ready' });
}

async function measure(server: Child, group: string, question: object, changes: number): Promise<Sample> {
  await audience.ask({ do: 'expect', group, marks: changes });
  const { at, cpu } = await server.ask<{ at: number; cpu: number }>(question);
  const { last } = await audience.ask<{ last: number }>({ do: 'arrived' });
  const { cpu: after } = await server.ask<{ cpu: number }>({ do: 'cpu' });
  return { cpu: (after - cpu) / (changes * clients), last: last - at };
}

async function series(changes: number, warmUp: boolean): Promise<Record<'ours' | 'bare' | 'frames', Sample[]>> {
  const samples: Record<'ours' | 'bare' | 'frames', Sample[]> = { ours: [], bare: [], frames: [] };
  const texts = Array.from({ length: changes }, () => message);
  for (let round = 0; round < (warmUp ? 10 : rounds); round++) {
    samples.ours.push(await measure(ours, 'ours', { do: 'change', count: changes }, changes));
    samples.bare.push(await measure(floors, 'bare', { do: 'bare', texts }, changes));
    samples.frames.push(await measure(floors2, 'frames', { do: 'frames', texts }, changes));
  }
  return samples;
}

const cpuOf = (samples: readonly Sample[]) => median(samples.map((sample) => sample.cpu));
const lastOf = (samples: readonly Sample[], share: number) => percentile(samples.map((sample) => sample.last), share);

await gather();
await series(1, true);
for (const changes of [1, BURST]) {
  const { ours: own, bare, frames } = await series(changes, false);
  const what = `${changes === 1 ? 'one change' : `burst of ${changes}`}, ${clients} clients`;
  const cpu = { what: `${what}, server CPU per delivery`, ours: cpuOf(own), unit: 'µs' };
  printFigure({ ...cpu, floor: cpuOf(bare), floorName: 'bare ws loop', goal: changes === 1 ? 0.75 : 0.15 });
  printFigure({ ...cpu, floor: cpuOf(frames), floorName: 'ready-made frame loop', ...(changes === 1 ? { goal: 1.15 } : {}) });
  for (const [share, name, goal] of [[0.5, 'p50', 0.75], [0.99, 'p99', 1]] as const) {
    printFigure({
      what: `${what}, time to the last client, ${name}`,
      ours: lastOf(own, share) / 1000,
      floor: lastOf(bare, share) / 1000,
      unit: 'ms',
      floorName: 'bare ws loop',
      ...(changes === 1 ? { goal } : {}),
    });
  }
}
for (const child of [ours, floors, floors2, audience]) child.end();
