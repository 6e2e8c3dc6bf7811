// The rows of the tables around contacts: company books, favourites, retired ids, and what is still to be swept away.
import type { Who } from '../domain/rules.ts';

/** Table `books`: company books alone. A personal book exists as long as its owner does. */
export interface BookRow {
  readonly id: string;
  readonly name: string;
}

/** Table `favorites`; the id of a row is `<owner> <target>`. */
export interface FavoriteRow {
  /** Scope: the extension that marked it. */
  readonly owner: string;
  /** `extension:1001` or `contact:<id>`, as on the wire. */
  readonly target: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** Of a contact: the scope of its book, kept in step with the contact. */
  readonly book?: string;
}

/** Table `permissions`: also the item. */
export interface PermissionRow {
  readonly id: string;
  /** From 1. */
  readonly order: number;
  readonly who: Who;
  readonly books: '*' | readonly string[];
  readonly view: boolean;
  readonly manage: boolean;
}

/** Table `visibility`: also the item. */
export interface VisibilityRow {
  readonly id: string;
  readonly order: number;
  readonly who: Who;
  readonly whom: Who;
  readonly see: boolean;
}

/** Tables `retired` (ids of contacts and books that are never used again) and `sweeps` (scopes whose contacts are to go). */
export type Mark = Readonly<Record<string, never>>;

/** Table `upkeep`, rows `permissions` and `visibility`: written by every commit that changes such a list, so that one guard holds for all of it. */
export interface RulesMark {
  /** ISO 8601 in UTC. */
  readonly changed: string;
}

/** Table `upkeep`, row `numbering`: the settings and the rules that the number keys of all stored contacts were made by. */
export interface NumberingMark {
  readonly country: string;
  readonly outsideLine: string;
  /** KEY_RULES of src/domain/phone-number.ts; missing: 1. */
  readonly rules?: number;
}

export function favoriteId(owner: string, target: string): string {
  return `${owner} ${target}`;
}
