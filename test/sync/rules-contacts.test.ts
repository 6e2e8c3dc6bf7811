import { describe, expect, test } from 'vitest';
import { contactItem } from '../../src/service/contact-row.ts';
import { turn } from '../support/board-house.ts';
import { HandClock } from '../support/hand-clock.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { Mirror } from '../support/mirror.ts';
import { ask, openSyncHouse, pbxOf, type SyncHouse, sync } from '../support/sync-house.ts';
import { add, fields, manyContacts, OPERATOR, permit, rename, turns, viewer } from './book-house.ts';
import { cursorsOf, kinds, news, putsOf, removesOf } from './messages.ts';

const COMPANY = 'contacts:company';

/** A house in which everybody sees the company book, with some contacts in it. */
async function bookHouse(count = 0, parts: Parameters<typeof openSyncHouse<MemoryStore>>[0] = {}) {
  const house = await openSyncHouse(parts);
  await permit(house, 'view company');
  if (count > 0) await house.store.commit(manyContacts('company', count));
  return house;
}

async function truth({ store }: SyncHouse, book: string): Promise<Record<string, unknown>> {
  const limit = Number.MAX_SAFE_INTEGER;
  const { rows } = await store.read({ table: 'contacts', scope: book, since: null, removedSince: null, limit });
  return Object.fromEntries(rows.map(({ id, value }) => [id, contactItem(id, value as never, () => true)]));
}

