// A file that gets its name when it is whole and on the disk, so that nobody ever meets half a one. Knows nothing of what is
// written.
import { randomUUID } from 'node:crypto';
import { rmSync, type Stats } from 'node:fs';
import { type FileHandle, link, lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { OperatorError } from '../service/operator-error.ts';
import { codeOf } from '../settings/problems.ts';
import { printable } from './width.ts';

export interface WholeFile {
  write(content: string | Uint8Array): Promise<void>;
  /** Gives it its name, durably. */
  keep(): Promise<void>;
  /** Leaves nothing behind, at once; after `keep` it does nothing. */
  drop(): void;
}

export interface WholeFileOptions {
  readonly path: string;
  /** What is written, for messages: `backup`. */
  readonly what: string;
  /** Whether a file that is there may be replaced. */
  readonly force: boolean;
  /** Where it may not lie: what is deleted there has to be gone from the disk. */
  readonly dataFolder: string;
}

/** Throws OperatorError when the file cannot be made, or is there and may not be replaced. */
export async function createWholeFile({ path, what, force, dataFolder }: WholeFileOptions): Promise<WholeFile> {
  const target = resolve(path);
  if (isWithin(target, resolve(dataFolder))) {
    throw new OperatorError(`${printable(path)} lies in the data folder itself: write the ${what} somewhere else`);
  }
  const there = await lstat(target).catch(() => undefined);
  if (there && !there.isFile()) {
    throw new OperatorError(`${printable(path)} ${whatElse(there)}`);
  }
  if (there && !force) throw isThere(path);
  const draft = join(dirname(target), `.${basename(target)}.${randomUUID()}.part`);
  const said = sayWhy(path, what);
  const file = await said(() => open(draft, 'wx', 0o600));
  let isDraft = true;
  return {
    write: (content) => said(() => writeAll(file, content)),
    async keep() {
      await said(() => file.sync());
      await said(() => file.close());
      await said(() => (force ? rename(draft, target) : renameToFree(draft, target)));
      isDraft = false;
      await said(() => syncFolder(dirname(target)));
    },
    drop() {
      if (!isDraft) return;
      isDraft = false;
      rmSync(draft, { force: true });
      file.close().catch(() => undefined); // closed before, or of no use any more
    },
  };
}

function whatElse(there: Stats): string {
  if (there.isDirectory()) return 'is a folder: name a file in it';
  return there.isSymbolicLink() ? 'is a link: name the file itself' : 'is no regular file: use - for stdout';
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || !(way === '..' || way.startsWith('../'));
}

async function writeAll(file: FileHandle, content: string | Uint8Array): Promise<void> {
  const bytes = Buffer.from(content);
  let written = 0;
  while (written < bytes.length) written += (await file.write(bytes, written)).bytesWritten;
}

/** Fails with EEXIST when the name has been taken meanwhile; on file systems without links that cannot be told. */
async function renameToFree(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(codeOf(error))) throw error;
    return rename(from, to);
  }
  await rm(from);
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'there is no such folder',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is mounted read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be too large',
};

/** Runs work on the file, and throws OperatorError with the reason when it fails. */
function sayWhy(path: string, what: string): <T>(work: () => Promise<T>) => Promise<T> {
  return async (work) => {
    try {
      return await work();
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EEXIST') throw isThere(path);
      throw new OperatorError(`no ${what} was written to ${printable(path)}: ${WHY[code] ?? code}`, { cause: error });
    }
  };
}

function isThere(path: string): OperatorError {
  return new OperatorError(`${printable(path)} exists: add --force to replace it`);
}
