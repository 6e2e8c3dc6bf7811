// How late the event loop comes round while contacts are edited and deleted all the time and snapshots are written, beside the
// same process at rest. The delay is as Node tells it: the millisecond between two looks is part of it. A busy machine makes
// every process late; the longest turn is therefore told as CPU too.
import type { Benchmark } from './support/benchmark.ts';
import { startChild } from './support/child.ts';
import { printValue } from './support/figures.ts';
import { printDisk } from './support/folder.ts';

interface Delays {
  readonly p99: number;
  readonly max: number;
}

interface Told {
  readonly idle: Delays;
  readonly busy: Delays;
  /** Milliseconds of the longest turn, in a second stream. */
  readonly turn: number;
  /** In both streams. */
  readonly changes: number;
  /** In the stream with the fewer of them. */
  readonly snapshots: number;
}

export const stall: Benchmark = {
  name: 'stall',
  usage: '[CONTACTS [SECONDS]]',
  what: 'how late the event loop is while contacts change and snapshots are written',
  async run([contacts = 100_000, seconds = 30]) {
    printDisk();
    const child = startChild('store');
    await child.ask({ do: 'fill', count: contacts });
    const told = await child.ask<Told>({ do: 'stall', millis: seconds * 1_000 });
    child.end();
    const { idle, busy, turn, changes, snapshots } = told;
    if (snapshots === 0) throw new Error('no snapshot was written meanwhile: take more seconds');
    const what = `${contacts} contacts, event loop late`;
    for (const [name, of, most] of [
      ['p99', 'p99', 10],
      ['at the most', 'max', 50],
    ] as const) {
      printValue(`${what}, ${name} (at rest ${idle[of].toPrecision(3)} ms)`, busy[of], 'ms', { most });
    }
    printValue('the longest turn, the less of its time and its CPU', turn, 'ms', { most: 50 });
    printValue('changes meanwhile', changes / seconds / 2, 'per s');
    printValue('whole snapshots written meanwhile, at least', snapshots, 'each time');
  },
};
