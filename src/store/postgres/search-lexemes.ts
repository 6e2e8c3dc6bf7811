// What a contact is found by in the database: its words as lexemes of a `tsvector`, marked by what they belong to, and its digits as a text.
// Those with which the name in the order of answers begins have marks of their own: they stand together there. Knows no SQL.
import type { Part, Searchable } from '../../domain/search.ts';

/** What stands before a word. */
export const MARKS: Readonly<Record<Part, string>> = { name: 'n', company: 'c', other: 'o' };
/** Before one with which the name begins. */
export const FIRST: Readonly<Record<Part, string>> = { name: 'N', company: 'C', other: 'O' };
/** Before another one of which so many characters are those with which the name begins, such as another spelling of its first word. */
export const NEAR: Readonly<Record<Part, string>> = { name: 'm', company: 'k', other: 'p' };
export const NEAR_FROM = 2;
/** Behind the first letter of a word, as a lexeme of its own: with a letter begin so many words that looking for all of them takes long. */
export const LETTER = '*';
/** A lexeme of no contact. */
export const NONE = '-';

/** Digits in a row by which numbers are found; `rollcall.runs_1` makes them. */
export const RUN = 4;
/** Before any in a row, of which the last are one less; and before those at the beginning of a number. */
export const ANYWHERE = 'd';
export const START = 's';

/** Longer words are cut: PostgreSQL takes 2,046 bytes. Nobody types so long ones. */
const LONGEST_WORD = 600;
const PARTS = ['name', 'company', 'other'] as const;

export function lexemesOf({ words, name }: Searchable): string[] {
  const lexemes = PARTS.flatMap((part) =>
    words[part].flatMap((word) => {
      const first = String.fromCodePoint(word.codePointAt(0) ?? 0);
      const letterMark = (name.startsWith(first) ? FIRST : MARKS)[part];
      return [markOf(word, name)[part] + cut(word), letterMark + first + LETTER];
    }),
  );
  return [...new Set(lexemes)];
}

function markOf(word: string, name: string): Readonly<Record<Part, string>> {
  if (name.startsWith(word)) return FIRST;
  return name.startsWith([...word.slice(0, 2 * NEAR_FROM)].slice(0, NEAR_FROM).join('')) ? NEAR : MARKS;
}

export function cut(word: string): string {
  return word.length > LONGEST_WORD ? word.slice(0, LONGEST_WORD).toWellFormed() : word;
}

/** The digits of all numbers, each between two line ends. */
export function digitsText(digits: readonly string[]): string {
  return digits.length === 0 ? '' : `\n${digits.join('\n')}\n`;
}

/** Every four digits in a row, the last ones first. */
export function runsOf(digits: string): string[] {
  const count = Math.max(1, digits.length - RUN + 1);
  return Array.from({ length: count }, (_, at) => digits.slice(count - 1 - at, count - 1 - at + RUN));
}
