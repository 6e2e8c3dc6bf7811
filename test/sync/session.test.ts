import { describe, expect, test } from 'vitest';
import { turn } from '../support/board-house.ts';
import type { FakeSocket } from '../support/fake-socket.ts';
import { ask, CLIENT, openSyncHouse, PASSWORD, type SyncHouse, sync } from '../support/sync-house.ts';

const byPassword = (login: string, password = PASSWORD) => ({ client: CLIENT, auth: { login, password } });
const byToken = (token: string) => ({ client: CLIENT, auth: { token } });

/** Waits until a socket is closed, and with what. */
async function closed(socket: FakeSocket): Promise<unknown> {
  while (!socket.ended) await turn();
  return socket.ended;
}

async function houseWith(...ids: string[]): Promise<SyncHouse> {
  const house = await openSyncHouse();
  for (const id of ids) await house.users.set({ id, email: `u${id}@example.com`, password: PASSWORD });
  return house;
}

describe('session.open', () => {
  test('with a password answers who one is and what the server is and does', async () => {
    const house = await houseWith('1001');
    const socket = house.connect();
    const { result } = await ask(socket, 'session.open', byPassword('U1001@example.com'));
    expect(result).toEqual({
      session: expect.any(String),
      extension: '1001',
      name: 'User 1001',
      admin: false,
      token: expect.any(String),
      tokenExpires: '2026-02-04T08:00:00.000Z',
      server: { product: 'rollcall', version: '1.2.3', protocol: 1 },
      features: {
        contacts: true,
        company: { off: 'no_permission' },
        phoneDirectory: false,
        calls: true,
        chat: true,
      },
      limits: { messageBytes: 262_144, requestsPerSecond: 50, pageItems: 500 },
    });
    expect([socket.openedTimes, house.sessions.count]).toEqual([1, 1]);
  });

  test('P3: with the token of an earlier one is the same log-in, and leaves its other sessions open', async () => {
    const house = await houseWith('1001');
    const first = house.connect();
    const opened = (await ask(first, 'session.open', byPassword('1001'))).result;
    const second = house.connect();
    const again = (await ask(second, 'session.open', byToken(String(opened?.['token'])))).result;
    expect(again).toEqual(opened);
    expect((await ask(first, 'session.ping')).result).toEqual({});
    expect(house.sessions.count).toBe(2);
  });

  test('works for a user whose extension the PBX does not have, or while it is away', async () => {
    const house = await houseWith('4711');
    house.pbx.cut();
    const { result } = await ask(house.connect(), 'session.open', byPassword('4711'));
    expect(result).toMatchObject({ extension: '4711', name: '4711' });
  });

  test('P2: refused answers 401, says nothing of the user, and closes with 4401', async () => {
    const house = await houseWith('1001');
    await house.users.set({ id: '1002', password: PASSWORD, disabled: true });
    const wrong = [
      byPassword('1001', 'wrong'),
      byPassword('4711'),
      byPassword('1002'),
      byToken('nonsense'),
      byToken('x'.repeat(256)),
    ];
    const answers = [];
    for (const params of wrong) {
      const socket = house.connect();
      const id = socket.send('session.open', params);
      expect(await closed(socket)).toEqual({ code: 4401, reason: 'the log-in was refused' });
      answers.push(socket.response(id)?.error);
      expect(socket.received).toHaveLength(1);
    }
    expect(answers).toEqual(
      Array(5).fill({ code: 401, message: 'the log-in was refused', data: { reason: 'unauthorized' } }),
    );
    expect(house.sessions.count).toBe(0);
  });

  test('P2: guessed too often answers 429 and closes with 4429 and the time to wait', async () => {
    const house = await houseWith('1001');
    for (let n = 0; n < 6; n++) {
      const socket = house.connect();
      socket.send('session.open', byPassword('1001', 'wrong'));
      await closed(socket);
    }
    const socket = house.connect();
    const id = socket.send('session.open', byPassword('1001'));
    const end = await closed(socket);
    expect(end).toEqual({ code: 4429, reason: expect.stringMatching(/^retry-after=\d{4,}$/) });
    expect(socket.response(id)?.error).toMatchObject({ code: 429, data: { reason: 'too_many', retryAfter: 1 } });
  });

  test('with wrong params may be tried again', async () => {
    const house = await houseWith('1001');
    const socket = house.connect();
    expect((await ask(socket, 'session.open', { client: CLIENT })).error).toMatchObject({ code: -32602 });
    expect((await ask(socket, 'session.open', byPassword('1001'))).result).toMatchObject({ extension: '1001' });
  });

  test('P1: a second time is refused, and the session goes on', async () => {
    const house = await houseWith('1001', '1002');
    const socket = house.connect();
    await ask(socket, 'session.open', byPassword('1001'));
    expect((await ask(socket, 'session.open', byPassword('1002'))).error).toMatchObject({ code: -32600 });
    expect((await ask(socket, 'session.ping')).result).toEqual({});
    expect(house.sessions.count).toBe(1);
  });

  test('that does not come within 10 s closes with 4408, also while others are tried', async () => {
    const house = await houseWith('1001');
    const silent = house.connect();
    const open = house.connect();
    await ask(open, 'session.open', byPassword('1001'));
    house.clock.pass(9_999);
    expect(silent.ended).toBeUndefined();
    house.clock.pass(1);
    expect(silent.ended).toEqual({ code: 4408, reason: 'no session.open in time' });
    house.clock.pass(3_600_000);
    expect(open.ended).toBeUndefined();
  });

  test('of a client that leaves before it is answered leaves no session behind', async () => {
    const house = await houseWith('1001');
    const socket = house.connect();
    socket.send('session.open', byPassword('1001'));
    socket.vanish();
    const after = house.connect();
    await ask(after, 'session.open', byPassword('1001'));
    expect(house.sessions.count).toBe(1);
    after.vanish();
    expect(house.sessions.count).toBe(0);
    expect(house.board.presence('1001')?.online).toBe(true);
  });

  test('of a client that leaves leaves no timer behind but that of the daemon', async () => {
    const house = await houseWith('1001');
    const waiting = house.clock.waiting;
    const sockets = Array.from({ length: 20 }, () => house.connect());
    expect(house.clock.waiting).toBe(waiting + 20);
    for (const socket of sockets) socket.vanish();
    expect(house.clock.waiting).toBe(waiting);
  });
});

