import { describe, expect, test } from 'vitest';
import { turn } from '../support/board-house.ts';
import { LateStore } from '../support/late-store.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { Mirror } from '../support/mirror.ts';
import { openSyncHouse, sync } from '../support/sync-house.ts';
import { add, manyContacts, OPERATOR, permit, turns } from './book-house.ts';
import { cursorsOf, kinds, news, putsOf } from './messages.ts';

const COMPANY = 'contacts:company';

/** A house over a store whose answers come when they are let go; everybody sees the company book with some contacts. */
async function lateHouse(count = 3) {
  const store = new LateStore(new MemoryStore());
  const house = await openSyncHouse({ store });
  await permit(house, 'view company');
  if (count > 0) await house.store.commit(manyContacts('company', count));
  return { house, store };
}

const idOf = (n: number) => manyContacts('company', 1, n)[0]?.id ?? '';

describe('a store that answers late', () => {
  test('S1, S4: holds up sync.ready and what was named behind the book, and nobody else', async () => {
    const { house, store } = await lateHouse();
    const [waiting, other] = [await house.open('1001'), await house.open('1002')];
    await sync(other, ['presence', COMPANY]);
    store.late = true;
    news(other);
    waiting.send('sync.open', { collections: ['pbx', COMPANY, 'presence'] });
    await turns();
    expect(kinds(waiting.received.slice(1))).toEqual(['response', 'sync.change pbx']);
    house.pbx.change('1003', { line: 'ringing' });
    await house.store.commit(manyContacts('company', 1, 10));
    await turn();
    expect(kinds(news(other))).toEqual(['sync.change presence', `sync.change ${COMPANY}`]);
    store.release('all');
    await turns(2);
    // What was stored after the question is asked for again before the client is told that this is all.
    store.release('all');
    await turns();
    expect(kinds(waiting.received.slice(3))).toEqual([
      `sync.change ${COMPANY}`,
      `sync.change ${COMPANY}`,
      'sync.change presence',
      'sync.ready',
    ]);
    expect(Object.keys(new Mirror().take(waiting.received).items(COMPANY))).toHaveLength(4);
  });

  test('S9: holds up no presence of a client that is ready', async () => {
    const { house, store } = await lateHouse();
    const socket = await house.open('1001');
    await sync(socket, [COMPANY, 'presence', 'extensions']);
    store.late = true;
    await house.store.commit(manyContacts('company', 1_700, 100));
    await turns();
    expect(store.waiting).toBe(1);
    news(socket);
    house.pbx.change('1003', { line: 'ringing' });
    await turn();
    expect(kinds(news(socket))).toEqual(['sync.change presence']);
    store.late = false;
    store.release('all');
    await turns();
    expect(news(socket).flatMap(putsOf)).toHaveLength(1_700);
  });

  test('S8: and is answered after the right is gone sends nothing; granted again, the book comes once', async () => {
    const { house, store } = await lateHouse();
    const socket = await house.open('1001');
    store.late = true;
    socket.send('sync.open', { collections: ['contacts'] });
    await turns();
    store.release('all');
    await permit(house);
    await turns();
    store.release('all');
    await turns();
    expect(JSON.stringify(socket.received)).not.toContain('Name ');
    const held = store.waiting;
    await permit(house, 'view company');
    await turns();
    expect(store.waiting).toBe(held + 1);
    store.late = false;
    store.release('all');
    await turns();
    const resets = socket.received.filter(({ params }) => params?.['collection'] === COMPANY && params?.['reset']);
    expect(resets).toHaveLength(1);
    expect(Object.keys(new Mirror().take(socket.received).items(COMPANY))).toHaveLength(3);
  });

  test('S8: and is out of date when it answers: a contact that was moved to a hidden book meanwhile is not sent', async () => {
    const { house, store } = await lateHouse();
    const { id: hidden } = await house.books.create(OPERATOR, { name: 'Hidden' });
    const cursors = cursorsOf(await sync(await house.open('1002'), [COMPANY]));
    const [anew, again] = [await house.open('1001'), await house.open('1002')];
    store.late = true;
    anew.send('sync.open', { collections: [COMPANY] });
    again.send('sync.open', { collections: [COMPANY], cursors });
    await turns();
    const row = (await store.behind.find('contacts', [idOf(0)])).get(idOf(0));
    await store.commit([{ table: 'contacts', id: idOf(0), value: { ...row?.value, book: hidden, rev: 9 } }]);
    store.late = false;
    store.release('all');
    await turns();
    for (const socket of [anew, again]) {
      expect(JSON.stringify(socket.received)).not.toContain(hidden);
      expect(socket.received.flatMap(putsOf).map(({ id }) => id)).not.toContain(idOf(0));
    }
    expect(Object.keys(new Mirror().take(anew.received).items(COMPANY))).toEqual([idOf(1), idOf(2)]);
  });

  test('in odd order gives each client its own answer', async () => {
    const { house, store } = await lateHouse(700);
    const { id: other } = await house.books.create(OPERATOR, { name: 'Other' });
    await permit(house, 'view *');
    await house.store.commit(manyContacts(other, 5, 2_000));
    store.late = true;
    const sockets = [await house.open('1001'), await house.open('1002'), await house.open('1003')];
    for (const [n, socket] of sockets.entries()) {
      socket.send('sync.open', { collections: n === 1 ? ['contacts', 'favorites'] : [`contacts:${other}`, COMPANY] });
    }
    for (let n = 0; n < 60; n++) {
      store.release(store.waiting - 1);
      await turn();
    }
    for (const socket of sockets) {
      const mirror = new Mirror().take(socket.received);
      expect([mirror.ready, Object.keys(mirror.items(COMPANY)).length]).toEqual([1, 700]);
      expect(Object.keys(mirror.items(`contacts:${other}`))).toHaveLength(5);
    }
  });

  test('S5: holds up the answer to a change of a client that does not hold the book yet', async () => {
    const { house, store } = await lateHouse();
    const socket = await house.open('1001', { admin: true });
    store.late = true;
    socket.send('sync.open', { collections: [COMPANY] });
    await turns();
    const id = socket.send('permissions.set', { rules: [] });
    await turns();
    expect(socket.response(id)).toBeUndefined();
    store.late = false;
    store.release('all');
    await turns();
    expect(socket.response(id)?.result).toEqual({});
  });

  test('and is asked by a session that went away answers nobody', async () => {
    const { house, store } = await lateHouse();
    const socket = await house.open('1001');
    store.late = true;
    socket.send('sync.open', { collections: ['contacts', 'favorites'] });
    await turns();
    socket.vanish();
    const { writes } = socket;
    store.late = false;
    store.release('all');
    await turns();
    expect([socket.writes, house.sessions.count]).toEqual([writes, 0]);
  });
});

