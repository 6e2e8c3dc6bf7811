// Who may import into which book and who may undo what, decided as for a single contact; and the operator, who may fill the personal
// book of a user and learns nothing of what is in it.
import type { PastImport } from '../domain/contact-import.ts';
import { Failure } from '../domain/failure.ts';
import type { Access } from './access.ts';
import { ownerOf, PERSONAL_BOOK } from './contact-row.ts';
import { type Asking, type FoundBook, Reach } from './contacts-reach.ts';
import { type ImportRow, isBlind } from './import-row.ts';
import type { Report } from './report.ts';
import type { Guard, Store } from './store.ts';
import type { Viewer } from './viewer.ts';

export interface Target extends FoundBook {
  /** Whether nothing of what is in the book may show. */
  readonly blind: boolean;
}

export interface FoundImport {
  readonly row: ImportRow;
  readonly target: Target;
  /** That neither the import nor the right to its book has changed since. */
  readonly guards: readonly Guard[];
}

const NO_IMPORT = 'there is no such import';

export class ImportReach {
  readonly #store: Store;
  readonly #access: Access;
  readonly #reach: Reach;

  constructor(parts: { readonly store: Store; readonly access: Access; readonly report: Report }) {
    this.#store = parts.store;
    this.#access = parts.access;
    this.#reach = new Reach(parts);
  }

  /** Failure `forbidden` for a client or user who may have no contacts at all. */
  check(asking: Asking): void {
    this.#reach.check(asking);
  }

  /** The book to import into, named as on the wire. Failures `not_found`, `forbidden`. */
  target(asking: Asking, book: string): Target {
    const { viewer } = asking;
    this.#reach.check(asking);
    const owner = viewer.extension === '' && viewer.admin ? ownerOf(book) : undefined;
    const user = owner === undefined ? undefined : this.#store.get('users', owner);
    if (!user) return { ...this.#reach.bookToChange(asking, book), blind: false };
    const isThere: Guard = { table: 'users', id: user.id, rev: user.rev };
    return { scope: book, guards: [...this.#access.guards(viewer, [book]), isThere], blind: true };
  }

  /** An import that the viewer may undo. Failures `not_found`, `forbidden`. */
  past(asking: Asking, id: string): FoundImport {
    this.#reach.check(asking);
    const found = this.#store.get('imports', id);
    const row = found?.value as ImportRow | undefined;
    const book = row && this.#nameOf(asking.viewer, row);
    if (!found || book === undefined) throw new Failure('not_found', NO_IMPORT);
    const target = this.target(asking, book);
    return {
      row: found.value as ImportRow,
      target,
      guards: [...target.guards, { table: 'imports', id, rev: found.rev }],
    };
  }

  /** Those of books that the viewer may change, the newest first. */
  list(asking: Asking): PastImport[] {
    const { viewer } = asking;
    this.#reach.check(asking);
    const sight = this.#access.sight(viewer);
    const rows = [...this.#store.all('imports')].sort((a, b) => b.rev - a.rev);
    return rows.flatMap(({ id, value }) => {
      const row = value as ImportRow;
      const book = this.#nameOf(viewer, row);
      if (book === undefined || !this.#mayChange(viewer, row)) return [];
      const { at, by, rows: all } = row;
      const counts = this.#isBlind(viewer, row)
        ? { added: row.taken, updated: 0 }
        : { added: row.added, updated: row.updated };
      return [{ id, book, at, ...(by !== '' && sight.sees(by) ? { by } : {}), rows: all, ...counts }];
    });
  }

  /** The name on the wire of the book of an import; undefined when the viewer may not know of it. */
  #nameOf(viewer: Viewer, row: ImportRow): string | undefined {
    const owner = ownerOf(row.scope);
    if (owner === undefined) return this.#access.rights(viewer, row.scope).view ? row.scope : undefined;
    if (viewer.extension !== '') return viewer.extension === owner ? PERSONAL_BOOK : undefined;
    return this.#isBlind(viewer, row) && this.#store.get('users', owner) ? row.scope : undefined;
  }

  #mayChange(viewer: Viewer, row: ImportRow): boolean {
    return this.#isBlind(viewer, row) || this.#access.rights(viewer, row.scope).manage;
  }

  #isBlind(viewer: Viewer, row: ImportRow): boolean {
    return viewer.extension === '' && isBlind(row);
  }
}
