// When chosen statuses end: one timer for all extensions, set for the earliest end it was told of. Knows no extension.
import type { Clock } from './clock.ts';

export class StatusEnds {
  readonly #clock: Clock;
  readonly #due: () => void;
  /** Milliseconds since 1970. */
  #at = Number.POSITIVE_INFINITY;
  #cancel: () => void = () => undefined;

  /** `due` is called when an end may have come; it looks for itself, and tells the ends that are left. */
  constructor(clock: Clock, due: () => void) {
    this.#clock = clock;
    this.#due = due;
  }

  /** A status ends at `end` (ISO 8601), or never. */
  add(end: string | undefined): void {
    const at = end === undefined ? Number.POSITIVE_INFINITY : Date.parse(end);
    if (!(at < this.#at)) return;
    this.#cancel();
    this.#at = at;
    this.#cancel = this.#clock.after(at - this.#clock.now(), () => {
      this.#at = Number.POSITIVE_INFINITY;
      this.#due();
    });
  }

  stop(): void {
    this.#cancel();
    this.#at = Number.POSITIVE_INFINITY;
  }
}
