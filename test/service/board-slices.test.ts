// A snapshot that is taken two extensions a turn, and what happens in the middle of it.
import { describe, expect, test } from 'vitest';
import { openBoard, outcomeOf, turn } from '../support/board-house.ts';
import { FakePbx, freshFacts, LAMP } from '../support/fake-pbx.ts';

const NUMBERS = ['1001', '1002', '1003', '1004', '1005'];
const START = '2026-01-05T08:00:00.000Z';

function fivePhones(): FakePbx {
  const pbx = new FakePbx();
  pbx.put(...NUMBERS.map((number) => freshFacts(number)));
  return pbx;
}

/** A board at its start, in the middle of the first snapshot: 1001 and 1002 are taken. */
async function inTheMiddle(before: Partial<Parameters<typeof openBoard>[0]> = {}) {
  const house = openBoard({ pbx: fivePhones(), slice: 2, ...before });
  house.pbx.snapshot();
  await turn();
  return house;
}

type House = Awaited<ReturnType<typeof inTheMiddle>>;

/** A board that has everything, in the middle of the first snapshot after an outage, in which `change` was made. */
async function backInTheMiddle(change: (pbx: FakePbx) => void = () => undefined): Promise<House> {
  const house = await inTheMiddle();
  await house.started;
  house.pbx.cut();
  change(house.pbx);
  house.pbx.snapshot();
  await turn();
  house.written();
  return house;
}

async function calm(): Promise<void> {
  for (let n = 0; n < 6; n++) await turn();
}

const lines = ({ board }: House) => NUMBERS.map((number) => board.presence(number)?.line);
const pbxRow = ({ store }: House) => store.get('pbx', 'pbx')?.value;

describe('the first snapshot', () => {
  test('is told slice by slice, that the PBX is there with the last, and the start waits for it', async () => {
    const house = await inTheMiddle();
    const started = outcomeOf(house.started);
    expect(lines(house)).toEqual(['idle', 'idle', undefined, undefined, undefined]);
    expect([house.board.connected, pbxRow(house)]).toEqual([false, undefined]);
    expect(house.commits).toHaveLength(1);
    await turn();
    expect([house.board.connected, started()]).toEqual([false, 'waiting']);
    await turn();
    expect([house.board.connected, started()]).toEqual([true, undefined]);
    expect(lines(house)).toEqual(Array(5).fill('idle'));
    expect(house.commits.map(({ writes }) => writes.map(({ table }) => table).includes('pbx'))).toEqual([
      ...[false, false, true],
    ]);
  });

  test('is waited for though the grace ends meanwhile', async () => {
    const house = await inTheMiddle();
    house.clock.pass(3_000);
    const started = outcomeOf(house.started);
    await Promise.resolve();
    expect([started(), pbxRow(house)]).toEqual(['waiting', undefined]);
    await house.started;
    expect(pbxRow(house)).toEqual({ id: 'pbx', connected: true, since: '2026-01-05T08:00:03.000Z' });
  });

  test('that breaks off leaves every phone unknown and lets clients in', async () => {
    const house = await inTheMiddle();
    house.pbx.cut();
    await house.started;
    expect(pbxRow(house)).toEqual({ id: 'pbx', connected: false, since: START });
    expect(lines(house)).toEqual(['unknown', 'unknown', undefined, undefined, undefined]);
    await calm();
    expect(house.board.has('1003')).toBe(false);
    house.clock.pass(1_000);
    house.pbx.snapshot();
    await calm();
    expect(lines(house)).toEqual(Array(5).fill('idle'));
    expect(pbxRow(house)).toEqual({ id: 'pbx', connected: true, since: '2026-01-05T08:00:01.000Z' });
  });

  test('is not gone on with when the board stops: the start ends, nothing is written, no timer is left', async () => {
    const house = await inTheMiddle();
    house.written();
    house.board.stop();
    await house.started;
    await calm();
    expect([house.written(), house.board.connected]).toEqual([[], false]);
    house.clock.pass(3_000);
    expect([house.written(), house.clock.waiting, pbxRow(house)]).toEqual([[], 0, undefined]);
  });

  test('gives way to a newer one, of which everything is told', async () => {
    const house = await inTheMiddle();
    house.pbx.remove('1001');
    house.pbx.remove('1005');
    house.pbx.put(freshFacts('1002', { line: 'ringing' }), freshFacts('1006', { line: 'in_use' }));
    house.pbx.snapshot();
    await house.started;
    expect(lines(house)).toEqual([undefined, 'ringing', 'idle', 'idle', undefined]);
    expect(house.board.presence('1006')?.line).toBe('in_use');
    expect(house.written('pbx')).toEqual(['pbx pbx']);
  });

  test('shows a phone that changes meanwhile as it is now, before and after its turn', async () => {
    const house = await inTheMiddle();
    for (const number of ['1001', '1005']) {
      house.pbx.change(number, { line: 'ringing' });
      house.pbx.change(number, { line: 'in_use' });
    }
    expect(lines(house)).toEqual(['in_use', 'idle', undefined, undefined, 'in_use']);
    await house.started;
    expect(lines(house)).toEqual(['in_use', 'idle', 'idle', 'idle', 'in_use']);
  });

  test('adopts do-not-disturb, and gives orders only when all of it is taken', async () => {
    const pbx = fivePhones();
    const places = { blocked: true, lamps: { [LAMP('1005')]: 'on' } } as const;
    pbx.put(freshFacts('1002', { blocked: true }), freshFacts('1005', places));
    const house = await inTheMiddle({ pbx });
    pbx.change('1004', { blocked: true });
    expect(house.reports).toEqual([]);
    expect(house.board.presence('1004')?.status).toBe('do_not_disturb');
    expect(pbx.orders).toEqual([]);
    await house.started;
    const statuses = NUMBERS.map((number) => house.board.presence(number)?.status);
    const dnd = 'do_not_disturb';
    expect(statuses).toEqual(['available', dnd, 'available', dnd, dnd]);
    const ordered = pbx.takeOrders().map(({ number, blocked }) => [number, blocked]);
    expect(ordered.sort()).toEqual([
      ['1002', true],
      ['1004', true],
      ['1005', true],
    ]);
  });

  test('says of each extension once that it is half set, also when a newer one gives it a second turn', async () => {
    const pbx = fivePhones();
    for (const number of ['1001', '1005']) pbx.put(freshFacts(number, { lamps: { [LAMP(number)]: 'on' } }));
    const house = await inTheMiddle({ pbx });
    pbx.snapshot();
    await house.started;
    expect(house.reports.map(([event, fields]) => [event, fields?.['extension']])).toEqual([
      ['presence.half_set', '1001'],
      ['presence.half_set', '1005'],
    ]);
  });
});

