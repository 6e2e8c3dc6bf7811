import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bucket, fullBucket, take } from '../../src/domain/bucket.ts';

/** How many of these requests, at these times, pass. */
function passed(perSecond: number, times: readonly number[], cost = 1): number {
  let bucket: Bucket = fullBucket(perSecond, times[0] ?? 0);
  let count = 0;
  for (const time of times) {
    const next = take(bucket, cost, perSecond, time);
    if (next) {
      bucket = next;
      count += 1;
    }
  }
  return count;
}

describe('a bucket of 50 per second', () => {
  test('lets 50 pass at once and no more', () => {
    expect(passed(50, Array(60).fill(1_000))).toBe(50);
  });

  test('is full again after a second, and never fuller', () => {
    expect(passed(50, [...Array(60).fill(0), ...Array(60).fill(1_000)])).toBe(100);
    expect(passed(50, [...Array(60).fill(0), ...Array(60).fill(3_600_000)])).toBe(100);
  });

  test('lets one pass every 20 ms', () => {
    expect(passed(50, [...Array(50).fill(0), 10, 20, 30, 40])).toBe(52);
  });

  test('lets fewer pass that count as several', () => {
    expect(passed(50, [...Array(5).fill(0), 339, 340], 17)).toBe(3);
  });

  test('does not grow when the clock is set back', () => {
    expect(passed(50, [...Array(50).fill(10_000), ...Array(10).fill(0)])).toBe(50);
  });

  test('never lets more pass than one second has and the time since brings', () => {
    const gaps = fc.array(fc.nat(500), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(gaps, (all) => {
        let time = 0;
        const times = all.map((gap) => {
          time += gap;
          return time;
        });
        const span = time - (times[0] ?? 0);
        expect(passed(50, times)).toBeLessThanOrEqual(50 + (span / 1000) * 50);
      }),
    );
  });
});
