// What a search text means, and how well a contact answers it. The same for every store, so that every client gets the same
// order. Pure.
import type { ContactFields } from './contact.ts';
import { fold, foundWords, plainDigits, typedWords } from './fold.ts';
import { mainKey, type Numbering, numberKey } from './phone-number.ts';

/** A search text in normal form. */
export interface SearchQuery {
  /** Words without accents and case; all must begin a word of the contact. */
  readonly words: readonly string[];
  /** The text's digits when it can be a number, else empty. */
  readonly digits: string;
}

/** What of a contact is searched. */
export interface Searchable {
  /** Folded words: of first and last name, of the company, of title, e-mail and the letters of numbers. */
  readonly words: Readonly<Record<Part, readonly string[]>>;
  /** The digits of its numbers, with the country's where it is known, and as they were written where that is something else. */
  readonly digits: readonly string[];
  /** First and last name, else the company, folded: the order of equals. */
  readonly name: string;
}

/** What a word belongs to; in the order in which they count. */
export type Part = 'name' | 'company' | 'other';

/** How well a contact answers; 0: not at all. */
export type Score = number;

export interface Hit {
  readonly id: string;
  readonly score: Score;
  readonly name: string;
}

/** Longest text that is looked at, and most words. */
const LONGEST_TEXT = 255;
const MOST_WORDS = 16;

/** From so many digits on they are found anywhere in a number, below at its beginning. */
export const ANYWHERE_FROM = 3;
/** So many digits at the end of a number are as good as the whole. */
export const GOOD_END = 7;

/** A word that is one of the contact's, and one that only begins one. */
const SCORES: Readonly<Record<Part, { readonly whole: Score; readonly begins: Score }>> = {
  name: { whole: 6, begins: 5 },
  company: { whole: 4, begins: 3 },
  other: { whole: 2, begins: 1 },
};
const NUMBER_SCORES = { whole: 6, begins: 4, inside: 2 } as const;

/**
 * `undefined` when there is nothing to search for. At most 255 characters and 16 words are looked at. With `numbering` a text
 * that is a number is also understood as it is dialled from there.
 */
export function readQuery(text: string, numbering?: Numbering): SearchQuery | undefined {
  const given = plainDigits(text.slice(0, LONGEST_TEXT).toWellFormed().normalize('NFKC').trim());
  const words = [...new Set(typedWords(given))].slice(0, MOST_WORDS);
  const digits = /^[\d\s()+.\-/*#]+$/.test(given) ? searchedDigits(given) : '';
  const dialled = numbering ? dialledDigits(given, numbering) : '';
  if (dialled !== '' && (digits === '' || !dialled.includes(digits))) return { words: [], digits: dialled };
  return words.length === 0 && digits === '' ? undefined : { words, digits };
}

/** Of a number in any spelling, such as with the outside line, a country's own prefix or letters: with country; else empty. */
function dialledDigits(text: string, numbering: Numbering): string {
  if (!/^[+\d(](?:[\d\s()+.\-/]*|[\dA-Za-z()+.-]*)$/.test(text)) return '';
  const key = mainKey(numberKey(text, numbering));
  return key.startsWith('+') ? key.slice(1) : '';
}

/** What is dialled before a number says nothing of it: 0, 00 and + are left out where enough is left. */
function searchedDigits(text: string): string {
  const bare = /^\s*(?:\+|00)/.test(text) ? text.replace(/\(0\)/, '') : text;
  const digits = bare.replace(/\D/g, '');
  const short = digits.replace(/^0+/, '');
  return short.length >= ANYWHERE_FROM ? short : digits;
}

/** `keys`: those of each number, as ContactRow has them. */
export function searchable(fields: ContactFields, keys: readonly (readonly string[])[]): Searchable {
  const { firstName = '', lastName = '', company = '', title = '', numbers, emails = [] } = fields;
  const digits = new Set<string>();
  numbers.forEach(({ number }, index) => {
    const known = mainKey(keys[index]?.[0] ?? '').replace(/\D/g, '');
    if (known !== '') digits.add(known);
    const written = number.replace(/\D/g, '');
    const short = written.replace(/^0+/, '') || written;
    if (short !== '' && !known.includes(short)) digits.add(written);
  });
  const letters = numbers.map(({ number }) => (/[A-Za-z]{3}/.test(number) ? number.replace(/[^A-Za-z]/g, ' ') : ''));
  const others = [...foundWords(title), ...typedWords([...emails.map(({ address }) => address), ...letters].join(' '))];
  return {
    words: {
      name: once(foundWords(`${firstName} ${lastName}`)),
      company: once(foundWords(company)),
      other: once(others),
    },
    digits: [...digits],
    name: fold(`${firstName} ${lastName}`.trim() || company),
  };
}

function once(words: readonly string[]): readonly string[] {
  return words.length < 2 ? words : [...new Set(words)];
}

/**
 * How well a contact answers: that of its worst word, or of its number when the text can be one. A word of the name counts more
 * than one of the company, and that more than the rest; a whole word more than the beginning of one.
 */
export function score({ words, digits }: SearchQuery, contact: Searchable): Score {
  let worst = words.length === 0 ? 0 : 6;
  for (const word of words) {
    let best = scoreWord(word, contact);
    const number = digits === '' ? numberIn(word) : '';
    if (number !== '') best = Math.max(best, scoreDigits(number, contact.digits));
    worst = Math.min(worst, best);
    if (worst === 0) break;
  }
  return digits === '' ? worst : Math.max(worst, scoreDigits(digits, contact.digits));
}

/** The digits for which a typed word is also looked up in numbers: with other words beside it, such as `ada 0207`. */
export function numberIn(word: string): string {
  return /^\d{3,}$/.test(word) ? searchedDigits(word) : '';
}

function scoreWord(word: string, contact: Searchable): Score {
  let best = 0;
  for (const part of ['name', 'company', 'other'] as const) {
    const { whole, begins } = SCORES[part];
    if (best >= whole) break;
    for (const found of contact.words[part]) {
      if (found.startsWith(word)) best = Math.max(best, found.length === word.length ? whole : begins);
    }
  }
  return best;
}

function scoreDigits(digits: string, numbers: readonly string[]): Score {
  return numbers.reduce((best, number) => Math.max(best, scoreNumber(digits, number)), 0);
}

function scoreNumber(digits: string, number: string): Score {
  const atStart = number.startsWith(digits);
  if (!atStart && (digits.length < ANYWHERE_FROM || !number.includes(digits))) return 0;
  return scoreFound(digits.length, number.length, atStart, number.endsWith(digits));
}

/** Of so many digits found in a number of so many, at its beginning, at its end, or inside. */
export function scoreFound(digits: number, number: number, atStart: boolean, atEnd: boolean): Score {
  if (digits === number || (atEnd && digits >= GOOD_END)) return NUMBER_SCORES.whole;
  return atStart ? NUMBER_SCORES.begins : NUMBER_SCORES.inside;
}

/** Of a typed word that begins a word of this part; `whole`: is it. */
export function scorePart(part: Part, whole: boolean): Score {
  return whole ? SCORES[part].whole : SCORES[part].begins;
}

/** Whether the contact answers at all. */
export function matches(query: SearchQuery, contact: Searchable): boolean {
  return score(query, contact) > 0;
}

/** The order of answers: the better score, then the name by its characters' codes, then the id. Never 0 for two ids. */
export function compareHits(a: Hit, b: Hit): number {
  if (a.score !== b.score) return b.score - a.score;
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}
