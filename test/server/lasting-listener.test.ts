import { createServer, type Server } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isLoopback, type LastingParts, type OpenedListener, openLasting } from '../../src/server/lasting-listener.ts';
import type { ReportFields } from '../../src/service/report.ts';
import { HandClock } from '../support/hand-clock.ts';
import { openLog } from '../support/log-lines.ts';

const LISTEN = { host: '127.0.0.1', port: 8089 };

interface World {
  readonly clock: HandClock;
  readonly reports: Array<readonly [event: string, fields: ReportFields]>;
  readonly opened: OpenedListener[];
  readonly parts: LastingParts;
}

function world(more: Partial<LastingParts> = {}): World {
  const clock = new HandClock();
  const reports: Array<readonly [string, ReportFields]> = [];
  const opened: OpenedListener[] = [];
  const parts: LastingParts = {
    what: 'http',
    listen: LISTEN,
    token: '',
    clock,
    report: (event, fields = {}) => reports.push([event, fields]),
    opened: (listener) => opened.push(listener),
    ...more,
  };
  return { clock, reports, opened, parts };
}

/** A listener that counts how often it was closed. */
function listener(address = LISTEN): OpenedListener & { closed: number } {
  const one = {
    address,
    closed: 0,
    close: async () => {
      one.closed += 1;
    },
  };
  return one;
}

const fault = (code: string) => Object.assign(new Error(`listen ${code}`), { code });
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** As the daemon opens its listeners. */
async function listen(port: number): Promise<OpenedListener> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    address: { host: '127.0.0.1', port: (server.address() as { port: number }).port },
    close: () => closed(server),
  };
}

const closed = (server: Server) => new Promise<void>((resolve) => server.close(() => resolve()));

