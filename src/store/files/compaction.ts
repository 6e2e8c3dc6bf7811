// Decides when a snapshot takes the place of the journals, and takes one in the background: when the journals have outgrown
// the last, and soon after a removal, since what was deleted must leave the disk. Knows no commits.
import type { Clock } from '../../service/clock.ts';
import type { Report } from '../../service/report.ts';
import type { Contents, Frozen } from '../held/contents.ts';
import type { FolderAdapter } from './adapter.ts';
import { codeOf, type Journal } from './journal.ts';

/** From a removal to the snapshot without it; with the time the writing takes it stays below 20 s. */
const ERASE_AFTER_MS = 10_000;
/** From a snapshot that failed to the next try. */
const RETRY_AFTER_MS = 20_000;

interface CompactionParts {
  readonly adapter: FolderAdapter;
  readonly contents: Contents;
  readonly clock: Clock;
  readonly report: Report;
  /** Runs a function at the next moment when nothing is on its way to the disk. */
  readonly between: <T>(fn: () => T) => Promise<T>;
}

export class Compaction {
  readonly #parts: CompactionParts;
  #running: Promise<void> | undefined;
  #cancel: (() => void) | undefined;
  /** Something removed is still in the files. */
  #eraseDue = false;
  #failed = false;
  #stopped = false;
  #broken = false;

  constructor(parts: CompactionParts) {
    this.#parts = parts;
  }

  /** A snapshot is owed: a row was removed that must leave the disk. */
  owe(): void {
    this.#eraseDue = true;
    if (!this.#failed) this.#later(ERASE_AFTER_MS);
  }

  /** Called after each write: starts a snapshot when the journals have outgrown the last one. */
  grown(): void {
    if (!this.#running && !this.#failed && !this.#stopped && this.#parts.adapter.isOvergrown) this.#start();
  }

  /** Nothing can be written any more. */
  halt(): void {
    this.#broken = true;
    this.#end();
  }

  /** Ends what is under way, and takes the snapshot that is owed to a removal. No other is started after. */
  async stop(): Promise<void> {
    this.#end();
    await this.#running;
    if (this.#eraseDue && !this.#broken) await this.#take();
  }

  #end(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  #later(ms: number): void {
    if (this.#cancel || this.#stopped) return;
    this.#cancel = this.#parts.clock.after(ms, () => {
      this.#cancel = undefined;
      this.#failed = false;
      if (this.#running || this.#stopped) return;
      if (this.#eraseDue || this.#parts.adapter.isOvergrown) this.#start();
    });
  }

  #start(): void {
    this.#running = this.#take().finally(() => {
      this.#running = undefined;
      if (this.#eraseDue) this.#later(this.#failed ? RETRY_AFTER_MS : 0);
    });
  }

  async #take(): Promise<void> {
    const { adapter, clock, report, between } = this.#parts;
    const began = clock.now();
    const eraseDue = this.#eraseDue;
    try {
      const { frozen, number } = await this.#turnOver();
      const bytes = await adapter.snapshot(frozen, number);
      await between(() => adapter.forgetBefore(number));
      report('store.snapshot', { bytes, ms: clock.now() - began });
    } catch (error) {
      this.#eraseDue ||= eraseDue;
      this.#failed = true;
      this.#later(RETRY_AFTER_MS);
      report('store.snapshot_failed', { code: codeOf(error) ?? (error instanceof Error ? error.name : 'unknown') });
    }
  }

  /** From one moment on the next journal is written; the contents of that moment are what the snapshot will hold. */
  async #turnOver(): Promise<{ frozen: Frozen; number: number }> {
    const { adapter, contents, between } = this.#parts;
    const next: Journal = await adapter.prepare(contents.epoch);
    try {
      return await between(() => {
        adapter.continueIn(next);
        this.#eraseDue = false;
        return { frozen: contents.freeze(), number: next.number };
      });
    } catch (error) {
      await adapter.discard(next);
      throw error;
    }
  }
}
