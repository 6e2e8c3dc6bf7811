import { describe, expect, test } from 'vitest';
import type { Write } from '../../src/service/store.ts';
import { turn } from '../support/board-house.ts';
import type { FakeSocket } from '../support/fake-socket.ts';
import { LateStore } from '../support/late-store.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { Mirror } from '../support/mirror.ts';
import { ask, openSyncHouse, pbxOf, type SyncHouse, sync } from '../support/sync-house.ts';
import { add, EVERYONE, hide, manyContacts, OPERATOR, permit, rename, turns, viewer } from './book-house.ts';
import { cursorsOf, kinds, news, putsOf, removesOf } from './messages.ts';

const COMPANY = 'contacts:company';
const ALL = ['books', 'contacts', 'favorites'];

/** A house with one contact in the company book, which nobody but administrators sees yet, and a user who follows contacts. */
async function rightsHouse(...words: readonly string[]) {
  const house = await openSyncHouse();
  const ada = await add(house, 'company', 'Ada');
  if (words.length > 0) await permit(house, ...words);
  const socket = await house.open('1001');
  const messages = await sync(socket, ALL);
  news(socket);
  return { house, ada, socket, messages };
}

/** A rule before all others that gives everybody the view of all books, or nothing; or takes that rule away. */
function rule(what: 'view' | 'none', isThere = true): Write {
  const value = { id: what, order: 0, who: EVERYONE, books: '*', view: what === 'view', manage: false };
  return { table: 'permissions', id: what, value: isThere ? value : null };
}

/** What came but for notices. */
function synced(socket: FakeSocket) {
  return news(socket).filter(({ method }) => method !== 'session.notice');
}

describe('S3: a cursor of a book that one may not see', () => {
  test('is answered with sync.gone, where contacts were named, and so is one of a book that never was', async () => {
    const { house, messages } = await rightsHouse('view company');
    const cursors = cursorsOf(messages);
    await permit(house);
    const socket = await house.open('1001');
    const again = await sync(socket, ['pbx', 'contacts', 'books'], { ...cursors, 'contacts:never': 'x' });
    expect(kinds(again)).toEqual([
      'response',
      'sync.change pbx',
      `sync.gone ${COMPANY}`,
      'sync.gone contacts:never',
      'sync.change books',
      'sync.ready',
    ]);
    expect(again[2]?.params).toEqual({ collection: COMPANY, why: 'no_permission' });
    expect(again[3]?.params).toEqual({ collection: 'contacts:never', why: 'no_permission' });
    expect(again[4]?.params).toMatchObject({ put: [], remove: ['company'] });
  });

  test('named alone is answered so once; without a cursor hidden and unknown names send nothing', async () => {
    const { house } = await rightsHouse();
    const socket = await house.open('1001');
    const names = [COMPANY, 'contacts:never', 'contacts:personal:1002', 'permissions'];
    expect(kinds(await sync(socket, names))).toEqual(['response', 'sync.ready']);
    const cursors = Object.fromEntries(names.map((name) => [name, 'x']));
    expect(kinds(await sync(socket, names, cursors))).toEqual([
      'response',
      ...names.map((name) => `sync.gone ${name}`),
      'sync.ready',
    ]);
    expect(kinds(await sync(socket, ['pbx'], cursors))).toEqual(['response', 'sync.change pbx', 'sync.ready']);
  });

  test('is answered so even when the right comes and goes before that was said', async () => {
    const store = new LateStore(new MemoryStore());
    const house = await openSyncHouse({ store });
    const socket = await house.open('1001');
    store.late = true;
    socket.send('sync.open', { collections: ['contacts'], cursors: { [COMPANY]: 'x' } });
    store.note([rule('view')]);
    await turns();
    store.note([rule('view', false)]);
    store.late = false;
    store.release('all');
    await turns();
    expect(kinds(synced(socket)).slice(1)).toEqual([
      'response',
      `sync.gone ${COMPANY}`,
      'sync.change contacts:personal',
      'sync.ready',
    ]);
  });

  test('of a book that was deleted meanwhile says so to who saw it once, and to a guessed one no more than of a hidden book', async () => {
    const { house, messages } = await rightsHouse('view company');
    await house.books.remove(OPERATOR, { id: 'company' });
    const again = await sync(await house.open('1001'), ALL, cursorsOf(messages));
    expect(again.slice(1, -1).map(({ params }) => params)).toMatchObject([
      { collection: 'books', put: [], remove: ['company'] },
      { collection: COMPANY, why: 'deleted' },
    ]);
    const guessing = await sync(await house.open('1002'), ALL, { [COMPANY]: cursorsOf(messages)[COMPANY] ?? '' });
    const told = guessing.filter(({ method }) => method === 'sync.gone').map(({ params }) => params);
    expect(told).toEqual([{ collection: COMPANY, why: 'no_permission' }]);
  });
});

