// The use cases of contacts: find, check, decide, commit with guards, and decide again when somebody was faster. What may be
// seen and changed is asked of Access; what a contact may hold is said by the domain.
import { type ContactFields, patchContact, readNumber, sameFields, withNumber } from '../domain/contact.ts';
import { readQuery } from '../domain/search.ts';
import type { Access } from './access.ts';
import { type Clock, isoTime } from './clock.ts';
import { type ContactItem, type ContactRow, withoutImport } from './contact-row.ts';
import { Creation } from './contacts-creation.ts';
import { contactTarget, movesOf, removalOf, settleMarks } from './contacts-marks.ts';
import { type Asking, type FoundContact, Reach } from './contacts-reach.ts';
import { hasNumber, keysOf, type Numbering } from './numbering.ts';
import type { Report } from './report.ts';
import { Room, type RoomLimits } from './room.ts';
import type { Guard, Store, Write } from './store.ts';
import type { Viewer } from './viewer.ts';

const FOUND = 50;

export interface ContactsParts {
  readonly store: Store;
  readonly access: Access;
  readonly clock: Clock;
  readonly numbering: Numbering;
  /** A UUID that was never given before. */
  readonly newId: () => string;
  readonly report: Report;
  /** Shared with the imports; or smaller limits, for tests. */
  readonly room?: Room | RoomLimits;
}

export interface NewContact {
  /** As it is named on the wire. */
  readonly book: string;
  /** As the client sent it. */
  readonly contact: unknown;
  /** A UUID that the client made. */
  readonly id?: string | undefined;
}

export interface ContactPatch {
  readonly id: string;
  /** RFC 7396, as the client sent it. */
  readonly patch: unknown;
  readonly ifRev?: number | undefined;
}

export interface NumberToAdd {
  readonly id: string;
  readonly type: unknown;
  readonly number: unknown;
}

/** One contact, perhaps only in the state that the client knows, or several. */
export type ContactsToRemove =
  | { readonly id: string; readonly ifRev?: number | undefined }
  | { readonly ids: readonly string[] };

export interface ContactSearch {
  readonly text: string;
  /** As they are named on the wire; all that the viewer sees when left out. */
  readonly books?: readonly string[] | undefined;
  /** 50 when left out. */
  readonly limit?: number | undefined;
}

export class Contacts {
  readonly #parts: ContactsParts;
  readonly #reach: Reach;
  readonly #room: Room;
  readonly #creation: Creation;

  constructor(parts: ContactsParts) {
    this.#parts = parts;
    this.#reach = new Reach(parts);
    this.#room = parts.room instanceof Room ? parts.room : new Room(parts.store, parts.room);
    this.#creation = new Creation(parts, this.#reach, this.#room);
  }

  /**
   * Makes a contact. With an id of the client's the call may be repeated: it answers the contact as it is then. Failures:
   * `not_found`, `forbidden` for the book, `params`, `conflict` for an id that is taken, `too_large`, `too_many`, `storage`.
   */
  create(viewer: Viewer, wish: NewContact): Promise<ContactItem> {
    return this.#creation.create(viewer, wish);
  }

