// Clients and an Asterisk that do what they must not: the daemon lives, its memory stays bounded, and nobody else notices.
import { createConnection } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { METHODS } from '../../src/protocol/methods.ts';
import { type LabAmi, openAmi } from '../lab/ami.ts';
import { readFamily } from '../lab/astdb.ts';
import type { LabExtension } from '../lab/asterisk.ts';
import { labVersions, withAsterisk } from '../lab/with-asterisk.ts';
import { type Client, connect, RpcError } from '../support/client.ts';
import { FakeAmi } from '../support/fake-ami.ts';
import { frame, openRaw, type RawClient } from '../support/raw-client.ts';
import { allShow, EVERYTHING, settingsFor, settlesAt, watchers, withClients, withDaemon } from './house.ts';
import { Recorder } from './recorder.ts';

const MB = 1024 * 1024;
const crowd = Array.from({ length: 400 }, (_, i) => String(20_000 + i));
const extensions: readonly LabExtension[] = ['2001', '2002', ...crowd].map((number) => ({ number, tech: 'Custom' }));

describe.each(labVersions)('Hostile clients beside Asterisk %s', (version) => {
  const lab = withAsterisk({ version, extensions });
  let recorder: Recorder;
  let admin: LabAmi;
  beforeAll(async () => {
    recorder = await Recorder.to(lab().amiPort);
    admin = await openAmi(lab());
  });
  const daemon = withDaemon(() => settingsFor(lab(), 'daemon', recorder.port), ['2001', '2002']);
  const logIn = withClients(daemon);
  afterAll(() => {
    admin.close();
    recorder.close();
  });

  const target = () => ({ host: '127.0.0.1', port: Number(new URL(daemon().url).port) });
  const open: Client[] = [];
  const raws: RawClient[] = [];
  const stranger = async (): Promise<Client> => {
    const client = await connect(daemon().url);
    open.push(client);
    return client;
  };
  const bytes = async (): Promise<RawClient> => {
    const raw = await openRaw(target());
    raws.push(raw);
    return raw;
  };

  /**
   * Lets `work` go on beside somebody who uses the daemon: he is answered and sees every change in time, all along. Then
   * the daemon is the same process as before, with no more memory than `room`.
   */
  async function unnoticed(work: () => Promise<unknown>, room = 100 * MB): Promise<void> {
    const [pid, before] = [daemon().pid, await daemon().memory()];
    const witness = await logIn(watchers[0]);
    let [over, most, longest] = [false, 0, 0];
    const working = work().finally(() => {
      over = true;
    });
    working.catch(() => undefined); // told below
    for (let i = 0; !over || i < 3; i++) {
      // some twenty changes and questions a second, as he is allowed
      await delay(30);
      const started = performance.now();
      const state = i % 2 === 0 ? 'RINGING' : 'NOT_INUSE';
      await admin.setvar('DEVICE_STATE(Custom:2002)', state);
      const line = i % 2 === 0 ? 'ringing' : 'idle';
      await witness.until(() => witness.item('presence', '2002')?.['line'] === line, 'a change for the others');
      await witness.request('session.ping');
      longest = Math.max(longest, performance.now() - started);
      most = Math.max(most, await daemon().memory());
    }
    await working;
    expect({ pid: daemon().pid, ending: witness.ending }).toEqual({ pid, ending: undefined });
    console.log(expect.getState().currentTestName, longest, (most - before) / MB);
    expect(longest).toBeLessThan(3_000);
    expect(most - before).toBeLessThan(room);
    for (const client of open.splice(0)) client.cut();
    for (const raw of raws.splice(0)) raw.reset();
  }

  test('that open no session are closed after ten seconds, and hundreds of them disturb nobody', async () => {
    await unnoticed(async () => {
      const silent = await Promise.all(Array.from({ length: 300 }, stranger));
      const talkers = silent.slice(0, 50);
      for (const client of talkers) client.post('presence.set', { status: 'lunch' });
      for (const client of talkers) await client.until(({ messages }) => messages.length > 0, 'a refusal');
      expect(new Set(talkers.map((client) => client.messages[0]?.error?.code))).toEqual(new Set([401]));
      const codes = await Promise.all(silent.map(async ({ closed }) => (await closed).code));
      expect(new Set(codes)).toEqual(new Set([4408]));
    });
  });

  test('that send no JSON-RPC are told so, and closed when they go on', async () => {
    await unnoticed(async () => {
      const wrong = ['', 'null', '[]', '{"jsonrpc":"1.0"}', '"x"', '\u0000', '{"id":{}}', '{"jsonrpc":"2.0","id":1}'];
      const clients = await Promise.all(Array.from({ length: 50 }, stranger));
      for (const client of clients) for (const text of wrong) client.send(text);
      const [batch] = [await stranger()];
      batch.send('[{"jsonrpc":"2.0","id":1,"method":"session.ping"}]');
      await batch.until(({ messages }) => messages.length === 1, 'the answer to a batch');
      expect(batch.messages[0]?.error?.code).toBe(-32_600);
      for (const client of clients) for (let i = 0; i < 20; i++) client.send('{ no json');
      const codes = await Promise.all(clients.map(async ({ closed }) => (await closed).code));
      expect(new Set(codes)).toEqual(new Set([4400]));
      const answered = clients.flatMap(({ messages }) => messages.map((message) => message.error?.code ?? 0));
      expect([...new Set(answered)].sort((a, b) => a - b)).toEqual([-32_700, -32_600]);
    });
  });

  test('that send huge, torn or wrong frames are closed', async () => {
    await unnoticed(async () => {
      const big = await Promise.all(Array.from({ length: 30 }, stranger));
      for (const client of big) client.send(Buffer.alloc(1_000_000, 'x').toString());
      expect(new Set(await Promise.all(big.map(async ({ closed }) => (await closed).code)))).toEqual(new Set([1009]));
      const frames = [
        frame({ opcode: 1, length: 2 ** 40, payload: 'x' }),
        frame({ opcode: 1, masked: false, payload: '{}' }),
        frame({ opcode: 1, rsv: 4, payload: '{}' }),
        frame({ opcode: 3, payload: '{}' }),
        frame({ opcode: 9, length: 60_000, payload: Buffer.alloc(60_000) }),
        frame({ opcode: 1, payload: Buffer.from([0xff, 0xfe, 0xc3]) }),
        frame({ opcode: 0, payload: 'x' }),
      ];
      for (const one of frames) {
        const raw = await bytes();
        await raw.upgrade();
        raw.write(one);
        await raw.ended;
      }
      const torn = await bytes();
      await torn.upgrade();
      for (let i = 0; i < 3_000; i++)
        torn.write(frame({ fin: false, opcode: i === 0 ? 1 : 0, payload: 'x'.repeat(200) }));
      await torn.ended;
    });
  });

  test('that flood with requests are slowed down, then closed', async () => {
    await unnoticed(async () => {
      const token = (await logIn('2001')).session?.token ?? '';
      const flooders = await Promise.all(
        Array.from({ length: 10 }, async () => {
          const client = await stranger();
          await client.open({ token });
          return client;
        }),
      );
      for (const client of flooders) for (let i = 0; i < 2_000; i++) client.post('session.ping');
      const closed = await Promise.all(flooders.map(({ closed }) => closed));
      expect(new Set(closed.map(({ code }) => code))).toEqual(new Set([4429]));
      for (const { reason } of closed) expect(reason).toMatch(/^retry-after=\d+$/);
      const codes = flooders.flatMap(({ messages }) => messages.map((message) => message.error?.code ?? 200));
      expect(new Set(codes)).toEqual(new Set([200, 429]));
    });
  });

  test('that come by the thousand from one address are let in or refused, and cost little', async () => {
    await unnoticed(async () => {
      const before = await daemon().memory();
      const many: Client[] = [];
      for (let i = 0; i < 20; i++) many.push(...(await Promise.all(Array.from({ length: 100 }, stranger))));
      expect(many).toHaveLength(2_000);
      expect((await daemon().memory()) - before).toBeLessThan(60 * MB);
      const half = Array.from({ length: 500 }, () => {
        const socket = createConnection(target());
        socket.on('error', () => socket.destroy());
        socket.write('GET /ws HTTP/1.1\r\nHost: x\r\nX-Slow: ');
        return socket;
      });
      await (await stranger()).open({ login: '2002', password: 'correct horse' });
      for (const socket of half) socket.destroy();
    });
  });

  test('that guess passwords are throttled, while others log in', async () => {
    await unnoticed(async () => {
      const answers = Array.from({ length: 40 }, async (_, i) => {
        const codes: number[] = [];
        for (let guess = 0; guess < 10; guess++) {
          const login = guess % 2 === 0 ? '2001' : `20${i}`;
          const client = await connect(daemon().url, { localAddress: '127.0.0.3' });
          const refused = await client.open({ login, password: `wrong ${guess}` }).catch((error: unknown) => error);
          if (refused instanceof RpcError) codes.push(refused.code);
          client.cut();
        }
        return codes;
      });
      const codes = (await Promise.all(answers)).flat();
      expect([...new Set(codes)].sort()).toEqual([401, 429]);
      expect(codes.filter((code) => code === 429).length).toBeGreaterThan(100);
      expect((await logIn('2002')).session?.extension).toBe('2002');
    });
    await daemon().line('login.throttled');
  });

  test('that never read cost little, and see the truth when they read again', async () => {
    const watcher = await logIn(watchers[1]);
    const token = watcher.session?.token ?? '';
    const deaf = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const client = await stranger();
        await client.open({ token });
        await client.sync(EVERYTHING);
        client.pause();
        return client;
      }),
    );
    const kept = open.splice(0);
    const demand = () => {
      // each answer is all that there is, some hundred kilobytes
      for (const client of deaf) for (let i = 0; i < 40; i++) client.post('sync.open', { collections: EVERYTHING });
    };
    demand();
    await unnoticed(async () => {
      const hand = await openAmi(lab());
      for (let round = 0; round < 6; round++) {
        const state = round === 5 ? 'ONHOLD' : round % 2 === 0 ? 'INUSE' : 'NOT_INUSE';
        await Promise.all(crowd.map((number) => hand.setvar(`DEVICE_STATE(Custom:${number})`, state)));
      }
      hand.close();
      demand();
    });
    for (const client of deaf) client.resume();
    const last = { line: 'on_hold', online: true, indicator: 'on_call' };
    for (const number of crowd) await allShow([watcher, ...deaf], number, last);
    for (const client of kept) client.cut();
  });

  describe('with line breaks in values', () => {
    const evil = 'x\r\n\r\nAction: DBPut\r\nFamily: INJECTED\r\nKey: k\r\nVal: v\r\n\r\n\0\n\nEvent: y';
    const short = '1\r\nAction: X';
    const client = { platform: 'sdk', version: '1', name: 'n' };
    const auth = { login: '2001', password: 'correct horse' };
    const spoilt: Readonly<Record<keyof typeof METHODS, readonly object[]>> = {
      'session.open': [
        { client: { ...client, platform: evil }, auth },
        { client: { ...client, version: evil.slice(0, 64) }, auth },
        { client: { ...client, name: evil.slice(0, 127) }, auth },
        { client, auth: { ...auth, login: evil } },
        { client, auth: { ...auth, password: evil } },
        { client, auth: { token: evil } },
      ],
      'session.renew': [{ [evil]: evil }],
      'session.close': [{ [evil]: evil }],
      'session.list': [{ [evil]: evil }],
      'session.revoke': [{ id: evil.slice(0, 64) }],
      'session.ping': [{ [evil]: evil }],
      'sync.open': [{ collections: [evil, 'presence'], cursors: { [evil]: evil, presence: evil } }],
      'presence.set': [
        { status: 'lunch', note: evil },
        { status: 'away', note: `${'\r\n'.repeat(90)}end` },
        { status: 'do_not_disturb', note: evil },
        { status: evil },
        { status: 'lunch', until: evil },
        { status: 'lunch', extension: short },
        { status: 'available' },
      ],
      'users.set': [
        { id: short, name: evil },
        { id: '2001', name: evil },
        { id: '2001', email: evil },
        { id: '2001', email: 'a@b.example\r\nAction: X' },
        { id: '2001', mobile: evil },
        { id: '2001', groups: [evil, 'ok'] },
        { id: '2002', password: evil },
        { id: '2002', password: 'correct horse' },
      ],
    };

    test('no value of any method makes a line of AMI', async () => {
      expect(Object.keys(spoilt).sort()).toEqual(Object.keys(METHODS).sort());
      const first = await logIn(watchers[0]);
      for (const params of spoilt['session.open']) {
        const one = await stranger();
        await one.request('session.open', params).catch(() => undefined); // whatever the answer is
        await one.request('presence.set', { status: 'away', note: evil }).catch(() => undefined);
      }
      for (const [method, all] of Object.entries(spoilt)) {
        for (const params of all) {
          if (method === 'session.open' || method === 'session.close') continue;
          await first
            .request(method, { ...params, ...(method === 'presence.set' ? { extension: '2001', ...params } : {}) })
            .catch((error: unknown) => expect(error).toBeInstanceOf(RpcError));
        }
      }
      first.send(
        JSON.stringify({ jsonrpc: '2.0', id: evil, method: `${evil}presence.set`, params: { status: 'lunch' } }),
      );
      await first.sync(EVERYTHING);
      await fetch(`${daemon().url}/api/session`, {
        method: 'POST',
        body: JSON.stringify({ login: evil, password: evil }),
      });
      await daemon().run(
        'user',
        'set',
        '2001',
        '--name',
        evil.replaceAll('\0', ''),
        '--group',
        evil.replaceAll('\0', ''),
      );
      await daemon().run('presence', 'set', '2001', 'lunch', '--note', evil.replaceAll('\0', ''));
      await first.until(() => first.item('presence', '2001')?.['status'] === 'lunch', 'the last status');
      const plain = 'x Action: DBPut Family: INJECTED Key: k Val: v Event: y';
      await settlesAt(() => admin.getvar('PRESENCE_STATE(CustomPresence:2001,message)'), plain);
      await first.request('presence.set', { extension: '2001', status: 'available' });
      expect(await readFamily(lab(), 'INJECTED')).toEqual({});
      expectOnlyOurs(recorder.text);
    });
  });
});

