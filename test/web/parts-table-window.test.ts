import { expect, test } from 'vitest';
import { type TableBox, tableWindow } from '../../web/src/parts/table-window.ts';

const box: TableBox = {
  ...{ rows: 1000, rowHeight: 40, widths: [200, 100, 100] },
  ...{ top: 0, left: 0, height: 400, width: 600 },
};
const many: TableBox = { ...box, widths: [200, ...Array<number>(50).fill(160)] };

test('a small table is drawn whole', () => {
  expect(tableWindow({ ...box, rows: 5 })).toEqual({ first: 0, last: 5, from: 1, to: 3 });
  expect(tableWindow({ ...box, rows: 0 })).toEqual({ first: 0, last: 0, from: 1, to: 3 });
});

test('of many rows those in sight are drawn, and a few more', () => {
  expect(tableWindow(box)).toEqual({ first: 0, last: 18, from: 1, to: 3 });
  expect(tableWindow({ ...box, top: 20_000 })).toEqual({ first: 496, last: 518, from: 1, to: 3 });
  expect(tableWindow({ ...box, top: 39_600 })).toMatchObject({ first: 984, last: 1000 });
});

test('a little scrolling draws nothing anew', () => {
  expect(tableWindow({ ...box, top: 20_100 })).toEqual(tableWindow({ ...box, top: 20_000 }));
});

test('whatever is in sight is drawn, wherever it is scrolled to', () => {
  for (let top = 0; top <= 39_600; top += 37) {
    const { first, last } = tableWindow({ ...box, top });
    expect([first <= Math.floor(top / 40), last >= Math.min(1000, Math.ceil((top + 400) / 40))]).toEqual([true, true]);
    expect(last - first).toBeLessThan(30);
  }
});

test('of many columns those in sight are drawn, and those near', () => {
  expect(tableWindow(many)).toMatchObject({ from: 1, to: 6 });
  expect(tableWindow({ ...many, left: 3200 })).toMatchObject({ from: 17, to: 26 });
  expect(tableWindow({ ...many, left: 7600 })).toMatchObject({ from: 45, to: 51 });
});

test('scrolled beyond its end, as when rows have gone, it is still a window', () => {
  expect(tableWindow({ ...box, rows: 10, top: 30_000 })).toMatchObject({ first: 9, last: 10 });
});
