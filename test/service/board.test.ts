import { describe, expect, test } from 'vitest';
import { openBoard, turn } from '../support/board-house.ts';
import { FakePbx, freshFacts, LAMP } from '../support/fake-pbx.ts';
import type { HandClock } from '../support/hand-clock.ts';
import type { MemoryStore } from '../support/memory-store.ts';

const START = '2026-01-05T08:00:00.000Z';

function pbxWith(...numbers: string[]): FakePbx {
  const pbx = new FakePbx();
  pbx.put(...numbers.map((number) => freshFacts(number)));
  return pbx;
}

/** A board whose PBX is there. */
async function connected(...numbers: string[]) {
  const house = openBoard({ pbx: pbxWith(...numbers) });
  house.pbx.snapshot();
  await house.started;
  house.commits.length = 0;
  return house;
}

/** The daemon ends and starts again over the same store; `pbx` is the PBX as it is then. */
function restarted(before: { board: { stop(): void }; store: MemoryStore; clock: HandClock }, pbx: FakePbx) {
  before.board.stop();
  return openBoard({ store: before.store, clock: before.clock, pbx });
}

describe('the start', () => {
  test('waits for the first snapshot and shows it as one note', async () => {
    const { board, pbx, started, store, commits } = openBoard({ pbx: pbxWith('1001', '1002') });
    expect(store.get('pbx', 'pbx')).toBeUndefined();
    pbx.snapshot();
    await started;
    expect(commits).toHaveLength(1);
    expect(board.connected).toBe(true);
    expect(store.get('pbx', 'pbx')?.value).toEqual({ id: 'pbx', connected: true, since: START });
    expect(board.presence('1001')).toEqual({
      id: '1001',
      status: 'available',
      line: 'idle',
      online: true,
      indicator: 'available',
      since: START,
    });
    expect(store.get('extensions', '1002')?.value).toEqual({
      item: { id: '1002', number: '1002', name: 'User 1002', groups: [] },
      said: { name: 'User 1002' },
    });
  });

  test('goes on at once when the PBX is away', async () => {
    const { board, pbx, started, store } = openBoard({ pbx: pbxWith('1001') });
    pbx.cut();
    await started;
    expect(board.connected).toBe(false);
    expect(store.get('pbx', 'pbx')?.value).toEqual({ id: 'pbx', connected: false, since: START });
    expect(board.has('1001')).toBe(false);
  });

  test('goes on without news when the grace is over', async () => {
    const { board, clock, started, store } = openBoard();
    clock.pass(2_999);
    expect(store.get('pbx', 'pbx')).toBeUndefined();
    clock.pass(1);
    await started;
    expect(board.connected).toBe(false);
    expect(clock.waiting).toBe(0);
  });

  test('leaves no timer behind when it ends', async () => {
    const house = await connected('1001');
    await house.set('1001', { status: 'lunch', until: '2026-01-05T09:00:00.000Z' });
    expect(house.clock.waiting).toBe(1);
    house.board.stop();
    expect(house.clock.waiting).toBe(0);
    house.pbx.change('1001', { line: 'ringing' });
    expect(house.board.presence('1001')?.line).toBe('idle');
    await expect(house.set('1001', { status: 'away' })).rejects.toMatchObject({ code: 'pbx_away' });
  });
});

