import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DEVICE_STATES,
  type DeviceState,
  derive,
  isRegistered,
  LINES,
  type Line,
  lineOf,
  type Presence,
  type PresenceInputs,
  STATUSES,
} from '../../src/domain/presence.ts';

const NOW = '2026-11-21T12:00:00.000Z';
const LATER = '2026-11-21T12:05:00.000Z';

const FREE: PresenceInputs = { status: 'available', line: 'idle', registered: true, sessions: 0 };

const inputs: fc.Arbitrary<PresenceInputs> = fc
  .record({
    status: fc.constantFrom(...STATUSES),
    note: fc.option(fc.constantFrom('', 'back at two'), { nil: undefined }),
    until: fc.option(fc.constant('2026-11-21T13:00:00.000Z'), { nil: undefined }),
    line: fc.constantFrom(...LINES),
    sessions: fc.nat(3),
  })
  .map((made) => ({ ...made, registered: isRegistered(made.line) }));

describe('the line of an extension', () => {
  const single: [DeviceState, Line][] = [
    ['UNKNOWN', 'unknown'],
    ['NOT_INUSE', 'idle'],
    ['INUSE', 'in_use'],
    ['BUSY', 'busy'],
    ['INVALID', 'unavailable'],
    ['UNAVAILABLE', 'unavailable'],
    ['RINGING', 'ringing'],
    ['RINGINUSE', 'ringing'],
    ['ONHOLD', 'on_hold'],
  ];
  test.each(single)('with one phone in %s is %s', (state, line) => {
    expect(lineOf([state])).toBe(line);
  });

  test('covers every state that Asterisk has', () => {
    expect(single.map(([state]) => state).sort()).toEqual([...DEVICE_STATES].sort());
  });

  const several: [DeviceState[], Line][] = [
    [[], 'unknown'],
    [['INUSE', 'RINGING'], 'ringing'],
    [['ONHOLD', 'RINGINUSE'], 'ringing'],
    [['ONHOLD', 'INUSE', 'BUSY'], 'in_use'],
    [['BUSY', 'ONHOLD', 'NOT_INUSE'], 'on_hold'],
    [['NOT_INUSE', 'BUSY'], 'busy'],
    [['UNAVAILABLE', 'NOT_INUSE', 'UNKNOWN'], 'idle'],
    [['UNKNOWN', 'INVALID'], 'unavailable'],
    [['UNKNOWN', 'UNKNOWN'], 'unknown'],
  ];
  test.each(several)('with phones in %j is %s', (states, line) => {
    expect(lineOf(states)).toBe(line);
  });

  test('does not depend on the order in which the phones are named', () => {
    const shuffled = fc
      .array(fc.constantFrom(...DEVICE_STATES), { maxLength: 6 })
      .chain((states) => fc.tuple(fc.constant(states), fc.shuffledSubarray(states, { minLength: states.length })));
    fc.assert(
      fc.property(shuffled, ([states, other]) => {
        expect(lineOf(other)).toBe(lineOf(states));
      }),
    );
  });

  test('is not changed by phones whose state is not known', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...DEVICE_STATES)), (states) => {
        expect(lineOf([...states, 'UNKNOWN'])).toBe(lineOf(states));
      }),
    );
  });

  test('tells whether a phone is registered', () => {
    expect(Object.fromEntries(LINES.map((line) => [line, isRegistered(line)]))).toEqual({
      idle: true,
      ringing: true,
      in_use: true,
      on_hold: true,
      busy: true,
      unavailable: false,
      unknown: false,
    });
  });
});

describe('the presence item', () => {
  test('of a free phone', () => {
    expect(derive('1001', FREE, undefined, NOW)).toEqual({
      id: '1001',
      status: 'available',
      line: 'idle',
      online: true,
      indicator: 'available',
      since: NOW,
    });
  });

  test('carries note and end, and leaves out empty ones', () => {
    const until = '2026-11-21T13:00:00.000Z';
    expect(derive('1001', { ...FREE, status: 'lunch', note: 'back at two', until }, undefined, NOW)).toEqual({
      id: '1001',
      status: 'lunch',
      note: 'back at two',
      until,
      line: 'idle',
      online: true,
      indicator: 'lunch',
      since: NOW,
    });
    expect(Object.keys(derive('1001', { ...FREE, note: '', until: undefined }, undefined, NOW))).toEqual([
      'id',
      'status',
      'line',
      'online',
      'indicator',
      'since',
    ]);
  });

  const indicators: [Partial<PresenceInputs>, Presence['indicator']][] = [
    [{ status: 'do_not_disturb', line: 'ringing' }, 'do_not_disturb'],
    [{ status: 'do_not_disturb', line: 'unavailable', registered: false }, 'do_not_disturb'],
    [{ status: 'lunch', line: 'in_use' }, 'lunch'],
    [{ status: 'off_work', line: 'unavailable', registered: false }, 'off_work'],
    [{ line: 'ringing' }, 'ringing'],
    [{ line: 'in_use' }, 'on_call'],
    [{ line: 'on_hold' }, 'on_call'],
    [{ line: 'busy' }, 'on_call'],
    [{ line: 'unavailable', registered: false }, 'offline'],
    [{ line: 'unknown', registered: false }, 'offline'],
    [{ line: 'unavailable', registered: false, sessions: 1 }, 'available'],
    [{ line: 'idle' }, 'available'],
  ];
  test.each(indicators)('with %j has the indicator %s', (changed, indicator) => {
    expect(derive('1001', { ...FREE, ...changed }, undefined, NOW).indicator).toBe(indicator);
  });

  test('is online by a registered phone or an open session, whatever the status', () => {
    fc.assert(
      fc.property(inputs, (given) => {
        expect(derive('1001', given, undefined, NOW).online).toBe(given.registered || given.sessions > 0);
      }),
    );
  });

  test('keeps the time of the indicator while only other parts change', () => {
    const before = derive('1001', { ...FREE, line: 'in_use' }, undefined, NOW);
    expect(derive('1001', { ...FREE, line: 'on_hold' }, before, LATER)).toEqual({ ...before, line: 'on_hold' });
    expect(derive('1001', FREE, before, LATER).since).toBe(LATER);
  });

  test('is the very same object when nothing that a client sees has changed', () => {
    fc.assert(
      fc.property(inputs, (given) => {
        const before = derive('1001', given, undefined, NOW);
        expect(derive('1001', { ...given }, before, LATER)).toBe(before);
      }),
    );
  });

  test('is the same whatever was shown before, but for the time', () => {
    fc.assert(
      fc.property(inputs, inputs, (first, given) => {
        const { since: _, ...shown } = derive('1001', given, derive('1001', first, undefined, NOW), LATER);
        const { since: __, ...fresh } = derive('1001', given, undefined, LATER);
        expect(shown).toEqual(fresh);
      }),
    );
  });
});
