// What a number that somebody clicked becomes on the telephone line, and every number that it may reach there. Pure; knows no
// user and no rule.
import { plainDigits } from './fold.ts';
import { trunkSpellings } from './number-spellings.ts';
import { mainKey, type Numbering, numberKey } from './phone-number.ts';

export interface DialPlan {
  readonly numbering: Numbering;
  /** What a + at the beginning is dialled as; + itself: it is left as it is. */
  readonly plus: string;
  readonly isExtension: (number: string) => boolean;
}

/** A number that can be dialled. */
export interface DialledNumber {
  /** As it was given, on one line and without invisible signs. */
  readonly written: string;
  /** Digits, perhaps after a +; * and # only as the settings have them. At most 32 signs. */
  readonly dialString: string;
  /** What a dialplan may take it for that drops what is dialled before a number, itself among them. */
  readonly reaches: readonly string[];
  /** The dial string, the same without the outside line, as it was given, and as it is dialled within the country. */
  readonly spellings: readonly string[];
}

/** No number: letters that spell none, signs of another kind, too long, or nothing. A code: with * or #, for the PBX itself. */
export type DialReading = DialledNumber | 'no number' | 'code';

const LONGEST_GIVEN = 64;
const LONGEST_DIALLED = 32;
/** Numbers of so many digits are those of the house. */
const LONGEST_OF_HOUSE = 6;
const INVISIBLE = /\p{Cf}/gu;
const LINE_BEHIND = /^(.*\d)[^0-9A-Za-z#*+]*(?:ext?(?:n|ensi[oó]n)?\.?|x|#)[^0-9A-Za-z#*+]*\d{1,7}$/i;
const SEPARATORS = /[ ().\-/\p{Pd}]/gu;
/** As in `0800 FLOWERS`; the key of a number decides whether the letters spell one. */
const WORDS = /^[+0-9(][0-9A-Za-z ().-]*[A-Za-z]{3}[0-9A-Za-z ().-]*$/;
const KEYPAD = '22233344455566677778889999';

/** Reads what a person typed or a contact holds. */
export function dialNumber(given: string, plan: DialPlan): DialReading {
  const text = withoutLine(plainText(given), plan.numbering);
  if (text.length > LONGEST_GIVEN) return 'no number';
  const spelt = WORDS.test(text) ? keyed(text, plan.numbering) : text;
  const typed = withoutTrunkZero(spelt).replace(SEPARATORS, '');
  if (/^\+?[0-9*#]*[*#][0-9*#]*$/.test(typed)) return 'code';
  if (!/^\+?[0-9]+$/.test(typed)) return 'no number';
  const dialString = dialStringOf(typed, plan);
  if (dialString.length > LONGEST_DIALLED) return 'no number';
  const reaches = plan.isExtension(dialString) ? [dialString] : inside([dialString, typed], plan);
  const written = given.replace(INVISIBLE, '').trim();
  return { written, dialString, reaches, spellings: spellingsOf(typed, dialString, plan) };
}

/** Full-width and Arabic digits as plain ones, without the invisible signs that copying brings along, without `tel:`. */
function plainText(given: string): string {
  // NFKC makes one character as much as eighteen.
  if (given.length > 4 * LONGEST_GIVEN) return given;
  return plainDigits(given.normalize('NFKC').replace(INVISIBLE, '')).trim().replace(/^tel:/i, '');
}

/** The main number of one with an extension behind it, which no exchange takes together. */
function withoutLine(text: string, numbering: Numbering): string {
  const main = text.length > LONGEST_GIVEN ? undefined : LINE_BEHIND.exec(text)?.[1];
  if (main === undefined) return text;
  const key = numberKey(text, numbering);
  return key !== mainKey(key) && numberKey(main, numbering) === mainKey(key) ? main : text;
}

/** Letters as the keys of a telephone they stand on. */
function keyed(text: string, numbering: Numbering): string {
  if (!numberKey(text, numbering).startsWith('+')) return text;
  return text.toUpperCase().replace(/[A-Z]/g, (letter) => KEYPAD[letter.charCodeAt(0) - 65] ?? '');
}

/** The zero of `+44 (0)20 …` is dialled at home only. */
function withoutTrunkZero(text: string): string {
  return /^[\s(]*(?:\+|00)/.test(text) ? text.replace(/\(0\)/, '') : text;
}

/** `typed`: digits, perhaps after a +. */
function dialStringOf(typed: string, { numbering, plus, isExtension }: DialPlan): string {
  const { outsideLine } = numbering;
  const digits = typed.replace('+', '');
  // No calling code begins with 0: somebody put a + before what is dialled.
  if (typed.startsWith('+') && !digits.startsWith('0')) {
    const whole = mainKey(numberKey(typed, numbering)).replace('+', '');
    return plus === '+' ? `+${whole}` : `${outsideLine}${plus}${whole}`;
  }
  if (digits.length <= LONGEST_OF_HOUSE || isExtension(digits) || hasOutsideLine(digits, numbering)) return digits;
  return `${outsideLine}${digits}`;
}

/** Whether the digits are another number, or none, when what is dialled for an outside line is taken for a part of it. */
function hasOutsideLine(digits: string, numbering: Numbering): boolean {
  if (numbering.outsideLine === '' || !digits.startsWith(numbering.outsideLine)) return false;
  return numberKey(digits, numbering) !== numberKey(digits, { ...numbering, outsideLine: '' });
}

/** These numbers, and what is left of them without what is dialled before a number, however often. */
function inside(numbers: readonly string[], { numbering, plus }: DialPlan): readonly string[] {
  const fronts = ['+', '00', plus, numbering.outsideLine].filter((front) => front !== '');
  const found = new Set(numbers);
  for (const number of found) {
    for (const front of fronts) {
      if (number.length > front.length && number.startsWith(front)) found.add(number.slice(front.length));
    }
  }
  return [...found];
}

function spellingsOf(typed: string, dialString: string, { numbering }: DialPlan): readonly string[] {
  const { outsideLine } = numbering;
  const spellings = new Set([dialString, typed]);
  if (dialString.startsWith(outsideLine)) spellings.add(dialString.slice(outsideLine.length));
  const key = mainKey(numberKey(typed, numbering));
  // All others end with the number as it is dialled from abroad.
  const atHome = trunkSpellings(key, numbering).find((spelling) => !spelling.endsWith(key.slice(1)));
  if (atHome !== undefined) spellings.add(atHome);
  return [...spellings];
}