describe('requests before session.open is answered', () => {
  test('P1: are refused with 401 when it was not even asked', async () => {
    const house = await houseWith();
    const socket = house.connect();
    for (const method of ['sync.open', 'presence.set', 'session.ping', 'nonsense']) {
      expect((await ask(socket, method)).error).toMatchObject({ code: 401 });
    }
    expect(socket.ended).toBeUndefined();
  });

  test('P1: wait for it, and are answered behind it', async () => {
    const house = await houseWith('1001');
    const socket = house.connect();
    const open = socket.send('session.open', byPassword('1001'));
    const [ping, sync, again] = [
      socket.send('session.ping'),
      socket.send('sync.open', { collections: ['pbx'] }),
      socket.send('session.open', byPassword('1001')),
    ];
    while (!socket.received.some(({ method }) => method === 'sync.ready')) await turn();
    expect(socket.received[0]).toMatchObject({ id: open, result: { extension: '1001' } });
    expect(socket.response(ping)?.result).toEqual({});
    expect(socket.response(sync)?.result).toEqual({});
    expect(socket.response(again)?.error).toMatchObject({ code: -32600 });
  });

  test('P1: wait in a line of 64 at most', async () => {
    const house = await houseWith('1001');
    const socket = house.connect();
    socket.send('session.open', byPassword('1001'));
    for (let n = 0; n < 100; n++) {
      house.clock.pass(20);
      socket.send('session.ping');
    }
    await turn();
    expect(socket.received.map(({ error }) => error?.code)).toEqual(Array(36).fill(429));
    while (socket.received.length < 101) await turn();
    expect(socket.received.filter(({ result }) => result)).toHaveLength(65);
  });

  test('are refused when it is refused with wrong params', async () => {
    const house = await houseWith('1001');
    const socket = house.connect();
    socket.send('session.open', {});
    expect((await ask(socket, 'session.ping')).error).toMatchObject({ code: 401 });
  });
});

