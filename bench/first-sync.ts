// The first sync of a whole book by a client that holds nothing, over a real WebSocket: what it costs the server beside one
// JSON.stringify of the book, and how long others wait meanwhile.
import type { Benchmark } from './support/benchmark.ts';
import { startChild } from './support/child.ts';
import { median, printRatio, printValue } from './support/figures.ts';
import { type SyncCost, syncOnce } from './support/first-sync.ts';
import { COMPANY_BOOK, endSides, hellosFor, openSide } from './support/side.ts';

const PROCESSES = 3;
const WATCHED = ['cpu', 'turn'] as const;

export const firstSync: Benchmark = {
  name: 'first-sync',
  usage: '[CONTACTS [ROUNDS]]',
  what: 'what the first sync of a whole book costs the server',
  async run([contacts = 10_000, rounds = 9]) {
    const floor = startChild('stringify');
    await floor.ask({ do: 'fill', count: contacts });
    const costs = {
      cold: { cpu: [] as number[], turn: [] as number[] },
      warm: { cpu: [] as number[], turn: [] as number[] },
    };
    const floors = { cold: [] as number[], warm: [] as number[] };
    for (let i = 0; i < PROCESSES; i++) {
      for (const first of WATCHED) {
        const side = await openSide('ours', { extensions: 1, contacts });
        for (let round = 0; round < 2 * rounds; round++) {
          const watched = WATCHED[(WATCHED.indexOf(first) + round) % 2] as 'cpu' | 'turn';
          const [hello = []] = await hellosFor(side, 1, COMPANY_BOOK);
          const { cpu, bytes } = await floor.ask<{ cpu: number; bytes: number }>({ do: 'stringify' });
          const cost = await syncOnce(side, hello, watched);
          check(cost, bytes);
          const when = round === 0 ? 'cold' : 'warm';
          costs[when][watched].push(cost[watched]);
          floors[when].push(cpu);
        }
        endSides(side);
      }
    }
    floor.end();
    for (const when of ['warm', 'cold'] as const) {
      printRatio({
        what: `${when}: first sync of ${contacts} contacts, server CPU`,
        ours: median(costs[when].cpu) / 1000,
        floor: median(floors.warm) / 1000,
        unit: 'ms',
        floorName: 'one JSON.stringify',
        ...(when === 'warm' ? { goal: { most: 0.25 } } : {}),
      });
      printValue(
        `${when}: the longest turn of the event loop meanwhile, at the most`,
        Math.max(...costs[when].turn),
        'ms',
        { most: 20 },
      );
    }
  },
};

/** A client that did not get the whole book would make all figures lies. */
function check({ bytes }: SyncCost, least: number): void {
  if (bytes < least) throw new Error(`the client received ${bytes} bytes, and the book has ${least}`);
}
