// What is kept over restarts of a program, against a server by hand and a memory that can fail.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Client, ClientOptions, Kept, Persistence } from '../../client/api.ts';
import { ScriptedServer, type ScriptedSocket, turns } from './scripted-server.ts';

class Memory implements Persistence {
  readonly kept = new Map<string, Kept>();
  /** Every save: the name, and the ids kept or `erased`. */
  readonly saves: [string, string[] | 'erased'][] = [];
  fails = false;
  /** Saves that have not ended. */
  readonly open: (() => void)[] = [];
  isSlow = false;

  async load(): Promise<ReadonlyMap<string, Kept>> {
    return new Map(this.kept);
  }

  async save(collection: string, kept: Kept | undefined): Promise<void> {
    this.saves.push([collection, kept ? kept.items.map(({ id }) => id) : 'erased']);
    if (this.isSlow) await new Promise<void>((resolve) => this.open.push(resolve));
    if (this.fails) throw new Error('full');
    if (kept) this.kept.set(collection, kept);
    else this.kept.delete(collection);
  }
}

const OWNER = '1001 ws://pbx.example/ws';
const owner = { cursor: OWNER, items: [] };
const fav = (id: string) => ({ id, at: 'x' });

let server: ScriptedServer;
let memory: Memory;

beforeEach(() => {
  server = new ScriptedServer();
  memory = new Memory();
});

async function connecting(options: Partial<ClientOptions> = {}): Promise<Client> {
  const client = server.client({ collections: ['favorites', 'contacts'], persistence: memory, ...options });
  client.start().catch(() => undefined);
  await turns();
  return client;
}

/** A client that holds one favourite and one contact. */
async function ready(): Promise<{ client: Client; socket: ScriptedSocket }> {
  const client = await connecting();
  const socket = server.letIn();
  socket.answer('sync.open');
  socket.change('favorites', { reset: true, put: [fav('a')], cursor: 'f1' });
  socket.change('contacts:company', { reset: true, put: [{ id: 'c' }], cursor: 'k1' });
  socket.notify('sync.ready');
  return { client, socket };
}

async function pass(ms: number): Promise<void> {
  server.clock.pass(ms);
  await turns();
}

describe('what is kept', () => {
  test('is saved a second after a change, and then every ten seconds at most, the owner first', async () => {
    const { socket } = await ready();
    await pass(999);
    expect(memory.saves).toEqual([]);
    await pass(1);
    expect(memory.saves).toEqual([
      ['owner', []],
      ['favorites', ['a']],
      ['contacts:company', ['c']],
    ]);
    socket.change('favorites', { put: [fav('b')], cursor: 'f2' });
    await pass(9_999);
    expect(memory.saves.length).toBe(3);
    socket.change('favorites', { put: [fav('d')], cursor: 'f3' });
    await pass(1);
    expect(memory.saves.slice(3)).toEqual([['favorites', ['a', 'b', 'd']]]);
    expect(Object.fromEntries(memory.kept)).toEqual({
      owner,
      favorites: { cursor: 'f3', items: [fav('a'), fav('b'), fav('d')] },
      'contacts:company': { cursor: 'k1', items: [{ id: 'c' }] },
    });
  });

  test('is saved at once when the client is closed, and no timer stays', async () => {
    const { client, socket } = await ready();
    client.close();
    socket.end(1000);
    await turns();
    expect([[...memory.kept.keys()], server.clock.waiting]).toEqual([['owner', 'favorites', 'contacts:company'], 0]);
  });

  test('is erased when the collection is gone, and tried again when that fails', async () => {
    const { socket } = await ready();
    await pass(1_000);
    memory.fails = true;
    socket.notify('sync.gone', { collection: 'contacts:company', why: 'no_permission' });
    await pass(10_000);
    expect([memory.saves.at(-1), memory.kept.has('contacts:company')]).toEqual([['contacts:company', 'erased'], true]);
    memory.fails = false;
    await pass(10_000);
    expect(memory.kept.has('contacts:company')).toBe(false);
    await pass(100_000);
    expect(memory.saves.filter(([, what]) => what === 'erased').length).toBe(2);
  });

  test('is saved one after the other, also when a save takes its time or never ends', async () => {
    memory.isSlow = true;
    const { socket } = await ready();
    await pass(1_000);
    expect(memory.saves).toEqual([['owner', []]]);
    memory.open.shift()?.();
    await turns();
    expect(memory.saves.map(([name]) => name)).toEqual(['owner', 'favorites']);
    socket.change('favorites', { put: [fav('b')], cursor: 'f2' });
    await pass(5_000);
    expect(memory.saves.map(([name]) => name)).toEqual(['owner', 'favorites', 'contacts:company']);
    await pass(5_000);
    await pass(10_000);
    expect(memory.saves.slice(3)).toEqual([['favorites', ['a', 'b']]]);
  });
});