describe('S1: a snapshot of contacts', () => {
  test('brings the books, then every book the user sees, where contacts were named', async () => {
    const house = await bookHouse();
    const own = await house.open('1001');
    await add(house, 'company', 'Ada');
    await add(house, 'personal', 'Mum', viewer('1001'));
    const messages = await sync(own, ['books', 'contacts', 'favorites', 'pbx']);
    expect(kinds(messages)).toEqual([
      'response',
      'sync.change books',
      'sync.change contacts:personal',
      `sync.change ${COMPANY}`,
      'sync.change favorites',
      'sync.change pbx',
      'sync.ready',
    ]);
    expect(messages[1]).toMatchObject({
      params: {
        reset: true,
        put: [
          { id: 'personal', kind: 'personal', name: 'Personal', rights: { view: true, manage: true } },
          { id: 'company', kind: 'company', name: 'Company', rights: { view: true, manage: false } },
        ],
        remove: [],
      },
    });
    expect(messages[3]?.params?.['put']).toEqual([
      {
        ...{ id: expect.any(String), book: 'company', kind: 'company', rev: 1, ...fields('Ada') },
        created: '2026-01-05T08:00:00.000Z',
        updated: '2026-01-05T08:00:00.000Z',
      },
    ]);
    expect(messages[2]?.params).toMatchObject({
      reset: true,
      put: [{ firstName: 'Mum', book: 'personal', updatedBy: '1001' }],
    });
    expect(messages[4]?.params).toEqual({
      collection: 'favorites',
      reset: true,
      put: [],
      remove: [],
      cursor: expect.any(String),
    });
  });

  test('of a large book comes in pages of 500: reset on the first, the cursor on the last', async () => {
    const house = await bookHouse(1_201);
    const socket = await house.open('1001');
    const from = socket.received.length;
    socket.send('sync.open', { collections: [COMPANY] });
    await turns();
    const messages = socket.received.slice(from);
    const pages = messages.filter(({ method }) => method === 'sync.change');
    const shapes = pages.map((page) => [putsOf(page).length, page.params?.['reset'], page.params?.['more']]);
    expect(shapes).toEqual([
      [500, true, true],
      [500, undefined, true],
      [201, undefined, undefined],
    ]);
    expect(pages.map(({ params }) => typeof params?.['cursor'])).toEqual(['undefined', 'undefined', 'string']);
    expect(new Mirror().take(messages).items(COMPANY)).toEqual(await truth(house, 'company'));
  });

  test('of contacts written one by one is cut at the same places, and ends with the cursor', async () => {
    const house = await bookHouse();
    for (const write of manyContacts('company', 1_000)) await house.store.commit([write]);
    const socket = await house.open('1001');
    socket.send('sync.open', { collections: [COMPANY] });
    await turns();
    const pages = socket.received.filter(({ params }) => params?.['collection'] === COMPANY);
    expect(pages.map((page) => [putsOf(page).length, page.params?.['more']])).toEqual([
      [500, true],
      [500, undefined],
    ]);
  });

  test('is sent from the same bytes to everyone, as long as the book stays as it is', async () => {
    const house = await bookHouse(1_500);
    const [one] = manyContacts('company', 1);
    const [first, second] = [await house.open('1001'), await house.open('1002')];
    for (const socket of [first, second]) {
      socket.send('sync.open', { collections: [COMPANY] });
      await turns();
    }
    const large = (chunks: readonly Uint8Array[]) => chunks.filter(({ length }) => length > 50_000);
    expect(large(first.chunks)).toHaveLength(3);
    for (const n of [0, 1]) expect(large(second.chunks)[n]).toBe(large(first.chunks)[n]);
    await house.contacts.update(OPERATOR, { id: one?.id ?? '', patch: { lastName: 'New' } });
    const third = await house.open('1003');
    third.send('sync.open', { collections: [COMPANY] });
    await turns();
    expect(new Mirror().take(third.received).items(COMPANY)).toEqual(await truth(house, 'company'));
  });

  test.each(['contacts:personal', 'contacts:company', 'contacts:nothing', 'contacts:personal:1001'])(
    'of %s by a client that is too old for contacts is nothing',
    async (name) => {
      const gates = { web: '1', android: '2', ios: '1', windows: '1', mac: '1', desk: '1', sdk: '1', other: '1' };
      const house = await bookHouse(3, { gates });
      const socket = house.connect();
      const client = { platform: 'android', version: '1.9' };
      const { result } = await ask(socket, 'session.open', { client, auth: { token: await house.tokenOf('1001') } });
      const off = { off: 'client_too_old', needs: '2' };
      expect(result?.['features']).toMatchObject({ contacts: off, company: off });
      expect(kinds(await sync(socket, [name]))).toEqual(['response', 'sync.ready']);
      const messages = await sync(socket, ['contacts', 'books', 'favorites']);
      expect(messages.flatMap(putsOf)).toEqual([]);
      expect(kinds(messages)).toEqual(['response', 'sync.change books', 'sync.change favorites', 'sync.ready']);
    },
  );
});

