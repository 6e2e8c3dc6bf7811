import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  adopt,
  agree,
  firstSeen,
  isHalfSet,
  type Lamp,
  type Places,
  samePlaces,
  sameWanted,
  type WantedPlaces,
  wantedPlaces,
} from '../../src/domain/dnd.ts';
import { NOT_SET, type Presentity, presentityOf } from '../../src/domain/presentity.ts';
import { AVAILABLE, type ChosenStatus, choose, effective, withDnd } from '../../src/domain/status.ts';

const ONE = '2026-11-21T13:00:00.000Z';
const LAMP = 'Custom:DND1001';
const DESK = 'Custom:DEVDND1001';

const LUNCH = choose(AVAILABLE, { status: 'lunch', note: 'pizza', until: ONE });
const DND = withDnd(LUNCH, true);

/** The places as they are when all of them show what is chosen. */
function settled(chosen: ChosenStatus, lamps: readonly string[] = [LAMP]): Places {
  const { blocked, presentity } = wantedPlaces(chosen);
  return { blocked, presentity, lamps: Object.fromEntries(lamps.map((lamp) => [lamp, blocked ? 'on' : 'off'])) };
}

const said = (state: string, subtype = '', message = ''): Presentity => ({ state, subtype, message });

const lamps = fc.dictionary(fc.constantFrom(LAMP, DESK), fc.constantFrom<Lamp>('on', 'off', 'idle', 'unset'));
const presentity = fc.record({
  state: fc.constantFrom('not_set', 'available', 'AWAY', 'xa', 'chat', 'unavailable', 'dnd'),
  subtype: fc.constantFrom('', 'lunch', 'off_work', 'other'),
  message: fc.constantFrom('', 'back soon'),
});
const places: fc.Arbitrary<Places> = fc.record({ blocked: fc.boolean(), lamps, presentity });
const chosen = fc.constantFrom<ChosenStatus>(
  AVAILABLE,
  LUNCH,
  DND,
  choose(AVAILABLE, { status: 'away' }),
  choose(LUNCH, { status: 'do_not_disturb', note: 'exam' }),
);
const writing = fc.option(chosen.map(wantedPlaces), { nil: undefined });

describe('what is wanted of the PBX', () => {
  test('is that calls are refused with DND, and let through with anything else', () => {
    expect(wantedPlaces(DND)).toEqual({ blocked: true, presentity: said('dnd') });
    expect(wantedPlaces(LUNCH)).toEqual({ blocked: false, presentity: said('away', 'lunch', 'pizza') });
  });

  test('is the same only with the same value in every part', () => {
    const wanted = wantedPlaces(LUNCH);
    expect(sameWanted(wanted, wantedPlaces(LUNCH))).toBe(true);
    expect(sameWanted(wanted, { ...wanted, blocked: true })).toBe(false);
    for (const other of [said('xa', 'lunch', 'pizza'), said('away', '', 'pizza'), said('away', 'lunch')]) {
      expect(sameWanted(wanted, { ...wanted, presentity: other })).toBe(false);
    }
  });
});

