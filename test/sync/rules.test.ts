import { describe, expect, test } from 'vitest';
import { TAG_LENGTH } from '../../src/sync/cursor.ts';
import { revisionMask } from '../../src/sync/revision-mask.ts';
import { turn } from '../support/board-house.ts';
import { BusyClock } from '../support/busy-clock.ts';
import { FakePbx, freshFacts } from '../support/fake-pbx.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { Mirror } from '../support/mirror.ts';
import { ask, openSyncHouse, pbxOf, type SyncHouse, sync } from '../support/sync-house.ts';
import { cursorsOf, kinds, news, putsOf } from './messages.ts';

const manyNumbers = (count: number) => Array.from({ length: count }, (_, i) => String(10_000 + i));

/** What the store holds of a table, as clients should see it. */
function truth({ store }: SyncHouse, table: 'presence' | 'extensions' | 'pbx'): Record<string, unknown> {
  const item = (value: object) => ('item' in value ? value.item : value);
  return Object.fromEntries([...store.all(table)].map((row) => [row.id, item(row.value)]));
}

describe('S1: a snapshot', () => {
  test('is one page with reset and a cursor, in the order in which the collections were named', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    const messages = await sync(socket, ['presence', 'pbx', 'extensions']);
    expect(kinds(messages)).toEqual([
      'response',
      'sync.change presence',
      'sync.change pbx',
      'sync.change extensions',
      'sync.ready',
    ]);
    expect(messages[0]).toMatchObject({ result: {} });
    expect(messages[2]).toEqual({
      jsonrpc: '2.0',
      method: 'sync.change',
      params: {
        collection: 'pbx',
        reset: true,
        put: [{ id: 'pbx', connected: true, since: '2026-01-05T08:00:00.000Z' }],
        remove: [],
        cursor: expect.any(String),
      },
    });
    const mirror = new Mirror().take(messages);
    expect(mirror.items('presence')).toEqual(truth(house, 'presence'));
    expect(mirror.items('extensions')).toEqual(truth(house, 'extensions'));
  });

  test('of more than 500 items comes in pages: reset on the first, the cursor on the last', async () => {
    const house = await openSyncHouse({ pbx: pbxOf(...manyNumbers(1_201)) });
    const socket = await house.open('1001');
    const messages = await sync(socket, ['presence']);
    const pages = messages.filter(({ method }) => method === 'sync.change');
    const shapes = pages.map((page) => [
      putsOf(page).length,
      page.params?.['reset'],
      page.params?.['more'],
      typeof page.params?.['cursor'],
    ]);
    expect(shapes).toEqual([
      [500, true, true, 'undefined'],
      [500, undefined, true, 'undefined'],
      [201, undefined, undefined, 'string'],
    ]);
    expect(new Mirror().take(messages).items('presence')).toEqual(truth(house, 'presence'));
  });

  test('of an empty collection is one empty page', async () => {
    const house = await openSyncHouse({ pbx: pbxOf() });
    const socket = await house.open('1001');
    const [, page, ready] = await sync(socket, ['presence']);
    expect(page).toMatchObject({
      params: { collection: 'presence', reset: true, put: [], remove: [], cursor: expect.any(String) },
    });
    expect(ready?.method).toBe('sync.ready');
  });

  test('of exactly 500 items is one page', async () => {
    const house = await openSyncHouse({ pbx: pbxOf(...manyNumbers(500)) });
    const socket = await house.open('1001');
    expect(kinds(await sync(socket, ['presence']))).toEqual(['response', 'sync.change presence', 'sync.ready']);
  });
});

