import { describe, expect, test } from 'vitest';
import { type Change, RecentChanges } from '../../src/pbx/recent-changes.ts';
import { HandClock } from '../support/hand-clock.ts';

const device = (name: string, state: 'INUSE' | 'BUSY' = 'INUSE'): Change => ({ kind: 'device', name, state });

describe('Recent changes', () => {
  test('are those since the keeping began and of the second before it, newest value of each, oldest first', () => {
    const clock = new HandClock();
    const recent = new RecentChanges(clock);
    recent.note(device('PJSIP/old'));
    clock.pass(1_001);
    recent.note(device('PJSIP/1'));
    recent.note(device('PJSIP/2'));
    clock.pass(900);
    recent.keep();
    clock.pass(60_000);
    recent.note(device('pjsip/1', 'BUSY'));
    expect(recent.kept()).toEqual([device('PJSIP/2'), device('pjsip/1', 'BUSY')]);
    expect(recent.kept(recent.serial)).toEqual([]);
  });

  test('are forgotten after a second when nobody keeps them', () => {
    const clock = new HandClock();
    const recent = new RecentChanges(clock);
    for (let i = 0; i < 1_000; i += 1) {
      recent.note(device(`PJSIP/${i}`));
      clock.pass(100);
    }
    expect(recent.size).toBeLessThanOrEqual(11);
  });

  test('are never more than their limit, and say when some that were to be kept were lost', () => {
    const recent = new RecentChanges(new HandClock(), 3);
    recent.keep();
    for (let i = 0; i < 3; i += 1) recent.note(device(`PJSIP/${i}`));
    expect(recent.kept()).toHaveLength(3);
    recent.note(device('PJSIP/3'));
    expect(recent.size).toBe(3);
    expect(recent.kept()).toBeUndefined();
    recent.release();
    recent.keep();
    expect(recent.kept()).toHaveLength(3);
  });
});
