// A book as it will be after the rows of a file so far: what the store holds, with what the import adds and changes, and an index by which
// a row finds the contact it means. Writes nothing.
import { type ContactFields, sameFields } from '../domain/contact.ts';
import type { ContactRow } from './contact-row.ts';
import type { BookReader } from './import-book.ts';
import { WideMap } from './import-wide-map.ts';
import type { Row } from './store.ts';

/** Contacts of one name and number that a row is compared with. */
const MOST_ALIKE = 20;

type Keys = ContactRow['keys'];

export interface Draft {
  readonly id: string;
  fields: ContactFields;
  keys: Keys;
  /** What the store holds; undefined for a contact that the import makes. */
  readonly row: Row | undefined;
}

export class BookDraft implements BookReader {
  readonly #stored = new WideMap<Row>();
  readonly #drafts = new WideMap<Draft>();
  readonly #inOrder: Draft[] = [];
  /** Ids by number and name, the one that was changed longest ago first; a single one as it is. */
  readonly #index = new WideMap<string | Set<string>>();
  #made = 0;

  put(row: Row): void {
    this.remove(row.id);
    this.#stored.set(row.id, row);
    const { fields, keys } = row.value as ContactRow;
    this.#enter(row.id, fields, keys);
  }

  remove(id: string): void {
    const row = this.#stored.get(id);
    if (!row) return;
    const { fields, keys } = row.value as ContactRow;
    this.#leave(id, fields, keys);
    this.#stored.delete(id);
  }

  clear(): void {
    this.#stored.clear();
    this.#index.clear();
  }

  /** Contacts it makes. */
  get made(): number {
    return this.#made;
  }

  fieldsOf(id: string): ContactFields | undefined {
    return this.#drafts.get(id)?.fields ?? (this.#stored.get(id)?.value as ContactRow | undefined)?.fields;
  }

  /**
   * Contacts with the same names and company, whatever their capitals, and a number in common, at most 20: by the first number that some
   * have in common, and who was changed longest ago comes first.
   */
  alike(fields: ContactFields, keys: Keys): string[] {
    const found = new Set<string>();
    for (const place of placesOf(fields, keys)) {
      const ids = this.#index.get(place);
      for (const id of typeof ids === 'string' ? [ids] : (ids ?? [])) {
        if (found.size >= MOST_ALIKE) return [...found];
        found.add(id);
      }
    }
    return [...found];
  }

  add(id: string, fields: ContactFields, keys: Keys): void {
    this.#keep({ id, fields, keys, row: undefined });
    this.#made += 1;
    this.#enter(id, fields, keys);
  }

  /** `id`: of a contact that is there. */
  change(id: string, fields: ContactFields, keys: Keys): void {
    const row = this.#stored.get(id);
    const draft = this.#drafts.get(id) ?? (row && this.#keep({ id, ...(row.value as ContactRow), row }));
    if (!draft) return;
    this.#leave(id, draft.fields, draft.keys);
    [draft.fields, draft.keys] = [fields, keys];
    this.#enter(id, fields, keys);
  }

  /** What is to be written, in the order of the file: what came back to where it was is left out. */
  *changes(): Generator<Draft> {
    for (const draft of this.#inOrder) {
      const before = draft.row?.value as ContactRow | undefined;
      if (!before || !sameFields(before.fields, draft.fields)) yield draft;
    }
  }

  #keep({ id, fields, keys, row }: Draft): Draft {
    const draft = { id, fields, keys, row };
    this.#drafts.set(id, draft);
    this.#inOrder.push(draft);
    return draft;
  }

  #enter(id: string, fields: ContactFields, keys: Keys): void {
    for (const place of placesOf(fields, keys)) {
      const ids = this.#index.get(place);
      if (ids === undefined) this.#index.set(place, id);
      else if (typeof ids !== 'string') ids.add(id);
      else if (ids !== id) this.#index.set(place, new Set([ids, id]));
    }
  }

  #leave(id: string, fields: ContactFields, keys: Keys): void {
    for (const place of placesOf(fields, keys)) {
      const ids = this.#index.get(place);
      if (typeof ids === 'object') ids.delete(id);
      else if (ids === id) this.#index.delete(place);
    }
  }
}

/** Where a contact stands in the index: once for each of its numbers. */
function placesOf({ firstName = '', lastName = '', company = '' }: ContactFields, keys: Keys): string[] {
  const names = `${firstName}\n${lastName}\n${company}`.toLowerCase();
  return keys.flatMap(([key]) => (key === undefined ? [] : [`${key}\n${names}`]));
}
