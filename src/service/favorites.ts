// The use cases of favourites: a user marks colleagues and contacts that he sees, for himself alone. What becomes of marks
// whose targets go is favorites-upkeep.ts and contacts-marks.ts.
import { Failure } from '../domain/failure.ts';
import type { Access } from './access.ts';
import { retried } from './attempts.ts';
import { type FavoriteRow, favoriteId } from './book-rows.ts';
import { type Clock, isoTime } from './clock.ts';
import type { ContactRow } from './contact-row.ts';
import { contactTarget } from './contacts-marks.ts';
import type { Asking } from './contacts-reach.ts';
import { Refusals } from './refusals.ts';
import type { Report } from './report.ts';
import type { Guard, Store } from './store.ts';
import { Turns } from './turns.ts';
import type { Viewer } from './viewer.ts';

/** Marks of one user. */
const MOST = 2_000;

export interface FavoritesParts {
  readonly store: Store;
  readonly access: Access;
  readonly clock: Clock;
  readonly report: Report;
  /** Fewer, for tests. */
  readonly most?: number;
}

/** What is marked, in normal form, and the rows that say that the viewer sees it. */
interface Target {
  readonly target: string;
  readonly guards: readonly Guard[];
  readonly book?: string;
}

export class Favorites {
  readonly #parts: FavoritesParts;
  readonly #refusals: Refusals;
  readonly #turns = new Turns();

  constructor(parts: FavoritesParts) {
    this.#parts = parts;
    this.#refusals = new Refusals(parts.access, parts.report);
  }

  /**
   * Marks `extension:1001` or `contact:<id>`; a second time changes nothing. Failures: `not_found` for what the viewer does
   * not see, `forbidden`, `params`, `too_large` beyond 2,000 marks, `too_many`, `storage`.
   */
  async add(viewer: Viewer, id: string): Promise<void> {
    const asking = { method: 'favorites.add', viewer };
    const owner = viewer.extension;
    const { store, clock, most = MOST } = this.#parts;
    await this.#inTurn(asking, async () => {
      const row = favoriteId(owner, normal(id));
      const [marked, count] = await Promise.all([store.find('favorites', [row]), store.count('favorites', owner)]);
      const { target, book, guards } = await this.#target(asking, normal(id));
      if (marked.has(row)) return;
      if (count >= most) throw new Failure('too_large', `at most ${most} favourites`);
      const at = isoTime(clock.now());
      const value: FavoriteRow = { owner, target, at, ...(book === undefined ? {} : { book }) };
      await store.commit(
        [{ table: 'favorites', id: row, value }],
        [...guards, { table: 'favorites', id: row, rev: null }],
      );
      await this.#dropIfGone(target, row);
    });
  }

  /** Takes a mark off; without one nothing changes. Failures as `add`. */
  async remove(viewer: Viewer, id: string): Promise<void> {
    const asking = { method: 'favorites.remove', viewer };
    const { store } = this.#parts;
    await this.#inTurn(asking, async () => {
      const row = favoriteId(viewer.extension, normal(id));
      const marked = await store.find('favorites', [row]);
      await this.#target(asking, normal(id));
      const mark = marked.get(row);
      if (!mark) return;
      // Not of another user who has got the number meanwhile.
      const guards = [
        { table: 'favorites' as const, id: row, rev: mark.rev },
        ...this.#parts.access.guards(viewer, []),
      ];
      await store.commit([{ table: 'favorites', id: row, value: null }], guards);
    });
  }

  /** All changes of one user's marks one after the other, so that they are counted right. */
  #inTurn(asking: Asking, work: () => Promise<void>): Promise<void> {
    const { extension } = asking.viewer;
    return this.#turns.run(`favorites ${extension}`, () =>
      retried(this.#turns, `again ${extension}`, async () => {
        this.#refusals.active(asking.method, asking.viewer);
        if (extension === '') throw new Failure('forbidden', 'only users have favourites');
        await work();
      }),
    );
  }

  async #target(asking: Asking, id: string): Promise<Target> {
    return id.startsWith('contact:') ? this.#contact(asking, id.slice('contact:'.length)) : this.#extension(asking, id);
  }

  #extension({ method, viewer }: Asking, target: string): Target {
    const { store, access } = this.#parts;
    const number = target.slice('extension:'.length);
    const row = store.get('extensions', number);
    this.#refusals.active(method, viewer);
    if (!row || !access.sight(viewer).sees(number)) {
      const reason = row ? 'hidden' : 'no such extension';
      throw this.#refusals.unseen(method, viewer, 'extension', { view: false, manage: false, reason });
    }
    return { target, guards: [{ table: 'extensions', id: number, rev: row.rev }, ...access.guards(viewer, [])] };
  }

  async #contact({ method, viewer }: Asking, id: string): Promise<Target> {
    const { store, access } = this.#parts;
    this.#refusals.contacts(method, viewer);
    const found = (await store.find('contacts', [id])).get(id);
    this.#refusals.contacts(method, viewer);
    const book = (found?.value as ContactRow | undefined)?.book;
    const decision = book === undefined ? undefined : access.rights(viewer, book);
    if (!found || book === undefined || !decision?.view) {
      const none = { view: false, manage: false, reason: 'no such contact' };
      throw this.#refusals.unseen(method, viewer, 'contact', decision ?? none, book);
    }
    const guards = [{ table: 'contacts' as const, id, rev: found.rev }, ...access.guards(viewer, [book])];
    return { target: contactTarget(id), book, guards };
  }

  /** The PBX may have lost the extension while the mark was on its way; who looked for marks on it then found none. */
  async #dropIfGone(target: string, row: string): Promise<void> {
    const { store } = this.#parts;
    if (!target.startsWith('extension:') || store.get('extensions', target.slice('extension:'.length))) return;
    await store.commit([{ table: 'favorites', id: row, value: null }]);
  }
}

/** Contacts' ids in lower case. Failure `params` for what is neither an extension's mark nor a contact's. */
function normal(id: string): string {
  if (/^extension:[^ ]{1,16}$/.test(id)) return id;
  if (/^contact:[^ ]{1,64}$/.test(id)) return id.toLowerCase();
  const message = 'must be extension:<number> or contact:<id>';
  throw new Failure('params', `id: ${message}`, { issues: [{ path: 'id', message }] });
}
