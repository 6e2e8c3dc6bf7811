// When the token is to be renewed: at two thirds of the life it has left, a little earlier by chance, so that clients that
// logged in together do not come together. Looks at the clock again now and then, because timers stand still in sleep.
import type { Surroundings } from './surroundings.ts';

const PART_OF_LIFE = 2 / 3;
const JITTER = 0.1;
const SOONEST_MS = 60_000;
/** For a token that, by this machine's clock, has ended already: it is the clock that is wrong. */
const WRONG_CLOCK_MS = 86_400_000;
const LOOK_EVERY_MS = 1_800_000;
const AGAIN_MS = 300_000;

interface RenewalParts {
  readonly surroundings: Pick<Surroundings, 'now' | 'after' | 'random'>;
  /** Asks for a new token, which is then told by `hold`, or tells that it failed. */
  renew(failed: () => void): void;
}

export class Renewal {
  readonly #parts: RenewalParts;
  #due = Number.POSITIVE_INFINITY;
  #isAsking = false;
  #cancel: (() => void) | undefined;

  constructor(parts: RenewalParts) {
    this.#parts = parts;
  }

  /** There is a token that ends at `expires` (ISO 8601), and a connection to renew it. */
  hold(expires: string): void {
    const { now, random } = this.#parts.surroundings;
    const life = Date.parse(expires) - now();
    const wait = life > 0 ? Math.max(SOONEST_MS, life * PART_OF_LIFE * (1 - JITTER * random())) : WRONG_CLOCK_MS;
    this.#wait(wait);
  }

  /** There is no connection. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#isAsking = false;
  }

  /** Renews when it is time. */
  look(): void {
    const { now, after, random } = this.#parts.surroundings;
    if (!this.#cancel) return;
    this.#cancel();
    const left = this.#due - now();
    this.#cancel = after(Math.min(Math.max(left, SOONEST_MS), LOOK_EVERY_MS), () => this.look());
    if (left > 0 || this.#isAsking) return;
    this.#isAsking = true;
    this.#parts.renew(() => this.#wait(AGAIN_MS * (1 + random())));
  }

  #wait(ms: number): void {
    const { now, after } = this.#parts.surroundings;
    this.#isAsking = false;
    this.#due = now() + ms;
    this.#cancel?.();
    this.#cancel = after(Math.min(ms, LOOK_EVERY_MS), () => this.look());
  }
}
