// Which way of finding contacts is the fastest, by how common what was typed seems to be. Every way gives the same answer. Knows no SQL.
import { cut } from './search-lexemes.ts';
import { ordered } from './search-order.ts';
import type { Range } from './search-statements.ts';
import type { Lead, Level } from './search-terms.ts';

/** How many contacts of company books there seem to be. */
export interface Guess {
  readonly all: number;
  /** With the score of each level, or a better one. */
  readonly levels: readonly number[];
  /** Who answer each lead, as it is in each level. */
  readonly leads: readonly (readonly number[])[];
  readonly ranges: readonly {
    readonly all: number;
    /** As `levels`. */
    readonly levels: readonly number[];
  }[];
}

/** Who is asked of the index of words, beside those whose names are in the ranges. */
interface Way {
  readonly ranges: readonly Range[];
  readonly leads: readonly Lead[];
  /** In microseconds, of a common machine; good enough to compare with that of another way. */
  readonly cost: number;
}

/** Microseconds for one contact: to look at it, to see it in the index of words, and in that of names. */
const LOOKED_AT = 8;
const IN_WORDS = 0.4;
const IN_NAMES = 0.3;

/** `counts`: as `lookStatement` says, those of the sample, which is so many percent of all. */
export function guessOf(counts: readonly number[], share: number, of: { levels: number; leads: number }): Guess {
  const guess = counts.map((count) => (count * 100) / share);
  const next = (length: number): readonly number[] => guess.splice(0, length);
  const [all = 0, ...levels] = next(of.levels + 1);
  const leads = Array.from({ length: of.leads }, () => next(of.levels));
  const ranges: { all: number; levels: readonly number[] }[] = [];
  while (guess.length > 0) {
    const [inRange = 0, ...each] = next(of.levels + 1);
    ranges.push({ all: inRange, levels: each });
  }
  return { all, levels, leads, ranges };
}

/** The words by which the index is asked: the rarest, while more than `enough` contacts have all of them and it is worth it. */
function leading(
  leads: readonly { readonly lead: Lead; readonly count: number }[],
  all: number,
  enough: number,
): Omit<Way, 'ranges'> {
  const chosen: Lead[] = [];
  let [found, cost] = [all, 0];
  for (const { lead, count } of [...leads].sort((a, b) => a.count - b.count)) {
    const left = found * Math.min(1, count / Math.max(1, all));
    const isWorth = found > enough && (found - left) * LOOKED_AT > count * IN_WORDS;
    if (chosen.length > 0 && !isWorth) continue;
    chosen.push(lead);
    found = left;
    cost += count * IN_WORDS;
  }
  return { leads: chosen, cost: cost + found * LOOKED_AT };
}

/** Beside these ranges: of a lead that all names in one answer is asked who answers it otherwise. */
export function besides(
  { leads }: Level,
  at: number,
  guess: Guess,
  ranges: readonly (Range | undefined)[],
  enough: number,
): Omit<Way, 'ranges'> {
  const others = leads.map((lead, place) => {
    const count = guess.leads[place]?.[at] ?? guess.all;
    const within = ranges.map((range, turn) => {
      const counts = guess.ranges[turn];
      // With one word its range has nobody else; with more, some of those there answer it worse than this level.
      const inRange = leads.length > 1 ? counts?.all : counts?.levels[at];
      return range && isFirst(lead, [range]) ? (inRange ?? 0) : 0;
    });
    const left = Math.max(0, count - within.reduce((sum, some) => sum + some, 0));
    const inRanges = ranges.filter((range) => range !== undefined);
    return { lead: isFirst(lead, inRanges) ? { ...lead, words: lead.others } : lead, count: left };
  });
  return leading(others, guess.all, enough);
}

/** To look at all who have one of the levels, of which this is the last: by the words alone, or with names that begin with one. */
export function cheapest(level: Level, at: number, guess: Guess, ranges: readonly Range[], enough: number): Way {
  const plain: Way = { ranges: [], ...besides(level, at, guess, [], enough) };
  if (!isSigned(level)) return plain;
  const ways = ranges.map((range, turn): Way => {
    const { leads, cost } = besides(
      level,
      at,
      guess,
      ranges.map((other) => (other === range ? other : undefined)),
      enough,
    );
    const { all = 0, levels = [] } = guess.ranges[turn] ?? {};
    return { ranges: [range], leads, cost: cost + all * IN_NAMES + (levels[at] ?? 0) * LOOKED_AT };
  });
  return ways.reduce((best, way) => (way.cost < best.cost ? way : best), plain);
}

/** Whether the index of names says who may answer. */
export function isSigned({ signs, terms }: Level): boolean {
  return signs.length > 0 && terms.every(({ digits }) => digits === undefined);
}

/** Whether everything that was typed for it begins a name in one of the ranges. */
function isFirst({ typed }: Lead, ranges: readonly Range[]): boolean {
  return typed.length > 0 && typed.every((word) => ranges.some(([from]) => ordered(cut(word)).startsWith(from)));
}
