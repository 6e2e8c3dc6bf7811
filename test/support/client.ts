// The client of every suite: speaks the protocol as an outsider would and misses no message. A server that breaks a rule
// of synchronisation makes whatever the test does next fail.
import type { IncomingMessage } from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import { type ClientOptions, WebSocket } from 'ws';
import { type Item, type Mirror, Mirrors } from './client-mirrors.ts';

const ANSWER_WITHIN_MS = 10_000;

export interface Message {
  readonly id?: string | number | null;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: unknown;
  readonly error?: WireError;
}

interface WireError {
  readonly code: number;
  readonly message: string;
  readonly data: Record<string, unknown>;
}

export type Auth = { readonly login: string; readonly password: string } | { readonly token: string };

export interface OpenResult {
  readonly session: string;
  readonly extension: string;
  readonly name: string;
  readonly admin: boolean;
  readonly token: string;
  readonly tokenExpires: string;
  readonly [field: string]: unknown;
}

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

export interface ConnectOptions extends ClientOptions {
  /** Subprotocols to offer; `rollcall.v1` when absent. */
  readonly protocols?: string[];
}

/** An error answer, with the wire's code and data. */
export class RpcError extends Error {
  readonly code: number;
  readonly data: Record<string, unknown>;

  constructor({ code, message, data }: WireError) {
    super(message);
    this.name = 'RpcError';
    this.code = code;
    this.data = data;
  }
}

/** The upgrade was answered with something else than 101. */
export class UpgradeRefused extends Error {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;

  constructor(response: IncomingMessage, body: string) {
    super(`the upgrade was refused with ${response.statusCode}: ${body}`);
    this.status = response.statusCode ?? 0;
    this.headers = response.headers;
    this.body = body;
  }
}

/** Connects to a server's base address (`http://…`, the path `/ws` is added) or to a `ws://` address as it stands. */
export function connect(url: string, options: ConnectOptions = {}): Promise<Client> {
  const { protocols = ['rollcall.v1'], ...rest } = options;
  const target = url.startsWith('http') ? `${url.replace(/^http/, 'ws')}/ws` : url;
  const ws = new WebSocket(target, protocols, { perMessageDeflate: false, ...rest });
  return new Promise((resolve, reject) => {
    let net: NetSocket | undefined;
    ws.once('upgrade', (response) => {
      net = response.socket;
      // Made before the first frame is read.
      const client = new Client(ws, net);
      ws.once('open', () => resolve(client));
    });
    ws.once('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('close', () => reject(new UpgradeRefused(response, Buffer.concat(chunks).toString())));
    });
    ws.on('error', reject);
  });
}

export class Client {
  /** Every message that came, in order. */
  readonly messages: Message[] = [];
  /** Frames that were no JSON text; a server that is right sends none. */
  readonly unreadable: Array<Buffer> = [];
  readonly closed: Promise<Closed>;
  /** How the connection ended, once it has. */
  ending: Closed | undefined;
  /** The answer to session.open. */
  session: OpenResult | undefined;
  /** How many sync.ready came. */
  ready = 0;
  readonly #ws: WebSocket;
  readonly #net: NetSocket;
  readonly #mirrors = new Mirrors();
  readonly #watchers = new Set<() => void>();
  #lastId = 0;

