import { describe, expect, it } from 'vitest';
import { SECURITY_HEADERS } from '../../src/server/headers.ts';
import { UpgradeRefused } from '../support/client.ts';
import { type Edge, NO_HTTP, openEdge } from '../support/edge-server.ts';
import { frame, upgradeRequest } from '../support/raw-client.ts';

/** The status and reason of an upgrade that is expected to be refused. */
async function refusal(edge: Edge, request: string): Promise<[number, string]> {
  const raw = await edge.raw();
  raw.write(request);
  await raw.ended;
  const [head = '', body = ''] = raw.text.split('\r\n\r\n');
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) expect(head).toContain(`\r\n${name}: ${value}`);
  expect(head).toContain('\r\nConnection: close');
  return [Number(head.split(' ')[1]), (JSON.parse(body) as { error: { data: { reason: string } } }).error.data.reason];
}

describe('subprotocols', () => {
  it.each([
    ['ours', ['rollcall.v1'], 'rollcall.v1'],
    ['ours among others', ['mqtt', 'rollcall.v1', 'rollcall.v2'], 'rollcall.v1'],
    ['none', [], ''],
  ])('%s offered is accepted', async (_title, protocols, spoken) => {
    const edge = await openEdge();
    const client = await edge.connect({ protocols });
    expect([client.protocol, await client.request('echo', { a: 1 })]).toEqual([spoken, { a: 1 }]);
  });

  it.each([[['mqtt']], [['rollcall.v2']], [['ROLLCALL.V1']]])('%s offered is refused with 400', async (protocols) => {
    const edge = await openEdge();
    const refused = await edge.connect({ protocols }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UpgradeRefused);
    expect((refused as UpgradeRefused).status).toBe(400);
    expect(edge.accepted).toEqual([]);
    expect(await edge.metric('rollcall_connections_refused_total{reason="subprotocol"}')).toBe(1);
  });
});

describe('origins', () => {
  const listen = { origins: ['https://phones.example.com'] };

  it('a listed page and a program that is no browser may connect', async () => {
    const edge = await openEdge({ listen });
    await edge.connect({ origin: 'https://phones.example.com' });
    await edge.connect();
    expect(edge.accepted.length).toBe(2);
  });

  it('a page from elsewhere is refused with 403', async () => {
    const edge = await openEdge({ listen });
    const request = `${upgradeRequest('/ws', ['Origin: https://evil.example'])}\r\n`;
    expect(await refusal(edge, request)).toEqual([403, 'origin']);
  });
});

describe('addresses', () => {
  it('the session is told the peer address, in one spelling', async () => {
    const edge = await openEdge();
    await edge.connect({ localAddress: '127.0.0.3', headers: { 'x-forwarded-for': '203.0.113.9' } });
    expect(edge.accepted.map(({ socket }) => socket.address)).toEqual(['127.0.0.3']);
  });

  it('behind a trusted proxy it is told that of the client', async () => {
    const edge = await openEdge({ listen: { trustedProxies: ['127.0.0.1'] } });
    await edge.connect({ headers: { 'x-forwarded-for': '1.1.1.1, ::ffff:203.0.113.9' } });
    expect(edge.accepted.map(({ socket }) => socket.address)).toEqual(['203.0.113.9']);
  });
});