describe('S2: with a cursor', () => {
  test('that is current nothing comes before sync.ready', async () => {
    const house = await openSyncHouse();
    const first = await house.open('1001');
    const cursors = cursorsOf(await sync(first, ['pbx', 'extensions', 'presence']));
    const second = await house.open('1001');
    house.pbx.snapshot();
    expect(kinds(await sync(second, ['pbx', 'extensions', 'presence'], cursors))).toEqual(['response', 'sync.ready']);
  });

  test('only what changed since comes, each item once and as it is now', async () => {
    const house = await openSyncHouse();
    const first = await house.open('1001');
    const cursors = cursorsOf(await sync(first, ['extensions', 'presence']));
    first.vanish();
    house.pbx.change('1002', { line: 'ringing' });
    house.pbx.change('1002', { line: 'in_use' });
    house.pbx.remove('1003');
    house.pbx.put(freshFacts('1004'), freshFacts('1005'));
    house.pbx.snapshot();
    house.pbx.remove('1005');
    house.pbx.snapshot();
    const second = await house.open('1001');
    const messages = await sync(second, ['presence', 'extensions'], cursors);
    expect(messages.map(({ params }) => params).slice(1)).toEqual([
      {
        collection: 'presence',
        put: [house.board.presence('1002'), house.board.presence('1004')],
        remove: expect.arrayContaining(['1003']),
        cursor: expect.any(String),
      },
      {
        collection: 'extensions',
        put: [{ id: '1004', number: '1004', name: 'User 1004', groups: [] }],
        remove: expect.arrayContaining(['1003']),
        cursor: expect.any(String),
      },
      {},
    ]);
  });

  test('and more than 500 changes they come in pages, without reset', async () => {
    const house = await openSyncHouse({ pbx: pbxOf(...manyNumbers(600)) });
    const first = await house.open('1001');
    const messages = await sync(first, ['presence']);
    first.vanish();
    for (const number of manyNumbers(600)) house.pbx.change(number, { line: 'ringing' });
    house.pbx.remove('10000');
    house.pbx.snapshot();
    const second = await house.open('1001');
    const changes = (await sync(second, ['presence'], cursorsOf(messages))).filter(
      ({ params }) => params?.['collection'],
    );
    expect(changes.map((page) => [page.params?.['reset'], page.params?.['more'], putsOf(page).length])).toEqual([
      [undefined, true, 500],
      [undefined, undefined, 99],
    ]);
    const mirror = new Mirror().take(messages);
    mirror.reconnect();
    expect(mirror.take(changes).items('presence')).toEqual(truth(house, 'presence'));
  });

  test.each([
    ['of another user', async (house: SyncHouse) => cursorsOf(await sync(await house.open('1002'), ['presence']))],
    [
      'of another collection',
      async (house: SyncHouse) => {
        const all = cursorsOf(await sync(await house.open('1001'), ['extensions']));
        return { presence: all['extensions'] ?? '' };
      },
    ],
    [
      'of another store',
      async () => {
        const other = await openSyncHouse({ store: new MemoryStore({ epoch: 'another' }) });
        return cursorsOf(await sync(await other.open('1001'), ['presence']));
      },
    ],
    [
      'from the future',
      async (house: SyncHouse) => {
        const all = cursorsOf(await sync(await house.open('1001'), ['presence']));
        return { presence: `${(all['presence'] ?? '').slice(0, 12)}zzzzzz` };
      },
    ],
    ['that is garbage', async () => ({ presence: 'x\u0000"}' })],
    ['that is empty', async () => ({ presence: '' })],
  ] as const)('%s the answer is a reset', async (_, cursorsFrom) => {
    const house = await openSyncHouse();
    const cursors: Record<string, string> = await cursorsFrom(house);
    const messages = await sync(await house.open('1001'), ['presence'], cursors);
    expect(kinds(messages)).toEqual(['response', 'sync.change presence', 'sync.ready']);
    expect(messages[1]).toMatchObject({ params: { reset: true } });
  });

  test('older than the history that is kept the answer is a reset', async () => {
    const house = await openSyncHouse({ store: new MemoryStore({ removalsKept: 2 }), pbx: pbxOf(...manyNumbers(10)) });
    const cursors = cursorsOf(await sync(await house.open('1001'), ['presence']));
    for (const number of manyNumbers(5)) {
      house.pbx.remove(number);
      house.pbx.snapshot();
    }
    const messages = await sync(await house.open('1001'), ['presence'], cursors);
    expect(messages[1]).toMatchObject({ params: { reset: true } });
    expect(new Mirror().take(messages).items('presence')).toEqual(truth(house, 'presence'));
  });
});

