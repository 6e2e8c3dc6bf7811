// Finds contacts in memory by the keys of their numbers and by the endings of these: one look, however many contacts there are,
// and however many have the number. Knows no table and no spelling.
import type { NumberQuestion, Row } from '../../service/store.ts';
import { placeOfKey, placeOfStem, type Stem, stemOf, stemOfEnding, stemsOf } from './number-forms.ts';
import { bookOf, isAnswered } from './number-holders.ts';
import { compareHeld } from './ordered-rows.ts';
import { SharedStem } from './shared-stem.ts';

/** One large map would stop everything for a twentieth of a second whenever it grows. A power of two. */
const PARTS = 128;
/** So many contacts with one stem are kept as they are, and looked at one by one. */
const FEW = 8;

/** Nearly all stems have one contact or a few. */
type Holder = Row | readonly Row[] | SharedStem;
type Part = Map<Stem, Holder>;

export class NumberIndex {
  readonly #lastDigits: number;
  readonly #parts: readonly Part[] = Array.from({ length: PARTS }, () => new Map());

  /** `lastDigits`: length of endings; 0: none. */
  constructor({ lastDigits }: { readonly lastDigits: number }) {
    this.#lastDigits = lastDigits;
  }

  /** Puts in a contact; one that was put and has changed since is taken out before. */
  put(row: Row): void {
    for (const stem of stemsOf(row, this.#lastDigits)) {
      const part = this.#partOf(stem);
      const holder = part.get(stem);
      if (holder instanceof SharedStem) holder.put(row);
      else part.set(stem, holder ? this.#with(holder, row, stem) : row);
    }
  }

  /** Takes out a contact as it was put; one that was not put is left alone. */
  remove(row: Row): void {
    for (const stem of stemsOf(row, this.#lastDigits)) {
      const part = this.#partOf(stem);
      const holder = part.get(stem);
      if (!holder) continue;
      const left = without(holder, row);
      if (!left) part.delete(stem);
      else if (left !== holder) part.set(stem, left);
    }
  }

  /** As byNumber of the port. */
  find({ scopes, keys, ending }: NumberQuestion): Row[] {
    const found: Row[] = [];
    const last = stemOfEnding(ending, this.#lastDigits);
    if (keys.length === 1 && last !== undefined && last === stemOf(keys[0] ?? '', this.#lastDigits)) {
      // Nearly every question, and nearly every answer to it: one look, at one contact, whether it has the key or only the ending.
      const holder = this.#partOf(last).get(last);
      if (!holder) return found;
      if (!(holder instanceof SharedStem) && 'id' in holder) {
        if (scopes.includes(bookOf(holder))) found.push(holder);
        return found;
      }
    }
    for (const key of keys) this.#take(stemOf(key, this.#lastDigits), key, scopes, found);
    if (last !== undefined) this.#take(last, undefined, scopes, found);
    return found;
  }

  /** Gives to `found` those with the key, or without one with the stem, of the books that have none there. */
  #take(stem: Stem, key: string | undefined, scopes: readonly string[], found: Row[]): void {
    const holder = this.#partOf(stem).get(stem);
    if (!holder) return;
    if (holder instanceof SharedStem) holder.holders(key)?.take(scopes, found);
    else if ('id' in holder) takeOne(holder, key, scopes, found);
    else this.#takeFew(holder, { stem, key }, scopes, found);
  }

  #takeFew(
    rows: readonly Row[],
    { stem, key }: { readonly stem: Stem; readonly key: string | undefined },
    scopes: readonly string[],
    found: Row[],
  ): void {
    const answered = found.length;
    const held = rows.flatMap((row) => {
      const book = bookOf(row);
      if (!scopes.includes(book) || isAnswered(found, answered, book)) return [];
      const place = key === undefined ? placeOfStem(row, stem, this.#lastDigits) : placeOfKey(row, key);
      return place < 0 ? [] : [{ row, place }];
    });
    for (const { row } of held.sort(compareHeld)) found.push(row);
  }

  #with(holder: Row | readonly Row[], row: Row, stem: Stem): Holder {
    const rows = [...listOf(holder).filter(({ id }) => id !== row.id), row];
    return rows.length > FEW ? new SharedStem(stem, this.#lastDigits, rows) : holderOf(rows);
  }

  #partOf(stem: Stem): Part {
    const last =
      typeof stem === 'number' ? stem : stem.charCodeAt(stem.length - 1) * 10 + stem.charCodeAt(stem.length - 2);
    return this.#parts[last & (PARTS - 1)] as Part;
  }
}

function takeOne(row: Row, key: string | undefined, scopes: readonly string[], found: Row[]): void {
  if (found[0] === row) return;
  const book = bookOf(row);
  if (!scopes.includes(book) || isAnswered(found, found.length, book)) return;
  if (key === undefined || placeOfKey(row, key) >= 0) found.push(row);
}

const listOf = (holder: Row | readonly Row[]): readonly Row[] => ('id' in holder ? [holder] : holder);

/** `rows`: at least one. */
const holderOf = (rows: readonly Row[]): Row | readonly Row[] => (rows.length === 1 ? (rows[0] as Row) : rows);

/** What is left without a contact; undefined: nothing. */
function without(holder: Holder, row: Row): Holder | undefined {
  if (holder instanceof SharedStem) {
    holder.remove(row);
    return holder.isEmpty ? undefined : holder;
  }
  const left = listOf(holder).filter(({ id }) => id !== row.id);
  return left.length === 0 ? undefined : holderOf(left);
}