/** Every message that left is an action that the daemon knows, in lines of its own. */
function expectOnlyOurs(text: string): void {
  const actions = text.split('\r\n\r\n').slice(0, -1);
  const names = new Set(actions.map((action) => /(?:^|\r\n)action: (.*)/i.exec(action)?.[1]));
  const known =
    'login events ping listcommands extensionstatelist devicestatelist presencestatelist dbgettree dbget getvar setvar ' +
    'originate voicemailuserslist';
  const others = [...names].filter((name) => !known.split(' ').includes(name?.toLowerCase() ?? ''));
  expect(others).toEqual([]);
  const keys = new Set(
    actions.flatMap((action) => action.split('\r\n').map((line) => line.slice(0, line.indexOf(':')).toLowerCase())),
  );
  const expected =
    'action actionid application async channel eventmask event events family key secret timeout username value variable';
  expect([...keys].filter((key) => !expected.split(' ').includes(key))).toEqual([]);
  expect(actions.filter((action) => /\n\n|\r\r|[^\r]\n|\r[^\n]|\0/.test(action))).toEqual([]);
  expect(actions.filter((action) => action.includes('INJECTED'))).toEqual([]);
}

describe('A hostile Asterisk', () => {
  const hint = ['Event: ExtensionStatus', 'Exten: 1001', 'Context: c', 'Hint: PJSIP/1001&Custom:DND1001', 'Status: 0'];
  const device = ['Event: DeviceStateChange', 'Device: PJSIP/1001', 'State: NOT_INUSE'];
  const commands = 'ExtensionStateList DeviceStateList PresenceStateList DBGetTree DBGet Getvar Setvar Originate';
  let fake: FakeAmi;
  let connections = 0;
  beforeAll(async () => {
    fake = await FakeAmi.listen({
      lists: { ExtensionStateList: [hint], DeviceStateList: [device], PresenceStateList: [], DBGetTree: [] },
      answers: {
        ListCommands: ['Response: Success', ...commands.split(' ').map((name) => `${name}: x`)],
        DBGet: ['Response: Error', 'Message: Database entry not found'],
        Getvar: ['Response: Success', 'Value: '],
      },
    });
  });
  afterAll(() => fake.close());
  const daemon = withDaemon(() => ({ pbx: { ami: { port: fake.port, username: 'u', secret: 's' } } }));
  const logIn = withClients(daemon);

  const latest = async () => {
    connections = fake.connections.length;
    return fake.connection(connections);
  };
  const many = (count: number, one: (i: number) => string) => Array.from({ length: count }, (_, i) => one(i)).join('');

  const attacks: readonly [string, () => string | Buffer][] = [
    ['a line without an end', () => 'x'.repeat(20 * MB)],
    ['a header without an end', () => `Event: DeviceStateChange\r\nDevice: ${'y'.repeat(20 * MB)}`],
    ['a message of a million lines', () => `Event: A\r\n${'K: v\r\n'.repeat(1_000_000)}`],
    ['noise', () => Buffer.from(Array.from({ length: MB }, (_, i) => (i * 2_654_435_761) >>> 13))],
    [
      'bytes that are no UTF-8',
      () => Buffer.from('Event: DeviceStateChange\r\nDevice: PJSIP/\xff\xfe\xc3\r\nState: \xf0\r\n\r\n', 'latin1'),
    ],
    [
      'a hundred thousand devices that no hint has',
      () => many(100_000, (i) => `Event: DeviceStateChange\r\nDevice: PJSIP/evil${i}\r\nState: INUSE\r\n\r\n`),
    ],
    [
      'ten thousand presentities with long notes',
      () =>
        many(
          10_000,
          (i) =>
            `Event: PresenceStateChange\r\nPresentity: Custom:${i}\r\nStatus: away\r\nSubtype: \r\nMessage: ${'n'.repeat(900)}\r\n\r\n`,
        ),
    ],
    ['answers that nobody asked for', () => many(20_000, (i) => `Response: Success\r\nActionID: rc-1-a${i}\r\n\r\n`)],
    [
      'names that programs stumble over',
      () =>
        ['__proto__', 'constructor', 'Close', 'error', 'Event', 'toString']
          .map(
            (name) =>
              `Event: ${name}\r\n${name}: ${name}\r\n__proto__: x\r\nconstructor: y\r\nhasOwnProperty: z\r\n\r\n`,
          )
          .join(''),
    ],
    [
      'events without their headers',
      () =>
        'Event: DeviceStateChange\r\n\r\nEvent: ExtensionStatus\r\nExten: 1001\r\n\r\nEvent: PresenceStateChange\r\n\r\n',
    ],
    [
      'states that Asterisk does not have',
      () => 'Event: DeviceStateChange\r\nDevice: PJSIP/1001\r\nState: <script>\r\n\r\n',
    ],
  ];

  test.each(attacks)('that sends %s changes nothing and costs little', async (_, attack) => {
    const watcher = await logIn(watchers[0]);
    const shown = { line: 'idle', online: true, indicator: 'available' };
    await allShow([watcher], '1001', shown);
    const [pid, before, at] = [daemon().pid, await daemon().memory(), daemon().logs.length];
    const connection = await latest();
    connection.send(attack());
    connection.send('\r\n\r\n');
    // it is either taken, or the connection is given up and a new one listed
    connection.message('Event: DeviceStateChange', 'Device: PJSIP/1001', 'State: RINGING');
    const cut = connection.closed.then(() => true);
    const taken = watcher
      .until(() => watcher.item('presence', '1001')?.['line'] === 'ringing', 'a call')
      .then(() => false);
    if (await Promise.race([cut, taken])) {
      taken.catch(() => undefined); // it did not come through
      await fake.connection(connections + 1);
      await daemon().line('pbx.snapshot', { from: at });
    } else {
      connection.message('Event: DeviceStateChange', 'Device: PJSIP/1001', 'State: NOT_INUSE');
    }
    await watcher.until(() => watcher.item('pbx', 'pbx')?.['connected'] === true, 'the link');
    await allShow([watcher], '1001', shown);
    expect([...watcher.items('extensions').keys()]).toEqual(['1001']);
    expect(daemon().pid).toBe(pid);
    expect((await daemon().memory()) - before).toBeLessThan(120 * MB);
    expect(
      daemon()
        .logs.slice(at)
        .filter(({ level }) => level === 'fatal'),
    ).toEqual([]);
  });
});