describe('S3: a cursor of a collection that one may not see', () => {
  test('is answered with sync.gone, in its place and after the response', async () => {
    const house = await openSyncHouse();
    const admin = await house.open('1000', { admin: true });
    const cursors = cursorsOf(await sync(admin, ['users']));
    const socket = await house.open('1001');
    const messages = await sync(socket, ['pbx', 'users', 'presence'], cursors);
    expect(kinds(messages)).toEqual([
      'response',
      'sync.change pbx',
      'sync.gone users',
      'sync.change presence',
      'sync.ready',
    ]);
    expect(messages[2]).toMatchObject({ params: { collection: 'users', why: 'no_permission' } });
  });

  test('is said once, and without a cursor nothing is said', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    expect(kinds(await sync(socket, ['users']))).toEqual(['response', 'sync.ready']);
    expect(kinds(await sync(socket, ['users', 'users'], { users: 'x' }))).toEqual([
      'response',
      'sync.gone users',
      'sync.ready',
    ]);
  });
});

describe('S4: after sync.ready', () => {
  test('a change reaches every session that opened its collection, and no other', async () => {
    const house = await openSyncHouse();
    const [both, one, none] = [await house.open('1001'), await house.open('1002'), await house.open('1003')];
    await sync(both, ['presence', 'pbx']);
    await sync(one, ['presence']);
    for (const socket of [both, one, none]) news(socket);
    house.pbx.change('1002', { line: 'ringing' });
    await turn();
    const change = { params: { collection: 'presence', put: [house.board.presence('1002')], remove: [] } };
    expect(news(both)).toMatchObject([change]);
    expect(news(one)).toMatchObject([change]);
    house.pbx.cut();
    await turn();
    expect(kinds(news(both))).toEqual(['sync.change pbx']);
    expect([...news(one), ...news(none)]).toEqual([]);
  });

  test('changes of one collection come in the order in which they were made, with rising cursors', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    await sync(socket, ['presence']);
    news(socket);
    for (const line of ['ringing', 'in_use', 'on_hold', 'idle'] as const) {
      house.pbx.change('1002', { line });
      await turn();
    }
    const changes = news(socket);
    expect(changes.map((change) => putsOf(change)[0]?.line)).toEqual(['ringing', 'in_use', 'on_hold', 'idle']);
    const cursors = changes.map(({ params }) => String(params?.['cursor']));
    const mask = revisionMask(house.store.epoch, 'presence ');
    const revs = cursors.map((cursor) => mask.reveal(cursor.slice(TAG_LENGTH)) ?? 0);
    expect(revs).toEqual([...new Set(revs)].sort((a, b) => a - b));
  });

  test.each(['before', 'in the same turn as', 'right after'] as const)(
    'a change %s the snapshot is neither lost nor sent twice',
    async (when) => {
      const house = await openSyncHouse();
      const socket = await house.open('1001');
      if (when === 'before') house.pbx.change('1002', { line: 'ringing' });
      socket.send('sync.open', { collections: ['extensions', 'presence'] });
      if (when === 'in the same turn as') house.pbx.change('1002', { line: 'ringing' });
      await turn();
      if (when === 'right after') house.pbx.change('1002', { line: 'ringing' });
      for (let n = 0; n < 4; n++) await turn();
      const mirror = new Mirror().take(socket.received);
      expect(mirror.items('presence')).toEqual(truth(house, 'presence'));
      const puts = socket.received.flatMap(putsOf);
      expect(puts.filter(({ id, line }) => id === '1002' && line === 'ringing')).toHaveLength(1);
    },
  );

  test.each([false, true])(
    'what one read while changes were held back does not come again with them (and changed once more: %s)',
    async (again) => {
      const clock = new BusyClock();
      const house = await openSyncHouse({ clock });
      const [first, second] = [await house.open('1001'), await house.open('1002')];
      await sync(first, ['presence']);
      house.pbx.change('1001', { line: 'ringing' });
      clock.makeTheNextSpreadLast(50);
      await turn();
      house.pbx.change('1001', { line: 'in_use' });
      house.pbx.change('1002', { line: 'ringing' });
      await turn();
      await sync(second, ['presence']);
      if (again) house.pbx.change('1002', { line: 'in_use' });
      for (const socket of [first, second]) news(socket);
      clock.pass(50);
      for (let n = 0; n < 3; n++) await turn();
      expect(
        news(first)
          .flatMap(putsOf)
          .map(({ id }) => id),
      ).toEqual(['1001', '1002']);
      expect(news(second).flatMap(putsOf)).toEqual(again ? [house.board.presence('1002')] : []);
      expect(house.hub.counters.fellBehind).toBe(again ? 1 : 0);
    },
  );

  test('a second sync.open replaces the first', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    await sync(socket, ['presence', 'extensions']);
    const cursors = cursorsOf(news(socket));
    expect(kinds(await sync(socket, ['presence'], cursors))).toEqual(['response', 'sync.ready']);
    news(socket);
    house.pbx.change('1002', { name: 'Renamed', line: 'ringing' });
    await turn();
    expect(kinds(news(socket))).toEqual(['sync.change presence']);
    expect(kinds(await sync(socket, []))).toEqual(['response', 'sync.ready']);
    house.pbx.change('1002', { line: 'idle' });
    await turn();
    expect(kinds(news(socket))).toEqual(['response', 'sync.ready']);
  });

  test('a second sync.open in the middle of the first begins anew', async () => {
    const house = await openSyncHouse({ pbx: pbxOf(...manyNumbers(3_000)) });
    const socket = await house.open('1001');
    socket.slow = true;
    socket.send('sync.open', { collections: ['presence'] });
    await turn();
    socket.send('sync.open', { collections: ['presence'] });
    for (let n = 0; n < 30; n++) {
      socket.take();
      await turn();
    }
    const mirror = new Mirror().take(socket.received);
    expect(mirror.items('presence')).toEqual(truth(house, 'presence'));
    expect(mirror.ready).toBe(1);
  });
});

