// Chance that can be had again: the same seed throws the same numbers.
import { createHash } from 'node:crypto';

export interface Dice {
  /** A whole number from 0 to `limit` - 1; 0 when there is none. */
  below(limit: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of these. */
  pick<T>(from: readonly T[]): T;
}

const NUMBERS = 8;

/** The numbers are the 32-bit words of hashes of the seed and a count. */
export function diceOf(seed: number): Dice {
  let thrown = 0;
  let words = Buffer.alloc(0);
  const throwOnce = (): number => {
    const place = thrown % NUMBERS;
    if (place === 0) words = createHash('sha256').update(`${seed} ${thrown}`).digest();
    thrown += 1;
    return words.readUInt32LE(place * 4) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(throwOnce() * limit);
  return {
    below,
    chance: (probability) => throwOnce() < probability,
    pick: <T>(from: readonly T[]) => from[below(from.length)] as T,
  };
}