  /** Changes fields; what changes nothing is not stored. Failures as `create` has them, and `conflict` when `ifRev` differs. */
  update(viewer: Viewer, { id, patch, ifRev }: ContactPatch): Promise<ContactItem> {
    return this.#change({ method: 'contacts.update', viewer }, id, (fields, found, asking) => {
      const patched = patchContact(fields, patch);
      this.#reach.checkRev(asking, found, ifRev);
      return patched;
    });
  }

  /** Adds a number at the end; one that is there in any spelling changes nothing. Failures as `update`. */
  addNumber(viewer: Viewer, { id, type, number }: NumberToAdd): Promise<ContactItem> {
    return this.#change({ method: 'contacts.addNumber', viewer }, id, (fields) => {
      const added = readNumber({ type, number });
      return hasNumber(fields, added.number, this.#parts.numbering) ? fields : withNumber(fields, added);
    });
  }

  /** Takes a contact to another book, and the marks on it with it, in one step. Failures as `create`, for both books. */
  move(viewer: Viewer, { id: given, book }: { readonly id: string; readonly book: string }): Promise<ContactItem> {
    const asking = { method: 'contacts.move', viewer };
    const id = given.toLowerCase();
    return this.#reach.attempt(asking, id, async () => {
      const { row, scope } = await this.#reach.toMove(asking, id, book);
      if (row.book === scope) return this.#reach.item(viewer, id, row);
      const take = () => this.#take(asking, id, book);
      return this.#room.isNeeded(row.book, scope) ? this.#room.whileArriving(scope, 1, take) : take();
    });
  }

  /** Removes contacts for good, all or none, and says how many. Failures as `update`. */
  remove(viewer: Viewer, which: ContactsToRemove): Promise<number> {
    const { store, report } = this.#parts;
    const asking = { method: 'contacts.delete', viewer };
    const ids = [...new Set(('ids' in which ? which.ids : [which.id]).map((id) => id.toLowerCase()))];
    return this.#reach.attempt(asking, ids[0] ?? '', async () => {
      const writes = await removalOf(store, ids);
      const found = await this.#reach.deciding(ids, (rows) => {
        // Whether one may not be seen goes before whether another may not be changed.
        for (const id of ids) this.#reach.seen(asking, id, rows.get(id));
        const admitted = ids.map((id) => this.#reach.admit(asking, id, rows.get(id)));
        if (!('ids' in which)) for (const one of admitted) this.#reach.checkRev(asking, one, which.ifRev);
        return admitted;
      });
      if (found.length === 0) return 0;
      await store.commit(writes, distinct(found.flatMap(({ guards }) => guards)));
      await settleMarks(store, report, ids);
      return found.length;
    });
  }

  /** The best matches first. Failure `not_found` for a book that the viewer does not see. */
  async search(viewer: Viewer, { text, books, limit = FOUND }: ContactSearch): Promise<ContactItem[]> {
    const asking = { method: 'contacts.search', viewer };
    this.#reach.check(asking);
    const scopes = books
      ? [...new Set(books.map((book) => this.#reach.book(asking, book)))]
      : this.#reach.allBooks(viewer);
    const query = readQuery(text, this.#parts.numbering);
    if (!query || scopes.length === 0) return [];
    const rows = await this.#parts.store.search({ scopes, query, limit });
    // Asked again: a right may have gone while the store searched.
    const seen = rows.filter(({ value }) => this.#reach.sees(viewer, value as ContactRow));
    return seen.map(({ id, value }) => this.#reach.item(viewer, id, value as ContactRow));
  }

  #change(
    asking: Asking,
    givenId: string,
    change: (fields: ContactFields, found: FoundContact, asking: Asking) => ContactFields,
  ): Promise<ContactItem> {
    const id = givenId.toLowerCase();
    return this.#reach.attempt(asking, id, async () => {
      const found = await this.#reach.toChange(asking, id);
      const { row } = found;
      const fields = change(row.fields, found, asking);
      if (sameFields(fields, row.fields)) return this.#reach.item(asking.viewer, id, row);
      return this.#put(asking, found, { ...row, fields });
    });
  }

  async #take(asking: Asking, id: string, book: string): Promise<ContactItem> {
    const { store, report } = this.#parts;
    const marks = await store.marksOn([contactTarget(id)]);
    const found = await this.#reach.toMove(asking, id, book);
    const { row, scope } = found;
    if (row.book === scope) return this.#reach.item(asking.viewer, id, row);
    const item = await this.#put(asking, found, { ...row, book: scope }, movesOf(marks, scope));
    await settleMarks(store, report, [id]);
    return item;
  }

  /** Puts the next state of a contact, if the present one and the right to change it still hold then. */
  async #put(
    { viewer }: Asking,
    { id, row, guards }: FoundContact,
    next: ContactRow,
    also: { readonly writes: readonly Write[]; readonly guards: readonly Guard[] } = { writes: [], guards: [] },
  ): Promise<ContactItem> {
    const { store, clock, numbering } = this.#parts;
    const changed = { rev: row.rev + 1, updated: isoTime(clock.now()), updatedBy: viewer.extension };
    const value: ContactRow = { ...withoutImport(next), keys: keysOf(next.fields, numbering), ...changed };
    const writes: Write[] = [{ table: 'contacts', id, value }, ...also.writes];
    await store.commit(writes, distinct([...guards, ...also.guards]));
    return this.#reach.item(viewer, id, value);
  }
}

/** Each row once. Two guards of one row that differ were decided at different moments: both stay, and one fails. */
function distinct(guards: readonly Guard[]): Guard[] {
  return [...new Map(guards.map((guard) => [JSON.stringify(guard), guard])).values()];
}
