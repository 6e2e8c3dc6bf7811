// What an operator can do with files of contacts: import them into any book, and export company books. Knows no file and no
// terminal.
import type { ImportReport, PastImport, Progress } from '../domain/contact-import.ts';
import { Failure } from '../domain/failure.ts';
import type { BookRow } from './book-rows.ts';
import { ownerOf } from './contact-row.ts';
import type { Exports, Imports, ImportWish } from './imports-port.ts';
import type { Store } from './store.ts';
import type { Viewer } from './viewer.ts';

export interface ImportOperations {
  /**
   * `book` is the id or the name of a company book, or `personal:<extension>`. Failures as Imports.run, `not_found` also for an extension
   * that is no user's.
   */
  importContacts(wish: ImportWish, progress?: (progress: Progress) => void): Promise<ImportReport>;
  /** The rows that failed, of an import since the daemon started. Failure `not_found`. */
  importFailedRows(id: string): Promise<{ readonly bytes: Uint8Array; readonly type: 'csv' | 'vcf' }>;
  /** Newest first. */
  importList(): Promise<readonly PastImport[]>;
  /** Failures as Imports.undo. */
  importUndo(id: string): Promise<{ readonly removed: number; readonly restored: number }>;
  /** A company book by id or name; failures `not_found`, `forbidden` before the first piece of text. */
  exportContacts(
    book: string,
    format: 'csv' | 'vcf',
  ): Promise<{ readonly name: string; readonly text: AsyncIterable<string> }>;
}

export interface ImportOperationParts {
  readonly store: Store;
  readonly users: { get(id: string): object | undefined };
  readonly imports: Imports;
  readonly exports: Exports;
}

export function importOperations(parts: ImportOperationParts, viewer: Viewer): ImportOperations {
  const { store, users, imports, exports } = parts;
  return {
    async importContacts(wish, progress) {
      const owner = ownerOf(wish.book);
      if (owner === undefined) return imports.run(viewer, { ...wish, book: companyBook(store, wish.book) }, progress);
      if (!users.get(owner)) throw new Failure('not_found', `there is no user ${owner}`);
      return imports.run(viewer, wish, progress);
    },
    importFailedRows: async (id) => imports.failedRows(viewer, id),
    importList: () => imports.list(viewer),
    importUndo: (id) => imports.undo(viewer, id),
    async exportContacts(book, format) {
      if (ownerOf(book) !== undefined) throw new Failure('forbidden', PERSONAL);
      return exports.write(viewer, companyBook(store, book), format);
    },
  };
}

const PERSONAL = 'a personal book is nobody’s but its owner’s: only the owner can export it, in the portal';

/** The id of a company book that is named by its id, or by a name that no other has. */
function companyBook(store: Store, named: string): string {
  const books = [...store.all('books')].map(({ value }) => value as BookRow);
  const byId = books.find(({ id }) => id === named);
  const [byName, ...more] = books.filter(({ name }) => name.toLowerCase() === named.toLowerCase());
  const found = byId ?? (more.length === 0 ? byName : undefined);
  if (found) return found.id;
  const shown = (more.length === 0 ? books : [byName, ...more])
    .slice(0, 20)
    .map((book) => `${book?.id} (${book?.name})`);
  const why = more.length === 0 ? `there is no company book ${named}` : `more than one company book is named ${named}`;
  throw new Failure(
    'not_found',
    `${why}: ${shown.length === 0 ? 'there is none at all' : `choose ${shown.join(', ')}`}`,
  );
}
