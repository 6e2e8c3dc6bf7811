// What a contact is found by: the keys of its numbers, and the stems that these have in common with others. Knows no index.
import { suffixOf } from '../../domain/phone-number.ts';
import type { ContactRow } from '../../service/contact-row.ts';
import type { Row } from '../../service/store.ts';

/**
 * The ending of a key, or the key itself where it has none: so one place holds all that is found by either. Endings are all of one
 * length, and as numbers they take no memory of their own.
 */
export type Stem = string | number;

export function stemOf(key: string, lastDigits: number): Stem {
  const digits = suffixOf(key, lastDigits);
  return digits === undefined ? key : wholeNumber(digits);
}

/** -1 for what is not digits alone. */
function wholeNumber(text: string): number {
  let number = 0;
  for (let at = 0; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return text === '' ? -1 : number;
}

/** The stem of an ending that is asked for; undefined when there are no such endings. */
export function stemOfEnding(digits: string | undefined, lastDigits: number): number | undefined {
  const number = digits?.length === lastDigits ? wholeNumber(digits) : -1;
  return number < 0 ? undefined : number;
}

/** More numbers than a contact has. */
const LINES = 32;

export const keysOf = ({ value }: Row): ContactRow['keys'] => (value as ContactRow).keys;

/** Each stem of a contact once. */
export function stemsOf(row: Row, lastDigits: number): readonly Stem[] {
  const stems: Stem[] = [];
  for (const keys of keysOf(row)) {
    for (const key of keys) {
      const stem = stemOf(key, lastDigits);
      if (!stems.includes(stem)) stems.push(stem);
    }
  }
  return stems;
}

/** The first place of a key among the numbers of a contact, the numbers themselves before lines behind them; -1: none. */
export function placeOfKey(row: Row, key: string): number {
  const numbers = keysOf(row);
  for (let place = 0; place < numbers.length; place += 1) if (numbers[place]?.[0] === key) return place;
  for (let place = 0; place < numbers.length; place += 1) if (numbers[place]?.includes(key)) return LINES + place;
  return -1;
}

/** The first place of a stem among the numbers of a contact, in the same order; -1: none. */
export function placeOfStem(row: Row, stem: Stem, lastDigits: number): number {
  const isWanted = (key: string): boolean => stemOf(key, lastDigits) === stem;
  const numbers = keysOf(row);
  const own = numbers.findIndex(([key]) => key !== undefined && isWanted(key));
  if (own >= 0) return own;
  const line = numbers.findIndex((keys) => keys.some(isWanted));
  return line < 0 ? -1 : LINES + line;
}