describe('what the PBX says', () => {
  test('is shown as it changes', async () => {
    const { board, pbx, clock, written } = await connected('1001', '1002');
    clock.pass(1_000);
    pbx.change('1001', { line: 'ringing' });
    expect(board.presence('1001')).toMatchObject({
      line: 'ringing',
      indicator: 'ringing',
      since: '2026-01-05T08:00:01.000Z',
    });
    clock.pass(1_000);
    pbx.change('1001', { line: 'in_use' });
    pbx.change('1001', { line: 'on_hold' });
    expect(board.presence('1001')).toMatchObject({
      line: 'on_hold',
      indicator: 'on_call',
      since: '2026-01-05T08:00:02.000Z',
    });
    pbx.change('1001', { line: 'unavailable' });
    expect(board.presence('1001')).toMatchObject({ online: false, indicator: 'offline' });
    expect(written()).toEqual(Array(4).fill('presence 1001'));
  });

  test('again and the same is written nowhere', async () => {
    const { pbx, written } = await connected('1001', '1002');
    pbx.snapshot();
    pbx.snapshot();
    expect(written()).toEqual([]);
    expect(pbx.orders).toEqual([]);
  });

  test('of a name that changed changes the extension alone', async () => {
    const { board, pbx, written } = await connected('1001');
    pbx.change('1001', { name: 'Ünal "Ö" 😀', email: 'u@example.com' });
    expect(board.name('1001')).toBe('Ünal "Ö" 😀');
    expect(written()).toEqual(['extensions 1001']);
  });

  test('without a name leaves the number as the name', async () => {
    const { board, pbx } = await connected('1001');
    const { name: _, ...nameless } = freshFacts('1001');
    pbx.put(nameless);
    pbx.snapshot();
    expect(board.name('1001')).toBe('1001');
  });

  test('of extensions that came and went is told in one note', async () => {
    const { board, pbx, commits, written } = await connected('1001', '1002');
    pbx.remove('1002');
    pbx.put(freshFacts('1003'));
    pbx.snapshot();
    expect(commits).toHaveLength(1);
    expect(written('extensions', 'presence').sort()).toEqual(
      ['-extensions 1002', '-presence 1002', 'extensions 1003', 'presence 1003'].sort(),
    );
    expect([board.has('1002'), board.has('1003')]).toEqual([false, true]);
  });

  test('of an extension that a reload only dropped for a while brings back its status with its end', async () => {
    const { board, pbx, set } = await connected('1001', '1002');
    pbx.obedient = true;
    await set('1001', { status: 'business_trip' });
    await set('1001', { status: 'lunch', note: 'pizza', until: '2026-01-05T09:00:00.000Z' });
    const facts = pbx.facts('1001');
    pbx.remove('1001');
    pbx.snapshot();
    expect(board.presence('1001')).toBeUndefined();
    if (facts) pbx.put(facts);
    pbx.snapshot();
    expect(board.presence('1001')).toMatchObject({ status: 'lunch', note: 'pizza', until: '2026-01-05T09:00:00.000Z' });
  });
});

describe('an outage', () => {
  test('leaves the last values standing', async () => {
    const { board, pbx, clock, store, written } = await connected('1001', '1002');
    pbx.change('1001', { line: 'in_use' });
    clock.pass(60_000);
    written();
    pbx.cut();
    expect(written()).toEqual(['pbx pbx']);
    expect(store.get('pbx', 'pbx')?.value).toEqual({ id: 'pbx', connected: false, since: '2026-01-05T08:01:00.000Z' });
    expect(board.presence('1001')).toMatchObject({ line: 'in_use', indicator: 'on_call' });
    pbx.cut();
    expect(written()).toEqual([]);
  });

  test('that changed nothing ends without a change but that of the link', async () => {
    const { pbx, clock, written } = await connected('1001', '1002');
    pbx.cut();
    clock.pass(60_000);
    written();
    pbx.snapshot();
    expect(written()).toEqual(['pbx pbx']);
    expect(pbx.orders).toEqual([]);
  });

  test('ends with what differs', async () => {
    const { board, pbx, clock, written } = await connected('1001', '1002');
    pbx.cut();
    pbx.change('1002', { line: 'unavailable' });
    clock.pass(60_000);
    written();
    pbx.snapshot();
    expect(written().sort()).toEqual(['pbx pbx', 'presence 1002']);
    expect(board.presence('1002')).toMatchObject({ indicator: 'offline', since: '2026-01-05T08:01:00.000Z' });
  });
});

