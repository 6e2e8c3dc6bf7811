import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import type { Board } from '../../src/service/board.ts';
import { Leftovers } from '../../src/service/leftovers.ts';
import type { Write } from '../../src/service/store.ts';
import { outcomeOf, turn } from '../support/board-house.ts';
import { openPresence } from '../support/duty-house.ts';
import { type FakeCluster, FakeClusters } from '../support/fake-cluster.ts';
import { FakePbx, freshFacts } from '../support/fake-pbx.ts';
import { HandClock } from '../support/hand-clock.ts';
import { MemoryStore } from '../support/memory-store.ts';

const ADMIN = { extension: '1009', admin: true, contacts: true };
const as = (extension: string) => ({ extension, admin: false, contacts: true });

async function turns(): Promise<void> {
  for (let n = 0; n < 30; n++) await turn();
}

/** Two daemons, a and b, beside one PBX with 1001 and 1002; a is on duty. */
async function openTwo(site = '') {
  const store = new MemoryStore();
  const clock = new HandClock();
  const group = new FakeClusters();
  const pbx = new FakePbx();
  pbx.obedient = true;
  pbx.put(freshFacts('1001'), freshFacts('1002', { line: 'unavailable' }));
  const written: Write[] = [];
  store.subscribe(({ writes }) => void written.push(...writes));
  const daemonOf = (name: string) => {
    const cluster = group.join(name, site);
    const parts = openPresence({ store, clock, cluster, report: () => {} });
    let end = () => {};
    return {
      ...{ ...parts, cluster },
      /** Begins the work at the PBX, as after a takeover. */
      async begin(isOnDuty = true): Promise<Board> {
        const board = parts.newBoard(pbx, isOnDuty);
        const started = board.start(3_000);
        pbx.connected = false;
        pbx.snapshot();
        await started;
        const stopServing = isOnDuty ? parts.serve(board) : () => {};
        end = () => {
          stopServing();
          board.stop();
        };
        return board;
      },
      end: () => end(),
      set: (status: 'lunch' | 'do_not_disturb' | 'available', until?: string) =>
        parts.presences.set(as('1001'), { status, until }),
    };
  };
  const [a, b] = [daemonOf('a'), daemonOf('b')];
  await a.begin();
  pbx.takeOrders();
  /** a is killed: nothing that it would write or order comes any more; b takes over. */
  const takeOver = async (): Promise<Board> => {
    a.end();
    a.errands.stop();
    a.attendance.stop();
    a.cluster.die();
    await turns();
    expect(b.cluster.siteDuty.isHeld).toBe(true);
    return b.begin();
  };
  /** What was written since the last look, as `table id`. */
  const writes = () => written.splice(0).map(({ table, id, value }) => `${value ? '' : '-'}${table} ${id}`);
  const shown = (extension = '1001') => store.get('presence', extension)?.value;
  writes();
  return { store, clock, group, pbx, a, b, takeOver, writes, shown };
}

