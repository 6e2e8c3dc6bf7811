// Asks a person at the terminal, with or without showing what is typed, and reads a line from what is no terminal.
import { OperatorError } from '../service/operator-error.ts';
import type { Io } from './io.ts';

const LONGEST_LINE = 4096;

/** The line ends, the interrupt (Ctrl-C) and the end of input (Ctrl-D), as a terminal in raw mode sends them. */
const ENTER = /^[\r\n]$/;
const INTERRUPT = '\u0003';
const END = '\u0004';
const ERASE = /^[\u007f\b]$/;
const ERASE_ALL = '\u0015';
/** Keys without a character of their own. */
const ARROWS = /\u001b(?:[[O][0-9;]*[A-Za-z~])?/g;

/** Reads lines from stdin; close it when done, or the process goes on waiting for more. */
export class Prompt {
  readonly #io: Io;
  #typed = '';
  #ended = false;
  #wake: () => void = () => undefined;
  readonly #onData = (chunk: Buffer | string) => {
    this.#typed += chunk.toString();
    if (this.#typed.length > 4 * LONGEST_LINE) this.#io.stdin.pause();
    this.#wake();
  };
  readonly #onEnd = () => {
    this.#ended = true;
    this.#wake();
  };

  constructor(io: Io) {
    this.#io = io;
    io.stdin.setEncoding('utf8');
    io.stdin.on('data', this.#onData);
    io.stdin.on('end', this.#onEnd);
    io.stdin.on('error', this.#onEnd);
  }

  close(): void {
    this.#io.stdin.off('data', this.#onData);
    this.#io.stdin.off('end', this.#onEnd);
    this.#io.stdin.off('error', this.#onEnd);
    this.#io.stdin.pause();
  }

  /** The next line without its end; what is there at the end of input counts as one. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#typed.indexOf('\n');
      if (end >= 0) {
        const line = this.#typed.slice(0, end).replace(/\r$/, '');
        this.#typed = this.#typed.slice(end + 1);
        return checked(line);
      }
      checked(this.#typed);
      if (this.#ended) {
        const rest = this.#typed;
        this.#typed = '';
        return rest;
      }
      await this.#more();
    }
  }

  /** What is typed after `question` at a terminal, not shown. */
  async hidden(question: string): Promise<string> {
    const { stdin, stderr } = this.#io;
    stdin.setRawMode?.(true);
    stderr.write(question);
    try {
      return await this.#keys();
    } finally {
      stdin.setRawMode?.(false);
      stderr.write('\n');
    }
  }

  async #keys(): Promise<string> {
    let line: string[] = [];
    for (;;) {
      const keys = [...this.#typed.replace(ARROWS, '')];
      for (const [index, key] of keys.entries()) {
        const done = ENTER.test(key) || key === END;
        if (done || key === INTERRUPT) this.#typed = keys.slice(index + 1).join('');
        if (key === INTERRUPT) throw new OperatorError('nothing was changed');
        if (done) return line.join('');
        if (ERASE.test(key)) line = line.slice(0, -1);
        else if (key === ERASE_ALL) line = [];
        else if (key >= ' ') line.push(key);
      }
      this.#typed = '';
      checked(line.join(''));
      if (this.#ended) return line.join('');
      await this.#more();
    }
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

function checked(line: string): string {
  if (line.length > LONGEST_LINE) throw new OperatorError('that line is too long');
  return line;
}
