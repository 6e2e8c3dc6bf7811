// A clock that stands still until it is told how much time has passed; timers run in their order on the way.
import type { Clock } from '../../src/service/clock.ts';

interface Timer {
  readonly at: number;
  readonly fn: () => void;
}

export class HandClock implements Clock {
  #now: number;
  readonly #timers = new Set<Timer>();
  readonly #toldOfTimer: (() => void)[] = [];

  constructor(start = '2026-01-05T08:00:00.000Z') {
    this.#now = Date.parse(start);
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, fn: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, ms), fn };
    this.#timers.add(timer);
    for (const tell of this.#toldOfTimer.splice(0)) tell();
    return () => this.#timers.delete(timer);
  }

  /** Timers that wait. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Resolves when the next timer is set. */
  nextTimer(): Promise<void> {
    return new Promise((resolve) => this.#toldOfTimer.push(resolve));
  }

  /** Moves on, and runs what is due on the way. */
  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers.delete(due);
      this.#now = due.at;
      due.fn();
    }
    this.#now = end;
  }
}
