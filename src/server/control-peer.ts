// One peer of the control socket: newline-delimited JSON-RPC 2.0, one request after the other. Nothing a peer sends, or
// fails to read, costs more than the limits below. Knows no methods of its own.
import type { Socket } from 'node:net';
import type { z } from 'zod';
import { Failure } from '../domain/failure.ts';
import {
  errorBody,
  errorText,
  notificationText,
  type Request,
  type RequestId,
  readFrame,
  resultText,
} from '../protocol/rpc.ts';
import type { Report } from '../service/report.ts';
import { Lines } from './control-lines.ts';

/** The connection that a request came on. */
export interface Asker {
  /** Calls `fn` once when the connection has ended. Returns the function that stops it. */
  onGone(fn: () => void): () => void;
}

/** One request, one result. */
interface PlainMethod {
  readonly schema: z.ZodType;
  run(params: never, asker: Asker): unknown;
}

/** Answers `{}`, then sends `stream.item {id, item}` for what is pushed, until the peer hangs up. */
interface StreamMethod {
  readonly schema: z.ZodType;
  stream(params: never, push: (item: object) => void): () => void;
}

/**
 * Answers `{}`, then sends `stream.item {id, item}` for each piece, the next one asked for when the peer has taken the one
 * before, and at last `stream.end {id, error?}`. Later requests of the peer wait for that.
 */
interface PiecesMethod {
  readonly schema: z.ZodType;
  pieces(params: never, asker: Asker): AsyncIterable<unknown>;
}

export type ControlMethod = PlainMethod | StreamMethod | PiecesMethod;
export type ControlMethods = Readonly<Record<string, ControlMethod>>;

export const CONTROL_LIMITS = {
  /** Longest request, in bytes. */
  lineBytes: 1_048_576,
  connections: 32,
  /** Bytes waiting for one peer above which its streams are cut off. */
  waitingBytes: 8_388_608,
  streamsEach: 4,
  /** A peer that neither asks nor takes anything for this long is dropped, unless it follows a stream. */
  idleMs: 60_000,
  /** Longest time for all pieces of one answer. */
  piecesMs: 3_600_000,
} as const;
export type ControlLimits = Record<keyof typeof CONTROL_LIMITS, number>;

export class ControlPeer {
  readonly #socket: Socket;
  readonly #methods: ControlMethods;
  readonly #report: Report;
  readonly #limits: ControlLimits;
  readonly #stops: (() => void)[] = [];
  readonly #gone = new Set<() => void>();
  readonly #asker: Asker = {
    onGone: (fn) => {
      this.#gone.add(fn);
      return () => this.#gone.delete(fn);
    },
  };

  constructor(socket: Socket, methods: ControlMethods, report: Report, limits: ControlLimits) {
    this.#socket = socket;
    this.#methods = methods;
    this.#report = report;
    this.#limits = limits;
  }

  /** One request after the other, until the peer hangs up. */
  async serve(): Promise<void> {
    const socket = this.#socket;
    const lines = new Lines(this.#limits.lineBytes);
    socket.setTimeout(this.#limits.idleMs, () => socket.destroy());
    socket.on('close', () => {
      for (const stop of this.#stops.splice(0)) stop();
      for (const fn of [...this.#gone]) fn();
    });
    try {
      for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
        const split = lines.push(chunk as Buffer);
        for (const line of split.lines) {
          if (socket.destroyed) return;
          await this.#read(line);
        }
        if (!split.tooLong) continue;
        await this.#write(
          errorText(null, new Failure('too_large', `a request has at most ${this.#limits.lineBytes} bytes`)),
        );
        break;
      }
      socket.destroySoon();
    } catch (error) {
      if (!socket.destroyed) throw error; // else the peer broke off, or was dropped
    }
  }

  async #read(line: string): Promise<void> {
    if (line.trim() === '') return;
    const incoming = readFrame(line);
    if (incoming.kind === 'invalid') return this.#write(errorText(incoming.id, incoming.failure));
    const { id } = incoming.request;
    if (id === undefined) return;
    try {
      await this.#answer(id, incoming.request);
    } catch (error) {
      await this.#write(errorText(id, this.#failureOf(error, incoming.request.method)));
    }
  }

  async #answer(id: RequestId, { method, params }: Request): Promise<void> {
    const entry = Object.hasOwn(this.#methods, method) ? this.#methods[method] : undefined;
    if (!entry) throw new Failure('method', `there is no method ${method}`);
    const read = entry.schema.safeParse(params);
    if (!read.success) {
      const issues = read.error.issues
        .slice(0, 20)
        .map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
      throw new Failure('params', `${method}: ${issues[0]?.path ?? ''} ${issues[0]?.message ?? ''}`, { issues });
    }
    if ('run' in entry) return this.#write(resultText(id, (await entry.run(read.data as never, this.#asker)) ?? {}));
    if ('pieces' in entry) return this.#sendPieces(id, method, entry.pieces(read.data as never, this.#asker));
    if (this.#stops.length >= this.#limits.streamsEach)
      throw new Failure('too_many', 'too many streams on one connection');
    this.#socket.setTimeout(0);
    await this.#write(resultText(id, {}));
    if (this.#socket.destroyed) return;
    this.#stops.push(entry.stream(read.data as never, (item) => this.#push(id, item)));
  }

  /** When the peer goes, what makes the pieces is told at the next one. */
  async #sendPieces(id: RequestId, method: string, pieces: AsyncIterable<unknown>): Promise<void> {
    const socket = this.#socket;
    const tooLong = setTimeout(() => {
      this.#report('control.too_slow');
      socket.destroy();
    }, this.#limits.piecesMs).unref();
    let end: object = { id };
    try {
      await this.#write(resultText(id, {}));
      for await (const item of pieces) {
        await this.#write(notificationText('stream.item', { id, item }));
        if (socket.destroyed) break;
      }
    } catch (error) {
      end = { id, error: errorBody(this.#failureOf(error, method)) };
    } finally {
      clearTimeout(tooLong);
    }
    await this.#write(notificationText('stream.end', end));
  }

  #push(id: RequestId, item: object): void {
    if (this.#socket.destroyed) return;
    this.#socket.write(`${notificationText('stream.item', { id, item })}\n`);
    if (this.#socket.writableLength <= this.#limits.waitingBytes) return;
    this.#report('control.too_slow');
    this.#socket.destroy();
  }

  #failureOf(error: unknown, method: string): Failure {
    if (error instanceof Failure) return error;
    this.#report('control.method_failed', {
      method,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    return new Failure('internal', 'something went wrong inside the daemon: see its log');
  }

  /** Waits until the peer has taken what was written, so that it cannot pile up answers. */
  async #write(text: string): Promise<void> {
    const socket = this.#socket;
    if (socket.destroyed || socket.write(`${text}\n`)) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        socket.off('drain', done);
        socket.off('close', done);
        resolve();
      };
      socket.on('drain', done);
      socket.on('close', done);
    });
  }
}
