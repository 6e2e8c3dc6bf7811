import { describe, expect, it } from 'vitest';
import { CLOSE_CODES } from '../../src/protocol/codes.ts';
import { textFrame } from '../../src/protocol/frame.ts';
import { LIMITS } from '../../src/protocol/limits.ts';
import type { Socket } from '../../src/sync/socket.ts';
import { type Accepted, type Edge, openEdge } from '../support/edge-server.ts';
import { frame } from '../support/raw-client.ts';

function only(edge: Edge): Accepted {
  expect(edge.accepted.length).toBe(1);
  return edge.accepted[0] as Accepted;
}

const note = (n: number | string) => `{"jsonrpc":"2.0","method":"note","params":{"n":${JSON.stringify(n)}}}`;

describe('what the session hears', () => {
  it('texts come whole and in order, also in fragments with pings between', async () => {
    const edge = await openEdge();
    const raw = await edge.raw();
    await raw.upgrade();
    raw.write(frame({ opcode: 1, payload: note(1) }));
    const [a, b, c] = [
      Buffer.from(note('ü')).subarray(0, 47),
      Buffer.from(note('ü')).subarray(47, 49),
      Buffer.from(note('ü')).subarray(49),
    ];
    raw.write(
      Buffer.concat([
        frame({ opcode: 1, fin: false, payload: a as Buffer }),
        frame({ opcode: 9, payload: 'are you there' }),
        frame({ opcode: 0, fin: false, payload: b as Buffer }),
        frame({ opcode: 0, payload: c as Buffer }),
      ]),
    );
    await edge.until(() => edge.accepted[0]?.texts.length === 2, 'two texts');
    expect(only(edge).texts).toEqual([note(1), note('ü')]);
    const pongs = () => raw.frames().filter(({ opcode }) => opcode === 10);
    await raw.until(() => pongs().length === 1, 'a pong');
    expect(pongs()).toEqual([{ opcode: 10, payload: Buffer.from('are you there') }]);
  });

  it('a binary message is told as such', async () => {
    const edge = await openEdge();
    const client = await edge.connect();
    client.send(Buffer.from('{}'));
    await edge.until(() => edge.accepted[0]?.binaries === 1, 'a binary message');
    expect(only(edge).texts).toEqual([]);
  });

  it.each(['a close frame', 'a cut', 'the end of what it sends'])('the end is told once, by %s', async (how) => {
    const edge = await openEdge();
    const raw = await edge.raw();
    await raw.upgrade();
    if (how === 'a close frame') raw.write(frame({ opcode: 8, payload: Buffer.from([0x03, 0xe8]) }));
    else if (how === 'a cut') raw.reset();
    else raw.socket.end();
    await edge.until(() => edge.accepted[0]?.closed === 1, 'the end');
    const { socket } = only(edge);
    socket.write(textFrame('{}'));
    socket.pause();
    socket.resume();
    socket.opened?.();
    socket.close(CLOSE_CODES.tooSlow, 'too late');
    expect(only(edge)).toMatchObject({ closed: 1, drained: 0, texts: [] });
    expect(await edge.metric('rollcall_connections')).toBe(0);
  });

  it('a listener that fails loses its connection, the others notice nothing', async () => {
    const heard: string[] = [];
    const edge = await openEdge({
      accept: () => ({
        received: (text) => {
          heard.push(text);
          if (text === 'bug') throw new TypeError('a bug');
        },
        receivedBinary: () => {},
        drained: () => {},
        closed: () => heard.push('closed'),
      }),
    });
    const [one, two] = [await edge.connect(), await edge.connect()];
    one.send('bug');
    expect(await one.closed).toEqual({ code: 1006, reason: '' });
    two.send('well');
    await two.close();
    await edge.until(() => edge.reports.length === 1, 'a report');
    expect(edge.reports).toEqual([
      {
        event: 'internal',
        fields: { id: expect.any(String), where: 'a session and its socket', error: expect.stringContaining('a bug') },
      },
    ]);
    expect(heard.slice(0, 3)).toEqual(['bug', 'closed', 'well']);
  });
});

