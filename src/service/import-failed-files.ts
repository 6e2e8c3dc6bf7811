// The rows that could not be imported, as files in memory for the one who imported them: some, for an hour. Nothing of them comes to the disk.
import type { Clock } from './clock.ts';
import type { Store } from './store.ts';

const MOST_FILES = 20;
const MOST_BYTES = 64 * 1024 * 1024;
const KEPT_MS = 60 * 60_000;

export interface FailedFile {
  /** Id of the import or dry run. */
  readonly id: string;
  /** Extension number. Empty: the operator. */
  readonly by: string;
  /** As the importer named it. */
  readonly book: string;
  readonly bytes: Uint8Array;
  readonly type: 'csv' | 'vcf';
}

export class FailedFiles {
  readonly #clock: Clock;
  /** The oldest first. */
  readonly #files = new Map<string, { readonly file: FailedFile; readonly cancel: () => void }>();
  readonly #stop: () => void;

  constructor({ store, clock }: { readonly store: Store; readonly clock: Clock }) {
    this.#clock = clock;
    this.#stop = store.subscribe(({ writes }) => {
      for (const { table, id, value } of writes) if (table === 'users' && value === null) this.#forgetUser(id);
    });
  }

  get(id: string): FailedFile | undefined {
    return this.#files.get(id)?.file;
  }

  keep(file: FailedFile): void {
    if (file.bytes.byteLength > MOST_BYTES) return;
    this.#files.set(file.id, { file, cancel: this.#clock.after(KEPT_MS, () => this.#files.delete(file.id)) });
    let bytes = 0;
    for (const one of this.#files.values()) bytes += one.file.bytes.byteLength;
    for (const [id, one] of this.#files) {
      if (this.#files.size <= MOST_FILES && bytes <= MOST_BYTES) return;
      bytes -= one.file.bytes.byteLength;
      this.#forget(id);
    }
  }

  close(): void {
    this.#stop();
    for (const id of [...this.#files.keys()]) this.#forget(id);
  }

  /** Whoever gets the number next finds nothing of his. */
  #forgetUser(extension: string): void {
    for (const { file } of [...this.#files.values()]) {
      if (file.by === extension || file.book === `personal:${extension}`) this.#forget(file.id);
    }
  }

  #forget(id: string): void {
    this.#files.get(id)?.cancel();
    this.#files.delete(id);
  }
}
