// What waits for one client. All frames of one turn leave in one write; what is above the limit is refused, and whoever
// brought it reads it again from the store when there is room.
import { LIMITS } from '../protocol/limits.ts';
import { type Frame, stamp } from './frames.ts';
import type { Socket } from './socket.ts';

export class Outbox {
  readonly #socket: Socket;
  readonly #frames: Frame[] = [];
  readonly #tags: string[] = [];
  #bytes = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Whether the client takes less than it is sent. */
  get full(): boolean {
    return this.#bytes + this.#socket.buffered > LIMITS.outboxBytes;
  }

  push(frame: Frame, tag: string): void {
    this.#frames.push(frame);
    this.#tags.push(tag);
    this.#bytes += frame.bytes.length;
  }

  /** Hands everything to the socket in one write. */
  flush(): void {
    const [first] = this.#frames;
    if (!first) return;
    if (this.#frames.length === 1 && first.tagAt < 0) {
      this.#socket.write(first.bytes);
    } else {
      const bytes = Buffer.allocUnsafe(this.#bytes);
      let offset = 0;
      for (let i = 0; i < this.#frames.length; i++) {
        const frame = this.#frames[i] as Frame;
        stamp(frame, this.#tags[i] as string, bytes, offset);
        offset += frame.bytes.length;
      }
      this.#socket.write(bytes);
    }
    this.#frames.length = 0;
    this.#tags.length = 0;
    this.#bytes = 0;
  }
}
