// The life of a connection against a server by hand, with time by hand.
import { beforeEach, describe, expect, test } from 'vitest';
import { isRequestFailure } from '../../client/failure.ts';
import { type Scene, withScene } from './scene.ts';
import { type ScriptedServer, turns } from './scripted-server.ts';

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

describe('starting', () => {
  test('opens one socket for the protocol, logs in with the password once, and is ready after the first sync', async () => {
    const { client, outcome } = await started({
      collections: ['presence', 'contacts'],
      client: { platform: 'mac', version: '2.0', name: 'Desk' },
    });
    const { socket } = server;
    expect([socket.url, socket.protocols, socket.asked]).toEqual(['ws://pbx.example/ws', ['rollcall.v1'], []]);
    server.letIn();
    expect(socket.asked.map(({ method, params }) => [method, params])).toEqual([
      [
        'session.open',
        {
          client: { platform: 'mac', version: '2.0', name: 'Desk' },
          auth: { login: '1001', password: 'correct horse' },
        },
      ],
      ['sync.open', { collections: ['presence', 'contacts'], cursors: {} }],
    ]);
    socket.answer('sync.open');
    await turns();
    expect(outcome()).toBe('pending');
    socket.notify('sync.ready');
    await turns();
    expect(outcome()).toBe('ready');
    expect(states).toEqual(['connecting', 'syncing', 'ready']);
    expect([client.session, client.token(), tokens]).toEqual([server.session(), 't1', ['t1']]);
    expect(server.sockets.length).toBe(1);
  });

  test('twice is starting once', async () => {
    const { client } = await started();
    expect(client.start()).toBe(client.start());
    await turns();
    expect(server.sockets.length).toBe(1);
  });

  test('with the address of nothing is refused, and nothing goes on', async () => {
    server.isForbidden = true;
    const { client, outcome } = await started();
    expect(outcome()).toBeInstanceOf(SyntaxError);
    expect([client.state, server.clock.waiting, server.listening]).toEqual([{ kind: 'idle' }, 0, 0]);
  });

  test('goes on trying while nobody answers', async () => {
    const { client, outcome } = await started();
    for (let i = 0; i < 5; i++) {
      server.socket.end();
      expect(client.state).toMatchObject({ kind: 'waiting', why: 'unreachable' });
      server.clock.pass(waitOf(client));
    }
    await turns();
    expect([outcome(), server.sockets.length]).toEqual(['pending', 6]);
    server.letIn();
    expect(server.socket.request('session.open').params['auth']).toEqual({
      login: '1001',
      password: 'correct horse',
    });
  });

  test('that is closed first is given up', async () => {
    const { client, outcome } = await started();
    client.close();
    await turns();
    expect(outcome()).toMatchObject({ code: 0, reason: 'closed' });
    expect(server.socket.left).toBe('closed');
  });

  test('is over when a socket does not open in 20 seconds, or the log-in is not answered in 30', async () => {
    const { client } = await started();
    server.clock.pass(20_000);
    expect([client.state, server.socket.left]).toEqual([expect.objectContaining({ why: 'no_answer' }), 'cut']);
    server.clock.pass(500);
    server.socket.open();
    server.clock.pass(29_999);
    expect(client.state.kind).toBe('connecting');
    server.clock.pass(1);
    expect([client.state, server.socket.left]).toEqual([expect.objectContaining({ why: 'no_answer' }), 'cut']);
  });
});

