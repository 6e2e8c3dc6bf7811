// What was told to the feed and is not in the journal yet, in order of revision: one entry per row, however often it was
// noted, so that a disk that takes nothing cannot make it grow without end. Knows no file.
import type { StoredWrite } from '../held/contents.ts';
import { effectText, noteText, toldText } from './entry.ts';

interface Run {
  readonly commit: number;
  readonly rev: number;
  count: number;
}

export class Told {
  readonly #entries = new Map<string, string | Run>();
  #run: Run | undefined;

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** Throws, and takes nothing, when a value is no JSON. */
  note(writes: readonly StoredWrite[], rev: number): void {
    const texts = writes.map((write) => noteText(write, rev));
    for (const [index, { table, id }] of writes.entries()) {
      const key = `${table}\0${id}`;
      this.#entries.delete(key);
      this.#entries.set(key, texts[index] as string);
    }
    this.#run = undefined;
  }

  /** Commit number `commit` took effect as revision `rev`. */
  commit(commit: number, rev: number): void {
    const run = this.#run;
    if (run && run.commit + run.count === commit && run.rev + run.count === rev) {
      run.count += 1;
      return;
    }
    this.#run = { commit, rev, count: 1 };
    this.#entries.set(`commit ${commit}`, this.#run);
  }

  /** The text of the record that holds all of it. */
  text(synced: number): string {
    const told = Array.from(this.#entries.values(), (entry) =>
      typeof entry === 'string' ? entry : effectText(entry.commit, entry.count, entry.rev),
    );
    return toldText(told, synced);
  }

  clear(): void {
    this.#entries.clear();
    this.#run = undefined;
  }
}