describe('places', () => {
  test('are the same only with the same lamps', () => {
    const now = settled(DND, [LAMP, DESK]);
    expect(samePlaces(now, settled(DND, [DESK, LAMP]))).toBe(true);
    expect(samePlaces(now, settled(DND))).toBe(false);
    expect(samePlaces(settled(DND), now)).toBe(false);
    expect(samePlaces(now, { ...now, lamps: { ...now.lamps, [DESK]: 'off' } })).toBe(false);
    expect(samePlaces(now, { ...now, blocked: false })).toBe(false);
    expect(samePlaces(now, { ...now, presentity: NOT_SET })).toBe(false);
  });

  test('agree with what they were set to', () => {
    fc.assert(
      fc.property(chosen, (status) => {
        expect(agree(settled(status, [LAMP, DESK]), wantedPlaces(status))).toBe(true);
      }),
    );
  });

  const off = settled(AVAILABLE, [LAMP, DESK]);
  const on = settled(DND, [LAMP, DESK]);
  const differing: [string, Places, ChosenStatus, boolean][] = [
    ['AstDB refuses calls', { ...off, blocked: true }, AVAILABLE, false],
    ['AstDB lets calls through', { ...on, blocked: false }, DND, false],
    ['a lamp is lit', { ...off, lamps: { [LAMP]: 'off', [DESK]: 'on' } }, AVAILABLE, false],
    [
      'a lamp is NOT_INUSE, which makes an absent phone look free',
      { ...off, lamps: { [LAMP]: 'idle' } },
      AVAILABLE,
      false,
    ],
    ['a lamp was never lit', { ...off, lamps: { [LAMP]: 'unset', [DESK]: 'off' } }, AVAILABLE, true],
    ['a lamp is out', { ...on, lamps: { [LAMP]: 'on', [DESK]: 'off' } }, DND, false],
    ['a lamp is NOT_INUSE', { ...on, lamps: { [LAMP]: 'idle' } }, DND, false],
    ['a lamp was never lit, with DND', { ...on, lamps: { [LAMP]: 'unset' } }, DND, false],
    ['there is no lamp', { ...on, lamps: {} }, DND, true],
    ['the presentity was never set', { ...off, presentity: NOT_SET }, AVAILABLE, true],
    ['the presentity was never set, with a status', { ...off, presentity: NOT_SET }, LUNCH, false],
    ['the presentity says the same in other words', { ...off, presentity: said('CHAT', 'x') }, AVAILABLE, true],
    ['the presentity says something else', { ...off, presentity: said('away') }, AVAILABLE, false],
    ['the note differs', { ...off, presentity: said('away', 'lunch', 'soup') }, LUNCH, false],
    ['the presentity does not say DND', { ...on, presentity: NOT_SET }, DND, false],
  ];
  test.each(differing)('where %s', (_, now, status, expected) => {
    expect(agree(now, wantedPlaces(status))).toBe(expected);
  });

  test('are half set when a lamp contradicts AstDB', () => {
    expect(isHalfSet(settled(DND, [LAMP, DESK]))).toBe(false);
    expect(isHalfSet(settled(LUNCH, [LAMP, DESK]))).toBe(false);
    expect(isHalfSet({ ...on, lamps: { [LAMP]: 'on', [DESK]: 'idle' } })).toBe(true);
    expect(isHalfSet({ ...off, lamps: { [LAMP]: 'off', [DESK]: 'on' } })).toBe(true);
    expect(isHalfSet({ ...off, lamps: { [LAMP]: 'idle' } })).toBe(false);
    expect(isHalfSet({ ...on, lamps: { [LAMP]: 'unset' } })).toBe(false);
    expect(isHalfSet({ ...on, lamps: {} })).toBe(false);
  });
});