describe('requests', () => {
  test('of no known method are refused', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    for (const method of ['nonsense', '__proto__', 'constructor', 'toString', 'messages.sent']) {
      expect((await ask(socket, method)).error).toMatchObject({ code: -32601 });
    }
  });

  test('with wrong params are refused with their places, and change nothing', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    const { error } = await ask(socket, 'presence.set', { status: 'asleep', note: 7 });
    expect(error).toMatchObject({ code: -32602, data: { reason: 'params' } });
    expect(error?.data['issues']).toMatchObject([{ path: 'status' }, { path: 'note' }]);
    expect(house.board.presence('1001')?.status).toBe('available');
  });

  test('that are notifications are ignored', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    const before = socket.received.length;
    for (const method of ['session.ping', 'presence.set', 'nonsense', 'session.close']) {
      socket.sendText(JSON.stringify({ jsonrpc: '2.0', method, params: { status: 'lunch' } }));
    }
    await turn();
    await turn();
    expect(socket.received).toHaveLength(before);
    expect([socket.ended, house.board.presence('1001')?.status]).toEqual([undefined, 'available']);
  });

  test('may have texts as ids, also the same one twice', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    for (let n = 0; n < 2; n++) socket.sendText('{"jsonrpc":"2.0","id":"ü\\"","method":"session.ping"}');
    await turn();
    await turn();
    expect(socket.received.slice(1)).toEqual(Array(2).fill({ jsonrpc: '2.0', id: 'ü"', result: {} }));
  });

  test('that fail by a bug are answered with an id that is in the log, and with nothing else', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    house.logins.list = () => {
      throw new TypeError('secret detail');
    };
    const { error } = await ask(socket, 'session.list');
    expect(error).toEqual({
      code: -32603,
      message: expect.stringMatching(/^internal error [0-9a-z]+$/),
      data: { reason: 'internal' },
    });
    const id = error?.message.split(' ').at(-1);
    expect(house.reports.at(-1)).toEqual([
      'internal',
      { id, where: 'session.list', error: expect.stringContaining('secret detail') },
    ]);
    expect((await ask(socket, 'session.ping')).result).toEqual({});
  });

  test('are counted by method and outcome, unknown methods as one', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    await ask(socket, 'session.ping');
    await ask(socket, 'presence.set', {});
    await ask(socket, `evil${'x'.repeat(20)}`);
    expect(house.answers).toEqual(['session.open ok', 'session.ping ok', 'presence.set params', 'unknown method']);
  });

  test('of one turn are answered in one write', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    const writes = socket.writes;
    for (let n = 0; n < 20; n++) socket.send('session.ping');
    await turn();
    await turn();
    expect([socket.received.length, socket.writes - writes]).toEqual([21, 1]);
  });

  test('P12: that wait for the PBX are 64 at most', async () => {
    const house = await openSyncHouse();
    house.pbx.obedient = false;
    const socket = await house.open('1001');
    for (let n = 0; n < 100; n++) {
      house.clock.pass(20);
      socket.send('presence.set', { status: n % 2 === 0 ? 'do_not_disturb' : 'away' });
    }
    await turn();
    await turn();
    expect(socket.received.slice(1).map(({ error }) => error?.code)).toEqual(Array(36).fill(429));
    house.pbx.obedient = true;
    while (socket.received.length < 101) {
      for (const order of house.pbx.open) order.finish();
      await turn();
    }
    expect(house.board.presence('1001')?.status).toBe('away');
  });
});

