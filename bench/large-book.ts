// A company book of half a million contacts in PostgreSQL: starting a daemon beside it, who is calling, searches of every kind, and a client that takes
// the whole book; beside the embedded store, which holds all of it.
import type { Benchmark } from './support/benchmark.ts';
import { type Child, startChild } from './support/child.ts';
import { type MadeContact, madeContacts } from './support/contacts.ts';
import { startDatabases } from './support/database.ts';
import { percentile, printRatio, printValue } from './support/figures.ts';
import { makeFolder, printDisk } from './support/folder.ts';
import type { Place } from './support/place.ts';
import type { Searched } from './support/searched.ts';
import { COMPANY_BOOK, gather, hellosWith } from './support/side.ts';
import { openDaemon } from './support/world.ts';

const LIMIT = 50;
const LOOKUPS = 3_000;
const MEGABYTE = 1024 * 1024;
const KINDS: readonly (readonly [what: string, text: (contact: MadeContact, i: number) => string])[] = [
  ['one letter', ({ row }) => (row.fields.firstName ?? '').slice(0, 1)],
  ['two letters', ({ row }) => (row.fields.lastName ?? '').slice(0, 2)],
  ['a first name that thousands have', ({ row }) => row.fields.firstName ?? ''],
  ['a last name', ({ row }) => row.fields.lastName ?? ''],
  ['two whole names', ({ row }) => `${row.fields.firstName} ${row.fields.lastName}`],
  ['beginnings of two names', ({ row }) => `${row.fields.firstName?.slice(0, 3)} ${row.fields.lastName?.slice(0, 3)}`],
  ['digits in the middle', ({ row }) => row.keys[0]?.[0]?.slice(-6, -1) ?? ''],
  ['a whole number as written', ({ row }) => row.fields.numbers[0]?.number ?? ''],
  ['a name and digits', ({ row }) => `${row.fields.firstName} ${row.keys[0]?.[0]?.slice(-4) ?? ''}`],
  ['nothing found', (_, i) => `qzx${i}`],
];

interface Half {
  readonly place: Place;
  readonly stored: Child;
}

interface Started {
  readonly millis: number;
  readonly resident: number;
  readonly most: number;
  readonly sync: number;
  readonly bytes: number;
}

export const largeBook: Benchmark = {
  name: 'large-book',
  usage: '[CONTACTS [ROUNDS]]',
  what: 'half a million contacts in PostgreSQL: start, memory, lookup, search, first sync',
  async run([contacts = 500_000, rounds = 5]) {
    printDisk();
    const databases = await startDatabases();
    const ours = await fill(await databases.make(), contacts);
    const embedded = await fill({ kind: 'files', folder: makeFolder('large-book') }, contacts);
    const { millis, missed } = await ours.stored.ask<{ millis: number[]; missed: number }>({
      do: 'lookUp',
      count: LOOKUPS,
    });
    printValue(`who is calling, ${contacts} contacts, p50`, percentile(millis, 0.5), 'ms');
    printValue(`who is calling, ${contacts} contacts, p99`, percentile(millis, 0.99), 'ms', { most: 5 });
    console.log(`numbers that were not found: ${missed} of ${LOOKUPS}`);
    await search(ours, embedded, contacts, rounds);
    for (const { stored } of [ours, embedded]) {
      await stored.ask({ do: 'close' });
      stored.end();
    }
    const [mine, theirs] = [await start(ours.place), await start(embedded.place)];
    print(contacts, mine, theirs);
    await databases.stop();
  },
};

async function fill(place: Place, contacts: number): Promise<Half> {
  const stored = startChild('stored', [JSON.stringify(place)]);
  const seconds = await stored.ask<number>({ do: 'fill', count: contacts });
  printValue(`filling ${contacts} contacts, ${place.kind}`, contacts / seconds, 'per s');
  return { place, stored };
}

async function search(ours: Half, embedded: Half, contacts: number, rounds: number): Promise<void> {
  const samples = [...madeContacts({ count: 40 })];
  const all: number[] = [];
  const different: string[] = [];
  for (const [what, textOf] of KINDS) {
    const times = { ours: [] as number[], embedded: [] as number[] };
    for (let i = 0; i < rounds * samples.length; i++) {
      const question = { do: 'search', text: textOf(samples[i % samples.length] as MadeContact, i), limit: LIMIT };
      const [mine, theirs] = [await ours.stored.ask<Searched>(question), await embedded.stored.ask<Searched>(question)];
      if (mine.found !== theirs.found) different.push(question.text);
      times.ours.push(mine.millis);
      times.embedded.push(theirs.millis);
    }
    all.push(...times.ours);
    const beside = { unit: 'ms', floorName: 'embedded store' };
    for (const [name, share] of [
      ['p50', 0.5],
      ['p95', 0.95],
    ] as const) {
      const of = (some: readonly number[]) => percentile(some, share);
      printRatio({ what: `${what}, ${name}`, ours: of(times.ours), floor: of(times.embedded), ...beside });
    }
  }
  printValue(`all searches among ${contacts} contacts, p95`, percentile(all, 0.95), 'ms', { most: 50 });
  console.log(`texts that found another number of contacts than the embedded store: ${different.length}`);
}

/** A daemon by itself, and a client that takes the whole book. */
async function start(place: Place): Promise<Started> {
  const filler = startChild('filler', [JSON.stringify(place)]);
  const tokens = await filler.ask<string[]>({ do: 'tokens', count: 1 });
  await filler.ask({ do: 'close' });
  filler.end();
  const pbx = startChild('paper-pbx', ['10']);
  const side = await openDaemon(place, await pbx.ask<number>({ do: 'port' }));
  const { server, audience } = side;
  const millis = await server.ask<number>({ do: 'started' });
  const { now: resident } = await server.ask<{ now: number }>({ do: 'resident' });
  const micros = await gather(side, hellosWith(tokens, COMPANY_BOOK));
  const [bytes = 0] = await audience.ask<number[]>({ do: 'received', group: 'all' });
  const { most } = await server.ask<{ most: number }>({ do: 'resident' });
  await audience.ask({ do: 'close', group: 'all' });
  audience.end();
  await server.ask({ do: 'stop' });
  server.end();
  pbx.end();
  return { millis, resident, most, sync: micros / 1000, bytes };
}

function print(contacts: number, ours: Started, embedded: Started): void {
  const floorName = 'embedded store';
  const ratio = (what: string, part: keyof Started, unit: string, by = 1) =>
    printRatio({ what, ours: ours[part] / by, floor: embedded[part] / by, unit, floorName });
  ratio(`starting a daemon beside ${contacts} contacts`, 'millis', 'ms');
  ratio('its memory (RSS) then', 'resident', 'MB', MEGABYTE);
  ratio('a client takes the whole book', 'sync', 'ms');
  ratio('bytes that it takes', 'bytes', 'MB', MEGABYTE);
  ratio('memory of the daemon at the most', 'most', 'MB', MEGABYTE);
}
