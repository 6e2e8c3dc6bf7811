import { describe, expect, test } from 'vitest';
import type { Presentity } from '../../src/domain/presentity.ts';
import type { ExtensionFacts, Lamp } from '../../src/service/pbx-port.ts';
import { openBoard, outcomeOf, turn } from '../support/board-house.ts';
import { FakePbx, freshFacts, LAMP, PARTS, type Part } from '../support/fake-pbx.ts';

const DESK = 'Custom:DEVDND1001';
const said = (state: string, subtype = '', message = ''): Presentity => ({ state, subtype, message });

/** The extension 1001 as FreePBX has it: a lamp for the extension and one for its device, both out. */
async function house({ obedient = true } = {}) {
  const pbx = new FakePbx();
  pbx.obedient = obedient;
  pbx.put(freshFacts('1001', { lamps: { [LAMP('1001')]: 'off', [DESK]: 'off' } }));
  const made = openBoard({ pbx });
  pbx.snapshot();
  await made.started;
  /** What all places say, in one word each, and the status that is shown. */
  const places = (): Record<string, unknown> => {
    const { blocked, lamps, presentity } = pbx.facts('1001') as ExtensionFacts;
    const { status, note } = made.board.presence('1001') ?? {};
    return { status, note, blocked, lamp: lamps[LAMP('1001')], desk: lamps[DESK], said: presentity };
  };
  return { ...made, places };
}

type House = Awaited<ReturnType<typeof house>>;

const ALL_ON = { status: 'do_not_disturb', note: undefined, blocked: true, lamp: 'on', desk: 'on', said: said('dnd') };
const ALL_LUNCH = {
  ...{ status: 'lunch', note: 'pizza', blocked: false, lamp: 'off', desk: 'off' },
  said: said('away', 'lunch', 'pizza'),
};

describe('do not disturb', () => {
  const ways: [string, (house: House, on: boolean) => unknown][] = [
    ['AstDB alone', ({ pbx }, on) => pbx.change('1001', { blocked: on })],
    ['the DND device alone', ({ pbx }, on) => pbx.lamp('1001', on ? 'on' : 'off')],
    ["a device's DND device alone", ({ pbx }, on) => pbx.lamp('1001', on ? 'on' : 'off', DESK)],
    ['a client', ({ set }, on) => set('1001', on ? { status: 'do_not_disturb' } : { status: 'lunch', note: 'pizza' })],
    [
      'a feature code of FreePBX',
      ({ pbx }, on) => {
        const lamp: Lamp = on ? 'on' : 'idle';
        pbx.change('1001', { blocked: on, lamps: { [LAMP('1001')]: lamp, [DESK]: lamp } });
      },
    ],
    [
      'the presence state alone',
      ({ pbx }, on) => pbx.change('1001', { presentity: on ? said('dnd') : said('AWAY', 'lunch', 'pizza') }),
    ],
  ];

  test.each(ways)('set and taken off by %s ends the same everywhere, and lunch is back', async (_, turnDnd) => {
    const made = await house();
    await made.set('1001', { status: 'lunch', note: 'pizza' });
    await turnDnd(made, true);
    await turn();
    expect(made.places()).toEqual(ALL_ON);
    await turnDnd(made, false);
    await turn();
    expect({ ...made.places(), said: { ...said('away', 'lunch', 'pizza') } }).toEqual(ALL_LUNCH);
    expect(made.pbx.open.size).toBe(0);
    expect(made.reports).toEqual([]);
  });

  test.each(ways)('set by %s is carried to the other places once', async (_, turnDnd) => {
    const made = await house();
    await turnDnd(made, true);
    await turn();
    expect(made.pbx.takeOrders()).toEqual([{ number: '1001', blocked: true, presentity: said('dnd') }]);
  });

  test('set while the PBX was not connected is found when it is back', async () => {
    for (const [way, turnDnd] of ways) {
      if (way === 'a client') continue;
      const made = await house();
      made.pbx.cut();
      await turnDnd(made, true);
      made.pbx.snapshot();
      await turn();
      // A lamp alone says nothing after an outage: AstDB decides, and the lamp is put out.
      const isLamp = way.includes('DND device');
      expect([way, made.places()['status']]).toEqual([way, isLamp ? 'available' : 'do_not_disturb']);
      expect([way, made.places()['blocked'], made.places()['lamp'], made.places()['desk']]).toEqual(
        isLamp ? [way, false, 'off', 'off'] : [way, true, 'on', 'on'],
      );
    }
  });

  test('that a phone sets and takes off while a timed status runs leaves that status and its end', async () => {
    const { board, pbx, set, clock } = await house();
    const until = '2026-01-05T09:00:00.000Z';
    await set('1001', { status: 'lunch', until });
    pbx.change('1001', { blocked: true });
    await turn();
    pbx.change('1001', { blocked: false });
    await turn();
    expect(board.presence('1001')).toMatchObject({ status: 'lunch', until });
    clock.pass(3_600_000);
    await turn();
    expect(board.presence('1001')?.status).toBe('available');
  });

  test('P21: that runs over a timed status uncovers what is left when it ends', async () => {
    const { board, set, clock, places } = await house();
    await set('1001', { status: 'away', until: '2026-01-05T09:00:00.000Z' });
    await set('1001', { status: 'do_not_disturb', note: 'exam', until: '2026-01-05T08:30:00.000Z' });
    expect(places()).toMatchObject({ status: 'do_not_disturb', blocked: true, said: said('dnd', '', 'exam') });
    clock.pass(30 * 60_000);
    await turn();
    expect(places()).toMatchObject({ status: 'away', blocked: false, lamp: 'off', said: said('away') });
    expect(board.presence('1001')).toMatchObject({ until: '2026-01-05T09:00:00.000Z' });
    clock.pass(30 * 60_000);
    await turn();
    expect(places()).toMatchObject({ status: 'available', said: said('available') });
  });

  test('does not end because a lamp that was unknown is found to be out', async () => {
    const { pbx, places } = await house();
    pbx.change('1001', { blocked: true });
    await turn();
    pbx.lamp('1001', 'idle', 'Custom:DEVDND2001');
    await turn();
    expect(places()).toEqual(ALL_ON);
    expect(pbx.facts('1001')?.lamps['Custom:DEVDND2001']).toBe('on');
  });
});

