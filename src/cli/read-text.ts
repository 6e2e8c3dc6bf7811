// Reads a text or a file that the operator names, or stdin, whole and up to a limit. Knows nothing of what it says.
import { open } from 'node:fs/promises';
import { OperatorError } from '../service/operator-error.ts';
import { whyUnreadable } from '../settings/problems.ts';
import type { Io } from './io.ts';
import { printable } from './width.ts';

export interface NamedText {
  /** For messages: the path as it was given, or `stdin`. */
  readonly name: string;
  readonly text: string;
}

/** `path` may be `-` for stdin. Rejects with OperatorError when it cannot be read, is longer than `most` bytes, or not UTF-8. */
export async function readText(io: Io, path: string, most: number): Promise<NamedText> {
  const { name, bytes } = await readBytes(io, path, most);
  try {
    return { name, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    throw new OperatorError(`${name}: this is no UTF-8 text`, { cause: error });
  }
}

/** The same for what need be no text. */
export async function readBytes(
  io: Io,
  path: string,
  most: number,
): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  const name = path === '-' ? 'stdin' : printable(path);
  return { name, bytes: path === '-' ? await gather(io.stdin, most, name) : await readFile(path, most, name) };
}

async function readFile(path: string, most: number, name: string): Promise<Buffer> {
  try {
    const file = await open(path, 'r');
    try {
      return await gather(file.createReadStream({ autoClose: false }), most, name);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    throw new OperatorError(`${name} cannot be read: ${whyUnreadable(error)}`, { cause: error });
  }
}

async function gather(input: NodeJS.ReadableStream, most: number, name: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of input) {
    const bytes = Buffer.from(piece);
    pieces.push(bytes);
    length += bytes.length;
    if (length > most) throw new OperatorError(`${name} is too long: at most ${most} bytes`);
  }
  return Buffer.concat(pieces);
}
