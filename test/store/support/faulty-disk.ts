// The real disk with faults at will: no room, errors of write, sync and truncate, syncs that wait, and a record of what is
// durable, so that a power cut can be played. Its syncs are noted and not carried out, which makes it fast.
import { closeSync, openSync, readdirSync, renameSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Disk, type OpenFile, realDisk } from '../../../src/store/files/disk.ts';
import { copyOf, turn } from './places.ts';

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made by the test`), { code });
}

export class FaultyDisk implements Disk {
  /** Calls so far: writes of open files, and syncs of files. */
  writes = 0;
  syncs = 0;
  bytes = 0;
  /** Bytes that still fit. */
  room = Number.POSITIVE_INFINITY;
  /** Code of the error that every such call ends with. */
  failWrite: string | undefined;
  failSync: string | undefined;
  failTruncate: string | undefined;
  /** Called before each call that changes the disk. */
  before: (what: string, path: string) => void = () => undefined;
  readonly #durable = new Map<string, number>();
  #gate: { readonly passed: Promise<void>; readonly open: () => void } | undefined;

  makeFolder = (folder: string): Promise<void> => realDisk.makeFolder(folder);
  list = (folder: string): string[] => realDisk.list(folder);
  open = (path: string, access: 'read' | 'write'): OpenFile => this.#wrap(realDisk.open(path, access));

  create(path: string): OpenFile {
    this.before('create', path);
    if (this.room <= 0) throw systemError('ENOSPC');
    this.#durable.delete(path);
    return this.#wrap(realDisk.create(path));
  }

  async rename(from: string, to: string): Promise<void> {
    this.before('rename', to);
    renameSync(from, to);
    this.#durable.set(to, this.#durable.get(from) ?? 0);
  }

  async remove(path: string): Promise<void> {
    this.before('remove', path);
    await realDisk.remove(path);
  }

  async syncFolder(folder: string): Promise<void> {
    this.before('sync', folder);
    await turn();
  }

  /** From now on syncs wait for `releaseSyncs`. */
  holdSyncs(): void {
    let open = (): void => undefined;
    const passed = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.#gate = { passed, open };
  }

  releaseSyncs(): void {
    this.#gate?.open();
    this.#gate = undefined;
  }

  /**
   * The folder as a power cut at this moment may leave it: of each file the durable bytes, and of those that follow a part,
   * or all with a hole of zeros. `choose(n)` gives a whole number below n.
   */
  copyAfterPowerCut(folder: string, choose: (below: number) => number): string {
    const copy = copyOf(folder);
    for (const name of readdirSync(copy)) {
      const path = join(copy, name);
      const size = statSync(path).size;
      const durable = this.#durable.get(join(folder, name)) ?? 0;
      if (size <= durable) continue;
      if (choose(2) === 0) truncateSync(path, durable + choose(size - durable + 1));
      else blank(path, durable + choose(size - durable), 1 + choose(64), size);
    }
    return copy;
  }

  /** All that is in the folder is durable, as after the start of a machine. */
  settle(folder: string): void {
    for (const name of readdirSync(folder)) this.#durable.set(join(folder, name), statSync(join(folder, name)).size);
  }

  #wrap(file: OpenFile): OpenFile {
    return {
      path: file.path,
      read: (into, at) => file.read(into, at),
      write: (bytes, at) => this.#admit(file, bytes, (part) => file.write(part, at)),
      writeAside: async (bytes, at) => this.#admit(file, bytes, (part) => file.write(part, at)),
      sync: () => this.#sync(file),
      truncate: (length) => {
        this.before('truncate', file.path);
        if (this.failTruncate) throw systemError(this.failTruncate);
        file.truncate(length);
      },
      size: () => file.size(),
      close: () => file.close(),
    };
  }

  #admit(file: OpenFile, bytes: Uint8Array, write: (part: Uint8Array) => number): number {
    this.before('write', file.path);
    if (this.failWrite) throw systemError(this.failWrite);
    if (this.room <= 0) throw systemError('ENOSPC');
    const written = write(bytes.subarray(0, Math.min(bytes.length, this.room)));
    this.room -= written;
    this.writes += 1;
    this.bytes += written;
    return written;
  }

  async #sync(file: OpenFile): Promise<void> {
    this.before('sync', file.path);
    this.syncs += 1;
    const size = file.size();
    await this.#gate?.passed;
    if (this.failSync) throw systemError(this.failSync);
    await turn();
    this.#durable.set(file.path, Math.max(size, this.#durable.get(file.path) ?? 0));
  }
}

function blank(path: string, at: number, length: number, size: number): void {
  const fd = openSync(path, 'r+');
  writeSync(fd, Buffer.alloc(Math.min(length, size - at)), 0, Math.min(length, size - at), at);
  closeSync(fd);
}
