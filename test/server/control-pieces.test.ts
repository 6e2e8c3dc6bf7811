import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type ControlClient, connectControl } from '../../src/cli/control-client.ts';
import { Failure } from '../../src/domain/failure.ts';
import { type ControlOptions, type ControlServer, controlPath, serveControl } from '../../src/server/control.ts';
import type { ControlMethods } from '../../src/server/control-peer.ts';
import { OperatorError } from '../../src/service/operator-error.ts';

/** What a long answer did: pieces made, and how it ended. */
class Making {
  made = 0;
  ended = false;
  readonly #waiting: (() => void)[] = [];

  async *pieces(count: number, size: number, failAt?: number): AsyncIterable<string> {
    try {
      for (let n = 0; n < count; n += 1) {
        if (n === failAt) throw new Failure('storage', 'the disk is gone');
        this.made += 1;
        yield `${n} `.padEnd(size, 'x');
      }
    } finally {
      this.ended = true;
      for (const wake of this.#waiting.splice(0)) wake();
    }
  }

  end(): Promise<void> {
    if (this.ended) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

let folder: string;
let server: ControlServer | undefined;
let making: Making;
const open: { destroy(): unknown }[] = [];
const reports: string[] = [];

const methods: ControlMethods = {
  long: {
    schema: z.strictObject({ count: z.number(), size: z.number(), failAt: z.number().optional() }),
    pieces: ({ count, size, failAt }: { count: number; size: number; failAt?: number }) =>
      making.pieces(count, size, failAt),
  },
  silent: {
    schema: z.strictObject({}),
    pieces: async function* () {
      making.made += 1;
      await new Promise(() => undefined);
    },
  },
  refused: {
    schema: z.strictObject({}),
    pieces: () => {
      throw new Failure('too_many', 'one is being made already');
    },
  },
  echo: { schema: z.strictObject({ text: z.string() }), run: (params: object) => params },
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-pieces-'));
  making = new Making();
  reports.length = 0;
});
afterEach(async () => {
  for (const one of open.splice(0)) one.destroy();
  await server?.close();
  server = undefined;
  rmSync(folder, { recursive: true });
});

async function serve(limits: NonNullable<ControlOptions['limits']> = {}): Promise<void> {
  server = await serveControl({ folder, methods, report: (event) => reports.push(event), limits });
}

async function client(answerWithinMs?: number): Promise<ControlClient> {
  const one = await connectControl(folder, answerWithinMs);
  if (!one) throw new Error('not connected');
  open.push({ destroy: () => one.close() });
  return one;
}

/** A peer that asks and then does not read, unless it is told to. */
async function rawPeer(request: object): Promise<Socket> {
  const socket = createConnection(controlPath(folder));
  open.push(socket);
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, ...request })}\n`);
  return socket;
}

/** Everything a peer hears to its end or until `wanted` has come. */
function hear(socket: Socket, wanted: string): Promise<string> {
  let text = '';
  return new Promise((resolve) => {
    socket.on('data', (chunk) => {
      text += chunk.toString();
      if (text.includes(wanted)) resolve(text);
    });
    socket.on('close', () => resolve(text));
  });
}

async function all(pieces: AsyncIterable<unknown>): Promise<unknown[]> {
  const got = [];
  for await (const piece of pieces) got.push(piece);
  return got;
}

/** Resolves when `look` gives the same for a while, in which the other side has had many turns. */
async function settled(look: () => number): Promise<number> {
  for (let before = -1, turns = 0; turns < 200; turns = look() === before ? turns + 1 : 0) {
    before = look();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return look();
}

describe('a long answer', () => {
  it('comes in pieces, then its end', async () => {
    await serve();
    const peer = await rawPeer({ method: 'long', params: { count: 2, size: 4 } });
    const lines = (await hear(peer, 'stream.end')).trimEnd().split('\n');
    const item = (text: string) => ({ jsonrpc: '2.0', method: 'stream.item', params: { id: 1, item: text } });
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { jsonrpc: '2.0', id: 1, result: {} },
      item('0 xx'),
      item('1 xx'),
      { jsonrpc: '2.0', method: 'stream.end', params: { id: 1 } },
    ]);
  });

  it('is put together by the client, which can ask for something else before, meanwhile and after', async () => {
    await serve();
    const one = await client();
    expect(await one.request('echo', { text: 'a' })).toEqual({ text: 'a' });
    const pieces = all(one.pieces('long', { count: 300, size: 100_000 }));
    const meanwhile = one.request('echo', { text: 'b' });
    const got = (await pieces) as string[];
    expect(got.map((piece) => [piece.length, Number.parseInt(piece, 10)])).toEqual(
      Array.from({ length: 300 }, (_, n) => [100_000, n]),
    );
    expect([await meanwhile, await one.request('echo', { text: 'c' })]).toEqual([{ text: 'b' }, { text: 'c' }]);
    expect(await all(one.pieces('long', { count: 0, size: 0 }))).toEqual([]);
  });

  it('that fails on the way tells so after the pieces it had', async () => {
    await serve();
    const one = await client();
    const got: unknown[] = [];
    const reading = (async () => {
      for await (const piece of one.pieces('long', { count: 5, size: 3, failAt: 2 })) got.push(piece);
    })();
    await expect(reading).rejects.toEqual(new Failure('storage', 'the disk is gone', { reason: 'storage' }));
    expect([got, await one.request('echo', { text: 'a' })]).toEqual([['0 x', '1 x'], { text: 'a' }]);
  });

  it('that is refused tells so', async () => {
    await serve();
    await expect(all((await client()).pieces('refused'))).rejects.toEqual(
      new Failure('too_many', 'one is being made already', { reason: 'too_many' }),
    );
  });

  it('does not go faster than it is taken, and goes on when it is', async () => {
    await serve();
    const peer = await rawPeer({ method: 'long', params: { count: 2_000, size: 100_000 } });
    peer.pause();
    const made = await settled(() => making.made);
    expect(made).toBeGreaterThan(0);
    expect(made).toBeLessThan(20);
    const others = await client();
    expect(await others.request('echo', { text: 'at once' })).toEqual({ text: 'at once' });
    let length = 0;
    peer.on('data', (chunk) => {
      length += chunk.length;
    });
    peer.resume();
    await making.end();
    expect(making.made).toBe(2_000);
    await settled(() => length);
    expect(length).toBeGreaterThan(200_000_000);
  });

  it('does not go faster than the command takes it', async () => {
    await serve();
    const pieces = (await client()).pieces('long', { count: 2_000, size: 100_000 })[Symbol.asyncIterator]();
    expect((await pieces.next()).done).toBe(false);
    expect(await settled(() => making.made)).toBeLessThan(40);
    await pieces.return?.();
    for (const one of open.splice(0)) one.destroy();
    await making.end();
    expect(making.made).toBeLessThan(40);
  });
});

describe('a hostile reader of a long answer', () => {
  it('that takes nothing is dropped, and the making ends', async () => {
    await serve({ idleMs: 50 });
    const peer = await rawPeer({ method: 'long', params: { count: 1_000_000, size: 100_000 } });
    peer.pause();
    await making.end();
    expect(making.made).toBeLessThan(40);
  });

  it('that goes away in the middle ends the making', async () => {
    await serve();
    const peer = await rawPeer({ method: 'long', params: { count: 1_000_000, size: 10_000 } });
    await hear(peer, 'stream.item');
    peer.destroy();
    await making.end();
    expect(making.made).toBeLessThan(1_000_000);
  });

  it('cannot draw it out for ever', async () => {
    await serve({ piecesMs: 30 });
    const peer = await rawPeer({ method: 'long', params: { count: 1_000_000_000, size: 1 } });
    await hear(peer, 'never');
    await making.end();
    expect(reports).toEqual(['control.too_slow']);
  });

  it('gets one after the other, however many it asks for', async () => {
    await serve();
    const peer = await rawPeer({ method: 'silent' });
    for (let n = 0; n < 100; n += 1) peer.write('{"jsonrpc":"2.0","id":2,"method":"silent"}\n');
    await hear(peer, 'result');
    expect(await settled(() => making.made)).toBe(1);
  });
});

describe('the client of a long answer', () => {
  it('knows that it is not whole when the daemon ends in the middle', async () => {
    await serve();
    const pieces = (await client()).pieces('silent')[Symbol.asyncIterator]();
    const next = pieces.next();
    await settled(() => making.made);
    await server?.close();
    server = undefined;
    await expect(next).rejects.toEqual(new OperatorError('the daemon ended before it had sent everything'));
  });

  it('does not wait for ever', async () => {
    await serve();
    await expect(all((await client(30)).pieces('silent'))).rejects.toEqual(
      new OperatorError('the daemon sent nothing more within 0.03 s'),
    );
  });
});
