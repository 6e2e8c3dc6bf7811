// Searching among many contacts for texts of several kinds, beside looking through all their texts from first to last.
import type { Benchmark } from './support/benchmark.ts';
import { startChild } from './support/child.ts';
import { type MadeContact, madeContacts } from './support/contacts.ts';
import { median, printRatio, printValue } from './support/figures.ts';
import type { Searched } from './support/searched.ts';

const LIMIT = 50;
/** Contacts whose own names and numbers are searched for. */
const SAMPLES = 40;

type Kind = readonly [what: string, text: (contact: MadeContact, i: number) => string];

const KINDS: readonly Kind[] = [
  ['one letter', ({ row }) => (row.fields.firstName ?? '').slice(0, 1)],
  ['the beginning of a name', ({ row }) => (row.fields.lastName ?? '').slice(0, 4)],
  ['a name with its accents', ({ row }) => row.fields.lastName ?? ''],
  ['two words', ({ row }) => `${row.fields.firstName?.slice(0, 3)} ${row.fields.lastName?.slice(0, 3)}`],
  ['digits in the middle', ({ row }) => row.keys[0]?.[0]?.slice(-6, -1) ?? ''],
  ['a whole number as written', ({ row }) => row.fields.numbers[0]?.number ?? ''],
  ['nothing found', (_, i) => `qzx${i}`],
];

export const search: Benchmark = {
  name: 'search',
  usage: '[CONTACTS [ROUNDS]]',
  what: 'searching among many contacts',
  async run([contacts = 100_000, rounds = 3]) {
    const [ours, scan] = [startChild('store'), startChild('scan')];
    for (const child of [ours, scan]) await child.ask({ do: 'fill', count: contacts });
    const first = await ours.ask<Searched & { turn: number }>({ do: 'firstSearch', text: 'lovelace', limit: LIMIT });
    printValue(`${contacts} contacts, the first search of all`, first.millis, 'ms');
    printValue('the longest turn of the event loop meanwhile', first.turn, 'ms');
    const different: string[] = [];
    const samples = [...madeContacts({ count: SAMPLES })];
    for (const [what, textOf] of KINDS) {
      const times = { ours: [] as number[], scan: [] as number[] };
      for (let i = 0; i < rounds * SAMPLES; i++) {
        const question = { do: 'search', text: textOf(samples[i % SAMPLES] as MadeContact, i), limit: LIMIT };
        const [mine, theirs] = [await ours.ask<Searched>(question), await scan.ask<Searched>(question)];
        if (i < SAMPLES && mine.found !== Math.min(LIMIT, theirs.found)) different.push(question.text);
        times.ours.push(mine.millis);
        times.scan.push(theirs.millis);
      }
      const beside = { unit: 'ms', floorName: 'looking through all' };
      printRatio({ what: `${what}, p50`, ours: median(times.ours), floor: median(times.scan), ...beside });
      const most = { ours: Math.max(...times.ours), floor: Math.max(...times.scan) };
      printRatio({ what: `${what}, at the most`, ...most, ...beside });
    }
    const which = different.length > 0 ? `: ${different.slice(0, 5).join(', ')}` : '';
    console.log(`texts that found another number of contacts than looking through all: ${different.length}${which}`);
    for (const child of [ours, scan]) child.end();
  },
};
