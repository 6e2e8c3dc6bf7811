// What waits for one client. All frames of one turn leave in one write; what is above the limit is refused, and whoever
// brought it reads it again from the store when there is room.
import { LIMITS } from '../protocol/limits.ts';
import { type Frame, stamp, writeTag } from './frames.ts';
import type { Socket } from './socket.ts';

/** A frame behind the first, with its receiver's tag. */
interface Stamped {
  readonly frame: Frame;
  readonly tag: string;
}

/**
 * The frame that was stamped last, and the copy it was stamped in. Thousands of clients get the same frame one after the
 * other: each gets this copy with its own tag, as long as the network takes it at once.
 */
const stamped: { frame: Frame | undefined; copy: Buffer } = { frame: undefined, copy: Buffer.alloc(0) };

/** Frames of this size that all receivers get as they are, such as pages of a book, are written by themselves: copying costs more. */
const LARGE = 16_384;

export class Outbox {
  readonly #socket: Socket;
  /** Mostly there is one frame, and mostly none: an outbox at rest holds no list. */
  #frame: Frame | undefined;
  #tag = '';
  #more: Stamped[] | undefined;
  #bytes = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Whether the client takes less than it is sent. */
  get full(): boolean {
    return this.#bytes + this.#socket.buffered > LIMITS.outboxBytes;
  }

  /** Whether it was empty before. */
  push(frame: Frame, tag: string): boolean {
    this.#bytes += frame.bytes.length;
    if (this.#frame === undefined) {
      this.#frame = frame;
      this.#tag = tag;
      return true;
    }
    this.#more ??= [];
    this.#more.push({ frame, tag });
    return false;
  }

  /** Hands everything to the socket: in one write, but for large frames that need no copy. */
  flush(): void {
    const frame = this.#frame;
    if (frame === undefined) return;
    if (this.#more !== undefined) this.#writeAll([{ frame, tag: this.#tag }, ...this.#more]);
    else if (frame.tagAt < 0) this.#socket.write(frame.bytes);
    else this.#writeStamped(frame);
    this.#frame = undefined;
    this.#more = undefined;
    this.#bytes = 0;
  }

  #writeStamped(frame: Frame): void {
    if (stamped.frame !== frame) {
      stamped.frame = frame;
      stamped.copy = Buffer.from(frame.bytes);
    }
    writeTag(stamped.copy, frame.tagAt, this.#tag);
    if (!this.#socket.write(stamped.copy)) stamped.frame = undefined;
  }

  #writeAll(all: readonly Stamped[]): void {
    let small: Stamped[] = [];
    for (const one of all) {
      if (one.frame.tagAt >= 0 || one.frame.bytes.length < LARGE) small.push(one);
      else {
        if (small.length > 0) this.#socket.write(joined(small));
        small = [];
        this.#socket.write(one.frame.bytes);
      }
    }
    if (small.length > 0) this.#socket.write(joined(small));
  }
}

function joined(all: readonly Stamped[]): Buffer {
  const bytes = Buffer.allocUnsafe(all.reduce((sum, { frame }) => sum + frame.bytes.length, 0));
  let offset = 0;
  for (const { frame, tag } of all) {
    stamp(frame, tag, bytes, offset);
    offset += frame.bytes.length;
  }
  return bytes;
}
