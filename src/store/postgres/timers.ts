// Timers that end with whoever set them.
import type { Clock } from '../../service/clock.ts';

export class Timers {
  readonly #clock: Clock;
  readonly #stops = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs `fn` after some time, unless all are ended before. Returns the function that cancels it. */
  after(ms: number, fn: () => void): () => void {
    const stop = this.#clock.after(ms, () => {
      this.#stops.delete(stop);
      fn();
    });
    this.#stops.add(stop);
    return () => {
      this.#stops.delete(stop);
      stop();
    };
  }

  /** Cancels all that were set up to now. */
  end(): void {
    for (const stop of this.#stops) stop();
    this.#stops.clear();
  }
}
