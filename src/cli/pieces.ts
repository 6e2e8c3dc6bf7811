// The pieces of a long answer between the connection that brings them and the command that takes them: while some wait, the
// connection is not read. Knows neither the connection nor what the pieces are.
import { OperatorError } from '../service/operator-error.ts';

/** Pieces that may wait before the connection is not read any more; what has been read by then still comes. */
const WAITING = 4;

export interface PiecesParts {
  /** Reads the connection, or lets it rest. */
  flow(on: boolean): void;
  /** Longest wait for the next piece. */
  readonly withinMs: number;
}

export class Pieces {
  readonly #parts: PiecesParts;
  readonly #waiting: unknown[] = [];
  #ended: { readonly error: Error | undefined } | undefined;
  #wake: () => void = () => undefined;

  constructor(parts: PiecesParts) {
    this.#parts = parts;
  }

  add(piece: unknown): void {
    if (this.#ended) return;
    this.#waiting.push(piece);
    if (this.#waiting.length >= WAITING) this.#parts.flow(false);
    this.#wake();
  }

  /** There are no more; with an error the whole is not whole. Only the first end counts. */
  end(error?: Error): void {
    this.#ended ??= { error };
    this.#wake();
  }

  /** Each piece, in order. Throws the error of the end after the last one, or when none comes in time. */
  async *taken(): AsyncIterable<unknown> {
    for (;;) {
      for (let piece = this.#waiting.splice(0, 1); piece.length > 0; piece = this.#waiting.splice(0, 1)) yield piece[0];
      if (this.#ended?.error) throw this.#ended.error;
      if (this.#ended) return;
      this.#parts.flow(true);
      await this.#more();
    }
  }

  #more(): Promise<void> {
    const { withinMs } = this.#parts;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new OperatorError(`the daemon sent nothing more within ${withinMs / 1000} s`)),
        withinMs,
      );
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
