// The numbers of some hundred contacts, found by digits anywhere in them: lists of the numbers that hold each group of three.
import { ANYWHERE_FROM, scoreFound } from '../../domain/search.ts';

const GROUPS = 1000;
const ZERO = 48;
const LAST_HEAD = 209;

export class SearchNumbers {
  /** All numbers, one after the other, and where each begins; one entry more at the end. */
  readonly #digits: Uint8Array;
  readonly #starts: Uint32Array;
  /** The place of the contact whose number it is. */
  readonly #owners: Uint16Array;
  /** How each number begins: see headOf. */
  readonly #heads: Uint8Array;
  /** The numbers with each group, in order; those of a group from `#groups[group]` to the next one's. */
  readonly #holders: Uint16Array;
  readonly #groups: Uint32Array;

  /** `numbers`: of each contact, digits alone. */
  constructor(numbers: readonly (readonly string[])[]) {
    const all = numbers.flat();
    this.#digits = new Uint8Array(Buffer.from(all.join(''), 'latin1'));
    this.#starts = new Uint32Array(all.length + 1);
    for (const [index, number] of all.entries()) this.#starts[index + 1] = (this.#starts[index] ?? 0) + number.length;
    this.#owners = Uint16Array.from(numbers.flatMap((some, place) => some.map(() => place)));
    this.#heads = Uint8Array.from(all, headOf);
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
    if (digits.length < ANYWHERE_FROM) return this.#scoreHeads(digits, scores);
    return this.#scoreHolders(
      Uint8Array.from(digits, (digit) => digit.charCodeAt(0)),
      scores,
    );
  }

  #scoreHeads(digits: string, scores: Uint8Array): boolean {
    const [heads, owners] = [this.#heads, this.#owners];
    const value = Number(digits);
    const scoreOf = new Uint8Array(LAST_HEAD + 1);
    for (let head = 0; head <= LAST_HEAD; head += 1) scoreOf[head] = scoreHead(head, value, digits.length);
    let some = false;
    for (let index = 0; index < heads.length; index += 1) {
      const score = scoreOf[heads[index] ?? 0] ?? 0;
      if (score === 0) continue;
      some = true;
      const owner = owners[index] ?? 0;
      if (score > (scores[owner] ?? 0)) scores[owner] = score;
    }
    return some;
  }

  #scoreHolders(wanted: Uint8Array, scores: Uint8Array): boolean {
    const [digits, starts, owners, holders] = [this.#digits, this.#starts, this.#owners, this.#holders];
    const group = this.#rarest(wanted);
    const end = this.#groups[group + 1] ?? 0;
    let some = false;
    for (let at = this.#groups[group] ?? 0; at < end; at += 1) {
      const index = holders[at] ?? 0;
      const start = starts[index] ?? 0;
      const length = (starts[index + 1] ?? 0) - start;
      const last = start + length - wanted.length;
      const found = placeOf(wanted, digits, start, last);
      if (found < 0) continue;
      some = true;
      const atEnd = found === last || isAt(wanted, digits, last);
      const score = scoreFound(wanted.length, length, found === start, atEnd);
      const owner = owners[index] ?? 0;
      if (score > (scores[owner] ?? 0)) scores[owner] = score;
    }
    return some;
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

/** The first two digits of a longer number; two digits alone are 100 more, a single one 200 more. */
function headOf(number: string): number {
  return Number(number.slice(0, 2)) + (number.length > 2 ? 0 : number.length === 2 ? 100 : 200);
}

/** Of numbers that begin so, for one or two digits of this value; a longer number counts as one of three. */
function scoreHead(head: number, value: number, digits: number): number {
  const length = head < 100 ? 3 : head < 200 ? 2 : 1;
  if (digits > length) return 0;
  const begins = digits === 1 && length > 1 ? Math.floor((head % 100) / 10) : head % 100;
  return begins === value ? scoreFound(digits, length, true, digits === length) : 0;
}

/** The first place of `wanted` between two places, or -1. */
function placeOf(wanted: Uint8Array, digits: Uint8Array, first: number, last: number): number {
  for (let at = first; at <= last; at += 1) if (digits[at] === wanted[0] && isAt(wanted, digits, at)) return at;
  return -1;
}

function isAt(wanted: Uint8Array, digits: Uint8Array, at: number): boolean {
  for (let index = 0; index < wanted.length; index += 1) if (digits[at + index] !== wanted[index]) return false;
  return true;
}
