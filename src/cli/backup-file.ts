// Where a backup goes: a file that gets its name when it is whole and on the disk, so that nobody ever meets half a one.
// Knows nothing of what is written.
import { randomUUID } from 'node:crypto';
import { rmSync, type Stats } from 'node:fs';
import { type FileHandle, link, lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { OperatorError } from '../service/operator-error.ts';
import { codeOf } from '../settings/problems.ts';
import { printable } from './width.ts';

export interface BackupFile {
  write(text: string): Promise<void>;
  /** Gives it its name, durably. */
  keep(): Promise<void>;
  /** Leaves nothing behind, at once; after `keep` it does nothing. */
  drop(): void;
}

export interface BackupFileOptions {
  readonly path: string;
  /** Whether a file that is there may be replaced. */
  readonly force: boolean;
  /** Where no backup may lie: what is deleted there has to be gone from the disk. */
  readonly dataFolder: string;
}

/** Throws OperatorError when the file cannot be made, or is there and may not be replaced. */
export async function createBackupFile({ path, force, dataFolder }: BackupFileOptions): Promise<BackupFile> {
  const target = resolve(path);
  if (isWithin(target, resolve(dataFolder))) {
    throw new OperatorError(`${printable(path)} lies in the data folder itself: write the backup somewhere else`);
  }
  const there = await lstat(target).catch(() => undefined);
  if (there && !there.isFile()) {
    throw new OperatorError(`${printable(path)} ${whatElse(there)}`);
  }
  if (there && !force) throw isThere(path);
  const draft = join(dirname(target), `.${basename(target)}.${randomUUID()}.part`);
  const file = await said(path, () => open(draft, 'wx', 0o600));
  let isDraft = true;
  return {
    write: (text) => said(path, () => writeAll(file, text)),
    async keep() {
      await said(path, () => file.sync());
      await said(path, () => file.close());
      await said(path, () => (force ? rename(draft, target) : renameToFree(draft, target)));
      isDraft = false;
      await said(path, () => syncFolder(dirname(target)));
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

async function writeAll(file: FileHandle, text: string): Promise<void> {
  const bytes = Buffer.from(text);
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

async function said<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') throw isThere(path);
    throw new OperatorError(`no backup was written to ${printable(path)}: ${WHY[code] ?? code}`, { cause: error });
  }
}

function isThere(path: string): OperatorError {
  return new OperatorError(`${printable(path)} exists: add --force to replace it`);
}
