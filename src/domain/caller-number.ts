// The number of a caller as the PBX or a person gives it, read once for all directories. Pure.
import { plainDigits } from './fold.ts';
import { mainKey, type Numbering, numberKeys, suffixOf } from './phone-number.ts';

export interface AskedNumber {
  /** As it was dialled, when that was digits alone but for separators, and few enough of them: perhaps an extension. */
  readonly dialled: string | undefined;
  /** The surest first, at least one. */
  readonly keys: readonly string[];
  /** Its last digits; undefined when it is found whole or not at all. */
  readonly ending: string | undefined;
  /** Whether it was written with + or 00 in front, and so is surely one of the country that it names. */
  readonly isInternational: boolean;
}

/** No number is longer, in any spelling. */
const LONGEST = 64;
const LONGEST_EXTENSION = 16;
const OTHERS = /[^0-9]+/g;
const INTERNATIONAL = /^[^0-9+]*(?:\+|00)/;
/** A sign and six digits. */
const LONGEST_OF_HOUSE = 7;

/**
 * `lastDigits`: how long an ending is, 0 for none; `longestExtension`: how many digits an extension has at most. Undefined for
 * what is no number: withheld ones, and whatever has no digit.
 */
export function askedNumber(
  given: string,
  numbering: Numbering,
  lastDigits: number,
  longestExtension = LONGEST_EXTENSION,
): AskedNumber | undefined {
  const text = plain(given);
  const { length } = text;
  if (length > LONGEST) return undefined;
  let digits = 0;
  let separators = 0;
  for (let i = 0; i < length; i += 1) {
    const code = text.charCodeAt(i);
    if (code >= 48 && code <= 57) digits += 1;
    else if (isSeparator(code)) separators += 1;
  }
  if (digits === 0) return undefined;
  const keys = numberKeys(text, numbering);
  const key = keys[0];
  if (key === undefined) return undefined;
  const isDialled = digits <= longestExtension && digits + separators === length;
  const dialled = isDialled ? (separators === 0 ? text : text.replace(OTHERS, '')) : undefined;
  return { dialled, keys, ending: suffixOf(key, lastDigits), isInternational: INTERNATIONAL.test(text) };
}

/** Whether the key is that of a number of the house, which nobody has outside of it. */
export function isOfTheHouse(key: string): boolean {
  return key.startsWith('#') && key.length <= LONGEST_OF_HOUSE;
}

/** The digits of a key of the public network or one that fits no plan, without a line behind it. */
export function digitsOf(key: string): string {
  return mainKey(key).slice(1);
}

/** The line behind the main number of a key; undefined: none. */
export function lineOf(key: string): string | undefined {
  const main = mainKey(key);
  return main.length === key.length ? undefined : key.slice(main.length + 1);
}

function plain(given: string): string {
  const text = given.length > LONGEST ? given.trim() : given;
  if (text.length > LONGEST) return text;
  for (let i = 0; i < text.length; i += 1) {
    if (text.charCodeAt(i) > 0x7f) return plainDigits(text.normalize('NFKC').replace(/\p{Cf}/gu, ''));
  }
  return text;
}

/** White space and ( ) - . / */
function isSeparator(code: number): boolean {
  if (code <= 32) return code === 32 || (code >= 9 && code <= 13);
  return code === 40 || code === 41 || (code >= 45 && code <= 47);
}
