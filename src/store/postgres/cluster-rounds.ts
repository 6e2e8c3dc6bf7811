// Rounds of work that never overlap: one now and then, and one more at once when something has happened. Knows nothing of the work.
import type { Clock } from '../../service/clock.ts';

export class ClusterRounds {
  readonly #clock: Clock;
  readonly #work: () => Promise<number>;
  #round: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #cancelNext: () => void = () => undefined;

  /** `work` never rejects, and says in how many milliseconds it is due again. */
  constructor(clock: Clock, work: () => Promise<number>) {
    this.#clock = clock;
    this.#work = work;
  }

  /** Begins a round now, or one more after that which is under way. Resolves when no more is to be done now. */
  wake(): Promise<void> {
    this.#again = true;
    this.#round ??= this.#run();
    return this.#round;
  }

  /** What woke it is known already. */
  calm(): void {
    this.#again = false;
  }

  /** Resolves when the last round has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelNext();
    await this.#round;
  }

  async #run(): Promise<void> {
    this.#cancelNext();
    let pause = 0;
    while (this.#again && !this.#stopped) {
      this.#again = false;
      pause = await this.#work();
    }
    this.#round = undefined;
    if (!this.#stopped) this.#cancelNext = this.#clock.after(pause, () => void this.wake());
  }
}
