// The bytes of a WebSocket text frame from server to client (RFC 6455, section 5.2), so that one encoding serves every client.

/** A whole, unmasked, final text frame with this payload. */
export function textFrame(payload: string): Buffer {
  const { frame, header } = emptyFrame(Buffer.byteLength(payload));
  frame.write(payload, header);
  return frame;
}

/** The same of a payload whose middle is encoded already. */
export function framed(before: string, middle: Uint8Array, after: string): Buffer {
  const start = Buffer.byteLength(before);
  const { frame, header } = emptyFrame(start + middle.length + Buffer.byteLength(after));
  frame.write(before, header);
  frame.set(middle, header + start);
  frame.write(after, header + start + middle.length);
  return frame;
}

function emptyFrame(length: number): { readonly frame: Buffer; readonly header: number } {
  const header = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(header + length);
  frame[0] = 0x81;
  if (header === 2) frame[1] = length;
  else if (header === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  return { frame, header };
}
