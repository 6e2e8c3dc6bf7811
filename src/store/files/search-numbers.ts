// The numbers of some hundred contacts, found by digits anywhere in them: lists of the numbers that hold each group of three.
import { ANYWHERE_FROM, scoreFound } from '../../domain/search.ts';

const GROUPS = 1000;
const ZERO = 48;

export class SearchNumbers {
  /** All numbers, one after the other, and where each begins; one entry more at the end. */
  readonly #digits: Uint8Array;
  readonly #starts: Uint32Array;
  /** The place of the contact whose number it is. */
  readonly #owners: Uint16Array;
  /** The numbers with each group, in order; those of a group from `#groups[group]` to the next one's. */
  readonly #holders: Uint16Array;
  readonly #groups: Uint32Array;

  /** `numbers`: of each contact, digits alone. */
  constructor(numbers: readonly (readonly string[])[]) {
    const all = numbers.flat();
    this.#digits = Buffer.from(all.join(''), 'latin1');
    this.#starts = new Uint32Array(all.length + 1);
    for (const [index, number] of all.entries()) this.#starts[index + 1] = (this.#starts[index] ?? 0) + number.length;
    this.#owners = Uint16Array.from(numbers.flatMap((some, place) => some.map(() => place)));
    this.#groups = new Uint32Array(GROUPS + 1);
    this.#eachGroup((group) => {
      this.#groups[group + 1] = (this.#groups[group + 1] ?? 0) + 1;
    });
    for (let group = 0; group < GROUPS; group += 1) {
      this.#groups[group + 1] = (this.#groups[group + 1] ?? 0) + (this.#groups[group] ?? 0);
    }
    this.#holders = new Uint16Array(this.#groups[GROUPS] ?? 0);
    const filled = this.#groups.slice();
    this.#eachGroup((group, index) => {
      const at = filled[group] ?? 0;
      this.#holders[at] = index;
      filled[group] = at + 1;
    });
  }

  /** Raises the scores of contacts whose numbers hold the digits; false when there are none. */
  score(digits: string, scores: Uint8Array): boolean {
    const wanted = Buffer.from(digits, 'latin1');
    if (wanted.length < ANYWHERE_FROM) return this.#scoreBeginnings(wanted, scores);
    const group = this.#rarest(wanted);
    const end = this.#groups[group + 1] ?? 0;
    let some = false;
    for (let at = this.#groups[group] ?? 0; at < end; at += 1) {
      some = this.#scoreOne(this.#holders[at] ?? 0, wanted, scores) || some;
    }
    return some;
  }

  #scoreBeginnings(wanted: Uint8Array, scores: Uint8Array): boolean {
    let some = false;
    for (let index = 0; index < this.#owners.length; index += 1) {
      if (this.#digits[this.#starts[index] ?? 0] === wanted[0]) some = this.#scoreOne(index, wanted, scores) || some;
    }
    return some;
  }

  #scoreOne(index: number, wanted: Uint8Array, scores: Uint8Array): boolean {
    const start = this.#starts[index] ?? 0;
    const last = (this.#starts[index + 1] ?? 0) - wanted.length;
    if (last < start) return false;
    const atStart = this.#isAt(start, wanted);
    if (!atStart && !(wanted.length >= ANYWHERE_FROM && this.#isBetween(start + 1, last, wanted))) return false;
    const whole = last === start || this.#isAt(last, wanted);
    const score = scoreFound(wanted.length, last - start + wanted.length, atStart, whole);
    const owner = this.#owners[index] ?? 0;
    if (score > (scores[owner] ?? 0)) scores[owner] = score;
    return true;
  }

  #isBetween(first: number, last: number, wanted: Uint8Array): boolean {
    for (let at = first; at <= last; at += 1) if (this.#isAt(at, wanted)) return true;
    return false;
  }

  #isAt(at: number, wanted: Uint8Array): boolean {
    for (let index = 0; index < wanted.length; index += 1) {
      if (this.#digits[at + index] !== wanted[index]) return false;
    }
    return true;
  }

  /** The group of three in the digits that the fewest numbers hold. */
  #rarest(wanted: Uint8Array): number {
    let rarest = -1;
    let fewest = Number.POSITIVE_INFINITY;
    for (let at = 0; at + 2 < wanted.length; at += 1) {
      const group = groupAt(wanted, at);
      const holders = (this.#groups[group + 1] ?? 0) - (this.#groups[group] ?? 0);
      if (holders < fewest) [rarest, fewest] = [group, holders];
    }
    return rarest;
  }

  /** Calls for each group of three in each number, once a number, in order of the numbers. */
  #eachGroup(take: (group: number, index: number) => void): void {
    const seen = new Int32Array(GROUPS).fill(-1);
    for (let index = 0; index < this.#owners.length; index += 1) {
      const end = this.#starts[index + 1] ?? 0;
      for (let at = this.#starts[index] ?? 0; at + 2 < end; at += 1) {
        const group = groupAt(this.#digits, at);
        if (seen[group] === index) continue;
        seen[group] = index;
        take(group, index);
      }
    }
  }
}

function groupAt(digits: Uint8Array, at: number): number {
  const [a, b, c] = [digits[at] ?? ZERO, digits[at + 1] ?? ZERO, digits[at + 2] ?? ZERO];
  return (a - ZERO) * 100 + (b - ZERO) * 10 + c - ZERO;
}
