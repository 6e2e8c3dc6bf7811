// The log of a scope: whatever is added and taken out, it tells the same as a plain list, and a moment that was frozen stays.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Entry, RevisionLog, type Stored } from '../../src/store/held/revision-log.ts';

const stored = (n: number): Stored => ({ id: String(n), value: { n }, rev: n });
const revsOf = (all: Iterable<Stored>): number[] => Array.from(all, ({ rev }) => rev);

it('tells what came after any revision, in order, however many places were left', () => {
  const sizes = fc.record({
    added: fc.integer({ min: 1, max: 3000 }),
    /** Of how many one stays. */
    thinning: fc.integer({ min: 1, max: 700 }),
    again: fc.integer({ min: 0, max: 600 }),
  });
  fc.assert(
    fc.property(sizes, ({ added, thinning, again }) => {
      const log = new RevisionLog();
      const entries = new Map<number, Entry>();
      for (let n = 1; n <= added; n += 1) entries.set(n, log.append(stored(n)));
      const frozen = log.freeze();
      const all = [...entries.keys()];
      for (const n of all) {
        const entry = entries.get(n);
        if (n % thinning === 0 || !entry) continue;
        log.remove(entry);
        entries.delete(n);
      }
      for (let n = added + 1; n <= added + again; n += 1) entries.set(n, log.append(stored(n)));
      const left = [...entries.keys()];
      expect(log.size).toBe(left.length);
      for (const since of [-1, 0, 1, Math.floor(added / 2), added - 1, added, added + again]) {
        expect(revsOf(log.after(since))).toEqual(left.filter((n) => n > since));
      }
      expect([revsOf(log.freeze()), revsOf(frozen)]).toEqual([left, all]);
      for (const entry of entries.values()) log.remove(entry);
      expect([log.size, revsOf(log.after(-1)), revsOf(frozen)]).toEqual([0, [], all]);
    }),
    { numRuns: 60 },
  );
});

it('keeps one row that is written again and again in little room', () => {
  const log = new RevisionLog();
  for (let n = 1; n <= 1000; n += 1) log.append(stored(n));
  let entry = log.append(stored(1001));
  for (let n = 1002; n <= 100_000; n += 1) {
    log.remove(entry);
    entry = log.append(stored(n));
  }
  expect([log.size, log.places <= 1200, revsOf(log.after(1000))]).toEqual([1001, true, [100_000]]);
});

it('brings into order what was added out of order', () => {
  const log = new RevisionLog();
  const order = Array.from({ length: 1500 }, (_, n) => ((n * 7) % 1500) + 1);
  const entries = order.map((n) => log.append(stored(n)));
  log.order();
  const sorted = [...order].sort((a, b) => a - b);
  expect(revsOf(log.after(-1))).toEqual(sorted);
  for (const entry of entries.slice(0, 700)) log.remove(entry);
  log.append(stored(2000));
  const left = [...order.slice(700), 2000].sort((a, b) => a - b);
  expect([revsOf(log.after(-1)), revsOf(log.after(1200))]).toEqual([left, left.filter((n) => n > 1200)]);
});
