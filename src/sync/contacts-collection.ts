// The contacts of one book as a collection. Who changed a contact is left out for those who may not know of that colleague;
// for most everything is the same, and so are the texts.
import type { Access, Sight } from '../service/access.ts';
import { type ContactRow, contactItem } from '../service/contact-row.ts';
import { ALL, type Audience, type ScopeCollection } from './collection.ts';

/** All who see a book see the same contacts of it. */
export const CONTACTS_VIEW = 'contacts';

interface Texts {
  /** With who changed it. */
  full?: string;
  bare?: string;
}

const NOBODY = () => false;
const ANYBODY = () => true;

/** Makes the collection of a scope; `name` is what its viewers call it. */
export function contactsCollections(access: Access): (scope: string, name: string) => ScopeCollection {
  const texts = new WeakMap<object, Texts>();
  const audiences = new WeakMap<Sight, Audience>();

  const encode = (sight: Sight, id: string, row: ContactRow): string => {
    let kept = texts.get(row);
    if (!kept) {
      kept = {};
      texts.set(row, kept);
    }
    if (row.updatedBy !== '' && sight.sees(row.updatedBy)) {
      kept.full ??= JSON.stringify(contactItem(id, row, ANYBODY));
      return kept.full;
    }
    kept.bare ??= JSON.stringify(contactItem(id, row, NOBODY));
    return kept.bare;
  };

  const audienceOf = (sight: Sight): Audience => {
    const kept = audiences.get(sight);
    if (kept) return kept;
    const audience: Audience = {
      key: sight.key,
      view: CONTACTS_VIEW,
      sees: ALL,
      encode: (id, value) => encode(sight, id, value as ContactRow),
    };
    audiences.set(sight, audience);
    return audience;
  };

  return (scope, name) => ({
    name,
    table: 'contacts',
    scope,
    isNew: ({ value, movedFrom }) => movedFrom !== undefined || (value as ContactRow | null)?.rev === 1,
    audience: (viewer) => (access.rights(viewer, scope).view ? audienceOf(access.sight(viewer)) : null),
  });
}
