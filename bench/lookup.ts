// Who is calling, among many contacts, for a number in the spellings in which a PBX gives it. The floors do less: one finds by plain
// digits, without a look at the country, rights or who is asked first; the other only reads the number.
import type { Benchmark } from './support/benchmark.ts';
import { SPELLINGS } from './support/callers.ts';
import { startChild } from './support/child.ts';
import { printRatio } from './support/figures.ts';

type Times = Readonly<Record<'ours' | 'map' | 'parse' | 'scan', number>>;

export const lookup: Benchmark = {
  name: 'lookup',
  usage: '[CONTACTS [ROUNDS]]',
  what: 'who is calling, among many contacts',
  async run([contacts = 100_000, rounds = 120]) {
    const child = startChild('callers');
    await child.ask({ do: 'fill', count: contacts });
    console.log(`${contacts} contacts in a company book, and the personal book of the callee`);
    let wrong = 0;
    for (const [spelling, { name, isUsual }] of SPELLINGS.entries()) {
      const { ours, map, parse, scan } = await child.ask<Times>({ do: 'measure', spelling, rounds });
      wrong += await child.ask<number>({ do: 'wrong', spelling });
      const beside = { what: name, ours, unit: 'µs' };
      const [usual, other] = isUsual ? [{ goal: { most: 2 } }, {}] : [{}, { goal: { most: 1.3 } }];
      printRatio({ ...beside, floor: map, floorName: 'plain digits, Map.get, the name', ...usual });
      printRatio({ ...beside, floor: parse, floorName: 'libphonenumber-js reads it', ...other });
      printRatio({ ...beside, floor: scan, floorName: 'looking through all' });
    }
    console.log(`numbers that found nobody or another contact: ${wrong}`);
    child.end();
  },
};
