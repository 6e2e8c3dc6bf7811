// Which collections the server is asked for, and what becomes of the mirrors, against a server by hand.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Client, ClientOptions, CollectionName, MirrorChange } from '../../client/api.ts';
import type { Done } from '../../client/calls.ts';
import { Sync } from '../../client/sync.ts';
import type { Contact } from '../../client/types.ts';
import { ScriptedServer, type ScriptedSocket, turns } from './scripted-server.ts';

let server: ScriptedServer;

beforeEach(() => {
  server = new ScriptedServer();
});

/** A client that is logged in and has asked for these; `socket` is the server's end. */
async function asking(collections: readonly CollectionName[], options: Partial<ClientOptions> = {}) {
  const client = server.client({ collections, ...options });
  client.start().catch(() => undefined);
  await turns();
  return { client, socket: server.letIn() };
}

/** The same, with everything told. */
async function ready(collections: readonly CollectionName[]) {
  const { client, socket } = await asking(collections);
  socket.answer('sync.open');
  for (const name of collections) if (name !== 'contacts') socket.change(name, { reset: true, cursor: `${name} 1` });
  socket.notify('sync.ready');
  return { client, socket };
}

/** Every call of a mirror's listeners. */
function changesOf<T extends { readonly id: string }>(mirror: {
  subscribe(fn: (change: MirrorChange<T>) => void): () => void;
}): MirrorChange<T>[] {
  const changes: MirrorChange<T>[] = [];
  mirror.subscribe((change) => changes.push(change));
  return changes;
}

function opened(socket: ScriptedSocket) {
  return socket.asked.filter(({ method }) => method === 'sync.open').map(({ params }) => params);
}

function contact(id: string, book: string, rev = 1): Contact {
  return { id, book, kind: 'company', rev, numbers: [], created: 'x', updated: 'x' };
}

describe('a mirror', () => {
  test('is the same object whenever it is asked for, before the start, after it and after a break', async () => {
    const client = server.client({ collections: ['presence'] });
    const before = client.mirror('presence');
    expect([before.name, before.state, before.size]).toEqual(['presence', 'loading', 0]);
    client.start().catch(() => undefined);
    await turns();
    server.bringUp();
    server.socket.end();
    expect(client.mirror('presence')).toBe(before);
  });

  test('tells each change once, after it is in', async () => {
    const { client, socket } = await asking(['pbx']);
    const mirror = client.mirror('pbx');
    const sizes: number[] = [];
    mirror.subscribe(() => sizes.push(mirror.size));
    const changes = changesOf(mirror);
    socket.answer('sync.open');
    socket.change('pbx', { reset: true, put: [{ id: 'a' }] });
    socket.change('pbx', { put: [{ id: 'b' }], cursor: '1' });
    socket.notify('sync.ready');
    socket.change('pbx', { put: [{ id: 'b', n: 2 }], remove: ['a'], cursor: '2' });
    expect([sizes, changes]).toEqual([
      [2, 1],
      [
        { reset: true, put: [{ id: 'a' }, { id: 'b' }], remove: [] },
        { reset: false, put: [{ id: 'b', n: 2 }], remove: ['a'] },
      ],
    ]);
  });

  test('of what the user may not see is gone as soon as everything else is told', async () => {
    const { client, socket } = await asking(['pbx', 'users']);
    const users = client.mirror('users');
    const changes = changesOf(users);
    socket.answer('sync.open');
    socket.change('pbx', { reset: true, cursor: '1' });
    expect(users.state).toBe('loading');
    socket.notify('sync.ready');
    expect([users.state, users.why, changes]).toEqual([
      'gone',
      'no_permission',
      [{ reset: true, put: [], remove: [] }],
    ]);
    socket.change('users', { reset: true, put: [{ id: '1001' }], cursor: 'u1' });
    expect([users.state, users.why, users.size]).toEqual(['live', undefined, 1]);
    socket.notify('sync.gone', { collection: 'users', why: 'no_permission' });
    expect([users.state, users.why, users.size]).toEqual(['gone', 'no_permission', 0]);
  });
});

