// An import as the table `imports` remembers it, so that it can be listed and undone; the contacts it wrote name it. Pure.
import { ownerOf } from './contact-row.ts';

/** Remembered of one book, and in all: the oldest go first. */
const MOST_OF_SCOPE = 20;
const MOST = 2_000;

export interface ImportRow {
  /** Scope of the book. */
  readonly scope: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** Extension number. Empty: the operator. */
  readonly by: string;
  /** Rows of the file: all, those that made a contact, those that changed one, and those that were not refused. */
  readonly rows: number;
  readonly added: number;
  readonly updated: number;
  readonly taken: number;
  /** Contacts that it made or changed. */
  readonly contacts: number;
}

/** Whether the one who imported may learn nothing of what was there: the operator, of a personal book. */
export function isBlind({ by, scope }: Pick<ImportRow, 'by' | 'scope'>): boolean {
  return by === '' && ownerOf(scope) !== undefined;
}

/** Those that are forgotten when one more of this scope comes. */
export function tooOld(imports: readonly { readonly id: string; readonly row: ImportRow }[], scope: string): string[] {
  const newestFirst = [...imports].sort((a, b) => (a.row.at < b.row.at ? 1 : -1));
  const ofScope = newestFirst.filter(({ row }) => row.scope === scope).slice(MOST_OF_SCOPE - 1);
  const left = newestFirst.filter((one) => !ofScope.includes(one));
  return [...ofScope, ...left.slice(MOST - 1)].map(({ id }) => id);
}
