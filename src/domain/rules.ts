// Ordered rules, read from the top: the first that names the asker decides, and without one there is no access to a book, and
// nobody is hidden. Pure.

/** Whom a rule names. */
export type Who = { readonly everyone: true } | { readonly extension: string } | { readonly group: string };

export interface Person {
  readonly extension: string;
  readonly groups: readonly string[];
}

export interface PermissionRule {
  readonly id: string;
  readonly who: Who;
  readonly books: '*' | readonly string[];
  readonly view: boolean;
  readonly manage: boolean;
}

export interface VisibilityRule {
  readonly id: string;
  readonly who: Who;
  readonly whom: Who;
  readonly see: boolean;
}

/** What may be done with a company book, and the id of the rule that says so; without a rule nothing may be done. */
export interface Permission {
  readonly view: boolean;
  readonly manage: boolean;
  readonly rule?: string;
}

export interface Visibility {
  readonly see: boolean;
  readonly rule?: string;
}

export function isNamed(who: Who, person: Person): boolean {
  if ('everyone' in who) return true;
  if ('extension' in who) return who.extension === person.extension;
  return person.groups.includes(who.group);
}

/** The first rule that names person and book decides; `manage` implies `view`. */
export function decidePermission(rules: Iterable<PermissionRule>, person: Person, book: string): Permission {
  for (const { id, who, books, view, manage } of rules) {
    if (!isNamed(who, person) || (books !== '*' && !books.includes(book))) continue;
    return { view: view || manage, manage, rule: id };
  }
  return { view: false, manage: false };
}

/** Whether everyone may see the book without exception: a rule for everyone opens it, and none before it closes it to some. */
export function isOpenToAll(rules: Iterable<PermissionRule>, book: string): boolean {
  for (const { who, books, view, manage } of rules) {
    if (books !== '*' && !books.includes(book)) continue;
    if (!view && !manage) return false;
    if ('everyone' in who) return true;
  }
  return false;
}

/** The first rule that names both sides decides; nobody is hidden from himself. */
export function decideVisibility(rules: Iterable<VisibilityRule>, person: Person, other: Person): Visibility {
  if (person.extension === other.extension) return { see: true };
  for (const { id, who, whom, see } of rules) {
    if (isNamed(who, person) && isNamed(whom, other)) return { see, rule: id };
  }
  return { see: true };
}