describe('a store that fails to answer', () => {
  test('is asked again after a while; nobody is lost, and it is reported once', async () => {
    const { house, store } = await lateHouse();
    const sockets = [await house.open('1001'), await house.open('1002')];
    store.failing = 4;
    for (const socket of sockets) socket.send('sync.open', { collections: ['presence', COMPANY] });
    await turns();
    const failures = () => house.reports.filter(([event]) => event === 'sync.read_failed');
    expect(failures()).toEqual([
      [
        'sync.read_failed',
        { book: 'company', retryMs: 500, error: expect.stringContaining('the disk did not answer') },
      ],
    ]);
    for (const socket of sockets) expect(kinds(socket.received.slice(1))).toEqual(['response', 'sync.change presence']);
    house.clock.pass(500);
    await turns();
    expect(failures().at(-1)?.[1]).toMatchObject({ retryMs: 1_000 });
    house.clock.pass(999);
    await turns();
    expect(new Mirror().take(sockets[0]?.received ?? []).ready).toBe(0);
    house.clock.pass(1);
    await turns();
    for (const { received } of sockets) {
      const mirror = new Mirror().take(received);
      expect([mirror.ready, Object.keys(mirror.items(COMPANY)).length]).toEqual([1, 3]);
    }
  });

  test('P162: because its database is away is asked each second, without a word; what was named behind the book comes before it', async () => {
    const { house, store } = await lateHouse();
    const socket = await house.open('1001');
    store.away = true;
    store.failing = 1_000;
    socket.send('sync.open', { collections: [COMPANY, 'presence'] });
    await turns();
    expect(kinds(socket.received.slice(1))).toEqual(['response', 'sync.change presence']);
    for (let n = 0; n < 60; n++) {
      house.clock.pass(1_000);
      await turns(3);
    }
    expect(house.reports.filter(([event]) => event === 'sync.read_failed')).toEqual([]);
    house.pbx.change('1003', { line: 'ringing' });
    await turns();
    expect(kinds(socket.received.slice(1))).toEqual(['response', 'sync.change presence', 'sync.change presence']);
    store.away = false;
    store.failing = 0;
    house.clock.pass(1_000);
    await turns();
    expect(kinds(socket.received.slice(4))).toEqual([`sync.change ${COMPANY}`, 'sync.ready']);
  });

  test('to say what a user has marked is asked again too, and names no personal book in the report', async () => {
    const { house, store } = await lateHouse();
    const socket = await house.open('1001');
    store.failing = 2;
    socket.send('sync.open', { collections: ['favorites', 'contacts:personal'] });
    await turns();
    house.clock.pass(1_000);
    await turns();
    house.clock.pass(1_000);
    await turns();
    expect(new Mirror().take(socket.received).ready).toBe(1);
    const fields = house.reports.filter(([event]) => event === 'sync.read_failed').map(([, given]) => given);
    expect(fields.map((given) => Object.keys(given ?? {}))).toEqual([
      ['retryMs', 'error'],
      ['retryMs', 'error'],
    ]);
  });

  test('and goes on failing is asked at longer and longer intervals', async () => {
    const { house, store } = await lateHouse();
    const socket = await house.open('1001');
    store.failing = 1_000;
    socket.send('sync.open', { collections: [COMPANY] });
    for (let n = 0; n < 600; n++) {
      await turns(3);
      house.clock.pass(1_000);
    }
    const waits = house.reports
      .filter(([event]) => event === 'sync.read_failed')
      .map(([, given]) => given?.['retryMs']);
    expect(waits.slice(0, 8)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(waits.length).toBeLessThan(30);
    store.failing = 0;
    house.clock.pass(30_000);
    await turns();
    expect(new Mirror().take(socket.received).ready).toBe(1);
  });

  test('a contact that is added meanwhile is there when it answers again', async () => {
    const { house, store } = await lateHouse();
    const socket = await house.open('1001');
    store.failing = 1;
    socket.send('sync.open', { collections: [COMPANY] });
    await turns();
    const ada = await add(house, 'company', 'Ada');
    house.clock.pass(500);
    await turns();
    expect(new Mirror().take(socket.received).items(COMPANY)).toHaveProperty(ada.id);
  });
});