describe('S2: with a cursor of a book', () => {
  test('only what changed since comes, net, and the cursor that comes with it goes on', async () => {
    const house = await bookHouse();
    const [ada, bob, carl] = [
      await add(house, 'company', 'Ada'),
      await add(house, 'company', 'Bob'),
      await add(house, 'company', 'Carl'),
    ];
    const first = await house.open('1001');
    const cursors = cursorsOf(await sync(first, [COMPANY]));
    first.vanish();
    await rename(house, ada, 'One');
    await rename(house, ada, 'Two');
    await house.contacts.remove(OPERATOR, { id: bob.id });
    const dora = await add(house, 'company', 'Dora');
    const second = await house.open('1001');
    const messages = await sync(second, [COMPANY], cursors);
    expect(messages.slice(1).map(({ params }) => params)).toEqual([
      {
        collection: COMPANY,
        put: [{ ...ada, lastName: 'Two', rev: 3, updated: expect.any(String) }, { ...dora }],
        remove: [bob.id],
        cursor: expect.any(String),
      },
      {},
    ]);
    expect(carl.rev).toBe(1);
    expect(kinds(await sync(await house.open('1001'), [COMPANY], cursorsOf(messages)))).toEqual([
      'response',
      'sync.ready',
    ]);
  });

  test('a contact that was moved is removed here and put there', async () => {
    const house = await bookHouse();
    const { id: other } = await house.books.create(OPERATOR, { name: 'Other' });
    await permit(house, 'view *');
    const ada = await add(house, 'company', 'Ada');
    const first = await house.open('1001');
    const cursors = cursorsOf(await sync(first, ['contacts']));
    await house.contacts.move(OPERATOR, { id: ada.id, book: other });
    const messages = await sync(await house.open('1001'), ['contacts'], cursors);
    expect(messages.slice(1, -1)).toMatchObject([
      { params: { collection: COMPANY, put: [], remove: [ada.id] } },
      { params: { collection: `contacts:${other}`, put: [{ id: ada.id, book: other, rev: 2 }], remove: [] } },
    ]);
  });

  test.each([
    [
      'of another book',
      async (house: SyncHouse) => {
        const all = cursorsOf(await sync(await house.open('1001'), ['contacts:personal']));
        return all['contacts:personal'] ?? '';
      },
    ],
    [
      'of another user',
      async (house: SyncHouse) => {
        const all = cursorsOf(await sync(await house.open('1002'), [COMPANY]));
        return all[COMPANY] ?? '';
      },
    ],
    [
      'of another store',
      async () => {
        const other = await bookHouse(1, { store: new MemoryStore({ epoch: 'another' }) });
        return cursorsOf(await sync(await other.open('1001'), [COMPANY]))[COMPANY] ?? '';
      },
    ],
    ['that is garbage', async () => '"}\u0000'],
  ] as const)('%s the answer is a reset', async (_, cursorFrom) => {
    const house = await bookHouse(3);
    const cursor = await cursorFrom(house);
    const messages = await sync(await house.open('1001'), [COMPANY], { [COMPANY]: cursor });
    expect(messages[1]).toMatchObject({ params: { collection: COMPANY, reset: true } });
    expect(new Mirror().take(messages).items(COMPANY)).toEqual(await truth(house, 'company'));
  });

  test('older than the history that is kept the answer is a reset', async () => {
    const house = await bookHouse(10, { store: new MemoryStore({ removalsKept: 2 }) });
    const cursors = cursorsOf(await sync(await house.open('1001'), [COMPANY]));
    for (const { id } of manyContacts('company', 5)) await house.contacts.remove(OPERATOR, { id });
    const messages = await sync(await house.open('1001'), [COMPANY], cursors);
    expect(messages[1]).toMatchObject({ params: { reset: true } });
    expect(Object.keys(new Mirror().take(messages).items(COMPANY))).toHaveLength(5);
  });
});