describe('S5: the session that makes a change', () => {
  test('has it before the response', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    await sync(socket, ['presence']);
    news(socket);
    await ask(socket, 'presence.set', { status: 'lunch', note: 'pizza' });
    const [change, response, ...more] = news(socket);
    expect(more).toEqual([]);
    expect(change).toMatchObject({ params: { collection: 'presence', put: [{ id: '1001', status: 'lunch' }] } });
    expect(response?.result).toEqual({ presence: house.board.presence('1001') });
  });

  test('has a change of a user and of his extension before the response', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1000', { admin: true });
    await sync(socket, ['users', 'extensions']);
    news(socket);
    await ask(socket, 'users.set', { id: '1002', name: 'Grace' });
    const messages = news(socket);
    expect(kinds(messages)).toEqual(['sync.change extensions', 'sync.change users', 'response']);
    expect(messages[0]).toMatchObject({ params: { put: [{ id: '1002', name: 'Grace' }] } });
    expect(messages[2]).toMatchObject({ result: { user: { id: '1002', name: 'Grace', hasPassword: false } } });
  });

  test('has it before the response when the request came right behind sync.open', async () => {
    const house = await openSyncHouse({ pbx: pbxOf('1001', ...manyNumbers(3_000)) });
    const socket = await house.open('1001');
    socket.send('sync.open', { collections: ['extensions', 'presence'] });
    const id = socket.send('presence.set', { status: 'lunch' });
    for (let n = 0; n < 20; n++) await turn();
    const at = socket.received.findIndex((message) => message.id === id);
    const mirror = new Mirror().take(socket.received.slice(0, at));
    expect(mirror.items('presence')['1001']).toMatchObject({ status: 'lunch' });
    expect(mirror.take(socket.received).items('presence')).toEqual(truth(house, 'presence'));
  });

  test.each([1, 2])('has it before the response when it takes too little, %i bursts behind', async (bursts) => {
    const house = await openSyncHouse({ pbx: pbxOf('1001', ...manyNumbers(3_000)) });
    const socket = await house.open('1001');
    await sync(socket, ['presence']);
    socket.slow = true;
    for (const line of (['ringing', 'in_use'] as const).slice(0, bursts)) {
      for (const number of manyNumbers(3_000)) house.pbx.change(number, { line });
      await turn();
    }
    expect(house.hub.counters.fellBehind).toBe(bursts - 1);
    const id = socket.send('presence.set', { status: 'lunch' });
    const ping = socket.send('session.ping');
    for (let n = 0; n < 5; n++) await turn();
    for (let n = 0; n < 60; n++) {
      socket.take('one');
      await turn();
    }
    const at = socket.received.findIndex((message) => message.id === id);
    expect(at).toBeGreaterThan(socket.received.findIndex((message) => message.id === ping));
    const mirror = new Mirror().take(socket.received.slice(0, at));
    expect(mirror.items('presence')['1001']).toMatchObject({ status: 'lunch' });
    expect(mirror.take(socket.received).items('presence')).toEqual(truth(house, 'presence'));
  });

  test('that goes away while its response waits leaves nothing behind', async () => {
    const house = await openSyncHouse({ pbx: pbxOf('1001', ...manyNumbers(3_000)) });
    const socket = await house.open('1001');
    socket.slow = true;
    socket.send('sync.open', { collections: ['presence'] });
    socket.send('presence.set', { status: 'lunch' });
    for (let n = 0; n < 5; n++) await turn();
    expect(house.answers.filter((answer) => answer.startsWith('presence.set'))).toEqual([]);
    socket.vanish();
    await turn();
    expect(house.answers.filter((answer) => answer.startsWith('presence.set'))).toEqual(['presence.set ok']);
    expect(house.sessions.count).toBe(0);
  });
});

