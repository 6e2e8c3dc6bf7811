// A few bits for the words of a contact, so small that the index of names holds them: who may have a word is seen there, and only they are
// looked at. A bit that is set says nothing for sure; one that is missing does. Knows no SQL.
import type { Part, Searchable } from '../../domain/search.ts';
import { cut } from './search-lexemes.ts';

/** Of a contact or of a word, as a signed 64-bit integer in decimals. */
export type Bits = string;

/** Beginnings of a word that are seen, in characters. */
const BEGINNINGS = 3;
/** The first bits say which letters words begin with; the next one, that a word is one character; the others are shared by everything else. */
const LETTERS = 26;
const SHARED_FROM = LETTERS + 1;
const BITS = 64;
const PARTS = ['name', 'company', 'other'] as const;

/** Of all words of a part. */
export function bitsOf({ words }: Searchable): Readonly<Record<Part, Bits>> {
  const [name, company, other] = PARTS.map((part) => decimals(words[part].map((word) => bitsIn(word, true))));
  return { name: name as Bits, company: company as Bits, other: other as Bits };
}

/** What all have who have the word, or with `whole` false: one that begins with it. */
export function bitsOfWord(word: string, whole: boolean): Bits {
  return decimals([bitsIn(word, whole)]);
}

type Halves = readonly [low: number, high: number];

function bitsIn(word: string, whole: boolean): Halves {
  const text = cut(word);
  const characters = [...text.slice(0, 2 * BEGINNINGS)].slice(0, BEGINNINGS);
  let [low, high] = [0, 0];
  const set = (bit: number): void => {
    if (bit < 32) low |= 1 << bit;
    else high |= 1 << (bit - 32);
  };
  for (const length of characters.keys()) set(bitOf(characters.slice(0, length + 1).join('')));
  if (whole) set(characters.length === 1 ? LETTERS : bitOf(`.${text}`));
  return [low, high];
}

function bitOf(text: string): number {
  const letter = text.charCodeAt(0) - 97;
  if (text.length === 1 && letter >= 0 && letter < LETTERS) return letter;
  return SHARED_FROM + (hash(text) % (BITS - SHARED_FROM));
}

/** FNV-1a with a last stir. */
function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  sum = Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d);
  return (sum ^ (sum >>> 13)) >>> 0;
}

function decimals(all: readonly Halves[]): Bits {
  const [low, high] = all.reduce<Halves>(([a, b], [c, d]) => [a | c, b | d], [0, 0]);
  return String((BigInt(high) << 32n) | BigInt(low >>> 0));
}