describe('a refused log-in', () => {
  test('with a wrong password ends the client, with the failure; another start tries again', async () => {
    const { client, outcome } = await started();
    server.socket.open();
    server.socket.refuse('session.open', 401, { reason: 'unauthorized' }, 'wrong');
    server.socket.end(4401, 'wrong');
    await turns();
    expect(client.state).toMatchObject({ kind: 'ended', why: 'refused', failure: { code: 401 } });
    expect(isRequestFailure(outcome())).toBe(true);
    expect(outcome()).toMatchObject({ code: 401, reason: 'unauthorized', message: 'wrong' });
    expect([server.clock.waiting, server.listening, tokens]).toEqual([0, 0, []]);
    const again = client.start();
    await turns();
    server.bringUp();
    await again;
    expect(client.state.kind).toBe('ready');
  });

  test('that came too often says when to come back', async () => {
    const { client } = await started();
    server.socket.open();
    server.socket.refuse('session.open', 429, { reason: 'too_many', retryAfter: 30 });
    expect(client.state).toMatchObject({ kind: 'ended', why: 'too_many', failure: { retryAfter: 30 } });
  });

  test('of a token ends the log-in, and the program is told to forget it', async () => {
    const { client, outcome } = await started({ auth: { token: 'old' } });
    expect(client.token()).toBe('old');
    server.socket.open();
    expect(server.socket.request('session.open').params['auth']).toEqual({ token: 'old' });
    server.socket.refuse('session.open', 401);
    await turns();
    expect(client.state).toMatchObject({ kind: 'ended', why: 'expired' });
    expect([tokens, client.token(), outcome()]).toEqual([[undefined], undefined, expect.anything()]);
    await expect(client.start()).rejects.toMatchObject({ code: 401 });
    expect(server.sockets.length).toBe(1);
  });

  test('of a token that came at a bad time is tried again', async () => {
    const { client } = await started({ auth: { token: 't0' } });
    server.socket.open();
    server.socket.refuse('session.open', 429, { reason: 'too_many', retryAfter: 7 });
    expect([client.state, waitOf(client)]).toEqual([expect.objectContaining({ why: 'too_many' }), 7_000]);
    server.clock.pass(7_000);
    server.socket.open();
    server.socket.refuse('session.open', -32603);
    expect(client.state).toMatchObject({ kind: 'waiting', why: 'overloaded' });
    server.clock.pass(waitOf(client));
    server.letIn();
    expect(client.state.kind).toBe('syncing');
  });

  test('that is only a close says so too', async () => {
    const { client } = await started();
    server.socket.open();
    server.socket.end(4401, 'no');
    expect(client.state).toMatchObject({ kind: 'ended', why: 'refused', failure: { code: 401 } });
  });
});