describe('a change at one place alone', () => {
  const off = settled(LUNCH, [LAMP, DESK]);
  const on = settled(DND, [LAMP, DESK]);
  const turnedOn: [string, Places][] = [
    ['AstDB', { ...off, blocked: true }],
    ['the DND device', { ...off, lamps: { ...off.lamps, [LAMP]: 'on' } }],
    ["a device's own DND device", { ...off, lamps: { ...off.lamps, [DESK]: 'on' } }],
    ['the presentity', { ...off, presentity: said('dnd') }],
  ];
  test.each(turnedOn)('%s turns DND on over lunch', (_, now) => {
    expect(adopt(LUNCH, off, now, undefined)).toEqual(DND);
  });

  const turnedOff: [string, Places][] = [
    ['AstDB', { ...on, blocked: false }],
    ['the DND device', { ...on, lamps: { ...on.lamps, [LAMP]: 'off' } }],
    ['the DND device as FreePBX writes it', { ...on, lamps: { ...on.lamps, [LAMP]: 'idle' } }],
    ["a device's own DND device", { ...on, lamps: { ...on.lamps, [DESK]: 'off' } }],
  ];
  test.each(turnedOff)('%s turns DND off, and lunch is back with its note and end', (_, now) => {
    expect(adopt(DND, on, now, undefined)).toEqual(LUNCH);
  });

  test('P26: of the presentity is a new status', () => {
    expect(adopt(LUNCH, off, { ...off, presentity: said('xa', 'rome', 'ciao') }, undefined)).toEqual({
      base: { status: 'business_trip', note: 'ciao' },
    });
    expect(adopt(DND, on, { ...on, presentity: said('available') }, undefined)).toEqual(AVAILABLE);
  });

  test('of the note alone keeps the end of the status', () => {
    expect(adopt(LUNCH, off, { ...off, presentity: said('away', 'lunch', 'soup') }, undefined)).toEqual({
      base: AVAILABLE.base,
      timed: { status: 'lunch', note: 'soup', until: ONE },
    });
    const timed = choose(LUNCH, { status: 'do_not_disturb', note: 'exam', until: ONE });
    const now = { ...settled(timed), presentity: said('dnd', '', 'test') };
    expect(adopt(timed, settled(timed), now, undefined)).toEqual({ ...LUNCH, dnd: { note: 'test', until: ONE } });
  });

  test('of a lamp that was never lit turns DND on', () => {
    const before: Places = { ...off, lamps: { [LAMP]: 'unset' } };
    expect(adopt(LUNCH, before, { ...before, lamps: { [LAMP]: 'on' } }, undefined)).toEqual(DND);
  });

  test('of a lamp that only becomes known as out does not turn DND off', () => {
    for (const lamp of ['off', 'idle'] as const) {
      expect(adopt(DND, on, { ...on, lamps: { ...on.lamps, 'Custom:DEVDND2001': lamp } }, undefined)).toBe(DND);
      const unset: Places = { ...on, lamps: { [LAMP]: 'unset' } };
      expect(adopt(DND, unset, { ...on, lamps: { [LAMP]: lamp } }, undefined)).toBe(DND);
    }
  });

  test('of a lamp from one way of being out to the other turns DND off: it was lit unseen', () => {
    const lighting: Places = { ...on, lamps: { [LAMP]: 'off' } };
    expect(adopt(DND, lighting, { ...on, lamps: { [LAMP]: 'idle' } }, wantedPlaces(DND))).toEqual(LUNCH);
  });

  test('of a lamp that was out and is out in another way turns DND off: it was lit, and only the end of that was seen', () => {
    const before: Places = { ...on, lamps: { [LAMP]: 'off', [DESK]: 'on' } };
    expect(adopt(DND, before, { ...before, lamps: { [LAMP]: 'idle', [DESK]: 'on' } }, undefined)).toEqual(LUNCH);
  });

  test('of a presentity that loses its opinion says nothing', () => {
    expect(adopt(LUNCH, off, { ...off, presentity: NOT_SET }, undefined)).toBe(LUNCH);
  });
});

describe('changes at several places at once', () => {
  test('as a feature code makes them turn DND on and off as a whole', () => {
    const [off, on] = [settled(LUNCH, [LAMP, DESK]), settled(DND, [LAMP, DESK])];
    expect(adopt(LUNCH, off, on, undefined)).toEqual(DND);
    const idle: Places = { blocked: false, lamps: { [LAMP]: 'idle', [DESK]: 'idle' }, presentity: on.presentity };
    expect(adopt(DND, on, idle, undefined)).toEqual(LUNCH);
  });

  test('that contradict each other: AstDB goes before lamps, a lit lamp before one that is out', () => {
    const off = settled(LUNCH, [LAMP, DESK]);
    const on = settled(DND, [LAMP, DESK]);
    expect(adopt(DND, on, { ...on, blocked: false, lamps: { ...on.lamps, 'Custom:NEW': 'on' } }, undefined)).toEqual(
      LUNCH,
    );
    const mixed: Places = { ...off, lamps: { [LAMP]: 'on', [DESK]: 'off' } };
    const before: Places = { ...off, lamps: { [LAMP]: 'off', [DESK]: 'on' } };
    expect(adopt(LUNCH, before, mixed, undefined)).toEqual(DND);
  });

  test('of which the presentity says a status and AstDB DND are that status with DND over it', () => {
    const off = settled(AVAILABLE);
    expect(adopt(AVAILABLE, off, { ...off, blocked: true, presentity: said('away', 'lunch') }, undefined)).toEqual({
      base: { status: 'lunch' },
      dnd: {},
    });
  });
});

