// A data folder that no daemon has, as a store that is read and replaced whole.
import { OperatorError } from '../service/operator-error.ts';
import { type FolderContents, markUnfinished, readFolder, stateOf, unmark } from '../store/files/folder-copying.ts';
import { restoreFolder } from '../store/files/restore.ts';
import { FolderInUse, type FolderLock, lockFolder } from '../store/lock.ts';
import type { Content, StoppedStore } from './stopped-store.ts';
import { printable } from './width.ts';

/** `task`: what the daemon must be stopped for, such as `restore`. The folder is made when it is missing. Rejects with OperatorError. */
export async function openStoppedFolder(folder: string, task: string): Promise<StoppedStore> {
  const lock = await lockFolder(folder).catch((error: unknown) => {
    if (!(error instanceof FolderInUse)) throw error;
    throw new OperatorError(
      `the data folder ${folder} is in use by process ${error.pid}: stop the daemon, then ${task}`,
    );
  });
  return new StoppedFolder(folder, lock);
}

class StoppedFolder implements StoppedStore {
  readonly name: string;
  readonly emptying = 'name a folder that is empty or not there yet';
  readonly #folder: string;
  readonly #lock: FolderLock;
  /** What was read, as long as it is so. */
  #read: FolderContents | undefined;

  constructor(folder: string, lock: FolderLock) {
    this.name = printable(folder);
    this.#folder = folder;
    this.#lock = lock;
  }

  async look(): Promise<Content> {
    const state = stateOf(this.#folder);
    if (state !== 'used') return state;
    try {
      return (await this.#contents()).holds();
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      return 'unreadable';
    }
  }

  async *lines(): AsyncGenerator<string> {
    const { cuts, lines } = await this.#contents();
    const [cut] = cuts;
    if (cut) {
      this.#read = undefined;
      throw new OperatorError(
        `the end of ${cut.file} was torn by a crash, and its last ${cut.bytes} bytes, which nobody was promised, were cut: ` +
          'run the command again to go on with the rest',
      );
    }
    yield* lines();
  }

  async restore(source: AsyncIterable<string | Uint8Array>): Promise<void> {
    this.#read = undefined;
    await restoreFolder(this.#folder, source);
    await unmark(this.#folder);
  }

  async fill(source: AsyncIterable<string>, check: (lines: AsyncIterable<string>) => Promise<void>): Promise<void> {
    this.#read = undefined;
    await markUnfinished(this.#folder);
    await restoreFolder(this.#folder, source);
    await check(this.lines());
    await unmark(this.#folder);
  }

  close(): Promise<void> {
    return this.#lock.release();
  }

  async #contents(): Promise<FolderContents> {
    this.#read ??= await readFolder(this.#folder);
    return this.#read;
  }
}