describe('a restart of the daemon', () => {
  test('with the PBX as it was writes nothing but the link, if at all', async () => {
    const before = await connected('1001', '1002');
    before.pbx.obedient = true;
    await before.set('1001', { status: 'lunch', note: 'pizza' });
    before.clock.pass(5_000);
    const after = restarted(before, before.pbx);
    before.pbx.takeOrders();
    before.pbx.connected = false;
    before.pbx.snapshot();
    await after.started;
    expect(after.written()).toEqual([]);
    expect(before.pbx.orders).toEqual([]);
    expect(after.board.presence('1001')).toMatchObject({ status: 'lunch', note: 'pizza', since: START });
  });

  test('takes nobody offline whose client comes back within ten seconds', async () => {
    const pbx = new FakePbx();
    pbx.put(freshFacts('1001', { line: 'unavailable' }), freshFacts('1002', { line: 'unavailable' }));
    const before = openBoard({ pbx });
    pbx.snapshot();
    await before.started;
    const close = [before.opened('1001'), before.opened('1002')];
    const since = before.board.presence('1001')?.since;
    const after = restarted(before, pbx);
    for (const end of close) end();
    pbx.snapshot();
    await after.started;
    after.clock.pass(4_000);
    after.opened('1001');
    expect(after.written('presence')).toEqual([]);
    expect(after.board.presence('1001')).toMatchObject({ online: true, indicator: 'available', since });
    after.clock.pass(6_000);
    expect(after.written('presence')).toEqual(['presence 1002']);
    expect(after.board.presence('1001')).toMatchObject({ online: true });
    expect(after.board.presence('1002')).toMatchObject({ online: false, indicator: 'offline' });
  });

  test('with the PBX away counts only the sessions that are open', async () => {
    const pbx = new FakePbx();
    pbx.put(freshFacts('1001', { line: 'unavailable' }));
    const before = openBoard({ pbx });
    pbx.snapshot();
    await before.started;
    before.opened('1001');
    const after = restarted(before, new FakePbx());
    after.pbx.cut();
    await after.started;
    expect(after.board.presence('1001')).toMatchObject({ line: 'unknown', online: false, indicator: 'offline' });
  });

  test('with the PBX away shows the extensions with unknown lines and what was chosen', async () => {
    const before = await connected('1001', '1002');
    before.pbx.obedient = true;
    await before.set('1002', { status: 'business_trip', note: 'Turin' });
    before.clock.pass(5_000);
    const after = restarted(before, new FakePbx());
    expect(after.board.presence('1001')).toMatchObject({ line: 'idle' });
    after.pbx.cut();
    await after.started;
    expect(after.board.connected).toBe(false);
    expect(after.board.name('1001')).toBe('User 1001');
    expect(after.board.presence('1001')).toEqual({
      id: '1001',
      status: 'available',
      line: 'unknown',
      online: false,
      indicator: 'offline',
      since: '2026-01-05T08:00:05.000Z',
    });
    expect(after.board.presence('1002')).toMatchObject({ line: 'unknown', indicator: 'business_trip', since: START });
    expect(after.written().sort()).toEqual(['pbx pbx', 'presence 1001', 'presence 1002']);
  });

  test('adopts what was changed on the PBX meanwhile, and repairs what was set by half', async () => {
    const before = await connected('1001', '1002');
    const pbx = pbxWith('1001', '1002');
    pbx.change('1001', { blocked: true });
    pbx.lamp('1002', 'on');
    pbx.obedient = true;
    const after = restarted(before, pbx);
    pbx.snapshot();
    await after.started;
    await turn();
    expect(after.board.presence('1001')?.status).toBe('do_not_disturb');
    expect(after.board.presence('1002')?.status).toBe('available');
    expect(pbx.facts('1001')).toMatchObject({
      blocked: true,
      lamps: { [LAMP('1001')]: 'on' },
      presentity: { state: 'dnd' },
    });
    expect(pbx.facts('1002')).toMatchObject({ blocked: false, lamps: { [LAMP('1002')]: 'off' } });
    expect(after.reports).toEqual([['presence.half_set', { extension: '1002', blocked: false }]]);
  });

  test('knows a status whose end came meanwhile to be over, also with the PBX away', async () => {
    const before = await connected('1001');
    before.pbx.obedient = true;
    await before.set('1001', { status: 'lunch', until: '2026-01-05T09:00:00.000Z' });
    before.board.stop();
    before.clock.pass(2 * 3_600_000);
    const after = restarted(before, new FakePbx());
    after.pbx.cut();
    await after.started;
    expect(after.board.presence('1001')).toMatchObject({ status: 'available' });
    expect(after.board.presence('1001')).not.toHaveProperty('until');
  });

  test('ends a status at its time, also with the PBX away, and takes that to the PBX when it is back', async () => {
    const before = await connected('1001');
    before.pbx.obedient = true;
    await before.set('1001', { status: 'lunch', until: '2026-01-05T09:00:00.000Z' });
    before.pbx.connected = false;
    const after = restarted(before, before.pbx);
    after.pbx.cut();
    await after.started;
    expect(after.board.presence('1001')).toMatchObject({ status: 'lunch', until: '2026-01-05T09:00:00.000Z' });
    after.clock.pass(3_600_000 - 1);
    expect(after.board.presence('1001')?.status).toBe('lunch');
    after.clock.pass(1);
    expect(after.board.presence('1001')?.status).toBe('available');
    after.pbx.snapshot();
    await turn();
    expect(after.pbx.facts('1001')?.presentity).toEqual({ state: 'available', subtype: '', message: '' });
    expect(after.board.presence('1001')?.status).toBe('available');
  });
});