describe('writing', () => {
  it('several frames in one write arrive as several messages, pongs never inside of one', async () => {
    const edge = await openEdge();
    const raw = await edge.raw();
    await raw.upgrade();
    const { socket } = only(edge);
    const long = JSON.stringify({ text: 'x'.repeat(70_000) });
    for (let i = 0; i < 50; i++) {
      raw.write(frame({ opcode: 9, payload: `ping ${i}` }));
      socket.write(Buffer.concat([textFrame('{"n":1}'), textFrame(long), textFrame('{}')]));
    }
    const count = (opcode: number) => raw.frames().filter((one) => one.opcode === opcode).length;
    await raw.until(() => count(1) === 150 && count(10) === 50, 'all frames');
    const frames = raw.frames();
    const texts = frames.filter(({ opcode }) => opcode === 1).map(({ payload }) => payload.toString());
    expect(texts).toEqual(Array.from({ length: 50 }, () => ['{"n":1}', long, '{}']).flat());
    const pongs = frames.filter(({ opcode }) => opcode === 10).map(({ payload }) => payload.toString());
    expect(pongs).toEqual(Array.from({ length: 50 }, (_, i) => `ping ${i}`));
    expect(await edge.metric('rollcall_bytes_sent_total')).toBe(50 * (9 + long.length + 10 + 4));
  });

  it('what a peer does not take is counted as waiting, and drained is told once it has left', async () => {
    const edge = await openEdge();
    const client = await edge.connect();
    const { socket } = only(edge);
    client.pause();
    const text = textFrame(JSON.stringify({ text: 'y'.repeat(1_000_000) }));
    const before = socket.sent;
    for (let i = 0; i < 20; i++) socket.write(text);
    expect(socket.buffered).toBeGreaterThan(5_000_000);
    expect(socket.buffered + socket.sent - before).toBe(20 * text.length);
    expect(only(edge).drained).toBe(0);
    client.resume();
    await edge.until(() => edge.accepted[0]?.drained === 1, 'drained');
    expect([socket.buffered, socket.sent - before]).toEqual([0, 20 * text.length]);
    await client.until(({ messages }) => messages.length === 20);
  });

  it('a peer that never reads costs what was written to it and delays nobody', async () => {
    const edge = await openEdge();
    const [stuck, other] = [await edge.connect(), await edge.connect()];
    stuck.pause();
    const { socket } = edge.accepted[0] as Accepted;
    const text = textFrame(JSON.stringify({ text: 'z'.repeat(100_000) }));
    let written = 0;
    while (socket.buffered < 1_000_000) {
      socket.write(text);
      written += text.length;
      await other.request('echo', { written });
    }
    const waiting = socket.buffered;
    for (let i = 0; i < 50; i++) await other.request('echo', {});
    const pings = 100;
    expect(socket.buffered).toBeLessThanOrEqual(waiting + pings);
    expect(socket.buffered).toBeLessThanOrEqual(written + pings);
    socket.close(CLOSE_CODES.tooSlow, 'retry-after=1000');
    await edge.until(() => edge.accepted[0]?.closed === 1, 'dropped without its close frame being read');
  });
});