describe('S7 and S8: the right to see a collection', () => {
  test('that is granted brings all of it, and one that is revoked takes it away', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    await sync(socket, ['users', 'presence']);
    expect(JSON.stringify(news(socket))).not.toContain('hasPassword');
    await house.users.set({ id: '1001', admin: true });
    await turn();
    const granted = news(socket).filter(({ method }) => method !== 'session.notice');
    expect(granted).toMatchObject([{ method: 'sync.change', params: { collection: 'users', reset: true } }]);
    expect(new Mirror().take(granted).items('users')).toEqual({
      '1001': { id: '1001', groups: [], admin: true, disabled: false, hasPassword: true },
    });
    await house.users.set({ id: '1002', name: 'Grace' });
    await turn();
    expect(kinds(news(socket))).toEqual(['sync.change users']);
    await house.users.set({ id: '1001', admin: false });
    await turn();
    expect(news(socket).filter(({ method }) => method !== 'session.notice')).toEqual([
      { jsonrpc: '2.0', method: 'sync.gone', params: { collection: 'users', why: 'no_permission' } },
    ]);
    await house.users.set({ id: '1002', name: 'Ada' });
    await turn();
    expect(kinds(news(socket))).toEqual([]);
  });

  test('that is revoked in the same turn as a change of it lets nothing of the change out', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001', { admin: true });
    await sync(socket, ['users']);
    news(socket);
    await Promise.all([
      house.users.set({ id: '1002', name: 'Grace' }),
      house.users.set({ id: '1001', admin: false }),
      house.users.set({ id: '1003', name: 'Ada' }),
    ]);
    for (let n = 0; n < 3; n++) await turn();
    const text = JSON.stringify(news(socket));
    expect(text).toContain('sync.gone');
    expect(text.slice(text.indexOf('sync.gone'))).not.toContain('100');
  });

  test('that is revoked in the middle of its snapshot ends the snapshot', async () => {
    const house = await openSyncHouse();
    for (const number of manyNumbers(4_000)) {
      await house.store.commit([
        {
          table: 'users',
          id: number,
          value: { id: number, name: 'x'.repeat(120), groups: [], admin: false, disabled: false },
        },
      ]);
    }
    const socket = await house.open('1001', { admin: true });
    socket.slow = true;
    socket.send('sync.open', { collections: ['users'] });
    await turn();
    await house.users.set({ id: '1001', admin: false });
    const written = socket.chunks.length;
    for (let n = 0; n < 20; n++) {
      socket.take();
      await turn();
    }
    const mirror = new Mirror().take(socket.received);
    expect([mirror.has('users'), mirror.ready]).toEqual([false, 1]);
    const after = Buffer.concat(socket.chunks.slice(written)).toString();
    expect(after).not.toContain('"put"');
  });

  test('never shows a password hash', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1000', { admin: true });
    await sync(socket, ['users']);
    await ask(socket, 'users.set', { id: '1002', password: 'another long one' });
    await turn();
    expect(JSON.stringify(socket.received)).not.toMatch(/scrypt|"password"/);
  });
});

