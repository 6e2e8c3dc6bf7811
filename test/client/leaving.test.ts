// Garbage from a server, the life of a token, and how a client leaves, against a server by hand.
import { beforeEach, describe, expect, test } from 'vitest';
import { type Scene, withScene } from './scene.ts';
import { DAY, type ScriptedServer, turns } from './scripted-server.ts';

const scene = withScene();
let server: ScriptedServer;
let tokens: (string | undefined)[];
let states: string[];
let started: Scene['started'];
let ready: Scene['ready'];
let waitOf: Scene['waitOf'];

beforeEach(() => {
  const present = scene();
  ({ server, tokens, states } = present);
  started = (options) => present.started(options);
  ready = (options) => present.ready(options);
  waitOf = (client) => present.waitOf(client);
});

describe('garbage', () => {
  const garbage: [string, unknown][] = [
    ['text', 'hello'],
    ['bytes', new Uint8Array([1, 2])],
    ['an answer to nothing', '{"jsonrpc":"2.0","id":77,"result":{}}'],
    ['a refusal of nothing', '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"m"}}'],
    ['a page without items', '{"method":"sync.change","params":{"collection":"presence","cursor":"c"}}'],
    [
      'a change of nothing',
      '{"method":"sync.change","params":{"collection":"presence","put":[],"remove":[],"cursor":"c"}}',
    ],
    ['a loss of nothing', '{"method":"sync.gone","params":{}}'],
  ];
  test.each(garbage)('such as %s ends the connection, which is made again', async (_, data) => {
    const { client } = await started({ collections: ['presence'] });
    server.letIn();
    server.socket.answer('sync.open');
    server.socket.say(data);
    expect(client.state).toMatchObject({ kind: 'waiting', why: 'protocol' });
    expect(server.socket.left).toBe('cut');
    server.clock.pass(waitOf(client));
    server.bringUp();
    expect(client.state.kind).toBe('ready');
  });

  test('in the answer to the log-in is garbage as well', async () => {
    const { client } = await started();
    const wrong = [{}, { ...server.session(), token: 7 }, { ...server.session(), tokenExpires: 'soon' }];
    for (const result of [...wrong, { ...server.session(), features: 1 }, { ...server.session(), limits: {} }]) {
      server.socket.open();
      server.socket.answer('session.open', result);
      expect(client.state).toMatchObject({ kind: 'waiting', why: 'protocol' });
      server.clock.pass(waitOf(client));
    }
    expect([client.session, tokens]).toEqual([undefined, []]);
  });

  test('comes later and later', async () => {
    const { client } = await started({ auth: { token: 't1' } });
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      server.letIn();
      server.socket.say('nonsense');
      waits.push(waitOf(client));
      server.clock.pass(waitOf(client));
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000]);
  });

  test('that a newer server means is ignored', async () => {
    const client = await ready();
    server.socket.notify('later.made', { a: 1 });
    server.socket.change('calls', { reset: true, put: [{ id: 'x' }], cursor: 'c' });
    server.socket.notify('sync.gone', { collection: 'messages', why: 'deleted' });
    server.socket.notify('session.notice', { text: 'hello' });
    expect(client.state.kind).toBe('ready');
  });
});

describe('the token', () => {
  test('is renewed at two thirds of its life, told, and used from then on', async () => {
    const client = await ready();
    for (let i = 0; i < 20 * 24 * 180; i++) {
      server.clock.pass(20_000);
      if (server.socket.count('session.renew') > 0) break;
      server.socket.notify('sync.ready');
    }
    const expires = new Date(server.clock.now() + 30 * DAY).toISOString();
    server.socket.answer('session.renew', { token: 't2', tokenExpires: expires });
    expect([client.token(), tokens, client.session?.token, client.session?.tokenExpires]).toEqual([
      't2',
      ['t1', 't2'],
      't2',
      expires,
    ]);
    server.socket.end();
    server.clock.pass(500);
    server.socket.open();
    expect(server.socket.request('session.open').params['auth']).toEqual({ token: 't2' });
  });

  test('is told again when it lives longer, and not when it is the same', async () => {
    const client = await ready();
    const tokenExpires = client.session?.tokenExpires ?? '';
    server.socket.end();
    server.clock.pass(500);
    server.letIn({ tokenExpires });
    expect(tokens).toEqual(['t1']);
    server.socket.end();
    server.clock.pass(60_000);
    server.letIn();
    expect(tokens).toEqual(['t1', 't1']);
  });
});

describe('leaving', () => {
  test('says goodbye and leaves nothing that keeps the program alive', async () => {
    const client = await ready();
    client.close();
    expect([client.state, client.token(), server.socket.left]).toEqual([{ kind: 'idle' }, 't1', 'closed']);
    server.socket.end(1000);
    expect([server.clock.waiting, server.listening]).toEqual([0, 0]);
    expect(tokens).toEqual(['t1']);
  });

  test('without an answer to the goodbye cuts the connection', async () => {
    const client = await ready();
    client.close();
    server.clock.pass(2_000);
    expect([server.socket.left, server.clock.waiting]).toEqual(['cut', 0]);
  });

  test('while it waits leaves nothing either', async () => {
    const client = await ready();
    server.socket.end();
    client.close();
    client.close();
    expect([client.state, server.clock.waiting]).toEqual([{ kind: 'idle' }, 0]);
    client.reconnect();
    server.wake();
    expect(server.sockets.length).toBe(1);
  });

  test('can be followed by another start, with the token', async () => {
    const client = await ready();
    client.close();
    const again = client.start();
    await turns();
    server.bringUp();
    await again;
    expect(server.socket.request('session.open').params['auth']).toEqual({ token: 't1' });
    expect(server.sockets.length).toBe(2);
  });

  test('for good ends the log-in on the server and forgets the token', async () => {
    const client = await ready();
    server.socket.change('presence', { reset: true, put: [{ id: '1001' }], cursor: 'p1' });
    const out = client.logOut();
    expect(server.socket.request('session.close').params).toEqual({});
    server.socket.answer('session.close');
    server.socket.end(1000, 'session.close');
    await out;
    expect([client.state, client.token(), tokens]).toEqual([{ kind: 'idle' }, undefined, ['t1', undefined]]);
    expect([client.mirror('presence').state, client.mirror('presence').size]).toEqual(['loading', 0]);
    expect(states).toEqual(['idle']);
    await expect(client.start()).rejects.toMatchObject({ code: 401 });
    expect([server.clock.waiting, server.listening]).toEqual([0, 0]);
  });

  test('for good without a connection, or an answer, forgets the token all the same', async () => {
    const away = await ready();
    server.socket.end();
    await away.logOut();
    expect([away.state, away.token()]).toEqual([{ kind: 'idle' }, undefined]);
    const silent = await ready();
    const out = silent.logOut();
    server.clock.pass(5_000);
    await out;
    expect([silent.state, silent.token()]).toEqual([{ kind: 'idle' }, undefined]);
  });
});