describe('S7: a right', () => {
  test('that is granted brings the book and its contacts whole; revoked, they go, and nothing more of them comes', async () => {
    const { house, ada, socket } = await rightsHouse();
    await permit(house, 'view company');
    await turns();
    const granted = synced(socket);
    expect(granted.map(({ params }) => params)).toMatchObject([
      { collection: 'books', put: [{ id: 'company', rights: { view: true, manage: false } }], remove: [] },
      { collection: COMPANY, reset: true, put: [{ id: ada.id }], remove: [] },
    ]);
    await rename(house, ada, 'Told');
    await turn();
    expect(kinds(synced(socket))).toEqual([`sync.change ${COMPANY}`]);
    await permit(house);
    await turns();
    expect(synced(socket).map(({ params }) => params)).toEqual([
      { collection: COMPANY, why: 'no_permission' },
      { collection: 'books', put: [], remove: ['company'], cursor: expect.any(String) },
    ]);
    await rename(house, ada, 'Secret');
    await house.contacts.remove(OPERATOR, { id: ada.id });
    await house.books.rename(OPERATOR, { id: 'company', name: 'Hidden' });
    await turns();
    expect(synced(socket)).toEqual([]);
  });

  test('that grows to manage changes the book and sends no contacts again', async () => {
    const { house, socket } = await rightsHouse('view company');
    await permit(house, 'manage company');
    await turns();
    expect(synced(socket)).toMatchObject([
      { params: { collection: 'books', put: [{ id: 'company', rights: { view: true, manage: true } }] } },
    ]);
  });

  test('of a group comes and goes with the group; that of administrators with the administrator', async () => {
    const { house, socket } = await rightsHouse();
    await house.rules.setPermissions(OPERATOR, [{ who: { group: 'sales' }, books: '*', view: true, manage: false }]);
    for (const change of [{ groups: ['sales'] }, { admin: true }]) {
      await house.users.set({ id: '1001', ...change });
      await turns();
      expect(kinds(synced(socket))).toContain('sync.change books');
    }
    await house.users.set({ id: '1001', groups: [], admin: false });
    await turns();
    expect(kinds(synced(socket))).toEqual([`sync.gone ${COMPANY}`, 'sync.change books']);
  });

  test.each([COMPANY, 'contacts'])('is followed when %s was named before it was granted', async (name) => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    await sync(socket, [name]);
    news(socket);
    await permit(house, 'view company');
    await turns();
    expect(synced(socket)).toMatchObject([{ params: { collection: COMPANY, reset: true, put: [] } }]);
  });

  test('that is taken and given again in one turn changes nothing for the client', async () => {
    const { house, ada, socket } = await rightsHouse('view company');
    const row = (await house.store.find('contacts', [ada.id])).get(ada.id);
    const value = { ...row?.value, rev: 2 };
    // Notes take effect at once: all of it happens in this turn.
    house.store.note([rule('none')]);
    house.store.note([{ table: 'contacts', id: ada.id, value }]);
    house.store.note([rule('none', false)]);
    await turns();
    expect(synced(socket)).toMatchObject([
      { params: { collection: COMPANY, put: [{ id: ada.id, rev: 2 }], remove: [] } },
    ]);
  });

  test('given and taken in one turn tells the client nothing', async () => {
    const { house, socket } = await rightsHouse();
    house.store.note([rule('view')]);
    house.store.note([rule('view', false)]);
    await turns();
    expect(news(socket)).toEqual([]);
  });

  test('is told as a feature of the session, and what did not change is not', async () => {
    const { house, socket } = await rightsHouse();
    const features = (company: object) => ({
      jsonrpc: '2.0',
      method: 'session.notice',
      params: {
        features: {
          contacts: true,
          company,
          phoneDirectory: false,
          calls: true,
          chat: true,
        },
      },
    });
    const notices = () => news(socket).filter(({ method }) => method === 'session.notice');
    await permit(house, 'view company');
    await turns();
    expect(notices()).toEqual([features({ view: true, manage: false })]);
    await house.books.create(OPERATOR, { name: 'Other' });
    await turns();
    expect(notices()).toEqual([]);
    await permit(house, 'manage company');
    await turns();
    expect(notices()).toEqual([features({ view: true, manage: true })]);
    await house.books.remove(OPERATOR, { id: 'company' });
    await turns();
    expect(notices()).toEqual([features({ off: 'no_permission' })]);
    await house.users.set({ id: '1001', admin: true });
    await turns();
    expect(notices()).toEqual([features({ view: true, manage: true })]);
  });

  test('of a session that has opened no collection is told as a feature all the same', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    news(socket);
    await permit(house, 'view *');
    await turns();
    expect(kinds(news(socket))).toEqual(['session.notice']);
  });
});

