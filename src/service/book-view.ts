// The books a viewer sees, as the collection `books` shows them. Pure.
import { type BookKind, PERSONAL_BOOK, personalScope } from './contact-row.ts';

export interface Rights {
  readonly view: boolean;
  readonly manage: boolean;
}

/** The item of the collection `books`. */
export interface BookItem {
  readonly id: string;
  readonly kind: BookKind;
  readonly name: string;
  readonly rights: Rights;
}

export interface BookView {
  /** The scope its contacts are stored under. */
  readonly scope: string;
  readonly item: BookItem;
}

export function personalBook(extension: string): BookView {
  const item: BookItem = {
    id: PERSONAL_BOOK,
    kind: 'personal',
    name: 'Personal',
    rights: { view: true, manage: true },
  };
  return { scope: personalScope(extension), item };
}

export function companyBook(id: string, name: string, { view, manage }: Rights): BookView {
  return { scope: id, item: { id, kind: 'company', name, rights: { view, manage } } };
}

const collator = new Intl.Collator('en', { numeric: true });

/** By name, and books of one name by id: the same order in every daemon. */
export function byName(a: { id: string; name: string }, b: { id: string; name: string }): number {
  return collator.compare(a.name, b.name) || (a.id < b.id ? -1 : 1);
}