describe('a status that is set at a daemon without the duty', () => {
  test('is chosen, shown and written to the PBX once, by the one on duty, before it is answered', async () => {
    const { store, pbx, b, writes, shown } = await openTwo();
    const presence = await b.set('do_not_disturb');
    expect(presence).toEqual(shown());
    expect(presence).toMatchObject({ status: 'do_not_disturb' });
    expect(pbx.takeOrders().map(({ number, blocked }) => [number, blocked])).toEqual([['1001', true]]);
    expect(pbx.facts('1001')?.blocked).toBe(true);
    const answered = writes();
    expect(answered.indexOf('presence 1001')).toBeLessThan(answered.lastIndexOf('-errands b errand-1'));
    await turns();
    expect([...store.all('errands')]).toEqual([]);
  });

  test.each([
    ['of somebody else without the right to', as('1002'), { extension: '1001' }, 'forbidden'],
    ['until a time that has passed', ADMIN, { extension: '1001', until: '2020-01-01T00:00:00.000Z' }, 'params'],
    ['of an extension that the PBX does not have', ADMIN, { extension: '4711' }, 'not_found'],
  ])('is refused as at the other: %s', async (_, viewer, wish, code) => {
    const { b, writes } = await openTwo();
    const set = b.presences.set(viewer, { status: 'lunch', ...wish });
    await expect(set).rejects.toMatchObject({ code });
    await turns();
    expect(writes().filter((write) => /statuses|presence/.test(write))).toEqual([]);
  });

  test('is refused with the code of the store while the database is away, and changes nothing', async () => {
    const { group, b, pbx, writes } = await openTwo();
    group.database(false);
    await expect(b.set('lunch')).rejects.toMatchObject({ code: 'storage' });
    expect([writes(), pbx.orders]).toEqual([[], []]);
  });

  test('waits for the daemon that takes over, and is done once', async () => {
    const { pbx, a, b, takeOver } = await openTwo();
    a.end();
    const outcome = outcomeOf(b.set('do_not_disturb'));
    await turns();
    expect(outcome()).toBe('waiting');
    await takeOver();
    await turns();
    expect(outcome()).toMatchObject({ status: 'do_not_disturb' });
    expect(pbx.takeOrders()).toHaveLength(1);
  });

  test('is refused when nobody takes over in time, and is not done later', async () => {
    const { clock, pbx, a, b } = await openTwo();
    a.end();
    const outcome = outcomeOf(b.set('do_not_disturb'));
    await turns();
    clock.pass(20_000);
    await turns();
    expect(outcome()).toBe('pbx_away');
    await a.begin();
    await turns();
    expect(pbx.orders).toEqual([]);
  });
});

describe('a session at a daemon without the duty', () => {
  test('makes its extension online, and its end offline', async () => {
    const { b, shown, writes } = await openTwo();
    const close = b.presences.sessionOpened('1002');
    expect(shown('1002')).toMatchObject({ online: true, indicator: 'available' });
    close();
    expect(shown('1002')).toMatchObject({ online: false, indicator: 'offline' });
    expect(writes().filter((write) => write.startsWith('presence'))).toEqual(['presence 1002', 'presence 1002']);
  });

  test('counts as one of several', async () => {
    const { a, b, shown } = await openTwo();
    const [here, there] = [a.presences.sessionOpened('1002'), b.presences.sessionOpened('1002')];
    here();
    expect(shown('1002')).toMatchObject({ online: true });
    there();
    expect(shown('1002')).toMatchObject({ online: false });
  });

  test('is offline ten seconds after the daemon died, unless its client comes to another', async () => {
    const { store, clock, a, b, takeOver, shown } = await openTwo();
    a.presences.sessionOpened('1002');
    const leftovers = new Leftovers({ store, cluster: b.cluster, clock });
    leftovers.start();
    await takeOver();
    clock.pass(5_000);
    const close = b.presences.sessionOpened('1002');
    clock.pass(30_000);
    expect(shown('1002')).toMatchObject({ online: true });
    close();
    expect(shown('1002')).toMatchObject({ online: false });
    expect([...store.all('attendance')]).toEqual([]);
    leftovers.stop();
  });

  test('of a daemon that ends in good order goes on for the same time', async () => {
    const { b, shown, takeOver, a } = await openTwo();
    const close = a.presences.sessionOpened('1002');
    a.attendance.stop();
    close();
    expect(shown('1002')).toMatchObject({ online: true });
    await takeOver();
    expect(shown('1002')).toMatchObject({ online: true });
    expect(b.presences.presence('1002')).toEqual(shown('1002'));
  });
});

