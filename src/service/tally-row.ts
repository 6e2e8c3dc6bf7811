// What one daemon has counted of one thing, as the table `tallies` holds it; the id of a row is `<daemon> <kind> <digest of what is counted>`. Pure.
import type { Tally } from './tallies.ts';

export interface TallyRow extends Tally {
  /** How much of it this daemon has counted itself. It only grows, as long as there is the row. */
  readonly count: number;
}

/** What is not forgotten yet. */
export function leftOf({ level, at, forget }: Tally, now: number): number {
  return Math.max(0, level - Math.max(0, now - at) / (forget * 1_000));
}

/** The daemon whose row it is. */
export function daemonOf(id: string): string {
  return id.slice(0, id.indexOf(' '));
}

/** What is counted: the same at every daemon. */
export function nameOf(id: string): string {
  return id.slice(id.indexOf(' ') + 1);
}
