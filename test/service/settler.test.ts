import { describe, expect, test } from 'vitest';
import { type Places, wantedPlaces } from '../../src/domain/dnd.ts';
import { AVAILABLE, type ChosenStatus, choose } from '../../src/domain/status.ts';
import type { ReportFields } from '../../src/service/report.ts';
import { Settler, type Situation } from '../../src/service/settler.ts';
import { outcomeOf, turn } from '../support/board-house.ts';
import { FakePbx, freshFacts } from '../support/fake-pbx.ts';
import { HandClock } from '../support/hand-clock.ts';

const DND = choose(AVAILABLE, { status: 'do_not_disturb' });
const LUNCH = choose(AVAILABLE, { status: 'lunch' });
const FRESH: Places = { blocked: false, lamps: {}, presentity: freshFacts('1001').presentity };

/** A settler for 1001 with what is chosen, over a PBX that is connected and obeys nothing by itself. */
function house(chosen: ChosenStatus = DND) {
  const pbx = new FakePbx();
  pbx.put(freshFacts('1001', { ...FRESH }));
  pbx.snapshot();
  const clock = new HandClock();
  const reports: [string, ReportFields | undefined][] = [];
  const state = { chosen, known: true };
  const situation = (): Situation | undefined => {
    const facts = pbx.facts('1001');
    if (!facts || !state.known) return undefined;
    const { blocked, lamps, presentity } = facts;
    return { places: { blocked, lamps, presentity }, wanted: wantedPlaces(state.chosen) };
  };
  const settler = new Settler({ pbx, clock, situation, report: (event, fields) => reports.push([event, fields]) });
  settler.connected = true;
  return { pbx, clock, settler, reports, state };
}

const ORDER_FAILED = ['presence.order_failed', { extension: '1001', error: 'the PBX refused the change' }];

describe('settling', () => {
  test('where everything agrees resolves at once and orders nothing', async () => {
    const { settler, pbx } = house(AVAILABLE);
    await settler.settle('1001');
    expect(pbx.orders).toEqual([]);
  });

  test('of an extension that is not there resolves and orders nothing', async () => {
    const { settler, pbx, state } = house();
    state.known = false;
    await settler.settle('1001');
    expect(pbx.orders).toEqual([]);
  });

  test('resolves when the order is carried out', async () => {
    const { settler, pbx } = house();
    const done = outcomeOf(settler.settle('1001'));
    expect(pbx.orders).toHaveLength(1);
    expect(settler.writing('1001')).toEqual(wantedPlaces(DND));
    await turn();
    expect(done()).toBe('waiting');
    pbx.orders[0]?.finish();
    await turn();
    expect(done()).toBeUndefined();
    expect(settler.writing('1001')).toBeUndefined();
  });

  test('carries out one order at a time, and the newest wish next', async () => {
    const { settler, pbx, state } = house();
    const first = outcomeOf(settler.settle('1001'));
    state.chosen = LUNCH;
    const second = outcomeOf(settler.settle('1001'));
    state.chosen = choose(LUNCH, { status: 'away' });
    const third = outcomeOf(settler.settle('1001'));
    expect(pbx.takeOrders()).toEqual([{ number: '1001', ...wantedPlaces(DND) }]);
    for (const order of pbx.open) order.finish();
    await turn();
    expect(pbx.takeOrders()).toEqual([{ number: '1001', ...wantedPlaces(state.chosen) }]);
    for (const order of pbx.open) order.finish();
    await turn();
    expect([first(), second(), third()]).toEqual([undefined, undefined, undefined]);
  });

  test('while the PBX is not connected rejects and orders nothing', async () => {
    const { settler, pbx } = house();
    settler.connected = false;
    await expect(settler.settle('1001')).rejects.toMatchObject({ code: 'pbx_away' });
    expect(pbx.orders).toEqual([]);
  });

  test('ends without an order when the extension is forgotten', async () => {
    const { settler, pbx } = house();
    const done = outcomeOf(settler.settle('1001'));
    settler.forget('1001');
    await turn();
    expect(done()).toBeUndefined();
    pbx.orders[0]?.fail();
    await turn();
    expect(pbx.orders).toHaveLength(1);
  });
});

