// Everybody that a rule can name: users, and extensions of the PBX without one. Pure.

import { fold } from '../../../src/domain/fold.ts';
import type { Person, Who } from '../../../src/domain/rules.ts';

/** `name` is the number where nothing better is known. */
export interface Named extends Person {
  readonly name: string;
}

interface KnownUser {
  readonly id: string;
  readonly name?: string;
  readonly groups: readonly string[];
}

/** By number. What the user says counts before what the PBX says; groups are those of users. */
export function everybody(users: Iterable<KnownUser>, extensions: Iterable<{ id: string; name?: string }>): Named[] {
  const people = new Map<string, Named>();
  for (const { id, name } of extensions) people.set(id, { extension: id, name: name || id, groups: [] });
  for (const { id, name, groups } of users) {
    people.set(id, { extension: id, name: name || (people.get(id)?.name ?? id), groups });
  }
  return [...people.values()].sort((a, b) => byNumber(a.extension, b.extension));
}

/** Short numbers first, so that 99 comes before 1000. */
export function byNumber(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** The groups that users are in, by name. */
export function groupsOf(users: Iterable<KnownUser>): string[] {
  const groups = new Set<string>();
  for (const user of users) for (const group of user.groups) groups.add(group);
  return [...groups].sort((a, b) => a.localeCompare(b));
}

/** Whether every word typed is in one of the texts, without regard to case and accents. */
export function isFound(typed: string, texts: readonly (string | undefined)[]): boolean {
  const words = fold(typed).split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const text = fold(texts.filter(Boolean).join(' '));
  return words.every((word) => text.includes(word));
}

/** The same text for all persons whom these rules cannot tell apart. */
export function sharedBy(whos: Iterable<Who>): (person: Person) => string {
  const extensions = new Set<string>();
  const groups = new Set<string>();
  for (const who of whos) {
    if ('extension' in who) extensions.add(who.extension);
    if ('group' in who) groups.add(who.group);
  }
  return ({ extension, groups: own }) =>
    JSON.stringify([extensions.has(extension) ? extension : '', ...own.filter((group) => groups.has(group)).sort()]);
}
