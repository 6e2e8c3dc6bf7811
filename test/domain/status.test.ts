import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STATUSES } from '../../src/domain/presence.ts';
import {
  AVAILABLE,
  type ChosenStatus,
  choose,
  type EffectiveStatus,
  effective,
  expire,
  nextEnd,
  withDnd,
} from '../../src/domain/status.ts';

const NOON = '2026-11-21T12:00:00.000Z';
const ONE = '2026-11-21T13:00:00.000Z';
const TWO = '2026-11-21T14:00:00.000Z';

const LUNCH: ChosenStatus = { base: { status: 'lunch', note: 'pizza' } };

const status: fc.Arbitrary<EffectiveStatus> = fc.record(
  { status: fc.constantFrom(...STATUSES), note: fc.constantFrom('a', 'b'), until: fc.constantFrom(NOON, ONE, TWO) },
  { requiredKeys: ['status'] },
);
type Step = EffectiveStatus | boolean;
const steps: fc.Arbitrary<Step[]> = fc.array(fc.oneof(status, fc.boolean()), { maxLength: 8 });
const chosen = steps.map((all) =>
  all.reduce<ChosenStatus>(
    (now, step) => (typeof step === 'boolean' ? withDnd(now, step) : choose(now, step)),
    AVAILABLE,
  ),
);

describe('choosing a status', () => {
  test('without an end replaces what was chosen', () => {
    const timed = choose(LUNCH, { status: 'away', until: ONE });
    expect(choose(timed, { status: 'business_trip' })).toEqual({ base: { status: 'business_trip' } });
  });

  test('with an end goes over the status before', () => {
    const timed = choose(LUNCH, { status: 'business_trip', note: 'Turin', until: ONE });
    expect(effective(timed)).toEqual({ status: 'business_trip', note: 'Turin', until: ONE });
    expect(effective(expire(timed, ONE))).toEqual({ status: 'lunch', note: 'pizza' });
  });

  test('with an end takes the place of another one with an end', () => {
    const first = choose(LUNCH, { status: 'away', until: ONE });
    const second = choose(first, { status: 'off_work', until: TWO });
    expect(second).toEqual({ base: LUNCH.base, timed: { status: 'off_work', until: TWO } });
  });

  test('do not disturb goes over everything and leaves it as it was', () => {
    const timed = choose(LUNCH, { status: 'away', until: TWO });
    const dnd = choose(timed, { status: 'do_not_disturb', note: 'exam', until: ONE });
    expect(effective(dnd)).toEqual({ status: 'do_not_disturb', note: 'exam', until: ONE });
    expect(withDnd(dnd, false)).toEqual(timed);
  });

  test('do not disturb once more replaces its note and end', () => {
    const dnd = choose(LUNCH, { status: 'do_not_disturb', note: 'exam', until: ONE });
    expect(choose(dnd, { status: 'do_not_disturb' })).toEqual({ ...LUNCH, dnd: {} });
  });

  test('P22: any other status takes do not disturb off', () => {
    expect(choose(withDnd(LUNCH, true), { status: 'away' })).toEqual({ base: { status: 'away' } });
    expect(choose(withDnd(LUNCH, true), { status: 'away', until: ONE })).toEqual({
      base: LUNCH.base,
      timed: { status: 'away', until: ONE },
    });
  });

  test('leaves an empty note out', () => {
    expect(choose(AVAILABLE, { status: 'away', note: '' })).toEqual({ base: { status: 'away' } });
    expect(choose(AVAILABLE, { status: 'do_not_disturb', note: '' })).toEqual({ ...AVAILABLE, dnd: {} });
  });

  test('always shows what was chosen', () => {
    fc.assert(
      fc.property(chosen, status, (before, next) => {
        expect(effective(choose(before, next))).toEqual(next);
      }),
    );
  });
});

describe('do not disturb by phone', () => {
  test('and back is lunch again', () => {
    const dnd = withDnd(LUNCH, true);
    expect(effective(dnd)).toEqual({ status: 'do_not_disturb' });
    expect(withDnd(dnd, false)).toEqual(LUNCH);
  });

  test('that is what is already so changes nothing', () => {
    const dnd = choose(LUNCH, { status: 'do_not_disturb', note: 'exam' });
    expect(withDnd(dnd, true)).toBe(dnd);
    expect(withDnd(LUNCH, false)).toBe(LUNCH);
  });

  test('on and off again is always what it was', () => {
    fc.assert(
      fc.property(chosen, (before) => {
        const calm = withDnd(before, false);
        expect(withDnd(withDnd(calm, true), false)).toEqual(calm);
      }),
    );
  });
});

describe('the end of a status', () => {
  const nested = choose(choose(LUNCH, { status: 'away', until: TWO }), { status: 'do_not_disturb', until: ONE });

  test('uncovers the layer below, one end after the other', () => {
    expect(nextEnd(nested)).toBe(ONE);
    const afterOne = expire(nested, ONE);
    expect(effective(afterOne)).toEqual({ status: 'away', until: TWO });
    expect(nextEnd(afterOne)).toBe(TWO);
    expect(expire(afterOne, TWO)).toEqual(LUNCH);
    expect(nextEnd(LUNCH)).toBeUndefined();
  });

  test('of the lower layer does not touch do not disturb above it', () => {
    const other = choose(choose(LUNCH, { status: 'away', until: ONE }), { status: 'do_not_disturb', until: TWO });
    expect(nextEnd(other)).toBe(ONE);
    expect(expire(other, ONE)).toEqual({ ...LUNCH, dnd: { until: TWO } });
  });

  test('that all came while nobody looked leaves the base', () => {
    expect(expire(nested, TWO)).toEqual(LUNCH);
  });

  test('comes at its time, not before', () => {
    const timed = choose(AVAILABLE, { status: 'away', until: ONE });
    expect(expire(timed, '2026-11-21T12:59:59.999Z')).toBe(timed);
    expect(expire(timed, ONE)).toEqual(AVAILABLE);
  });

  test('is found for every status, and after it nothing has ended yet', () => {
    fc.assert(
      fc.property(chosen, fc.constantFrom(NOON, ONE, TWO), (before, now) => {
        const left = expire(before, now);
        const end = nextEnd(left);
        expect(end === undefined || end > now).toBe(true);
        expect(expire(left, now)).toBe(left);
      }),
    );
  });
});
