// Which contacts were written lately, so that an answer of the store can be seen to be of before. Remembers so many and no more.
import type { Told } from './store.ts';

const KEPT = 256;

export class Touched {
  readonly #ids: string[] = [];
  #count = 0;

  /** Stands for this moment. */
  get mark(): number {
    return this.#count;
  }

  hear(writes: readonly Told[]): void {
    for (const { table, id } of writes) {
      if (table !== 'contacts') continue;
      this.#ids[this.#count % KEPT] = id;
      this.#count += 1;
    }
  }

  /** Whether this contact may have been written since then. */
  since(mark: number, id: string): boolean {
    const more = this.#count - mark;
    if (more === 0) return false;
    if (more > KEPT) return true;
    for (let at = mark; at < this.#count; at += 1) if (this.#ids[at % KEPT] === id) return true;
    return false;
  }
}
