// An Asterisk manager played by hand: a real TCP server on 127.0.0.1 that greets, judges log-ins and then says whatever a
// test wants, down to single bytes. It keeps no state of a PBX.
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** Header lines of one message, without their ends. */
type Lines = readonly string[];

export interface FakeAmiScript {
  /** Sent at once on connection; null sends nothing. */
  banner: string | null;
  /** `silent` never answers; any other text is the refusal. */
  login: 'accept' | 'silent' | (string & {});
  /** FullyBooted right after the log-in; else by `connection.boot()`. */
  booted: boolean;
  /** Lists by action name: the items, each as its header lines without ActionID. */
  lists: Readonly<Record<string, readonly Lines[]>>;
  /** Answers to other actions by action name; unnamed ones get a plain Success, `null` gets none. */
  answers: Readonly<Record<string, Lines | null>>;
}

const DEFAULTS: FakeAmiScript = {
  banner: 'Asterisk Call Manager/11.0.0\r\n',
  login: 'accept',
  booted: true,
  lists: {},
  answers: {},
};

export type FakeAction = Readonly<Record<string, string>>;

export class FakeAmi {
  /** May be changed at any time; holds for what comes next. */
  script: FakeAmiScript;
  readonly connections: FakeConnection[] = [];
  readonly #server: Server;
  #waiting: (() => void)[] = [];

  private constructor(script: Partial<FakeAmiScript>) {
    this.script = { ...DEFAULTS, ...script };
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.connections.push(new FakeConnection(this, socket));
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  /** Listens; `port` 0 takes a free one. */
  static async listen(script: Partial<FakeAmiScript> = {}, port = 0): Promise<FakeAmi> {
    const fake = new FakeAmi(script);
    fake.#server.listen(port, '127.0.0.1');
    await once(fake.#server, 'listening');
    return fake;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return address.port;
  }

  /** The connection number `n`, counted from 1, once it is there. */
  async connection(n: number): Promise<FakeConnection> {
    for (;;) {
      const found = this.connections[n - 1];
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Cuts all connections and gives the port free. */
  async close(): Promise<void> {
    for (const connection of this.connections) connection.cut();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }
}

export class FakeConnection {
  /** Complete actions, in order; keys in lower case, the log-in among them. */
  readonly actions: FakeAction[] = [];
  /** All that came, as it came. */
  received = '';
  readonly closed: Promise<void>;
  readonly #fake: FakeAmi;
  readonly #socket: Socket;
  #rest = '';
  #waiting: (() => void)[] = [];

  constructor(fake: FakeAmi, socket: Socket) {
    this.#fake = fake;
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      socket.on('close', () => resolve());
    });
    // A test cuts connections at will: resets are part of the play.
    socket.on('error', () => {});
    socket.setEncoding('utf8');
    socket.on('data', (text) => this.#read(String(text)));
    if (fake.script.banner !== null) this.send(fake.script.banner);
  }

  /** Writes text or bytes as they are. */
  send(data: string | Uint8Array): void {
    if (!this.#socket.destroyed) this.#socket.write(data);
  }

  /** Writes bytes in pieces of `size`, each on its own. */
  async dribble(bytes: Uint8Array, size: number): Promise<void> {
    for (let at = 0; at < bytes.length && !this.#socket.destroyed; at += size) {
      await new Promise<void>((resolve) => {
        this.#socket.write(bytes.subarray(at, at + size), () => setImmediate(resolve));
      });
    }
  }

  /** One message of these lines. */
  message(...lines: string[]): void {
    this.send(`${lines.join('\r\n')}\r\n\r\n`);
  }

  boot(): void {
    this.message('Event: FullyBooted', 'Privilege: system,all', 'Status: Fully Booted');
  }

  answer(action: FakeAction, ...lines: string[]): void {
    const [first = 'Response: Success', ...rest] = lines;
    this.message(first, `ActionID: ${action['actionid']}`, ...rest);
  }

  /** The `nth` action of that name, once it is there. */
  async action(name: string, nth = 1): Promise<FakeAction> {
    for (;;) {
      const found = this.actions.filter((action) => action['action']?.toLowerCase() === name.toLowerCase())[nth - 1];
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Ends as a cable pulled and found: at once. */
  cut(): void {
    this.#socket.destroy();
  }

  /** Ends politely, after all that was sent. */
  end(): void {
    this.#socket.end();
  }

  #read(text: string): void {
    this.received += text;
    this.#rest += text;
    for (;;) {
      const end = this.#rest.indexOf('\r\n\r\n');
      if (end < 0) break;
      const action = parse(this.#rest.slice(0, end));
      this.#rest = this.#rest.slice(end + 4);
      this.actions.push(action);
      this.#play(action);
    }
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #play(action: FakeAction): void {
    const name = action['action'] ?? '';
    const { login, booted, lists, answers } = this.#fake.script;
    if (name.toLowerCase() === 'login') {
      if (login === 'silent') return;
      if (login !== 'accept') {
        this.answer(action, 'Response: Error', `Message: ${login}`);
        this.end();
        return;
      }
      this.answer(action, 'Response: Success', 'Message: Authentication accepted');
      if (booted) this.boot();
      return;
    }
    const items = lists[name];
    if (items !== undefined) {
      this.answer(action, 'Response: Success', 'EventList: start', 'Message: Items will follow');
      for (const [event = '', ...lines] of items) this.message(event, `ActionID: ${action['actionid']}`, ...lines);
      this.answer(action, `Event: ${name}Complete`, 'EventList: Complete', `ListItems: ${items.length}`);
      return;
    }
    const answer = answers[name];
    if (answer !== null) this.answer(action, ...(answer ?? ['Response: Success']));
  }
}

function parse(text: string): FakeAction {
  const action: Record<string, string> = Object.create(null);
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(': ');
    const key = (colon < 0 ? line : line.slice(0, colon)).toLowerCase();
    const value = colon < 0 ? '' : line.slice(colon + 2);
    const before = action[key];
    action[key] = before === undefined ? value : `${before}\n${value}`;
  }
  return action;
}
