// How many calls a user may have made for him: in a minute, and before somebody has answered. Knows no number.
import { Failure } from '../domain/failure.ts';
import type { Clock } from './clock.ts';
import type { GoingCall } from './dialing-rows.ts';

/** Calls of one user that nobody has answered yet. */
const MOST_AT_ONCE = 3;
/** By then a call without an answer has ended, whether that was heard or not. */
const LONGEST_WAIT_MS = 300_000;
const AGAIN_SECONDS = 5;
const MINUTE_MS = 60_000;

export class DialingFlood {
  readonly #clock: Clock;
  readonly #perMinute: number;
  /** When the calls of the last minute were ordered, by user. */
  readonly #ordered = new Map<string, readonly number[]>();

  constructor(clock: Clock, perMinute: number) {
    this.#clock = clock;
    this.#perMinute = perMinute;
  }

  /** Failure `too_many` with `retryAfter` when one more call is one too many. `going`: all calls under way. */
  check(extension: string, going: Iterable<GoingCall>): void {
    const now = this.#clock.now();
    const times = this.#lastMinute(extension);
    const [first] = times;
    if (first !== undefined && times.length >= this.#perMinute) {
      throw tooMany(Math.ceil((first + MINUTE_MS - now) / 1_000));
    }
    let waiting = 0;
    for (const { owner, state, at } of going) {
      if (owner === extension && state !== 'talking' && at > now - LONGEST_WAIT_MS) waiting += 1;
    }
    if (waiting >= MOST_AT_ONCE) throw tooMany(AGAIN_SECONDS);
  }

  count(extension: string): void {
    for (const other of [...this.#ordered.keys()])
      if (this.#lastMinute(other).length === 0) this.#ordered.delete(other);
    this.#ordered.set(extension, [...this.#lastMinute(extension), this.#clock.now()]);
  }

  #lastMinute(extension: string): readonly number[] {
    const from = this.#clock.now() - MINUTE_MS;
    return (this.#ordered.get(extension) ?? []).filter((at) => at > from);
  }
}

function tooMany(retryAfter: number): Failure {
  return new Failure('too_many', 'too many calls were ordered; wait a little', { retryAfter });
}