describe('a program that starts again', () => {
  beforeEach(() => {
    memory.kept.set('owner', owner);
    memory.kept.set('favorites', { cursor: 'f1', items: [fav('a')] });
    memory.kept.set('contacts:company', { cursor: 'k1', items: [{ id: 'c' }] });
  });

  test('with a token shows what was kept before it is connected, and asks for what is new', async () => {
    const client = await connecting({ auth: { token: 't1' } });
    expect([client.state.kind, client.mirror('favorites').state, [...client.mirror('favorites').values()]]).toEqual([
      'connecting',
      'live',
      [fav('a')],
    ]);
    expect([client.contacts.books(), client.contacts.get('c')]).toEqual([['company'], { id: 'c' }]);
    const socket = server.letIn();
    expect(socket.request('sync.open').params).toEqual({
      collections: ['favorites', 'contacts'],
      cursors: { favorites: 'f1', 'contacts:company': 'k1' },
    });
    socket.answer('sync.open');
    socket.change('favorites', { put: [fav('b')], cursor: 'f2' });
    socket.notify('sync.ready');
    expect([client.mirror('favorites').size, client.contacts.books()]).toEqual([2, ['company']]);
    await pass(20_000);
    expect(memory.saves).toEqual([['favorites', ['a', 'b']]]);
  });

  test('with a password shows nothing before the password was right', async () => {
    const client = await connecting();
    expect([client.mirror('favorites').state, client.contacts.books()]).toEqual(['loading', []]);
    const socket = server.letIn();
    expect([client.mirror('favorites').size, socket.request('sync.open').params['cursors']]).toEqual([
      1,
      { favorites: 'f1', 'contacts:company': 'k1' },
    ]);
  });

  test('with a wrong password leaves what was kept alone', async () => {
    await connecting();
    server.socket.open();
    server.socket.refuse('session.open', 401);
    await turns();
    expect([memory.kept.size, memory.saves]).toEqual([3, []]);
  });

  test('as another user forgets it all', async () => {
    const client = await connecting({ auth: { token: 't2' } });
    expect(client.mirror('favorites').size).toBe(1);
    const socket = server.letIn({ extension: '1002', token: 't2' });
    expect([client.mirror('favorites').state, client.contacts.books()]).toEqual(['loading', []]);
    expect(socket.request('sync.open').params['cursors']).toEqual({});
    await pass(1_000);
    expect(Object.fromEntries(memory.kept)).toEqual({ owner: { cursor: '1002 ws://pbx.example/ws', items: [] } });
  });

  test('with a password of another user forgets it without a sight of it', async () => {
    const client = await connecting();
    server.letIn({ extension: '1002' });
    expect(client.mirror('favorites').state).toBe('loading');
    await pass(1_000);
    expect([...memory.kept.keys()]).toEqual(['owner']);
  });

  test('against another server does not show it', async () => {
    const client = await connecting({ auth: { token: 't1' }, url: 'ws://other.example/ws' });
    expect([client.mirror('favorites').state, client.contacts.books()]).toEqual(['loading', []]);
  });

  test('and logs out forgets it all, with whatever was kept of collections it does not ask for', async () => {
    memory.kept.set('users', { cursor: 'u1', items: [] });
    const client = await connecting({ auth: { token: 't1' } });
    const socket = server.letIn();
    const out = client.logOut();
    socket.answer('session.close');
    await out;
    expect([memory.kept.size, server.clock.waiting]).toEqual([0, 1]); // the goodbye
  });

  const endings = [4401, 4409];
  test.each(endings)('and whose log-in ends with %i forgets it all', async (code) => {
    await connecting({ auth: { token: 't1' } });
    server.letIn().end(code);
    await turns();
    expect([memory.kept.size, server.clock.waiting]).toEqual([0, 0]);
  });

  test('ignores what is not as it was kept', async () => {
    memory.kept.set('favorites', { cursor: 7, items: [] } as unknown as Kept);
    memory.kept.set('contacts:company', { cursor: 'k1', items: [{ id: 3 }] } as unknown as Kept);
    memory.kept.set('contacts:x', undefined as unknown as Kept);
    memory.kept.set('contacts:y', { cursor: 'k1', items: 'none' } as unknown as Kept);
    const client = await connecting({ auth: { token: 't1' } });
    expect([client.mirror('favorites').state, client.contacts.books()]).toEqual(['loading', []]);
    expect(server.letIn().request('sync.open').params['cursors']).toEqual({});
  });

  test('ignores collections that are kept without a word whose they are', async () => {
    memory.kept.delete('owner');
    const client = await connecting({ auth: { token: 't1' } });
    server.letIn();
    expect(client.mirror('favorites').state).toBe('loading');
    await pass(1_000);
    expect([...memory.kept]).toEqual([['owner', owner]]);
  });
});

describe('a memory that fails', () => {
  test('to load is none', async () => {
    const loads: (() => Promise<ReadonlyMap<string, Kept>>)[] = [
      () => Promise.reject(new Error('locked')),
      () => {
        throw new Error('locked');
      },
      () => Promise.resolve({} as unknown as ReadonlyMap<string, Kept>),
      () => Promise.resolve(new Map([[7, 8]]) as unknown as ReadonlyMap<string, Kept>),
    ];
    for (const load of loads) {
      server = new ScriptedServer();
      const client = await connecting({ persistence: { load, save: () => Promise.resolve() } });
      server.bringUp();
      expect(client.state.kind).toBe('ready');
    }
  });

  test('to load in time is none', async () => {
    const load = () => new Promise<never>(() => undefined);
    const client = await connecting({ persistence: { load, save: () => Promise.resolve() } });
    expect([client.state.kind, server.sockets.length]).toEqual(['connecting', 0]);
    await pass(5_000);
    expect(server.sockets.length).toBe(1);
  });

  test('to load before the client is closed starts nothing any more', async () => {
    const load = () => new Promise<never>(() => undefined);
    const client = await connecting({ persistence: { load, save: () => Promise.resolve() } });
    client.close();
    await pass(5_000);
    expect([client.state, server.sockets.length, server.clock.waiting, server.listening]).toEqual([
      { kind: 'idle' },
      0,
      0,
      0,
    ]);
  });

  test('to save does not matter', async () => {
    memory.fails = true;
    const { client, socket } = await ready();
    await pass(1_000);
    memory.fails = false;
    socket.change('favorites', { put: [fav('b')], cursor: 'f2' });
    await pass(10_000);
    expect([client.state.kind, memory.kept.get('favorites')?.items.length]).toEqual(['ready', 2]);
  });
});
