// The other side of the client, by hand: sockets that open, speak and end when the test says so, and time that passes when the
// test says so.
import type { ClientOptions, SocketLike } from '../../client/api.ts';
import { clientIn } from '../../client/client.ts';
import type { Surroundings } from '../../client/surroundings.ts';
import type { Session } from '../../client/types.ts';
import { HandClock } from '../support/hand-clock.ts';

export interface Asked {
  readonly id: number;
  readonly method: string;
  readonly params: Record<string, unknown>;
}

const OPEN = 1;
const CLOSED = 3;

export class ScriptedSocket implements SocketLike {
  readonly url: string;
  readonly protocols: readonly string[];
  readyState = 0;
  bufferedAmount = 0;
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  /** Requests, in order. */
  readonly asked: Asked[] = [];
  /** How the client ended it. */
  left: 'closed' | 'cut' | undefined;

  constructor(url: string, protocols: readonly string[]) {
    this.url = url;
    this.protocols = protocols;
  }

  send(text: string): void {
    this.asked.push(JSON.parse(text) as Asked);
  }

  close(): void {
    this.left ??= 'closed';
  }

  terminate(): void {
    this.left = 'cut';
  }

  open(): void {
    this.readyState = OPEN;
    this.onopen?.({} as never);
  }

  /** The server sends a frame as it is. */
  say(data: unknown): void {
    this.onmessage?.({ data } as never);
  }

  notify(method: string, params: object = {}): void {
    this.say(JSON.stringify({ jsonrpc: '2.0', method, params }));
  }

  /** Sends a page; the only one unless it has no cursor. */
  change(collection: string, page: { reset?: boolean; put?: object[]; remove?: string[]; cursor?: string }): void {
    const { cursor, put = [], remove = [], reset } = page;
    const last = cursor === undefined ? { more: true } : { cursor };
    this.notify('sync.change', { collection, put, remove, ...(reset ? { reset } : {}), ...last });
  }

  /** The last request of this method; it must have come. */
  request(method: string): Asked {
    const found = this.asked.findLast((one) => one.method === method);
    if (!found) throw new Error(`no ${method} among ${this.asked.map((one) => one.method).join(', ') || 'nothing'}`);
    return found;
  }

  count(method: string): number {
    return this.asked.filter((one) => one.method === method).length;
  }

  answer(method: string, result: unknown = {}): void {
    this.say(JSON.stringify({ jsonrpc: '2.0', id: this.request(method).id, result }));
  }

  refuse(method: string, code: number, data: object = {}, message = 'refused'): void {
    const { id } = this.request(method);
    this.say(JSON.stringify({ jsonrpc: '2.0', id, error: { code, message, data } }));
  }

  /** The connection is over; what the client hears of it. */
  end(code = 1006, reason = ''): void {
    this.readyState = CLOSED;
    this.onerror?.({} as never);
    this.onclose?.({ code, reason } as never);
  }
}

/** A day, in the life of a token. */
export const DAY = 86_400_000;

export class ScriptedServer {
  readonly clock = new HandClock();
  readonly sockets: ScriptedSocket[] = [];
  /** What `random` gives. */
  chance = 0.5;
  /** Sockets cannot be made. */
  isForbidden = false;
  readonly #wakers = new Set<() => void>();

  get surroundings(): Surroundings {
    const { clock, sockets } = this;
    const isForbidden = () => this.isForbidden;
    function WebSocket(url: string, protocols: string[]) {
      if (isForbidden()) throw new SyntaxError('no address');
      const socket = new ScriptedSocket(url, protocols);
      sockets.push(socket);
      return socket;
    }
    return {
      now: () => clock.now(),
      after: (ms, fn) => clock.after(ms, fn),
      random: () => this.chance,
      WebSocket: WebSocket as unknown as Surroundings['WebSocket'],
      onWake: (fn) => {
        this.#wakers.add(fn);
        return () => this.#wakers.delete(fn);
      },
    };
  }

  get socket(): ScriptedSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('no connection was tried');
    return socket;
  }

  /** How many want to hear that the machine woke up. */
  get listening(): number {
    return this.#wakers.size;
  }

  wake(): void {
    for (const fn of this.#wakers) fn();
  }

  client(options: Partial<ClientOptions> = {}) {
    return clientIn(this.surroundings, {
      url: 'ws://pbx.example/ws',
      client: { platform: 'sdk', version: '1.0' },
      auth: { login: '1001', password: 'correct horse' },
      ...options,
    });
  }

  session(fields: Partial<Session> = {}): Session {
    return {
      session: 's1',
      extension: '1001',
      name: 'Alice',
      admin: false,
      token: 't1',
      tokenExpires: new Date(this.clock.now() + 30 * DAY).toISOString(),
      server: { product: 'rollcall', version: '1.2.3', protocol: 1 },
      features: {
        contacts: true,
        company: { off: 'no_permission' },
        phoneDirectory: false,
        calls: { off: 'not_configured' },
        chat: { off: 'not_configured' },
      },
      limits: { messageBytes: 262_144, requestsPerSecond: 50, pageItems: 500 },
      ...fields,
    };
  }

  /** Opens the connection that was tried last and lets the client in. */
  letIn(fields: Partial<Session> = {}): ScriptedSocket {
    const { socket } = this;
    socket.open();
    socket.answer('session.open', this.session(fields));
    return socket;
  }

  /** The same, and brings it to `ready` without any item. */
  bringUp(fields: Partial<Session> = {}): ScriptedSocket {
    const socket = this.letIn(fields);
    socket.answer('sync.open');
    socket.notify('sync.ready');
    return socket;
  }
}

/** Promises that are settled already tell so. */
export async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}
