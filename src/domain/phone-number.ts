// The key of a phone number: one text for all its spellings, so that numbers can be compared and looked up without parsing.
// Knows the country and what is dialled for an outside line; knows no contact. Pure.
import { lengthAbroad, nationalNumber, type Plan, planOfCountry, planOfNumber } from './numbering-plan.ts';

/** How numbers are written where the PBX stands. */
export interface Numbering {
  /** Two capitals, such as GB. */
  readonly country: string;
  /** Digits dialled for an outside line; empty: none. */
  readonly outsideLine: string;
}

/** Raised by hand whenever a number gets another key than before, new tables of libphonenumber included: stored keys are then made again. */
export const KEY_RULES = 2;

const LONGEST = 64;
/** Numbers of so many digits are those of the house, whatever the country says. */
const LONGEST_INTERNAL = 6;
/** Without + or 00 in front only so many digits are taken for a number of another country. */
const SHORTEST_BARE = 10;
/** From so many digits on, the country's own calling code in front is taken for that, and not for a part of the number. */
const SURELY_WITH_CODE = 12;
const EXTENSION = /^(.*\d)[^0-9A-Za-z#]*(?:ext?(?:n|ensi[oó]n)?|x|#)[^0-9A-Za-z#]*(\d{1,7})$/i;
/** `tel:`, `sip:` and `sips:`: the number, with an extension but without host and other parameters. */
const URI = /^(?:tel|sips?):((?:[^;@?]|;ext=)*)/i;
const PLUS = 0x2b;
const ZERO = 0x30;
const STAR = 0x2a;
const HASH = 0x23;
const KEYPAD = '22233344455566677778889999';

/**
 * The key of a number in any spelling: `+442079460000` for one of the public network, with `x12` at the end for a line behind
 * it; `#1001` for one of the house or one that fits no plan, as it is dialled; `#*30` for a code. Empty when there is nothing
 * to dial. Never throws; looks at 64 characters at most.
 */
export function numberKey(number: string, numbering: Numbering): string {
  const text = (number.length > LONGEST ? number.slice(0, LONGEST) : number).trim();
  const dialled = dialledOf(text);
  if (dialled !== undefined) return keyOfDigits(dialled, numbering);
  const uri = URI.exec(text);
  if (uri) return numberKey(uri[1] ?? '', numbering);
  return keyOfText(text, numbering);
}

/** All keys under which a number is found: its own, and that of the number before the extension. */
export function numberKeys(number: string, numbering: Numbering): readonly string[] {
  const key = numberKey(number, numbering);
  if (key === '') return [];
  const main = mainKey(key);
  return main === key ? [key] : [key, main];
}

/** The key without a line behind it. */
export function mainKey(key: string): string {
  const end = mainLength(key);
  return end === key.length ? key : key.slice(0, end);
}

function mainLength(key: string): number {
  const end = key.startsWith('+') ? key.indexOf('x') : -1;
  return end < 0 ? key.length : end;
}

/**
 * The last digits of a key, by which a number is found whatever stands before them; `undefined` when it has fewer digits than
 * that, when it is one of the house or a code, and with `lastDigits` 0: then it is found whole or not at all.
 */
export function suffixOf(key: string, lastDigits: number): string | undefined {
  const end = mainLength(key);
  const count = end - 1;
  if (lastDigits <= 0 || count < lastDigits) return undefined;
  if (count <= LONGEST_INTERNAL && key.startsWith('#')) return undefined;
  for (let at = 1; at < end; at += 1) if (!isDigit(key.charCodeAt(at))) return undefined;
  return key.slice(end - lastDigits, end);
}

/** Whether both are spellings of one number. */
export function sameNumber(a: string, b: string, numbering: Numbering): boolean {
  const key = numberKey(a, numbering);
  return key !== '' && key === numberKey(b, numbering);
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isLetter = (code: number): boolean => (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);

/** The digits of a text, and + anywhere; undefined when it has letters or signs that are dialled. */
function dialledOf(text: string): string | undefined {
  let dialled = '';
  let from = -1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isDigit(code) || code === PLUS) {
      if (from < 0) from = at;
      continue;
    }
    if (isLetter(code) || code === STAR || code === HASH) return undefined;
    if (from >= 0) dialled += text.slice(from, at);
    from = -1;
  }
  return from < 0 ? dialled : dialled + text.slice(from);
}

/** `dialled`: digits, and + anywhere. */
function keyOfDigits(dialled: string, numbering: Numbering): string {
  const isWhole = dialled.charCodeAt(0) === PLUS;
  const digits = dialled.includes('+', 1) ? dialled.replaceAll('+', '') : isWhole ? dialled.slice(1) : dialled;
  if (digits === '') return '';
  // No calling code begins with 0: somebody put a + before what is dialled.
  const isDialled = digits.charCodeAt(0) === ZERO && digits.length > LONGEST_INTERNAL;
  if (isWhole && !isDialled) return wholeKey(dialled, digits);
  if (digits.length <= LONGEST_INTERNAL) return `#${digits}`;
  return publicKey(digits, numbering) ?? `#${withoutOutsideLine(digits, numbering.outsideLine)}`;
}

