// The round trip of a lookup over FastAGI, as a call waits for it: one call after the other, and many calls at once, beside
// a bare server that sends the same commands without reading what is asked. The two take turns, and of the percentiles of
// all turns the median is told: what else the machine does makes single ones many times as long.
import type { Benchmark } from './support/benchmark.ts';
import { type Child, startChild } from './support/child.ts';
import { median, percentile, printRatio } from './support/figures.ts';

const TURN = 200;
const WARM_UP = 2_000;
const AT_ONCE = 200;

interface Side {
  readonly server: Child;
  readonly port: number;
  /** Milliseconds of each call, by turn. */
  readonly alone: number[][];
  readonly crowd: number[][];
  /** Microseconds of server CPU for each call, by turn. */
  readonly cpu: number[];
}

export const agi: Benchmark = {
  name: 'agi',
  usage: '[CALLS]',
  what: 'the round trip of a lookup over FastAGI',
  async run([calls = 16_000]) {
    const callers = startChild('agi-calls');
    const [ours, floor] = [await open('ours'), await open('floor')];
    for (const { port } of [ours, floor]) await callers.ask({ do: 'calls', port, rounds: WARM_UP, atOnce: 1 });
    const turns = Math.ceil(calls / TURN);
    for (let i = 0; i < turns; i++) {
      for (const side of i % 2 === 0 ? [ours, floor] : [floor, ours]) await measure(side, callers);
    }
    for (const child of [callers, ours.server, floor.server]) child.end();
    const beside = { floorName: 'bare server', unit: 'ms' };
    const goal = { most: 1.2 };
    for (const [what, kind] of [['one after the other', 'alone'] as const, [`${AT_ONCE} at once`, 'crowd'] as const]) {
      for (const [name, share] of [['p50', 0.5] as const, ['p99', 0.99] as const]) {
        const usual = (side: Side) => median(side[kind].map((times) => percentile(times, share)));
        printRatio({ what: `${what}, ${name}`, ours: usual(ours), floor: usual(floor), ...beside, goal });
      }
    }
    const cpu = { ours: median(ours.cpu), floor: median(floor.cpu), floorName: 'bare server', unit: 'µs' };
    printRatio({ what: 'CPU of the server for each call', ...cpu });
  },
};

async function open(kind: string): Promise<Side> {
  const server = startChild('agi', [kind]);
  return { server, port: await server.ask<number>({ do: 'port' }), alone: [], crowd: [], cpu: [] };
}

async function measure({ server, port, alone, crowd, cpu }: Side, callers: Child): Promise<void> {
  const before = await server.ask<number>({ do: 'cpu' });
  alone.push(await callers.ask({ do: 'calls', port, rounds: TURN, atOnce: 1 }));
  crowd.push(await callers.ask({ do: 'calls', port, rounds: TURN / AT_ONCE, atOnce: AT_ONCE }));
  cpu.push(((await server.ask<number>({ do: 'cpu' })) - before) / (2 * TURN));
}
