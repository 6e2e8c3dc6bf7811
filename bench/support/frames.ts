// WebSocket frames as far as a client of a benchmark needs them: whole, short, never fragmented.

export interface Frame {
  /** The opcode: 1 text, 8 close, 9 ping, 10 pong. */
  readonly kind: number;
  /** Where the payload stands. */
  readonly from: number;
  readonly to: number;
}

/** A client's frame, masked with zeros, which change nothing. */
export function maskedFrame(kind: number, payload: Buffer): Buffer {
  const long = payload.length >= 126;
  const head = Buffer.alloc(long ? 8 : 6);
  head[0] = 0x80 | kind;
  head[1] = 0x80 | (long ? 126 : payload.length);
  if (long) head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}

/** Calls `each` for every whole frame; where the first that is not whole begins. */
export function readFrames(bytes: Buffer, each: (frame: Frame) => void): number {
  let at = 0;
  while (bytes.length - at >= 2) {
    const short = (bytes[at + 1] as number) & 127;
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (bytes.length - at < head) break;
    const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : bytes.readUInt32BE(at + 6);
    const to = at + head + length;
    if (to > bytes.length) break;
    each({ kind: (bytes[at] as number) & 15, from: at + head, to });
    at = to;
  }
  return at;
}
