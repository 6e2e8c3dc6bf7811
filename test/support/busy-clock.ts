// A clock by hand on which looking at it may take time, as on a machine that has much to do.
import { HandClock } from './hand-clock.ts';

export class BusyClock extends HandClock {
  /** Milliseconds that each of the looks to come takes, the next first. */
  costs: number[] = [];

  override now(): number {
    this.pass(this.costs.shift() ?? 0);
    return super.now();
  }

  /** The next changes are spread at such a cost that a rest of `ms` follows. To be called right before the turn. */
  makeTheNextSpreadLast(ms: number): void {
    this.costs = [0, 0, ms];
  }
}
