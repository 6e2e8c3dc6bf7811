// A client's connection as two lists of messages: what was sent, what was received. It takes everything at once, or, when
// it is slow, only as much as the test says.
import type { CloseCode } from '../../src/protocol/codes.ts';
import type { Socket, SocketListener } from '../../src/sync/socket.ts';
import { readFrames } from './read-frames.ts';

/** A message of the server: a response or a notification. */
export interface ServerMessage {
  readonly jsonrpc: '2.0';
  readonly id?: string | number | null;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string; readonly data: Record<string, unknown> };
}

/** Above this much a socket tells when it is empty again, as one of Node does. */
const HIGH_WATER = 65_536;

export class FakeSocket implements Socket {
  readonly address: string;
  /** What the client sent. */
  readonly asked: unknown[] = [];
  /** What the client took, in order. */
  readonly received: ServerMessage[] = [];
  /** Calls of `write`. */
  writes = 0;
  /** What every write handed over; it may have changed since, unless the socket was slow. */
  readonly chunks: Uint8Array[] = [];
  slow = false;
  paused = false;
  openedTimes = 0;
  ended: { readonly code: number; readonly reason: string } | undefined;
  #listener: SocketListener | undefined;
  readonly #waiting: Uint8Array[] = [];
  #buffered = 0;
  #taken = 0;
  #mustTell = false;
  readonly #unread: string[] = [];
  #id = 0;

  constructor(accept: (socket: Socket) => SocketListener, address = '192.0.2.7') {
    this.address = address;
    this.#listener = accept(this);
  }

  get buffered(): number {
    return this.#buffered;
  }

  get sent(): number {
    return this.#taken;
  }

  /** Bytes of everything that was ever written. */
  get bytesWritten(): number {
    return this.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  write(frames: Uint8Array): boolean {
    if (this.ended) return true;
    this.writes += 1;
    this.chunks.push(frames);
    if (!this.slow) {
      this.#taken += frames.length;
      this.#read(frames);
      return true;
    }
    this.#waiting.push(frames);
    this.#buffered += frames.length;
    if (this.#buffered >= HIGH_WATER) this.#mustTell = true;
    return false;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    while (!this.paused) {
      const text = this.#unread.shift();
      if (text === undefined) return;
      this.#listener?.received(text);
    }
  }

  close(code: CloseCode, reason: string): void {
    this.ended ??= { code, reason };
  }

  opened(): void {
    this.openedTimes += 1;
  }

  /** The slow client takes one write, or all that waits. */
  take(what: 'one' | 'all' = 'all'): void {
    while (this.#waiting.length > 0) {
      const bytes = this.#waiting.shift() as Uint8Array;
      this.#buffered -= bytes.length;
      this.#taken += bytes.length;
      this.#read(bytes);
      if (what === 'one') break;
    }
    if (this.#buffered > 0 || !this.#mustTell || this.ended) return;
    this.#mustTell = false;
    this.#listener?.drained();
  }

  /** The client goes away without a word. */
  vanish(): void {
    this.ended ??= { code: 1006, reason: '' };
    this.#listener?.closed();
    this.#listener = undefined;
  }

  /** Sends a text as it is. */
  sendText(text: string): void {
    this.asked.push(text);
    if (this.paused) this.#unread.push(text);
    else this.#listener?.received(text);
  }

  sendBinary(): void {
    this.#listener?.receivedBinary();
  }

  /** Sends a request and returns its id. */
  send(method: string, params: object = {}): number {
    this.#id += 1;
    this.sendText(JSON.stringify({ jsonrpc: '2.0', id: this.#id, method, params }));
    return this.#id;
  }

  /** The response to a request, when it has come. */
  response(id: string | number | null): ServerMessage | undefined {
    return this.received.find((message) => message.id === id && !message.method);
  }

  #read(frames: Uint8Array): void {
    for (const text of readFrames(frames)) this.received.push(JSON.parse(text) as ServerMessage);
  }
}
