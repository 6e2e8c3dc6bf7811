// Work that is answered in time whatever becomes of it, and of which only so much goes on at once. Knows nothing of the work.
import type { Clock } from './clock.ts';

/** `late`: not known yet when the time was over, the work goes on. `full`: not begun, too much goes on already. */
export type Timely<T> =
  | { readonly state: 'done'; readonly value: T }
  | { readonly state: 'failed'; readonly error: unknown }
  | { readonly state: 'late' | 'full' };

export interface DeadlineParts {
  readonly clock: Clock;
  readonly ms: number;
  /** Work begun and not ended, late work included. */
  readonly most: number;
}

export class Deadline {
  readonly #parts: DeadlineParts;
  #open = 0;

  constructor(parts: DeadlineParts) {
    this.#parts = parts;
  }

  /** Work begun and not ended. */
  get open(): number {
    return this.#open;
  }

  /** Begins the work in this turn. Never rejects and never throws, and what late work comes to is not looked at. */
  within<T>(work: () => Promise<T>): Promise<Timely<T>> {
    const { clock, ms, most } = this.#parts;
    if (this.#open >= most) return Promise.resolve({ state: 'full' });
    this.#open += 1;
    return new Promise((resolve) => {
      const cancel = clock.after(ms, () => resolve({ state: 'late' }));
      const end = (answer: Timely<T>): void => {
        this.#open -= 1;
        cancel();
        resolve(answer);
      };
      begin(work).then(
        (value) => end({ state: 'done', value }),
        (error: unknown) => end({ state: 'failed', error }),
      );
    });
  }
}

async function begin<T>(work: () => Promise<T>): Promise<T> {
  return work();
}
