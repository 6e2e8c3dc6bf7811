// A contact as somebody asks for it: found, if he may see it, and with the rows that his right rests on. Every use case of
// contacts goes through here; nothing else reads a contact for a viewer.
import { Failure } from '../domain/failure.ts';
import type { Access } from './access.ts';
import { retried } from './attempts.ts';
import { type ContactItem, type ContactRow, contactItem } from './contact-row.ts';
import { Refusals } from './refusals.ts';
import type { Report } from './report.ts';
import { type Guard, type Row, Stale, type Store } from './store.ts';
import { Turns } from './turns.ts';
import type { Viewer } from './viewer.ts';

/** Who asks for what. */
export interface Asking {
  readonly method: string;
  readonly viewer: Viewer;
}

export interface FoundContact {
  readonly id: string;
  readonly row: ContactRow;
  /** That neither the contact nor the right to it has changed since it was decided on. */
  readonly guards: readonly Guard[];
}

export interface FoundBook {
  readonly scope: string;
  readonly guards: readonly Guard[];
}

const NONE = { view: false, manage: false, reason: 'no such contact' };

export class Reach {
  readonly #access: Access;
  readonly #store: Store;
  readonly #refusals: Refusals;
  readonly #turns = new Turns();

  constructor({ store, access, report }: { readonly store: Store; readonly access: Access; readonly report: Report }) {
    this.#store = store;
    this.#access = access;
    this.#refusals = new Refusals(access, report);
  }

  /** Does the work, and does it again when somebody was faster: in turn with all who are late for the same contact. */
  attempt<T>(asking: Asking, id: string, work: () => Promise<T>): Promise<T> {
    return retried(this.#turns, id, async () => {
      this.check(asking);
      return work();
    });
  }

  /** Failure `forbidden` for a client or user who may have no contacts at all. */
  check({ method, viewer }: Asking): void {
    this.#refusals.contacts(method, viewer);
  }

  /** The contact, when the viewer may change it. Failures: `not_found` when he may not see it, `forbidden` when only that. */
  async toChange(asking: Asking, id: string): Promise<FoundContact> {
    return this.deciding([id], (rows) => this.admit(asking, id, rows.get(id)));
  }

  /**
   * The contact and the book it is to go to, when the viewer may change both: decided in one moment, the book before the
   * contact and 404 before 403. Failures `not_found`, `forbidden`.
   */
  async toMove(asking: Asking, id: string, book: string): Promise<FoundContact & FoundBook> {
    return this.deciding([id], (rows) => {
      this.check(asking);
      this.book(asking, book);
      const contact = this.admit(asking, id, rows.get(id));
      const { scope, guards } = this.bookToChange(asking, book);
      return { ...contact, scope, guards: [...contact.guards, ...guards] };
    });
  }

  /**
   * Decides on contacts as they are. A refusal holds only when they were still so when it was made: one may have left a book that was
   * closed meanwhile. Else rejects with Stale, and everything is done again.
   */
  async deciding<T>(ids: readonly string[], decide: (rows: ReadonlyMap<string, Row>) => T): Promise<T> {
    const rows = await this.#store.find('contacts', ids);
    try {
      return decide(rows);
    } catch (error) {
      if (!(error instanceof Failure) || rows.size === 0) throw error;
      const now = await this.#store.find('contacts', ids);
      if (ids.some((id) => rows.get(id)?.rev !== now.get(id)?.rev)) throw new Stale();
      throw error;
    }
  }

  /** As `toChange` for a row that was found: decided now. */
  admit(asking: Asking, id: string, found: Row | undefined): FoundContact {
    const contact = this.seen(asking, id, found);
    this.#mayChange(asking, contact.row.book);
    return contact;
  }

  /** The contact, when the viewer may see it. Failure `not_found`. */
  seen(asking: Asking, id: string, found: Row | undefined): FoundContact {
    this.check(asking);
    const { method, viewer } = asking;
    const row = found?.value as ContactRow | undefined;
    const decision = row ? this.#access.rights(viewer, row.book) : NONE;
    if (!row || !found || !decision.view) throw this.#refusals.unseen(method, viewer, 'contact', decision, row?.book);
    const guards = [{ table: 'contacts' as const, id, rev: found.rev }, ...this.#access.guards(viewer, [row.book])];
    return { id, row, guards };
  }

  /** The scope of a book as it is named on the wire, when the viewer sees it. Failure `not_found`. */
  book({ method, viewer }: Asking, book: string): string {
    const scope = this.#access.scopeOf(viewer, book);
    if (scope !== undefined) return scope;
    throw this.#refusals.unseen(method, viewer, 'book', this.#access.rights(viewer, book), book);
  }

  /** The same, when he may change its contacts. Failures `not_found`, `forbidden`. */
  bookToChange(asking: Asking, book: string): FoundBook {
    this.check(asking);
    const scope = this.book(asking, book);
    this.#mayChange(asking, scope);
    return { scope, guards: this.#access.guards(asking.viewer, [scope]) };
  }

  /** The scopes of all books the viewer sees. */
  allBooks(viewer: Viewer): string[] {
    return this.#access.books(viewer).map(({ scope }) => scope);
  }

  sees(viewer: Viewer, row: ContactRow): boolean {
    return this.#access.isActive(viewer) && this.#access.rights(viewer, row.book).view;
  }

  /** The contact as this viewer is shown it. */
  item(viewer: Viewer, id: string, row: ContactRow): ContactItem {
    return contactItem(id, row, this.#access.sight(viewer).sees);
  }

  /** Failure `conflict` with the contact as it is, when it is not in the state the client knew. */
  checkRev({ viewer }: Asking, { id, row }: FoundContact, ifRev: number | undefined): void {
    if (ifRev === undefined || ifRev === row.rev) return;
    throw new Failure('conflict', 'the contact has changed since', { current: this.item(viewer, id, row) });
  }

  #mayChange({ method, viewer }: Asking, scope: string): void {
    const decision = this.#access.rights(viewer, scope);
    if (!decision.manage) throw this.#refusals.viewOnly(method, viewer, decision, scope);
  }
}