describe('an order that fails', () => {
  test('rejects, is reported once, and is tried again after 5 s, 10 s … up to 5 minutes', async () => {
    const { settler, pbx, clock, reports } = house();
    const done = outcomeOf(settler.settle('1001'));
    const waits: number[] = [];
    for (let n = 0; n < 10; n++) {
      pbx.takeOrders();
      for (const order of pbx.open) order.fail();
      await turn();
      let waited = 0;
      while (pbx.orders.length === 0 && waited < 1_000_000) {
        clock.pass(1_000);
        waited += 1_000;
      }
      waits.push(waited / 1000);
    }
    expect(done()).toBe('pbx_away');
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300, 300]);
    expect(reports).toEqual([ORDER_FAILED]);
  });

  test('is not tried again sooner because something else happened at the extension', async () => {
    const { settler, pbx, clock } = house();
    settler.nudge('1001');
    pbx.orders[0]?.fail();
    await turn();
    pbx.change('1001', { line: 'ringing' });
    settler.nudge('1001');
    settler.nudge('1001');
    expect(pbx.orders).toHaveLength(1);
    clock.pass(5_000);
    expect(pbx.orders).toHaveLength(2);
  });

  test('is tried at once when somebody waits for it again', async () => {
    const { settler, pbx, clock } = house();
    settler.nudge('1001');
    pbx.orders[0]?.fail();
    await turn();
    const done = outcomeOf(settler.settle('1001'));
    expect(pbx.orders).toHaveLength(2);
    pbx.orders[1]?.finish();
    await turn();
    expect(done()).toBeUndefined();
    expect(clock.waiting).toBe(0);
  });

  test('gives way at once to another wish', async () => {
    const { settler, pbx, state, clock } = house();
    const first = outcomeOf(settler.settle('1001'));
    state.chosen = LUNCH;
    settler.nudge('1001');
    pbx.orders[0]?.fail();
    await turn();
    expect(first()).toBe('pbx_away');
    expect(pbx.takeOrders().at(-1)).toEqual({ number: '1001', ...wantedPlaces(LUNCH) });
    expect(clock.waiting).toBe(0);
  });

  test('does not fail for who asked for something else meanwhile', async () => {
    const { settler, pbx, state } = house();
    const first = outcomeOf(settler.settle('1001'));
    state.chosen = LUNCH;
    const second = outcomeOf(settler.settle('1001'));
    pbx.orders[0]?.fail();
    await turn();
    pbx.orders[1]?.finish();
    await turn();
    expect([first(), second()]).toEqual(['pbx_away', undefined]);
  });

  test('is not tried again when the wish has gone', async () => {
    const { settler, pbx, state, clock } = house();
    settler.nudge('1001');
    pbx.orders[0]?.fail();
    await turn();
    state.chosen = AVAILABLE;
    clock.pass(5_000);
    expect(pbx.orders).toHaveLength(1);
    expect(clock.waiting).toBe(0);
  });

  test('because the link was lost waits for the link', async () => {
    const { settler, pbx, clock } = house();
    settler.nudge('1001');
    settler.connected = false;
    pbx.orders[0]?.fail();
    await turn();
    expect(clock.waiting).toBe(0);
    settler.connected = true;
    settler.nudge('1001');
    expect(pbx.orders).toHaveLength(2);
  });

  test('after the link was back counts as a new failure, but a check does not make it one', async () => {
    const { settler, pbx, reports } = house();
    settler.nudge('1001');
    pbx.orders[0]?.fail();
    await turn();
    settler.connected = true;
    settler.nudge('1001');
    expect(pbx.orders).toHaveLength(1);
    settler.connected = false;
    settler.connected = true;
    settler.nudge('1001');
    pbx.orders[1]?.fail();
    await turn();
    expect(reports).toEqual([ORDER_FAILED, ORDER_FAILED]);
  });

  test('leaves no timer behind when the extension goes or everything ends', async () => {
    for (const end of ['forget', 'stop'] as const) {
      const { settler, pbx, clock } = house();
      settler.nudge('1001');
      pbx.orders[0]?.fail();
      await turn();
      expect(clock.waiting).toBe(1);
      if (end === 'forget') settler.forget('1001');
      else settler.stop();
      expect(clock.waiting).toBe(0);
    }
  });
});

