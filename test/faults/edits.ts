// What one writer does to its contacts: makes, changes, moves, marks and removes them, in commits of one row and of many. Knows
// no store; each commit is drawn from its dice and from what the writer's rows are.

import { type FavoriteRow, favoriteId } from '../../src/service/book-rows.ts';
import { type ContactRow, personalScope } from '../../src/service/contact-row.ts';
import type { Write } from '../../src/service/store.ts';
import type { Dice } from './dice.ts';

/** A writer's contacts, at most about as many. */
const CONTACTS = 60;
const MANY = [120, 350];

export const COMPANY_BOOKS = ['company', 'sales', 'suppliers'] as const;
export const ownerOfWriter = (writer: number): string => String(1000 + writer);
/** The row that counts a writer's commits: each commit sets it, so it tells which was the last. */
export const counterOf = (writer: number): string => `counter ${writer}`;
/** Ids of a writer's contacts begin so. */
export const prefixOf = (writer: number): string => `c${writer}.`;
/** The writer of a contact, and of what names it. */
export const writerOf = (id: string): number => Number(/c([0-9]+)\./.exec(id)?.[1]);

export function contactScopes(writers: number): string[] {
  const personal = Array.from({ length: writers }, (_, writer) => personalScope(ownerOfWriter(writer)));
  return [...COMPANY_BOOKS, ...personal];
}

export class Edits {
  readonly #writer: number;
  readonly #dice: Dice;
  readonly #contacts = new Map<string, ContactRow>();
  readonly #favorites = new Map<string, FavoriteRow>();

  constructor(writer: number, dice: Dice) {
    this.#writer = writer;
    this.#dice = dice;
  }

  /** Takes writes that took effect. */
  apply(writes: readonly Write[]): void {
    for (const { table, id, value } of writes) {
      if (table === 'contacts') put(this.#contacts, id, value as ContactRow | null);
      if (table === 'favorites') put(this.#favorites, id, value as FavoriteRow | null);
    }
  }

  /** The writes of commit `n`. */
  next(n: number): Write[] {
    const size = this.#contacts.size;
    const kind = this.#dice.below(10);
    const edit = size === 0 || (kind < 4 && size < CONTACTS) ? this.#create(n) : this.#change(kind);
    return [...edit, { table: 'statuses', id: counterOf(this.#writer), value: { n } }];
  }

  #create(n: number): Write[] {
    const count = this.#dice.chance(0.04) ? this.#dice.pick(MANY) : 1 + this.#dice.below(3);
    return Array.from({ length: count }, (_, index) => {
      const id = `${prefixOf(this.#writer)}${n}.${index}`;
      return { table: 'contacts', id, value: this.#contact({ book: this.#book(), rev: 1 }) };
    });
  }

  #change(kind: number): Write[] {
    const room = this.#contacts.size < CONTACTS;
    const count = room || !this.#dice.chance(0.3) ? 1 + this.#dice.below(3) : CONTACTS;
    const ids = [...this.#contacts.keys()];
    const chosen = new Set(Array.from({ length: count }, () => this.#dice.pick(ids)));
    return [...chosen].flatMap((id) => {
      const row = this.#contacts.get(id) as ContactRow;
      if (!room || kind === 4) return this.#remove(id);
      if (kind === 5) return this.#mark(id, row);
      return kind < 8 ? this.#move(id, row) : this.#update(id, row, row.book);
    });
  }

  #update(id: string, row: ContactRow, book: string): Write[] {
    return [{ table: 'contacts', id, value: this.#contact({ ...row, book, rev: row.rev + 1 }) }];
  }

  /** A contact in another book, its favourites with it. */
  #move(id: string, row: ContactRow): Write[] {
    const book = this.#book();
    const marks = this.#marksOf(id).map(
      ([mark, value]): Write => ({ table: 'favorites', id: mark, value: { ...value, book } }),
    );
    return [...this.#update(id, row, book), ...marks];
  }

  #mark(id: string, { book }: ContactRow): Write[] {
    const owner = ownerOfWriter(this.#dice.below(3));
    const value: FavoriteRow = { owner, target: `contact:${id}`, at: '2026-01-01T00:00:00.000Z', book };
    return [{ table: 'favorites', id: favoriteId(owner, value.target), value }];
  }

  #remove(id: string): Write[] {
    const marks = this.#marksOf(id).map(([mark]): Write => ({ table: 'favorites', id: mark, value: null }));
    return [{ table: 'contacts', id, value: null }, ...marks, { table: 'retired', id, value: {} }];
  }

  #marksOf(id: string): [string, FavoriteRow][] {
    return [...this.#favorites].filter(([, { target }]) => target === `contact:${id}`);
  }

  #book(): string {
    return this.#dice.pick([...COMPANY_BOOKS, personalScope(ownerOfWriter(this.#writer))]);
  }

  #contact({ book, rev }: Pick<ContactRow, 'book' | 'rev'>): ContactRow {
    const digits = String(this.#dice.below(10 ** 7)).padStart(7, '0');
    const long = this.#dice.chance(0.1) ? 1000 : 40;
    return {
      book,
      rev,
      fields: {
        firstName: `Zoë ${digits}`,
        lastName: 'Łukasz',
        numbers: [{ type: 'business', number: `+44 20 ${digits}` }],
        remark: `${digits} `.repeat(Math.ceil(this.#dice.below(long) / 8)).trim() || digits,
      },
      keys: [[`+4420${digits}`]],
      created: '2026-01-01T00:00:00.000Z',
      updated: '2026-01-01T00:00:00.000Z',
      createdBy: ownerOfWriter(this.#writer),
      updatedBy: ownerOfWriter(this.#writer),
    };
  }
}

function put<T>(rows: Map<string, T>, id: string, value: T | null): void {
  if (value === null) rows.delete(id);
  else rows.set(id, value);
}
