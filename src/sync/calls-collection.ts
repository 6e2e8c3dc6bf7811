// A user's own call history as a collection. Who the other party is is shown as far as the user may see it at this moment.
import type { Access } from '../service/access.ts';
import { type CallRow, callItem } from '../service/call-row.ts';
import type { Viewer } from '../service/viewer.ts';
import type { OwnCollection } from './catalog.ts';
import { ALL, type Audience } from './collection.ts';

/** Sessions whose clients may use contacts and those whose may not see different names. */
const VIEWS = { true: 'calls', false: 'calls without contacts' } as const;

export function callsCollections(access: Access): OwnCollection {
  const audienceFor = (viewer: Viewer): Audience => {
    const key = VIEWS[`${viewer.contacts}`];
    return {
      key,
      view: key,
      sees: ALL,
      encode: (id, value) => {
        const seesBook = (scope: string) => access.rights(viewer, scope).view;
        const sight = access.sight(viewer);
        return JSON.stringify(callItem(id, value as CallRow, seesBook, (extension) => sight.sees(extension)));
      },
    };
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
