import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Failure } from '../../src/domain/failure.ts';
import { type ControlOptions, type ControlServer, controlPath, serveControl } from '../../src/server/control.ts';
import type { ControlMethods } from '../../src/server/control-peer.ts';
import { OperatorError } from '../../src/service/operator-error.ts';

let folder: string;
let server: ControlServer | undefined;
const peers: Socket[] = [];
const reports: string[] = [];
let push: (item: object) => void = () => undefined;
let streams = 0;
let larges = 0;
/** A request in work: told when it has begun, ended by the test. */
let held = { begun: (): void => undefined, release: new Promise<void>(() => undefined) };

function hold(): { readonly begun: Promise<void>; release(): void } {
  let release: () => void = () => undefined;
  let begun: () => void = () => undefined;
  const started = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  held = { begun, release: released };
  return { begun: started, release };
}

const methods: ControlMethods = {
  echo: {
    schema: z.strictObject({ text: z.string().max(2_000_000) }),
    run: ({ text }: { text: string }) => ({ text }),
  },
  nothing: { schema: z.strictObject({}), run: () => undefined },
  fault: {
    schema: z.strictObject({}),
    run: () => {
      throw new Error('the secret is hunter2');
    },
  },
  refuse: { schema: z.strictObject({}), run: () => Promise.reject(new Failure('not_found', 'there is no user 1099')) },
  large: {
    schema: z.strictObject({}),
    run: () => {
      larges += 1;
      return { text: 'x'.repeat(4_000_000) };
    },
  },
  hold: {
    schema: z.strictObject({}),
    run: () => {
      held.begun();
      return held.release;
    },
  },
  follow: {
    schema: z.strictObject({}),
    stream: (_params: object, send: (item: object) => void) => {
      push = send;
      streams += 1;
      send({ n: 0 });
      return () => {
        streams -= 1;
      };
    },
  },
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-control-'));
  reports.length = 0;
  streams = 0;
});

afterEach(async () => {
  for (const peer of peers.splice(0)) peer.destroy();
  await server?.close();
  server = undefined;
  rmSync(folder, { recursive: true });
});

async function serve(limits: NonNullable<ControlOptions['limits']> = {}): Promise<void> {
  server = await serveControl({ folder, methods, report: (event) => reports.push(event), limits });
}

/** A peer that says what it likes and keeps what it hears. */
class RawPeer {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  #text = '';
  #wake: () => void = () => undefined;

