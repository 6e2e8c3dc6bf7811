// Reading what a stranger sent into text, lists and objects of a known form. Every refusal is noted with its path; nothing
// here throws, recurses or works longer than the limits allow. Pure.
import type { Issue } from './failure.ts';

const MOST_ISSUES = 20;
const LONGEST_KEY = 64;

/** Where in the input one is, and the issues found so far. */
export interface Reading {
  /** `contact.numbers.0`; empty for the whole. */
  readonly path: string;
  readonly issues: Issue[];
}

export interface TextRule {
  /** Most characters (code points) in normal form. */
  readonly longest: number;
  /** Whether line feeds and tabs may stand in it. */
  readonly lines?: boolean;
}

export function refuse({ path, issues }: Reading, message: string): undefined {
  if (issues.length < MOST_ISSUES) issues.push({ path, message });
  return undefined;
}

/**
 * The object, when it is one and all its keys are known; `undefined` after a refusal of the whole. Unknown keys are refused,
 * with the words in `notGiven` where there are some, and the known ones can be read on.
 */
export function readObject(
  given: unknown,
  keys: readonly string[],
  notGiven: Readonly<Record<string, string>>,
  reading: Reading,
): Readonly<Record<string, unknown>> | undefined {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return refuse(reading, 'must be an object');
  const known: Record<string, unknown> = {};
  for (const key of Object.keys(given)) {
    if (keys.includes(key)) known[key] = (given as Record<string, unknown>)[key];
    else {
      const name = key.length > LONGEST_KEY ? `${key.slice(0, LONGEST_KEY).toWellFormed()}…` : key.toWellFormed();
      const message = Object.hasOwn(notGiven, key) ? notGiven[key] : undefined;
      refuse(
        { path: reading.path ? `${reading.path}.${name}` : name, issues: reading.issues },
        message ?? 'is not known',
      );
      if (reading.issues.length >= MOST_ISSUES) return undefined;
    }
  }
  return known;
}

/** The entries that could be read; absent and `null` are an empty list. `undefined` after a refusal of the list or one of it. */
export function readList<T>(
  given: unknown,
  longest: number,
  reading: Reading,
  readEntry: (entry: unknown, reading: Reading) => T | undefined,
): T[] | undefined {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) return refuse(reading, 'must be a list');
  if (given.length > longest) return refuse(reading, `must have at most ${longest} entries`);
  const entries: T[] = [];
  given.forEach((one: unknown, index) => {
    const entry = readEntry(one, { path: `${reading.path}.${index}`, issues: reading.issues });
    if (entry !== undefined) entries.push(entry);
  });
  return entries.length === given.length ? entries : undefined;
}

/** Control characters, and those that turn the direction of the text after them; marks of direction alone may stand. */
const UNSEEN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const UNSEEN_IN_LINES = /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/u;
const NOTHING_TO_SEE = /^[\s\p{Cf}\p{Default_Ignorable_Code_Point}]*$/u;

/** The text in normal form: NFC, trimmed, empty when there is nothing to see in it or it is absent. `undefined` after a refusal. */
export function readText(given: unknown, { longest, lines = false }: TextRule, reading: Reading): string | undefined {
  if (given === undefined || given === null) return '';
  if (typeof given !== 'string') return refuse(reading, 'must be text');
  const raw = given.trim();
  const tooLong = `must have at most ${longest} characters`;
  // A character of the normal form comes from at most four of two units; more is not worth normalising.
  if (raw.length > 8 * longest) return refuse(reading, tooLong);
  if (!raw.isWellFormed()) return refuse(reading, 'must hold whole characters only, not half of a surrogate pair');
  const text = (lines ? raw.replace(/\r\n?|[\u2028\u2029]/g, '\n') : raw).normalize('NFC').trim();
  if (text.length > longest && [...text].length > longest) return refuse(reading, tooLong);
  if ((lines ? UNSEEN_IN_LINES : UNSEEN).test(text)) {
    return refuse(reading, `must hold no control characters${lines ? ' but line feeds and tabs' : ' or line breaks'}`);
  }
  return NOTHING_TO_SEE.test(text) ? '' : text;
}
