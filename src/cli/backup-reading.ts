// Reads a backup file to its end, to know before anything is touched that it is whole, and how much it holds.
import { type FileHandle, open } from 'node:fs/promises';
import { type Holdings, sumHoldings } from '../service/backup.ts';
import { OperatorError } from '../service/operator-error.ts';
import { SCOPE_OF } from '../service/store.ts';
import { whyUnreadable } from '../settings/problems.ts';
import { readBackup } from '../store/files/backup.ts';
import { STEPS } from '../store/files/format.ts';
import { printable } from './width.ts';

export interface BackupSource {
  /** In bytes. */
  readonly size: number;
  /** Its bytes from the beginning, as often as they are asked for. */
  bytes(): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** Throws OperatorError when it is no file that can be read. */
export async function openBackup(path: string): Promise<BackupSource> {
  const name = printable(path);
  const file = await open(path, 'r').catch((error: unknown) => {
    throw new OperatorError(`${name} cannot be read: ${whyUnreadable(error)}`, { cause: error });
  });
  const found = await file.stat();
  if (!found.isFile()) {
    await file.close();
    throw new OperatorError(`${name} is no file, and a backup is read twice: name a file`);
  }
  return { size: found.size, bytes: () => bytesOf(file, name), close: () => file.close() };
}

async function* bytesOf(file: FileHandle, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* file.createReadStream({ start: 0, autoClose: false, highWaterMark: 1024 * 1024 });
  } catch (error) {
    throw new OperatorError(`${name} cannot be read: ${whyUnreadable(error)}`, { cause: error });
  }
}

/** How much a backup holds. Throws OperatorError when it is damaged, not whole, newer than this program, or no backup. */
export async function countBackup(bytes: AsyncIterable<Uint8Array>): Promise<Holdings> {
  const books: string[] = [];
  const users: string[] = [];
  const contacts = new Map<string, number>();
  for await (const part of readBackup(bytes, STEPS)) {
    if ('rollcall' in part) continue;
    for (const [id, , value] of part.rows) {
      if (part.table === 'books') books.push(id);
      else if (part.table === 'users') users.push(id);
      else if (part.table === 'contacts') {
        const scope = String(SCOPE_OF.contacts(value));
        contacts.set(scope, (contacts.get(scope) ?? 0) + 1);
      }
    }
  }
  return sumHoldings(books, users, contacts);
}
