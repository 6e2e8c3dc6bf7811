// One journal file that is open for appending: whole records or nothing, and how much of it is durable. Knows no meaning of
// the records.
import type { OpenFile } from './disk.ts';

/** A write or sync that failed. `final`: the file can not be trusted any more. */
export class JournalError extends Error {
  readonly final: boolean;
  /** The system's word, such as ENOSPC. */
  readonly code: string;

  constructor(final: boolean, cause: unknown) {
    super(final ? 'the journal can not be written any more' : 'the journal could not be written', { cause });
    this.name = 'JournalError';
    this.final = final;
    this.code = codeOf(cause) ?? 'unknown';
  }
}

/** The code of an error that has one. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

export class Journal {
  readonly number: number;
  readonly #file: OpenFile;
  #before: Journal | undefined;
  #end = 0;
  #synced = 0;

  constructor(number: number, file: OpenFile) {
    this.number = number;
    this.#file = file;
  }

  /** `before` is the journal that this one continues: it is made durable before this one counts as durable. */
  follow(before: Journal): void {
    this.#before = before;
  }

  get end(): number {
    return this.#end;
  }

  /** Durable up to this offset. */
  get synced(): number {
    return this.#synced;
  }

  get isSynced(): boolean {
    return this.#synced === this.#end && (this.#before?.isSynced ?? true);
  }

  /** Appends whole records. When it throws JournalError, the file is as it was, or `final` is set. */
  append(records: string): void {
    const bytes = Buffer.from(records);
    let written = 0;
    try {
      while (written < bytes.length) {
        const count = this.#file.write(bytes.subarray(written), this.#end + written);
        if (count === 0) throw new Error('the file takes no more bytes');
        written += count;
      }
    } catch (error) {
      this.#cutBack(this.#end, error);
    }
    this.#end += bytes.length;
  }

  /** Makes what was appended so far durable. A failure is final, and the bytes after `keep` are taken back if possible. */
  async sync(keep: number): Promise<void> {
    const end = this.#end;
    try {
      if (this.#before) await this.#before.sync(this.#before.end);
      this.forgetBefore();
      if (this.#synced < end) await this.#file.sync();
    } catch (error) {
      this.#takeBack(keep);
      throw error instanceof JournalError ? error : new JournalError(true, error);
    }
    this.#synced = Math.max(this.#synced, end);
  }

  /** The journal before needs no sync any more. */
  forgetBefore(): void {
    this.#before?.close();
    this.#before = undefined;
  }

  close(): void {
    this.forgetBefore();
    this.#file.close();
  }

  #cutBack(end: number, cause: unknown): never {
    try {
      this.#file.truncate(end);
    } catch {
      throw new JournalError(true, cause);
    }
    throw new JournalError(false, cause);
  }

  #takeBack(keep: number): void {
    try {
      this.#file.truncate(keep);
      this.#end = keep;
    } catch {
      // The failure that led here is reported; what stays in the file was never answered.
    }
  }
}
