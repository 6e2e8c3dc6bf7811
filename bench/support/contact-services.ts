// The daemon's services of contacts over a store, for a benchmark: every user may manage every company book.
import { randomUUID } from 'node:crypto';
import { Access } from '../../src/service/access.ts';
import type { PermissionRow } from '../../src/service/book-rows.ts';
import { Books } from '../../src/service/books.ts';
import type { Clock } from '../../src/service/clock.ts';
import { Contacts } from '../../src/service/contacts.ts';
import { Favorites } from '../../src/service/favorites.ts';
import { Lookup } from '../../src/service/lookup.ts';
import type { Report } from '../../src/service/report.ts';
import { Rules } from '../../src/service/rules-setting.ts';
import type { Store } from '../../src/service/store.ts';
import { Sweeper } from '../../src/service/sweeper.ts';
import { NUMBERING } from './contacts.ts';

const EVERYTHING: PermissionRow = {
  ...{ id: 'everything', order: 1, who: { everyone: true }, books: '*', view: true, manage: true },
};

export async function openContactServices(store: Store, clock: Clock, report: Report) {
  await store.commit([{ table: 'permissions', id: EVERYTHING.id, value: EVERYTHING }]);
  const access = new Access(store);
  const parts = { store, access, clock, report, newId: randomUUID };
  const books = new Books(parts);
  await books.start();
  const directories = { order: ['extension', 'personal', 'company'] as const, lastDigits: 7 };
  return {
    access,
    books,
    contacts: new Contacts({ ...parts, numbering: NUMBERING }),
    favorites: new Favorites(parts),
    lookup: new Lookup({ ...parts, ...directories, numbering: NUMBERING }),
    rules: new Rules(parts),
    sweeper: new Sweeper(parts),
  };
}
