// A command's side of the control socket: requests and streams to the daemon that owns a data folder. Knows no method.
import { createConnection, type Socket } from 'node:net';
import { z } from 'zod';
import { Failure, type FailureCode } from '../domain/failure.ts';
import { ERROR_CODES } from '../protocol/codes.ts';
import { controlPath } from '../server/control.ts';
import { Lines } from '../server/control-lines.ts';
import { OperatorError } from '../service/operator-error.ts';
import { Pieces } from './pieces.ts';

export interface ControlClient {
  /** The result. Rejects with the daemon's Failure, or with OperatorError when it goes away or does not answer. */
  request(method: string, params?: object): Promise<unknown>;
  /** Asks for a stream; `onItem` gets what it brings until the connection ends. */
  stream(method: string, params: object, onItem: (item: unknown) => void): Promise<void>;
  /**
   * The pieces of a long answer, no faster than they are taken. Throws what the daemon says went wrong, or OperatorError when it
   * ends before the last one; who got all of them without an error has all.
   */
  pieces(method: string, params?: object): AsyncIterable<unknown>;
  /** Resolves when the connection has ended, whoever ended it. */
  readonly closed: Promise<void>;
  close(): void;
}

/** A daemon's answer may be a whole board. */
const LONGEST_ANSWER = 256 * 1024 * 1024;
const ANSWER_WITHIN_MS = 30_000;

interface Asked {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** Connects to the daemon that owns the folder; null when none is listening there. */
export async function connectControl(
  dataFolder: string,
  answerWithinMs = ANSWER_WITHIN_MS,
): Promise<ControlClient | null> {
  const path = controlPath(dataFolder);
  const socket = createConnection(path);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTDIR' || code === 'ENOTSOCK') return null;
    if (code === 'EACCES' || code === 'EPERM') {
      throw new OperatorError(
        `the socket ${path} belongs to another user: run this command as the user the daemon runs as`,
      );
    }
    throw new OperatorError(`cannot reach the daemon at ${path}: ${message}`, { cause: error });
  }
  return new SocketClient(socket, answerWithinMs);
}

class SocketClient implements ControlClient {
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #answerWithinMs: number;
  readonly #lines = new Lines(LONGEST_ANSWER);
  readonly #asked = new Map<number, Asked>();
  readonly #streams = new Map<number, (item: unknown) => void>();
  readonly #pieces = new Map<number, Pieces>();
  #lastId = 0;

  constructor(socket: Socket, answerWithinMs: number) {
    this.#socket = socket;
    this.#answerWithinMs = answerWithinMs;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', () => socket.destroy()); // told to whoever waits, at 'close'
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        const unfinished = new OperatorError('the daemon ended before it had sent everything');
        for (const pieces of this.#pieces.values()) pieces.end(unfinished);
        this.#fail(new OperatorError('the daemon ended before it answered'));
        resolve();
      });
    });
  }

  request(method: string, params: object = {}): Promise<unknown> {
    this.#lastId += 1;
    return this.#ask(this.#lastId, method, params);
  }

  async stream(method: string, params: object, onItem: (item: unknown) => void): Promise<void> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#streams.set(id, onItem);
    await this.#ask(id, method, params);
  }

  async *pieces(method: string, params: object = {}): AsyncIterable<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    const pieces = new Pieces({
      flow: (on) => (on ? this.#socket.resume() : this.#socket.pause()),
      withinMs: this.#answerWithinMs,
    });
    this.#pieces.set(id, pieces);
    try {
      await this.#ask(id, method, params);
      yield* pieces.taken();
    } finally {
      this.#pieces.delete(id);
      this.#socket.resume();
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #ask(id: number, method: string, params: object): Promise<unknown> {
    if (this.#socket.destroyed) return Promise.reject(new OperatorError('the daemon has ended'));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#asked.delete(id);
        reject(new OperatorError(`the daemon did not answer within ${this.#answerWithinMs / 1000} s`));
      }, this.#answerWithinMs);
      const done = () => {
        clearTimeout(timer);
        this.#asked.delete(id);
      };
      this.#asked.set(id, {
        resolve: (result) => {
          done();
          resolve(result);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
      this.#socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    });
  }

  #take(chunk: Buffer): void {
    const { lines, tooLong } = this.#lines.push(chunk);
    for (const line of lines) this.#read(line);
    if (tooLong) this.#socket.destroy();
  }

  #read(line: string): void {
    const message = readAnswer(line);
    if (!message) {
      this.#fail(new OperatorError('what answers on the control socket is no rollcall daemon'));
      this.#socket.destroy();
      return;
    }
    if (message.method) {
      this.#notified(message.method, message.params);
      return;
    }
    const asked = this.#asked.get(message.id ?? 0);
    if (message.error && !asked) this.#fail(failureOf(message.error));
    else if (message.error) asked?.reject(failureOf(message.error));
    else asked?.resolve(message.result);
  }

  #notified(method: string, { id, item, error }: Notified = { id: 0 }): void {
    const pieces = this.#pieces.get(id);
    if (method === 'stream.end') pieces?.end(error && failureOf(error));
    else if (method === 'stream.item' && pieces) pieces.add(item);
    else if (method === 'stream.item') this.#streams.get(id)?.(item);
  }

  #fail(error: Error): void {
    for (const asked of [...this.#asked.values()]) asked.reject(error);
    for (const pieces of this.#pieces.values()) pieces.end(error);
  }
}

const errorSchema = z.object({ code: z.number(), message: z.string(), data: z.looseObject({}).optional() });
const answerSchema = z.object({
  jsonrpc: z.literal('2.0'),
  id: z.number().nullish(),
  result: z.unknown().optional(),
  error: errorSchema.optional(),
  method: z.string().optional(),
  params: z.object({ id: z.number(), item: z.unknown().optional(), error: errorSchema.optional() }).optional(),
});
type Answer = z.output<typeof answerSchema>;
type Notified = NonNullable<Answer['params']>;

function readAnswer(line: string): Answer | null {
  try {
    return answerSchema.parse(JSON.parse(line));
  } catch {
    return null; // not JSON, or no answer
  }
}

const CODES = new Map(Object.entries(ERROR_CODES).map(([word, code]) => [code, word as FailureCode]));

function failureOf({ code, message, data }: NonNullable<Answer['error']>): Failure {
  return new Failure(CODES.get(code) ?? 'internal', message, data ?? {});
}
