// Whether a contact has the number of a caller, how surely, and which of several contacts is meant. Pure.
import { type AskedNumber, digitsOf, lineOf } from './caller-number.ts';
import { differenceOf, nationalLength } from './numbering-plan.ts';
import { suffixOf } from './phone-number.ts';

/** How a contact has a number. */
export interface NumberMatch {
  /** Which of the keys asked for, from 0; undefined: by the ending alone. */
  readonly key: number | undefined;
  /** By key: whether the contact has the number itself, and not a line behind it. */
  readonly whole: boolean;
  /** By ending: how many last digits are the same. */
  readonly ending: number;
  /** Which of the contact's numbers, from 0. */
  readonly at: number;
}

/** A contact that has the number, with what decides between several. */
export interface Candidate {
  readonly match: NumberMatch;
  /** ISO 8601 in UTC. */
  readonly created: string;
  readonly id: string;
}

/** The keys of each number of a contact, its own first. */
type KeysOfNumbers = readonly (readonly string[])[];

/** What most are. */
const FIRST: NumberMatch = { key: 0, whole: true, ending: 0, at: 0 };

/** Undefined: the contact does not have the number; one with another line of it alone does not. */
export function matchOf(numbers: KeysOfNumbers, asked: AskedNumber, lastDigits: number): NumberMatch | undefined {
  const match = keyMatch(numbers, asked.keys);
  if (match || numbers.some((some) => some.some((key) => asked.keys.includes(key)))) return match;
  return endingMatch(numbers, asked, lastDigits);
}

/** The surer one first: by key, the surest key, the number itself, the longest ending; then by place, age and id. */
export function compareCandidates(a: Candidate, b: Candidate): number {
  return compareMatches(a.match, b.match) || compareTexts(a.created, b.created) || compareTexts(a.id, b.id);
}

function compareMatches(a: NumberMatch, b: NumberMatch): number {
  const key = (a.key ?? Number.MAX_SAFE_INTEGER) - (b.key ?? Number.MAX_SAFE_INTEGER);
  return key || Number(b.whole) - Number(a.whole) || b.ending - a.ending || a.at - b.at;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function keyMatch(numbers: KeysOfNumbers, keys: readonly string[]): NumberMatch | undefined {
  if (numbers[0]?.[0] === keys[0]) return FIRST;
  for (let key = 0; key < keys.length; key += 1) {
    const wanted = keys[key] ?? '';
    const own = numbers.findIndex((some) => some[0] === wanted);
    if (own >= 0) return { key, whole: true, ending: 0, at: own };
    const at = numbers.findIndex((some) => some.includes(wanted) && mayBeOneLine(some[0] ?? '', keys[0] ?? ''));
    if (at >= 0) return { key, whole: false, ending: 0, at };
  }
  return undefined;
}

/**
 * Two complete numbers of a country, or a number of another, are two numbers. But bare digits only look like one of another country, as 9 020 7946 0000 with
 * the digit for an outside line in front does: they match when they end with the whole national number.
 */
function endingMatch(
  numbers: KeysOfNumbers,
  { keys: [asked = ''], ending, isInternational }: AskedNumber,
  lastDigits: number,
): NumberMatch | undefined {
  if (ending === undefined) return undefined;
  const digits = digitsOf(asked);
  let best: NumberMatch | undefined;
  numbers.forEach(([own = ''], at) => {
    if (suffixOf(own, lastDigits) !== ending) return;
    if (!mayBeOneLine(own, asked)) return;
    const length = commonEnding(digits, digitsOf(own));
    const difference = differenceOf(own, asked);
    if (difference === 'area') return;
    if (difference === 'countries' && (isInternational || length < nationalLength(own))) return;
    if (length > (best?.ending ?? 0)) best = { key: undefined, whole: false, ending: length, at };
  });
  return best;
}

/** Two different lines behind one number are two numbers. */
function mayBeOneLine(a: string, b: string): boolean {
  const [one, other] = [lineOf(a), lineOf(b)];
  return one === undefined || other === undefined || one === other;
}

/** How many characters at the end of both are the same. */
export function commonEnding(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[a.length - 1 - length] === b[b.length - 1 - length]) length += 1;
  return length;
}