describe('a client that toggles quickly', () => {
  test('ends with what it chose last, in whatever order the echoes come', async () => {
    const orders: Part[][] = [
      ['blocked', 'lamps', 'presentity'],
      ['presentity', 'lamps', 'blocked'],
      ['lamps', 'presentity', 'blocked'],
    ];
    for (const parts of orders) {
      const { set, pbx, places, reports } = await house({ obedient: false });
      const outcomes = (['do_not_disturb', 'available', 'do_not_disturb'] as const).map((status) =>
        outcomeOf(set('1001', { status })),
      );
      for (let i = 0; i < 3; i++) {
        await turn();
        expect(pbx.open.size).toBe(1);
        const [order] = pbx.open;
        for (const part of parts) {
          order?.write(part);
          await turn();
        }
        order?.confirm();
      }
      await turn();
      expect(outcomes.map((outcome) => outcome())).toMatchObject([
        { status: 'do_not_disturb' },
        { status: 'available' },
        { status: 'do_not_disturb' },
      ]);
      expect(places()).toEqual(ALL_ON);
      expect(pbx.orders.map(({ blocked }) => blocked)).toEqual([true, false, true]);
      expect(reports).toEqual([]);
    }
  });

  test('between statuses that do not touch calls waits for no order, and the PBX gets the last', async () => {
    const { set, pbx, places } = await house({ obedient: false });
    await set('1001', { status: 'away' });
    await set('1001', { status: 'business_trip' });
    await set('1001', { status: 'lunch', note: 'pizza' });
    pbx.orders[0]?.finish();
    await turn();
    expect(pbx.orders.map(({ presentity }) => presentity.subtype)).toEqual(['', 'lunch']);
    pbx.orders[1]?.finish();
    await turn();
    expect(places()).toEqual(ALL_LUNCH);
  });
});

