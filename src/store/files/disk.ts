// The file system as the store uses it: a small port, so that tests can fail a write or cut the power. Knows no records.
import {
  closeSync,
  fdatasync,
  fstatSync,
  fsync,
  ftruncateSync,
  open,
  openSync,
  readdirSync,
  readSync,
  rename,
  rm,
  write,
  writeSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { makeFolder } from '../make-folder.ts';

export interface OpenFile {
  readonly path: string;
  /** Bytes read into `into` from offset `at`; 0 at the end of the file. */
  read(into: Uint8Array, at: number): number;
  /** One write system call at offset `at`; may write less than given. */
  write(bytes: Uint8Array, at: number): number;
  /** The same away from the event loop. */
  writeAside(bytes: Uint8Array, at: number): Promise<number>;
  /** Resolves when the bytes written before the call are on the disk (fdatasync). */
  sync(): Promise<void>;
  truncate(length: number): void;
  size(): number;
  close(): void;
}

export interface Disk {
  /** Makes the folder for its owner alone (0700) unless it exists, and makes that durable. */
  makeFolder(folder: string): Promise<void>;
  list(folder: string): string[];
  open(path: string, access: 'read' | 'write'): OpenFile;
  /** A new empty file for its owner alone (0600). Fails when the name is taken. */
  create(path: string): OpenFile;
  rename(from: string, to: string): Promise<void>;
  /** Away from the event loop, since giving a large file free takes time. A missing file is no error. */
  remove(path: string): Promise<void>;
  /** Makes creation, renaming and removal in the folder durable. */
  syncFolder(folder: string): Promise<void>;
}

type Done<T> = (error: NodeJS.ErrnoException | null, value?: T) => void;

function settle<T>(start: (done: Done<T>) => void): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value as T)));
  });
}

function opened(path: string, fd: number): OpenFile {
  return {
    path,
    read: (into, at) => readSync(fd, into, 0, into.length, at),
    write: (bytes, at) => writeSync(fd, bytes, 0, bytes.length, at),
    writeAside: (bytes, at) => settle<number>((done) => write(fd, bytes, 0, bytes.length, at, done)),
    sync: () => settle<void>((done) => fdatasync(fd, done)),
    truncate: (length) => ftruncateSync(fd, length),
    size: () => fstatSync(fd).size,
    close: () => closeSync(fd),
  };
}

async function syncFolder(folder: string): Promise<void> {
  const fd = await settle<number>((done) => open(folder, 'r', done));
  try {
    await settle<void>((done) => fsync(fd, done));
  } finally {
    closeSync(fd);
  }
}

export const realDisk: Disk = {
  makeFolder: async (folder) => {
    const first = makeFolder(folder);
    if (first !== undefined) await syncFolder(dirname(resolve(first)));
  },
  list: (folder) => readdirSync(folder),
  open: (path, access) => opened(path, openSync(path, access === 'read' ? 'r' : 'r+')),
  create: (path) => opened(path, openSync(path, 'wx+', 0o600)),
  rename: (from, to) => settle<void>((done) => rename(from, to, done)),
  remove: (path) => settle<void>((done) => rm(path, { force: true }, done)),
  syncFolder,
};
