import { describe, expect, test } from 'vitest';
import { Renewal } from '../../client/renewal.ts';
import { HandClock } from '../support/hand-clock.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function house(chance = 0) {
  const clock = new HandClock();
  const asked: number[] = [];
  const failed: (() => void)[] = [];
  const begun = clock.now();
  const renewal = new Renewal({
    surroundings: { now: () => clock.now(), after: (ms, fn) => clock.after(ms, fn), random: () => chance },
    renew: (fn) => {
      asked.push(clock.now() - begun);
      failed.push(fn);
    },
  });
  const hold = (life: number) => renewal.hold(new Date(clock.now() + life).toISOString());
  return { clock, asked, failed, renewal, hold };
}

describe('a token', () => {
  test('is renewed at two thirds of its life, or up to a tenth of that earlier', () => {
    for (const [chance, days] of [
      [0, 20],
      [0.5, 19],
      [1, 18],
    ] as const) {
      const { clock, asked, hold } = house(chance);
      hold(30 * DAY);
      clock.pass(30 * DAY);
      expect(asked).toEqual([days * DAY]);
    }
  });

  test('is renewed again in its next life', () => {
    const { clock, asked, hold } = house();
    hold(3 * DAY);
    clock.pass(2 * DAY);
    hold(3 * DAY);
    clock.pass(2 * DAY);
    expect(asked).toEqual([2 * DAY, 4 * DAY]);
  });

  test('is asked for once, until it comes or fails, and some minutes after it failed', () => {
    const { clock, asked, failed, hold } = house();
    hold(3 * DAY);
    clock.pass(2 * DAY + 5 * HOUR);
    expect(asked.length).toBe(1);
    failed[0]?.();
    clock.pass(299_999);
    expect(asked.length).toBe(1);
    clock.pass(1);
    expect(asked.length).toBe(2);
  });

  test('is renewed on waking, when its time came in sleep', () => {
    const { clock, asked, renewal, hold } = house();
    hold(3 * DAY);
    renewal.look();
    expect(asked).toEqual([]);
    clock.pass(2 * DAY - 1);
    hold(3 * DAY);
    expect(asked).toEqual([]);
    const asleep = clock.now() + 2.5 * DAY;
    const { now } = clock;
    clock.now = () => asleep;
    renewal.look();
    clock.now = now;
    expect(asked.length).toBe(1);
  });

  test('is not renewed all the time by a machine whose clock is wrong', () => {
    const { clock, asked, hold } = house();
    hold(-5 * DAY);
    clock.pass(DAY - 1);
    expect(asked).toEqual([]);
    clock.pass(1);
    expect(asked.length).toBe(1);
    const short = house();
    short.hold(10);
    short.clock.pass(59_999);
    expect(short.asked).toEqual([]);
  });

  test('is left alone without a connection', () => {
    const { clock, asked, renewal, hold } = house();
    hold(DAY);
    renewal.stop();
    renewal.look();
    clock.pass(DAY);
    expect([asked, clock.waiting]).toEqual([[], 0]);
  });
});