describe('while an order is being written', () => {
  const on = wantedPlaces(DND);
  const off = wantedPlaces(LUNCH);

  test('its own values change nothing, in whatever order they come', () => {
    const before = settled(LUNCH, [LAMP, DESK]);
    const after = settled(DND, [LAMP, DESK]);
    const echoes: ((now: Places) => Places)[] = [
      (now) => ({ ...now, blocked: after.blocked }),
      (now) => ({ ...now, lamps: { ...now.lamps, [LAMP]: 'on' } }),
      (now) => ({ ...now, lamps: { ...now.lamps, [DESK]: 'on' } }),
      (now) => ({ ...now, presentity: after.presentity }),
    ];
    const orders = fc.shuffledSubarray(echoes, { minLength: echoes.length });
    fc.assert(
      fc.property(orders, fc.constantFrom(DND, LUNCH, AVAILABLE), (order, status) => {
        let now = before;
        for (const echo of order) {
          const next = echo(now);
          expect(adopt(status, now, next, on)).toBe(status);
          now = next;
        }
      }),
    );
  });

  test('a value against it was set by somebody else and is the newest', () => {
    const midway = settled(DND);
    expect(adopt(DND, midway, { ...midway, blocked: false }, on)).toEqual(LUNCH);
    expect(adopt(DND, midway, { ...midway, lamps: { [LAMP]: 'idle' } }, on)).toEqual(LUNCH);
    expect(adopt(LUNCH, settled(LUNCH), { ...settled(LUNCH), blocked: true }, off)).toEqual(DND);
    expect(adopt(DND, midway, { ...midway, presentity: said('away') }, on)).toEqual({ base: { status: 'away' } });
  });

  test('of one status, another status said by the PBX is taken', () => {
    const now = { ...settled(AVAILABLE), presentity: said('xa') };
    expect(adopt(LUNCH, settled(AVAILABLE), now, off)).toEqual({ base: { status: 'business_trip' } });
  });
});

describe('whatever the places say', () => {
  test('nothing changes when they stay as they are', () => {
    fc.assert(
      fc.property(chosen, places, writing, (status, now, order) => {
        expect(adopt(status, now, { ...now }, order)).toBe(status);
      }),
    );
  });

  test('values that are being written or already chosen never change what is chosen', () => {
    fc.assert(
      fc.property(chosen, places, (status, before) => {
        const now = settled(status, Object.keys(before.lamps));
        expect(adopt(status, before, now, undefined)).toEqual(status);
        expect(adopt(status, before, now, wantedPlaces(status))).toBe(status);
      }),
    );
  });

  test('a change of AstDB decides about DND', () => {
    fc.assert(
      fc.property(chosen, places, places, (status, before, after) => {
        const now = { ...after, blocked: !before.blocked };
        expect(effective(adopt(status, before, now, undefined)).status === 'do_not_disturb').toBe(now.blocked);
      }),
    );
  });
});

describe('an extension seen for the first time', () => {
  const seen: [string, Places, ChosenStatus][] = [
    ['without any opinion is available', { blocked: false, lamps: {}, presentity: NOT_SET }, AVAILABLE],
    [
      'has the status of its presentity',
      settled(choose(AVAILABLE, { status: 'lunch', note: 'pizza' })),
      { base: { status: 'lunch', note: 'pizza' } },
    ],
    [
      'has DND by AstDB over the status of its presentity',
      { ...settled(choose(AVAILABLE, { status: 'away' })), blocked: true },
      { base: { status: 'away' }, dnd: {} },
    ],
    [
      'has DND with the note of its presentity',
      { blocked: true, lamps: {}, presentity: said('dnd', '', 'exam') },
      { ...AVAILABLE, dnd: { note: 'exam' } },
    ],
    ['has no DND by a lamp alone', { blocked: false, lamps: { [LAMP]: 'on' }, presentity: NOT_SET }, AVAILABLE],
    [
      'has no DND by its presentity alone',
      { blocked: false, lamps: {}, presentity: said('dnd', '', 'exam') },
      AVAILABLE,
    ],
    [
      'has DND by AstDB whatever the lamp',
      { blocked: true, lamps: { [LAMP]: 'idle' }, presentity: NOT_SET },
      { ...AVAILABLE, dnd: {} },
    ],
  ];
  test.each(seen)('%s', (_, now, expected) => {
    expect(firstSeen(now)).toEqual(expected);
  });

  test('always has DND when AstDB says so, and never when not', () => {
    fc.assert(
      fc.property(places, (now) => {
        expect(effective(firstSeen(now)).status === 'do_not_disturb').toBe(now.blocked);
      }),
    );
  });

  test('with places that show a status has that status', () => {
    for (const status of ['available', 'away', 'lunch', 'business_trip', 'off_work', 'do_not_disturb'] as const) {
      const wanted: WantedPlaces = {
        blocked: status === 'do_not_disturb',
        presentity: presentityOf({ status, note: 'n' }),
      };
      expect(effective(firstSeen({ ...wanted, lamps: {} }))).toEqual({ status, note: 'n' });
    }
  });
});