describe('open sessions', () => {
  test('P25: make an extension without a phone online, as long as there is one', async () => {
    const { board, opened, pbx } = await connected('1001');
    pbx.change('1001', { line: 'unavailable' });
    const [first, second] = [opened('1001'), opened('1001')];
    expect(board.presence('1001')).toMatchObject({ online: true, indicator: 'available', line: 'unavailable' });
    first();
    first();
    expect(board.presence('1001')?.online).toBe(true);
    second();
    expect(board.presence('1001')).toMatchObject({ online: false, indicator: 'offline' });
  });

  test('change nothing for an extension with a phone', async () => {
    const { opened, written } = await connected('1001');
    opened('1001')();
    expect(written()).toEqual([]);
  });

  test('of an extension that the PBX does not have count once it has it', async () => {
    const { board, opened, pbx } = await connected('1001');
    opened('1002');
    pbx.put(freshFacts('1002', { line: 'unavailable' }));
    pbx.snapshot();
    expect(board.presence('1002')).toMatchObject({ online: true });
  });
});

describe('a session that was open when the daemon ended', () => {
  /** 1001 was online by its session alone; the daemon has started again, and the PBX is as it was. */
  async function again() {
    const before = await connected('1001', '1002');
    before.pbx.change('1001', { line: 'unavailable' });
    before.opened('1001');
    before.clock.pass(5_000);
    const after = restarted(before, before.pbx);
    after.pbx.connected = false;
    after.pbx.snapshot();
    await after.started;
    return after;
  }

  test('P25: has 10 s to come back, and if it does nothing was changed', async () => {
    const { board, opened, clock, written } = await again();
    clock.pass(9_999);
    const close = opened('1001');
    clock.pass(60_000);
    expect(written()).toEqual([]);
    expect(board.presence('1001')).toMatchObject({ online: true, since: START });
    close();
    expect(board.presence('1001')).toMatchObject({ online: false, indicator: 'offline' });
  });

  test('P25: that does not come back counts no more after 10 s', async () => {
    const { board, clock, written } = await again();
    clock.pass(10_000);
    expect(written()).toEqual(['presence 1001']);
    expect(board.presence('1001')).toMatchObject({
      online: false,
      indicator: 'offline',
      since: '2026-01-05T08:00:15.000Z',
    });
  });

  test('counts no more at once when the PBX is away', async () => {
    const before = await connected('1001');
    before.pbx.change('1001', { line: 'unavailable' });
    before.opened('1001');
    const after = restarted(before, new FakePbx());
    after.pbx.cut();
    await after.started;
    expect(after.board.presence('1001')).toMatchObject({ online: false, line: 'unknown' });
  });
});

