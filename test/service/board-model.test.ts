import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agree, wantedPlaces } from '../../src/domain/dnd.ts';
import { STATUSES, type Status } from '../../src/domain/presence.ts';
import { presentityOf } from '../../src/domain/presentity.ts';
import type { Lamp } from '../../src/service/pbx-port.ts';
import type { StatusRow } from '../../src/service/rows.ts';
import { openBoard, turn } from '../support/board-house.ts';
import { FakePbx, freshFacts, LAMP, PARTS, type Part } from '../support/fake-pbx.ts';

const DESK = 'Custom:DEVDND1001';

/** One thing that happens. Orders are carried out and refused part by part, at any time. */
type Step =
  | { readonly do: 'set'; readonly status: Status; readonly note?: string; readonly minutes?: number }
  | { readonly do: 'key'; readonly blocked: boolean }
  | { readonly do: 'lamp'; readonly name: string; readonly lamp: Lamp }
  | { readonly do: 'say'; readonly status: Status }
  | { readonly do: 'code'; readonly on: boolean }
  | { readonly do: 'line' }
  | { readonly do: 'write'; readonly part: Part }
  | { readonly do: 'finish' }
  | { readonly do: 'fail' }
  | { readonly do: 'cut' }
  | { readonly do: 'snapshot' }
  | { readonly do: 'restart' }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'turn' };

const status = fc.constantFrom(...STATUSES);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('set' as const), status }) },
  fc.record({
    do: fc.constant('set' as const),
    status,
    note: fc.constant('n'),
    minutes: fc.integer({ min: 1, max: 9 }),
  }),
  fc.record({ do: fc.constant('key' as const), blocked: fc.boolean() }),
  fc.record({
    do: fc.constant('lamp' as const),
    name: fc.constantFrom(LAMP('1001'), DESK),
    lamp: fc.constantFrom<Lamp>('on', 'off', 'idle'),
  }),
  fc.record({ do: fc.constant('say' as const), status }),
  fc.record({ do: fc.constant('code' as const), on: fc.boolean() }),
  fc.constant({ do: 'line' as const }),
  { weight: 4, arbitrary: fc.record({ do: fc.constant('write' as const), part: fc.constantFrom(...PARTS) }) },
  { weight: 2, arbitrary: fc.constant({ do: 'finish' as const }) },
  fc.constant({ do: 'fail' as const }),
  fc.constant({ do: 'cut' as const }),
  { weight: 2, arbitrary: fc.constant({ do: 'snapshot' as const }) },
  fc.constant({ do: 'restart' as const }),
  fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1, 6_000, 60_000, 600_000) }),
  { weight: 4, arbitrary: fc.constant({ do: 'turn' as const }) },
);

/** The extension 1001 with two lamps, between two others, and what to do for each step. A snapshot is taken `slice` extensions a turn. */
function house(slice: number) {
  const pbx = new FakePbx();
  const phones = freshFacts('1001', { lamps: { [LAMP('1001')]: 'off', [DESK]: 'off' } });
  pbx.put(freshFacts('1000'), phones, freshFacts('1002'));
  let made = openBoard({ pbx, slice });
  pbx.snapshot();
  const { store, clock } = made;

  const set = (wish: Extract<Step, { do: 'set' }>) => {
    const until = wish.minutes && new Date(clock.now() + wish.minutes * 60_000).toISOString();
    const note = wish.note === undefined ? {} : { note: wish.note };
    made
      .set('1001', { status: wish.status, ...note, ...(until ? { until } : {}) })
      .catch((error: { code?: string }) => {
        if (error.code !== 'pbx_away' && error.code !== 'not_found') throw error;
      });
  };
  const restart = async () => {
    await turn(); // what is on its way to the disk gets there
    made.board.stop();
    const wasConnected = pbx.connected;
    for (const order of pbx.open) order.fail();
    pbx.connected = false;
    made = openBoard({ pbx, store, clock, slice });
    if (wasConnected) pbx.snapshot();
    else pbx.cut();
  };
  const take = async (one: Step): Promise<void> => {
    const [order] = pbx.open;
    if (one.do === 'set') set(one);
    else if (one.do === 'key') pbx.change('1001', { blocked: one.blocked });
    else if (one.do === 'lamp') pbx.lamp('1001', one.lamp, one.name);
    else if (one.do === 'say') pbx.change('1001', { presentity: presentityOf({ status: one.status }) });
    else if (one.do === 'code') {
      const lamp = one.on ? 'on' : 'idle';
      pbx.change('1001', { blocked: one.on, lamps: { [LAMP('1001')]: lamp, [DESK]: lamp } });
    } else if (one.do === 'line') pbx.change('1001', { line: pbx.facts('1001')?.line === 'idle' ? 'ringing' : 'idle' });
    else if (one.do === 'write') order?.write(one.part);
    else if (one.do === 'finish') order?.finish();
    else if (one.do === 'fail') order?.fail();
    else if (one.do === 'cut') pbx.cut();
    else if (one.do === 'snapshot') pbx.snapshot();
    else if (one.do === 'restart') await restart();
    else if (one.do === 'pass') clock.pass(one.ms);
    else await turn();
  };
  /** Everything that is under way comes to its end. */
  const calm = async (): Promise<void> => {
    pbx.obedient = true;
    for (let n = 0; n < 10; n++) {
      await turn();
      for (const order of pbx.open) order.finish();
    }
    if (!pbx.connected) pbx.snapshot();
    for (let n = 0; n < 4; n++) await turn();
    clock.pass(300_000);
    await turn();
  };
  return { pbx, store, clock, take, calm, board: () => made.board, reports: () => made.reports };
}

