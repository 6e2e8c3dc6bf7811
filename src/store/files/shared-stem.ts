// A stem that many contacts share: those with each key, and all of them, each in the order of an answer.
import type { Row } from '../../service/store.ts';
import { keysOf, placeOfKey, placeOfStem, type Stem, stemOf } from './number-forms.ts';
import { NumberHolders } from './number-holders.ts';

export class SharedStem {
  readonly #stem: Stem;
  readonly #lastDigits: number;
  readonly #all = new NumberHolders();
  readonly #byKey = new Map<string, NumberHolders>();

  constructor(stem: Stem, lastDigits: number, rows: readonly Row[]) {
    this.#stem = stem;
    this.#lastDigits = lastDigits;
    for (const row of rows) this.put(row);
  }

  get isEmpty(): boolean {
    return this.#all.isEmpty;
  }

  put(row: Row): void {
    this.#all.add({ row, place: placeOfStem(row, this.#stem, this.#lastDigits) });
    for (const key of this.#keysOf(row)) {
      const holders = this.#byKey.get(key) ?? new NumberHolders();
      if (holders.isEmpty) this.#byKey.set(key, holders);
      holders.add({ row, place: placeOfKey(row, key) });
    }
  }

  remove(row: Row): void {
    this.#all.remove({ row, place: placeOfStem(row, this.#stem, this.#lastDigits) });
    for (const key of this.#keysOf(row)) {
      const holders = this.#byKey.get(key);
      holders?.remove({ row, place: placeOfKey(row, key) });
      if (holders?.isEmpty) this.#byKey.delete(key);
    }
  }

  /** Those with a key, or without one all of them. */
  holders(key: string | undefined): NumberHolders | undefined {
    return key === undefined ? this.#all : this.#byKey.get(key);
  }

  /** Its keys that are of this stem. */
  #keysOf(row: Row): Set<string> {
    const keys = keysOf(row).flat();
    return new Set(keys.filter((key) => stemOf(key, this.#lastDigits) === this.#stem));
  }
}