describe('an order that was carried out as far as the PBX can', () => {
  test('is enough, and is not given again while nothing changes', async () => {
    const { settler, pbx, reports, clock } = house();
    const done = outcomeOf(settler.settle('1001'));
    pbx.orders[0]?.write('blocked');
    pbx.orders[0]?.confirm();
    await turn();
    expect(done()).toBeUndefined();
    pbx.change('1001', { line: 'ringing' });
    settler.nudge('1001');
    await settler.settle('1001');
    expect(pbx.orders).toHaveLength(1);
    expect([reports, clock.waiting]).toEqual([[], 0]);
  });

  test('is given again when the places change or something else is wanted', async () => {
    const { settler, pbx, state } = house();
    settler.nudge('1001');
    pbx.orders[0]?.write('blocked');
    pbx.orders[0]?.confirm();
    await turn();
    pbx.change('1001', { blocked: false });
    settler.nudge('1001');
    expect(pbx.orders).toHaveLength(2);
    pbx.orders[1]?.write('blocked');
    pbx.orders[1]?.confirm();
    await turn();
    state.chosen = LUNCH;
    settler.nudge('1001');
    expect(pbx.orders).toHaveLength(3);
  });
});

test('nothing is left in memory for those who did not wait, however often they ask', async () => {
  const { settler, pbx } = house();
  for (let n = 0; n < 10_000; n++) settler.nudge('1001');
  pbx.orders[0]?.finish();
  await turn();
  expect(pbx.orders).toHaveLength(1);
});

describe('many extensions', () => {
  const NUMBERS = Array.from({ length: 120 }, (_, i) => String(1_000 + i));

  /** A settler for 120 extensions, of which each has to be written. */
  function many(connected: boolean) {
    const pbx = new FakePbx();
    pbx.put(...NUMBERS.map((number) => freshFacts(number)));
    pbx.snapshot();
    const situation = (): Situation => ({ places: FRESH, wanted: wantedPlaces(DND) });
    const settler = new Settler({ pbx, clock: new HandClock(), situation, report: () => undefined });
    settler.connected = connected;
    return { settler, ordered: () => pbx.orders.map(({ number }) => number) };
  }

  test('are ordered fifty a turn, and each once', async () => {
    const { settler, ordered } = many(true);
    settler.nudgeAll(NUMBERS);
    settler.nudgeAll(NUMBERS.slice(100));
    expect(ordered()).toEqual(NUMBERS.slice(0, 50));
    await turn();
    expect(ordered()).toEqual(NUMBERS.slice(0, 100));
    await turn();
    await turn();
    expect(ordered()).toEqual(NUMBERS);
  });

  test('wait until the PBX is connected and the rest is known', async () => {
    const { settler, ordered } = many(false);
    settler.nudgeAll(NUMBERS.slice(0, 100));
    await turn();
    settler.connected = true;
    await turn();
    expect(ordered()).toEqual([]);
    settler.nudgeAll(NUMBERS.slice(100));
    for (let n = 0; n < 3; n++) await turn();
    expect(ordered()).toEqual(NUMBERS);
  });

  test('are left alone when the settler stops in the middle', async () => {
    const { settler, ordered } = many(true);
    settler.nudgeAll(NUMBERS);
    settler.stop();
    for (let n = 0; n < 3; n++) await turn();
    expect(ordered()).toEqual(NUMBERS.slice(0, 50));
  });
});
