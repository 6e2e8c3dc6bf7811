// Which favourites have which target: so that those of a contact are found at once. Knows only rows of `favorites`.
import type { FavoriteRow } from '../../service/book-rows.ts';
import type { Row } from '../../service/store.ts';

const targetOf = (row: Row): string => (row.value as FavoriteRow).target;

export class Marks {
  /** Ids of rows by target. */
  readonly #ids = new Map<string, Set<string>>();

  on(target: string): Iterable<string> {
    return this.#ids.get(target) ?? [];
  }

  /** Follows the table. */
  readonly watch = (before: Row | undefined, after: Row | undefined): void => {
    if (before && after && targetOf(before) === targetOf(after)) return;
    if (before) this.#drop(targetOf(before), before.id);
    if (after) this.#add(targetOf(after), after.id);
  };

  #add(target: string, id: string): void {
    const ids = this.#ids.get(target);
    if (ids) ids.add(id);
    else this.#ids.set(target, new Set([id]));
  }

  #drop(target: string, id: string): void {
    const ids = this.#ids.get(target);
    ids?.delete(id);
    if (ids?.size === 0) this.#ids.delete(target);
  }
}
