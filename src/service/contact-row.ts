// A contact as the table `contacts` holds it, and as those who may see it are shown it. Pure.
import type { ContactFields } from '../domain/contact.ts';

/** The scope of a personal book begins so; the extension number of its owner follows. No id of a company book does. */
const PERSONAL = 'personal:';

/** The id of the personal book for its owner, on the wire. */
export const PERSONAL_BOOK = 'personal';

/** The id of the first company book. */
export const FIRST_BOOK = 'company';

export type BookKind = 'personal' | 'company';

/** Says which import wrote a contact last, so that it can be undone. Every later change takes it away; nothing of it is ever shown. */
interface ImportMark {
  /** Of a row of the table `imports`. */
  readonly id: string;
  /** What the import changed, as it was; absent when it made the contact. */
  readonly before?: Before;
}

interface Before {
  readonly fields: ContactFields;
  readonly updated: string;
  readonly updatedBy: string;
  /** The import that had made the contact, when nothing had changed it since. */
  readonly madeBy?: string;
}

export interface ContactRow {
  /** Scope: the id of a company book, or the personal book of an extension (personalScope). */
  readonly book: string;
  /** Of the contact: 1 when it is made, one more with each change. */
  readonly rev: number;
  readonly fields: ContactFields;
  /** The keys of each number, in the order of `fields.numbers` (src/domain/phone-number.ts). */
  readonly keys: readonly (readonly string[])[];
  /** ISO 8601 in UTC. */
  readonly created: string;
  readonly updated: string;
  /** Extension numbers. Empty: the operator. */
  readonly createdBy: string;
  readonly updatedBy: string;
  readonly import?: ImportMark;
}

/** The item of `contacts:<book>`. */
export interface ContactItem extends ContactFields {
  readonly id: string;
  readonly book: string;
  readonly kind: BookKind;
  readonly rev: number;
  readonly created: string;
  readonly updated: string;
  readonly updatedBy?: string;
}

export function personalScope(extension: string): string {
  return PERSONAL + extension;
}

/** The extension whose personal book this scope is; undefined for a company book. */
export function ownerOf(scope: string): string | undefined {
  return scope.startsWith(PERSONAL) ? scope.slice(PERSONAL.length) : undefined;
}

/** `knows`: whether the viewer may know of an extension; who changed it is left out when he may not. */
export function contactItem(id: string, row: ContactRow, knows: (extension: string) => boolean): ContactItem {
  const personal = ownerOf(row.book) !== undefined;
  return {
    id,
    book: personal ? PERSONAL_BOOK : row.book,
    kind: personal ? 'personal' : 'company',
    rev: row.rev,
    ...row.fields,
    created: row.created,
    updated: row.updated,
    ...(row.updatedBy !== '' && knows(row.updatedBy) ? { updatedBy: row.updatedBy } : {}),
  };
}

/** The row as it goes on when it is changed: it is no longer as an import left it. */
export function withoutImport({ import: _left, ...row }: ContactRow): ContactRow {
  return row;
}