/** Of a local number, which no plan knows. Those of the house are shorter. */
function withoutOutsideLine(digits: string, outsideLine: string): string {
  const isDialled = outsideLine !== '' && digits.startsWith(outsideLine);
  return isDialled && digits.length - outsideLine.length > LONGEST_INTERNAL ? digits.slice(outsideLine.length) : digits;
}

/** `digits`: those of a number dialled with + in front. One of no known country stays as it is. */
function wholeKey(dialled: string, digits: string): string {
  const plan = planOfNumber(digits);
  if (!plan) return `+${digits}`;
  const { length } = plan.callingCode;
  const after = digits.slice(length);
  const national = nationalNumber(plan, after);
  return national === after && dialled.length === digits.length + 1 ? dialled : `+${plan.callingCode}${national}`;
}

function keyOfText(text: string, numbering: Numbering): string {
  const behind = EXTENSION.exec(text);
  if (behind && !/[A-Za-z*#]/.test(behind[1] ?? '')) {
    const main = keyOfDigits((behind[1] ?? '').replace(/[^0-9+]/g, ''), numbering);
    if (main.startsWith('+')) return `${main}x${behind[2]}`;
  }
  const code = text.replace(/[^0-9A-Za-z+*#]/g, '').toUpperCase();
  if (code === '') return '';
  if (/[*#]/.test(code) || /^\+*$/.test(code)) return `#${code}`;
  return wordKey(code, numbering) ?? `#${code}`;
}

/** Letters as the keys of a telephone they stand on, when that makes a number of the public network. */
function wordKey(code: string, numbering: Numbering): string | undefined {
  if (!/\d/.test(code) || !/[A-Z]{3}/.test(code)) return undefined;
  const digits = code.replace(/[A-Z]/g, (letter) => KEYPAD[letter.charCodeAt(0) - 65] ?? '');
  const bare = digits.replaceAll('+', '');
  const found = digits.startsWith('+') ? international(bare) : atHome(bare, planOfCountry(numbering.country));
  return found?.valid ? `+${found.digits}` : undefined;
}

interface Found {
  /** After the +. */
  readonly digits: string;
  /** Whether a plan knows such numbers. */
  readonly valid: boolean;
}

/** Digits dialled at home, as a number of the public network; what is surest is tried first. */
function publicKey(digits: string, { country, outsideLine }: Numbering): string | undefined {
  const plan = planOfCountry(country);
  const whole = atHome(digits, plan);
  if (whole?.valid) return `+${whole.digits}`;
  if (outsideLine !== '' && digits.startsWith(outsideLine)) {
    const rest = atHome(digits.slice(outsideLine.length), plan);
    if (rest?.valid) return `+${rest.digits}`;
  }
  for (const bare of [digits.startsWith('00') ? digits.slice(2) : '', digits]) {
    const abroad = bare.length < SHORTEST_BARE ? undefined : international(bare);
    if (abroad?.valid) return `+${abroad.digits}`;
  }
  return whole && `+${whole.digits}`;
}

/** `undefined`: no number of the country, by its length, nor one dialled abroad. */
function atHome(digits: string, plan: Plan | undefined): Found | undefined {
  if (!plan) return undefined;
  const before = lengthAbroad(plan, digits);
  if (before > 0) {
    const rest = digits.slice(before);
    if (!rest.startsWith('0') && planOfNumber(rest)) return international(rest);
  }
  const national = nationalNumber(plan, digits);
  const shorter = digits.startsWith(plan.callingCode)
    ? nationalNumber(plan, digits.slice(plan.callingCode.length))
    : '';
  const withCode = shorter !== '' && isValid(plan, shorter);
  if (withCode && digits.length >= SURELY_WITH_CODE) return { digits: plan.callingCode + shorter, valid: true };
  if (isValid(plan, national)) return { digits: plan.callingCode + national, valid: true };
  if (withCode) return { digits: plan.callingCode + shorter, valid: true };
  return plan.lengths.includes(national.length) ? { digits: plan.callingCode + national, valid: false } : undefined;
}

/** Countries that share a calling code dial each other like themselves. */
function isValid(plan: Plan, national: string): boolean {
  return plan.valid.test(national) || planOfNumber(`${plan.callingCode}0`)?.valid.test(national) === true;
}

/** Digits after +. One of no known country stays as it is. */
function international(digits: string): Found {
  const plan = planOfNumber(digits);
  if (!plan) return { digits, valid: false };
  const national = nationalNumber(plan, digits.slice(plan.callingCode.length));
  return { digits: plan.callingCode + national, valid: plan.valid.test(national) };
}
