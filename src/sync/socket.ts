// The client's connection as sessions see it. The one implementation over real WebSockets is src/server/ws-socket.ts.
import type { CloseCode } from '../protocol/codes.ts';

export interface Socket {
  /** The peer's address, proxies resolved. */
  readonly address: string;
  /** Bytes written that have not left this process. */
  readonly buffered: number;
  /** Bytes that have left this process: it rises while the peer takes anything. */
  readonly sent: number;
  /**
   * Writes whole WebSocket frames; does nothing on a closed socket. Whether the buffer may be used again: the network has
   * taken all of it. If not, it must not be changed any more.
   */
  write(frames: Uint8Array): boolean;
  /** Stops and restarts reading what the peer sends. */
  pause(): void;
  resume(): void;
  /** Sends a close frame and drops the connection at the latest two seconds later. */
  close(code: CloseCode, reason: string): void;
  /** To be called once, when the peer's session is open: what limits apply to strangers end for it. */
  opened?(): void;
}

/** What a session wants to hear of its socket. */
export interface SocketListener {
  /** One text message. */
  received(text: string): void;
  /** A binary message came, which nothing here speaks. */
  receivedBinary(): void;
  /** Everything that was buffered has left; told only after more than 64 KiB at most was waiting. */
  drained(): void;
  /** The connection is gone; told once, and last. */
  closed(): void;
}
