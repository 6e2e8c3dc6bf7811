import { expect, test } from 'vitest';
import { Pending } from '../../../src/pbx/ami/pending.ts';

test('a clock that is set back makes nobody wait longer than 30 s for the next item of a list', async () => {
  let now = 1_000_000_000;
  const timers: { ms: number; fn: () => void }[] = [];
  const clock = {
    now: () => now,
    after: (ms: number, fn: () => void) => {
      timers.push({ ms, fn });
      return () => undefined;
    },
  };
  const pending = new Pending(clock, 'rc-1-', { settled: () => undefined, timedOut: () => undefined });
  let id = '';
  const list = pending.list('Slow', (given) => {
    id = given;
  });
  pending.item({ event: 'Item', actionid: id });
  now -= 3_600_000;
  timers.shift()?.fn();
  expect(timers.map(({ ms }) => ms)).toEqual([30_000]);
  now += 3_600_000 + 30_000;
  timers.shift()?.fn();
  await expect(list).rejects.toMatchObject({ kind: 'timeout' });
});
