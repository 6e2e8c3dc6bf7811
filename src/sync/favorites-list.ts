// The collection `favorites`: the marks of a user whose targets he may see at this moment.
import type { Access } from '../service/access.ts';
import type { FavoriteRow } from '../service/book-rows.ts';
import type { Viewer } from '../service/viewer.ts';
import type { List } from './list-subscription.ts';
import type { Marks } from './marks.ts';

const EXTENSION = 'extension:';
const CONTACT = 'contact:';

/** `movedTo`: the scope of a contact that was moved lately; its marks may come after it. */
export function favoritesList(access: Access, marks: Marks, movedTo: (contact: string) => string | undefined): List {
  const sees = (viewer: Viewer, { target, book }: FavoriteRow): boolean => {
    if (target.startsWith(EXTENSION)) return access.sight(viewer).sees(target.slice(EXTENSION.length));
    const scope = movedTo(target.slice(CONTACT.length)) ?? book;
    return scope !== undefined && access.rights(viewer, scope).view;
  };
  return {
    name: 'favorites',
    items: (viewer) => {
      const rows = marks.of(viewer.extension);
      if (!rows) return undefined;
      const seen = [...rows].filter((row) => sees(viewer, row));
      return new Map(seen.map(({ target, at }) => [target, JSON.stringify({ id: target, at })]));
    },
    follow: (viewer, listener) => marks.follow(viewer.extension, listener),
  };
}
