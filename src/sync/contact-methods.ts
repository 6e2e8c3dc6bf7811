// The methods of contacts, favourites, company books and rules, and of who a number is: each hands its params to a use case and names the result.
import type { Params } from '../protocol/methods.ts';
import type { Access } from '../service/access.ts';
import type { Books } from '../service/books.ts';
import type { Contacts } from '../service/contacts.ts';
import type { Favorites } from '../service/favorites.ts';
import type { Lookup } from '../service/lookup.ts';
import { answerClient } from '../service/lookup-answer.ts';
import type { Rules } from '../service/rules-setting.ts';
import type { Viewer } from '../service/viewer.ts';

export interface ContactServices {
  readonly access: Access;
  readonly contacts: Contacts;
  readonly favorites: Favorites;
  readonly books: Books;
  readonly rules: Rules;
  readonly lookup: Pick<Lookup, 'explain'>;
}

interface Asking {
  readonly viewer: Viewer;
}

type ContactMethod =
  | `contacts.${'create' | 'update' | 'addNumber' | 'move' | 'delete' | 'search'}`
  | 'lookup.number'
  | `favorites.${'add' | 'remove'}`
  | `books.${'create' | 'rename' | 'delete'}`
  | `${'permissions' | 'visibility'}.set`;

export type ContactHandlers = {
  readonly [M in ContactMethod]: (services: ContactServices, asking: Asking, params: Params<M>) => Promise<object>;
};

export const CONTACT_HANDLERS: ContactHandlers = {
  async 'contacts.create'({ contacts }, { viewer }, wish) {
    return { contact: await contacts.create(viewer, wish) };
  },

  async 'contacts.update'({ contacts }, { viewer }, change) {
    return { contact: await contacts.update(viewer, change) };
  },

  async 'contacts.addNumber'({ contacts }, { viewer }, number) {
    return { contact: await contacts.addNumber(viewer, number) };
  },

  async 'contacts.move'({ contacts }, { viewer }, to) {
    return { contact: await contacts.move(viewer, to) };
  },

  async 'contacts.delete'({ contacts }, { viewer }, which) {
    return { deleted: await contacts.remove(viewer, which) };
  },

  async 'contacts.search'({ contacts }, { viewer }, query) {
    return { contacts: await contacts.search(viewer, query) };
  },

  'lookup.number': (services, { viewer }, question) => answerClient(services, viewer, question),

  async 'favorites.add'({ favorites }, { viewer }, { id }) {
    await favorites.add(viewer, id);
    return {};
  },

  async 'favorites.remove'({ favorites }, { viewer }, { id }) {
    await favorites.remove(viewer, id);
    return {};
  },

  async 'books.create'({ books }, { viewer }, wish) {
    return { book: await books.create(viewer, wish) };
  },

  async 'books.rename'({ books }, { viewer }, change) {
    return { book: await books.rename(viewer, change) };
  },

  async 'books.delete'({ books }, { viewer }, which) {
    await books.remove(viewer, which);
    return {};
  },

  async 'permissions.set'({ rules }, { viewer }, list) {
    await rules.setPermissions(viewer, list.rules);
    return {};
  },

  async 'visibility.set'({ rules }, { viewer }, list) {
    await rules.setVisibility(viewer, list.rules);
    return {};
  },
};