describe('S4: after sync.ready contacts', () => {
  test('are told to everyone who sees the book in commit order, once, and to nobody else', async () => {
    const house = await bookHouse();
    await permit(house, 'none company 1003', 'view company');
    const [one, two, none] = [await house.open('1001'), await house.open('1002'), await house.open('1003')];
    for (const socket of [one, two, none]) await sync(socket, ['contacts']);
    for (const socket of [one, two, none]) news(socket);
    const ada = await add(house, 'company', 'Ada');
    await turn();
    await rename(house, ada, 'One');
    await turn();
    await house.contacts.remove(OPERATOR, { id: ada.id });
    await turn();
    const told = news(one);
    expect(told).toMatchObject([
      { params: { collection: COMPANY, put: [{ id: ada.id, rev: 1 }], remove: [] } },
      { params: { collection: COMPANY, put: [{ id: ada.id, rev: 2, lastName: 'One' }], remove: [] } },
      { params: { collection: COMPANY, put: [], remove: [ada.id] } },
    ]);
    const cursors = told.map(({ params }) => String(params?.['cursor']));
    expect(new Set(cursors).size).toBe(3);
    expect(news(two).map(putsOf)).toEqual(told.map(putsOf));
    expect(news(none)).toEqual([]);
  });

  test('written in one turn share a frame, the newest state of each; one that came and went is told to nobody', async () => {
    const house = await bookHouse();
    const socket = await house.open('1001');
    await sync(socket, [COMPANY]);
    news(socket);
    const before = { ...house.hub.counters };
    const [first, second, third] = manyContacts('company', 3);
    if (!first || !second || !third) throw new Error('three were made');
    await Promise.all([
      house.store.commit([first, second]),
      house.store.commit([{ ...first, value: { ...first.value, rev: 2 } }]),
      house.store.commit([third]),
      house.store.commit([{ ...second, value: null }]),
    ]);
    await turns();
    expect(news(socket)).toMatchObject([
      {
        params: {
          put: [
            { id: first.id, rev: 2 },
            { id: third.id, rev: 1 },
          ],
          remove: [],
        },
      },
    ]);
    expect(house.hub.counters.frames - before.frames).toBe(1);
  });

  test('by the thousand in one turn come in pages, with a cursor on the last', async () => {
    const house = await bookHouse();
    const socket = await house.open('1001');
    await sync(socket, [COMPANY]);
    news(socket);
    await house.store.commit(manyContacts('company', 900));
    await turns();
    expect(news(socket).map((page) => [putsOf(page).length, page.params?.['more']])).toEqual([
      [500, true],
      [400, undefined],
    ]);
    await house.store.commit(manyContacts('company', 1_700, 1_000));
    await turns();
    const pages = news(socket);
    expect(pages.map((page) => [putsOf(page).length, page.params?.['more'], page.params?.['reset']])).toEqual([
      [500, true, undefined],
      [500, true, undefined],
      [500, true, undefined],
      [200, undefined, undefined],
    ]);
    expect(house.hub.counters.fellBehind).toBe(1);
  });

  test('written while a snapshot is on its way are neither lost nor sent twice', async () => {
    const house = await bookHouse(1_600);
    const socket = await house.open('1001');
    socket.send('sync.open', { collections: [COMPANY] });
    const ids = manyContacts('company', 1_600).map(({ id }) => id);
    for (let n = 0; n < 12; n++) {
      await rename(house, { id: ids[n * 100] ?? '' }, `During ${n}`);
      if (n % 3 === 0) await house.contacts.remove(OPERATOR, { id: ids[n * 100 + 1] ?? '' });
      await turn();
    }
    await turns();
    expect(new Mirror().take(socket.received).items(COMPANY)).toEqual(await truth(house, 'company'));
  });

  test('cost nothing for those who follow no book', async () => {
    const house = await bookHouse();
    const socket = await house.open('1001');
    await sync(socket, ['presence', 'books']);
    const before = { ...house.hub.counters };
    const { writes } = socket;
    await add(house, 'company', 'Ada');
    await turns();
    expect([house.hub.counters, socket.writes]).toEqual([before, writes]);
  });
});

