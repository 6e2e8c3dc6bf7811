// The favourites that follow contacts: they move with them and go with them, in the same commit. Knows no viewer.
import { type FavoriteRow, favoriteId, type Mark } from './book-rows.ts';
import type { Report } from './report.ts';
import { type Guard, type Row, Stale, type Store, type Write } from './store.ts';

export function contactTarget(id: string): string {
  return `contact:${id}`;
}

/** What removes contacts for good: the rows, the marks on them, and their ids from use. */
export async function removalOf(store: Store, ids: readonly string[]): Promise<Write[]> {
  const marks = await store.marksOn(ids.map(contactTarget));
  return [
    ...ids.map((id): Write => ({ table: 'contacts', id, value: null })),
    ...ids.map((id): Write => ({ table: 'retired', id, value: {} satisfies Mark })),
    ...marks.map(({ id }): Write => ({ table: 'favorites', id, value: null })),
  ];
}

/** What takes marks along to another book; a mark that was taken off meanwhile is not put back. */
export function movesOf(marks: readonly Row[], book: string): { readonly writes: Write[]; readonly guards: Guard[] } {
  const late = marks.filter(({ value }) => (value as FavoriteRow).book !== book);
  return {
    writes: late.map(({ id, value }) => ({ table: 'favorites', id, value: { ...value, book } })),
    guards: late.map(({ id, rev }) => ({ table: 'favorites', id, rev })),
  };
}

/**
 * After contacts were moved or removed: a mark that was on its way to the store in that moment is taken along now. When that
 * fails the request has succeeded all the same; the check at the next start finds such marks.
 */
export async function settleMarks(store: Store, report: Report, ids: readonly string[]): Promise<void> {
  try {
    for (let again = true; again; ) again = await settleOnce(store, ids);
  } catch {
    report('favorites.upkeep_failed', {});
  }
}

/** Whether somebody was faster, so that it has to be looked at again. */
async function settleOnce(store: Store, ids: readonly string[]): Promise<boolean> {
  const marks = await store.marksOn(ids.map(contactTarget));
  const contacts = await store.find('contacts', ids);
  const changes = marks.flatMap((row) => {
    const mark = row.value as FavoriteRow;
    const contact = contacts.get(mark.target.slice('contact:'.length));
    const book = contact && (contact.value as { book: string }).book;
    if (book === mark.book && book !== undefined) return [];
    const value = book === undefined ? null : { ...mark, book };
    const write: Write = { table: 'favorites', id: favoriteId(mark.owner, mark.target), value };
    const guards: Guard[] = [{ table: 'favorites', id: row.id, rev: row.rev }];
    if (contact) guards.push({ table: 'contacts', id: contact.id, rev: contact.rev });
    return [{ write, guards }];
  });
  if (changes.length === 0) return false;
  try {
    await store.commit(
      changes.map(({ write }) => write),
      changes.flatMap(({ guards }) => guards),
    );
    return false;
  } catch (error) {
    if (error instanceof Stale) return true;
    throw error;
  }
}
