// How far a long work has come, told in its place on a terminal; nothing is said of what is done soon, or where no terminal is.
import type { Io } from './io.ts';

const SOON_MS = 1_000;
const EVERY_MS = 250;

export class Progress {
  readonly #io: Pick<Io, 'stderr' | 'now'>;
  readonly #text: (done: number) => string;
  #done = 0;
  #next: number;
  #shown = false;

  /** `text` says how far the work is when `done` of whatever it counts are done. */
  constructor(io: Pick<Io, 'stderr' | 'now'>, text: (done: number) => string) {
    this.#io = io;
    this.#text = text;
    this.#next = io.now() + SOON_MS;
  }

  add(done: number): void {
    this.#done += done;
    const now = this.#io.now();
    if (!this.#io.stderr.isTTY || now < this.#next) return;
    this.#next = now + EVERY_MS;
    this.#shown = true;
    this.#io.stderr.write(`\r\x1b[K${this.#text(this.#done)}`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.#shown) this.#io.stderr.write('\r\x1b[K');
    this.#shown = false;
  }
}

/** Bytes as people read them. */
export function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