describe('S5: who changes contacts', () => {
  test('has each change before its response, for every method', async () => {
    const house = await bookHouse();
    const socket = await house.open('1001', { admin: true });
    await sync(socket, ['books', 'contacts', 'favorites', 'permissions', 'visibility']);
    const told = async (method: string, params: object) => {
      news(socket);
      const { result, error } = await ask(socket, method, params);
      expect(error).toBeUndefined();
      const messages = news(socket).filter(({ method: name }) => name !== 'session.notice');
      return { result, kinds: kinds(messages) };
    };
    const id = 'CCCCCCCC-0000-4000-8000-000000000001';
    const created = await told('contacts.create', { book: 'company', contact: fields('Ada'), id });
    expect(created.kinds).toEqual([`sync.change ${COMPANY}`, 'response']);
    const contact = created.result?.['contact'] as { id: string };
    expect(contact).toMatchObject({ id: id.toLowerCase(), rev: 1, updatedBy: '1001' });
    const updated = await told('contacts.update', { id, patch: { lastName: 'L' } });
    expect([updated.kinds, updated.result]).toMatchObject([
      [`sync.change ${COMPANY}`, 'response'],
      { contact: { rev: 2, lastName: 'L' } },
    ]);
    const added = await told('contacts.addNumber', { id, type: 'home', number: '020 7946 0001' });
    expect(added.kinds).toEqual([`sync.change ${COMPANY}`, 'response']);
    const book = (await told('books.create', { name: 'Other' })).result?.['book'] as { id: string };
    const marked = await told('favorites.add', { id: `contact:${contact.id}` });
    expect(marked).toEqual({ result: {}, kinds: ['sync.change favorites', 'response'] });
    const moved = await told('contacts.move', { id, book: book.id });
    expect(moved.kinds).toEqual([`sync.change ${COMPANY}`, `sync.change contacts:${book.id}`, 'response']);
    expect(await told('books.rename', { id: book.id, name: 'Named' })).toMatchObject({
      kinds: ['sync.change books', 'response'],
      result: { book: { id: book.id, name: 'Named' } },
    });
    expect(await told('permissions.set', { rules: [] })).toEqual({
      result: {},
      kinds: ['sync.change permissions', 'response'],
    });
    const rules = [{ who: { everyone: true }, whom: { extension: '1002' }, see: false }];
    expect(await told('visibility.set', { rules })).toEqual({
      result: {},
      kinds: ['sync.change visibility', 'response'],
    });
    const found = await told('contacts.search', { text: 'ada' });
    expect(found.kinds).toEqual(['response']);
    const removed = await told('contacts.delete', { id });
    expect(removed.result).toEqual({ deleted: 1 });
    expect(removed.kinds).toEqual([`sync.change contacts:${book.id}`, 'sync.change favorites', 'response']);
    const gone = await told('books.delete', { id: book.id });
    expect([gone.result, gone.kinds]).toEqual([{}, [`sync.gone contacts:${book.id}`, 'sync.change books', 'response']]);
  });

  test('has it before the response while a large book is still on its way', async () => {
    const house = await bookHouse(2_600);
    const socket = await house.open('1001', { admin: true });
    socket.send('sync.open', { collections: ['contacts'] });
    const id = socket.send('contacts.create', { book: 'company', contact: fields('Ada') });
    await turns(40);
    const at = socket.received.findIndex((message) => message.id === id);
    const contact = socket.received[at]?.result?.['contact'] as { id: string };
    const mirror = new Mirror().take(socket.received.slice(0, at));
    expect(mirror.items(COMPANY)[contact.id]).toEqual(contact);
    expect(mirror.ready).toBe(1);
  });

  test('is answered at once when nothing was changed, however far it is behind', async () => {
    const house = await bookHouse(3);
    const socket = await house.open('1001');
    socket.slow = true;
    socket.send('sync.open', { collections: ['contacts'] });
    const [one] = manyContacts('company', 1);
    const { error } = await new Promise<Awaited<ReturnType<typeof ask>>>((resolve) => {
      const answer = ask(socket, 'contacts.update', { id: one?.id, patch: { lastName: 'x' } });
      void turns(4).then(() => socket.take());
      void answer.then(resolve);
    });
    expect(error).toMatchObject({ code: 403 });
  });
});

describe('S6: a contact', () => {
  test('is told to nobody before it is stored, and never when it cannot be', async () => {
    const house = await bookHouse();
    const [editor, other] = [await house.open('1001', { admin: true }), await house.open('1002')];
    for (const socket of [editor, other]) await sync(socket, ['contacts']);
    news(other);
    house.store.fail();
    const { error } = await ask(editor, 'contacts.create', { book: 'company', contact: fields('Ada') });
    expect(error).toMatchObject({ code: 507 });
    await turns();
    expect(news(other)).toEqual([]);
  });
});