describe('S9: presence', () => {
  test('of many extensions that change in one turn comes in one frame, the last value of each', async () => {
    const house = await openSyncHouse({ pbx: pbxOf(...manyNumbers(40)) });
    const socket = await house.open('1001');
    await sync(socket, ['presence']);
    news(socket);
    for (const line of ['ringing', 'in_use', 'on_hold'] as const) {
      for (const number of manyNumbers(40)) house.pbx.change(number, { line });
    }
    await turn();
    const messages = news(socket);
    expect(messages).toHaveLength(1);
    expect(messages.flatMap(putsOf).map(({ line }) => line)).toEqual(Array(40).fill('on_hold'));
  });

  test('costs one frame and one write for each client, however many changes and collections', async () => {
    const house = await openSyncHouse();
    const sockets = await Promise.all(['1001', '1002', '1003'].map((id) => house.open(id)));
    for (const socket of sockets) await sync(socket, ['pbx', 'extensions', 'presence']);
    const before = { ...house.hub.counters };
    const writes = sockets.map(({ writes }) => writes);
    house.pbx.change('1001', { line: 'ringing' });
    house.pbx.change('1002', { line: 'ringing', name: 'Renamed' });
    house.pbx.cut();
    await turn();
    expect(house.hub.counters.frames - before.frames).toBe(3);
    expect(house.hub.counters.deliveries - before.deliveries).toBe(9);
    expect(sockets.map((socket, i) => socket.writes - (writes[i] ?? 0))).toEqual([1, 1, 1]);
  });

  test('P34: is sent at once when it is quiet, and with a rest under load, in which changes join', async () => {
    const clock = new BusyClock();
    const house = await openSyncHouse({ clock });
    const socket = await house.open('1001');
    await sync(socket, ['presence']);
    news(socket);
    house.pbx.change('1001', { line: 'ringing' });
    clock.makeTheNextSpreadLast(50);
    await turn();
    expect(news(socket)).toHaveLength(1);
    house.pbx.change('1001', { line: 'in_use' });
    await turn();
    house.pbx.change('1002', { line: 'in_use' });
    await turn();
    clock.pass(49);
    await turn();
    expect(news(socket)).toEqual([]);
    clock.pass(1);
    await turn();
    expect(news(socket)).toMatchObject([{ params: { put: [{ id: '1001', line: 'in_use' }, { id: '1002' }] } }]);
  });

  test('of an open session makes its extension online for the others, until it goes', async () => {
    const pbx = new FakePbx();
    pbx.put(freshFacts('1001'), freshFacts('1002', { line: 'unavailable' }));
    const house = await openSyncHouse({ pbx });
    const socket = await house.open('1001');
    await sync(socket, ['presence']);
    news(socket);
    const other = await house.open('1002');
    await turn();
    expect(news(socket)).toMatchObject([{ params: { put: [{ id: '1002', online: true, indicator: 'available' }] } }]);
    other.vanish();
    await turn();
    expect(news(socket)).toMatchObject([{ params: { put: [{ id: '1002', online: false, indicator: 'offline' }] } }]);
  });
});