describe('pausing', () => {
  it('nothing is told while paused, not even what had been read, and all of it in order afterwards', async () => {
    const sockets: Socket[] = [];
    const heard: string[] = [];
    const edge = await openEdge({
      accept: (socket) => {
        sockets.push(socket);
        return {
          received: (text) => {
            heard.push(text);
            // The first stops the reading, and so does each tenth after that.
            if (heard.length % 10 === 1) socket.pause();
          },
          receivedBinary: () => heard.push('binary'),
          drained: () => {},
          closed: () => {},
        };
      },
    });
    const raw = await edge.raw();
    await raw.upgrade();
    const sent = Array.from({ length: 35 }, (_, i) => `text ${i}`);
    raw.write(Buffer.concat([...sent.map((payload) => frame({ opcode: 1, payload })), frame({ opcode: 9 })]));
    // The pong comes after all texts before the ping were read.
    await raw.until(() => raw.frames().some(({ opcode }) => opcode === 10), 'a pong');
    expect(heard).toEqual(['text 0']);
    for (let told = 1; told < 35; told = Math.min(35, told + 10)) {
      sockets[0]?.resume();
      expect(heard).toEqual(sent.slice(0, Math.min(35, told + 10)));
    }
    raw.write(frame({ opcode: 2, payload: 'x' }));
    raw.write(frame({ opcode: 9, payload: 'end' }));
    await raw.until(() => raw.frames().some(({ payload }) => payload.toString() === 'end'), 'the last pong');
    expect(heard).toEqual([...sent, 'binary']);
  });

  it('a paused peer cannot send more than the network holds', async () => {
    const edge = await openEdge({ opened: true });
    const raw = await edge.raw();
    await raw.upgrade();
    only(edge).socket.pause();
    const chunk = frame({ opcode: 1, payload: 'x'.repeat(100_000) });
    let written = 0;
    // Until the network takes no more.
    while (raw.socket.writableLength < 10_000_000) {
      raw.write(chunk);
      written += chunk.length;
    }
    expect(only(edge).texts).toEqual([]);
    only(edge).socket.resume();
    await edge.until(() => edge.accepted[0]?.texts.length === written / chunk.length, 'all of it');
  });
});

describe('closing', () => {
  it('code and reason reach the peer, and nothing it sends afterwards is told', async () => {
    const edge = await openEdge();
    const raw = await edge.raw();
    await raw.upgrade();
    only(edge).socket.close(CLOSE_CODES.unauthorized, 'the log-in has ended');
    raw.write(frame({ opcode: 1, payload: note(1) }));
    expect(await raw.closeFrame()).toEqual({ code: 4401, reason: 'the log-in has ended' });
    raw.write(frame({ opcode: 1, payload: note(2) }));
    raw.write(frame({ opcode: 8, payload: Buffer.from([0x11, 0x31]) }));
    await edge.until(() => edge.accepted[0]?.closed === 1, 'the end');
    expect(only(edge).texts).toEqual([]);
  });

  it('a paused socket closes as well, without waiting for the time-out', async () => {
    const edge = await openEdge();
    const client = await edge.connect();
    only(edge).socket.pause();
    for (let i = 0; i < 100; i++) client.post('echo', { i });
    only(edge).socket.close(CLOSE_CODES.tooSlow, 'retry-after=1');
    expect(await client.closed).toEqual({ code: 1013, reason: 'retry-after=1' });
    await edge.until(() => edge.accepted[0]?.closed === 1, 'the end');
    expect(only(edge).texts).toEqual([]);
  });

  it('a peer that does not answer the close frame is dropped', async () => {
    const edge = await openEdge();
    const raw = await edge.raw();
    await raw.upgrade();
    only(edge).socket.close(CLOSE_CODES.openTimeout, 'no session.open in time');
    await edge.until(() => edge.accepted[0]?.closed === 1, 'the end');
    expect(await raw.closeFrame()).toEqual({ code: 4408, reason: 'no session.open in time' });
    await raw.ended;
  });
});

it('the largest message allowed comes through, also in many fragments', async () => {
  const edge = await openEdge({ opened: true });
  const raw = await edge.raw();
  await raw.upgrade();
  const largest = note('x'.repeat(LIMITS.messageBytes - note('').length));
  raw.write(frame({ opcode: 1, payload: largest }));
  const parts = largest.match(/.{1,1024}/g) ?? [];
  for (const [i, payload] of parts.entries()) {
    raw.write(frame({ opcode: i === 0 ? 1 : 0, fin: i === parts.length - 1, payload }));
  }
  await edge.until(() => edge.accepted[0]?.texts.length === 2, 'both');
  expect(only(edge).texts.map((text) => text === largest)).toEqual([true, true]);
});
