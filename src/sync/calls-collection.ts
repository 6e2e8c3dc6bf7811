// A user's own call history as a collection. Who the other party is is shown as far as the user may see it at this moment.
import type { Access } from '../service/access.ts';
import { type CallRow, callItem, type KnownParty } from '../service/call-row.ts';
import type { Viewer } from '../service/viewer.ts';
import type { OwnCollection } from './catalog.ts';
import { ALL, type Audience } from './collection.ts';

/** Sessions whose clients may use contacts and those whose may not see different names. */
const VIEWS = { true: 'calls', false: 'calls without contacts' } as const;

/** `isOutdated`: a contact has gone from the book that a row names, and the row is not rewritten yet. */
export function callsCollections(access: Access, isOutdated: (known: KnownParty) => boolean): OwnCollection {
  const encode = (viewer: Viewer, id: string, { known, ...row }: CallRow): string => {
    const seesBook = (scope: string) => access.rights(viewer, scope).view;
    const sight = access.sight(viewer);
    const shown = known && !isOutdated(known) ? { ...row, known } : row;
    return JSON.stringify(callItem(id, shown, seesBook, (extension) => sight.sees(extension)));
  };
  const audienceFor = ({ extension, contacts }: Viewer): Audience => {
    const key = VIEWS[`${contacts}`];
    // As an administrator, if he is one now, whatever he was when he logged in: the names were looked up so.
    const viewer: Viewer = { extension, admin: true, contacts };
    return { key, view: key, sees: ALL, encode: (id, value) => encode(viewer, id, value as CallRow) };
  };
  return ({ extension }) => {
    const audiences = new Map<boolean, Audience>();
    return {
      name: 'calls',
      table: 'calls',
      scope: extension,
      isNew: () => false,
      audience: (viewer) => {
        if (viewer.extension !== extension) return null;
        const kept = audiences.get(viewer.contacts) ?? audienceFor(viewer);
        audiences.set(viewer.contacts, kept);
        return kept;
      },
    };
  };
}
