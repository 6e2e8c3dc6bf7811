// A small AMI client for tests, independent of the product, so that it sees from outside what the product did.
//
//   const ami = await openAmi(asterisk, 'admin');
//   await ami.action({ Action: 'Ping' })                 the response, whatever it says
//   await ami.setvar('DEVICE_STATE(Custom:DND1001)', 'BUSY')
//   const lamp = ami.next({ Event: 'DeviceStateChange', Device: 'Custom:DND1001' }); …; await lamp
//   ami.close()
import { connect, type Socket } from 'node:net';
import type { Asterisk, LabUsers, LogIn } from './asterisk.ts';

/** Header names as Asterisk writes them; of a repeated header the first value, save `Output`, whose lines are joined. */
export type LabMessage = Readonly<Record<string, string>>;
/** A map of channel variables is sent as one `Variable` line each. */
export type LabAction = Readonly<Record<string, string | Readonly<Record<string, string>>>>;
export type Pattern = LabMessage | ((message: LabMessage) => boolean);

/** How many events are kept for `seen`. */
const kept = 50_000;

interface Waiter {
  readonly wanted: (message: LabMessage) => boolean;
  readonly settle: (message: LabMessage | Error) => void;
}

/** Connects and logs in. Rejects when the log-in is refused. */
export async function openAmi(asterisk: Asterisk, as: keyof LabUsers | LogIn = 'admin'): Promise<LabAmi> {
  const ami = await LabAmi.connect(asterisk.amiPort);
  const { username, secret } = typeof as === 'string' ? asterisk.users[as] : as;
  await ami.succeed({ Action: 'Login', Username: username, Secret: secret });
  return ami;
}

export class LabAmi {
  readonly #socket: Socket;
  readonly #seen: LabMessage[] = [];
  readonly #waiters = new Set<Waiter>();
  #rest = '';
  #greeted = false;
  #actions = 0;

