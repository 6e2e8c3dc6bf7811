// Functions that want to be told. One that throws, stops itself or another, or calls back harms nobody else.
import { report } from './surroundings.ts';

export class Listeners<A extends readonly unknown[]> {
  readonly #all = new Map<object, (...args: A) => void>();

  get size(): number {
    return this.#all.size;
  }

  /** Returns the function that stops it. The same function given twice is told twice. */
  add(listener: (...args: A) => void): () => void {
    const key = {};
    this.#all.set(key, listener);
    return () => void this.#all.delete(key);
  }

  /** Tells those that were there when it began and have not been stopped meanwhile. */
  tell(...args: A): void {
    for (const [key, listener] of [...this.#all]) {
      if (!this.#all.has(key)) continue;
      try {
        listener(...args);
      } catch (error) {
        report(error);
      }
    }
  }
}