describe('S10: a slow client', () => {
  test('falls back to its cursor for a large book, has a bounded amount waiting, and ends with the newest state', async () => {
    const house = await bookHouse(3_000);
    const [slow, quick] = [await house.open('1001'), await house.open('1002')];
    for (const socket of [slow, quick]) {
      socket.send('sync.open', { collections: [COMPANY, 'presence'] });
      await turns(20);
    }
    slow.slow = true;
    const ids = manyContacts('company', 3_000).map(({ id }) => id);
    for (let round = 0; round < 10; round++) {
      const some = ids.slice(round * 300, round * 300 + 300);
      await house.store.commit(
        some.map((id) => ({
          table: 'contacts',
          id,
          value: { ...manyContacts('company', 1)[0]?.value, rev: round + 2 },
        })),
      );
      await turn();
    }
    expect(slow.buffered).toBeLessThan(600_000);
    expect(house.hub.counters.fellBehind).toBe(1);
    house.pbx.change('1003', { line: 'ringing' });
    await turn();
    expect(new Mirror().take(quick.received).items('presence')['1003']).toMatchObject({ line: 'ringing' });
    for (let n = 0; n < 30; n++) {
      slow.take();
      await turn();
    }
    const mirror = new Mirror().take(slow.received);
    expect(mirror.items(COMPANY)).toEqual(await truth(house, 'company'));
    expect(mirror.items('presence')['1003']).toMatchObject({ line: 'ringing' });
  });

  test('in the middle of a first sync is asked for no more than it takes', async () => {
    const house = await bookHouse(20_000);
    const socket = await house.open('1001');
    socket.slow = true;
    socket.send('sync.open', { collections: [COMPANY] });
    await turns(60);
    expect(socket.buffered).toBeLessThan(600_000);
    await house.contacts.remove(OPERATOR, { id: manyContacts('company', 1)[0]?.id ?? '' });
    for (let n = 0; n < 120; n++) {
      socket.take();
      await turn();
    }
    const mirror = new Mirror().take(socket.received);
    expect([mirror.ready, Object.keys(mirror.items(COMPANY)).length]).toEqual([1, 19_999]);
  });
});

describe('S11: cursors of contacts, books and favourites', () => {
  const NAMES = ['books', 'contacts', 'favorites', 'permissions', 'visibility'];

  test('survive a restart', async () => {
    const before = await bookHouse();
    const ada = await add(before, 'company', 'Ada');
    const admin = await before.open('1000', { admin: true });
    await ask(admin, 'favorites.add', { id: `contact:${ada.id}` });
    const messages = await sync(admin, NAMES);
    admin.vanish();
    await rename(before, ada, 'New');
    before.stop();
    const after = await openSyncHouse({ store: before.store, pbx: before.pbx, clock: before.clock });
    const token = await after.tokenOf('1000');
    const socket = await after.open('1000', { token });
    const news = await sync(socket, NAMES, cursorsOf(messages));
    expect(kinds(news)).toEqual(['response', `sync.change ${COMPANY}`, 'sync.ready']);
    expect(news[1]?.params).toMatchObject({ put: [{ id: ada.id, lastName: 'New' }], remove: [] });
    expect(news[1]?.params).not.toHaveProperty('reset');
  });

  test('give resets after a restore from backup, which begins another history', async () => {
    const before = await bookHouse(2);
    const admin = await before.open('1000', { admin: true });
    const messages = await sync(admin, NAMES);
    const after = await bookHouse(1, {
      store: new MemoryStore({ epoch: 'restored' }),
      clock: new HandClock(),
      pbx: pbxOf('1001'),
    });
    const socket = await after.open('1000', { admin: true });
    const news = (await sync(socket, NAMES, cursorsOf(messages))).slice(1, -1);
    expect(kinds(news).map((kind) => kind.split(' ')[1])).toEqual([
      'books',
      'contacts:personal',
      COMPANY,
      'favorites',
      'permissions',
      'visibility',
    ]);
    expect(news.map(({ params }) => params?.['reset'])).toEqual(Array(6).fill(true));
    expect(news.flatMap(removesOf)).toEqual([]);
  });
});
