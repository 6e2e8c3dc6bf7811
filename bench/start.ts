// Opening a folder with many contacts, beside JSON.parse of the same data in one text, and beside reading that text too, which
// nobody who starts is spared.
import { join } from 'node:path';
import type { Benchmark } from './support/benchmark.ts';
import { type Child, startChild } from './support/child.ts';
import { median, printRatio } from './support/figures.ts';
import { makeFolder } from './support/folder.ts';

const PERSONAL_BOOKS = 500;

interface Taken {
  readonly millis: number;
  readonly cpu: number;
}

export const start: Benchmark = {
  name: 'start',
  usage: '[CONTACTS [ROUNDS]]',
  what: 'opening a folder with many contacts',
  async run([contacts = 100_000, rounds = 7]) {
    const place = makeFolder('start');
    const [folder, text] = [join(place, 'data'), join(place, 'rows.json')];
    const fill = { do: 'fill', folder, text, contacts, personalBooks: PERSONAL_BOOKS };
    const { rows } = await alone((child) => child.ask<{ rows: number }>(fill));
    const times = { open: [] as Taken[], parse: [] as Taken[], readAndParse: [] as Taken[] };
    for (let i = 0; i < rounds; i++) {
      times.parse.push(await alone((child) => child.ask<Taken>({ do: 'parse', text })));
      times.readAndParse.push(await alone((child) => child.ask<Taken>({ do: 'readAndParse', text })));
      times.open.push(await alone((child) => child.ask<Taken>({ do: 'open', folder })));
    }
    const what = `opening ${rows} contacts in a company book and ${PERSONAL_BOOKS} personal ones`;
    const middle = (of: keyof typeof times, part: keyof Taken) => median(times[of].map((taken) => taken[part]));
    for (const [floor, floorName, goal] of [
      ['parse', 'JSON.parse of the same data', { goal: { most: 1.3 } }],
      ['readAndParse', 'reading it from one file and JSON.parse', {}],
    ] as const) {
      const millis = { ours: middle('open', 'millis'), floor: middle(floor, 'millis'), unit: 'ms', floorName };
      printRatio({ what, ...millis, ...goal });
      const cpu = { ours: middle('open', 'cpu'), floor: middle(floor, 'cpu'), unit: 'ms', floorName };
      printRatio({ what: 'the same, CPU', ...cpu });
    }
  },
};

async function alone<T>(ask: (child: Child) => Promise<T>): Promise<T> {
  const child = startChild('opening');
  try {
    return await ask(child);
  } finally {
    child.end();
  }
}
