// Recordings of real AMI connections: what Asterisk sent, byte for byte, and a plain reading of it to compare with.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const NEWLINE = 10;

/** `#S` (Asterisk) and `#C` (client) lines say how many bytes follow; `#N` is a remark. */
export async function recorded(name: string): Promise<Buffer> {
  const file = await readFile(fileURLToPath(new URL(`../../fixtures/ami/${name}`, import.meta.url)));
  const bytes = name.endsWith('.gz') ? gunzipSync(file) : file;
  const sent: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf(NEWLINE, at);
    const [side, , length] = bytes.toString('latin1', at, end).split(' ');
    at = end + 1;
    if (side === '#N') continue;
    const next = at + Number(length);
    if (side === '#S') sent.push(bytes.subarray(at, next));
    at = next + 1;
  }
  return Buffer.concat(sent);
}

/** Header by header in lower case, repeated ones as a list; of the headers in `once` the first counts. */
export function plainReading(bytes: Buffer): Record<string, string | string[]>[] {
  const text = bytes.toString('utf8');
  const messages = text.slice(text.indexOf('\r\n') + 2).split('\r\n\r\n');
  messages.pop();
  return messages.map((message) => {
    const read = new Map<string, string[]>();
    for (const line of message.split('\r\n').filter((text) => text !== '')) {
      const [, name = line, value = ''] = /^(.*?): (.*)$/s.exec(line) ?? [];
      const key = name.trim().toLowerCase();
      read.set(key, [...(read.get(key) ?? []), value.replace(/[\r\n]/g, ' ')]);
    }
    const once = ['event', 'response', 'actionid', 'userevent', 'eventlist'];
    return Object.fromEntries(
      [...read].map(([key, values]) => [key, values.length === 1 || once.includes(key) ? (values[0] ?? '') : values]),
    );
  });
}