describe('P11: too many requests', () => {
  test('are refused with 429 and may come again after a second', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    house.clock.pass(1_000);
    for (let n = 0; n < 60; n++) socket.send('session.ping');
    await turn();
    await turn();
    const answers = socket.received.slice(1);
    expect(answers.filter(({ result }) => result)).toHaveLength(50);
    const refused = answers.filter(({ error }) => error);
    expect(refused.map(({ id }) => id)).toEqual(Array.from({ length: 10 }, (_, i) => 52 + i));
    expect(refused[0]?.error).toEqual({
      code: 429,
      message: 'too many requests',
      data: { reason: 'too_many', retryAfter: 1 },
    });
    house.clock.pass(1_000);
    expect((await ask(socket, 'session.ping')).result).toEqual({});
  });

  test('that go on are answered 200 times, then the session is closed with 4429', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    for (let n = 0; n < 1_000; n++) socket.send('session.ping');
    expect(socket.ended).toEqual({ code: 4429, reason: 'retry-after=5500' });
    await turn();
    expect(socket.received.length).toBeLessThanOrEqual(1 + 50 + 200);
    expect(house.sessions.count).toBe(0);
  });

  test('of a client that only now and then goes over the limit do not close it', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    for (let n = 0; n < 10; n++) {
      house.clock.pass(2_000);
      for (let m = 0; m < 100; m++) socket.send('session.ping');
      await turn();
    }
    expect(socket.ended).toBeUndefined();
  });

  test('are also those without an id, and those that are no requests', async () => {
    const house = await openSyncHouse();
    for (const text of ['{"jsonrpc":"2.0","method":"session.ping"}', '[]', '{"jsonrpc":"2.0","id":1}']) {
      const socket = await house.open('1001');
      for (let n = 0; n < 1_000; n++) socket.sendText(text);
      expect(socket.ended).toMatchObject({ code: 4429 });
    }
  });

  test('before session.open are too many as well', async () => {
    const house = await openSyncHouse();
    const socket = house.connect();
    for (let n = 0; n < 1_000; n++) socket.send('session.ping');
    expect(socket.ended).toMatchObject({ code: 4429 });
  });

  test('of huge messages are few: one counts as one request for every 16,384 characters', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    house.clock.pass(1_000);
    const huge = { status: 'away', note: 'x'.repeat(260_000) };
    for (let n = 0; n < 4; n++) socket.send('presence.set', huge);
    await turn();
    await turn();
    expect(socket.received.slice(1).map(({ id, error }) => [id, error?.code])).toEqual([
      [2, -32602],
      [3, -32602],
      [4, -32602],
      [null, 429],
    ]);
  });
});

describe('P10: frames that cannot be read', () => {
  test('are answered five times, then the session is closed with 4400', async () => {
    const house = await openSyncHouse();
    for (const socket of [house.connect(), await house.open('1001')]) {
      const before = socket.received.length;
      for (let n = 0; n < 5; n++) socket.sendText('{not json');
      expect(socket.ended).toBeUndefined();
      socket.sendText('{not json');
      expect(socket.ended).toEqual({ code: 4400, reason: 'not JSON-RPC' });
      expect(socket.received.slice(before)).toEqual(
        Array(6).fill({
          jsonrpc: '2.0',
          id: null,
          error: { code: -32700, message: 'the frame is not JSON', data: { reason: 'parse' } },
        }),
      );
    }
  });

  test('are forgiven when a request comes between', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    for (let n = 0; n < 15; n++) {
      socket.sendText('{not json');
      if (n % 3 === 0) socket.send('session.ping');
    }
    expect(socket.ended).toBeUndefined();
  });

  test('as batches are answered with −32600', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    socket.sendText('[{"jsonrpc":"2.0","id":1,"method":"session.ping"}]');
    await turn();
    expect(socket.received.at(-1)).toMatchObject({ id: null, error: { code: -32600 } });
    expect(socket.ended).toBeUndefined();
  });

  test('because they are binary close with 4400', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    socket.sendBinary();
    expect(socket.ended).toEqual({ code: 4400, reason: 'binary frames are not spoken here' });
    expect(house.sessions.count).toBe(0);
  });

  test('that come after the close are ignored', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    socket.sendBinary();
    const before = socket.received.length;
    socket.sendText('{not json');
    socket.send('session.ping');
    socket.vanish();
    await turn();
    expect(socket.received).toHaveLength(before);
    expect(house.sessions.count).toBe(0);
  });
});

