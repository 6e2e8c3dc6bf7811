// A store that no daemon has open, as commands read and replace it whole: a data folder or a database.
import type { Holdings } from '../service/backup.ts';

/** `empty`: nothing was ever stored there. `unfinished`: a migration into it was begun and not ended. */
export type Content = Holdings | 'empty' | 'unfinished' | 'unreadable';

export interface StoppedStore {
  /** For messages: the folder, or the database without its password. */
  readonly name: string;
  /** What to do about one that is not empty and should be. */
  readonly emptying: string;
  look(): Promise<Content>;
  /** All that it holds, as the text of a backup. Throws OperatorError when it cannot be read. */
  lines(): AsyncIterable<string>;
  /** Puts a backup in place of everything, all or nothing. Rejects with OperatorError. */
  restore(source: AsyncIterable<string | Uint8Array>): Promise<void>;
  /**
   * Fills the store, which holds nothing: no daemon starts on it until all is there and `check`, which is given what is there
   * now, has resolved. When it rejects, or the process dies, the store can be filled again.
   */
  fill(source: AsyncIterable<string>, check: (lines: AsyncIterable<string>) => Promise<void>): Promise<void>;
  /** Gives it free. */
  close(): Promise<void>;
}
