// When snapshots are taken: one at a time, again after a failure with back-off, after a burst of signs once it is quiet,
// and every few minutes as a check. Knows neither lists nor facts.
import type { Clock } from '../service/clock.ts';

/** Why a snapshot is taken, the weightiest last. `up`: a new connection; `reload`: names may have changed too. */
export type SnapshotReason = 'check' | 'twice' | 'hints' | 'mend' | 'reload' | 'up';

const WEIGHTS: readonly SnapshotReason[] = ['check', 'twice', 'hints', 'mend', 'reload', 'up'];
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 30_000;
/** Signs that keep coming delay a snapshot at most this long. */
const LONGEST_QUIET_MS = 2_000;

export interface RelistingOptions {
  readonly clock: Clock;
  readonly checkMs: number;
  /** Takes one snapshot; rejects when it failed and is to be tried again. */
  readonly take: (reason: SnapshotReason) => Promise<void>;
  readonly failed: (error: unknown, retryMs: number) => void;
}

export class Relisting {
  readonly #options: RelistingOptions;
  #active = false;
  #wanted: SnapshotReason | undefined;
  #wantedSince = 0;
  #running = false;
  #failures = 0;
  #cancelRun: () => void = () => {};
  #cancelCheck: () => void = () => {};
  /** Each start has its own, so that what outlives a stop does nothing. */
  #round = 0;

  constructor(options: RelistingOptions) {
    this.#options = options;
  }

  /** A connection is up: takes a snapshot at once. */
  start(): void {
    this.stop();
    this.#active = true;
    this.want('up', 0);
  }

  /** The connection is gone: nothing is taken until the next start. */
  stop(): void {
    this.#round += 1;
    this.#active = false;
    this.#wanted = undefined;
    this.#running = false;
    this.#failures = 0;
    this.#cancelRun();
    this.#cancelCheck();
  }

  /** Takes a snapshot when it has been quiet for `quietMs`. */
  want(reason: SnapshotReason, quietMs: number): void {
    if (!this.#active) return;
    const { clock } = this.#options;
    if (this.#wanted === undefined) this.#wantedSince = clock.now();
    this.#wanted = weightier(this.#wanted, reason);
    if (!this.#running && this.#failures === 0)
      this.#schedule(Math.min(quietMs, this.#wantedSince + LONGEST_QUIET_MS - clock.now()));
  }

  #schedule(ms: number): void {
    this.#cancelRun();
    this.#cancelRun = () => {};
    if (ms <= 0) void this.#run();
    else this.#cancelRun = this.#options.clock.after(ms, () => void this.#run());
  }

  async #run(): Promise<void> {
    const round = this.#round;
    const reason = this.#wanted ?? 'check';
    this.#wanted = undefined;
    this.#running = true;
    this.#cancelCheck();
    try {
      await this.#options.take(reason);
      if (round === this.#round) this.#failures = 0;
    } catch (error) {
      if (round === this.#round) this.#retry(reason, error);
    } finally {
      if (round === this.#round) this.#next();
    }
  }

  #retry(reason: SnapshotReason, error: unknown): void {
    const ms = Math.min(FIRST_RETRY_MS * 2 ** this.#failures, LONGEST_RETRY_MS);
    this.#failures += 1;
    this.#wanted = weightier(this.#wanted, reason);
    this.#options.failed(error, ms);
  }

  #next(): void {
    this.#running = false;
    if (this.#wanted !== undefined) {
      const wait = this.#failures > 0 ? FIRST_RETRY_MS * 2 ** (this.#failures - 1) : FIRST_RETRY_MS;
      this.#schedule(Math.min(wait, LONGEST_RETRY_MS));
    }
    this.#cancelCheck = this.#options.clock.after(this.#options.checkMs, () => this.want('check', 0));
  }
}

function weightier(a: SnapshotReason | undefined, b: SnapshotReason): SnapshotReason {
  return a !== undefined && WEIGHTS.indexOf(a) > WEIGHTS.indexOf(b) ? a : b;
}