  static connect(port: number): Promise<LabAmi> {
    return new Promise((done, fail) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('error', fail);
      socket.once('connect', () => done(new LabAmi(socket)));
    });
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.#read(text));
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      for (const { settle } of this.#waiters) settle(new Error('the AMI connection was closed'));
    });
  }

  /** The response to an action, be it Success or Error. */
  async action(action: LabAction, timeout = 8000): Promise<LabMessage> {
    const id = `lab${++this.#actions}`;
    const answer = this.#wait(
      (message) => isResponse(message) && message['ActionID'] === id,
      timeout,
      JSON.stringify(action),
    );
    this.#send({ ...action, ActionID: id });
    return answer;
  }

  /** The response to an action that has to succeed; rejects with Asterisk's message otherwise. */
  async succeed(action: LabAction): Promise<LabMessage> {
    const answer = await this.action(action);
    if (answer['Response'] === 'Error') throw new Error(`${action['Action']} refused: ${answer['Message']}`);
    return answer;
  }

  /** The items of a list action. */
  async list(action: LabAction, timeout = 20_000): Promise<LabMessage[]> {
    const id = `lab${++this.#actions}`;
    const items: LabMessage[] = [];
    const end = this.#wait(
      (message) => {
        if (message['ActionID'] !== id) return false;
        if (message['Event'] !== undefined && message['EventList'] === undefined) items.push(message);
        return message['Response'] === 'Error' || message['EventList'] === 'Complete';
      },
      timeout,
      JSON.stringify(action),
    );
    this.#send({ ...action, ActionID: id });
    const last = await end;
    if (last['Response'] === 'Error') throw new Error(`${action['Action']} refused: ${last['Message']}`);
    return items;
  }

  /** Sends text as it is, for what no decent client sends. */
  raw(text: string): void {
    this.#socket.write(text);
  }

  /** The next event that fits: headers with these values, or a function. Ask before doing what raises it. */
  next(pattern: Pattern, timeout = 8000): Promise<LabMessage> {
    const fits = matcher(pattern);
    const name = typeof pattern === 'function' ? 'an event' : JSON.stringify(pattern);
    return this.#wait((message) => message['Event'] !== undefined && fits(message), timeout, name);
  }

  /** The events that fit and came so far, oldest first. */
  seen(pattern: Pattern): LabMessage[] {
    return this.#seen.filter(matcher(pattern));
  }

  forget(): void {
    this.#seen.length = 0;
  }

  async setvar(variable: string, value: string): Promise<void> {
    await this.succeed({ Action: 'Setvar', Variable: variable, Value: value });
  }

  async getvar(variable: string): Promise<string> {
    return (await this.succeed({ Action: 'Getvar', Variable: variable }))['Value'] ?? '';
  }

  async dbPut(family: string, key: string, value: string): Promise<void> {
    await this.succeed({ Action: 'DBPut', Family: family, Key: key, Val: value });
  }

  async dbDel(family: string, key: string): Promise<void> {
    await this.succeed({ Action: 'DBDel', Family: family, Key: key });
  }

  /** The value of an AstDB key, or undefined when there is none. */
  async dbGet(family: string, key: string): Promise<string | undefined> {
    try {
      return (await this.list({ Action: 'DBGet', Family: family, Key: key }))[0]?.['Val'];
    } catch (error) {
      if (String(error).includes('not found')) return undefined;
      throw error;
    }
  }

  /** Originates and gives the OriginateResponse event; of a refused action the response. */
  async originate(action: LabAction): Promise<LabMessage> {
    const id = `lab${++this.#actions}`;
    const end = this.#wait(
      (message) =>
        message['ActionID'] === id && (message['Event'] === 'OriginateResponse' || message['Response'] === 'Error'),
      15_000,
      'OriginateResponse',
    );
    this.#send({ Action: 'Originate', Async: 'true', ...action, ActionID: id });
    return end;
  }

  async userEvent(name: string, headers: LabMessage): Promise<void> {
    await this.succeed({ Action: 'UserEvent', UserEvent: name, ...headers });
  }

  close(): void {
    this.#socket.destroy();
  }

  #send(action: LabAction): void {
    const lines = Object.entries(action).flatMap(([key, value]) =>
      typeof value === 'string' ? [`${key}: ${value}`] : Object.entries(value).map(([k, v]) => `${key}: ${k}=${v}`),
    );
    this.#socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  }

  #wait(wanted: (message: LabMessage) => boolean, timeout: number, what: string): Promise<LabMessage> {
    return new Promise((done, fail) => {
      const waiter: Waiter = {
        wanted,
        settle: (result) => {
          clearTimeout(timer);
          this.#waiters.delete(waiter);
          if (result instanceof Error) fail(result);
          else done(result);
        },
      };
      const timer = setTimeout(
        () => waiter.settle(new Error(`AMI: nothing within ${timeout} ms for ${what}`)),
        timeout,
      );
      this.#waiters.add(waiter);
    });
  }

  #read(text: string): void {
    this.#rest += text;
    if (!this.#greeted) {
      const end = this.#rest.indexOf('\r\n');
      if (end < 0) return;
      this.#greeted = true;
      this.#rest = this.#rest.slice(end + 2);
    }
    const parts = this.#rest.split('\r\n\r\n');
    this.#rest = parts.pop() ?? '';
    for (const part of parts) this.#take(parse(part));
  }

  #take(message: LabMessage): void {
    if (message['Event'] !== undefined) this.#seen.push(message);
    if (this.#seen.length > kept) this.#seen.splice(0, kept / 2);
    for (const { wanted, settle } of [...this.#waiters]) if (wanted(message)) settle(message);
  }
}

/** OriginateResponse is an event that has a `Response` header too. */
function isResponse(message: LabMessage): boolean {
  return message['Response'] !== undefined && message['Event'] === undefined;
}

function matcher(pattern: Pattern): (message: LabMessage) => boolean {
  if (typeof pattern === 'function') return pattern;
  const wanted = Object.entries(pattern);
  return (message) => wanted.every(([key, value]) => message[key] === value);
}

function parse(text: string): LabMessage {
  const message: Record<string, string> = Object.create(null);
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    const key = line.slice(0, colon < 0 ? line.length : colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    const before = message[key];
    if (before === undefined) message[key] = value;
    else if (key === 'Output') message[key] = `${before}\n${value}`;
  }
  return { ...message };
}
