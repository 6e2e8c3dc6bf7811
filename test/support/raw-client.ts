// A peer that sends whatever bytes a test wants, over TCP: HTTP that is none, WebSocket frames that break the rules.
import { createHash, randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export interface RawFrame {
  readonly fin?: boolean;
  /** Bits 4, 2 and 1 are RSV1, RSV2 and RSV3. */
  readonly rsv?: number;
  /** 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong. */
  readonly opcode: number;
  readonly masked?: boolean;
  readonly payload?: string | Buffer;
  /** What the header says instead of the payload's true length. */
  readonly length?: number;
}

/** The bytes of one WebSocket frame of a client, right or wrong as asked. */
export function frame({ fin = true, rsv = 0, opcode, masked = true, payload = '', length }: RawFrame): Buffer {
  const data = Buffer.from(payload);
  const says = length ?? data.length;
  const bit = masked ? 0x80 : 0;
  const head = Buffer.alloc(says < 126 ? 2 : says < 65_536 ? 4 : 10);
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  if (says < 126) head[1] = bit | says;
  else if (says < 65_536) {
    head[1] = bit | 126;
    head.writeUInt16BE(says, 2);
  } else {
    head[1] = bit | 127;
    head.writeBigUInt64BE(BigInt(says), 2);
  }
  if (!masked) return Buffer.concat([head, data]);
  const mask = randomBytes(4);
  const hidden = Buffer.from(data.map((byte, i) => byte ^ (mask[i % 4] as number)));
  return Buffer.concat([head, mask, hidden]);
}

export interface ServerFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

export interface RawTarget {
  readonly host: string;
  readonly port: number;
}

export function openRaw({ host, port }: RawTarget, localAddress?: string): Promise<RawClient> {
  const socket = connect({ host, port, ...(localAddress ? { localAddress } : {}) });
  const client = new RawClient(socket);
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(client));
    socket.once('error', reject);
  });
}

/** The lines of a good request to upgrade, without the empty line at its end; `extra` lines are added. */
export function upgradeRequest(path = '/ws', extra: readonly string[] = []): string {
  const lines = [
    `GET ${path} HTTP/1.1`,
    'Host: test',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${KEY}`,
    ...extra,
  ];
  return `${lines.join('\r\n')}\r\n`;
}

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = createHash('sha1').update(`${KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

export class RawClient {
  readonly socket: Socket;
  /** The peer has sent its last byte, or the connection broke. */
  readonly ended: Promise<void>;
  #received = Buffer.alloc(0);
  #over = false;
  readonly #watchers = new Set<() => void>();

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#look();
    });
    socket.on('error', () => this.#look());
    this.ended = new Promise((resolve) => {
      const over = () => {
        this.#over = true;
        resolve();
        this.#look();
      };
      socket.once('end', over);
      socket.once('close', over);
    });
  }

  /** Everything that came and was not taken, one character a byte. */
  get text(): string {
    return this.#received.toString('latin1');
  }

  write(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  /** Waits until what came fulfils the predicate. Fails when the connection ends before, or after ten seconds. */
  until(predicate: (text: string) => boolean, what = 'some bytes'): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (error?: Error) => {
        clearTimeout(timer);
        this.#watchers.delete(look);
        if (error) reject(error);
        else resolve();
      };
      const fail = (why: string) =>
        done(new Error(`${what}: ${why}; received: ${JSON.stringify(this.text.slice(-500))}`));
      const look = () => {
        if (predicate(this.text)) done();
        else if (this.#over) fail('the connection ended first');
      };
      const timer = setTimeout(() => fail('not within 10 s'), 10_000);
      this.#watchers.add(look);
      look();
    });
  }

  /** Becomes a WebSocket; what comes from now on is frames. */
  async upgrade(path?: string, extra?: readonly string[]): Promise<void> {
    this.write(`${upgradeRequest(path, extra)}\r\n`);
    await this.until((text) => text.includes('\r\n\r\n'), 'the answer to the upgrade');
    const end = this.text.indexOf('\r\n\r\n') + 4;
    const head = this.text.slice(0, end);
    if (!head.startsWith('HTTP/1.1 101 ') || !head.includes(`Sec-WebSocket-Accept: ${ACCEPT}\r\n`)) {
      throw new Error(`the upgrade was refused: ${this.text}`);
    }
    this.#received = this.#received.subarray(end);
  }

  /** The whole frames that came, all of them again at each call. */
  frames(): ServerFrame[] {
    const frames: ServerFrame[] = [];
    let rest = this.#received;
    for (let one = cutFrame(rest); one !== undefined; one = cutFrame(rest)) {
      frames.push(one.frame);
      rest = rest.subarray(one.bytes);
    }
    return frames;
  }

  /** Waits for the server's close frame. */
  async closeFrame(): Promise<{ code: number; reason: string }> {
    await this.until(() => this.frames().some(({ opcode }) => opcode === 8), 'a close frame');
    const payload = this.frames().find(({ opcode }) => opcode === 8)?.payload ?? Buffer.alloc(0);
    return { code: payload.readUInt16BE(0), reason: payload.subarray(2).toString() };
  }

  /** Drops the connection with a reset. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  #look(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }
}

function cutFrame(bytes: Buffer): { frame: ServerFrame; bytes: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = (bytes[1] as number) & 0x7f;
  const head = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < head) return undefined;
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < head + length) return undefined;
  const opcode = (bytes[0] as number) & 0x0f;
  return { frame: { opcode, payload: bytes.subarray(head, head + length) }, bytes: head + length };
}
