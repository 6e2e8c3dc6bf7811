// Many WebSocket clients in one process, as cheap as can be: raw sockets that answer pings and count what arrives. A client
// that the server drops ends the process, and the benchmark with it.
import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { type Answers, answering, clockMicros, type Question } from '../support/child.ts';
import { type Frame, maskedFrame, readFrames } from '../support/frames.ts';

interface Client {
  readonly socket: Socket;
  rest: Buffer | undefined;
  /** Marks seen since the last question. */
  marks: number;
  /** Takes whole messages in place of the count. */
  hear: ((text: string) => void) | undefined;
  readonly cursors: Record<string, string>;
  /** Presence items as last told, when they are followed. */
  readonly items: Map<string, string>;
}

/** Stands once in each item of presence; others can be asked for. */
const MARK = '"since":';
let mark = Buffer.from(MARK);
const UPGRADE =
  'GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';

const groups = new Map<string, Client[]>();
let wanted = Number.POSITIVE_INFINITY;
let left = 0;
let last = 0;
let allHere = (): void => undefined;
let arrival: Promise<void> = Promise.resolve();
let logIns = 0;
let loggingIn = false;

/** Connects, says hello after the upgrade, and resolves when it heard `until`. */
function open(port: number, hello: readonly string[], until: string, follows: boolean): Promise<Client> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const client: Client = { socket, rest: undefined, marks: 0, hear: undefined, cursors: {}, items: new Map() };
    const served = () => {
      client.hear = follows ? (text) => follow(client, text) : undefined;
      resolve(client);
    };
    client.hear = (text) => {
      if (follows) follow(client, text);
      const [, cursor] = /"cursor":"([^"]+)"/.exec(text) ?? [];
      const [, collection] = /"collection":"([^"]+)"/.exec(text) ?? [];
      if (cursor && collection) client.cursors[collection] = cursor;
      if (text.includes(until)) served();
    };
    socket.write(UPGRADE);
    const said = Buffer.concat(hello.map((message) => maskedFrame(1, Buffer.from(message))));
    let upgrade = '';
    socket.on('data', (chunk) => {
      if (upgrade.endsWith('\r\n\r\n')) return take(client, chunk);
      const text = chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      upgrade += end < 0 ? text : text.slice(0, end + 4);
      if (end < 0) return;
      if (!upgrade.startsWith('HTTP/1.1 101')) throw new Error(`a client is refused: ${upgrade}`);
      socket.write(said);
      if (end + 4 < chunk.length) take(client, chunk.subarray(end + 4));
    });
    socket.on('close', () => {
      throw new Error('the server dropped a client');
    });
  });
}

function take(client: Client, chunk: Buffer): void {
  const bytes = client.rest ? Buffer.concat([client.rest, chunk]) : chunk;
  const before = client.marks;
  const end = readFrames(bytes, (frame) => {
    if (frame.kind === 1) heard(client, bytes, frame);
    else if (frame.kind === 9) client.socket.write(maskedFrame(10, bytes.subarray(frame.from, frame.to)));
    else throw new Error(`the server closed a client: ${bytes.toString('latin1', frame.from + 2, frame.to)}`);
  });
  client.rest = end < bytes.length ? bytes.subarray(end) : undefined;
  if (before >= wanted || client.marks < wanted) return;
  last = clockMicros();
  left -= 1;
  if (left === 0) allHere();
}

function heard(client: Client, bytes: Buffer, { from, to }: Frame): void {
  if (client.hear) client.hear(bytes.toString('utf8', from, to));
  else
    for (let at = bytes.indexOf(mark, from); at >= 0 && at < to; at = bytes.indexOf(mark, at + mark.length)) {
      client.marks += 1;
    }
}

function follow({ items }: Client, text: string): void {
  const { method, params } = JSON.parse(text);
  if (method !== 'sync.change' || params.collection !== 'presence') return;
  for (const item of params.put) items.set(item.id, JSON.stringify(item));
}

/** What clients hold, as one short text: the same for the same items. */
function digest(items: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const id of [...items.keys()].sort()) hash.update(`${items.get(id)}\n`);
  return hash.digest('base64url');
}

function drop({ socket }: Client): void {
  socket.removeAllListeners('close');
  socket.destroy();
}

const groupOf = ({ group }: Question): Client[] => {
  const name = String(group);
  const clients = groups.get(name) ?? [];
  groups.set(name, clients);
  return clients;
};

/** Opens clients, `atOnce` at a time; how long that took. */
async function openAll(question: Question): Promise<{ micros: number }> {
  const { port, hellos, until, atOnce, follows } = question as Question & {
    port: number;
    hellos: string[][];
    until: string;
    atOnce: number;
    follows: boolean;
  };
  const group = groupOf(question);
  const begun = clockMicros();
  for (let i = 0; i < hellos.length; i += atOnce) {
    const some = hellos.slice(i, i + atOnce).map((hello) => open(port, hello, until, follows));
    group.push(...(await Promise.all(some)));
  }
  return { micros: clockMicros() - begun };
}

/** Logs in, leaves, and logs in again, until told to stop. */
async function logInAgain(port: number, hello: string[], until: string): Promise<void> {
  while (loggingIn) {
    drop(await open(port, hello, until, false));
    logIns += 1;
  }
}

const answers: Answers = {
  open: openAll,
  /** Bytes that each client has received since it was connected. */
  received: (question) => groupOf(question).map(({ socket }) => socket.bytesRead),
  cursors: (question) => groupOf(question).map(({ cursors }) => cursors),
  digests: (question) => [...new Set(groupOf(question).map(({ items }) => digest(items)))],
  expect: (question) => {
    const group = groupOf(question);
    for (const client of group) client.marks = 0;
    wanted = Number(question['marks']);
    mark = Buffer.from(String(question['mark'] ?? MARK));
    left = group.length;
    arrival = new Promise((resolve) => {
      allHere = resolve;
    });
  },
  arrived: async () => {
    await arrival;
    return { last };
  },
  /** The first client of the group says something; when that was. */
  say: (question) => {
    const [client] = groupOf(question);
    const at = clockMicros();
    client?.socket.write(maskedFrame(1, Buffer.from(String(question['text']))));
    return { at };
  },
  pause: (question) => {
    for (const { socket } of groupOf(question)) socket.pause();
  },
  resume: (question) => {
    for (const { socket } of groupOf(question)) socket.resume();
  },
  close: (question) => {
    for (const client of groupOf(question).splice(0)) drop(client);
  },
  logIn: ({ port, hellos, until }) => {
    loggingIn = true;
    logIns = 0;
    for (const hello of hellos as string[][]) void logInAgain(Number(port), hello, String(until));
  },
  stopLogIns: () => {
    loggingIn = false;
    return { logIns };
  },
};

answering(answers);
