// Reconnect storm: all clients come back at once with their tokens and cursors; the time until all are in sync again, beside a
// bare ws server without log-in. Then the same while others log in by password all the time.

import type { Benchmark } from './support/benchmark.ts';
import { startChild } from './support/child.ts';
import { median, printRatio, printValue } from './support/figures.ts';
import {
  type Cursors,
  comingBack,
  endSides,
  gather,
  hellosFor,
  openSide,
  type Side,
  sessionOpen,
} from './support/side.ts';

const EXTENSIONS = 1_000;
const PASSWORD_CLIENTS = 8;
const QUIET_MS = 1_000;

export const storm: Benchmark = {
  name: 'storm',
  usage: '[CLIENTS [ROUNDS]]',
  what: 'time until all clients are back in sync, each with its token and cursors',
  async run([clients = 5_000, rounds = 5]) {
    const [ours, bare] = await Promise.all([
      openSide('ours', { extensions: EXTENSIONS }),
      openSide('bare', { extensions: 0 }),
    ]);
    const hellos = { ours: await connected(ours, clients), bare: await hellosFor(bare, clients) };
    await gather(bare, hellos.bare);
    const times = { ours: [] as number[], bare: [] as number[], busy: [] as number[] };
    let logIns = 0;
    for (let i = 0; i < rounds; i++) {
      times.bare.push(await comeBack(bare, hellos.bare));
      times.ours.push(await comeBack(ours, hellos.ours));
      const [seconds, served] = await amongPasswords(ours, () => comeBack(ours, hellos.ours));
      times.busy.push(seconds);
      logIns += served / rounds;
    }
    endSides(ours, bare);
    const what = `${clients} clients come back at once, all in sync`;
    const alone = median(times.ours);
    const floor = { floor: median(times.bare), floorName: 'bare ws server without log-in' };
    printRatio({ what, ours: alone, unit: 's', ...floor, goal: { most: 1.5 } });
    const busy = { ours: median(times.busy), floor: alone, floorName: 'without these', unit: 's' };
    printRatio({ what: `the same while ${PASSWORD_CLIENTS} clients log in by password all the time`, ...busy });
    printValue('passwords checked meanwhile', logIns / median(times.busy), 'per s');
  },
};

/** Connects clients for the first time; what they say when they come back. */
async function connected(side: Side, clients: number): Promise<string[][]> {
  const hellos = await hellosFor(side, clients);
  await gather(side, hellos);
  return comingBack(hellos, await side.audience.ask<Cursors[]>({ do: 'cursors', group: 'all' }));
}

/** Drops all clients and lets them come back together. Seconds. */
async function comeBack(side: Side, hellos: readonly string[][]): Promise<number> {
  await side.audience.ask({ do: 'close', group: 'all' });
  await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  return (await gather(side, hellos, { atOnce: hellos.length })) / 1e6;
}

/** Seconds of `work`, and how many log-ins by password were served meanwhile. */
async function amongPasswords({ server, port }: Side, work: () => Promise<number>): Promise<[number, number]> {
  const ids = await server.ask<string[]>({ do: 'dearUsers', count: PASSWORD_CLIENTS });
  const strangers = startChild('audience');
  const hellos = ids.map((login) => [sessionOpen({ login, password: 'dear password' })]);
  await strangers.ask({ do: 'logIn', port, hellos, until: '"token"' });
  const seconds = await work();
  const { logIns } = await strangers.ask<{ logIns: number }>({ do: 'stopLogIns' });
  strangers.end();
  return [seconds, logIns];
}