describe('a mirror that is added later', () => {
  test('is asked for with the others from where they are, in one request for all that are added at once', async () => {
    const { client, socket } = await ready(['pbx', 'presence']);
    const states: string[] = [];
    client.subscribe(() => states.push(client.state.kind));
    const users = client.mirror('users');
    client.mirror('visibility');
    client.mirror('users');
    await turns();
    expect(opened(socket).slice(1)).toEqual([
      {
        collections: ['pbx', 'presence', 'users', 'visibility'],
        cursors: { pbx: 'pbx 1', presence: 'presence 1' },
      },
    ]);
    expect(users.state).toBe('loading');
    socket.answer('sync.open');
    socket.change('users', { reset: true, put: [{ id: '1001' }], cursor: 'u1' });
    socket.notify('sync.ready');
    expect([users.state, users.size, client.mirror('visibility').state, states]).toEqual(['live', 1, 'gone', []]);
  });

  test('waits until what was asked for before is told', async () => {
    const { client, socket } = await asking(['pbx']);
    const users = client.mirror('users');
    await turns();
    socket.answer('sync.open');
    socket.notify('sync.ready');
    expect([opened(socket).map(({ collections }) => collections), users.state]).toEqual([
      [['pbx'], ['pbx', 'users']],
      'loading',
    ]);
    socket.answer('sync.open');
    socket.notify('sync.ready');
    expect(users.state).toBe('gone');
  });

  test('loses nothing that is told while the server has not heard of it', async () => {
    const { client, socket } = await ready(['favorites', 'books']);
    const favorites = client.mirror('favorites');
    client.mirror('users');
    await turns();
    socket.change('favorites', { put: [{ id: 'contact:x' }], cursor: 'favorites 2' });
    expect([...favorites.values()]).toEqual([{ id: 'contact:x' }]);
    const changes = changesOf(favorites);
    socket.notify('sync.ready'); // of before
    socket.answer('sync.open');
    // The server was asked to go on from before the favourite came, and it is gone again.
    socket.change('users', { reset: true, cursor: 'u1' });
    socket.notify('sync.ready');
    expect([favorites.size, changes]).toEqual([0, [{ reset: false, put: [], remove: ['contact:x'] }]]);
    socket.end();
    server.clock.pass(500);
    expect(opened(server.letIn())[0]?.['cursors']).toEqual({
      favorites: 'favorites 1',
      books: 'books 1',
      users: 'u1',
    });
  });

  test('does not bring back a book that was lost meanwhile', async () => {
    const { client, socket } = await ready(['contacts']);
    socket.change('contacts:company', { reset: true, put: [contact('a', 'company')], cursor: 'k1' });
    client.mirror('users');
    await turns();
    expect(opened(socket)[1]?.['cursors']).toEqual({ 'contacts:company': 'k1' });
    socket.notify('sync.gone', { collection: 'contacts:company', why: 'no_permission' });
    socket.answer('sync.open');
    socket.notify('sync.gone', { collection: 'contacts:company', why: 'no_permission' });
    socket.notify('sync.ready');
    expect([client.contacts.books(), client.contacts.get('a')]).toEqual([[], undefined]);
  });

  test('is asked for anew after a break', async () => {
    const { client, socket } = await ready(['pbx']);
    client.mirror('users');
    await turns();
    socket.end();
    server.clock.pass(500);
    expect(opened(server.letIn())).toEqual([{ collections: ['pbx', 'users'], cursors: { pbx: 'pbx 1' } }]);
    await turns();
    expect(server.socket.count('sync.open')).toBe(1);
  });

  test('is asked for with the others when it is added before the connection', async () => {
    const client = server.client({ collections: ['pbx'] });
    client.mirror('users');
    client.start().catch(() => undefined);
    await turns();
    expect(opened(server.letIn())).toEqual([{ collections: ['pbx', 'users'], cursors: {} }]);
  });
});

