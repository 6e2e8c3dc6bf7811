import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/protocol/limits.ts';
import { CONTROL_FRAMES, STRANGER_BYTES } from '../../src/server/ws-socket.ts';
import { type Accepted, type Edge, openEdge } from '../support/edge-server.ts';
import { frame, type RawFrame } from '../support/raw-client.ts';

const request = (id: number) => `{"jsonrpc":"2.0","id":${id},"method":"echo"}`;

/** Sends frames on a connection that counts as open, and returns the code it is closed with; another client lives on. */
async function closeCode(edge: Edge, frames: readonly RawFrame[]): Promise<number> {
  const [raw, other] = [await edge.raw(), await edge.connect()];
  await raw.upgrade();
  raw.write(Buffer.concat(frames.map(frame)));
  const { code } = await raw.closeFrame();
  expect(await other.request('echo', { a: 1 })).toEqual({ a: 1 });
  return code;
}

describe('frames that break the rules', () => {
  const repeated = (count: number, one: RawFrame): RawFrame[] => Array.from({ length: count }, () => one);
  const begin: RawFrame = { opcode: 1, fin: false, payload: 'x' };

  it.each<[string, number, RawFrame[]]>([
    ['a text that is announced one byte too long', 1009, [{ opcode: 1, length: LIMITS.messageBytes + 1 }]],
    ['a text announced with 2^40 bytes', 1009, [{ opcode: 1, length: 2 ** 40 }]],
    ['a text announced with 2^60 bytes', 1009, [{ opcode: 1, length: 2 ** 60 }]],
    ['a binary message too long', 1009, [{ opcode: 2, length: LIMITS.messageBytes + 1 }]],
    [
      'fragments too long together',
      1009,
      [begin, ...repeated(5, { opcode: 0, fin: false, payload: 'x'.repeat(60_000) })],
    ],
    ['too many fragments', 1008, [begin, ...repeated(300, { opcode: 0, fin: false, payload: 'x' })]],
    ['too many empty fragments', 1008, [begin, ...repeated(300, { opcode: 0, fin: false })]],
    ['a frame without a mask', 1002, [{ opcode: 1, masked: false, payload: request(1) }]],
    ['the bit of compression', 1002, [{ opcode: 1, rsv: 4, payload: request(1) }]],
    ['a reserved bit', 1002, [{ opcode: 1, rsv: 2, payload: request(1) }]],
    ['an unknown opcode', 1002, [{ opcode: 3, payload: request(1) }]],
    ['an unknown control opcode', 1002, [{ opcode: 11 }]],
    ['a continuation of nothing', 1002, [{ opcode: 0, payload: request(1) }]],
    ['a text within a text', 1002, [begin, { opcode: 1, payload: request(1) }]],
    ['a ping in fragments', 1002, [{ opcode: 9, fin: false }]],
    ['a ping too long', 1002, [{ opcode: 9, payload: 'x'.repeat(126) }]],
    ['a close frame with a code nobody may send', 1002, [{ opcode: 8, payload: Buffer.from([0x03, 0xed]) }]],
    ['a close frame of one byte', 1002, [{ opcode: 8, payload: 'x' }]],
    ['a close reason that is no UTF-8', 1007, [{ opcode: 8, payload: Buffer.from([0x03, 0xe8, 0xff]) }]],
    ['a text that is no UTF-8', 1007, [{ opcode: 1, payload: Buffer.from([0x22, 0xc3, 0x28, 0x22]) }]],
    ['a surrogate in UTF-8', 1007, [{ opcode: 1, payload: Buffer.from([0xed, 0xa0, 0x80]) }]],
  ])('%s is closed with %i and told to nobody', async (_title, code, frames) => {
    const edge = await openEdge({ opened: true });
    expect(await closeCode(edge, frames)).toBe(code);
    expect(edge.accepted.map(({ texts }) => texts.length)).toEqual([1, 0]);
    expect(edge.reports.map(({ event, fields }) => [event, fields['address']])).toEqual([['ws.dropped', '127.0.0.1']]);
  });

  it('bytes that are no frames at all are closed', async () => {
    const edge = await openEdge({ opened: true });
    const raw = await edge.raw();
    await raw.upgrade();
    raw.write('GET /ws HTTP/1.1\r\nHost: test\r\n\r\n');
    expect((await raw.closeFrame()).code).toBe(1002);
  });

  it('a long frame in single bytes is closed before they cost much', async () => {
    const edge = await openEdge({ opened: true });
    const raw = await edge.raw();
    raw.socket.setNoDelay(true);
    await raw.upgrade();
    raw.write(frame({ opcode: 1, length: 200_000 }));
    let sent = 0;
    while (!raw.frames().some(({ opcode }) => opcode === 8) && sent < 100_000) {
      raw.write('x');
      sent += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await raw.closeFrame()).code).toBe(1008);
  });
});