describe('S10: a slow client', () => {
  const NUMBERS = manyNumbers(1_000);
  const ROUNDS = 15;
  const LINES = ['ringing', 'in_use', 'on_hold', 'busy', 'idle'] as const;

  /** Two sessions that hold everything, one of which takes nothing more; then rounds of changes of everything. */
  async function storm() {
    const house = await openSyncHouse({ pbx: pbxOf(...NUMBERS) });
    const [slow, quick] = [await house.open('1001'), await house.open('1002')];
    for (const socket of [slow, quick]) await sync(socket, ['presence', 'pbx']);
    slow.slow = true;
    for (let round = 0; round < ROUNDS; round++) {
      for (const number of NUMBERS) house.pbx.change(number, { line: LINES[round % LINES.length] ?? 'idle' });
      await turn();
    }
    return { house, slow, quick };
  }

  test('has a bounded amount waiting, whatever happens meanwhile', async () => {
    const { house, slow, quick } = await storm();
    expect(slow.buffered).toBeLessThan(1_000_000);
    expect(house.hub.counters.fellBehind).toBe(1);
    expect(new Mirror().take(quick.received).items('presence')).toEqual(truth(house, 'presence'));
  });

  test('ends with the newest state, and is sent only that', async () => {
    const { house, slow } = await storm();
    const before = slow.received.length;
    slow.take();
    const stale = slow.received.length;
    for (let n = 0; n < 20; n++) {
      await turn();
      slow.take();
    }
    const mirror = new Mirror().take(slow.received);
    expect(mirror.items('presence')).toEqual(truth(house, 'presence'));
    const newest = slow.received.slice(stale).flatMap(putsOf);
    expect(newest.map(({ id }) => id).sort()).toEqual(NUMBERS);
    expect(stale - before).toBeLessThan(5);
    house.pbx.change('10000', { line: 'ringing' });
    await turn();
    slow.take();
    expect(mirror.take(slow.received).items('presence')['10000']).toMatchObject({ line: 'ringing' });
  });

  test('costs the others nothing: they get each frame as if it were not there', async () => {
    const { quick, slow } = await storm();
    const changes = quick.received.filter(({ method }) => method === 'sync.change');
    expect(changes).toHaveLength(2 + 1 + ROUNDS);
    expect(slow.received.length).toBeLessThan(quick.received.length);
  });

  test('that takes nothing for 60 s is closed with 1013 and a time to come back', async () => {
    const { house, slow, quick } = await storm();
    house.clock.pass(60_000);
    expect(slow.ended).toBeUndefined();
    house.clock.pass(10_000);
    expect(slow.ended).toEqual({ code: 1013, reason: 'retry-after=5500' });
    expect(quick.ended).toBeUndefined();
    expect(house.sessions.count).toBe(1);
  });

  test('that takes a little now and then is not closed', async () => {
    const { house, slow } = await storm();
    for (let n = 0; n < 5; n++) {
      house.clock.pass(50_000);
      slow.take('one');
      await turn();
      for (const number of NUMBERS) house.pbx.change(number, { line: LINES[n % LINES.length] ?? 'idle' });
      await turn();
    }
    expect(slow.ended).toBeUndefined();
  });

  test('that has taken everything is not closed for being quiet', async () => {
    const { house, quick } = await storm();
    house.clock.pass(600_000);
    expect(quick.ended).toBeUndefined();
  });

  test('P15: is not read while its answers wait', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    for (let n = 0; n < 60; n++) await house.tokenOf('1001');
    socket.slow = true;
    for (let n = 0; n < 400 && !socket.paused; n++) {
      socket.send('session.list');
      house.clock.pass(20);
      if (n % 10 === 0) await turn();
    }
    expect(socket.paused).toBe(true);
    const waiting = socket.buffered;
    expect(waiting).toBeLessThan(700_000);
    const id = socket.send('session.ping');
    await turn();
    await turn();
    expect(socket.buffered).toBeLessThan(waiting + 200_000);
    for (let n = 0; n < 20; n++) {
      socket.take();
      await turn();
    }
    expect(socket.paused).toBe(false);
    expect(socket.response(id)?.result).toEqual({});
  });
});

