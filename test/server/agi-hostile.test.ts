import { describe, expect, test } from 'vitest';
import type { CallerName, DialplanPort } from '../../src/service/dialplan-port.ts';
import { AgiAsterisk, agiRequest, callAgi } from '../support/agi-asterisk.ts';
import { ADA, ADA_SET, type AgiTestHouse, agiHouse, NOBODY_SET } from '../support/agi-house.ts';

const NEVER = new Promise<never>(() => undefined);

/** Whatever was written before this has been read by the server when this resolves. */
async function everythingRead(house: AgiTestHouse): Promise<void> {
  await callAgi(house.port, { script: 'presence' });
  await callAgi(house.port, { script: 'presence' });
}

/** A peer that the server has taken. */
async function taken(house: AgiTestHouse, answer?: (count: number) => string | undefined): Promise<AgiAsterisk> {
  const isTaken = house.clock.nextTimer();
  const peer = await new AgiAsterisk(house.port, answer).connected();
  await isTaken;
  return peer;
}

const reasons = (house: AgiTestHouse) => house.reports.map(({ fields }) => (fields as { reason?: string }).reason);

describe('a slow peer', () => {
  test.each([
    ['silent', ''],
    ['that stops within a line', 'agi_network: y'],
    ['that stops before the empty line', agiRequest().slice(0, -1)],
  ])('%s is let go after 5 s', async (_title, bytes) => {
    const house = await agiHouse();
    const peer = await taken(house);
    peer.write(bytes);
    await everythingRead(house);
    house.clock.pass(4_999);
    await everythingRead(house);
    expect(peer.isOver).toBe(false);
    house.clock.pass(1);
    expect(await peer.over).toEqual([]);
    expect(house.reports).toEqual([{ event: 'agi.dropped', fields: { reason: 'slow', address: '127.0.0.1' } }]);
  });

  test('that sends a byte a second is let go after 5 s', async () => {
    const house = await agiHouse();
    const peer = await taken(house);
    for (const byte of 'agi_n') {
      expect(peer.isOver).toBe(false);
      peer.write(byte);
      await everythingRead(house);
      house.clock.pass(1_000);
    }
    expect(await peer.over).toEqual([]);
    expect(reasons(house)).toEqual(['slow']);
  });

  test('that is ready just in time is answered', async () => {
    const house = await agiHouse();
    const peer = await taken(house);
    house.clock.pass(4_999);
    for (const byte of agiRequest()) peer.write(byte);
    expect(await peer.over).toEqual(ADA_SET);
    expect(house.reports).toEqual([]);
  });

  test('has a second for each answer', async () => {
    const house = await agiHouse();
    const peer = await taken(house, () => undefined);
    peer.write(agiRequest());
    for (let i = 1; i <= 3; i++) {
      await peer.until(i);
      house.clock.pass(999);
      const next = house.clock.nextTimer();
      peer.write('200 result=1\n');
      await next;
    }
    await peer.until(4);
    house.clock.pass(1_000);
    expect(await peer.over).toEqual(ADA_SET);
    expect(reasons(house)).toEqual(['silent']);
  });
});

