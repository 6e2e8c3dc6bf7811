// A store of either kind with contacts in the first company book: changed by writers as the use cases change it, asked who is calling, and searched.
import { readQuery } from '../../src/domain/search.ts';
import { systemClock } from '../../src/service/clock.ts';
import { FIRST_BOOK } from '../../src/service/contact-row.ts';
import type { Write } from '../../src/service/store.ts';
import { madeCallers } from '../support/callers.ts';
import { aboutThisProcess, answering, type Question } from '../support/child.ts';
import { openContactServices } from '../support/contact-services.ts';
import { randomOf } from '../support/contacts.ts';
import { edit } from '../support/filled-store.ts';
import { openAt, type Place } from '../support/place.ts';
import type { Searched } from '../support/searched.ts';
import { type Load, picker, runWriters } from '../support/writers.ts';

const { store, close } = await openAt(JSON.parse(process.argv[2] ?? '{}') as Place);
const { lookup } = await openContactServices(store, systemClock, () => undefined);
const random = randomOf(4);
const ROWS_PER_COMMIT = 500;
const CALLEE = '1001';
let ids: string[] = [];
let numbers: string[] = [];

/** Seconds that it took. */
async function fill({ count }: Question): Promise<number> {
  const begun = performance.now();
  let writes: Write[] = [];
  for (const { id, row, number } of madeCallers(Number(count))) {
    ids.push(id);
    numbers.push(number);
    writes.push({ table: 'contacts', id, value: row });
    if (writes.length < ROWS_PER_COMMIT) continue;
    await store.commit(writes);
    writes = [];
  }
  await store.commit(writes);
  return (performance.now() - begun) / 1000;
}

/** Knows the contacts that another process has filled in. */
function know({ count }: Question): void {
  const all = [...madeCallers(Number(count))];
  ids = all.map(({ id }) => id);
  numbers = all.map(({ number }) => number);
}

function write(question: Question): Promise<object> {
  const load = question as unknown as Load;
  const pick = picker(ids.length, load.writers, random);
  return runWriters(load, (writer) => edit(store, ids[pick(writer)] as string));
}

/** Who is calling, one after the other: milliseconds of each, and how many were not found. */
async function lookUp({ count }: Question): Promise<{ millis: number[]; missed: number }> {
  const millis: number[] = [];
  let missed = 0;
  for (let i = 0; i < Number(count); i++) {
    const at = Math.floor(random() * numbers.length);
    const text = `+4420${numbers[at]}`;
    const begun = performance.now();
    const found = await lookup.find({ callee: CALLEE }, text);
    millis.push(performance.now() - begun);
    if (found?.contact?.id !== ids[at]) missed += 1;
  }
  return { millis, missed };
}

/** One search in the company book, as the method asks for it. */
async function search({ text, limit }: Question): Promise<Searched> {
  const begun = performance.now();
  const query = readQuery(String(text));
  const rows = query ? await store.search({ scopes: [FIRST_BOOK], query, limit: Number(limit) }) : [];
  return { found: rows.length, millis: performance.now() - begun };
}

answering({ ...aboutThisProcess, fill, know, write, lookUp, search, close });
