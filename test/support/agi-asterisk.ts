// An Asterisk that calls a FastAGI server: sends a request, carries out one command after the other, and hangs up when the
// server does.
import { connect, type Socket } from 'node:net';
import { agiLines, agiVariable } from './agi-command.ts';

export interface AgiCall {
  /** The path and query of the URL. */
  readonly script?: string;
  readonly args?: readonly string[];
  /** Headers in place of the usual ones, by their names without `agi_`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What is answered to a command, in place of `200 result=1`; undefined: nothing. */
  readonly answer?: (count: number) => string | undefined;
}

/** The lines of a request as Asterisk writes them. */
export function agiRequest({ script = 'lookup', args = [], headers = {} }: AgiCall = {}): string {
  const all: Record<string, string> = {
    network: 'yes',
    network_script: script,
    request: `agi://127.0.0.1/${script}`,
    channel: 'PJSIP/trunk-00000016',
    language: 'en',
    type: 'PJSIP',
    uniqueid: '1767600000.16',
    version: '22.10.1',
    callerid: '+442079460000',
    calleridname: 'unknown',
    callingpres: '0',
    callingani2: '0',
    callington: '0',
    callingtns: '0',
    dnid: '1001',
    rdnis: 'unknown',
    context: 'from-trunk',
    extension: '1001',
    priority: '3',
    enhanced: '0.0',
    accountcode: '',
    threadid: '140000000000000',
    ...headers,
  };
  args.forEach((arg, i) => {
    all[`arg_${i + 1}`] = arg;
  });
  return `${Object.entries(all)
    .map(([name, value]) => `agi_${name}: ${value}\n`)
    .join('')}\n`;
}

export class AgiAsterisk {
  readonly socket: Socket;
  /** Resolves with all variables, in order, when the connection is over. */
  readonly over: Promise<[name: string, value: string][]>;
  readonly variables: [name: string, value: string][] = [];
  readonly #answer: (count: number) => string | undefined;
  #rest = Buffer.alloc(0);
  #told: (() => void)[] = [];
  #mistake: unknown;

  constructor(port: number, answer: AgiCall['answer'] = () => '200 result=1\n') {
    this.#answer = answer;
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('error', () => this.socket.destroy());
    this.socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.over = new Promise((resolve, reject) => {
      this.socket.on('close', () => (this.#mistake === undefined ? resolve(this.variables) : reject(this.#mistake)));
    });
    this.over.catch(() => undefined); // told to whoever awaits it
  }

  get isOver(): boolean {
    return this.socket.destroyed;
  }

  /** Resolves when the connection is made. */
  async connected(): Promise<this> {
    if (this.socket.connecting) await new Promise((resolve) => this.socket.once('connect', resolve));
    return this;
  }

  write(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  /** Resolves when so many variables have come. */
  async until(count: number): Promise<void> {
    while (this.variables.length < count && !this.isOver)
      await new Promise<void>((resolve) => this.#told.push(resolve));
  }

  #read(chunk: Buffer): void {
    const { lines, rest } = agiLines(Buffer.concat([this.#rest, chunk]));
    this.#rest = Buffer.from(rest);
    try {
      if (lines.length > 1) throw new Error('the server did not wait for the answer to a command');
      for (const line of lines) {
        this.variables.push(agiVariable(line));
        const answer = this.#answer(this.variables.length);
        if (answer !== undefined) this.socket.write(answer);
      }
    } catch (error) {
      this.#mistake = error;
      this.socket.destroy();
    }
    for (const tell of this.#told.splice(0)) tell();
  }
}

/** One whole call: all variables that the server set until it closed. */
export function callAgi(port: number, call: AgiCall = {}): Promise<[name: string, value: string][]> {
  const asterisk = new AgiAsterisk(port, call.answer);
  asterisk.write(agiRequest(call));
  return asterisk.over;
}