describe('before a session is open', () => {
  it('a peer may send little, in whatever form', async () => {
    const forms = [
      frame({ opcode: 1, payload: 'x'.repeat(STRANGER_BYTES) }),
      Buffer.concat(Array.from({ length: 400 }, () => frame({ opcode: 10, payload: 'x'.repeat(100) }))),
      frame({ opcode: 1, payload: 'x'.repeat(STRANGER_BYTES), length: LIMITS.messageBytes }),
    ];
    const edge = await openEdge();
    const endings = forms.map(async (bytes) => {
      const raw = await edge.raw();
      await raw.upgrade();
      raw.write(bytes);
      return raw.closeFrame();
    });
    const ending = { code: 1009, reason: 'too much before session.open' };
    expect(await Promise.all(endings)).toEqual([ending, ending, ending]);
    await edge.until(() => edge.accepted.every(({ closed }) => closed === 1), 'the ends');
    expect(await edge.metric('rollcall_connections_dropped_total{reason="too_much_before_open"}')).toBe(3);
  });

  it('and afterwards as much as it wants', async () => {
    const edge = await openEdge();
    const client = await edge.connect();
    await client.request('session.open', {});
    for (let i = 0; i < 5; i++) await client.request('echo', { text: 'x'.repeat(STRANGER_BYTES) });
  });
});

describe('floods', () => {
  it.each([
    ['pings', 9],
    ['pongs', 10],
  ])('of %s are closed with 4429', async (_title, opcode) => {
    // No beat of the heart within the test: the count begins anew with each.
    const edge = await openEdge({ opened: true, tuning: { heartbeatMs: 1_000_000 } });
    const raw = await edge.raw();
    await raw.upgrade();
    raw.write(Buffer.concat(Array.from({ length: CONTROL_FRAMES * 4 }, () => frame({ opcode }))));
    const { code, reason } = await raw.closeFrame();
    expect([code, reason]).toEqual([4429, expect.stringMatching(/^retry-after=\d+$/)]);
    expect(raw.frames().filter((one) => one.opcode === 10).length).toBeLessThanOrEqual(CONTROL_FRAMES);
    await edge.until(() => edge.accepted[0]?.closed === 1, 'the end');
  });

  it('of texts are taken one a turn, so that another client is served in between', async () => {
    const edge = await openEdge({ opened: true });
    const [raw, other] = [await edge.raw(), await edge.connect()];
    await raw.upgrade();
    const flooder = edge.accepted[1] as Accepted;
    const flood = 20_000;
    const one = frame({ opcode: 1, payload: '{"jsonrpc":"2.0","method":"x"}' });
    raw.write(Buffer.concat(Array.from({ length: flood }, () => one)));
    await edge.until(() => flooder.texts.length > 0, 'the flood');
    for (let i = 0; i < 10; i++) await other.request('echo', { i });
    expect(flooder.texts.length).toBeLessThan(flood / 2);
    await edge.until(() => flooder.texts.length === flood, 'all of the flood');
  });

  it('of connections that come and go leave nothing behind', async () => {
    const edge = await openEdge();
    for (let i = 0; i < 300; i++) {
      const raw = await edge.raw();
      await raw.upgrade();
      if (i % 3 === 0) raw.write(frame({ opcode: 1, length: 1_000, payload: 'half' }));
      raw.reset();
    }
    await edge.until(() => edge.accepted.filter(({ closed }) => closed === 1).length === 300, 'all closed');
    expect(await edge.metric('rollcall_connections')).toBe(0);
  });
});
