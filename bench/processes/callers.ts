// Who is calling, among many contacts: asked of the daemon's lookup, and beside it of what is less: plain digits and a map, a
// library that only reads the number, all contacts one after the other. Every number is asked for once.
import parsePhoneNumber from 'libphonenumber-js';
import { Access } from '../../src/service/access.ts';
import { type ContactRow, FIRST_BOOK, personalScope } from '../../src/service/contact-row.ts';
import { Lookup } from '../../src/service/lookup.ts';
import type { Store, Write } from '../../src/service/store.ts';
import { type MadeCaller, madeCallers, OFFICE, SPELLINGS } from '../support/callers.ts';
import { answering, type Question } from '../support/child.ts';
import { madeContacts, randomOf } from '../support/contacts.ts';
import { median } from '../support/figures.ts';
import { openStore } from '../support/filled-store.ts';
import { makeFolder } from '../support/folder.ts';

const CALLEE = '1001';
const PERSONAL_CONTACTS = 20;
const ROWS_PER_COMMIT = 500;
/** Numbers in a round: few, so that whatever else the machine does spoils few rounds. The scan is slow. */
const NUMBERS = 200;
const SCANNED = 2;
/** Rounds that are not counted: until then code is being made fast. */
const WARM_UP = 30;
/** Numbers whose answers are looked at. */
const CHECKED = 2_000;

/** The lengths of all names that were found, or of what else comes out: so that nothing can be left undone. */
type Way = (texts: readonly string[]) => number | Promise<number>;

const folder = makeFolder('callers');
let store: Store;
let lookup: Lookup;
const callers: MadeCaller[] = [];
/** By all digits after the +. */
const byDigits = new Map<string, MadeCaller>();
/** All numbers of all contacts, digits alone, and whose they are. */
const numbers: string[] = [];
const owners: MadeCaller[] = [];

async function fill({ count }: Question): Promise<void> {
  await write(Number(count));
  // As after a start: what was just made lies elsewhere in memory than what was read.
  ({ store } = await openStore(folder));
  lookup = new Lookup({
    ...{ store, access: new Access(store), numbering: OFFICE, lastDigits: 7 },
    order: ['extension', 'personal', 'company'],
  });
  const all = { table: 'contacts', scope: FIRST_BOOK, since: null, removedSince: null } as const;
  for (const { id, value } of (await store.read({ ...all, limit: Number.POSITIVE_INFINITY })).rows) {
    const row = value as ContactRow;
    const caller = { id, row, number: row.keys[0]?.[0]?.slice(-8) ?? '' };
    callers.push(caller);
    for (const [key = ''] of row.keys) {
      const digits = Buffer.from(key.slice(1)).toString('latin1');
      byDigits.set(digits, caller);
      numbers.push(digits);
      owners.push(caller);
    }
  }
  shuffle(callers);
}

async function write(count: number): Promise<void> {
  const { store: empty } = await openStore(folder);
  const rule = { id: 'all', order: 1, who: { everyone: true }, books: '*', view: true, manage: false };
  const user = { id: CALLEE, name: 'Ada Lovelace', groups: [], admin: false, disabled: false };
  await empty.commit([
    { table: 'books', id: FIRST_BOOK, value: { id: FIRST_BOOK, name: 'Company' } },
    { table: 'permissions', id: rule.id, value: rule },
    { table: 'users', id: CALLEE, value: user },
  ]);
  const own = [...madeContacts({ count: PERSONAL_CONTACTS, book: personalScope(CALLEE), seed: 9 })];
  await empty.commit(own.map(writeOf));
  let writes: Write[] = [];
  for (const caller of madeCallers(count)) {
    writes.push(writeOf(caller));
    if (writes.length < ROWS_PER_COMMIT) continue;
    await empty.commit(writes);
    writes = [];
  }
  await empty.commit(writes);
  await empty.close();
}

/** Those who call are anybody. */
function shuffle(all: MadeCaller[]): void {
  const random = randomOf(7);
  for (let last = all.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [all[last], all[other]] = [all[other] as MadeCaller, all[last] as MadeCaller];
  }
}

const writeOf = ({ id, row }: Pick<MadeCaller, 'id' | 'row'>): Write => ({ table: 'contacts', id, value: row });

async function ours(texts: readonly string[]): Promise<number> {
  let sum = 0;
  for (const text of texts) sum += (await lookup.find({ callee: CALLEE }, text))?.name.length ?? 0;
  return sum;
}

/** All digits of the number, for one written as people in Great Britain do. */
function plainDigits(text: string): string {
  const digits = text.replace(/[^0-9]/g, '');
  if (text.startsWith('+')) return digits;
  if (digits.startsWith('00')) return digits.slice(2);
  return digits.startsWith('0') ? `44${digits.slice(1)}` : digits;
}

const nameOf = (caller: MadeCaller | undefined): string =>
  caller ? `${caller.row.fields.firstName} ${caller.row.fields.lastName}` : '';

function map(texts: readonly string[]): number {
  let sum = 0;
  for (const text of texts) sum += nameOf(byDigits.get(plainDigits(text))).length;
  return sum;
}

function parse(texts: readonly string[]): number {
  let sum = 0;
  for (const text of texts) sum += parsePhoneNumber(text, 'GB')?.number.length ?? 0;
  return sum;
}

function scan(texts: readonly string[]): number {
  let sum = 0;
  for (const text of texts) {
    const ending = plainDigits(text).slice(-7);
    sum += nameOf(owners[numbers.findIndex((digits) => digits.endsWith(ending))]).length;
  }
  return sum;
}

const WAYS: readonly (readonly [name: string, way: Way, numbers: number])[] = [
  ['ours', ours, NUMBERS],
  ['map', map, NUMBERS],
  ['parse', parse, NUMBERS],
  ['scan', scan, SCANNED],
];

/** Microseconds for one number in each way, the middle of some rounds. */
async function measure(question: Question): Promise<object> {
  const { text: textOf } = SPELLINGS[Number(question['spelling'])] as (typeof SPELLINGS)[number];
  const times: Record<string, number[]> = {};
  let at = 0;
  for (let round = 0; round < WARM_UP + Number(question['rounds']); round++) {
    for (const [name, way, count] of WAYS) {
      // Made one by one, and so that nothing is known of them yet.
      const texts = Array.from({ length: count }, (_, i) =>
        Buffer.from(textOf(callers[(at + i) % callers.length]?.number ?? '')).toString('latin1'),
      );
      at += count;
      const begun = performance.now();
      const sum = await way(texts);
      const micros = ((performance.now() - begun) * 1000) / count;
      if (round < WARM_UP) continue;
      times[name] = [...(times[name] ?? []), micros];
      if (name === 'ours' && sum === 0) throw new Error('nobody is calling');
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]));
}

/** How many of some numbers are those of somebody else, or of nobody. */
async function wrong({ spelling }: Question): Promise<number> {
  const { text } = SPELLINGS[Number(spelling)] as (typeof SPELLINGS)[number];
  let count = 0;
  for (const { number, id } of callers.slice(0, CHECKED)) {
    const found = await lookup.find({ callee: CALLEE }, text(number));
    if (found?.contact?.id !== id) count += 1;
  }
  return count;
}

answering({ fill, measure, wrong });
