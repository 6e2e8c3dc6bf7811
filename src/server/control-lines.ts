// Splits a stream of bytes into lines of bounded length. Knows nothing of what the lines say.

const LINE_FEED = 0x0a;

/** What a piece of input brought: whole lines without their ends, and whether the one that follows is too long. */
export interface Split {
  readonly lines: readonly string[];
  readonly tooLong: boolean;
}

export class Lines {
  readonly #most: number;
  #pieces: Buffer[] = [];
  #held = 0;

  /** Lines of up to `most` bytes, the end not counted. */
  constructor(most: number) {
    this.#most = most;
  }

  /** After `tooLong` nothing of what is held can be used. */
  push(chunk: Buffer): Split {
    const lines: string[] = [];
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, from);
      const piece = chunk.subarray(from, end < 0 ? chunk.length : end);
      if (this.#held + piece.length > this.#most) {
        this.#pieces = [];
        this.#held = 0;
        return { lines, tooLong: true };
      }
      this.#pieces.push(piece);
      this.#held += piece.length;
      if (end < 0) return { lines, tooLong: false };
      lines.push(Buffer.concat(this.#pieces).toString('utf8').replace(/\r$/, ''));
      this.#pieces = [];
      this.#held = 0;
      from = end + 1;
    }
  }
}
