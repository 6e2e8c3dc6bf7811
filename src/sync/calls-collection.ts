// A user's own call history as a collection. Who the other party is is shown as far as the user may see it at this moment.
import type { Access } from '../service/access.ts';
import { type CallItem, type CallRow, callItem, type HistoryRow, type KnownParty } from '../service/call-row.ts';
import type { Viewer } from '../service/viewer.ts';
import type { OwnCollection } from './catalog.ts';
import { ALL, type Audience } from './collection.ts';

/** Sessions whose clients may use contacts and those whose may not see different names. */
const VIEWS = { true: 'calls', false: 'calls without contacts' } as const;

/** What a user is shown of a row of his history at this moment. */
export type ShowCall = (viewer: Pick<Viewer, 'extension' | 'contacts'>, call: HistoryRow) => CallItem;

/** `isOutdated`: a contact has gone from the book that a row names, and the row is not rewritten yet. */
export function showingCalls(access: Access, isOutdated: (known: KnownParty) => boolean): ShowCall {
  return ({ extension, contacts }, { id, row: { known, ...row } }) => {
    // As an administrator, if he is one now, whatever he was when he logged in: the names were looked up so.
    const viewer: Viewer = { extension, admin: true, contacts };
    const seesBook = (scope: string) => access.rights(viewer, scope).view;
    const sight = access.sight(viewer);
    const shown = known && !isOutdated(known) ? { ...row, known } : row;
    return callItem(id, shown, seesBook, (other) => sight.sees(other));
  };
}

export function callsCollections(show: ShowCall): OwnCollection {
  const audienceFor = (viewer: Viewer): Audience => {
    const key = VIEWS[`${viewer.contacts}`];
    const encode = (id: string, value: object) => JSON.stringify(show(viewer, { id, row: value as CallRow }));
    return { key, view: key, sees: ALL, encode };
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