describe('a change from elsewhere while an order is carried out', () => {
  test('is the newest and wins: DND taken off at the phone', async () => {
    const { set, pbx, places } = await house({ obedient: false });
    await set('1001', { status: 'lunch', note: 'pizza' });
    pbx.orders.shift()?.finish();
    await turn();
    const answered = outcomeOf(set('1001', { status: 'do_not_disturb' }));
    await turn();
    const order = pbx.orders.shift();
    order?.write('blocked');
    order?.write('lamps');
    pbx.change('1001', { blocked: false, lamps: { [LAMP('1001')]: 'idle', [DESK]: 'idle' } });
    order?.write('presentity');
    order?.confirm();
    await turn();
    pbx.orders.shift()?.finish();
    await turn();
    expect(places()).toEqual(ALL_LUNCH);
    expect(answered()).toMatchObject({ status: 'lunch' });
  });

  test('is the newest and wins: another status written by another program', async () => {
    const { set, pbx, places } = await house({ obedient: false });
    await set('1001', { status: 'lunch' });
    pbx.change('1001', { presentity: said('xa', 'rome') });
    pbx.orders[0]?.confirm();
    await turn();
    for (const order of [...pbx.open]) order.finish();
    await turn();
    expect(places()).toMatchObject({ status: 'business_trip', blocked: false });
    expect(places()['said']).toMatchObject({ state: 'xa' });
  });

  test('while the disk is written comes after the change that is written', async () => {
    const { set, pbx, places, board, store } = await house();
    const commit = store.commit.bind(store);
    let write: () => void = () => undefined;
    const disk = new Promise<void>((resolve) => (write = resolve));
    store.commit = (writes) => disk.then(() => commit(writes));
    const answered = set('1001', { status: 'lunch', note: 'pizza' });
    await turn();
    pbx.change('1001', { blocked: true });
    expect(board.presence('1001')?.status).toBe('do_not_disturb');
    write();
    await answered;
    await turn();
    expect(places()).toEqual(ALL_ON);
    expect(store.get('statuses', '1001')?.value).toMatchObject({
      chosen: { base: { status: 'lunch', note: 'pizza' }, dnd: {} },
      places: { blocked: true },
    });
    pbx.change('1001', { blocked: false });
    await turn();
    expect(places()).toEqual(ALL_LUNCH);
  });

  test('while the disk fails is not undone', async () => {
    const { set, pbx, board, store } = await house();
    const commit = store.commit.bind(store);
    let refuse: (error: Error) => void = () => undefined;
    store.commit = () => new Promise((_, reject) => (refuse = reject));
    const answered = outcomeOf(set('1001', { status: 'lunch' }));
    await turn();
    pbx.change('1001', { blocked: true });
    refuse(new Error('the disk is full'));
    await turn();
    store.commit = commit;
    expect(answered()).toEqual(new Error('the disk is full'));
    expect(board.presence('1001')?.status).toBe('do_not_disturb');
    pbx.change('1001', { blocked: false });
    expect(board.presence('1001')?.status).toBe('available');
  });

  test('that removes the extension ends it', async () => {
    const { set, pbx, board } = await house({ obedient: false });
    const answered = outcomeOf(set('1001', { status: 'do_not_disturb' }));
    await turn();
    const [order] = pbx.orders;
    pbx.remove('1001');
    pbx.snapshot();
    await turn();
    expect(answered()).toBe('not_found');
    order?.fail();
    await turn();
    expect(board.has('1001')).toBe(false);
    expect(pbx.orders).toHaveLength(1);
  });
});

describe('an Asterisk that is killed', () => {
  test('right after a write forgets it, and gets it again', async () => {
    const { set, pbx, places, clock } = await house();
    await set('1001', { status: 'do_not_disturb' });
    clock.pass(1_000);
    pbx.cut();
    pbx.change('1001', {
      blocked: false,
      lamps: { [LAMP('1001')]: 'off', [DESK]: 'off' },
      presentity: said('not_set'),
    });
    clock.pass(10_000);
    pbx.snapshot();
    await turn();
    expect(places()).toEqual(ALL_ON);
  });

  test('long after a write knows what it says', async () => {
    const { set, pbx, places, clock } = await house();
    await set('1001', { status: 'do_not_disturb' });
    clock.pass(60_000);
    pbx.cut();
    pbx.change('1001', { blocked: false, lamps: { [LAMP('1001')]: 'off', [DESK]: 'off' } });
    pbx.snapshot();
    await turn();
    expect(places()).toMatchObject({ status: 'available', blocked: false, lamp: 'off' });
  });
});

describe('a link that is lost in the middle of an order', () => {
  /** Lunch is being written when the link is lost; how much of it arrived, only the PBX knows. */
  async function interrupted(arrived: readonly Part[]) {
    const made = await house({ obedient: false });
    await made.set('1001', { status: 'lunch' });
    const [order] = made.pbx.orders;
    made.pbx.cut();
    for (const part of arrived) order?.write(part);
    made.pbx.obedient = true;
    return made;
  }

  test.each([[[]], [['presentity']], [[...PARTS]]] as Part[][][])(
    'does not bring back what was chosen before (%j arrived)',
    async (arrived) => {
      const { set, pbx, places } = await interrupted(arrived);
      await set('1001', { status: 'business_trip' });
      pbx.snapshot();
      await turn();
      expect(places()).toMatchObject({ status: 'business_trip', said: said('xa', 'business_trip') });
    },
  );

  test.each([[[]], [['presentity']]] as Part[][][])(
    'does not hide what somebody changes during a later outage (%j arrived)',
    async (arrived) => {
      const { set, pbx, places, clock } = await interrupted(arrived);
      await set('1001', { status: 'available' });
      pbx.snapshot();
      await turn();
      expect(places()).toMatchObject({ status: 'available' });
      clock.pass(60_000);
      pbx.cut();
      pbx.change('1001', { presentity: said('away', 'lunch') });
      pbx.snapshot();
      await turn();
      expect(places()).toMatchObject({ status: 'lunch' });
    },
  );

  test('refuses DND to the client, and DND that arrived after all is taken off again', async () => {
    const { set, pbx, places } = await house({ obedient: false });
    const answered = outcomeOf(set('1001', { status: 'do_not_disturb' }));
    await turn();
    const [order] = pbx.orders;
    pbx.cut();
    await turn();
    expect(answered()).toBe('pbx_away');
    expect(places()['status']).toBe('available');
    for (const part of PARTS) order?.write(part);
    pbx.obedient = true;
    pbx.snapshot();
    await turn();
    expect(places()).toMatchObject({ status: 'available', blocked: false, lamp: 'off', desk: 'off' });
  });
});
