import { describe, expect, test } from 'vitest';
import type { FavoriteRow } from '../../src/service/book-rows.ts';
import type { Write } from '../../src/service/store.ts';
import { turn } from '../support/board-house.ts';
import { LateStore } from '../support/late-store.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { Mirror } from '../support/mirror.ts';
import { ask, openSyncHouse, type SyncHouse, sync } from '../support/sync-house.ts';
import { add, manyContacts, OPERATOR, permit, turns, viewer } from './book-house.ts';
import { cursorsOf, kinds, news, putsOf, removesOf } from './messages.ts';

const LISTS = ['books', 'favorites'];

function mark(owner: string, target: string, book?: string): Write {
  const value: FavoriteRow = { owner, target, at: '2026-01-05T08:00:00.000Z', ...(book ? { book } : {}) };
  return { table: 'favorites', id: `${owner} ${target}`, value };
}

/** Follows books and favourites as 1001, who may view the company book with one contact in it. */
async function listsHouse() {
  const house = await openSyncHouse();
  await permit(house, 'view company');
  const ada = await add(house, 'company', 'Ada');
  const socket = await house.open('1001');
  const messages = await sync(socket, LISTS);
  news(socket);
  return { house, ada, socket, messages };
}

describe('P35: books and favourites are told by what the client lacks', () => {
  test('S2: with a cursor, rights given and taken meanwhile are puts and removes, and no change is nothing', async () => {
    const { house, ada, socket, messages } = await listsHouse();
    await ask(socket, 'favorites.add', { id: 'extension:1002' });
    await ask(socket, 'favorites.add', { id: `contact:${ada.id}` });
    const cursors = { ...cursorsOf(messages), ...cursorsOf(socket.received) };
    socket.vanish();
    expect(kinds(await sync(await house.open('1001'), LISTS, cursors))).toEqual(['response', 'sync.ready']);
    const { id: other } = await house.books.create(OPERATOR, { name: 'Other' });
    await permit(house, `manage ${other}`);
    await house.favorites.remove(viewer('1001'), 'extension:1002');
    const again = await sync(await house.open('1001'), LISTS, cursors);
    expect(again.slice(1, -1).map(({ params }) => params)).toEqual([
      {
        collection: 'books',
        put: [{ id: other, kind: 'company', name: 'Other', rights: { view: true, manage: true } }],
        remove: ['company'],
        cursor: expect.any(String),
      },
      {
        collection: 'favorites',
        put: [],
        remove: expect.arrayContaining(['extension:1002', `contact:${ada.id}`]),
        cursor: expect.any(String),
      },
    ]);
  });

  test.each([
    'x',
    '',
    'abcdefghijkl:company=',
    'abcdefghijkl:company=1,',
    '#',
    `${'a'.repeat(12)}${':x=1,'.repeat(3_000)}`,
  ])('S2: with a cursor that is none (%#) they come anew', async (cursor) => {
    const { house } = await listsHouse();
    const messages = await sync(await house.open('1001'), LISTS, { books: cursor, favorites: cursor });
    expect(messages.slice(1, -1).map(({ params }) => [params?.['collection'], params?.['reset']])).toEqual([
      ['books', true],
      ['favorites', true],
    ]);
  });

  test('S2: the cursor of another user is none', async () => {
    const { house } = await listsHouse();
    const cursors = cursorsOf(await sync(await house.open('1002'), LISTS));
    const messages = await sync(await house.open('1001'), LISTS, cursors);
    expect(messages.slice(1, -1).map(({ params }) => params?.['reset'])).toEqual([true, true]);
  });

  test('S2: a cursor that was made up teaches nobody anything: unknown and hidden books are removed alike', async () => {
    const { house, messages } = await listsHouse();
    const { id: hidden } = await house.books.create(OPERATOR, { name: 'Hidden' });
    const tag = String(cursorsOf(messages)['books']).slice(0, 12);
    const again = await sync(await house.open('1001'), ['books'], {
      books: `${tag}:${hidden}=abc,nothing=abc,company=0`,
    });
    expect(again.slice(1, -1)).toMatchObject([
      { params: { put: [{ id: 'personal' }, { id: 'company' }], remove: [hidden, 'nothing'] } },
    ]);
  });

  test('beyond some dozens a cursor says only whether all is as it was; what has changed brings a reset', async () => {
    const { house, socket } = await listsHouse();
    await house.store.commit(Array.from({ length: 70 }, (_, n) => mark('1001', `extension:${2000 + n}`)));
    await turns();
    const cursor = String(cursorsOf(news(socket))['favorites']);
    expect(cursor.length).toBeLessThan(50);
    const same = await sync(await house.open('1001'), ['favorites'], { favorites: cursor });
    expect(kinds(same)).toEqual(['response', 'sync.ready']);
    await house.store.commit([mark('1001', 'extension:1002')]);
    const again = await sync(await house.open('1001'), ['favorites'], { favorites: cursor });
    expect(again[1]?.params).toMatchObject({ reset: true });
    expect(putsOf(again[1] as never)).toHaveLength(71);
    await turns();
    expect(news(socket)).toMatchObject([{ params: { put: [{ id: 'extension:1002' }], remove: [] } }]);
  });

  test('S1: long lists come in pages', async () => {
    const house = await openSyncHouse();
    await house.store.commit(Array.from({ length: 1_200 }, (_, n) => mark('1001', `extension:${20_000 + n}`)));
    const messages = await sync(await house.open('1001'), ['favorites']);
    const pages = messages
      .slice(1, -1)
      .map(({ params }) => [params?.['reset'], params?.['more'], typeof params?.['cursor']]);
    expect(pages).toEqual([
      [true, true, 'undefined'],
      [undefined, true, 'undefined'],
      [undefined, undefined, 'string'],
    ]);
    expect(Object.keys(new Mirror().take(messages).items('favorites'))).toHaveLength(1_200);
  });

  test('S10: wait as what the client lacks while it takes nothing', async () => {
    const { house, socket } = await listsHouse();
    await house.store.commit(manyContacts('company', 1_500));
    socket.send('sync.open', { collections: ['favorites', 'contacts:company'] });
    await turns();
    const mirror = new Mirror().take(socket.received);
    socket.slow = true;
    for (const from of [2_000, 3_000]) {
      await house.store.commit(manyContacts('company', 900, from));
      await turns();
    }
    expect(socket.buffered).toBeGreaterThan(262_144);
    for (let n = 0; n < 40; n++) {
      await house.store.commit([mark('1001', `extension:${3000 + n}`)]);
      await turn();
    }
    await house.store.commit([{ ...mark('1001', 'extension:3000'), value: null }]);
    const before = socket.buffered;
    await turns();
    expect(socket.buffered).toBe(before);
    for (let n = 0; n < 10; n++) {
      socket.take();
      await turn();
    }
    const changes = socket.received.filter(({ params }) => params?.['collection'] === 'favorites');
    expect(changes.map((change) => putsOf(change).length)).toEqual([0, 39]);
    expect(Object.keys(mirror.take(socket.received).items('favorites'))).toHaveLength(39);
  });
});

