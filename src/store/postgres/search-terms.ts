// A search text as conditions on the row of a contact in the database: for each score, what makes a contact at least that good. They say
// the same as `score` of src/domain/search.ts. Knows no table.
import { ANYWHERE_FROM, GOOD_END, numberIn, type Part, type SearchQuery } from '../../domain/search.ts';
import { type Bits, bitsOfWord } from './search-bits.ts';
import { ANYWHERE, cut, FIRST, LETTER, MARKS, NEAR, NEAR_FROM, NONE, RUN, runsOf, START } from './search-lexemes.ts';

/** The words answer `words`, a `tsquery`, or one of the patterns is like the text of digits. */
export interface Term {
  readonly words: string;
  /** For LIKE; undefined: words alone. */
  readonly digits: readonly string[] | undefined;
}

/** What an index is asked for: contacts whose words answer the one `tsquery`, or whose runs of digits answer the other. */
export interface Lead extends Term {
  readonly runs: string | undefined;
  /** The words of it as they were typed. */
  readonly typed: readonly string[];
  /** As `words`, of contacts whose name begins with none of these. */
  readonly others: string;
}

/** Bits that all of one part have who answer a word there. */
interface Sign {
  readonly part: Part;
  readonly bits: Bits;
}

/** Contacts of this score and better. */
export interface Level {
  readonly score: number;
  /** All must hold. */
  readonly terms: readonly Term[];
  /** By which an index finds all of them, and few others; one for each word typed. All must hold. */
  readonly leads: readonly Lead[];
  /** For each of some words the signs of which all who answer have one: empty when nothing is said of anybody by them. */
  readonly signs: readonly (readonly Sign[])[];
}

type Marks = Readonly<Record<Part, readonly string[]>>;

const ANY: Marks = {
  name: [MARKS.name, FIRST.name, NEAR.name],
  company: [MARKS.company, FIRST.company, NEAR.company],
  other: [MARKS.other, FIRST.other, NEAR.other],
};
const NOT_FIRST: Marks = {
  name: [MARKS.name, NEAR.name],
  company: [MARKS.company, NEAR.company],
  other: [MARKS.other, NEAR.other],
};
/** Of words so short that with them begins every name that is near. */
const NOT_NEAR: Marks = { name: [MARKS.name], company: [MARKS.company], other: [MARKS.other] };

/** The score of a word that is one of this part; the score before it is that of one that begins one. */
const WHOLE: readonly (readonly [Part, number])[] = [
  ['name', 6],
  ['company', 4],
  ['other', 2],
];
const SCORES = [6, 5, 4, 3, 2, 1];
/** Runs of digits asked of the index: after so many, nearly nothing else is found. */
const MOST_RUNS = 12;

/** The best first; without those that nothing separates from a better one. */
export function levelsOf(query: SearchQuery): Level[] {
  const levels = SCORES.map((score) => (query.digits === '' ? ofWords(query.words, score) : ofNumber(query, score)));
  return levels.filter((level, at) => at === 0 || !isSame(level, levels[at - 1] as Level));
}

function isSame(a: Level, b: Level): boolean {
  return JSON.stringify(a.terms) === JSON.stringify(b.terms);
}

/** Every word must be found, one of digits also in a number. */
function ofWords(words: readonly string[], score: number): Level {
  const leads = words.map((word): Lead => {
    const number = numberIn(word);
    const digits = number === '' ? undefined : like(number, score);
    return {
      ...{ words: ofWord(word, score, ANY), digits, runs: number === '' ? undefined : runs(number, score) },
      ...{ typed: [word], others: ofWord(word, score, besideFirst(word)) },
    };
  });
  const plain = leads.filter(({ digits }) => digits === undefined).map((lead) => lead.words);
  const terms: Term[] = plain.length > 0 ? [{ words: joinedBy(' & ', plain), digits: undefined }] : [];
  for (const lead of leads) if (lead.digits) terms.push({ words: lead.words, digits: lead.digits });
  const inWords = words.filter((word) => numberIn(word) === '');
  return { score, terms, leads, signs: inWords.map((word) => signsOf(word, score)) };
}

/** All words must be found, or the digits. */
function ofNumber({ words, digits }: SearchQuery, score: number): Level {
  const all = (marksOf: (word: string) => Marks): string => {
    const found = words.map((word) => ofWord(word, score, marksOf(word)));
    return found.length === 0 ? lexeme(NONE) : joinedBy(' & ', found);
  };
  const term = { words: all(() => ANY), digits: like(digits, score) };
  return {
    score,
    terms: [term],
    leads: [{ ...term, runs: runs(digits, score), typed: words, others: all(besideFirst) }],
    signs: [],
  };
}

/** Marks of words that begin with this one, of contacts whose name does not. */
function besideFirst(word: string): Marks {
  return [...cut(word)].length <= NEAR_FROM ? NOT_NEAR : NOT_FIRST;
}

function ofWord(word: string, score: number, marks: Marks): string {
  const text = cut(word);
  const found = WHOLE.flatMap(([part, whole]) => {
    if (score > whole) return [];
    return marks[part].map((mark) => (score === whole ? lexeme(mark + text) : beginningOf(mark, text)));
  });
  return joinedBy(' | ', found);
}

function signsOf(word: string, score: number): Sign[] {
  return WHOLE.filter(([, whole]) => score <= whole).map(([part, whole]) => {
    return { part, bits: bitsOfWord(word, score === whole) };
  });
}

/** Patterns for the text of digits, in which each number stands between two line ends. */
function like(digits: string, score: number): string[] {
  const good = digits.length >= GOOD_END ? [`%${digits}\n%`] : [];
  if (score >= 5) return [`%\n${digits}\n%`, ...good];
  if (score >= 3 || digits.length < ANYWHERE_FROM) return [`%\n${digits}%`, ...good];
  return [`%${digits}%`];
}

/** At least those that the patterns find. */
function runs(digits: string, score: number): string {
  if (digits.length > RUN) {
    const some = runsOf(digits).slice(0, MOST_RUNS);
    return joinedBy(
      ' & ',
      some.map((run) => lexeme(ANYWHERE + run)),
    );
  }
  if (score >= 5) return lexeme(START + digits);
  if (score >= 3 || digits.length < ANYWHERE_FROM) return beginning(START + digits);
  return beginning(ANYWHERE + digits);
}

function lexeme(text: string): string {
  return `'${text.replace(/['\\]/g, '$&$&')}'`;
}

function beginningOf(mark: string, word: string): string {
  return [...word].length === 1 ? lexeme(mark + word + LETTER) : beginning(mark + word);
}

function beginning(text: string): string {
  return `${lexeme(text)}:*`;
}

function joinedBy(operator: ' & ' | ' | ', queries: readonly string[]): string {
  return queries.length === 1 ? (queries[0] as string) : `(${queries.join(operator)})`;
}
