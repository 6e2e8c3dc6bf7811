// How many connections there may be: in all, of one address, and of those that have not opened a session yet.
// Counts only; who refuses a connection, and how, is not decided here.
import { neighbourhood } from './addresses.ts';

export interface AdmissionLimits {
  readonly total: number;
  readonly perAddress: number;
  /** Connections that have not opened a session. */
  readonly unopened: number;
  readonly unopenedPerAddress: number;
}

export const ADMISSION_LIMITS: AdmissionLimits = {
  total: 20_000,
  perAddress: 15_000,
  unopened: 8_000,
  unopenedPerAddress: 6_000,
};

export type AdmissionRefusal = 'total' | 'address' | 'unopened' | 'unopened_address';

interface Count {
  all: number;
  unopened: number;
}

export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #all: Count = { all: 0, unopened: 0 };
  /** One entry per neighbourhood with a connection, so never more than `total`. */
  readonly #byAddress = new Map<string, Count>();

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  /** Connections now. */
  get connections(): number {
    return this.#all.all;
  }

  /** Addresses remembered now. */
  get addresses(): number {
    return this.#byAddress.size;
  }

  /** Why one more connection of this address may not be, or undefined. */
  refusal(address: string): AdmissionRefusal | undefined {
    const limits = this.#limits;
    if (this.#all.all >= limits.total) return 'total';
    if (this.#all.unopened >= limits.unopened) return 'unopened';
    const count = this.#byAddress.get(neighbourhood(address));
    if (count === undefined) return undefined;
    if (count.all >= limits.perAddress) return 'address';
    return count.unopened >= limits.unopenedPerAddress ? 'unopened_address' : undefined;
  }

  /** One connection more. Each is later given back with `leave`, once. */
  enter(address: string): void {
    const key = neighbourhood(address);
    const count = this.#byAddress.get(key) ?? { all: 0, unopened: 0 };
    this.#byAddress.set(key, count);
    for (const each of [this.#all, count]) {
      each.all += 1;
      each.unopened += 1;
    }
  }

  /** A connection that had entered has opened its session; told once for each at most. */
  opened(address: string): void {
    this.#all.unopened -= 1;
    const count = this.#byAddress.get(neighbourhood(address));
    if (count !== undefined) count.unopened -= 1;
  }

  /** A connection that had entered is gone; `opened` tells whether it had opened a session. */
  leave(address: string, opened: boolean): void {
    if (!opened) this.opened(address);
    this.#all.all -= 1;
    const key = neighbourhood(address);
    const count = this.#byAddress.get(key);
    if (count === undefined) return;
    count.all -= 1;
    if (count.all === 0) this.#byAddress.delete(key);
  }
}
