// Hearing of what other daemons did before somebody asks: a client that was answered there may be here before the news is. Knows nothing of
// what is asked.
import type { Store } from './store.ts';

export class Fence {
  readonly #store: Store;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Resolves when all that was committed anywhere before the call has been told here; those who ask at once share one question to the
   * store. Rejects with Failure `storage`.
   */
  passed(): Promise<void> {
    if (!this.#running) return this.#ask();
    // The one under way may have begun before what this one must hear of.
    this.#next ??= this.#running.then(
      () => this.#askNext(),
      () => this.#askNext(),
    );
    return this.#next;
  }

  #askNext(): Promise<void> {
    this.#next = undefined;
    return this.#ask();
  }

  #ask(): Promise<void> {
    const asked = this.#read().finally(() => {
      if (this.#running === asked) this.#running = undefined;
    });
    this.#running = asked;
    return asked;
  }

  /** What is read of a large table has been told: nothing new of a table that seldom changes. */
  async #read(): Promise<void> {
    const { rev } = this.#store.changes('sweeps', null);
    await this.#store.read({ table: 'retired', scope: '', since: rev, removedSince: rev, limit: 1 });
  }
}