describe('a lasting listener', () => {
  it.each([
    ['http', '127.0.0.1', 'http://127.0.0.1:4711/lookup'],
    ['http', '::1', 'http://[::1]:4711/lookup'],
    ['agi', '127.0.0.1', 'agi://127.0.0.1:4711'],
  ] as const)('over %s at %s listens at once and says where', async (what, host, url) => {
    const { clock, reports, opened, parts } = world({ what });
    const one = listener({ host, port: 4711 });
    const lasting = await openLasting(async () => one, parts);
    expect(lasting.current).toBe(one);
    expect(opened).toEqual([one]);
    expect(reports).toEqual([['listening', { url, host, port: 4711 }]]);
    expect(clock.waiting).toBe(0);
    await lasting.close();
    expect([one.closed, lasting.current]).toEqual([1, undefined]);
  });

  it('that cannot listen says so once, tries every 5 s, and says when it listens', async () => {
    const { clock, reports, opened, parts } = world({ what: 'agi' });
    const one = listener();
    let attempts = 0;
    const lasting = await openLasting(() => {
      attempts += 1;
      return attempts < 4 ? Promise.reject(fault('EADDRINUSE')) : Promise.resolve(one);
    }, parts);
    const failed = ['lookup.not_listening', { way: 'agi', ...LISTEN, reason: 'another program listens there' }];
    expect([attempts, lasting.current, reports]).toEqual([1, undefined, [failed]]);
    for (const [ms, expected] of [
      [4_999, 1],
      [1, 2],
      [5_000, 3],
      [5_000, 4],
      [60_000, 4],
    ] as const) {
      clock.pass(ms);
      await turn();
      expect(attempts).toBe(expected);
    }
    expect(reports).toEqual([failed, ['listening', { url: 'agi://127.0.0.1:8089', ...LISTEN }]]);
    expect([lasting.current, opened, clock.waiting]).toEqual([one, [one], 0]);
    await lasting.close();
    expect(one.closed).toBe(1);
  });

  it('says each reason once, in words or as the system has it', async () => {
    const { clock, reports, parts } = world();
    const codes = ['EADDRINUSE', 'EACCES', 'EADDRINUSE', 'EADDRNOTAVAIL', 'ENOTFOUND', 'EMFILE', 'EMFILE'];
    const lasting = await openLasting(() => Promise.reject(fault(codes.shift() ?? 'EMFILE')), parts);
    for (let i = 0; i < 10; i++) {
      clock.pass(5_000);
      await turn();
    }
    await lasting.close();
    expect(reports.map(([event, { reason }]) => [event, reason])).toEqual(
      [
        'another program listens there',
        'the daemon may not use this port',
        'this machine does not have this address',
        'this name has no address',
        'EMFILE',
      ].map((reason) => ['lookup.not_listening', reason]),
    );
  });

  it('that is closed tries no more', async () => {
    const { clock, parts } = world();
    let attempts = 0;
    const lasting = await openLasting(() => {
      attempts += 1;
      return Promise.reject(fault('EADDRINUSE'));
    }, parts);
    await lasting.close();
    clock.pass(60_000);
    await turn();
    expect([attempts, clock.waiting]).toEqual([1, 0]);
  });

  it('that is closed while it tries closes what comes of it, and says nothing of it', async () => {
    const { clock, reports, opened, parts } = world();
    const one = listener();
    let finish = (_: OpenedListener) => {};
    let attempts = 0;
    const lasting = await openLasting(() => {
      attempts += 1;
      if (attempts === 1) return Promise.reject(fault('EADDRINUSE'));
      return new Promise((resolve) => {
        finish = resolve;
      });
    }, parts);
    clock.pass(5_000);
    const end = lasting.close();
    finish(one);
    await end;
    expect([one.closed, opened, reports.length, lasting.current]).toEqual([1, [], 1, undefined]);
  });

  it('on a port that is taken starts all the same, and listens within one try when it is free', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const { clock, reports, parts } = world({ listen: { host: '127.0.0.1', port } });
    let attempt: Promise<OpenedListener> | undefined;
    const lasting = await openLasting(() => {
      attempt = listen(port);
      return attempt;
    }, parts);
    onTestFinished(() => lasting.close());
    clock.pass(5_000);
    await attempt?.catch(() => undefined);
    await turn();
    expect(reports.map(([event]) => event)).toEqual(['lookup.not_listening']);
    await closed(other);
    clock.pass(5_000);
    await attempt;
    await turn();
    expect(lasting.current?.address).toEqual({ host: '127.0.0.1', port });
    expect(reports.map(([event]) => event)).toEqual(['lookup.not_listening', 'listening']);
  });
});

it('both kinds of address are shown in the log', async () => {
  const { lines, report } = openLog();
  for (const what of ['http', 'agi'] as const) {
    await openLasting(async () => listener(), world({ what, report }).parts);
  }
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual([
    'listening at http://127.0.0.1:8089/lookup',
    'listening at agi://127.0.0.1:8089',
  ]);
});

describe('a listener that others than this machine reach', () => {
  const reported = async (host: string, token: string) => {
    const { reports, parts } = world({ token });
    await openLasting(async () => listener({ host, port: 8089 }), parts);
    return reports.slice(1);
  };

  it('is warned of without a token', async () => {
    for (const host of ['0.0.0.0', '::', '192.0.2.7', '2001:db8::7'])
      expect(await reported(host, '')).toEqual([['lookup.open', { way: 'http', host, port: 8089 }]]);
  });

  it('is not warned of with one, nor on loopback', async () => {
    for (const host of ['0.0.0.0', '192.0.2.7']) expect(await reported(host, 'a-token-of-the-pbx')).toEqual([]);
    for (const host of ['127.0.0.1', '127.9.9.9', '::1']) expect(await reported(host, '')).toEqual([]);
  });

  it.each([
    ['127.0.0.1', true],
    ['127.255.0.9', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['localhost', true],
    ['128.0.0.1', false],
    ['0.0.0.0', false],
    ['::', false],
    ['::2', false],
    ['pbx.example.com', false],
    ['127.0.0.1.example.com', false],
    ['', false],
  ])('%s is loopback: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });
});
