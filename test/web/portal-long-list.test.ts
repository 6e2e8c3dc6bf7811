import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RowSlots } from '../../web/src/parts/row-slots.ts';
import { scrollTo, windowOf } from '../../web/src/parts/window-of.ts';

const box = { count: 1_000, rowHeight: 50, boxHeight: 500, scrollTop: 0 };

describe('the rows in sight', () => {
  test('are drawn with a few more on each side', () => {
    expect(windowOf(box)).toEqual({ from: 0, to: 16, top: 0, height: 50_000 });
    expect(windowOf({ ...box, scrollTop: 20_025 })).toEqual({ from: 394, to: 417, top: 19_700, height: 50_000 });
    expect(windowOf({ ...box, scrollTop: 49_500 })).toEqual({ from: 984, to: 1_000, top: 49_200, height: 50_000 });
  });

  test('are none of an empty list, and all of a short one', () => {
    expect(windowOf({ ...box, count: 0 })).toEqual({ from: 0, to: 0, top: 0, height: 0 });
    expect(windowOf({ ...box, count: 3 })).toEqual({ from: 0, to: 3, top: 0, height: 150 });
  });

  test('stay within a list that has become shorter than where it was scrolled to', () => {
    expect(windowOf({ ...box, count: 20, scrollTop: 40_000 })).toEqual({ from: 4, to: 20, top: 200, height: 1_000 });
  });

  test('reach from the first to the last of a million, in a height that browsers can scroll', () => {
    const long = { ...box, count: 1_000_000 };
    const first = windowOf(long);
    const last = windowOf({ ...long, scrollTop: first.height - 500 });
    expect(first).toMatchObject({ from: 0, top: 0 });
    expect(first.height).toBeLessThan(16_000_000);
    expect(last.to).toBe(1_000_000);
    expect(last.top + (last.to - last.from) * 50).toBeCloseTo(first.height, 3);
  });
});

describe('a row that is gone to', () => {
  test('is brought into sight whole, and nothing moves when it is', () => {
    expect(scrollTo({ ...box, scrollTop: 1_000 }, 25)).toBe(1_000);
    expect(scrollTo({ ...box, scrollTop: 1_000 }, 3)).toBe(150);
    expect(scrollTo({ ...box, scrollTop: 1_000 }, 40)).toBe(1_550);
  });

  test('is found in a list of a million too', () => {
    const long = { ...box, count: 1_000_000 };
    const scrollTop = scrollTo(long, 777_777);
    const { from, to } = windowOf({ ...long, scrollTop });
    expect(from <= 777_777 && 777_777 < to).toBe(true);
  });
});

describe('the elements of rows', () => {
  const letters = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `row ${from + i}`);

  test('stay with their rows while a list is scrolled; rows that come have new ones', () => {
    const slots = new RowSlots();
    expect(slots.assign(letters(0, 4))).toEqual([0, 1, 2, 3]);
    expect(slots.assign(letters(2, 6))).toEqual([2, 3, 4, 5]);
    expect(slots.assign(letters(1, 5))).toEqual([6, 2, 3, 4]);
  });

  test('are taken by other rows after a leap', () => {
    const slots = new RowSlots();
    slots.assign(letters(0, 4));
    expect(slots.assign(letters(90, 95))).toEqual([0, 1, 2, 3, 4]);
    expect(slots.assign(letters(10, 12))).toEqual([0, 1]);
  });

  test('are not moved past a row that stays where it is', () => {
    const slots = new RowSlots();
    slots.assign(letters(0, 5));
    expect(slots.assign(['row 1', ...letters(90, 95)])).toEqual([1, 2, 3, 4, 5, 6]);
    expect(slots.assign([...letters(0, 1), 'row 1', ...letters(2, 4)])).toEqual([7, 1, 2, 3]);
    expect(slots.assign([...letters(50, 53), 'row 3'])).toEqual([7, 1, 2, 3]);
  });

  test('stand in one order at all times', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(60), fc.nat(12), fc.option(fc.nat(60)))), (windows) => {
        const slots = new RowSlots();
        let before: readonly number[] = [];
        for (const [from, length, held] of windows) {
          const rows = Array.from({ length }, (_, i) => from + i);
          if (held !== null && held < from) rows.unshift(held);
          if (held !== null && held >= from + length) rows.push(held);
          const now = slots.assign(rows.map(String));
          expect(new Set(now).size).toBe(rows.length);
          const stayed = before.filter((slot) => now.includes(slot));
          expect(now.filter((slot) => before.includes(slot))).toEqual(stayed);
          before = now;
        }
      }),
    );
  });

  test('are never shared, even by rows of the same key', () => {
    const slots = new RowSlots();
    expect(new Set(slots.assign(['', '', 'a'])).size).toBe(3);
    expect(new Set(slots.assign(['', 'a', '', 'b'])).size).toBe(4);
  });
});
