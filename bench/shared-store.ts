// The store on PostgreSQL beside the embedded one and beside a bare table of PostgreSQL, on one disk: durable changes of contacts by one writer and by
// many, and who is calling.
import type { Benchmark } from './support/benchmark.ts';
import { type Child, startChild } from './support/child.ts';
import { startDatabases } from './support/database.ts';
import { median, percentile, printRatio, printValue } from './support/figures.ts';
import { makeFolder, printDisk } from './support/folder.ts';
import type { WritersResult } from './support/writers.ts';

const MANY = 32;
const SLICE_MS = 700;
const LOOKUPS = 200;

interface Measured {
  readonly child: Child;
  readonly one: WritersResult[];
  readonly many: WritersResult[];
  readonly lookups: number[];
}

export const sharedStore: Benchmark = {
  name: 'shared-store',
  usage: '[CONTACTS [ROUNDS]]',
  what: 'commits and lookups by number on PostgreSQL beside the embedded store',
  async run([contacts = 10_000, rounds = 9]) {
    printDisk();
    const databases = await startDatabases();
    const on = (child: Child): Measured => ({ child, one: [], many: [], lookups: [] });
    const ours = on(startChild('stored', [JSON.stringify(await databases.make())]));
    const embedded = on(startChild('stored', [JSON.stringify({ kind: 'files', folder: makeFolder('shared-store') })]));
    const bare = on(startChild('postgres', [JSON.stringify(databases.server)]));
    const filled = await ours.child.ask<number>({ do: 'fill', count: contacts });
    for (const { child } of [embedded, bare]) await child.ask({ do: 'fill', count: contacts });
    const cpu = { ours: 0, commits: 0 };
    for (let i = 0; i < rounds; i++) {
      for (const side of [ours, embedded, bare]) {
        const ask = (writers: number) =>
          side.child.ask<WritersResult>({ do: 'write', count: contacts, writers, millis: SLICE_MS });
        side.one.push(await ask(1));
        const before = databases.cpu();
        side.many.push(await ask(MANY));
        if (side === ours) {
          cpu.ours += databases.cpu() - before;
          cpu.commits += side.many.at(-1)?.commits ?? 0;
        }
        if (side === bare) continue;
        const { millis, missed } = await side.child.ask<{ millis: number[]; missed: number }>({
          do: 'lookUp',
          count: LOOKUPS,
        });
        if (missed > 0) throw new Error(`${missed} of ${LOOKUPS} numbers were not found`);
        side.lookups.push(...millis);
      }
    }
    printCommits(contacts, ours, embedded, bare);
    printLookups(contacts, ours, embedded);
    printValue(`filling ${contacts} contacts, 500 in a commit`, contacts / filled, 'per s');
    printValue(`CPU of PostgreSQL for a commit of ${MANY} writers`, cpu.ours / cpu.commits, 'µs');
    for (const { child } of [ours, embedded]) {
      await child.ask({ do: 'close' });
      child.end();
    }
    bare.child.end();
    await databases.stop();
  },
};

const rate = (results: readonly WritersResult[]): number =>
  median(results.map(({ commits: count, seconds }) => count / seconds));

function printCommits(contacts: number, ours: Measured, embedded: Measured, bare: Measured): void {
  for (const [name, writers] of [
    ['one writer', 'one'],
    [`${MANY} writers`, 'many'],
  ] as const) {
    const what = `${name}, ${contacts} contacts, commits`;
    const figure = { what, ours: rate(ours[writers]), unit: 'per s' };
    printRatio({ ...figure, floor: rate(embedded[writers]), floorName: 'embedded store' });
    printRatio({ ...figure, floor: rate(bare[writers]), floorName: 'bare table of PostgreSQL' });
    const wait = {
      what: `${name}, ${contacts} contacts, p50`,
      ours: median(ours[writers].map(({ p50 }) => p50)),
      unit: 'ms',
    };
    printRatio({ ...wait, floor: median(embedded[writers].map(({ p50 }) => p50)), floorName: 'embedded store' });
  }
}

function printLookups(contacts: number, ours: Measured, embedded: Measured): void {
  for (const [name, share] of [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const) {
    const of = ({ lookups }: Measured) => percentile(lookups, share);
    const figure = { what: `who is calling, ${contacts} contacts, ${name}`, ours: of(ours), unit: 'ms' };
    printRatio({ ...figure, floor: of(embedded), floorName: 'embedded store' });
  }
}