type House = ReturnType<typeof house>;

/** Whether the board, the store and every place on the PBX say one and the same. */
function expectAgreement({ pbx, store, board }: House): void {
  const facts = pbx.facts('1001');
  const row = store.get('statuses', '1001')?.value as StatusRow | undefined;
  if (!facts || !row) throw new Error('the extension is gone');
  const wanted = wantedPlaces(row.chosen);
  const { blocked, lamps, presentity } = facts;
  const seen = { presentity, lamps, blocked };
  expect({ seen, wanted, agree: agree(seen, wanted) }).toMatchObject({ agree: true });
  expect(row.places).toEqual(seen);
  const shown = board().presence('1001');
  expect(shown?.status === 'do_not_disturb').toBe(blocked);
  expect(presentityOf({ status: shown?.status ?? 'available', ...(shown?.note ? { note: shown.note } : {}) })).toEqual(
    wanted.presentity,
  );
}

describe.each([
  ['whole', 25],
  ['one extension a turn', 1],
])('after any sequence of changes, failures, outages and restarts, with snapshots taken %s,', (_how, slice) => {
  test('all places agree with what clients see, and nothing is left to do', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const made = house(slice);
        for (const one of steps) await made.take(one);
        await made.calm();
        expectAgreement(made);
        made.pbx.takeOrders();
        made.pbx.snapshot();
        made.pbx.change('1001', { line: 'in_use' });
        for (let n = 0; n < 4; n++) await turn();
        expect(made.pbx.orders).toEqual([]);
        expect(made.board().presence('1002')?.status).toBe('available');
        made.board().stop();
        expect(made.clock.waiting).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  const last: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ do: fc.constant('set' as const), status }),
    fc.record({ do: fc.constant('code' as const), on: fc.boolean() }),
    fc.record({ do: fc.constant('say' as const), status }),
  );

  test('the last change won, wherever it was made', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), last, async (steps, change) => {
        const made = house(slice);
        for (const one of steps) await made.take(one);
        await made.calm();
        // From here on the PBX carries orders out when it is told to: the last change meets another one under way.
        made.pbx.obedient = false;
        const before = made.board().presence('1001');
        await made.take({ do: 'set', status: before?.status === 'away' ? 'lunch' : 'away' });
        await turn();
        const dnd = made.pbx.facts('1001')?.blocked;
        await made.take(change);
        await made.calm();
        expectAgreement(made);
        const shown = made.board().presence('1001')?.status;
        if (change.do === 'set') expect(shown).toBe(change.status);
        // What is already so on the PBX is no change there.
        else if (change.do === 'code' && change.on !== dnd) expect(shown === 'do_not_disturb').toBe(change.on);
        else if (change.do === 'say' && change.status !== before?.status) expect(shown).toBe(change.status);
      }),
      { numRuns: 150 },
    );
  });
});
