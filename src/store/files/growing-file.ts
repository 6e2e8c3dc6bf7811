// A file that grows record by record away from the event loop, and is brought to the disk a little at a time. Knows no meaning of
// its records.
import type { OpenFile } from './disk.ts';
import { record } from './record.ts';

/** Little is left unsynced at any time, so that commits do not wait behind the file at the disk. */
const SYNC_EVERY = 1024 * 1024;

export class GrowingFile {
  readonly #file: OpenFile;
  #end = 0;
  #synced = 0;

  /** `file` is new and empty. */
  constructor(file: OpenFile) {
    this.#file = file;
  }

  /** All that was added is durable. */
  get isSynced(): boolean {
    return this.#synced === this.#end;
  }

  /** Adds a record with this text. */
  async add(text: string): Promise<void> {
    const bytes = Buffer.from(record(text));
    let written = 0;
    while (written < bytes.length) {
      const count = await this.#file.writeAside(bytes.subarray(written), this.#end + written);
      if (count === 0) throw new Error('the file takes no more bytes');
      written += count;
    }
    this.#end += bytes.length;
    if (this.#end - this.#synced >= SYNC_EVERY) await this.#sync();
  }

  /** Resolves with the length in bytes when all of it is durable. */
  async finish(): Promise<number> {
    await this.#sync();
    return this.#end;
  }

  close(): void {
    this.#file.close();
  }

  async #sync(): Promise<void> {
    await this.#file.sync();
    this.#synced = this.#end;
  }
}
