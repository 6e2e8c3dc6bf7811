// Clients that do what they must not: the daemon lives, its memory stays bounded, and nobody else notices.
import { createConnection } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LabAmi, openAmi } from '../lab/ami.ts';
import type { LabExtension } from '../lab/asterisk.ts';
import { labVersions, withAsterisk } from '../lab/with-asterisk.ts';
import { type Client, connect, RpcError } from '../support/client.ts';
import { frame, openRaw, type RawClient } from '../support/raw-client.ts';
import { allShow, EVERYTHING, settingsFor, watchers, withClients, withDaemon } from './house.ts';

const MB = 1024 * 1024;
const crowd = Array.from({ length: 400 }, (_, i) => String(20_000 + i));
const extensions: readonly LabExtension[] = ['2001', '2002', ...crowd].map((number) => ({ number, tech: 'Custom' }));

describe.each(labVersions)('Hostile clients beside Asterisk %s', (version) => {
  const lab = withAsterisk({ version, extensions });
  let admin: LabAmi;
  beforeAll(async () => {
    admin = await openAmi(lab());
  });
  const daemon = withDaemon(() => settingsFor(lab(), 'daemon'), ['2001', '2002']);
  const logIn = withClients(daemon);
  afterAll(() => {
    admin.close();
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
});
