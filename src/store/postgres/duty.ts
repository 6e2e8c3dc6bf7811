// One duty as this daemon knows it: held or not, and who wants to be told. Knows no lock.
import type { Duty } from '../../service/cluster.ts';

export class KnownDuty implements Duty {
  readonly #listeners = new Set<(isHeld: boolean) => void>();
  readonly #isSure: () => boolean;
  #isHeld = false;

  /** `isSure`: whether what is known is new enough to go by. */
  constructor(isSure: () => boolean) {
    this.#isSure = isSure;
  }

  get isHeld(): boolean {
    return this.#isHeld && this.#isSure();
  }

  /** Returns the function that tells it, where that is news: when several change together each is in place before one is told. */
  set(isHeld: boolean): () => void {
    if (this.#isHeld === isHeld) return () => undefined;
    this.#isHeld = isHeld;
    return () => {
      for (const listener of [...this.#listeners]) listener(isHeld);
    };
  }

  subscribe(listener: (isHeld: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
