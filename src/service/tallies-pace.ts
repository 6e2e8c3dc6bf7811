// What waits to be written, so much a second and what counts most first. Knows no row.
import { type Bucket, fullBucket, take } from '../domain/bucket.ts';
import type { Clock } from './clock.ts';

const A_SECOND = 20;
const AGAIN_MS = 1_000;

export class Pace {
  readonly #clock: Clock;
  readonly #write: () => void;
  readonly #waiting = new Set<string>();
  #budget: Bucket;
  #cancel: (() => void) | undefined;

  /** `write` is called a second after it was put off. */
  constructor(clock: Clock, write: () => void) {
    this.#clock = clock;
    this.#write = write;
    this.#budget = fullBucket(A_SECOND, clock.now());
  }

  add(name: string): void {
    this.#waiting.add(name);
  }

  delete(name: string): void {
    this.#waiting.delete(name);
  }

  /** What may be written now, and waits no longer. What is left is put off. */
  due(weightOf: (name: string) => number): string[] {
    const due: string[] = [];
    if (this.#take(0)) {
      const weights = new Map([...this.#waiting].map((name) => [name, weightOf(name)]));
      for (const [name] of [...weights].sort(([, a], [, b]) => b - a)) {
        if (!this.#take(1)) break;
        this.#waiting.delete(name);
        due.push(name);
      }
    }
    if (this.#waiting.size > 0) this.putOff();
    return due;
  }

  putOff(): void {
    this.#cancel ??= this.#clock.after(AGAIN_MS, () => {
      this.#cancel = undefined;
      this.#write();
    });
  }

  stop(): void {
    this.#cancel?.();
  }

  /** Whether one more may be written; with 0 it is only asked. */
  #take(count: 0 | 1): boolean {
    const after = take(this.#budget, 1, A_SECOND, this.#clock.now());
    if (after && count === 1) this.#budget = after;
    return after !== null;
  }
}
