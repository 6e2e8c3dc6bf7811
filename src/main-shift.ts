// Work that goes on while this daemon has a duty: begun when it gets it, ended when it loses it, over and over, never twice at a time;
// part of building the daemon.
import { Lifetime } from './main-lifetime.ts';
import type { Clock } from './service/clock.ts';
import type { Report } from './service/report.ts';

const AGAIN_MS = 5_000;

export interface ShiftParts<K extends string> {
  /** Which work is to go on now. */
  readonly wanted: () => K | 'none';
  /** Builds it. What it adds to the lifetime is ended with it. */
  readonly begin: (kind: K, lifetime: Lifetime) => Promise<void>;
  readonly clock: Clock;
  readonly report: Report;
}

export class Shift<K extends string> {
  readonly #parts: ShiftParts<K>;
  #running: K | 'none' = 'none';
  #lifetime = new Lifetime();
  #turn: Promise<void> = Promise.resolve();
  #isOver = false;
  #cancelAgain = () => {};

  constructor(parts: ShiftParts<K>) {
    this.#parts = parts;
  }

  /** The first time: rejects when the work cannot be begun. */
  start(): Promise<void> {
    const first = this.#turn.then(() => this.#settle());
    this.#turn = first.catch(() => undefined); // told to the one who starts
    return first;
  }

  /** What is wanted may be something else now. What cannot be begun is reported, and tried again. */
  look(): void {
    this.#cancelAgain();
    this.#turn = this.#turn.then(() => this.#settle()).catch((error: unknown) => this.#failed(error));
  }

  /** Resolves when the work has ended. */
  async stop(): Promise<void> {
    this.#isOver = true;
    this.#cancelAgain();
    await this.#turn;
    await this.#settle();
  }

  async #settle(): Promise<void> {
    const wanted = this.#isOver ? 'none' : this.#parts.wanted();
    if (wanted === this.#running) return;
    this.#running = 'none';
    await this.#lifetime.end();
    if (wanted === 'none') return;
    this.#lifetime = new Lifetime();
    await this.#parts.begin(wanted, this.#lifetime);
    this.#running = wanted;
  }

  async #failed(error: unknown): Promise<void> {
    const { report, clock } = this.#parts;
    report('duty.failed', { error: error instanceof Error ? (error.stack ?? error.message) : typeof error });
    await this.#lifetime.end();
    this.#cancelAgain = clock.after(AGAIN_MS, () => this.look());
  }
}