describe('a book', () => {
  test('that is deleted is gone for those who saw it, and a book they never saw is not mentioned', async () => {
    const { house, socket } = await rightsHouse('view company');
    const { id: hidden } = await house.books.create(OPERATOR, { name: 'Hidden' });
    await house.books.remove(OPERATOR, { id: hidden });
    await turns();
    expect(synced(socket)).toEqual([]);
    await house.books.remove(OPERATOR, { id: 'company' });
    await turns(40);
    expect(synced(socket).map(({ params }) => params)).toEqual([
      { collection: COMPANY, why: 'deleted' },
      { collection: 'books', put: [], remove: ['company'], cursor: expect.any(String) },
    ]);
    expect((await house.store.counts('contacts')).size).toBe(0);
  });

  test('that is made and renamed shows to those who may see it', async () => {
    const { house, socket } = await rightsHouse('view *');
    const { id } = await house.books.create(OPERATOR, { name: 'B' });
    await turns();
    expect(kinds(synced(socket))).toEqual(['sync.change books', `sync.change contacts:${id}`]);
    await house.books.rename(OPERATOR, { id, name: 'A' });
    await turns();
    expect(synced(socket)).toMatchObject([{ params: { collection: 'books', put: [{ id, name: 'A' }] } }]);
  });
});

