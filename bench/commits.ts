// Durable changes of contacts in the daemon's store, by one writer and by many, beside the least a disk must do, PostgreSQL, and
// SQLite where it is installed; and the bytes that a change costs.

import { startPostgres } from '../test/lab/postgres.ts';
import type { Benchmark } from './support/benchmark.ts';
import { type Child, startChild } from './support/child.ts';
import { median, printRatio, printValue } from './support/figures.ts';
import { printDisk } from './support/folder.ts';
import type { WritersResult } from './support/writers.ts';

const COUNTS = [1_000, 10_000, 100_000];
const MANY = 32;
const SLICE_MS = 350;
/** The bytes of a change are the same at any size; at this one a snapshot is due every few seconds. */
const BYTES_AT = 10_000;

type Who = 'ours' | 'PostgreSQL' | 'SQLite';

interface Store {
  readonly who: Who;
  readonly count: number;
  readonly child: Child;
  readonly results: { readonly one: WritersResult[]; readonly many: WritersResult[] };
}

export const commits: Benchmark = {
  name: 'commits',
  usage: '[CONTACTS [ROUNDS]]',
  what: 'durable changes of contacts per second, and the bytes they cost',
  async run([contacts, rounds = 9]) {
    printDisk();
    const counts = contacts === undefined ? COUNTS : [contacts];
    const postgres = await startPostgres();
    const disk = startChild('disk');
    const rival = startChild('postgres', [JSON.stringify(postgres)]);
    const sqlite = startChild('sqlite');
    const hasSqlite = await sqlite.ask<boolean>({ do: 'installed' });
    if (!hasSqlite) console.log('SQLite: better-sqlite3 is not installed');
    const stores: Store[] = [];
    const add = async (who: Who, count: number, child: Child) => {
      await child.ask({ do: 'fill', count });
      stores.push({ who, count, child, results: { one: [], many: [] } });
    };
    for (const count of counts) {
      await add('ours', count, startChild('store'));
      await add('PostgreSQL', count, rival);
      if (hasSqlite) await add('SQLite', count, sqlite);
    }
    const appends: WritersResult[] = [];
    for (let i = 0; i < rounds; i++) {
      appends.push(await disk.ask<WritersResult>({ do: 'write', writers: 1, millis: SLICE_MS }));
      for (const { child, count, results } of stores) {
        const ask = (writers: number) => child.ask<WritersResult>({ do: 'write', count, writers, millis: SLICE_MS });
        results.one.push(await ask(1));
        results.many.push(await ask(MANY));
      }
    }
    const floor = median(appends.map(({ p50 }) => p50));
    for (const count of counts) printCount(count, floor, stores);
    printGrowth(stores);
    await printBytes(counts.includes(BYTES_AT) ? BYTES_AT : (counts[0] as number), stores);
    const children = [disk, sqlite, rival, ...ours(stores).map(({ child }) => child)];
    for (const child of children) child.end();
    await postgres.stop();
  },
};

const ours = (stores: readonly Store[]): Store[] => stores.filter(({ who }) => who === 'ours');

const rate = (results: readonly WritersResult[]): number =>
  median(results.map(({ commits: count, seconds }) => count / seconds));

function printCount(count: number, floor: number, stores: readonly Store[]): void {
  const resultsOf = (who: Who) => stores.find((store) => store.who === who && store.count === count)?.results;
  const mine = resultsOf('ours');
  if (!mine) return;
  const one = { what: `one writer, ${count} contacts, commits`, ours: rate(mine.one), unit: 'per s' };
  const many = { what: `${MANY} writers, ${count} contacts, commits`, ours: rate(mine.many), unit: 'per s' };
  printRatio({
    what: `one writer, ${count} contacts, p50`,
    ours: median(mine.one.map(({ p50 }) => p50)),
    floor,
    unit: 'ms',
    floorName: 'append + fdatasync of 512 B',
    goal: { most: 3 },
  });
  const postgres = resultsOf('PostgreSQL');
  const sqlite = resultsOf('SQLite');
  if (postgres) printRatio({ ...one, floor: rate(postgres.one), floorName: 'PostgreSQL', goal: { least: 1 } });
  if (sqlite) printRatio({ ...one, floor: rate(sqlite.one), floorName: 'SQLite' });
  printRatio({ ...many, floor: rate(mine.one), floorName: 'one writer', goal: { least: 12 } });
  if (postgres) {
    const floorName = `PostgreSQL with ${MANY}`;
    printRatio({ ...many, floor: rate(postgres.many), floorName, goal: { least: 3 } });
  }
  if (sqlite) printRatio({ ...many, floor: rate(sqlite.many), floorName: 'SQLite' });
}

/** The rate with the most contacts beside that with the fewest. */
function printGrowth(stores: readonly Store[]): void {
  const [few, ...more] = ours(stores);
  const most = more.at(-1);
  if (!few || !most) return;
  for (const [writers, of] of [
    ['one writer', 'one'],
    [`${MANY} writers`, 'many'],
  ] as const) {
    printRatio({
      what: `${writers}, ${most.count} contacts, commits`,
      ours: rate(most.results[of]),
      floor: rate(few.results[of]),
      unit: 'per s',
      floorName: `${few.count} contacts`,
      goal: { least: 0.8 },
    });
  }
}

async function printBytes(count: number, stores: readonly Store[]): Promise<void> {
  const child = ours(stores).find((store) => store.count === count)?.child;
  const cost = await child?.ask<{ changes: number; contact: number; calls: number; disk: number }>({ do: 'bytes' });
  if (!cost) return;
  const { changes, contact, calls, disk } = cost;
  const beside = { floor: contact, unit: 'B', floorName: 'the contact' };
  const what = `bytes given to write(2) per change, ${changes} changes with their snapshot`;
  printRatio({ what, ours: calls, ...beside, goal: { most: 3 } });
  printValue('of them brought to the disk, whole pages counted', disk, 'B');
}
