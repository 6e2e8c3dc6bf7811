import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NumberQuestion, type Row, SCOPE_OF, type Write } from '../../src/service/store.ts';
import { ContactIndexes } from '../../src/store/files/contact-indexes.ts';
import { NumberIndex } from '../../src/store/files/number-index.ts';
import { StoredTable } from '../../src/store/held/table.ts';
import { byBook, holder } from '../contracts/by-number.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { HandClock } from './support/hand-clock.ts';
import { newFolder, openStore } from './support/places.ts';

const LONDON = '+442079460000';
const LEEDS = '+441139460000';
const rowOf = ({ id, value }: Write, rev = 1): Row => ({ id, value: value as object, rev });
const question = (more: Partial<NumberQuestion>): NumberQuestion => ({
  scopes: ['a'],
  keys: [LONDON],
  ending: undefined,
  ...more,
});

describe('the index of numbers, changed at random', () => {
  // Few keys and books, so that they are shared, by more contacts and books than are kept as a plain list.
  const KEYS = [LONDON, LEEDS, `${LONDON}x1`, '+49309460000', '#1001', '#19460000', '+441'];
  const BOOKS = ['a', ...Array.from({ length: 19 }, (_, n) => `personal:${n}`)];
  const book = fc.oneof(fc.constant('a'), fc.constantFrom(...BOOKS));
  const numbers = fc.array(fc.array(fc.constantFrom(...KEYS), { minLength: 1, maxLength: 2 }), { maxLength: 3 });
  const created = fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z');
  const id = fc.integer({ min: 0, max: 59 }).map(String);
  const write: fc.Arbitrary<Write> = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(id, book, numbers, created).map((given) => holder(...given)) },
    { weight: 1, arbitrary: id.map((gone) => ({ table: 'contacts' as const, id: gone, value: null })) },
  );
  const asked: fc.Arbitrary<NumberQuestion> = fc.record({
    scopes: fc.oneof(fc.shuffledSubarray(BOOKS), fc.array(book, { maxLength: 3 })),
    keys: fc.array(fc.constantFrom(...KEYS), { maxLength: 2 }),
    ending: fc.constantFrom(undefined, '9460000', '460000', '1'),
  });
  const steps = fc.array(fc.tuple(fc.array(write, { maxLength: 40 }), asked), { maxLength: 12 });

  it('answers as looking at every contact does, whatever was there before it was filled', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(write, { maxLength: 80 }),
        steps,
        fc.constantFrom(7, 6, 1, 0),
        async (first, then, lastDigits) => {
          const memory = new MemoryStore({ lastDigits });
          const table = new StoredTable({ removalsKept: 10, scopeOf: SCOPE_OF.contacts });
          const apply = async (writes: readonly Write[]): Promise<void> => {
            const rev = await memory.commit(writes);
            for (const one of writes) one.value ? table.put(rowOf(one, rev)) : table.remove(one.id, rev);
          };
          await apply(first);
          const indexes = new ContactIndexes(table, { clock: new HandClock(), lastDigits });
          for (const [writes, one] of then) {
            // The first comes while the index is being filled.
            await apply(writes);
            const [ours, theirs] = [await indexes.byNumber(one), await memory.byNumber(one)];
            expect([one, byBook(ours)]).toEqual([one, byBook(theirs)]);
            expect(ours.map((row) => table.get(row.id) === row)).toEqual(ours.map(() => true));
          }
          indexes.stop();
        },
      ),
      { numRuns: 300 },
    );
  });
});

it('keeps the order among many who share a number, whoever comes and goes', () => {
  const index = new NumberIndex({ lastDigits: 7 });
  const at = (n: number): string => new Date(Date.UTC(2026, 0, 1) + ((n * 7919) % 5000) * 1000).toISOString();
  const rows = Array.from({ length: 5000 }, (_, n) =>
    rowOf(holder(String(n), 'a', n % 3 ? [LONDON] : ['#1', LONDON], at(n))),
  );
  const inOrder = [...rows].sort((x, y) => (orderOf(x) < orderOf(y) ? -1 : 1));
  for (const row of rows) index.put(row);
  const left = new Set(rows);
  for (const [n, row] of rows.entries()) {
    if (n % 250 === 0) {
      const first = inOrder.filter((one) => left.has(one)).slice(0, 20);
      expect(index.find(question({}))).toEqual(first);
      expect(index.find(question({ keys: [], ending: '9460000' }))).toEqual(first);
    }
    index.remove(row);
    left.delete(row);
  }
  expect(index.find(question({}))).toEqual([]);
  for (const row of inOrder.slice(0, 3)) index.put(row);
  expect(index.find(question({}))).toEqual(inOrder.slice(0, 3));
});