describe('what the operator says of a colleague', () => {
  const user = { id: '1001', groups: ['sales'], admin: false, disabled: false };

  test('goes before what the PBX says, and gives way to it again', async () => {
    const { board, pbx, store } = await connected('1001');
    pbx.change('1001', { email: 'pbx@example.com' });
    const details = { ...user, name: 'Ada', email: 'ada@example.com', mobile: '+44 7946' };
    await store.commit([{ table: 'users', id: '1001', value: details }]);
    await turn();
    const item = {
      id: '1001',
      number: '1001',
      name: 'Ada',
      email: 'ada@example.com',
      mobile: '+44 7946',
      groups: ['sales'],
    };
    const said = { name: 'User 1001', email: 'pbx@example.com' };
    expect(store.get('extensions', '1001')?.value).toEqual({ item, said });
    expect(board.name('1001')).toBe('Ada');
    pbx.change('1001', { name: 'Renamed at the PBX' });
    expect(board.name('1001')).toBe('Ada');
    await store.commit([{ table: 'users', id: '1001', value: null }]);
    await turn();
    const renamed = { name: 'Renamed at the PBX', email: 'pbx@example.com' };
    expect(store.get('extensions', '1001')?.value).toEqual({
      item: { id: '1001', number: '1001', ...renamed, groups: [] },
      said: renamed,
    });
  });

  test('that clients do not see of an extension is not written there', async () => {
    const { store, written } = await connected('1001');
    await store.commit([{ table: 'users', id: '1001', value: { ...user, groups: [], password: 'hash' } }]);
    await store.commit([{ table: 'users', id: '4711', value: { ...user, id: '4711' } }]);
    await turn();
    expect(written()).toEqual(['users 1001', 'users 4711']);
  });
});

describe('10,000 extensions', () => {
  function big(): FakePbx {
    const pbx = new FakePbx();
    for (let i = 0; i < 10_000; i++) pbx.put(freshFacts(String(10_000 + i)));
    return pbx;
  }

  test('come twenty-five at a time, the PBX last, and a check of them that finds nothing writes nothing', async () => {
    const house = openBoard({ pbx: big() });
    house.pbx.snapshot();
    expect(house.commits).toEqual([]);
    await house.started;
    expect(house.commits.map(({ writes }) => writes.length)).toEqual([...Array(399).fill(75), 76]);
    const withPbx = house.commits.filter(({ writes }) => writes.some(({ table }) => table === 'pbx'));
    expect(withPbx).toEqual(house.commits.slice(-1));
    expect(house.written()).toHaveLength(30_001);
    house.pbx.snapshot();
    expect(house.written()).toEqual([]);
  });

  test('make one change no dearer: it is looked for nowhere else', async () => {
    const house = openBoard({ pbx: big() });
    house.pbx.snapshot();
    await house.started;
    const reads: string[] = [];
    const { get } = house.store;
    house.store.get = (table, id) => {
      reads.push(`${table} ${id}`);
      return get.call(house.store, table, id);
    };
    house.pbx.change('10500', { line: 'ringing' });
    expect(new Set(reads)).toEqual(new Set(['extensions 10500', 'presence 10500', 'users 10500']));
  });
});

test('every row of statuses holds what was chosen and what the PBX showed', async () => {
  const { store, pbx, set } = await connected('1001');
  pbx.obedient = true;
  await set('1001', { status: 'lunch', note: 'pizza' });
  await turn();
  expect(store.get('statuses', '1001')?.value).toEqual({
    chosen: { base: { status: 'lunch', note: 'pizza' } },
    places: {
      blocked: false,
      lamps: { [LAMP('1001')]: 'unset' },
      presentity: { state: 'away', subtype: 'lunch', message: 'pizza' },
    },
  });
});