  constructor(ws: WebSocket, net: NetSocket) {
    this.#ws = ws;
    this.#net = net;
    ws.on('message', (data, isBinary) => this.#took(data as Buffer, isBinary));
    ws.on('error', () => this.#look());
    this.closed = new Promise((resolve) => {
      ws.on('close', (code, reason) => {
        this.ending = { code, reason: reason.toString() };
        resolve(this.ending);
        this.#look();
      });
    });
  }

  get bytesRead(): number {
    return this.#net.bytesRead;
  }

  /** The local port, to tell this connection from others. */
  get port(): number | undefined {
    return this.#net.localPort;
  }

  get protocol(): string {
    return this.#ws.protocol;
  }

  get collections(): ReadonlyMap<string, Mirror> {
    return this.#mirrors.byName;
  }

  get violations(): readonly string[] {
    return this.#mirrors.violations;
  }

  /** The items of a collection by id; empty when nothing of it is held. */
  items(collection: string): ReadonlyMap<string, Item> {
    return this.#mirrors.byName.get(collection)?.items ?? new Map();
  }

  item(collection: string, id: string): Item | undefined {
    return this.items(collection).get(id);
  }

  cursors(): Record<string, string> {
    return this.#mirrors.cursors();
  }

  /** Takes over another client's copies, as a program does that reconnects; give `cursors()` to `sync` afterwards. */
  adopt(other: Client): void {
    this.#mirrors.adopt(other.#mirrors);
  }

  async open(auth: Auth, platform = 'sdk', version = '1.0.0', name?: string): Promise<OpenResult> {
    const client = { platform, version, ...(name === undefined ? {} : { name }) };
    this.session = await this.request<OpenResult>('session.open', { client, auth });
    return this.session;
  }

  /** Sends a request and waits for its answer. Throws RpcError for an error. */
  async request<T = unknown>(method: string, params?: object): Promise<T> {
    const id = this.post(method, params);
    const isAnswer = (message: Message) => message.id === id && message.method === undefined;
    await this.until((client) => client.messages.some(isAnswer), `the answer to ${method}`);
    const answer = this.messages.find(isAnswer);
    if (answer?.error) throw new RpcError(answer.error);
    return answer?.result as T;
  }

  /** Sends a request without waiting; returns its id. */
  post(method: string, params?: object): number {
    this.#lastId += 1;
    this.send(JSON.stringify({ jsonrpc: '2.0', id: this.#lastId, method, ...(params ? { params } : {}) }));
    return this.#lastId;
  }

  /** Asks for collections and waits for sync.ready. Without a cursor a collection begins anew. */
  async sync(collections: readonly string[], cursors?: Readonly<Record<string, string>>): Promise<void> {
    const before = this.ready;
    this.#mirrors.ask(collections, cursors ?? {});
    await this.request('sync.open', { collections, ...(cursors ? { cursors } : {}) });
    await this.until((client) => client.ready > before, 'sync.ready');
  }

  /** Sends a frame as it is. */
  send(data: string | Buffer): void {
    this.#ws.send(data);
  }

  ping(): void {
    this.#ws.ping();
  }

  /** Waits until the predicate holds; looks after each message. Fails with what was seen, also when the connection ends. */
  until(predicate: (client: Client) => boolean, what = 'a state', withinMs = ANSWER_WITHIN_MS): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (error?: Error) => {
        clearTimeout(timer);
        this.#watchers.delete(look);
        if (error) reject(error);
        else resolve();
      };
      const look = () => {
        if (this.violations.length > 0)
          return done(new Error(`the server broke a rule: ${this.violations.join('\n')}`));
        if (predicate(this)) return done();
        if (this.ending) done(new Error(`${what}: the connection ended first\n${this.#seen()}`));
      };
      const late = () => done(new Error(`${what}: not within ${withinMs} ms\n${this.#seen()}`));
      const timer = setTimeout(late, withinMs);
      this.#watchers.add(look);
      look();
    });
  }

  /** Stops and restarts reading from the network. */
  pause(): void {
    this.#ws.pause();
  }

  resume(): void {
    this.#ws.resume();
  }

  /** Drops the connection without a close frame. */
  cut(): void {
    this.#ws.terminate();
  }

  close(code = 1000, reason = ''): Promise<Closed> {
    this.#ws.close(code, reason);
    return this.closed;
  }

  #took(data: Buffer, isBinary: boolean): void {
    const message = isBinary ? undefined : read(data.toString());
    if (message === undefined) this.unreadable.push(data);
    else {
      this.messages.push(message);
      if (message.method === 'sync.change') this.#mirrors.change(message.params ?? {});
      if (message.method === 'sync.gone') this.#mirrors.gone(message.params ?? {});
      if (message.method === 'sync.ready') this.ready += 1;
    }
    this.#look();
  }

  #look(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  #seen(): string {
    const last = this.messages.slice(-20).map((message) => JSON.stringify(message).slice(0, 400));
    const held = [...this.collections].map(
      ([name, { items, cursor, gone }]) => `${name}: ${gone ?? items.size} ${cursor}`,
    );
    return [
      `ended: ${JSON.stringify(this.ending ?? 'no')}; collections: ${held.join(', ') || 'none'}`,
      `${this.messages.length} messages, ${this.unreadable.length} unreadable; the last:`,
      ...last,
    ].join('\n');
  }
}

function read(text: string): Message | undefined {
  try {
    return JSON.parse(text) as Message;
  } catch {
    return undefined;
  }
}