function orderOf({ id, value }: Row): string {
  const { keys, created } = value as { keys: readonly (readonly string[])[]; created: string };
  return `${keys.length} ${created} ${id}`;
}

describe('the index of numbers, when very many have one number', () => {
  const SOME = 250;
  const made = (count: number, bookOf: (n: number) => string): Row[] =>
    Array.from({ length: count }, (_, n) => rowOf(holder(`${(n * 7919) % count}`, bookOf(n), [LONDON])));

  /** Milliseconds of the fastest of some rounds, in which nothing else disturbed. */
  function fastest(work: () => void): number {
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 15; round += 1) {
      const begun = performance.now();
      work();
      best = Math.min(best, performance.now() - begun);
    }
    return best;
  }

  /** Takes some out, one by one, and puts them in again. */
  function changing(count: number, bookOf: (n: number) => string): number {
    const rows = made(count, bookOf);
    const index = new NumberIndex({ lastDigits: 7 });
    for (const row of rows) index.put(row);
    return fastest(() => {
      for (const row of rows.slice(0, SOME)) index.remove(row);
      for (const row of rows.slice(0, SOME)) index.put(row);
    });
  }

  function finding(count: number, bookOf: (n: number) => string, scopes: readonly string[]): number {
    const index = new NumberIndex({ lastDigits: 7 });
    for (const row of made(count, bookOf)) index.put(row);
    return fastest(() => {
      let found = 0;
      for (let n = 0; n < SOME; n += 1) found += index.find(question({ scopes, ending: '9460000' })).length;
      expect(found).toBeGreaterThanOrEqual(SOME);
    });
  }

  it.each([
    ['in one book', () => 'a', ['a']],
    ['in a personal book each', (n: number) => `personal:${n}`, ['personal:7']],
  ] as const)('takes no longer for it: %s', (_, bookOf, scopes) => {
    // 80 times as many: work in proportion to them would take so much longer.
    expect(changing(20_000, bookOf) / changing(SOME, bookOf)).toBeLessThan(20);
    expect(finding(20_000, bookOf, scopes) / finding(SOME, bookOf, scopes)).toBeLessThan(20);
  });

  it('looks at the books that hold the number when they are fewer than those asked', () => {
    const time = (scopes: readonly string[]): number => finding(20, (n) => `personal:${n % 2}`, scopes);
    const others = Array.from({ length: 500 }, (_, n) => `company ${n}`);
    expect(time(['personal:0', 'personal:1', ...others]) / time(['personal:0', 'personal:1'])).toBeLessThan(8);
  });
});

describe('the files store', () => {
  it('finds by endings of the length it was opened with, or by none', async () => {
    const folder = newFolder();
    const found: unknown[] = [];
    for (const lastDigits of [undefined, 4, 0]) {
      const store = await openStore(folder, lastDigits === undefined ? {} : { lastDigits });
      await store.commit([holder('1', 'a', [LONDON]), holder('2', 'a', ['#123400005'])]);
      const ids = async (ending: string) =>
        (await store.byNumber(question({ keys: [LEEDS], ending }))).map((row) => row.id);
      found.push([lastDigits, await ids('9460000'), await ids('0000'), await ids(''), await ids('0005')]);
      await store.close();
    }
    expect(found).toEqual([
      [undefined, ['1'], [], [], []],
      [4, [], ['1'], [], ['2']],
      [0, [], [], [], []],
    ]);
  });

  it('answers whole also when it is asked after the close, before the index was full', async () => {
    const folder = newFolder();
    const first = await openStore(folder);
    await first.commit(Array.from({ length: 600 }, (_, n) => holder(String(n), 'a', [LONDON])));
    await first.close();
    const second = await openStore(folder);
    await second.close();
    expect(await second.byNumber(question({ keys: [LONDON] }))).toHaveLength(20);
  });
});
