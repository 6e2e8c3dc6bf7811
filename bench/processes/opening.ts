// A start with many contacts: opening the store's folder, or the floor, JSON.parse of the same data in one text; each in a
// process of its own, that does nothing else.
import { readFileSync, writeFileSync } from 'node:fs';
import { answering, cpuMicros, type Question } from '../support/child.ts';
import { madeContacts } from '../support/contacts.ts';
import { create, fillStore, type OpenedStore, openStore, remove } from '../support/filled-store.ts';

/** Seed of a contact that none of the others is. */
const LAST = 999_983;

interface Taken {
  readonly millis: number;
  /** Milliseconds of CPU. */
  readonly cpu: number;
}

async function timed(work: () => unknown): Promise<Taken> {
  const cpu = cpuMicros();
  const begun = performance.now();
  await work();
  return { millis: performance.now() - begun, cpu: (cpuMicros() - cpu) / 1000 };
}

let parsed: unknown;
let opened: OpenedStore | undefined;

answering({
  /** Fills a folder, and writes the same rows as one JSON text. */
  fill: async ({ folder, text, contacts, personalBooks }: Question) => {
    const { store, snapshots } = await openStore(String(folder));
    await fillStore(store, Number(contacts), Number(personalBooks));
    // What is deleted leaves the disk when the store is closed at the latest: with a snapshot of all that is left.
    const [last] = [...madeContacts({ count: 1, seed: LAST })];
    if (!last) throw new Error('there is no contact to delete');
    await create(store, last);
    await remove(store, last.id);
    const rows: string[] = [];
    for (const scope of (await store.counts('contacts')).keys()) {
      const question = { table: 'contacts', scope, since: null, removedSince: null } as const;
      const { rows: some } = await store.read({ ...question, limit: Number.POSITIVE_INFINITY });
      for (const row of some) rows.push(JSON.stringify(row));
    }
    writeFileSync(String(text), `[${rows.join(',\n')}]`);
    const before = snapshots();
    await store.close();
    if (snapshots() === before) throw new Error('the store wrote no snapshot at its end');
    return { rows: rows.length };
  },
  open: async ({ folder }: Question) => {
    const taken = await timed(async () => {
      opened = await openStore(String(folder));
    });
    await opened?.store.close();
    return taken;
  },
  parse: ({ text }: Question) => {
    const json = readFileSync(String(text), 'utf8');
    return timed(() => {
      parsed = JSON.parse(json);
    });
  },
  readAndParse: ({ text }: Question) =>
    timed(() => {
      parsed = JSON.parse(readFileSync(String(text), 'utf8'));
    }),
  /** Kept until it is asked for, so that it is really made. */
  length: () => (parsed as object[]).length,
});