  constructor(path = controlPath(folder)) {
    this.socket = createConnection(path);
    peers.push(this.socket);
    this.socket.on('error', () => this.#wake());
    this.socket.on('data', (chunk) => {
      this.#text += chunk.toString();
      this.#wake();
    });
    this.closed = new Promise((resolve) =>
      this.socket.on('close', () => {
        resolve();
        this.#wake();
      }),
    );
  }

  say(text: string | Buffer): this {
    this.socket.write(text);
    return this;
  }

  ask(id: number, method: string, params: object = {}): this {
    return this.say(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
  }

  /** The next message, or null when the connection ended. */
  async hear(): Promise<unknown> {
    for (;;) {
      const end = this.#text.indexOf('\n');
      if (end >= 0) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 1);
        return JSON.parse(line);
      }
      if (this.socket.destroyed) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** Resolves when `condition` holds, looked at whenever the event loop turns. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

function error(id: number | null, code: number, message: string, data: object) {
  return { jsonrpc: '2.0', id, error: { code, message, data } };
}

describe('the socket file', () => {
  it('has mode 0600 while the umask of the process stays as it was', async () => {
    const before = process.umask(0o022);
    await serve();
    const after = process.umask(before);
    expect({ mode: lstatSync(controlPath(folder)).mode & 0o777, after }).toEqual({ mode: 0o600, after: 0o022 });
  });

  it('takes the place of a stale one and is gone after the end', async () => {
    const dead = createServer().listen(controlPath(folder));
    await new Promise((resolve) => dead.once('listening', resolve));
    await serve();
    expect(await new RawPeer().ask(1, 'nothing').hear()).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
    await server?.close();
    server = undefined;
    expect(readdirSync(folder)).toEqual([]);
    await new Promise((resolve) => dead.close(resolve));
  });

  it('does not remove what is no socket', async () => {
    writeFileSync(controlPath(folder), 'mine');
    await expect(serve()).rejects.toThrow(OperatorError);
    expect(lstatSync(controlPath(folder)).size).toBe(4);
  });

  it('is refused with one line where its path is too long', async () => {
    const long = join(folder, 'x'.repeat(120));
    mkdirSync(long);
    const path = join(long, 'rollcall.sock');
    await expect(serveControl({ folder: long, methods, report: () => undefined })).rejects.toEqual(
      new OperatorError(
        `the path ${path} is too long for a socket (${path.length} bytes, at most 107): set \`data\` to a shorter one`,
      ),
    );
  });

  it('is refused with one line where it cannot be made', async () => {
    const gone = join(folder, 'gone');
    await expect(serveControl({ folder: gone, methods, report: () => undefined })).rejects.toThrow(
      `cannot make the socket ${gone}/rollcall.sock`,
    );
  });
});

describe('a request', () => {
  it('is answered, one after the other in their order', async () => {
    await serve();
    const work = hold();
    const peer = new RawPeer().ask(1, 'hold').ask(2, 'echo', { text: 'ä🔑' });
    await work.begun;
    work.release();
    expect([await peer.hear(), await peer.hear()]).toEqual([
      { jsonrpc: '2.0', id: 1, result: {} },
      { jsonrpc: '2.0', id: 2, result: { text: 'ä🔑' } },
    ]);
  });

  it('may come byte by byte, with CR LF and empty lines', async () => {
    await serve();
    const peer = new RawPeer();
    const text = '\r\n{"jsonrpc":"2.0","id":1,"method":"echo","params":{"text":"ä"}}\r\n';
    for (const byte of Buffer.from(text)) peer.say(Buffer.of(byte));
    expect(await peer.hear()).toEqual({ jsonrpc: '2.0', id: 1, result: { text: 'ä' } });
  });

  it('is answered to a peer that has closed its own side', async () => {
    await serve();
    const peer = new RawPeer().ask(1, 'nothing');
    peer.socket.end();
    expect([await peer.hear(), await peer.hear()]).toEqual([{ jsonrpc: '2.0', id: 1, result: {} }, null]);
  });

  it.each([
    ['nonsense', error(null, -32700, 'the frame is not JSON', { reason: 'parse' })],
    ['[]', error(null, -32600, 'batches are not supported', { reason: 'request' })],
    ['{"jsonrpc":"2.0","id":7}', error(7, -32600, 'method must be a short string', { reason: 'request' })],
    [
      '{"jsonrpc":"2.0","id":7,"method":"toString"}',
      error(7, -32601, 'there is no method toString', { reason: 'method' }),
    ],
    [
      '{"jsonrpc":"2.0","id":7,"method":"__proto__"}',
      error(7, -32601, 'there is no method __proto__', { reason: 'method' }),
    ],
    ['{"jsonrpc":"2.0","id":7,"method":"refuse"}', error(7, 404, 'there is no user 1099', { reason: 'not_found' })],
    [
      '{"jsonrpc":"2.0","id":7,"method":"fault"}',
      error(7, -32603, 'something went wrong inside the daemon: see its log', { reason: 'internal' }),
    ],
  ])('such as %s gets its error and the connection goes on', async (line, expected) => {
    await serve();
    const peer = new RawPeer().say(`${line}\n`).ask(8, 'nothing');
    expect([await peer.hear(), await peer.hear()]).toEqual([expected, { jsonrpc: '2.0', id: 8, result: {} }]);
  });

  it('with wrong params names them', async () => {
    await serve();
    const answer = (await new RawPeer().ask(1, 'echo', { text: 5, more: 1 }).hear()) as {
      error: { code: number; data: object };
    };
    expect({ code: answer.error.code, paths: JSON.stringify(answer.error.data) }).toEqual({
      code: -32602,
      paths: expect.stringContaining('"path":"text"'),
    });
  });

  it('without an id is not answered', async () => {
    await serve();
    const peer = new RawPeer().say('{"jsonrpc":"2.0","method":"nothing"}\n').ask(2, 'nothing');
    expect(await peer.hear()).toEqual({ jsonrpc: '2.0', id: 2, result: {} });
  });
});

describe('a hostile peer', () => {
  it('cannot send a line above the limit: it is told and dropped', async () => {
    await serve();
    const peer = new RawPeer().say(Buffer.alloc(1_048_577, 'x'));
    expect([await peer.hear(), await peer.hear()]).toEqual([
      error(null, 413, 'a request has at most 1048576 bytes', { reason: 'too_large' }),
      null,
    ]);
  });

  it('may send a line of just the limit', async () => {
    await serve({ lineBytes: 100 });
    const line = '{"jsonrpc":"2.0","id":1,"method":"nothing"}'.padEnd(100);
    expect(await new RawPeer().say(`${line}\n`).hear()).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
    expect(await new RawPeer().say(`${line} \n`).hear()).toEqual(
      error(null, 413, 'a request has at most 100 bytes', { reason: 'too_large' }),
    );
  });

  it('cannot make the daemon deep in recursion', async () => {
    await serve();
    const deep = '['.repeat(400_000) + ']'.repeat(400_000);
    const peer = new RawPeer()
      .say(`{"jsonrpc":"2.0","id":1,"method":"echo","params":{"text":${deep}}}\n`)
      .ask(2, 'nothing');
    expect([await peer.hear(), await peer.hear()]).toEqual([
      error(null, -32600, 'the message is nested too deeply', { reason: 'request' }),
      { jsonrpc: '2.0', id: 2, result: {} },
    ]);
  });

  it('is turned away when the connections are used up, until one ends', async () => {
    await serve({ connections: 2 });
    const [first, second] = [new RawPeer().ask(1, 'nothing'), new RawPeer().ask(1, 'nothing')];
    await Promise.all([first.hear(), second.hear()]);
    const third = new RawPeer();
    expect([await third.hear(), await third.hear()]).toEqual([
      error(null, 429, 'too many commands at once', { reason: 'too_many', retryAfter: 1 }),
      null,
    ]);
    first.socket.destroy();
    await first.closed;
    for (;;) {
      const again = new RawPeer().ask(1, 'nothing');
      if (!('error' in ((await again.hear()) as object))) break;
    }
  });

  it('that says nothing is dropped', async () => {
    await serve({ idleMs: 30 });
    expect(await new RawPeer().say('{"json').hear()).toBeNull();
  });

  it('that never reads its answers is dropped, and held to one answer in the meantime', async () => {
    await serve({ idleMs: 100, connections: 1 });
    larges = 0;
    const peer = new RawPeer();
    peer.socket.pause();
    for (let id = 0; id < 100; id++) peer.ask(id, 'large');
    for (;;) {
      const answer = (await new RawPeer().ask(1, 'nothing').hear()) as object | null;
      if (answer && 'result' in answer) break;
    }
    expect(larges).toBe(1);
  });

  it('that breaks off in the middle of a request leaves the daemon as it was', async () => {
    await serve();
    const work = hold();
    const peer = new RawPeer().ask(1, 'hold').say('{"js');
    await work.begun;
    peer.socket.destroy();
    await peer.closed;
    work.release();
    expect(await new RawPeer().ask(1, 'nothing').hear()).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
  });
});

describe('a stream', () => {
  it('brings items with the id of its request, however long it is silent, and ends with the connection', async () => {
    await serve({ idleMs: 300 });
    const peer = new RawPeer().ask(5, 'follow');
    const heard = [await peer.hear(), await peer.hear()];
    expect(await new RawPeer().hear()).toBeNull(); // dropped for its silence
    push({ n: 1 });
    heard.push(await peer.hear());
    const item = (n: number) => ({ jsonrpc: '2.0', method: 'stream.item', params: { id: 5, item: { n } } });
    expect(heard).toEqual([{ jsonrpc: '2.0', id: 5, result: {} }, item(0), item(1)]);
    expect(streams).toBe(1);
    peer.socket.destroy();
    await until(() => streams === 0);
  });

  it('is cut off when its peer takes nothing, without a word to the others', async () => {
    await serve({ waitingBytes: 100_000 });
    const peer = new RawPeer().ask(1, 'follow');
    await peer.hear();
    peer.socket.pause();
    for (let n = 0; n < 1_000 && streams > 0; n++) {
      push({ text: 'x'.repeat(10_000) });
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect({ streams, reports }).toEqual({ streams: 0, reports: ['control.too_slow'] });
  });

  it('is refused beyond the fourth of one connection', async () => {
    await serve();
    const peer = new RawPeer();
    for (let id = 1; id <= 5; id++) peer.ask(id, 'follow');
    for (let n = 0; n < 8; n++) await peer.hear();
    expect(await peer.hear()).toEqual(error(5, 429, 'too many streams on one connection', { reason: 'too_many' }));
  });

  it('ends when the server closes', async () => {
    await serve();
    const peer = new RawPeer().ask(1, 'follow');
    await peer.hear();
    await server?.close();
    server = undefined;
    await peer.closed;
    expect(streams).toBe(0);
  });
});
