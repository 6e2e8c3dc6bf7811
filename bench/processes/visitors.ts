// Clients that work with contacts as people do: some edit, some search, each at a steady rate over its own WebSocket. A request
// that is refused ends the process, and the benchmark with it.
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { answering, type Question } from '../support/child.ts';
import { madeContacts, randomOf } from '../support/contacts.ts';
import { sessionOpen } from '../support/side.ts';

/** Of one client, well below what it may. */
const REQUESTS_PER_SECOND = 25;
/** So far behind its time a client may make up for what it missed. */
const MISSED_MS = 500;
const TEXTS = ['lov', 'ada', 'muller', 'jose gar', '7946', 'e', 'qzx', 'iron dental', '0770', 'nova'];

interface Client {
  request(method: string, params: object): Promise<void>;
}

interface Visit {
  readonly port: number;
  /** One for each client. */
  readonly tokens: readonly string[];
  /** Contacts in the book. */
  readonly contacts: number;
  readonly editsPerSecond: number;
}

let isOn = false;
/** Milliseconds until each answer. */
let edits: number[] = [];
let searches: number[] = [];
const random = randomOf(6);

function connect(port: number, token: string): Promise<Client> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { perMessageDeflate: false });
  const waiting = new Map<number, () => void>();
  let last = 1;
  const client: Client = {
    request: (method, params) => {
      last += 1;
      const id = last;
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
      return new Promise((resolve) => waiting.set(id, resolve));
    },
  };
  socket.on('close', (code) => {
    throw new Error(`the server dropped a visitor (${code})`);
  });
  return new Promise((resolve) => {
    waiting.set(1, () => resolve(client));
    socket.on('open', () => socket.send(sessionOpen({ token })));
    socket.on('message', (data) => {
      const { id, error } = JSON.parse(String(data)) as { id?: number; error?: object };
      if (error) throw new Error(`a visitor is refused: ${JSON.stringify(error)}`);
      if (id === undefined) return;
      waiting.get(id)?.();
      waiting.delete(id);
    });
  });
}

/** Does something at a steady rate, whether or not the answer to the last is there, until the visit ends. */
async function steadily(waits: number[], work: (i: number) => Promise<void>): Promise<void> {
  const running: Promise<void>[] = [];
  for (let i = 0, next = performance.now(); isOn; i++) {
    const from = performance.now();
    running.push(work(i).then(() => void waits.push(performance.now() - from)));
    // What a busy machine made it miss is not made up for: all at once it would be more than a client may ask.
    next = Math.max(next, from - MISSED_MS) + 1_000 / REQUESTS_PER_SECOND;
    await sleep(Math.max(0, next - performance.now()));
  }
  await Promise.all(running);
}

let visitors: Promise<void>[] = [];
let ids: string[] = [];
const clients: Client[] = [];

/** Connects the clients; they rest until the visit begins. */
async function arrive(question: Question): Promise<void> {
  const { port, tokens, contacts } = question as unknown as Visit;
  ids = [...madeContacts({ count: contacts })].map(({ id }) => id);
  for (const token of tokens) clients.push(await connect(port, token));
}

function begin({ editsPerSecond }: Question): void {
  isOn = true;
  [edits, searches] = [[], []];
  const editing = Math.ceil(Number(editsPerSecond) / REQUESTS_PER_SECOND);
  visitors = clients.map((client, i) => {
    if (i >= editing) {
      return steadily(searches, (n) => client.request('contacts.search', { text: TEXTS[n % TEXTS.length], limit: 50 }));
    }
    return steadily(edits, (n) => {
      const id = ids[Math.floor(random() * ids.length)] as string;
      return client.request('contacts.update', { id, patch: { remark: `Called back, ${i}.${n}.${edits.length}` } });
    });
  });
}

async function stop(): Promise<object> {
  isOn = false;
  await Promise.all(visitors);
  return { edits, searches };
}

answering({ arrive, begin, stop, edits: () => edits.length });
