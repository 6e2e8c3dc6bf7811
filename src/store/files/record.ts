// How one record lies in a file: length and CRC-32 in hexadecimal, the text, a line feed. Knows no meaning of the text.
import { crc32 } from 'node:zlib';
import type { OpenFile } from './disk.ts';

/** Bytes before the text: `llllllll cccccccc `. */
const HEAD = 18;
const LINE_FEED = 0x0a;
const BLOCK = 4 * 1024 * 1024;

export interface FoundRecord {
  readonly text: string;
  /** Offset of the first byte, and of the byte after the last. */
  readonly at: number;
  readonly end: number;
}

const hex = (value: number): string => value.toString(16).padStart(8, '0');
const headOf = (length: number, sum: number): string => `${hex(length)} ${hex(sum)} `;

/** The record as it is written. `text` must hold no line feed, which JSON never does. */
export function record(text: string): string {
  return `${headOf(Buffer.byteLength(text), crc32(text))}${text}\n`;
}

/** The text of a record without its line feed; undefined when it is not whole and right. */
export function textOf(line: Buffer): string | undefined {
  const text = line.subarray(HEAD);
  return line.toString('latin1', 0, HEAD) === headOf(text.length, crc32(text)) ? text.toString() : undefined;
}

/** Reads a file through a block that moves with the reader. */
class View {
  readonly size: number;
  readonly #file: OpenFile;
  #block: Buffer = Buffer.alloc(0);
  #start = 0;

  constructor(file: OpenFile) {
    this.#file = file;
    this.size = file.size();
  }

  /** The bytes from `at`, `length` of them or as many as the file has. Valid until the next call. */
  bytes(at: number, length: number): Buffer {
    const wanted = Math.min(length, this.size - at);
    const from = at - this.#start;
    if (from < 0 || from + wanted > this.#block.length) {
      this.#load(at, Math.min(Math.max(wanted, BLOCK), this.size - at));
      return this.#block.subarray(0, wanted);
    }
    return this.#block.subarray(from, from + wanted);
  }

  #load(at: number, length: number): void {
    const block = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const read = this.#file.read(block.subarray(filled), at + filled);
      if (read === 0) break;
      filled += read;
    }
    this.#block = block.subarray(0, filled);
    this.#start = at;
  }
}

/** Length of the text, as the record at `at` says; NaN when it says none. */
function lengthAt(view: View, at: number): number {
  return Number.parseInt(view.bytes(at, 8).toString('latin1'), 16);
}

/** The whole, right record at `at`; undefined when there is none. */
function recordAt(view: View, at: number): FoundRecord | undefined {
  const head = view.bytes(at, HEAD).toString('latin1');
  const length = lengthAt(view, at);
  if (head.length < HEAD || !(at + HEAD + length + 1 <= view.size)) return undefined;
  const body = view.bytes(at + HEAD, length + 1);
  if (body[length] !== LINE_FEED) return undefined;
  const text = body.subarray(0, length);
  if (head !== headOf(length, crc32(text))) return undefined;
  return { text: text.toString(), at, end: at + HEAD + length + 1 };
}

/** Calls `each` for the records from the start of the file. Returns the offset after the last that is whole and right. */
export function readRecords(file: OpenFile, each: (found: FoundRecord) => void): number {
  const view = new View(file);
  let at = 0;
  while (at < view.size) {
    const found = recordAt(view, at);
    if (!found) break;
    each(found);
    at = found.end;
  }
  return at;
}

/**
 * Calls `each` for every right record behind the broken one at `at`: where its length says the next begins, and wherever a
 * line feed lets one begin.
 */
export function readBehind(file: OpenFile, at: number, each: (found: FoundRecord) => void): void {
  const view = new View(file);
  const claimed = at + HEAD + lengthAt(view, at) + 1;
  let next = claimed < view.size && recordAt(view, claimed) ? claimed : lineAfter(view, at);
  while (next < view.size) {
    const found = recordAt(view, next);
    if (found) each(found);
    next = found ? found.end : lineAfter(view, next);
  }
}

function lineAfter(view: View, at: number): number {
  for (let from = at; from < view.size; from += BLOCK) {
    const index = view.bytes(from, BLOCK).indexOf(LINE_FEED);
    if (index >= 0) return from + index + 1;
  }
  return view.size;
}
