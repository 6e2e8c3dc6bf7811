// Many WebSocket clients in one process, as cheap as can be: raw sockets that count what arrives. Started by benchmarks.
import { connect, type Socket } from 'node:net';
import { answering, clockMicros } from './support/child.ts';

interface Client {
  readonly socket: Socket;
  /** Marks seen since the last question. */
  marks: number;
}

const groups = new Map<string, Client[]>();
let mark = Buffer.from('"since":');
let waiting: { group: Client[]; marks: number; left: number; arrivals: number[]; done: () => void } | undefined;

function masked(text: string): Buffer {
  const payload = Buffer.from(text);
  const header = payload.length < 126 ? Buffer.from([0x81, 0x80 | payload.length]) : Buffer.alloc(4);
  if (payload.length >= 126) {
    header[0] = 0x81;
    header[1] = 0x80 | 126;
    header.writeUInt16BE(payload.length, 2);
  }
  return Buffer.concat([header, Buffer.alloc(4), payload]); // a mask of zeros changes nothing
}

/** Connects, sends the frames after the upgrade, resolves when `until` was seen. */
function open(port: number, frames: readonly string[], until: string): Promise<Client> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const client: Client = { socket, marks: 0 };
    let head = '';
    let isOpen = false;
    socket.on('error', reject);
    socket.write(
      'GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    const onHead = (data: Buffer) => {
      head += data.toString('latin1');
      if (!isOpen && head.includes('\r\n\r\n')) {
        isOpen = true;
        for (const frame of frames) socket.write(masked(frame));
      }
      if (isOpen && head.includes(until)) {
        socket.off('data', onHead);
        socket.on('data', (bytes) => count(client, bytes));
        resolve(client);
      } else if (head.length > 4096) head = head.slice(0, 256) + head.slice(-256);
    };
    socket.on('data', onHead);
  });
}

function count(client: Client, bytes: Buffer): void {
  const before = client.marks;
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + mark.length)) client.marks += 1;
  const now = waiting;
  if (!now || before >= now.marks || client.marks < now.marks) return;
  now.arrivals.push(clockMicros());
  now.left -= 1;
  if (now.left === 0) now.done();
}

answering(async (question) => {
  const group = groups.get(String(question['group'])) ?? [];
  if (question['do'] === 'open') {
    groups.set(String(question['group']), group);
    const logins = question['frames'] as string[][];
    const begun = clockMicros();
    for (let i = 0; i < logins.length; i += 100) {
      const opened = logins
        .slice(i, i + 100)
        .map((frames) => open(Number(question['port']), frames, String(question['until'])));
      group.push(...(await Promise.all(opened)));
    }
    return { micros: clockMicros() - begun };
  }
  if (question['do'] === 'storm') {
    const logins = question['frames'] as string[][];
    const begun = clockMicros();
    const opened = await Promise.all(
      logins.map((frames) => open(Number(question['port']), frames, String(question['until']))),
    );
    const micros = clockMicros() - begun;
    for (const client of opened) client.socket.destroy();
    return { micros };
  }
  if (question['do'] === 'expect') {
    for (const client of group) client.marks = 0;
    const marks = Number(question['marks']);
    const arrivals: number[] = [];
    let done: () => void = () => undefined;
    const all = new Promise<void>((resolve) => {
      done = resolve;
    });
    waiting = { group, marks, left: group.length, arrivals, done };
    ready = all.then(() => ({ last: arrivals.at(-1) ?? 0, first: arrivals[0] ?? 0 }));
    return {};
  }
  if (question['do'] === 'arrived') return ready;
  if (question['do'] === 'mark') mark = Buffer.from(String(question['mark']));
  if (question['do'] === 'pause') for (const client of group) client.socket.pause();
  if (question['do'] === 'close') {
    for (const client of group) client.socket.destroy();
    groups.delete(String(question['group']));
  }
  return {};
});

let ready: Promise<{ last: number; first: number }> = Promise.resolve({ last: 0, first: 0 });
