// The letters that stand for a name in a small place. Pure.

const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}'’.]*/gu;

/** The first letters of the first and the last word, in capitals; of a name of one word its first letter; `#` without any. */
export function initials(name: string): string {
  const words = name.match(WORD) ?? [];
  const [first, last] = [words[0], words.length > 1 ? words.at(-1) : undefined];
  if (first === undefined) return '#';
  return letter(first) + (last === undefined ? '' : letter(last));
}

function letter(word: string): string {
  return (word.match(/^.\p{M}*/u)?.[0] ?? '').toLocaleUpperCase();
}
