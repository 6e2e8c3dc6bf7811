// Reads the server's WebSocket frames back into their texts, strictly: whole, final, unmasked text frames and no byte more.

export function readFrames(bytes: Uint8Array): string[] {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts: string[] = [];
  let at = 0;
  while (at < data.length) {
    if (data[at] !== 0x81) throw new Error(`no final text frame at byte ${at}`);
    const short = data.readUInt8(at + 1);
    if (short > 127) throw new Error('a frame of a server is not masked');
    let [header, length] = [2, short];
    if (short === 126) [header, length] = [4, data.readUInt16BE(at + 2)];
    if (short === 127) [header, length] = [10, Number(data.readBigUInt64BE(at + 2))];
    const end = at + header + length;
    if (end > data.length) throw new Error('the frame is cut');
    texts.push(new TextDecoder('utf-8', { fatal: true }).decode(data.subarray(at + header, end)));
    at = end;
  }
  return texts;
}
