// A terminal, or pipes in its place: a question without echo, then whole screens out and keys in. Leaves it as it was.
import { StringDecoder } from 'node:string_decoder';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Size } from './directory-screen.ts';

interface Handlers {
  /** A character, or the sequence of a special key; empty: there will be no more. */
  key(key: string): void;
  resized(): void;
}

const OTHER_SCREEN = '\x1b[?1049h\x1b[?25l';
const OWN_SCREEN = '\x1b[?25h\x1b[?1049l';

export class Terminal {
  readonly #in: ReadStream;
  readonly #out: WriteStream;
  readonly #decoder = new StringDecoder('utf8');
  /** Keys that nobody has asked for yet. */
  #early: string[] = [];
  #handle: ((key: string) => void) | undefined;
  #resized: () => void = () => undefined;
  #isBegun = false;
  #isOver = false;

  constructor(stdin: ReadStream, stdout: WriteStream) {
    this.#in = stdin;
    this.#out = stdout;
    if (stdin.isTTY) stdin.setRawMode(true);
    stdin.on('data', this.#took);
    stdin.once('end', this.#ended);
    process.once('exit', this.#leave);
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, this.#ended);
  }

  get size(): Size {
    return { rows: this.#out.rows || 24, columns: this.#out.columns || 80 };
  }

  /** The line that is typed; undefined when the user gives up. */
  askSecret(question: string): Promise<string | undefined> {
    this.#out.write(question);
    return new Promise((resolve) => {
      let secret = '';
      const done = (answer: string | undefined) => {
        this.#handle = undefined;
        this.#out.write('\n');
        resolve(answer);
      };
      this.#give((key) => {
        if (key === '\r' || key === '\n') done(secret);
        else if (key === '\x03' || key === '\x04' || key === '') done(undefined);
        else if (key === '\x7f' || key === '\b') secret = [...secret].slice(0, -1).join('');
        else if (!key.startsWith('\x1b')) secret += key;
      });
    });
  }

  begin({ key, resized }: Handlers): void {
    this.#isBegun = true;
    this.#resized = resized;
    this.#out.write(OTHER_SCREEN);
    this.#out.on('resize', resized);
    this.#give(key);
  }

  /** Writes over what is there, so that nothing flickers. */
  draw(lines: readonly string[]): void {
    if (!this.#isOver) this.#out.write(`\x1b[H${lines.map((line) => `${line}\x1b[K`).join('\r\n')}\x1b[J`);
  }

  close(): void {
    this.#leave();
    process.off('exit', this.#leave);
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.off(signal, this.#ended);
    this.#handle = () => undefined;
    this.#out.off('resize', this.#resized);
    this.#in.off('data', this.#took);
    this.#in.off('end', this.#ended);
    this.#in.pause();
  }

  readonly #took = (bytes: Buffer): void => {
    for (const key of keysOf(this.#decoder.write(bytes))) this.#press(key);
  };

  readonly #ended = (): void => this.#press('');

  readonly #leave = (): void => {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#in.isTTY) this.#in.setRawMode(false);
    if (this.#isBegun) this.#out.write(OWN_SCREEN);
  };

  #give(handle: (key: string) => void): void {
    this.#handle = handle;
    for (const key of this.#early.splice(0)) this.#press(key);
  }

  #press(key: string): void {
    if (this.#handle) this.#handle(key);
    else this.#early.push(key);
  }
}

/** One key after the other: an escape sequence is one. */
function keysOf(text: string): string[] {
  return text.match(/\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Za-z]|./gsu) ?? [];
}