describe('a daemon that takes over', () => {
  test('changes nothing that is as it was', async () => {
    const { a, b, pbx, takeOver, writes, shown } = await openTwo();
    await a.set('lunch');
    b.presences.sessionOpened('1002');
    const before = shown();
    writes();
    await takeOver();
    await turns();
    expect(writes()).toEqual([]);
    expect(shown()).toEqual(before);
    expect(pbx.takeOrders()).toHaveLength(1); // that of the status
  });

  test('sees what has changed while nobody was on duty', async () => {
    const { a, pbx, takeOver, shown } = await openTwo();
    a.end();
    pbx.change('1001', { line: 'in_use' });
    pbx.change('1002', { blocked: true });
    await takeOver();
    expect([shown('1001'), shown('1002')]).toMatchObject([{ line: 'in_use' }, { status: 'do_not_disturb' }]);
  });

  test('ends a status at its time, once', async () => {
    const { clock, a, takeOver, writes, shown } = await openTwo();
    await a.set('lunch', '2026-01-05T09:00:00.000Z');
    await takeOver();
    writes();
    clock.pass(3_600_000);
    await turns();
    expect(shown()).toMatchObject({ status: 'available' });
    expect(writes().filter((write) => write.startsWith('presence'))).toEqual(['presence 1001']);
  });

  test('takes what the one before had committed and nobody had told yet', async () => {
    const { store, pbx, takeOver, shown, writes } = await openTwo();
    await takeOver();
    pbx.takeOrders();
    writes();
    const value = { chosen: { ...statusOf(store, '1001').chosen, dnd: { status: 'do_not_disturb' } } };
    const seen = statusOf(store, '1001');
    const dnd = await chosenDnd();
    await store.commit([{ table: 'statuses', id: '1001', value: { ...seen, ...value, chosen: dnd } }]);
    await turns();
    expect(shown()).toMatchObject({ status: 'do_not_disturb' });
    expect(pbx.facts('1001')?.blocked).toBe(true);
    expect(pbx.takeOrders()).toHaveLength(1);
  });
});

/** What is chosen by somebody who set do not disturb. */
async function chosenDnd(): Promise<object> {
  const { store, a } = await openTwo();
  await a.set('do_not_disturb');
  return statusOf(store, '1001').chosen;
}

function statusOf(store: MemoryStore, extension: string): { readonly chosen: object } {
  return store.get('statuses', extension)?.value as { chosen: object };
}

describe('the daemon on duty', () => {
  test('sets right what another has written in its rows', async () => {
    const { store, clock, a, shown, writes } = await openTwo();
    await a.set('lunch');
    const [item, row, pbx] = (['presence', 'extensions', 'pbx'] as const).map(
      (table) => store.get(table, table === 'pbx' ? 'pbx' : '1001')?.value,
    );
    store.note([
      { table: 'presence', id: '1001', value: { ...item, line: 'ringing' } },
      { table: 'extensions', id: '1001', value: null },
      { table: 'pbx', id: 'pbx', value: { ...pbx, connected: false } },
    ]);
    await turns();
    expect(shown()).toMatchObject({ line: 'ringing' });
    clock.pass(200);
    expect([shown(), store.get('extensions', '1001')?.value]).toMatchObject([item ?? {}, row ?? {}]);
    expect(store.get('pbx', 'pbx')?.value).toMatchObject({ connected: true });
    writes();
    clock.pass(10_000);
    await turns();
    expect(writes()).toEqual([]);
  });

  test('is in no haste with another that believes to be on duty as well: a few writes a second, and none when one is left', async () => {
    const { clock, group, pbx, a, b, writes } = await openTwo();
    // Both see another PBX: the one of b says that the phone rings.
    group.database(false);
    a.cluster.die();
    group.database(true);
    const other = new FakePbx();
    other.put(freshFacts('1001', { line: 'ringing' }), freshFacts('1002', { line: 'unavailable' }));
    const board = b.newBoard(other);
    const started = board.start(3_000);
    other.snapshot();
    await started;
    expect(pbx.connected).toBe(true);
    writes();
    for (let n = 0; n < 100; n++) {
      clock.pass(10);
      await turn();
    }
    expect(writes().length).toBeLessThanOrEqual(12);
    board.stop();
    clock.pass(1_000);
    await turns();
    writes();
    clock.pass(10_000);
    await turns();
    expect(writes()).toEqual([]);
  });

  test('leaves alone what its site does not have, and what another site has by now', async () => {
    const { store, clock, pbx, writes, shown } = await openTwo('berlin');
    const row = {
      item: { id: '2001', number: '2001', name: 'Jean', groups: [], site: 'paris' },
      site: 'paris',
      said: {},
    };
    store.note([
      { table: 'extensions', id: '2001', value: row },
      { table: 'presence', id: '2001', value: { id: '2001' } },
    ]);
    pbx.snapshot();
    clock.pass(200);
    await turns();
    expect([shown('2001'), shown('1001')]).toMatchObject([{ id: '2001' }, { id: '1001', line: 'idle' }]);
    expect(store.get('extensions', '1001')?.value).toMatchObject({ site: 'berlin', item: { site: 'berlin' } });
    expect(store.get('pbx', 'pbx:berlin')?.value).toMatchObject({ id: 'pbx', connected: true, site: 'berlin' });
    // A number moves from one PBX to the other.
    pbx.remove('1002');
    store.note([{ table: 'extensions', id: '1002', value: { ...row, item: { ...row.item, id: '1002' } } }]);
    writes();
    pbx.snapshot();
    clock.pass(200);
    await turns();
    expect(writes()).toEqual([]);
    expect(store.get('extensions', '1002')?.value).toMatchObject({ site: 'paris' });
  });
});