describe('an older server', () => {
  test('that does not have a collection is asked for the others, and again after each connect', async () => {
    const { client, socket } = await asking(['pbx', 'users', 'visibility']);
    const refuse = (place: number) =>
      socket.refuse('sync.open', -32602, {
        reason: 'params',
        issues: [{ path: `collections.${place}`, message: 'x' }],
      });
    refuse(1);
    expect(client.mirror('users').state).toBe('gone');
    refuse(1);
    socket.answer('sync.open');
    socket.change('pbx', { reset: true, cursor: '1' });
    socket.notify('sync.ready');
    expect([opened(socket).map(({ collections }) => collections), client.state.kind]).toEqual([
      [['pbx', 'users', 'visibility'], ['pbx', 'visibility'], ['pbx']],
      'ready',
    ]);
    expect(client.mirror('users').state).toBe('gone');
    await turns();
    expect(opened(socket).length).toBe(3);
    socket.end();
    server.clock.pass(500);
    expect(opened(server.letIn())[0]?.['collections']).toEqual(['pbx', 'users', 'visibility']);
  });

  test('that refuses for another reason is tried again later', async () => {
    const { client, socket } = await asking(['pbx']);
    socket.refuse('sync.open', 429, { reason: 'too_many', retryAfter: 5 });
    expect(client.state).toEqual({ kind: 'waiting', why: 'overloaded', retryAt: server.clock.now() + 5_000 });
    server.clock.pass(5_000);
    server.letIn().refuse('sync.open', -32602, { issues: [{ path: 'cursors', message: 'x' }] });
    expect(client.state).toMatchObject({ kind: 'waiting', why: 'overloaded' });
  });
});

describe('contacts', () => {
  /** What the listener of all books heard. */
  function heard(client: Client) {
    const told: [string, ...unknown[]][] = [];
    client.contacts.subscribe((book, change) => {
      told.push([book, change?.put.map(({ id }) => id), client.contacts.books()]);
    });
    return told;
  }

  test('come and go by book, with the rights of the user', async () => {
    const { client, socket } = await asking(['contacts']);
    const told = heard(client);
    socket.answer('sync.open');
    socket.change('contacts:personal', { reset: true, put: [contact('p', 'personal')], cursor: '1' });
    socket.notify('sync.ready');
    socket.change('contacts:company', { reset: true, put: [contact('c', 'company')] });
    socket.change('contacts:company', { cursor: '1' });
    socket.change('contacts:company', { put: [contact('d', 'company')], remove: ['c'], cursor: '2' });
    expect([client.contacts.get('p')?.id, client.contacts.get('c'), client.contacts.get('d')?.book]).toEqual([
      'p',
      undefined,
      'company',
    ]);
    socket.notify('sync.gone', { collection: 'contacts:company', why: 'deleted' });
    expect(told).toEqual([
      ['personal', undefined, ['personal']],
      ['personal', ['p'], ['personal']],
      ['company', undefined, ['personal', 'company']],
      ['company', ['c'], ['personal', 'company']],
      ['company', ['d'], ['personal', 'company']],
      ['company', undefined, ['personal']],
    ]);
    expect([client.contacts.get('d'), client.mirror('contacts:company').state]).toEqual([undefined, 'gone']);
    socket.change('contacts:company', { reset: true, put: [contact('e', 'company')], cursor: '3' });
    expect([client.contacts.books(), client.contacts.get('e')?.id]).toEqual([['personal', 'company'], 'e']);
  });

  test('that are on their way from one book to another are the newer of both', async () => {
    const { client, socket } = await ready(['contacts']);
    socket.change('contacts:new', { reset: true, put: [contact('x', 'new', 2)], cursor: '1' });
    socket.change('contacts:old', { reset: true, put: [contact('x', 'old', 1)], cursor: '1' });
    expect(client.contacts.get('x')?.book).toBe('new');
    socket.change('contacts:old', { put: [contact('x', 'old', 3)], cursor: '2' });
    expect(client.contacts.get('x')?.book).toBe('old');
  });

  test('of one book can be mirrored alone; one that is not there is gone', async () => {
    const { client, socket } = await asking(['contacts:company']);
    socket.answer('sync.open');
    socket.change('contacts:company', { reset: true, put: [contact('c', 'company')], cursor: '1' });
    socket.notify('sync.ready');
    expect([client.contacts.books(), client.mirror('contacts:company').get('c')?.id]).toEqual([['company'], 'c']);
    socket.change('contacts:personal', { reset: true, put: [contact('p', 'personal')], cursor: '1' });
    expect([client.contacts.books(), client.contacts.get('p')]).toEqual([['company'], undefined]);
  });

  test('of a book that is not among all that the user sees are gone at once, without another request', async () => {
    const { client, socket } = await ready(['contacts']);
    const other = client.mirror('contacts:other');
    await turns();
    expect([other.state, other.why, opened(socket).length]).toEqual(['gone', 'no_permission', 1]);
    socket.change('contacts:other', { reset: true, put: [contact('o', 'other')], cursor: '1' });
    expect([other.state, other.size]).toEqual(['live', 1]);
  });
});

