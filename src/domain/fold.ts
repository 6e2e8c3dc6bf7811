// Text as it is compared in a search: without accents and case, cut into words. Pure.

/** Marks over and under Latin, Greek and Cyrillic letters, the points of Hebrew and Arabic; not the vowels of other scripts. */
const MARKS =
  /[\u0300-\u036f]|[\u0591-\u05c7]|[\u064b-\u065f]|\u0670|[\u1ab0-\u1aff]|[\u1dc0-\u1dff]|[\u20d0-\u20ff]|[\ufe20-\ufe2f]/g;

const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ŧ: 't',
  ŋ: 'n',
  ı: 'i',
  ς: 'σ',
};
const SPECIAL = /[ßæœøłđðþħŧŋıς]/g;

/** How some letters are written where they are not at hand. */
const WRITTEN_OUT: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', ø: 'oe', å: 'aa' };

/** Scripts that set no space between words: a search finds every place in them. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const MOST_PLACES = 16;

const PLAIN = /^[\x00-\x7f]*$/;
const PLAIN_WORD = /[a-z0-9]+/g;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const JOINED = /['’ʼ.\-‐‑]/;
const CHUNK = /[\p{L}\p{N}\p{M}'’ʼ.\-‐‑]+/gu;

/** The text without accents and case, everything else as it is. */
export function fold(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  const bare = text.normalize('NFKD').replace(MARKS, '').normalize('NFC').toLowerCase().replace(MARKS, '');
  return bare.replace(SPECIAL, (letter) => LETTERS[letter] ?? letter);
}

/** Digits of Arabic and Persian keyboards as those of numbers. */
export function plainDigits(text: string): string {
  return text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 15));
}

/** The words typed in a search, folded. */
export function typedWords(text: string): string[] {
  return wordsIn(fold(text));
}

/** The folded words by which `text` is found: its words, hyphenated ones also as one, `Müller` also as `mueller`. */
export function foundWords(text: string): string[] {
  const folded = fold(text);
  const words = wordsIn(folded);
  const more: string[] = [];
  if (JOINED.test(folded)) {
    for (const chunk of folded.match(CHUNK) ?? []) {
      const parts = wordsIn(chunk);
      if (parts.length > 1) more.push(parts.join(''));
    }
  }
  if (/[äöüøå]/i.test(text)) {
    more.push(...typedWords(text.toLowerCase().replace(/[äöüøå]/g, (letter) => WRITTEN_OUT[letter] ?? letter)));
  }
  if (/[\u0e00-\uffff]/.test(folded)) for (const word of words) if (UNSPACED.test(word)) more.push(...places(word));
  return more.length > 0 ? [...words, ...more] : words;
}

function wordsIn(folded: string): string[] {
  return folded.match(PLAIN.test(folded) ? PLAIN_WORD : WORD) ?? [];
}

/** What follows each character of a word, the nearest ones. */
function places(word: string): string[] {
  const characters = [...word].slice(0, MOST_PLACES + 1);
  const from: string[] = [];
  let start = 0;
  for (const character of characters) {
    if (start > 0) from.push(word.slice(start));
    start += character.length;
  }
  return from;
}
