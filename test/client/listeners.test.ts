// What listeners may do, against a server by hand.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Scene, withScene } from './scene.ts';
import { ScriptedServer, turns } from './scripted-server.ts';

const scene = withScene();
let server: ScriptedServer;
let started: Scene['started'];
let ready: Scene['ready'];

beforeEach(() => {
  const present = scene();
  ({ server } = present);
  started = (options) => present.started(options);
  ready = (options) => present.ready(options);
});

describe('listeners', () => {
  const faults: unknown[] = [];
  const globals = globalThis as { reportError?: (error: unknown) => void };
  beforeEach(() => {
    faults.length = 0;
    globals.reportError = (error) => void faults.push(error);
  });
  afterEach(() => {
    delete globals.reportError;
  });

  test('that throw harm neither the client nor each other, and are reported', async () => {
    const client = await ready();
    const seen: string[] = [];
    const fault = new Error('a fault of the program');
    const fail = () => {
      throw fault;
    };
    client.subscribe(fail);
    client.contacts.subscribe(fail);
    const presence = client.mirror('presence');
    presence.subscribe(fail);
    presence.subscribe(() => seen.push('presence'));
    server.socket.change('presence', { reset: true, put: [{ id: '1001' }], cursor: 'p1' });
    server.socket.notify('session.notice', { features: server.session().features });
    expect([seen, faults, client.state.kind]).toEqual([['presence'], [fault, fault], 'ready']);
  });

  test('of the token may throw too', async () => {
    await started({
      onToken: () => {
        throw new Error('full');
      },
    });
    server.letIn();
    expect([faults.length, server.socket.count('sync.open'), server.sockets.length]).toEqual([1, 1, 1]);
  });

  test('may stop themselves and others, and begin new ones', async () => {
    const client = await ready();
    const presence = client.mirror('presence');
    const seen: string[] = [];
    const stop = presence.subscribe(() => {
      seen.push('first');
      stop();
      stopSecond();
      presence.subscribe(() => seen.push('third'));
    });
    const stopSecond = presence.subscribe(() => seen.push('second'));
    server.socket.change('presence', { reset: true, put: [{ id: '1001' }], cursor: 'p1' });
    expect(seen).toEqual(['first']);
    server.socket.change('presence', { put: [{ id: '1002' }], cursor: 'p2' });
    expect(seen).toEqual(['first', 'third']);
  });

  test('may ask the server, add a mirror, or close the client', async () => {
    const client = await ready();
    const presence = client.mirror('presence');
    const stop = presence.subscribe(() => {
      stop();
      client.request('favorites.add', { id: 'extension:1001' }).catch(() => undefined);
      client.mirror('books');
      presence.subscribe(() => client.close());
    });
    server.socket.change('presence', { reset: true, put: [{ id: '1001' }], cursor: 'p1' });
    await turns();
    expect(server.socket.count('favorites.add')).toBe(1);
    expect(server.socket.request('sync.open').params['collections']).toEqual(['presence', 'books']);
    server.socket.change('presence', { put: [{ id: '1002' }], cursor: 'p2' });
    expect([client.state, presence.size]).toEqual([{ kind: 'idle' }, 2]);
  });

  test('may close the client at any change of its state', async () => {
    for (const kind of ['connecting', 'syncing', 'ready', 'waiting']) {
      server = new ScriptedServer();
      const client = server.client({ collections: ['presence'] });
      client.subscribe(() => {
        if (client.state.kind === kind) client.close();
      });
      client.start().catch(() => undefined);
      await turns();
      const { sockets } = server;
      sockets[0]?.open();
      if (client.state.kind !== 'idle') sockets[0]?.answer('session.open', server.session());
      if (client.state.kind !== 'idle') sockets[0]?.answer('sync.open');
      if (client.state.kind !== 'idle') sockets[0]?.notify('sync.ready');
      sockets[0]?.end();
      expect([kind, client.state, server.clock.waiting, server.listening]).toEqual([kind, { kind: 'idle' }, 0, 0]);
    }
  });

  test('hear of features that come and go', async () => {
    const client = await ready();
    let told = 0;
    client.subscribe(() => {
      told += 1;
    });
    const company = { view: true, manage: false };
    server.socket.notify('session.notice', { features: { ...server.session().features, company } });
    expect([told, client.session?.features.company, client.session?.name]).toEqual([1, company, 'Alice']);
  });
});