describe('favourites', () => {
  test('are the user’s own, on all his sessions', async () => {
    const { house, ada, socket } = await listsHouse();
    const [second, other] = [await house.open('1001'), await house.open('1002')];
    for (const one of [second, other]) await sync(one, LISTS);
    for (const one of [second, other]) news(one);
    const id = `contact:${ada.id}`;
    expect((await ask(socket, 'favorites.add', { id })).result).toEqual({});
    const put = [{ id, at: '2026-01-05T08:00:00.000Z' }];
    expect(news(second)).toMatchObject([{ params: { collection: 'favorites', put, remove: [] } }]);
    expect((await ask(socket, 'favorites.add', { id })).result).toEqual({});
    expect((await ask(socket, 'favorites.remove', { id })).result).toEqual({});
    expect((await ask(socket, 'favorites.remove', { id })).result).toEqual({});
    expect(news(second)).toMatchObject([{ params: { collection: 'favorites', put: [], remove: [id] } }]);
    expect(news(other)).toEqual([]);
  });

  test('P65: follow their targets: through moves, out of sight and back, and to the end', async () => {
    const { house, ada, socket } = await listsHouse();
    const { id: hidden } = await house.books.create(OPERATOR, { name: 'Hidden' });
    const target = `contact:${ada.id}`;
    await ask(socket, 'favorites.add', { id: target });
    const told = async () => {
      await turns();
      return news(socket)
        .filter(({ params }) => params?.['collection'] === 'favorites')
        .map((change) => [putsOf(change).map(({ id }) => id), removesOf(change)]);
    };
    expect(await told()).toEqual([[[target], []]]);
    await house.contacts.update(OPERATOR, { id: ada.id, patch: { lastName: 'New' } });
    expect(await told()).toEqual([]);
    await house.contacts.move(OPERATOR, { id: ada.id, book: hidden });
    expect(await told()).toEqual([[[], [target]]]);
    await permit(house, 'view *');
    expect(await told()).toEqual([[[target], []]]);
    await permit(house);
    expect(await told()).toEqual([[[], [target]]]);
    await permit(house, 'view *');
    expect(await told()).toEqual([[[target], []]]);
    await house.contacts.remove(OPERATOR, { id: ada.id });
    expect(await told()).toEqual([[[], [target]]]);
    await ask(socket, 'favorites.add', { id: 'extension:1003' });
    expect(await told()).toEqual([[['extension:1003'], []]]);
    house.pbx.remove('1003');
    house.pbx.snapshot();
    expect(await told()).toEqual([[[], ['extension:1003']]]);
  });

  test('that are hidden when their contact goes are not mentioned', async () => {
    const { house, ada, socket } = await listsHouse();
    await ask(socket, 'favorites.add', { id: `contact:${ada.id}` });
    await permit(house);
    await turns();
    news(socket);
    await house.contacts.remove(OPERATOR, { id: ada.id });
    await turns();
    expect(news(socket)).toEqual([]);
  });

  test('that follow a moved contact late show nothing of it meanwhile', async () => {
    const { house, ada, socket } = await listsHouse();
    const { id: hidden } = await house.books.create(OPERATOR, { name: 'Hidden' });
    const row = (await house.store.find('contacts', [ada.id])).get(ada.id);
    await house.store.commit([{ table: 'contacts', id: ada.id, value: { ...row?.value, book: hidden, rev: 2 } }]);
    await house.store.commit([mark('1001', `contact:${ada.id}`, 'company')]);
    await turns();
    expect(news(socket)).toEqual([]);
  });

  test('change while they are read from the store, and none is lost', async () => {
    const store = new LateStore(new MemoryStore());
    const house: SyncHouse<LateStore> = await openSyncHouse({ store });
    await store.commit(Array.from({ length: 600 }, (_, n) => mark('1001', `extension:${4000 + n}`)));
    const socket = await house.open('1001');
    store.late = true;
    socket.send('sync.open', { collections: ['favorites'] });
    await turns();
    await store.commit([
      mark('1001', 'extension:1002'),
      { ...mark('1001', 'extension:4000'), value: null },
      { ...mark('1001', 'extension:4001'), value: null },
    ]);
    await store.commit([mark('1001', 'extension:4001')]);
    for (let n = 0; n < 10; n++) {
      store.release('all');
      await turns(2);
    }
    const ids = Object.keys(new Mirror().take(socket.received).items('favorites'));
    expect([ids.length, ids.includes('extension:4000'), ids.includes('extension:4001')]).toEqual([600, false, true]);
  });

  test('are read once for all sessions of a user, and again when he comes back', async () => {
    const store = new LateStore(new MemoryStore());
    const house: SyncHouse<LateStore> = await openSyncHouse({ store });
    const [first, second] = [await house.open('1001'), await house.open('1001')];
    const before = store.asked;
    await sync(first, ['favorites']);
    await sync(second, ['favorites']);
    expect(store.asked - before).toBe(1);
    for (const socket of [first, second]) socket.vanish();
    await store.commit([mark('1001', 'extension:1002')]);
    const messages = await sync(await house.open('1001'), ['favorites']);
    expect(putsOf(messages[1] as never)).toEqual([{ id: 'extension:1002', at: '2026-01-05T08:00:00.000Z' }]);
    expect(store.asked - before).toBe(2);
  });
});
