// What comes in on one connection, read one piece a turn, so that a list of megabytes holds nobody up; and the end of the
// connection, which comes after all that came before it. Knows neither bytes nor messages.

export interface InflowSource {
  pause(): unknown;
  resume(): unknown;
}

export class Inflow {
  readonly #source: InflowSource;
  readonly #read: (piece: string) => void;
  #left: string[] = [];
  /** A piece was read in this turn. */
  #isBusy = false;
  #done: (() => void) | undefined;

  /** `read` must not throw. */
  constructor(source: InflowSource, read: (piece: string) => void) {
    this.#source = source;
    this.#read = read;
  }

  /** Whether the end has come, though not everything before it may have been read yet. */
  get isEnding(): boolean {
    return this.#done !== undefined;
  }

  /**
   * Takes pieces: the first is read at once if none was in this turn, the others one a turn. Meanwhile the source is paused:
   * left alone, Node reads megabytes of a socket in one turn.
   */
  push(pieces: readonly string[]): void {
    if (pieces.length === 0) return;
    for (const piece of pieces) this.#left.push(piece);
    if (!this.#isBusy) this.#next();
    if (this.#left.length > 0) this.#source.pause();
  }

  /** Calls `done` when everything is read and what the last piece put off to the end of its turn is done. The first end counts. */
  end(done: () => void): void {
    if (this.#done) return;
    this.#done = done;
    if (!this.#isBusy) done();
  }

  /** Leaves unread what is left. */
  drop(): void {
    this.#left = [];
  }

  #next(): void {
    const piece = this.#left.shift();
    if (piece !== undefined) {
      this.#isBusy = true;
      setImmediate(() => {
        this.#isBusy = false;
        this.#next();
      });
      this.#read(piece);
    } else if (this.#done) this.#done();
    else this.#source.resume();
  }
}
