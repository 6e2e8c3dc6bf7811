import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STATUSES } from '../../src/domain/presence.ts';
import { NOT_SET, presentityOf, statusOf } from '../../src/domain/presentity.ts';
import type { EffectiveStatus } from '../../src/domain/status.ts';

describe('a status written to the PBX', () => {
  const written: [EffectiveStatus['status'], string, string][] = [
    ['available', 'available', ''],
    ['away', 'away', ''],
    ['lunch', 'away', 'lunch'],
    ['business_trip', 'xa', 'business_trip'],
    ['off_work', 'unavailable', 'off_work'],
    ['do_not_disturb', 'dnd', ''],
  ];
  test.each(written)('%s is the state %s with the subtype "%s"', (status, state, subtype) => {
    expect(presentityOf({ status })).toEqual({ state, subtype, message: '' });
    expect(presentityOf({ status, note: 'back at two' })).toEqual({ state, subtype, message: 'back at two' });
  });

  test('does not carry the end time, which the PBX has no place for', () => {
    expect(presentityOf({ status: 'lunch', until: '2026-11-21T13:00:00.000Z' })).toEqual({
      state: 'away',
      subtype: 'lunch',
      message: '',
    });
  });

  test('is read back as the same status and note', () => {
    fc.assert(
      fc.property(fc.constantFrom(...STATUSES), fc.string(), (status, note) => {
        const given = note ? { status, note } : { status };
        expect(statusOf(presentityOf(given))).toEqual(given);
      }),
    );
  });
});

describe('a presence state that others wrote', () => {
  const read: [string, string, EffectiveStatus['status'] | undefined][] = [
    ['available', '', 'available'],
    ['available', 'whatever', 'available'],
    ['chat', '', 'available'],
    ['away', '', 'away'],
    ['away', 'meeting', 'away'],
    ['away', 'lunch', 'lunch'],
    ['xa', '', 'business_trip'],
    ['xa', 'vacation', 'business_trip'],
    ['xa', 'business_trip', 'business_trip'],
    ['xa', 'off_work', 'off_work'],
    ['unavailable', '', 'off_work'],
    ['unavailable', 'sick', 'off_work'],
    ['dnd', '', 'do_not_disturb'],
    ['dnd', 'meeting', 'do_not_disturb'],
    ['not_set', '', undefined],
    ['', '', undefined],
    ['constructor', '', undefined],
    ['toString', '', undefined],
  ];
  test.each(read)('%s with the subtype "%s" means %s', (state, subtype, status) => {
    expect(statusOf({ state, subtype, message: '' })).toEqual(status && { status });
  });

  test('means the same in any case', () => {
    expect(statusOf({ state: 'AWAY', subtype: 'Lunch', message: 'Mahlzeit' })).toEqual({
      status: 'lunch',
      note: 'Mahlzeit',
    });
    expect(statusOf({ state: 'Xa', subtype: 'OFF_WORK', message: '' })).toEqual({ status: 'off_work' });
    expect(statusOf({ state: 'DND', subtype: '', message: '' })).toEqual({ status: 'do_not_disturb' });
  });

  test('that was never set says nothing, whatever its message', () => {
    expect(statusOf({ ...NOT_SET, message: 'left over' })).toBeUndefined();
  });
});
