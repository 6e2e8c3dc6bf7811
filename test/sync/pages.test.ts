import { describe, expect, test } from 'vitest';
import { type Frame, plainFrame } from '../../src/sync/frames.ts';
import { KeptPages } from '../../src/sync/pages.ts';

/** New objects each time, as a database gives them. */
const rows = (from: number, count = 3, rev = 1, own = 1) =>
  Array.from({ length: count }, (_, n) => ({ id: String(from + n), rev, value: { rev: own } }));
const frame = (length: number) => (): Frame => plainFrame('x'.repeat(length));

describe('kept pages', () => {
  test('are given out again as long as they are of the same rows', () => {
    const pages = new KeptPages();
    const first = pages.page('a', rows(0), frame(100));
    expect(pages.page('a', rows(0), frame(100))).toBe(first);
    expect(pages.page('b', rows(0), frame(100))).not.toBe(first);
    const other = pages.page('a', rows(1), frame(100));
    expect(other).not.toBe(first);
    expect(pages.page('a', rows(1, 2), frame(100))).not.toBe(other);
    expect(pages.page('a', [...rows(1, 2)].reverse(), frame(100))).not.toBe(other);
  });

  test('are made anew when one of the rows has changed, or another took its place', () => {
    const pages = new KeptPages();
    const first = pages.page('a', rows(0), frame(100));
    for (const changed of [rows(0, 3, 2), rows(0, 3, 1, 2), [...rows(0, 2), ...rows(3, 1)]]) {
      expect(pages.page('a', changed, frame(100))).not.toBe(first);
      pages.page('a', rows(0), () => first);
      expect(pages.page('a', rows(0), frame(100))).toBe(first);
    }
  });

  test('take no more memory than they may: the ones that were not used for longest go', () => {
    const pages = new KeptPages(10_000);
    const first = pages.page('0', rows(0), frame(3_000));
    for (let n = 1; n < 50; n++) {
      pages.page(String(n), rows(n), frame(3_000));
      expect(pages.page('0', rows(0), frame(3_000))).toBe(first);
      expect(pages.bytes).toBeLessThanOrEqual(10_000);
    }
    const last = pages.page('49', rows(49), frame(3_000));
    const huge = pages.page('huge', rows(0), frame(20_000));
    expect(pages.page('huge', rows(0), frame(20_000))).not.toBe(huge);
    expect(pages.page('49', rows(49), frame(3_000))).not.toBe(last);
    expect(pages.bytes).toBeLessThanOrEqual(10_000);
  });
});
