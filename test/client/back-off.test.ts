import { describe, expect, test } from 'vitest';
import { askedWait, backOff, triesAfter } from '../../client/back-off.ts';

describe('the wait before the next try', () => {
  test('is spread over a time that doubles from one second to one minute', () => {
    const most = Array.from({ length: 10 }, (_, tries) => backOff(tries, 0.999_999));
    expect(most.map((ms) => Math.ceil(ms / 1000))).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
    expect(backOff(3, 0)).toBe(0);
    expect(backOff(3, 0.5)).toBe(4_000);
  });

  test('does not overflow after a thousand tries', () => {
    expect(backOff(1_000, 0.5)).toBe(30_000);
  });

  test('is not shorter than what the server asked for, and not longer than an hour', () => {
    expect(backOff(0, 0.5, 2_500)).toBe(2_500);
    expect(backOff(6, 0.5, 2_500)).toBe(30_000);
    expect(backOff(0, 0.5, 1e12)).toBe(3_600_000);
  });

  test('begins anew after a minute of use, and not after a shorter time or none', () => {
    expect(triesAfter(5, 1_000, 61_000)).toBe(0);
    expect(triesAfter(5, 1_000, 60_999)).toBe(5);
    expect(triesAfter(5, undefined, 1e9)).toBe(5);
  });
});

describe('what the server asks for', () => {
  test('is read out of the three close codes that carry it', () => {
    for (const code of [1001, 1013, 4429]) expect(askedWait(code, 'retry-after=2500')).toBe(2_500);
    for (const code of [1000, 1006, 4400, 4408]) expect(askedWait(code, 'retry-after=2500')).toBeUndefined();
  });

  test('is nothing when it is written otherwise', () => {
    for (const reason of ['', 'retry-after=', 'retry-after=-1', 'retry-after=2.5', 'retry-after=1 ', 'later']) {
      expect(askedWait(1013, reason)).toBeUndefined();
    }
    expect(askedWait(1013, `retry-after=${'9'.repeat(13)}`)).toBeUndefined();
  });
});