describe("a user's log-ins", () => {
  test('P3: are listed with the current one marked, and only the own', async () => {
    const house = await houseWith('1001', '1002');
    const [first, second, other] = [house.connect('192.0.2.1'), house.connect('192.0.2.2'), house.connect('192.0.2.3')];
    await ask(first, 'session.open', byPassword('1001'));
    house.clock.pass(1_000);
    await ask(second, 'session.open', { ...byPassword('1001'), client: { platform: 'ios', version: '2.9.10' } });
    await ask(other, 'session.open', byPassword('1002'));
    const { result } = await ask(first, 'session.list');
    expect(result).toEqual([
      {
        id: expect.any(String),
        platform: 'ios',
        version: '2.9.10',
        since: '2026-01-05T08:00:01.000Z',
        address: '192.0.2.2',
        current: false,
      },
      {
        id: expect.any(String),
        platform: 'web',
        version: '1.0',
        since: '2026-01-05T08:00:00.000Z',
        address: '192.0.2.1',
        current: true,
      },
    ]);
  });

  test('P5: can be logged out from elsewhere: their sessions close with 4409', async () => {
    const house = await houseWith('1001', '1002');
    const [first, second, other] = [house.connect(), house.connect(), house.connect()];
    await ask(first, 'session.open', byPassword('1001'));
    const { result } = await ask(second, 'session.open', byPassword('1001'));
    const third = house.connect();
    await ask(third, 'session.open', byToken(String(result?.['token'])));
    await ask(other, 'session.open', byPassword('1002'));
    expect((await ask(other, 'session.revoke', { id: result?.['session'] })).error).toMatchObject({ code: 404 });
    expect((await ask(first, 'session.revoke', { id: result?.['session'] })).result).toEqual({});
    expect([second.ended, third.ended]).toEqual(Array(2).fill({ code: 4409, reason: 'logged out from elsewhere' }));
    expect([first.ended, other.ended]).toEqual([undefined, undefined]);
    const again = house.connect();
    again.send('session.open', byToken(String(result?.['token'])));
    expect(await closed(again)).toMatchObject({ code: 4401 });
  });

  test('P5: revoking the log-in one came with is answered, and then closed with 4409', async () => {
    const house = await houseWith('1001');
    const socket = house.connect();
    const opened = (await ask(socket, 'session.open', byPassword('1001'))).result;
    expect((await ask(socket, 'session.revoke', { id: opened?.['session'] })).result).toEqual({});
    expect(await closed(socket)).toMatchObject({ code: 4409 });
  });

  test('P4: get a new token that opens sessions, and the session goes on', async () => {
    const house = await houseWith('1001');
    const socket = house.connect();
    const opened = (await ask(socket, 'session.open', byPassword('1001'))).result;
    house.clock.pass(86_400_000);
    const renewed = (await ask(socket, 'session.renew')).result;
    expect(renewed).toEqual({ token: expect.any(String), tokenExpires: '2026-02-05T08:00:00.000Z' });
    expect(renewed?.['token']).not.toBe(opened?.['token']);
    house.clock.pass(3_600_000);
    const old = house.connect();
    old.send('session.open', byToken(String(opened?.['token'])));
    expect(await closed(old)).toMatchObject({ code: 4401 });
    const next = await ask(house.connect(), 'session.open', byToken(String(renewed?.['token'])));
    expect(next.result).toMatchObject({ session: opened?.['session'] });
    expect((await ask(socket, 'session.renew')).result).toMatchObject({ token: expect.any(String) });
  });

  test('P5: end with session.close: it is answered, closed with 1000, and the token is void', async () => {
    const house = await houseWith('1001');
    const [socket, twin] = [house.connect(), house.connect()];
    const { result } = await ask(socket, 'session.open', byPassword('1001'));
    await ask(twin, 'session.open', byToken(String(result?.['token'])));
    expect((await ask(socket, 'session.close')).result).toEqual({});
    expect(await closed(socket)).toEqual({ code: 1000, reason: 'session.close' });
    expect(await closed(twin)).toEqual({ code: 4401, reason: 'the log-in has ended' });
    const again = house.connect();
    again.send('session.open', byToken(String(result?.['token'])));
    expect(await closed(again)).toMatchObject({ code: 4401 });
  });

  test('P5: end with session.close only when that is answered, whatever else is asked meanwhile', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    const close = socket.send('session.close');
    const ping = socket.send('session.ping');
    await closed(socket);
    expect([socket.response(close)?.result, socket.response(ping)?.result]).toEqual([{}, {}]);
  });

  test('go on when session.close could not be stored', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    house.store.fail();
    expect((await ask(socket, 'session.close')).error).toMatchObject({ code: 507 });
    expect((await ask(socket, 'session.ping')).result).toEqual({});
    expect(socket.ended).toBeUndefined();
  });

  test('P6: all but the one that changes the password end with it, with 4401', async () => {
    const house = await houseWith('1001', '1002');
    const [changing, other, stranger] = [house.connect(), house.connect(), house.connect()];
    const { result } = await ask(changing, 'session.open', byPassword('1001'));
    await ask(other, 'session.open', byPassword('1001'));
    await ask(stranger, 'session.open', byPassword('1002'));
    const next = 'quite another one';
    expect((await ask(changing, 'users.set', { id: '1001', password: next, current: 'wrong' })).error).toMatchObject({
      code: 403,
    });
    expect(other.ended).toBeUndefined();
    const answer = await ask(changing, 'users.set', { id: '1001', password: next, current: PASSWORD });
    expect(answer.result).toMatchObject({ user: { id: '1001', hasPassword: true } });
    expect(await closed(other)).toEqual({ code: 4401, reason: 'the log-in has ended' });
    expect([changing.ended, stranger.ended]).toEqual([undefined, undefined]);
    expect((await ask(house.connect(), 'session.open', byToken(String(result?.['token'])))).result).toBeDefined();
    expect((await ask(house.connect(), 'session.open', byPassword('1001', next))).result).toBeDefined();
  });

  test('P6: all end when an administrator changes the password, disables or removes the user', async () => {
    const ends: ((house: SyncHouse, admin: FakeSocket) => Promise<unknown>)[] = [
      (_, admin) => ask(admin, 'users.set', { id: '1001', password: 'quite another one' }),
      (_, admin) => ask(admin, 'users.set', { id: '1001', disabled: true }),
      (house) => house.users.remove('1001'),
    ];
    for (const end of ends) {
      const house = await houseWith('1001');
      const admin = await house.open('1000', { admin: true });
      const sockets = [house.connect(), house.connect()];
      for (const socket of sockets) await ask(socket, 'session.open', byPassword('1001'));
      await end(house, admin);
      for (const socket of sockets)
        expect(await closed(socket)).toEqual({ code: 4401, reason: 'the log-in has ended' });
      expect(admin.ended).toBeUndefined();
      expect(house.sessions.count).toBe(1);
    }
  });
});

