// The lines of a file from its end backwards, read in blocks, so that a file of any size costs what is read of it. A line that was not
// finished yet is left out, and one that is too long to be anything is skipped without being kept. Knows nothing of what they say.
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

const BLOCK_BYTES = 64 * 1024;
/** cdr_csv writes at most 1,024 bytes at once. */
const LONGEST_LINE = 8 * 1024;
const NEWLINE = 0x0a;

/** From the last to the first, without line breaks. Throws the error of the system, or one that says what the path is in place of a file. */
export async function* tailLines(path: string): AsyncGenerator<string> {
  // A pipe would else be waited for.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const info = await file.stat();
    if (!info.isFile()) throw new Error(info.isDirectory() ? 'it is a folder' : 'it is no ordinary file');
    yield* backwards(file, info.size);
  } finally {
    await file.close();
  }
}

async function* backwards(file: FileHandle, size: number): AsyncGenerator<string> {
  const tail = new Tail();
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - BLOCK_BYTES);
    const block = Buffer.allocUnsafe(end - start);
    const { bytesRead } = await file.read(block, 0, block.length, start);
    // It was made shorter meanwhile: what was at the end is no longer there.
    if (bytesRead < block.length) tail.forget();
    yield* tail.take(block.subarray(0, bytesRead));
    end = start;
  }
  yield* tail.first();
}

/** The part of a line that is known so far, of which the beginning is still to come. */
class Tail {
  #parts: Buffer[] = [];
  #length = 0;
  /** What is collected has no line break behind it yet, or is too long. */
  #isLost = true;

  *take(block: Buffer): Generator<string> {
    let end = block.length;
    for (let at = lastBreak(block, end); at >= 0; at = lastBreak(block, at)) {
      this.#add(block.subarray(at + 1, end));
      yield* this.first();
      this.#isLost = false;
      end = at;
    }
    this.#add(block.subarray(0, end));
  }

  /** Ends the line that is collected at its beginning. */
  *first(): Generator<string> {
    const line = this.#isLost ? '' : Buffer.concat(this.#parts.reverse()).toString('utf8');
    this.forget();
    if (line !== '') yield line.endsWith('\r') ? line.slice(0, -1) : line;
  }

  forget(): void {
    this.#parts = [];
    this.#length = 0;
    this.#isLost = true;
  }

  #add(part: Buffer): void {
    if (this.#isLost || part.length === 0) return;
    this.#length += part.length;
    if (this.#length > LONGEST_LINE) this.forget();
    else this.#parts.push(part);
  }
}

function lastBreak(block: Buffer, before: number): number {
  return before === 0 ? -1 : block.lastIndexOf(NEWLINE, before - 1);
}