describe('a daemon that may have lost the duty without knowing it', () => {
  const END = '2026-01-05T09:00:00.000Z';

  test('ends no status over what another has chosen at that moment', async () => {
    const { store, clock, pbx, a, shown } = await openTwo();
    await a.set('do_not_disturb', END);
    const [seen, chosen] = [statusOf(store, '1001'), await chosenDnd()];
    pbx.takeOrders();
    clock.pass(3_600_000);
    store.note([{ table: 'statuses', id: '1001', value: { ...seen, chosen } }]);
    await turns();
    clock.pass(10_000);
    await turns();
    expect([statusOf(store, '1001').chosen, shown(), pbx.takeOrders()]).toMatchObject([
      ...[chosen, { status: 'do_not_disturb' }, []],
    ]);
  });

  test('writes nothing and gives no order', async () => {
    const { clock, pbx, a, writes } = await openTwo();
    await a.set('do_not_disturb', END);
    pbx.takeOrders();
    await turns();
    writes();
    a.cluster.siteDuty.isSure = false;
    clock.pass(3_600_000);
    pbx.change('1001', { blocked: false, line: 'in_use' });
    pbx.change('1002', { blocked: true });
    await turns();
    clock.pass(10_000);
    await turns();
    expect([writes(), pbx.orders]).toEqual([[], []]);
  });

  test('ends a status a moment later when the PBX showed something new just then', async () => {
    const { store, clock, pbx, a, shown } = await openTwo();
    await a.set('lunch', END);
    const isEnded = () => !JSON.stringify(statusOf(store, '1001').chosen).includes(END);
    const commit = store.commit.bind(store);
    store.commit = (...what) => {
      store.commit = commit;
      const done = commit(...what);
      pbx.change('1001', { lamps: { another: 'off' } });
      return done;
    };
    clock.pass(3_600_000);
    await turns();
    expect(isEnded()).toBe(false);
    clock.pass(1_000);
    await turns();
    expect([isEnded(), shown()]).toMatchObject([true, { status: 'available' }]);
  });
});

describe('a daemon without the duty, while the database is away', () => {
  test('shows what its own link tells, chooses nothing and gives no orders', async () => {
    const { group, store, pbx, a, b, shown, writes, clock } = await openTwo();
    await b.presences.set(as('1001'), { status: 'do_not_disturb', until: '2026-01-05T09:00:00.000Z' });
    pbx.takeOrders();
    // What that one writes does not come to b.
    a.end();
    group.database(false);
    const chosen = statusOf(store, '1001');
    await b.begin(false);
    writes();
    pbx.change('1001', { line: 'in_use' });
    expect(shown()).toMatchObject({ line: 'in_use', status: 'do_not_disturb' });
    clock.pass(3_600_000);
    await turns();
    expect(shown()).toMatchObject({ status: 'available' });
    pbx.change('1002', { blocked: true });
    expect(shown('1002')).toMatchObject({ status: 'do_not_disturb' });
    await turns();
    expect(writes()).toEqual(['presence 1001', 'presence 1001', 'presence 1002']);
    expect([statusOf(store, '1001'), pbx.orders]).toEqual([chosen, []]);
  });
});

test('A daemon that leaves is followed by another at once, as one that was killed', async () => {
  const members: FakeCluster[] = [];
  const { a, b } = await openTwo();
  members.push(a.cluster, b.cluster);
  a.end();
  await a.cluster.leave();
  expect(members.map(({ siteDuty, houseDuty }) => [siteDuty.isHeld, houseDuty.isHeld])).toEqual([
    [false, false],
    [true, true],
  ]);
  await expect(a.set('lunch')).rejects.toBeInstanceOf(Failure);
});