describe('what one may', () => {
  test('is decided anew by each change of the user', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    const setOther = () => ask(socket, 'presence.set', { status: 'away', extension: '1002' });
    expect((await setOther()).error).toMatchObject({ code: 403 });
    expect((await ask(socket, 'users.set', { id: '1001', admin: true })).error).toMatchObject({ code: 403 });
    await house.users.set({ id: '1001', admin: true });
    expect((await setOther()).result).toMatchObject({ presence: { id: '1002', status: 'away' } });
    await house.users.set({ id: '1001', admin: false });
    expect((await setOther()).error).toMatchObject({ code: 403 });
  });

  test('is not more for a user whose removal and return lie between', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001', { admin: true });
    await sync(socket, ['users']);
    await house.users.remove('1001');
    expect(await closed(socket)).toMatchObject({ code: 4401 });
    const before = socket.received.length;
    await house.users.set({ id: '1001', password: PASSWORD });
    await turn();
    expect(socket.received).toHaveLength(before);
  });
});

describe('the end of the daemon', () => {
  test('leaves no listener and no timer of sessions', async () => {
    const house = await openSyncHouse();
    const socket = await house.open('1001');
    await sync(socket, ['presence']);
    house.stop();
    const before = socket.received.length;
    house.pbx.change('1001', { line: 'ringing' });
    await turn();
    expect(socket.received).toHaveLength(before);
    expect(house.clock.waiting).toBe(0);
  });
});
