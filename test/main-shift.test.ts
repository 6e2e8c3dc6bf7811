import { describe, expect, test } from 'vitest';
import type { Lifetime } from '../src/main-lifetime.ts';
import { Shift } from '../src/main-shift.ts';
import { turn } from './support/board-house.ts';
import { HandClock } from './support/hand-clock.ts';
import { promised } from './support/promised.ts';

type Work = 'duty' | 'watch';

function openShift(begin?: (work: Work, lifetime: Lifetime) => Promise<void>) {
  const clock = new HandClock();
  const log: string[] = [];
  let wanted: Work | 'none' = 'none';
  const shift = new Shift<Work>({
    wanted: () => wanted,
    begin: async (work, lifetime) => {
      log.push(`begin ${work}`);
      lifetime.add(() => void log.push(`end ${work}`));
      await begin?.(work, lifetime);
    },
    clock,
    report: (event) => void log.push(event),
  });
  /** Something else is wanted from now on. */
  const want = (work: Work | 'none') => {
    wanted = work;
    shift.look();
  };
  return { clock, log, shift, want };
}

async function turns(): Promise<void> {
  for (let n = 0; n < 10; n++) await turn();
}

describe('The work of a duty', () => {
  test('begins when it is wanted and ends when it is not, over and over', async () => {
    const { log, shift, want } = openShift();
    await shift.start();
    for (const work of ['duty', 'duty', 'watch', 'none', 'duty'] as const) {
      want(work);
      await turns();
    }
    await shift.stop();
    expect(log).toEqual([...['begin duty', 'end duty', 'begin watch', 'end watch'], ...['begin duty', 'end duty']]);
  });

  test('never goes on twice: the one before has ended first, however long that takes', async () => {
    const ended = promised<void>();
    const { log, want } = openShift(async (work, lifetime) => {
      if (work === 'duty') lifetime.add(() => ended.promise);
    });
    want('duty');
    await turns();
    want('watch');
    await turns();
    expect(log).toEqual(['begin duty']);
    ended.resolve();
    await turns();
    expect(log).toEqual(['begin duty', 'end duty', 'begin watch']);
  });

  test('that is wanted for a moment only, while something else begins or ends, is left out', async () => {
    const begun = promised<void>();
    const { log, want } = openShift(() => begun.promise);
    want('duty');
    await turns();
    want('none');
    want('duty');
    begun.resolve();
    await turns();
    expect(log).toEqual(['begin duty']);
  });

  test('that cannot be begun ends what was begun of it, is reported, and tried again', async () => {
    let faults = 1;
    const { clock, log, shift, want } = openShift(async () => {
      faults -= 1;
      if (faults === 0) throw new Error('a fault');
    });
    want('duty');
    await turns();
    expect(log).toEqual(['begin duty', 'duty.failed', 'end duty']);
    clock.pass(5_000);
    await turns();
    expect(log.slice(3)).toEqual(['begin duty']);
    await shift.stop();
    expect(log.slice(4)).toEqual(['end duty']);
  });

  test('that cannot be begun the first time is refused', async () => {
    const { shift, want, log } = openShift(async () => {
      throw new Error('a fault');
    });
    want('duty');
    await turns();
    expect(log.at(-1)).toBe('end duty');
    await expect(shift.start()).rejects.toThrow('a fault');
  });

  test('does not begin after the stop', async () => {
    const { log, shift, want } = openShift();
    want('duty');
    await shift.stop();
    want('duty');
    await turns();
    expect(log).toEqual([]);
  });
});
