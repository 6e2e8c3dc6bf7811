// How many of one kind of long work go on at once, of everybody and of one user. Knows nothing of the work.
import { Failure } from '../domain/failure.ts';

export interface SlotLimits {
  readonly total: number;
  readonly each: number;
}

/** What is told to whoever finds no slot free. */
export interface SlotWords {
  /** The user has as many as he may. */
  readonly own: string;
  readonly others: string;
  /** Seconds. */
  readonly retryAfter: number;
}

export class Slots {
  readonly #limits: SlotLimits;
  readonly #words: SlotWords;
  readonly #held = new Map<string, number>();
  #total = 0;

  constructor(limits: SlotLimits, words: SlotWords) {
    this.#limits = limits;
    this.#words = words;
  }

  /** Takes a slot; returns the function that gives it back, which may be called again. Failure `too_many` when there is none. */
  take(user: string): () => void {
    const own = this.#held.get(user) ?? 0;
    const { own: enough, others, retryAfter } = this.#words;
    if (own >= this.#limits.each) throw new Failure('too_many', enough, { retryAfter });
    if (this.#total >= this.#limits.total) throw new Failure('too_many', others, { retryAfter });
    this.#total += 1;
    this.#held.set(user, own + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#total -= 1;
      const left = (this.#held.get(user) ?? 1) - 1;
      if (left > 0) this.#held.set(user, left);
      else this.#held.delete(user);
    };
  }
}