describe('what is no good upgrade', () => {
  const line = (old: string, now: string) => `${upgradeRequest().replace(old, now)}\r\n`;

  it.each([
    ['another path', `${upgradeRequest('/')}\r\n`, 404, 'not_found'],
    ['a path that only begins so', `${upgradeRequest('/wss')}\r\n`, 404, 'not_found'],
    ['no key', line('Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n', ''), 400, 'handshake'],
    ['a wrong key', line('dGhlIHNhbXBsZSBub25jZQ==', 'short'), 400, 'handshake'],
    ['an old version', line('Version: 13', 'Version: 7'), 426, 'websocket_version'],
    ['no version', line('Sec-WebSocket-Version: 13\r\n', ''), 426, 'websocket_version'],
    ['another method', line('GET', 'PUT'), 400, 'handshake'],
    [
      'a broken list of subprotocols',
      `${upgradeRequest('/ws', ['Sec-WebSocket-Protocol: rollcall.v1,,'])}\r\n`,
      400,
      'handshake',
    ],
  ])('%s is refused', async (_title, request, status, reason) => {
    const edge = await openEdge();
    expect(await refusal(edge, request)).toEqual([status, reason]);
    expect(edge.accepted).toEqual([]);
  });

  it('a query after the path does no harm', async () => {
    const edge = await openEdge();
    const raw = await edge.raw();
    await raw.upgrade('/ws?from=here');
    expect(edge.accepted.length).toBe(1);
  });

  it('an offer of another protocol, such as HTTP/2, is passed over and the request answered', async () => {
    const edge = await openEdge();
    const raw = await edge.raw();
    raw.write(
      'GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n\r\n',
    );
    await raw.ended;
    expect(raw.text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(raw.text).toMatch(/\r\n\r\n\{"status":"ok"\}$/);
  });

  it('an offer of another protocol takes nothing from the body of its request', async () => {
    const sessions = {
      logIn: async ({ login }: { login: string }) => ({
        ...{ token: 't', tokenExpires: '', extension: login, name: '', admin: false },
      }),
      logOut: () => Promise.reject(new Error('not expected')),
    };
    const edge = await openEdge({ http: { ...NO_HTTP, sessions } });
    const body = '{"login":"1001","password":"pässword"}';
    const lines = [
      ...['POST /api/session HTTP/1.1', 'Host: a', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c'],
      ...['HTTP2-Settings: x', 'Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`],
    ];
    const head = `${lines.join('\r\n')}\r\n\r\n`;
    for (const pieces of [[head + body], [head, body.slice(0, 9), body.slice(9)]]) {
      const raw = await edge.raw();
      for (const piece of pieces) {
        raw.write(piece);
        await edge.fetch('/healthz');
      }
      await raw.ended;
      expect(raw.text).toMatch(/^HTTP\/1\.1 200 OK\r\n.*"extension":"1001".*\}$/s);
    }
  });

  it('an offer of another protocol gives nobody longer to send his body', async () => {
    const edge = await openEdge({ tuning: { requestMs: 50 } });
    const raw = await edge.raw();
    raw.write(
      'POST /api/session HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
    );
    await raw.ended;
    expect(raw.text).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('peers that vanish before they are answered leave nothing behind', async () => {
    const edge = await openEdge();
    for (let i = 0; i < 50; i++) {
      const raw = await edge.raw();
      raw.write(i % 2 === 0 ? `${upgradeRequest()}\r\n` : upgradeRequest());
      raw.reset();
    }
    const client = await edge.connect();
    expect(await client.request('echo', {})).toEqual({});
    await edge.until(
      () => edge.accepted.filter(({ closed }) => closed === 1).length === edge.accepted.length - 1,
      'all closed',
    );
    expect(await edge.metric('rollcall_connections')).toBe(1);
  });
});

it('a frame in the same packet as the upgrade is not lost', async () => {
  const edge = await openEdge();
  const raw = await edge.raw();
  const text = '{"jsonrpc":"2.0","id":1,"method":"echo"}';
  raw.write(Buffer.concat([Buffer.from(`${upgradeRequest()}\r\n`), frame({ opcode: 1, payload: text })]));
  await raw.until((received) => received.includes('"result":{}'), 'the answer');
  expect(edge.accepted.map(({ texts }) => texts)).toEqual([[text]]);
});

it('what a connection carried before it became a WebSocket is not held against it', async () => {
  const edge = await openEdge();
  const raw = await edge.raw();
  const filler = 'x'.repeat(10_000);
  for (let i = 0; i < 5; i++) raw.write(`GET /healthz HTTP/1.1\r\nHost: a\r\nX-Filler: ${filler}\r\n\r\n`);
  await raw.until((text) => text.split('{"status":"ok"}').length === 6, 'five answers');
  raw.write(Buffer.concat([Buffer.from(`${upgradeRequest()}\r\n`), frame({ opcode: 1, payload: '{}' })]));
  await edge.until(() => edge.accepted[0]?.texts.length === 1, 'a text');
  raw.write(frame({ opcode: 9 }));
  await raw.until((text) => text.endsWith('\x8a\x00'), 'a pong');
});

it('a listener that fails at once costs its own connection only', async () => {
  let first = true;
  const edge = await openEdge({
    accept: () => {
      if (!first) return { received: () => {}, receivedBinary: () => {}, drained: () => {}, closed: () => {} };
      first = false;
      throw new TypeError('a bug');
    },
  });
  const broken = await edge.connect();
  expect(await broken.closed).toEqual({ code: 1006, reason: '' });
  await edge.connect();
  expect(await edge.metric('rollcall_connections')).toBe(1);
  expect(edge.reports.map(({ event }) => event)).toEqual(['internal']);
});

describe('limits on connections', () => {
  const admission = { total: 40, perAddress: 30, unopened: 20, unopenedPerAddress: 10 };

  it('beyond the limit of strangers from one address the upgrade is answered 503, and another address gets in', async () => {
    const edge = await openEdge({ tuning: { admission } });
    for (let i = 0; i < 10; i++) await edge.connect();
    const raw = await edge.raw();
    raw.write(`${upgradeRequest()}\r\n`);
    await raw.ended;
    expect(raw.text).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(Number(/\r\nRetry-After: (\d+)\r\n/.exec(raw.text)?.[1])).toBeGreaterThanOrEqual(5);
    await edge.connect({ localAddress: '127.0.0.2' });
    expect(edge.reports.filter(({ event }) => event === 'ws.full')).toEqual([
      { event: 'ws.full', fields: { limit: 'unopened_address', connections: 10, times: 1 } },
    ]);
  });

  it('a stranger whose session opens makes room for the next', async () => {
    const edge = await openEdge({ tuning: { admission } });
    const clients = [];
    for (let i = 0; i < 10; i++) clients.push(await edge.connect());
    await clients[0]?.request('session.open', {});
    await edge.connect();
    await expect(edge.connect()).rejects.toThrow('refused with 503');
  });

  it('who leaves makes room, however he leaves', async () => {
    const edge = await openEdge({ tuning: { admission } });
    for (let round = 0; round < 3; round++) {
      const clients = [];
      for (let i = 0; i < 10; i++) clients.push(await edge.connect());
      if (round === 1) for (const client of clients) await client.request('session.open', {});
      for (const [i, client] of clients.entries()) {
        if (i % 2 === 0) client.cut();
        else void client.close();
      }
      const left = (round + 1) * 10;
      await edge.until(() => edge.accepted.filter(({ closed }) => closed === 1).length === left, 'all have left');
    }
    expect(await edge.metric('rollcall_connections')).toBe(0);
  });

  it('network connections beyond all limits are dropped, reported once, and the server goes on', async () => {
    const edge = await openEdge({ tuning: { connections: 20 } });
    const held = await Promise.all(Array.from({ length: 20 }, () => edge.raw()));
    const beyond = await edge.raw();
    await beyond.ended;
    expect(edge.reports).toEqual([{ event: 'http.full', fields: { connections: 20, times: 1 } }]);
    for (const raw of held) raw.reset();
    await Promise.all(held.map(({ ended }) => ended));
    const client = await edge.connect();
    expect(await client.request('echo', {})).toEqual({});
  });
});

it('two thousand connections of one address stop at its limit while another client is served', async () => {
  const admission = { total: 4_000, perAddress: 3_000, unopened: 3_000, unopenedPerAddress: 1_500 };
  const edge = await openEdge({ tuning: { admission } });
  const other = await edge.connect({ localAddress: '127.0.0.2' });
  await other.request('session.open', {});
  const statuses: string[] = [];
  const flood = async () => {
    const raw = await edge.raw();
    raw.write(`${upgradeRequest()}\r\n`);
    await raw.until((text) => text.includes('\r\n\r\n'), 'an answer');
    statuses.push(raw.text.slice(9, 12));
  };
  for (let n = 0; n < 20; n++) {
    const wave = Promise.all(Array.from({ length: 100 }, flood));
    for (let i = 0; i < 5; i++) expect(await other.request('echo', { n, i })).toEqual({ n, i });
    await wave;
  }
  expect(statuses).toEqual([
    ...Array.from({ length: 1_500 }, () => '101'),
    ...Array.from({ length: 500 }, () => '503'),
  ]);
  expect(edge.reports.filter(({ event }) => event === 'ws.full').length).toBe(1);
}, 60_000);
