// How many messages one extension may write, at all daemons together: so many at once, then one a second. Knows no message.
import { Failure } from '../domain/failure.ts';
import type { Clock } from './clock.ts';
import { OWN_TALLIES, type Tallies } from './tallies.ts';

/** Messages a minute, and at once after a minute of silence. */
const A_MINUTE = 60;
const EACH_MS = 60_000 / A_MINUTE;
/** Extensions that are remembered. */
const MOST = 10_000;
const KIND = 'messages';
/** So many more than another daemon thinks before it is told, since most write few. */
const TOLD_EACH = 5;

export class MessagesFlood {
  readonly #clock: Clock;
  readonly #tallies: Tallies;
  /** When each extension has nothing owing any more, ms since 1970: a message more puts it off by a second. */
  readonly #settled = new Map<string, number>();

  constructor(clock: Clock, tallies: Tallies = OWN_TALLIES) {
    this.#clock = clock;
    this.#tallies = tallies;
  }

  /** Counts one more message. Failure `too_many` with `retryAfter`. */
  count(extension: string): void {
    const now = this.#clock.now();
    const elsewhere = now + this.#tallies.all(KIND, extension).level * EACH_MS;
    const settled = Math.min(Math.max(this.#settled.get(extension) ?? now, elsewhere), now + A_MINUTE * EACH_MS);
    const wait = settled + EACH_MS - (now + A_MINUTE * EACH_MS);
    if (wait > 0) {
      // After the clock was set back, a minute from now at the latest.
      this.#settled.set(extension, settled);
      throw new Failure('too_many', `at most ${A_MINUTE} messages a minute`, { retryAfter: Math.ceil(wait / 1_000) });
    }
    this.#settled.delete(extension);
    this.#settled.set(extension, settled + EACH_MS);
    const level = (settled - now) / EACH_MS + 1;
    this.#tallies.tell(KIND, extension, { level, at: now, forget: EACH_MS / 1_000, until: 0 }, TOLD_EACH);
    for (const oldest of this.#settled.keys()) {
      if (this.#settled.size <= MOST) return;
      this.#settled.delete(oldest);
    }
  }
}
