// The ends of a process for commands under test: what is written is kept, what is typed and which signals come is up to the
// test. A terminal is asked for with `tty`.
import { PassThrough } from 'node:stream';
import type { Input, Io, SignalName } from '../../src/cli/io.ts';

export class CliIo implements Io {
  readonly stdin: Input & PassThrough;
  readonly stdout: Sink;
  readonly stderr = new Sink(false);
  /** What the terminal was told about showing what is typed. */
  readonly raw: boolean[] = [];
  readonly exits: number[] = [];
  readonly #handlers = new Map<string, Set<(value: unknown) => void>>();
  readonly #now: number;

  constructor({ tty = false, stdin = undefined as string | undefined, now = 0 } = {}) {
    this.stdout = new Sink(tty);
    this.#now = now;
    const input = new PassThrough();
    this.stdin = tty ? Object.assign(input, { isTTY: true, setRawMode: (raw: boolean) => this.raw.push(raw) }) : input;
    if (stdin !== undefined) input.end(stdin);
  }

  now(): number {
    return this.#now;
  }

  onSignal(name: SignalName, fn: () => void): () => void {
    return this.#on(name, fn);
  }

  onCrash(fn: (error: unknown) => void): () => void {
    return this.#on('crash', fn);
  }

  exit(code: number): void {
    this.exits.push(code);
  }

  signal(name: SignalName): void {
    for (const fn of [...(this.#handlers.get(name) ?? [])]) fn(undefined);
  }

  crash(error: unknown): void {
    for (const fn of [...(this.#handlers.get('crash') ?? [])]) fn(error);
  }

  /** Handlers that are still there; none after a command has ended. */
  get handlers(): number {
    return [...this.#handlers.values()].reduce((sum, set) => sum + set.size, 0);
  }

  #on(name: string, fn: (value: unknown) => void): () => void {
    const set = this.#handlers.get(name) ?? new Set();
    this.#handlers.set(name, set.add(fn));
    return () => set.delete(fn);
  }
}

export class Sink {
  text = '';
  readonly isTTY: boolean;
  readonly columns = 120;
  readonly rows = 24;
  readonly #waiting: { readonly wanted: string; readonly resolve: () => void }[] = [];

  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }

  write(text: string | Uint8Array, done: () => void = () => undefined): void {
    this.text += typeof text === 'string' ? text : Buffer.from(text).toString();
    setImmediate(done);
    for (const one of [...this.#waiting]) if (this.text.includes(one.wanted)) one.resolve();
  }

  /** Resolves when this text has been written. */
  wrote(wanted: string): Promise<void> {
    if (this.text.includes(wanted)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ wanted, resolve }));
  }
}
