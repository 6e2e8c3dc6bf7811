import { expect, test } from 'vitest';
import { backoff, refusedBackoff } from '../../../src/pbx/ami/backoff.ts';

test('the longest wait doubles with each attempt, up to five seconds', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 1_000].map((attempt) => backoff(attempt, 1))).toEqual([
    250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000,
  ]);
});

test('the wait is drawn from the whole range, and never nothing', () => {
  expect([0, 0.5, 1].map((random) => backoff(9, random))).toEqual([50, 2_525, 5_000]);
});

test('a refused log-in waits a minute or a little more', () => {
  expect([0, 0.5, 1].map(refusedBackoff)).toEqual([60_000, 67_500, 75_000]);
});