describe('a connection that breaks', () => {
  test('is made again with the token, within a second, and then later and later', async () => {
    const client = await ready();
    server.chance = 0.999;
    server.socket.end();
    expect([client.state, waitOf(client)]).toEqual([expect.objectContaining({ why: 'disconnected' }), 999]);
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      server.clock.pass(waitOf(client));
      server.socket.end();
      waits.push(Math.round(waitOf(client) / 1000));
    }
    expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
    server.clock.pass(waitOf(client));
    server.bringUp();
    expect(server.socket.request('session.open').params['auth']).toEqual({ token: 't1' });
    expect(client.state.kind).toBe('ready');
    server.clock.pass(10_000);
    server.socket.end();
    expect(waitOf(client)).toBe(59_940);
    server.clock.pass(waitOf(client));
    server.bringUp();
    for (let i = 0; i < 4; i++) {
      server.clock.pass(15_000);
      server.socket.notify('sync.ready');
    }
    server.socket.end();
    expect(waitOf(client)).toBe(999);
  });

  const reasons: [number, string, string, number][] = [
    [1001, 'retry-after=2500', 'shutting_down', 2_500],
    [1013, 'retry-after=4000', 'overloaded', 4_000],
    [4429, 'retry-after=9000', 'too_many', 9_000],
    [1001, '', 'shutting_down', 500],
    [4400, 'retry-after=9000', 'protocol', 500],
    [4408, '', 'no_answer', 500],
    [1000, '', 'disconnected', 500],
  ];
  test.each(reasons)('with %i and "%s" waits as it was asked to', async (code, reason, why, wait) => {
    const client = await ready();
    server.socket.end(code, reason);
    expect([client.state, waitOf(client)]).toEqual([expect.objectContaining({ kind: 'waiting', why }), wait]);
    expect(tokens).toEqual(['t1']);
  });

  const endings: [number, string][] = [
    [4401, 'expired'],
    [4409, 'logged_out'],
  ];
  test.each(endings)('with %i is not made again', async (code, why) => {
    const client = await ready();
    const presence = client.mirror('presence');
    server.socket.change('presence', { reset: true, put: [{ id: '1001' }], cursor: 'p1' });
    server.socket.end(code, 'over');
    expect(client.state).toMatchObject({ kind: 'ended', why, failure: { code: 401 } });
    expect([tokens, client.token(), presence.state, presence.size]).toEqual([
      ['t1', undefined],
      undefined,
      'loading',
      0,
    ]);
    expect([server.clock.waiting, server.listening]).toEqual([0, 0]);
    client.reconnect();
    server.wake();
    expect(server.sockets.length).toBe(1);
    await expect(client.start()).rejects.toMatchObject({ code: 401 });
  });

  test('leaves the mirrors as they were', async () => {
    const client = await ready();
    server.socket.change('presence', { reset: true, put: [{ id: '1001' }], cursor: 'p1' });
    server.socket.end();
    expect([client.mirror('presence').state, client.mirror('presence').size]).toEqual(['live', 1]);
    server.clock.pass(500);
    server.letIn();
    expect(server.socket.request('sync.open').params).toEqual({
      collections: ['presence'],
      cursors: { presence: 'p1' },
    });
  });

  test('is noticed when nothing comes any more', async () => {
    const client = await ready();
    server.clock.pass(25_000);
    expect(server.socket.request('session.ping').params).toEqual({});
    server.socket.answer('session.ping');
    server.clock.pass(25_000);
    expect(server.socket.count('session.ping')).toBe(2);
    server.clock.pass(10_000);
    expect([client.state, server.socket.left]).toEqual([expect.objectContaining({ why: 'no_answer' }), 'cut']);
  });

  test('refuses what was asked, and what is asked meanwhile', async () => {
    const client = await ready();
    const asked = client.request('session.list', {});
    server.socket.end();
    await expect(asked).rejects.toMatchObject({ code: 0, reason: 'disconnected' });
    await expect(client.request('session.list', {})).rejects.toMatchObject({ code: 0, reason: 'not_connected' });
    server.clock.pass(500);
    server.socket.open();
    await expect(client.request('session.list', {})).rejects.toMatchObject({ code: 0, reason: 'not_connected' });
  });
});

describe('waiting', () => {
  test('ends at once when the program says so', async () => {
    const client = await ready();
    server.socket.end(1013, 'retry-after=60000');
    client.reconnect();
    expect([client.state.kind, server.sockets.length]).toEqual(['connecting', 2]);
    server.bringUp();
    for (let i = 0; i < 4; i++) {
      server.clock.pass(20_000);
      server.socket.notify('sync.ready');
    }
    expect([client.state.kind, server.sockets.length]).toEqual(['ready', 2]);
  });

  test('ends at once when the machine wakes up, unless the server asked for the time', async () => {
    const client = await ready();
    server.socket.end();
    server.wake();
    expect(server.sockets.length).toBe(2);
    server.socket.end(1013, 'retry-after=60000');
    server.wake();
    expect([client.state.kind, server.sockets.length]).toEqual(['waiting', 2]);
  });

  test('is not disturbed by an address that is forbidden meanwhile', async () => {
    const client = await ready();
    server.socket.end();
    server.isForbidden = true;
    server.clock.pass(500);
    expect(client.state).toMatchObject({ kind: 'waiting', why: 'unreachable' });
    server.isForbidden = false;
    server.clock.pass(waitOf(client));
    expect(server.sockets.length).toBe(2);
  });

  test('is over when the connection that was there at waking is asked whether it lives', async () => {
    const client = await ready();
    server.wake();
    expect(server.socket.count('session.ping')).toBe(1);
    client.reconnect();
    expect(server.socket.count('session.ping')).toBe(1);
    server.clock.pass(10_000);
    expect(client.state).toMatchObject({ kind: 'waiting', why: 'no_answer' });
  });
});