describe('what is no good request', () => {
  test.each([
    ['a long line', 'x'.repeat(1_025), 'line'],
    ['a long header', `agi_callerid: ${'1'.repeat(2_000)}\n`, 'line'],
    ['many lines', 'agi_x: y\n'.repeat(101), 'lines'],
    ['many bytes', `agi_request: ${'x'.repeat(2_000)}\n`.repeat(9), 'size'],
    ['ten megabytes', Buffer.alloc(10_000_000, 'x'), 'size'],
    ['zeros', Buffer.alloc(10), 'text'],
    ['random bytes', Buffer.from('90f3a2001d77c0ffee0a0d00ff', 'hex'), 'text'],
    ['a header twice', 'agi_extension: 1\nagi_extension: 2\n', 'repeated'],
    ['more after its end', `${agiRequest()}agi_arg_1: 1002\n\n`, 'early'],
    ['a second request', agiRequest() + agiRequest(), 'early'],
  ])('is not answered, and the peer let go at once: %s', async (_title, bytes, reason) => {
    const house = await agiHouse();
    const peer = new AgiAsterisk(house.port);
    peer.write(bytes);
    expect(await peer.over).toEqual([]);
    expect(reasons(house)).toEqual([reason]);
    expect(await callAgi(house.port)).toEqual(ADA_SET);
  });

  test('of HTTP is not answered', async () => {
    const house = await agiHouse();
    const peer = new AgiAsterisk(house.port);
    peer.write('GET /lookup HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(await peer.over).toEqual([]);
  });

  test('but has ends of lines with a carriage return is answered', async () => {
    const house = await agiHouse();
    const peer = new AgiAsterisk(house.port, () => '200 result=1\r\n');
    peer.write(agiRequest().replaceAll('\n', '\r\n'));
    expect(await peer.over).toEqual(ADA_SET);
  });
});

describe('what is no good answer', () => {
  test.each([
    ['510 Invalid or unknown command\n'],
    ['511 Command Not Permitted on a dead channel\n'],
    ['520-Invalid command syntax.  Proper usage follows:\nUsage: …\n520 End of proper usage.\n'],
    ['200 result=1\n200 result=1\n'],
    ['2000\n'],
    ['\n'],
    ['SET VARIABLE X "1"\n'],
    ['\0\0\0\n'],
    ['200 '.padEnd(1_025, 'x')],
    [`200 ${'x'.repeat(10_000_000)}\n`],
  ])('ends the conversation: %.30s', async (answer) => {
    const house = await agiHouse();
    expect(await callAgi(house.port, { answer: () => answer })).toEqual(ADA_SET.slice(0, 1));
    expect(reasons(house)).toEqual(['answer']);
    expect(await callAgi(house.port)).toEqual(ADA_SET);
  });

  test('but comes in pieces is taken', async () => {
    const house = await agiHouse();
    const peer = await taken(house, () => '200 resu');
    peer.write(agiRequest());
    for (let i = 1; i <= 4; i++) {
      await peer.until(i);
      await everythingRead(house);
      peer.write('lt=1\n');
    }
    expect(await peer.over).toEqual(ADA_SET);
    expect(house.reports).toEqual([]);
  });

  test('but says something else of success is taken', async () => {
    const house = await agiHouse();
    expect(await callAgi(house.port, { answer: () => '200 result=0 (odd) endpos=1\n' })).toEqual(ADA_SET);
  });
});

describe('a caller who hangs up', () => {
  test.each([
    ['within the request', agiRequest().slice(0, 100), []],
    ['with the request', `${agiRequest()}HANGUP\n`, []],
  ])('%s is not answered', async (_title, bytes, expected) => {
    const house = await agiHouse();
    const peer = await taken(house);
    peer.write(bytes);
    if (!bytes.endsWith('HANGUP\n')) {
      await everythingRead(house);
      peer.socket.end('HANGUP\n');
    }
    expect(await peer.over).toEqual(expected);
    expect(house.reports).toEqual([]);
  });

  test('while the answer is looked for is let go at once', async () => {
    const house = await agiHouse({ dialplan: { caller: () => NEVER } });
    const peer = await taken(house);
    peer.write(agiRequest());
    await everythingRead(house);
    peer.write('HANG');
    expect(await peer.over).toEqual([]);
    expect([house.reports, house.clock.waiting]).toEqual([[], 0]);
  });

  test.each(['HANGUP\n', '200 result=1\nHANGUP\n', '200 result=1\nHAN'])(
    'within the answers is let go: %j',
    async (answer) => {
      const house = await agiHouse();
      expect(await callAgi(house.port, { answer: (count) => (count === 2 ? answer : '200 result=1\n') })).toEqual(
        ADA_SET.slice(0, 2),
      );
      expect(house.reports).toEqual([]);
    },
  );
});

describe('a peer that goes', () => {
  const stages: readonly [string, (house: AgiTestHouse) => Promise<AgiAsterisk>][] = [
    ['at once', (house) => taken(house)],
    [
      'within the request',
      async (house) => {
        const peer = await taken(house);
        peer.write('agi_network: yes\nagi_');
        await everythingRead(house);
        return peer;
      },
    ],
    [
      'while the answer is looked for',
      async (house) => {
        const peer = await taken(house);
        peer.write(agiRequest());
        await everythingRead(house);
        return peer;
      },
    ],
    [
      'within the answers',
      async (house) => {
        const peer = await taken(house, () => undefined);
        peer.write(agiRequest({ script: 'presence' }));
        await peer.until(1);
        return peer;
      },
    ],
  ];
  const ways: readonly [string, (peer: AgiAsterisk) => unknown][] = [
    ['closes its side', (peer) => peer.socket.end()],
    ['resets the connection', (peer) => peer.socket.resetAndDestroy()],
  ];

  test.each(stages.flatMap(([when, reach]) => ways.map(([what, go]) => [when, what, reach, go] as const)))(
    '%s and %s leaves nothing behind',
    async (_when, _what, reach, go) => {
      const house = await agiHouse({ dialplan: { caller: () => NEVER } });
      const peer = await reach(house);
      go(peer);
      await peer.over;
      await house.close();
      expect([house.reports, house.clock.waiting]).toEqual([[], 0]);
    },
  );
});

describe('many at once', () => {
  test('2,000 calls are all answered', async () => {
    const names = Array.from({ length: 2_000 }, (_, i) => `Caller ${i}`);
    const house = await agiHouse({
      dialplan: { caller: async ({ number }) => ({ ...ADA, name: names[Number(number)] ?? '' }) },
    });
    const answers = await Promise.all(names.map((_, i) => callAgi(house.port, { headers: { callerid: String(i) } })));
    expect(answers.map((variables) => variables[3]?.[1])).toEqual(names);
    expect([house.outcomes.length, house.reports, house.clock.waiting]).toEqual([2_000, [], 0]);
  }, 120_000);

  test('above the limit those who are silent give way, the oldest first, so that whoever asks is answered', async () => {
    const house = await agiHouse({ tuning: { connections: 5 } });
    const silent: Awaited<ReturnType<typeof taken>>[] = [];
    for (let i = 0; i < 5; i += 1) silent.push(await taken(house));
    const oldest = silent.shift();
    expect(await callAgi(house.port)).toEqual(ADA_SET);
    expect(await oldest?.over).toEqual([]);
    for (const peer of silent) peer.write(agiRequest());
    expect(await Promise.all(silent.map(({ over }) => over))).toEqual(silent.map(() => ADA_SET));
    expect(house.outcomes).toEqual(Array.from({ length: 5 }, () => 'company'));
    expect(house.reports).toEqual([{ event: 'lookup.full', fields: { way: 'agi', connections: 5, times: 1 } }]);
  });

  test('above the limit new ones are closed at once when all before are being served', async () => {
    const found: ((name: CallerName) => void)[] = [];
    const caller = () => new Promise<CallerName>((resolve) => found.push(resolve));
    const house = await agiHouse({ dialplan: { caller }, tuning: { connections: 3 } });
    const first = await Promise.all(Array.from({ length: 3 }, () => taken(house)));
    for (const peer of first) peer.write(agiRequest());
    await everythingBusy(() => found.length === 3);
    const more = await Promise.all(Array.from({ length: 20 }, () => callAgi(house.port)));
    expect(more).toEqual(more.map(() => []));
    for (const resolve of found) resolve(ADA);
    expect(await Promise.all(first.map(({ over }) => over))).toEqual(first.map(() => ADA_SET));
  });

  test('questions without an answer are counted beyond their peers, and above the limit nobody is found', async () => {
    let isStuck = true;
    const found: ((name: CallerName) => void)[] = [];
    const caller = () => (isStuck ? new Promise<CallerName>((resolve) => found.push(resolve)) : Promise.resolve(ADA));
    const house = await agiHouse({ dialplan: { caller }, tuning: { questions: 3 } });
    const gone = await Promise.all(Array.from({ length: 3 }, () => taken(house)));
    for (const peer of gone) peer.write(agiRequest());
    await everythingBusy(() => found.length === 3);
    for (const peer of gone) peer.socket.destroy();
    expect(await callAgi(house.port)).toEqual(NOBODY_SET);
    isStuck = false;
    for (const resolve of found) resolve(ADA);
    expect(await callAgi(house.port)).toEqual(ADA_SET);
    expect(house.outcomes).toEqual(['busy', 'company']);
    expect(house.reports).toEqual([{ event: 'lookup.busy', fields: { way: 'agi', lookups: 3, times: 1 } }]);
  });
});

/** Lets the event loop turn until it is so. */
async function everythingBusy(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

describe('a dialplan port that fails', () => {
  const broken = () => {
    throw new Error('out of order');
  };
  const ports: readonly [string, Partial<DialplanPort>][] = [
    ['throws', { caller: broken, presence: broken, setStatus: broken, letsThrough: broken }],
    [
      'rejects',
      {
        caller: async () => broken(),
        presence: broken,
        setStatus: async () => broken(),
        letsThrough: async () => broken(),
      },
    ],
  ];
  const scripts: readonly [string, readonly (readonly [string, string])[]][] = [
    ['lookup', NOBODY_SET],
    ['presence', ['STATUS', 'LINE', 'INDICATOR', 'NOTE', 'UNTIL'].map((name) => [`ROLLCALL_${name}`, ''] as const)],
    ['status', [['ROLLCALL_RESULT', 'failed']]],
    ['through', [['ROLLCALL_THROUGH', '']]],
  ];

  test.each(ports.flatMap(([how, dialplan]) => scripts.map(([script, set]) => [how, script, set, dialplan] as const)))(
    'and %s leaves nobody without an answer: %s',
    async (_how, script, set, dialplan) => {
      const house = await agiHouse({ dialplan });
      expect(await callAgi(house.port, { script, args: ['1001', 'lunch'] })).toEqual(set);
      expect(house.reports).toEqual([
        { event: 'lookup.failed', fields: { way: 'agi', error: expect.stringContaining('out of order'), times: 1 } },
      ]);
      expect(house.outcomes).toEqual(script === 'lookup' ? ['failed'] : []);
    },
  );

  test.each<[string, readonly (readonly [string, string])[]]>([
    ['lookup', NOBODY_SET],
    ['status', [['ROLLCALL_RESULT', 'late']]],
    ['through', [['ROLLCALL_THROUGH', '']]],
  ])('and never answers leaves nobody without an answer: %s', async (script, set) => {
    const never = () => NEVER;
    const house = await agiHouse({ dialplan: { caller: never, setStatus: never, letsThrough: never } });
    const peer = await taken(house);
    const isAsked = house.clock.nextTimer();
    peer.write(agiRequest({ script, args: ['1001', 'lunch'] }));
    await isAsked;
    house.clock.pass(1_199);
    await everythingRead(house);
    expect([peer.variables, peer.isOver]).toEqual([[], false]);
    house.clock.pass(1);
    expect(await peer.over).toEqual(set);
    expect(house.outcomes).toEqual(script === 'lookup' ? ['late'] : []);
  });

  test('and answers too late is not listened to', async () => {
    let answer: (name: CallerName) => void = () => undefined;
    const caller = () =>
      new Promise<CallerName>((resolve) => {
        answer = resolve;
      });
    const house = await agiHouse({ dialplan: { caller } });
    const peer = await taken(house, () => undefined);
    const isAsked = house.clock.nextTimer();
    peer.write(agiRequest());
    await isAsked;
    house.clock.pass(1_200);
    answer(ADA);
    for (let i = 1; i <= 3; i++) {
      await peer.until(i);
      peer.write('200 result=1\n');
    }
    expect(await peer.over).toEqual(NOBODY_SET);
    expect([house.outcomes, house.reports]).toEqual([['late'], []]);
  });

  test('and answers what is none leaves nobody without an answer', async () => {
    const house = await agiHouse({ dialplan: { caller: async () => ({ directory: 'company' }) as CallerName } });
    expect(await callAgi(house.port)).toEqual(NOBODY_SET);
    expect(house.reports.map(({ event }) => event)).toEqual(['lookup.failed']);
  });
});

describe('the listener', () => {
  test('that finds its port taken rejects with the error of the system', async () => {
    const { port } = await agiHouse();
    await expect(agiHouse({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('that is closed drops who has not asked, and lets the others finish', async () => {
    let answer: (name: CallerName) => void = () => undefined;
    const caller = () =>
      new Promise<CallerName>((resolve) => {
        answer = resolve;
      });
    const house = await agiHouse({ dialplan: { caller } });
    const [idle, asking] = [await taken(house), await taken(house)];
    idle.write('agi_network: yes\n');
    const isAsked = house.clock.nextTimer();
    asking.write(agiRequest());
    await isAsked;
    const closed = house.close();
    expect(await idle.over).toEqual([]);
    expect(await callAgi(house.port)).toEqual([]);
    answer(ADA);
    expect(await asking.over).toEqual(ADA_SET);
    await closed;
    expect([house.reports, house.clock.waiting]).toEqual([[], 0]);
  });

  test('that is closed waits 1.5 s at the most', async () => {
    const house = await agiHouse({ dialplan: { caller: () => NEVER }, tuning: { dialplanMs: 60_000 } });
    const peer = await taken(house);
    const isAsked = house.clock.nextTimer();
    peer.write(agiRequest());
    await isAsked;
    const closed = house.close();
    house.clock.pass(1_499);
    await everythingBusy(() => true);
    expect(peer.isOver).toBe(false);
    house.clock.pass(1);
    await closed;
    expect(await peer.over).toEqual([]);
    await house.close();
  });
});
