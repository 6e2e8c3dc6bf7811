// Which colleagues a search text, a group and "available only" leave, and in what order. Pure.
import type { Extension, Presence } from '../../../client/types.ts';
import { fold, foundWords, typedWords } from '../../../src/domain/fold.ts';

export interface DirectoryFilter {
  readonly text: string;
  /** Empty: all. */
  readonly group: string;
  readonly availableOnly: boolean;
}

interface Folded {
  readonly words: readonly string[];
  readonly mobile: string;
  readonly key: string;
}

const folded = new WeakMap<Extension, Folded>();

/** By name, then by number. */
export function sortExtensions(extensions: Iterable<Extension>): Extension[] {
  return [...extensions].sort((a, b) => (foldedOf(a).key < foldedOf(b).key ? -1 : 1));
}

/** What is left of a sorted list. Every typed word begins a word of the name, the e-mail, a group, or the number, or is in the mobile. */
export function filterExtensions(
  extensions: readonly Extension[],
  { text, group, availableOnly }: DirectoryFilter,
  presence: (id: string) => Presence | undefined,
): readonly Extension[] {
  const words = typedWords(text);
  if (words.length === 0 && group === '' && !availableOnly) return extensions;
  return extensions.filter(
    (extension) =>
      (group === '' || extension.groups.includes(group)) &&
      (!availableOnly || presence(extension.id)?.indicator === 'available') &&
      words.every((word) => answers(word, foldedOf(extension))),
  );
}

/** Every group that somebody is in, by name. */
export function groupsOf(extensions: Iterable<Extension>): string[] {
  const groups = new Set<string>();
  for (const extension of extensions) for (const group of extension.groups) groups.add(group);
  return [...groups].sort((a, b) => (fold(a) < fold(b) ? -1 : 1));
}

function answers(word: string, { words, mobile }: Folded): boolean {
  return words.some((found) => found.startsWith(word)) || (/^\d{3,}$/.test(word) && mobile.includes(word));
}

function foldedOf(extension: Extension): Folded {
  const known = folded.get(extension);
  if (known) return known;
  const { number, name, email = '', mobile = '', groups } = extension;
  const words = [...foundWords(name), number, ...foundWords(email), ...groups.flatMap(foundWords)];
  const key = `${fold(name || number)}\u0000${number}`;
  const next = { words, mobile: mobile.replace(/\D/g, ''), key };
  folded.set(extension, next);
  return next;
}