describe('S11: a cursor', () => {
  test('survives a restart of the daemon, for every collection', async () => {
    const before = await openSyncHouse();
    const admin = await before.open('1000', { admin: true });
    const cursors = cursorsOf(await sync(admin, ['pbx', 'extensions', 'presence', 'users']));
    admin.vanish();
    await ask(await before.open('1001'), 'presence.set', { status: 'lunch' });
    before.stop();
    const after = await openSyncHouse({ store: before.store, pbx: before.pbx, clock: before.clock });
    const socket = await after.open('1000');
    const messages = await sync(socket, ['pbx', 'extensions', 'presence', 'users'], cursors);
    expect(kinds(messages)).toEqual(['response', 'sync.change presence', 'sync.change users', 'sync.ready']);
    expect(messages[1]).toMatchObject({ params: { put: [{ id: '1001', status: 'lunch' }], remove: [] } });
    expect(messages[1]).not.toHaveProperty('params.reset');
    expect(messages[2]).toMatchObject({ params: { put: [{ id: '1001' }] } });
  });

  test('of a session that took part of a snapshot is none, and the next one begins anew', async () => {
    const house = await openSyncHouse({ pbx: pbxOf(...manyNumbers(3_000)) });
    const socket = await house.open('1001');
    socket.slow = true;
    socket.send('sync.open', { collections: ['presence'] });
    await turn();
    socket.take('one');
    await turn();
    const mirror = new Mirror().take(socket.received);
    socket.vanish();
    expect(mirror.cursors).toEqual({});
  });
});

describe('collections', () => {
  test('that are none are refused, and what was open stays', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    await sync(socket, ['presence']);
    news(socket);
    for (const name of ['nonsense', '__proto__', '', 'Presence', 'statuses', 'logins', 'contacts:']) {
      const { error } = await ask(socket, 'sync.open', { collections: ['pbx', name] });
      expect(error).toMatchObject({
        code: -32602,
        data: { issues: [{ path: 'collections.1', message: 'is no collection' }] },
      });
    }
    news(socket);
    house.pbx.change('1001', { line: 'ringing' });
    await turn();
    expect(kinds(news(socket))).toEqual(['sync.change presence']);
  });

  test("of calls and messages are one's own, and start anew from a cursor that is none", async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    const cursors = { calls: 'x', messages: 'x' };
    expect(kinds(await sync(socket, ['calls', 'messages', 'pbx'], cursors))).toEqual([
      'response',
      'sync.change calls',
      'sync.change messages',
      'sync.change pbx',
      'sync.ready',
    ]);
  });

  test('P33: named twice are sent once', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    expect(kinds(await sync(socket, ['pbx', 'pbx']))).toEqual(['response', 'sync.change pbx', 'sync.ready']);
  });
});
