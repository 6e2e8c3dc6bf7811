// Making a contact, so that a client which heard no answer can ask again with the same id. What it may hold is said by the
// domain.
import { type ContactFields, readContact } from '../domain/contact.ts';
import { Failure } from '../domain/failure.ts';
import { isoTime } from './clock.ts';
import type { ContactItem, ContactRow } from './contact-row.ts';
import type { ContactsParts, NewContact } from './contacts.ts';
import type { Asking, Reach } from './contacts-reach.ts';
import { keysOf } from './numbering.ts';
import type { Room } from './room.ts';
import type { Viewer } from './viewer.ts';

export class Creation {
  readonly #parts: ContactsParts;
  readonly #reach: Reach;
  readonly #room: Room;

  constructor(parts: ContactsParts, reach: Reach, room: Room) {
    this.#parts = parts;
    this.#reach = reach;
    this.#room = room;
  }

  create(viewer: Viewer, { book, contact, id }: NewContact): Promise<ContactItem> {
    const asking = { method: 'contacts.create', viewer };
    const newId = (id ?? this.#parts.newId()).toLowerCase();
    return this.#reach.attempt(asking, newId, async () => {
      const { scope } = this.#reach.bookToChange(asking, book);
      const fields = readContact(contact);
      const known = id === undefined ? undefined : await this.#repeated(asking, book, newId);
      return known ?? this.#room.whileArriving(scope, 1, () => this.#make(asking, book, newId, fields));
    });
  }

  /** The contact that this call made before, as it is now. Failure `conflict` for an id that cannot be used. */
  async #repeated(asking: Asking, book: string, id: string): Promise<ContactItem | undefined> {
    const { store } = this.#parts;
    const { viewer } = asking;
    const [rows, retired] = await Promise.all([store.find('contacts', [id]), store.find('retired', [id])]);
    this.#reach.bookToChange(asking, book);
    const row = rows.get(id)?.value as ContactRow | undefined;
    if (!row && !retired.has(id)) return undefined;
    if (!row || !this.#reach.sees(viewer, row)) throw new Failure('conflict', 'this id is taken');
    const current = this.#reach.item(viewer, id, row);
    if (row.createdBy === viewer.extension) return current;
    throw new Failure('conflict', 'this id is taken', { current });
  }

  async #make(asking: Asking, book: string, id: string, fields: ContactFields): Promise<ContactItem> {
    const { store, clock, numbering } = this.#parts;
    const { viewer } = asking;
    const { scope, guards } = this.#reach.bookToChange(asking, book);
    const now = isoTime(clock.now());
    const row: ContactRow = {
      book: scope,
      rev: 1,
      fields,
      keys: keysOf(fields, numbering),
      created: now,
      updated: now,
      createdBy: viewer.extension,
      updatedBy: viewer.extension,
    };
    const isFree = [
      { table: 'contacts' as const, id, rev: null },
      { table: 'retired' as const, id, rev: null },
    ];
    await store.commit([{ table: 'contacts', id, value: row }], [...guards, ...isFree]);
    return this.#reach.item(viewer, id, row);
  }
}
