// Long work in short turns: whoever goes through many rows asks before each whether others must be let through first.
import type { Clock } from './clock.ts';

const TURN_MS = 4;
/** Looked at the clock after so many steps; paused after so many whatever it says. */
const LOOK = 16;
const MOST_STEPS = 1024;

/** Lets everything else that waits have its turn. */
export type Pause = () => Promise<void>;

export const nextTurn: Pause = () => new Promise((resolve) => setImmediate(resolve));

export class Breath {
  readonly #clock: Clock;
  readonly #pause: Pause;
  #since: number;
  #steps = 0;

  constructor(clock: Clock, pause: Pause) {
    this.#clock = clock;
    this.#pause = pause;
    this.#since = clock.now();
  }

  /** Counts a step, and says whether it is time to pause. */
  get isDue(): boolean {
    this.#steps += 1;
    if (this.#steps % LOOK !== 0) return false;
    return this.#steps >= MOST_STEPS || Math.abs(this.#clock.now() - this.#since) >= TURN_MS;
  }

  async pause(): Promise<void> {
    await this.#pause();
    this.#steps = 0;
    this.#since = this.#clock.now();
  }
}
