// The collections that this version serves, and who may see each.
import type { ExtensionRow } from '../service/rows.ts';
import type { Store } from '../service/store.ts';
import { type UserRow, viewUser } from '../service/users-row.ts';
import type { Viewer } from '../service/viewer.ts';
import { type Collection, tableCollection } from './collection.ts';

const everyone = () => 'everyone';
const administrators = ({ admin }: Viewer) => (admin ? 'administrators' : null);

export function collectionsOf(store: Store): readonly Collection[] {
  return [
    tableCollection(store, { name: 'pbx', table: 'pbx', audience: everyone }),
    tableCollection(store, {
      name: 'extensions',
      table: 'extensions',
      audience: everyone,
      item: (row) => (row as ExtensionRow).item,
    }),
    tableCollection(store, { name: 'presence', table: 'presence', audience: everyone }),
    tableCollection(store, {
      name: 'users',
      table: 'users',
      audience: administrators,
      item: (row) => viewUser(row as UserRow),
    }),
  ];
}
