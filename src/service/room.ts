// How many contacts there may be: in a personal book, and in all company books together. Counts those that are on their way
// to the store too, so that many requests at once do not exceed it.
import { Failure } from '../domain/failure.ts';
import { ownerOf } from './contact-row.ts';
import type { Store } from './store.ts';

export interface RoomLimits {
  readonly personal: number;
  readonly company: number;
}

const ROOM: RoomLimits = { personal: 50_000, company: 1_000_000 };

export class Room {
  readonly #store: Store;
  readonly #limits: RoomLimits;
  readonly #arriving = new Map<string, number>();

  constructor(store: Store, limits = ROOM) {
    this.#store = store;
    this.#limits = limits;
  }

  /** Whether a contact that goes from one scope to another needs room there: it counts already between company books. */
  isNeeded(from: string, to: string): boolean {
    return from !== to && (ownerOf(from) !== undefined || ownerOf(to) !== undefined);
  }

  /** Runs `work`, which brings `count` contacts into a scope. Failure `too_large` when there is no room for them. */
  async whileArriving<T>(scope: string, count: number, work: () => Promise<T>): Promise<T> {
    const key = keyOf(scope);
    this.#arriving.set(key, (this.#arriving.get(key) ?? 0) + count);
    try {
      if ((await this.left(scope)) < 0) throw this.full(scope);
      return await work();
    } finally {
      const left = (this.#arriving.get(key) ?? 0) - count;
      if (left > 0) this.#arriving.set(key, left);
      else this.#arriving.delete(key);
    }
  }

  /** How many more contacts find room now. */
  async left(scope: string): Promise<number> {
    const personal = ownerOf(scope) !== undefined;
    const there = personal ? await this.#store.count('contacts', scope) : await this.#countCompany();
    return this.most(scope) - there - (this.#arriving.get(keyOf(scope)) ?? 0);
  }

  /** How many contacts find room where there are none. */
  most(scope: string): number {
    return ownerOf(scope) === undefined ? this.#limits.company : this.#limits.personal;
  }

  full(scope: string): Failure {
    const where = ownerOf(scope) === undefined ? 'the company books hold' : 'a personal book holds';
    return new Failure('too_large', `${where} at most ${this.most(scope)} contacts`);
  }

  async #countCompany(): Promise<number> {
    let sum = 0;
    for (const [scope, count] of await this.#store.counts('contacts')) if (ownerOf(scope) === undefined) sum += count;
    return sum;
  }
}

function keyOf(scope: string): string {
  return ownerOf(scope) === undefined ? 'company' : scope;
}
