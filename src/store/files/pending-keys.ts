// The rows of a batch that is on its way, so that other commits can be held away from them. Divided, because one large set stops
// everything for milliseconds whenever it grows. Knows no store.
import type { Guard, Write } from '../../service/store.ts';

type Key = { readonly table: string; readonly id: string };

const DIVISIONS = 128;

export const keyOf = ({ table, id }: Key): string => `${table}\0${id}`;

/** Ids are drawn by lot or counted: their ends differ. */
function divisionOf(id: string): number {
  const { length } = id;
  return (id.charCodeAt(length - 1) * 31 + id.charCodeAt(length - 2)) % DIVISIONS || 0;
}

export class PendingKeys {
  readonly #divisions: Set<string>[] = Array.from({ length: DIVISIONS }, () => new Set());

  add(key: Key): void {
    this.#divisions[divisionOf(key.id)]?.add(keyOf(key));
  }

  /** Whether a commit writes one of the rows, or takes something for granted of one. */
  touches({ writes, guards }: { readonly writes: readonly Write[]; readonly guards: readonly Guard[] }): boolean {
    return writes.some((key) => this.#has(key)) || guards.some((key) => this.#has(key));
  }

  #has(key: Key): boolean {
    return this.#divisions[divisionOf(key.id)]?.has(keyOf(key)) ?? false;
  }
}
