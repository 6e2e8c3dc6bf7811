// The use cases of company books: an administrator makes, renames and deletes them. A deleted book is gone for everybody at
// once; its contacts are removed by the sweeper.
import { Failure } from '../domain/failure.ts';
import type { Access } from './access.ts';
import { retried } from './attempts.ts';
import type { BookRow, PermissionRow } from './book-rows.ts';
import { type BookItem, companyBook } from './book-view.ts';
import { type Clock, isoTime } from './clock.ts';
import { FIRST_BOOK } from './contact-row.ts';
import { Refusals } from './refusals.ts';
import type { Report } from './report.ts';
import { ruleWrites } from './rules-writes.ts';
import { shortId } from './short-id.ts';
import { type Guard, type Row, Stale, type Store, type Write } from './store.ts';
import { Turns } from './turns.ts';
import type { Viewer } from './viewer.ts';

const MOST = 500;
const LONGEST_NAME = 127;
const ALL_RIGHTS = { view: true, manage: true };

export interface BooksParts {
  readonly store: Store;
  readonly access: Access;
  readonly clock: Clock;
  /** A UUID that was never given before. */
  readonly newId: () => string;
  readonly report: Report;
  /** Fewer, for tests. */
  readonly most?: number;
}

export class Books {
  readonly #parts: BooksParts;
  readonly #refusals: Refusals;
  readonly #turns = new Turns();

  constructor(parts: BooksParts) {
    this.#parts = parts;
    this.#refusals = new Refusals(parts.access, parts.report);
  }

  /** Makes the first company book in a new store; one that was deleted does not come back. */
  async start(): Promise<void> {
    const { store } = this.#parts;
    const retired = await store.find('retired', [retiredBook(FIRST_BOOK)]);
    if (store.get('books', FIRST_BOOK) || retired.size > 0) return;
    try {
      await this.#put({ id: FIRST_BOOK, name: 'Company' });
    } catch (error) {
      // Another daemon on the same store has made it.
      if (!(error instanceof Stale)) throw error;
    }
  }

  /** A new company book, which nobody but administrators sees yet. Failures: `forbidden`, `params`, `too_large`, `storage`. */
  create(viewer: Viewer, { name: given }: { readonly name: string }): Promise<BookItem> {
    return this.#inTurn('books.create', viewer, async () => {
      const name = readName(given);
      const { store, newId, most = MOST } = this.#parts;
      if ([...store.all('books')].length >= most) throw new Failure('too_large', `at most ${most} company books`);
      return this.#put({ id: shortId(newId), name }, this.#parts.access.guards(viewer, []));
    });
  }

  /** Failures: `forbidden`, `params`, `not_found`, `storage`. */
  rename(viewer: Viewer, { id, name: given }: { readonly id: string; readonly name: string }): Promise<BookItem> {
    return this.#inTurn('books.rename', viewer, async () => {
      const name = readName(given);
      const row = this.#found('books.rename', viewer, id);
      const value: BookRow = { id, name };
      if ((row.value as BookRow).name !== name) {
        await this.#parts.store.commit([{ table: 'books', id, value }], this.#parts.access.guards(viewer, [id]));
      }
      return companyBook(id, name, ALL_RIGHTS).item;
    });
  }

  /**
   * Deletes the book with its contacts and the marks on them, and takes it out of the permission rules; a rule left without a
   * book goes. Its id is never used again. Failures: `forbidden`, `not_found`, `storage`.
   */
  async remove(viewer: Viewer, { id }: { readonly id: string }): Promise<void> {
    await this.#inTurn('books.delete', viewer, async () => {
      const { store, access, clock } = this.#parts;
      this.#found('books.delete', viewer, id);
      const rows = [...store.all('permissions')].map(({ value }) => value as PermissionRow);
      const rules = rows.sort((a, b) => a.order - b.order);
      const writes: Write[] = [
        { table: 'books', id, value: null },
        { table: 'retired', id: retiredBook(id), value: {} },
        { table: 'sweeps', id, value: {} },
        ...ruleWrites('permissions', rules, withoutBook(rules, id), isoTime(clock.now())),
      ];
      await store.commit(writes, access.guards(viewer, [id]));
    });
  }

  #inTurn<T>(method: string, viewer: Viewer, work: () => Promise<T>): Promise<T> {
    return this.#turns.run('books', () =>
      retried(this.#turns, 'again', async () => {
        this.#refusals.contacts(method, viewer);
        this.#refusals.administrator(method, viewer);
        return work();
      }),
    );
  }

  #found(method: string, viewer: Viewer, id: string): Row {
    const row = this.#parts.store.get('books', id);
    if (row) return row;
    throw this.#refusals.unseen(method, viewer, 'book', { view: false, manage: false, reason: 'no such book' });
  }

  async #put(value: BookRow, guards: readonly Guard[] = []): Promise<BookItem> {
    const { id, name } = value;
    await this.#parts.store.commit(
      [{ table: 'books', id, value }],
      [...guards, { table: 'books', id, rev: null }, { table: 'retired', id: retiredBook(id), rev: null }],
    );
    return companyBook(id, name, ALL_RIGHTS).item;
  }
}

function retiredBook(id: string): string {
  return `book:${id}`;
}

function withoutBook(rules: readonly PermissionRow[], id: string): PermissionRow[] {
  return rules.flatMap((rule) => {
    if (rule.books === '*' || !rule.books.includes(id)) return [rule];
    const books = rule.books.filter((book) => book !== id);
    return books.length === 0 ? [] : [{ ...rule, books }];
  });
}

/** One line of 1 to 127 characters. Failure `params`. */
function readName(given: string): string {
  const name = given.trim().normalize('NFC');
  const wrong = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(name)
    ? 'must hold no control characters'
    : name === ''
      ? 'must not be empty'
      : [...name].length > LONGEST_NAME
        ? `must have at most ${LONGEST_NAME} characters`
        : undefined;
  if (wrong === undefined) return name;
  throw new Failure('params', `name: ${wrong}`, { issues: [{ path: 'name', message: wrong }] });
}
