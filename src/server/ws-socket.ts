// One client's WebSocket as sessions see it. The package ws reads, pings and closes; our own frames go straight to the
// network socket, one write each, between whole frames of ws. Knows no session, no limit on how many sockets there are.
import type { Socket as NetSocket } from 'node:net';
import { WebSocket } from 'ws';
import type { CloseCode } from '../protocol/codes.ts';
import { CLOSE_CODES } from '../protocol/codes.ts';
import type { Socket, SocketListener } from '../sync/socket.ts';
import type { OwnedWebSocket, WebSocketOwner } from './owned-web-socket.ts';

/** Bytes a peer may send before it has opened a session. */
export const STRANGER_BYTES = 32_768;
/** Pings and pongs a peer may send between two of our pings. */
export const CONTROL_FRAMES = 500;

/** What all sockets of a server share. */
export interface SocketHost {
  opened(socket: WsSocket): void;
  closed(socket: WsSocket): void;
  /** Bytes handed to the network. */
  wrote(bytes: number): void;
  /** One message came. */
  received(bytes: number): void;
  /** The peer broke the rules of WebSockets, with the code of ws such as WS_ERR_INVALID_UTF8, or limits of ours. */
  violated(socket: WsSocket, rule: string): void;
  /** A listener threw: a bug. */
  failed(error: unknown): void;
  /** What a peer that sends too much is told: `retry-after=<ms>`. */
  retryAfter(): string;
}

const OWNER = Symbol('owner');
type OwnedNet = NetSocket & { [OWNER]: WsSocket };

export class WsSocket implements Socket, WebSocketOwner {
  readonly address: string;
  /** Where the heartbeat keeps it. */
  slot = 0;
  readonly #ws: OwnedWebSocket;
  readonly #net: NetSocket;
  readonly #host: SocketHost;
  #listener: SocketListener | undefined;
  #stranger = true;
  #paused = false;
  #closed = false;
  /** Messages that had been read when reading was paused: what one chunk of the network holds, at most 64 KiB. */
  #held: Array<string | null> | undefined;
  #unanswered = 0;
  #controls = 0;
  #sentAtPing = 0;
  /** Bytes of the connection when it became a WebSocket; it may have carried HTTP before. */
  readonly #readBefore: number;

  /** `net` is the socket that `ws` was made of. Nothing is read before `begin`. */
  constructor(ws: OwnedWebSocket, net: NetSocket, address: string, host: SocketHost) {
    this.#ws = ws;
    this.#net = net;
    this.#host = host;
    this.address = address;
    this.#readBefore = net.bytesRead;
    (net as OwnedNet)[OWNER] = this;
  }

  /** Starts to read and to tell. To be called once, in the turn of the upgrade. */
  begin(accept: (socket: Socket) => SocketListener): void {
    this.#ws.owner = this;
    this.#net.on('drain', onDrain).on('data', onStrangerData);
    this.#guard(() => {
      this.#listener = accept(this);
    });
  }

  get buffered(): number {
    return this.#net.writableLength;
  }

  get sent(): number {
    return this.#net.bytesWritten - this.#net.writableLength;
  }

  /** Whether the session is still to be opened. */
  get stranger(): boolean {
    return this.#stranger;
  }

  write(frames: Uint8Array): boolean {
    const net = this.#net;
    if (this.#ws.readyState !== WebSocket.OPEN || !net.writable) return true;
    net.write(frames);
    this.#host.wrote(frames.length);
    // What the kernel took at once is no longer counted, and no longer read. TLS never takes at once.
    return net.writableLength === 0;
  }

  pause(): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    this.#paused = true;
    this.#ws.pause();
  }

  resume(): void {
    if (!this.#paused || this.#ws.readyState !== WebSocket.OPEN) return;
    this.#paused = false;
    while (this.#held !== undefined && !this.#paused) {
      const next = this.#held.shift();
      if (next === undefined) this.#held = undefined;
      else this.#tell(next);
    }
    if (!this.#paused) this.#ws.resume();
  }

  close(code: CloseCode, reason: string): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    this.#held = undefined;
    this.#ws.close(code, reason);
    // The peer's own close frame can only come when its data is read; from here on it is thrown away.
    if (this.#paused) this.#ws.resume();
  }

  opened(): void {
    if (!this.#stranger || this.#closed) return;
    this.#stranger = false;
    this.#net.off('data', onStrangerData);
    this.#host.opened(this);
  }

  /** Drops the connection without a word. */
  terminate(): void {
    this.#ws.terminate();
  }

  /**
   * One beat of the heart: pings, or drops a peer that answered nothing for the last two pings. A peer whose reading we
   * paused cannot answer, and one that takes what waits for it is alive: neither is dropped here.
   */
  beat(): 'pinged' | 'dropped' {
    const open = this.#ws.readyState === WebSocket.OPEN;
    const sent = this.sent;
    const takes = this.buffered > 0 && sent > this.#sentAtPing;
    if (open && (this.#paused || takes)) this.#unanswered = 0;
    if (this.#unanswered >= 2) {
      this.#ws.terminate();
      return 'dropped';
    }
    this.#unanswered += 1;
    this.#controls = 0;
    this.#sentAtPing = sent;
    if (open) this.#ws.ping();
    return 'pinged';
  }

  message(text: string | null, bytes: number): void {
    this.#unanswered = 0;
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    this.#host.received(bytes);
    if (this.#paused) {
      this.#held ??= [];
      this.#held.push(text);
    } else this.#tell(text);
  }

  controlled(): void {
    this.#unanswered = 0;
    this.#controls += 1;
    if (this.#controls !== CONTROL_FRAMES) return;
    this.#host.violated(this, 'too_many_control_frames');
    this.#refuse(CLOSE_CODES.tooMany, this.#host.retryAfter());
  }

  strangerData(): void {
    if (!this.#stranger || this.#ws.readyState !== WebSocket.OPEN) return;
    if (this.#net.bytesRead - this.#readBefore <= STRANGER_BYTES) return;
    this.#host.violated(this, 'too_much_before_open');
    this.#refuse(CLOSE_CODES.tooBig, 'too much before session.open');
  }

  error(error: Error & { code?: string }): void {
    if (error.code?.startsWith('WS_')) this.#host.violated(this, error.code);
  }

  drained(): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    this.#guard(() => this.#listener?.drained());
  }

  gone(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#held = undefined;
    this.#guard(() => this.#listener?.closed());
    this.#host.closed(this);
    this.#listener = undefined;
  }

  /** Closes and reads nothing more: what the peer sends stays with its own kernel until the connection is dropped. */
  #refuse(code: CloseCode, reason: string): void {
    this.#ws.close(code, reason);
    this.#ws.pause();
  }

  #tell(text: string | null): void {
    this.#guard(() => (text === null ? this.#listener?.receivedBinary() : this.#listener?.received(text)));
  }

  /** A bug in one session ends that session's connection, not the daemon. */
  #guard(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#host.failed(error);
      this.#ws.terminate();
    }
  }
}

// One function of each kind for all sockets, so that an idle connection costs no closures.

function onDrain(this: NetSocket): void {
  (this as OwnedNet)[OWNER].drained();
}

function onStrangerData(this: NetSocket): void {
  (this as OwnedNet)[OWNER].strangerData();
}
