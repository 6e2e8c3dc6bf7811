import { describe, expect, test } from 'vitest';
import { Heartbeat } from '../../client/heartbeat.ts';
import { HandClock } from '../support/hand-clock.ts';

function house() {
  const clock = new HandClock();
  const told: string[] = [];
  const heartbeat = new Heartbeat({
    surroundings: { now: () => clock.now(), after: (ms, fn) => clock.after(ms, fn) },
    ping: () => told.push('ping'),
    dead: () => told.push('dead'),
  });
  heartbeat.start();
  return { clock, told, heartbeat };
}

describe('the heartbeat', () => {
  test('asks after 25 seconds of silence and gives up 10 seconds later', () => {
    const { clock, told } = house();
    clock.pass(24_999);
    expect(told).toEqual([]);
    clock.pass(1);
    expect(told).toEqual(['ping']);
    clock.pass(9_999);
    expect(told).toEqual(['ping']);
    clock.pass(1);
    expect(told).toEqual(['ping', 'dead']);
    clock.pass(1e6);
    expect([told, clock.waiting]).toEqual([['ping', 'dead'], 0]);
  });

  test('asks nothing while something comes', () => {
    const { clock, told, heartbeat } = house();
    for (let i = 0; i < 20; i++) {
      clock.pass(20_000);
      heartbeat.heard();
    }
    expect(told).toEqual([]);
  });

  test('goes on when anything comes after it asked', () => {
    const { clock, told, heartbeat } = house();
    clock.pass(25_000);
    heartbeat.heard();
    clock.pass(34_999);
    expect(told).toEqual(['ping', 'ping']);
    clock.pass(1);
    expect(told).toEqual(['ping', 'ping', 'dead']);
  });

  test('asks at once when told to, one question at a time', () => {
    const { clock, told, heartbeat } = house();
    clock.pass(3_000);
    heartbeat.heard();
    heartbeat.probe();
    heartbeat.probe();
    expect(told).toEqual(['ping']);
    clock.pass(10_000);
    expect(told).toEqual(['ping', 'dead']);
  });

  test('hears an answer in the same millisecond', () => {
    const { clock, told, heartbeat } = house();
    clock.pass(5_000);
    heartbeat.probe();
    heartbeat.heard();
    clock.pass(10_000);
    expect(told).toEqual(['ping']);
  });

  test('waits longer while pages come, and each time that it was too short twice as long', () => {
    const { clock, told, heartbeat } = house();
    heartbeat.catchingUp(true);
    clock.pass(84_999);
    expect(told).toEqual(['ping']);
    clock.pass(1);
    expect(told).toEqual(['ping', 'dead']);
    const patience: number[] = [];
    for (let i = 0; i < 5; i++) {
      told.length = 0;
      heartbeat.start();
      heartbeat.catchingUp(true);
      const begun = clock.now();
      while (!told.includes('dead')) clock.pass(1_000);
      patience.push((clock.now() - begun) / 1000 - 25);
    }
    expect(patience).toEqual([120, 240, 480, 480, 480]);
    heartbeat.start();
    heartbeat.catchingUp(false);
    told.length = 0;
    clock.pass(35_000);
    expect(told).toEqual(['ping', 'dead']);
  });

  test('leaves no timer when it is stopped, and asks nothing then', () => {
    const { clock, told, heartbeat } = house();
    heartbeat.stop();
    heartbeat.probe();
    expect([told, clock.waiting]).toEqual([[], 0]);
  });
});