describe('S8: nothing is sent that may not be seen', () => {
  test('when the right goes in the same turn as edits, before, between and after them', async () => {
    const { house, ada, socket } = await rightsHouse('view company');
    await Promise.all([
      rename(house, ada, 'Secret'),
      house.rules.setPermissions(OPERATOR, []),
      add(house, 'company', 'Secret'),
    ]);
    await turns();
    expect(JSON.stringify(news(socket))).not.toContain('Secret');
  });

  test('when the right goes in the middle of a snapshot', async () => {
    const house = await openSyncHouse();
    await house.store.commit(manyContacts('company', 3_000));
    await permit(house, 'view company');
    const socket = await house.open('1001');
    socket.slow = true;
    socket.send('sync.open', { collections: ALL });
    await turns(3);
    await permit(house);
    const written = socket.chunks.length;
    for (let n = 0; n < 20; n++) {
      socket.take();
      await turn();
    }
    const after = Buffer.concat(socket.chunks.slice(written)).toString();
    expect(after).not.toContain('Name ');
    const mirror = new Mirror().take(socket.received);
    expect([mirror.has(COMPANY), mirror.ready, Object.keys(mirror.items('books'))]).toEqual([false, 1, ['personal']]);
  });

  test('when the right goes before anything of the book was sent: not even its name', async () => {
    const store = new LateStore(new MemoryStore());
    const house = await openSyncHouse({ store });
    const socket = await house.open('1001');
    await sync(socket, ['contacts']);
    news(socket);
    store.late = true;
    store.note([rule('view')]);
    await turns();
    expect(store.waiting).toBe(1);
    store.note([rule('view', false)]);
    store.release('all');
    await turns();
    expect(synced(socket)).toEqual([]);
  });

  test('when a contact moves to a book that one does not see, and back', async () => {
    const { house, ada, socket } = await rightsHouse('view company');
    const { id: hidden } = await house.books.create(OPERATOR, { name: 'Hidden' });
    await house.contacts.move(OPERATOR, { id: ada.id, book: hidden });
    await rename(house, ada, 'Secret');
    await turns();
    expect(synced(socket)).toMatchObject([{ params: { collection: COMPANY, put: [], remove: [ada.id] } }]);
    await house.contacts.move(OPERATOR, { id: ada.id, book: 'company' });
    await turns();
    expect(synced(socket)).toMatchObject([{ params: { collection: COMPANY, put: [{ id: ada.id, rev: 4 }] } }]);
  });

  test('when a contact came and was moved to a hidden book while the client was away: a reset, without its id', async () => {
    const { house, ada, messages } = await rightsHouse('view company');
    const { id: hidden } = await house.books.create(OPERATOR, { name: 'Hidden' });
    const eve = await add(house, 'company', 'Eve');
    await house.contacts.move(OPERATOR, { id: eve.id, book: hidden });
    const again = await sync(await house.open('1001'), ALL, cursorsOf(messages));
    expect(again.slice(1, -1)).toMatchObject([
      { params: { collection: COMPANY, reset: true, put: [{ id: ada.id }], remove: [] } },
    ]);
    expect(JSON.stringify(again)).not.toContain(eve.id);
  });

  test('when contacts were removed before the user saw the book: a snapshot names none of them', async () => {
    const { house, socket } = await rightsHouse();
    const eve = await add(house, 'company', 'Eve');
    await house.contacts.remove(OPERATOR, { id: eve.id });
    await permit(house, 'view company');
    await turns();
    const messages = news(socket);
    expect(messages.flatMap(removesOf)).toEqual([]);
    expect(JSON.stringify(messages)).not.toContain(eve.id);
  });

  test('of a personal book to anybody but its owner, administrators included', async () => {
    const house = await openSyncHouse();
    const owner = await house.open('1001');
    const others = [await house.open('1002'), await house.open('1000', { admin: true })];
    for (const socket of [owner, ...others])
      await sync(socket, [...ALL, 'contacts:personal', 'contacts:personal:1001']);
    await permit(house, 'manage *');
    await turns();
    for (const socket of others) news(socket);
    const mum = await add(house, 'personal', 'Mum', viewer('1001'));
    await rename(house, mum, 'Secret', viewer('1001'));
    await house.contacts.remove(viewer('1001'), { id: mum.id });
    await turns();
    for (const socket of others) expect(news(socket)).toEqual([]);
  });

  test('of who changed a contact, to those from whom the colleague is hidden', async () => {
    const { house, socket } = await rightsHouse('manage company');
    await house.open('1002');
    await hide(house, '1002');
    await turns();
    news(socket);
    const eve = await add(house, 'company', 'Eve', viewer('1002'));
    await turns();
    const [told] = news(socket).flatMap(putsOf);
    expect(told).toMatchObject({ id: eve.id });
    expect(told).not.toHaveProperty('updatedBy');
    const own = await house.open('1002');
    const seen = (await sync(own, [COMPANY])).flatMap(putsOf);
    expect(seen.find(({ id }) => id === eve.id)).toEqual(eve);
    await house.rules.setVisibility(OPERATOR, []);
    await turns();
    expect(kinds(news(socket))).toEqual([]);
    await rename(house, eve, 'Seen', viewer('1002'));
    await turns();
    expect(news(socket).flatMap(putsOf)).toMatchObject([{ id: eve.id, updatedBy: '1002' }]);
  });

  test('in answers: what was found and is hidden since, is not told', async () => {
    const { house, ada, socket } = await rightsHouse('manage company');
    const { id: hidden } = await house.books.create(OPERATOR, { name: 'Hidden' });
    const search = socket.send('contacts.search', { text: 'ada' });
    const moved = socket.send('contacts.search', { text: 'ada', books: ['company'] });
    await house.contacts.move(OPERATOR, { id: ada.id, book: hidden });
    await turns();
    for (const id of [search, moved]) expect(socket.response(id)?.result).toEqual({ contacts: [] });
  });

  test('to a session whose log-in has just ended, whatever it asks for', async () => {
    const { house, ada, socket } = await rightsHouse('view company');
    await Promise.all([house.users.set({ id: '1001', disabled: true }), rename(house, ada, 'Secret')]);
    const id = socket.send('sync.open', { collections: ['extensions', 'presence', ...ALL] });
    const search = socket.send('contacts.search', { text: 'ada' });
    await turns();
    const messages = news(socket);
    expect(messages.map((message) => [message.id, message.error?.code])).toEqual([
      [id, 401],
      [search, 401],
    ]);
    expect(socket.ended?.code).toBe(4401);
  });
});