describe('after an outage', () => {
  test('what was changed in it is adopted in its slice, and clients see the PBX as away until the end', async () => {
    const house = await backInTheMiddle((pbx) => {
      for (const number of ['1001', '1005']) pbx.put(freshFacts(number, { blocked: true }));
    });
    expect(house.board.presence('1001')?.status).toBe('do_not_disturb');
    expect(house.board.presence('1005')?.status).toBe('available');
    expect([house.board.connected, pbxRow(house)]).toEqual([false, { id: 'pbx', connected: false, since: START }]);
    await calm();
    expect(house.board.presence('1005')?.status).toBe('do_not_disturb');
    expect(house.commits.at(-1)?.writes.map(({ table }) => table)).toContain('pbx');
  });

  test('a second outage in the middle leaves the rest as last known, for the next snapshot to adopt', async () => {
    const house = await backInTheMiddle((pbx) => {
      for (const number of ['1001', '1005']) pbx.put(freshFacts(number, { blocked: true }));
    });
    house.pbx.cut();
    await calm();
    expect(house.written()).toEqual([]);
    expect(house.pbx.orders).toEqual([]);
    // A lamp alone says nothing after an outage, whichever snapshot tells of it.
    house.pbx.put(freshFacts('1004', { lamps: { [LAMP('1004')]: 'on' } }));
    house.pbx.snapshot();
    await calm();
    const statuses = NUMBERS.map((number) => house.board.presence(number)?.status);
    const dnd = 'do_not_disturb';
    expect(statuses).toEqual([dnd, 'available', 'available', 'available', dnd]);
    const ordered = house.pbx.takeOrders().map(({ number, blocked }) => `${number} ${blocked}`);
    expect(ordered.sort()).toEqual(['1001 true', '1004 false', '1005 true']);
  });

  test('do-not-disturb cannot be changed before the end, and nothing of it stays', async () => {
    const house = await backInTheMiddle();
    const wish = { status: 'do_not_disturb' } as const;
    await expect(house.set('1005', wish)).rejects.toMatchObject({ code: 'pbx_away' });
    await calm();
    expect(house.board.presence('1005')?.status).toBe('available');
    expect(house.pbx.orders).toEqual([]);
  });
});

describe('a later snapshot', () => {
  test('hides no echo of an order from the board: the last change of a user wins', async () => {
    const house = await inTheMiddle();
    await house.started;
    const { pbx } = house;
    pbx.put(...NUMBERS.map((number) => freshFacts(number, { name: `New ${number}` })));
    pbx.snapshot();
    const done = outcomeOf(house.set('1005', { status: 'do_not_disturb' }));
    await turn();
    const [order] = pbx.orders;
    order?.finish();
    const undone = outcomeOf(house.set('1005', { status: 'available' }));
    await turn();
    await turn();
    expect(pbx.orders.map(({ blocked }) => blocked)).toEqual([true, false]);
    pbx.orders[1]?.finish();
    await calm();
    expect([typeof done(), typeof undone()]).toEqual(['object', 'object']);
    expect(house.board.presence('1005')?.status).toBe('available');
    expect(pbx.facts('1005')?.blocked).toBe(false);
  });
});
