import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { MessagesFlood } from '../../src/service/messages-flood.ts';
import { HandClock } from '../support/hand-clock.ts';

function openFlood() {
  const clock = new HandClock();
  const flood = new MessagesFlood(clock);
  /** How many of so many pass. */
  const pass = (extension: string, times: number) => {
    let passed = 0;
    for (let n = 0; n < times; n++) {
      try {
        flood.count(extension);
        passed += 1;
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
      }
    }
    return passed;
  };
  return { clock, pass };
}

describe('The limit of messages', () => {
  test('lets sixty pass at once, then one a second, and sixty again after a minute', () => {
    const { clock, pass } = openFlood();
    expect(pass('1001', 100)).toBe(60);
    clock.pass(10_000);
    expect(pass('1001', 100)).toBe(10);
    clock.pass(60_000);
    expect(pass('1001', 100)).toBe(60);
    clock.pass(3_600_000);
    expect(pass('1001', 100)).toBe(60);
  });

  test('shuts nobody out for more than a minute when the clock is set back', () => {
    const { clock, pass } = openFlood();
    expect(pass('1001', 60)).toBe(60);
    clock.pass(-3_600_000);
    expect(pass('1001', 1)).toBe(0);
    clock.pass(60_000);
    expect(pass('1001', 100)).toBe(60);
  });

  test('is kept for ten thousand extensions, those that wrote last', () => {
    const { pass } = openFlood();
    pass('1', 60);
    for (let n = 2; n <= 10_000; n++) pass(`${n}`, 1);
    expect(pass('1', 1)).toBe(0);
    pass('10001', 1);
    pass('10002', 1);
    expect(pass('1', 60)).toBe(60);
  });
});