describe('S8: hidden colleagues', () => {
  const NAMES = ['extensions', 'presence', 'favorites'];
  const ids = (mirror: Mirror) =>
    ['extensions', 'presence', 'favorites'].map((name) => Object.keys(mirror.items(name)));

  test('are in neither list; when who is hidden changes the lists come anew', async () => {
    const house = await openSyncHouse();
    await hide(house, '1002');
    const [socket, own] = [await house.open('1001'), await house.open('1002')];
    await sync(own, NAMES);
    const mirror = new Mirror().take(await sync(socket, NAMES));
    expect(ids(mirror)).toEqual([['1001', '1003'], ['1001', '1003'], []]);
    expect(ids(new Mirror().take(own.received))).toEqual([['1001', '1002', '1003'], ['1001', '1002', '1003'], []]);
    news(socket);
    house.pbx.change('1002', { line: 'ringing' });
    house.pbx.change('1003', { line: 'ringing' });
    await turn();
    expect(news(socket)).toMatchObject([{ params: { collection: 'presence', put: [{ id: '1003' }] } }]);
    await hide(house, '1003');
    await turns();
    const shown = news(socket);
    expect(
      shown.map(({ params }) => [
        params?.['collection'],
        params?.['reset'],
        putsOf({ params } as never)
          .map(({ id }) => id)
          .sort(),
      ]),
    ).toEqual([
      ['extensions', true, ['1001', '1002']],
      ['presence', true, ['1001', '1002']],
    ]);
    await house.rules.setVisibility(OPERATOR, []);
    await turns();
    expect(
      news(socket)
        .flatMap(putsOf)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['1001', '1001', '1002', '1002', '1003', '1003']);
  });

  test('that come and go are told to those alone who see them, also as removals and after a resume', async () => {
    const house = await openSyncHouse({ pbx: pbxOf('1001', '1002', '1003', '1004') });
    await hide(house, '1002', '1005');
    const [socket, own] = [await house.open('1001'), await house.open('1002')];
    const cursors = cursorsOf(await sync(socket, NAMES));
    await sync(own, NAMES);
    for (const one of [socket, own]) news(one);
    house.pbx.remove('1002');
    house.pbx.remove('1004');
    house.pbx.snapshot();
    await turns();
    for (const one of [socket, own])
      expect(news(one).flatMap(removesOf)).toEqual(one === own ? ['1002', '1004', '1002', '1004'] : ['1004', '1004']);
    const again = await sync(await house.open('1001'), NAMES, cursors);
    expect(JSON.stringify(again)).not.toContain('1002');
    const mirror = new Mirror().take(await sync(await house.open('1001'), NAMES));
    expect(Object.keys(mirror.items('extensions'))).toEqual(['1001', '1003']);
  });

  test('are hidden in favourites, and come back with their mark', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    const mirror = new Mirror().take(await sync(socket, NAMES));
    await ask(socket, 'favorites.add', { id: 'extension:1002' });
    expect(Object.keys(mirror.take(socket.received).items('favorites'))).toEqual(['extension:1002']);
    await hide(house, '1002');
    await turns();
    expect(mirror.take(socket.received).items('favorites')).toEqual({});
    expect((await ask(socket, 'favorites.add', { id: 'extension:1002' })).error?.code).toBe(404);
    await house.rules.setVisibility(OPERATOR, []);
    await turns();
    expect(Object.keys(mirror.take(socket.received).items('favorites'))).toEqual(['extension:1002']);
  });
});

test('permissions and visibility are told to administrators alone, whole and in their order', async () => {
  const house: SyncHouse = await openSyncHouse();
  const [admin, user] = [await house.open('1000', { admin: true }), await house.open('1001')];
  const names = ['permissions', 'visibility'];
  await sync(admin, names);
  expect(kinds(await sync(user, names))).toEqual(['response', 'sync.ready']);
  news(user);
  await permit(house, 'view company 1001', 'manage *');
  await turns();
  const mirror = new Mirror().take(admin.received);
  expect(
    Object.values(mirror.items('permissions')).sort(
      (a, b) => (a as { order: number }).order - (b as { order: number }).order,
    ),
  ).toEqual([
    { id: expect.any(String), order: 1, who: { extension: '1001' }, books: ['company'], view: true, manage: false },
    { id: expect.any(String), order: 2, who: { everyone: true }, books: '*', view: true, manage: true },
  ]);
  expect(kinds(synced(user))).toEqual([]);
});
