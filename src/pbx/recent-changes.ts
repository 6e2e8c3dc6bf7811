// The newest state of every device and presentity that changed lately, so that a list read meanwhile, which may be older,
// does not undo what an event has already said.
import type { DeviceState } from '../domain/presence.ts';
import type { Clock } from '../service/clock.ts';
import type { Presentity } from '../service/pbx-port.ts';
import { deviceKey } from './hint.ts';

export type Change =
  | { readonly kind: 'device'; readonly name: string; readonly state: DeviceState }
  | { readonly kind: 'presentity'; readonly name: string; readonly presentity: Presentity };

/** Asterisk tells of a change and lists it by different threads: a list may be this much behind an event. */
const LAG_MS = 1_000;

export class RecentChanges {
  readonly #clock: Clock;
  readonly #most: number;
  /** Oldest first. */
  readonly #changes = new Map<string, { readonly at: number; readonly serial: number; readonly change: Change }>();
  #keptFrom: number | undefined;
  #lost = false;
  #serial = 0;

  constructor(clock: Clock, most = 100_000) {
    this.#clock = clock;
    this.#most = most;
  }

  get size(): number {
    return this.#changes.size;
  }

  /** Rises with every change. */
  get serial(): number {
    return this.#serial;
  }

  note(change: Change): void {
    const now = this.#clock.now();
    const key = `${change.kind} ${deviceKey(change.name)}`;
    this.#changes.delete(key);
    this.#serial += 1;
    this.#changes.set(key, { at: now, serial: this.#serial, change });
    const horizon = this.#keptFrom ?? now - LAG_MS;
    for (const [oldest, { at }] of this.#changes) {
      const tooMany = this.#changes.size > this.#most;
      if (at >= horizon && !tooMany) break;
      this.#lost ||= at >= horizon;
      this.#changes.delete(oldest);
    }
  }

  /** From now until `release`, everything noted stays. */
  keep(): void {
    this.#keptFrom = this.#clock.now() - LAG_MS;
    this.#lost = false;
  }

  /** What was noted since `keep`, just before it, and after this serial; undefined when it was more than is kept. */
  kept(after = 0): readonly Change[] | undefined {
    if (this.#lost) return undefined;
    const from = this.#keptFrom ?? Number.POSITIVE_INFINITY;
    const kept = [...this.#changes.values()].filter(({ at, serial }) => at >= from && serial > after);
    return kept.map(({ change }) => change);
  }

  release(): void {
    this.#keptFrom = undefined;
  }

  /** A new connection: what the old one said is no newer than any list. */
  clear(): void {
    this.#changes.clear();
    this.release();
  }
}
