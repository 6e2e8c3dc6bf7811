// One after the other: work that carries the same key never overlaps, so that what was read is still true when it is
// written. Knows nothing of the work.
import { Failure } from '../domain/failure.ts';

const MOST_WAITING = 256;

export class Turns {
  readonly #ends = new Map<string, { last: Promise<unknown>; waiting: number }>();

  /** Runs `work` when all earlier work of this key has ended. Failure `too_many` when 256 are waiting for the key. */
  run<T>(key: string, work: () => T | Promise<T>): Promise<T> {
    const line = this.#ends.get(key) ?? { last: Promise.resolve(), waiting: 0 };
    if (line.waiting >= MOST_WAITING) {
      return Promise.reject(new Failure('too_many', 'too many changes are waiting', { retryAfter: 1 }));
    }
    line.waiting += 1;
    this.#ends.set(key, line);
    const result = line.last.then(work);
    const done = () => {
      line.waiting -= 1;
      if (line.waiting === 0) this.#ends.delete(key);
    };
    line.last = result.then(done, done);
    return result;
  }
}