describe('a server that never ends', () => {
  const limits = { collections: 5, items: 10 };
  const house = (wanted: CollectionName[]) => {
    const sync = new Sync(wanted, {
      call: (_method: string, _params: object, done: Done) => done({ result: {} }),
      became: () => undefined,
      failed: () => undefined,
      changed: () => undefined,
      limits,
    });
    sync.connected();
    return sync;
  };
  const page = (collection: string, ids: string[], more = {}) => ({
    ...{ collection, reset: true, put: ids.map((id) => ({ id })), remove: [], cursor: 'c' },
    ...more,
  });

  test('is not believed when it tells of too many books', () => {
    const sync = house(['contacts']);
    const told = Array.from({ length: 6 }, (_, n) => sync.take('sync.change', page(`contacts:${n}`, [])));
    expect([told, sync.copies.size]).toEqual([[true, true, true, true, true, false], 5]);
  });

  test('may take books away and bring others for ever', () => {
    const sync = house(['contacts']);
    for (let n = 0; n < 100; n++) {
      expect(sync.take('sync.change', page(`contacts:${n}`, ['a', 'b']))).toBe(true);
      expect(sync.take('sync.gone', { collection: `contacts:${n}`, why: 'deleted' })).toBe(true);
    }
    expect(sync.copies.size).toBe(0);
  });

  test('is not believed when it tells of too many items, in pages that never end too', () => {
    const ids = (from: number, count: number) => Array.from({ length: count }, (_, n) => `i${from + n}`);
    const whole = house(['pbx', 'users']);
    expect(whole.take('sync.change', page('pbx', ids(0, 6)))).toBe(true);
    expect(whole.take('sync.change', page('users', ids(0, 5)))).toBe(false);
    const pages = house(['pbx']);
    expect(pages.take('sync.change', page('pbx', ids(0, 6), { more: true }))).toBe(true);
    expect(pages.take('sync.change', page('pbx', ids(6, 5), { more: true, reset: false }))).toBe(false);
    const anew = house(['pbx']);
    for (let n = 0; n < 100; n++) expect(anew.take('sync.change', page('pbx', ids(n, 5)))).toBe(true);
    const removals = house(['pbx']);
    removals.take('sync.change', page('pbx', ids(0, 1)));
    const remove = { put: [], remove: ids(0, 20), more: true, reset: false };
    expect(removals.take('sync.change', page('pbx', [], remove))).toBe(false);
  });
});
