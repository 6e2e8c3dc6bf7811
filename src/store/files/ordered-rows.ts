// Contacts that share a number, in the order of an answer by number: in short blocks, so that one among many thousands is put in or
// taken out as fast as one among few. Knows no number and no book.
import type { ContactRow } from '../../service/contact-row.ts';
import type { Row } from '../../service/store.ts';

const LONGEST_BLOCK = 256;

export interface Held {
  readonly row: Row;
  /** Place of the number among those of the contact. */
  readonly place: number;
}

export class OrderedRows {
  /** None is empty. */
  readonly #blocks: Held[][] = [];

  get isEmpty(): boolean {
    return this.#blocks.length === 0;
  }

  /** Puts a contact in, or in the place of what it was with the same place, time and id. */
  add(held: Held): void {
    const at = this.#blockOf(held);
    const block = this.#blocks[at];
    if (!block) {
      this.#blocks.push([held]);
      return;
    }
    const before = countBefore(block, held);
    if (isAt(block, before, held)) {
      block[before] = held;
      return;
    }
    block.splice(before, 0, held);
    if (block.length > LONGEST_BLOCK) this.#blocks.splice(at + 1, 0, block.splice(LONGEST_BLOCK / 2));
  }

  /** Takes a contact out; one that is not there is left alone. */
  remove(held: Held): void {
    const at = this.#blockOf(held);
    const block = this.#blocks[at];
    if (!block) return;
    const before = countBefore(block, held);
    if (!isAt(block, before, held)) return;
    block.splice(before, 1);
    if (block.length === 0) this.#blocks.splice(at, 1);
  }

  /** Gives the first ones to `found`, so many at most. */
  take(most: number, found: Row[]): void {
    let left = most;
    for (const block of this.#blocks) {
      for (const { row } of block) {
        if (left === 0) return;
        left -= 1;
        found.push(row);
      }
    }
  }

  /** The last block that does not begin behind it, else the first. */
  #blockOf(held: Held): number {
    let [low, high] = [0, this.#blocks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const first = this.#blocks[middle]?.[0];
      if (first && compareHeld(first, held) <= 0) low = middle + 1;
      else high = middle;
    }
    return Math.max(low - 1, 0);
  }
}

function countBefore(block: readonly Held[], held: Held): number {
  let [low, high] = [0, block.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = block[middle];
    if (other && compareHeld(other, held) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isAt(block: readonly Held[], at: number, held: Held): boolean {
  const other = block[at];
  return other !== undefined && compareHeld(other, held) === 0;
}

/** Who has the number as an earlier one, then who was created first, then by id. */
export function compareHeld(a: Held, b: Held): number {
  return a.place - b.place || compareTexts(createdOf(a), createdOf(b)) || compareTexts(a.row.id, b.row.id);
}

const createdOf = ({ row }: Held): string => (row.value as ContactRow).created;
const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
