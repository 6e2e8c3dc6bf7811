// The use cases of contacts put together over a store in memory, with a few people and the first company book; and what they
// said. With the store of an earlier house it is the daemon after a restart.
import { Access } from '../../src/service/access.ts';
import { Books } from '../../src/service/books.ts';
import type { Directory } from '../../src/service/caller.ts';
import { Contacts, type NewContact } from '../../src/service/contacts.ts';
import { Favorites } from '../../src/service/favorites.ts';
import { FavoritesUpkeep } from '../../src/service/favorites-upkeep.ts';
import { Lookup } from '../../src/service/lookup.ts';
import type { Numbering } from '../../src/service/numbering.ts';
import type { ReportFields } from '../../src/service/report.ts';
import type { RoomLimits } from '../../src/service/room.ts';
import { Rules } from '../../src/service/rules-setting.ts';
import type { LargeTable, Row, Write } from '../../src/service/store.ts';
import { Sweeper } from '../../src/service/sweeper.ts';
import type { UserRow } from '../../src/service/users-row.ts';
import type { Viewer } from '../../src/service/viewer.ts';
import { HandClock } from './hand-clock.ts';
import { MemoryStore } from './memory-store.ts';

export const NUMBERING = { country: 'GB', outsideLine: '' };
export const ADA = {
  firstName: 'Ada',
  lastName: 'Lovelace',
  numbers: [{ type: 'business' as const, number: '020 7946 0000' }],
};
export const OPERATOR: Viewer = { extension: '', admin: true, contacts: true };

interface HouseParts {
  readonly store?: MemoryStore;
  readonly room?: RoomLimits;
  readonly mostFavorites?: number;
  readonly mostBooks?: number;
  readonly numbering?: Numbering;
  readonly order?: readonly Directory[];
  readonly lastDigits?: number;
}

/** A UUID with this number in it. */
export function uuid(n: number): string {
  return `${n.toString(16).padStart(12, '0').slice(0, 8)}-${n.toString(16).padStart(12, '0').slice(8)}-4000-8000-000000000000`;
}

export async function openContactsHouse({
  store = new MemoryStore(),
  room = { personal: 50_000, company: 1_000_000 },
  mostFavorites = 2_000,
  mostBooks = 500,
  numbering = NUMBERING,
  order = ['extension', 'personal', 'company'],
  lastDigits = 7,
}: HouseParts = {}) {
  const clock = new HandClock();
  const said: [string, ReportFields | undefined][] = [];
  const report = (event: string, fields?: ReportFields) => void said.push([event, fields]);
  let ids = 0;
  const newId = () => {
    ids += 1;
    return uuid(0xa00000 + ids);
  };
  const access = new Access(store);
  const parts = { store, access, clock, newId, report };
  const lookup = new Lookup({ store, access, numbering, order, lastDigits });
  const contacts = new Contacts({ ...parts, numbering, room });
  const favorites = new Favorites({ ...parts, most: mostFavorites });
  const books = new Books({ ...parts, most: mostBooks });
  const rules = new Rules(parts);
  const sweeper = new Sweeper(parts);
  const favoritesUpkeep = new FavoritesUpkeep(parts);
  await books.start();

  /** Puts people into the table of users, as they are. */
  const people = (...users: (Pick<UserRow, 'id'> & Partial<UserRow>)[]) => {
    const rows = users.map((user) => ({ groups: [], admin: false, disabled: false, ...user }));
    return store.commit(rows.map((row): Write => ({ table: 'users', id: row.id, value: row })));
  };
  /** Puts extensions into the table, as the PBX would have them. */
  const extensions = (...numbers: string[]) =>
    store.note(
      numbers.map((id) => ({
        table: 'extensions',
        id,
        value: { item: { id, number: id, name: id, groups: [] }, said: {} },
      })),
    );
  /** A session of this user, as he is now. */
  const as = (extension: string, client: { readonly contacts: boolean } = { contacts: true }): Viewer => ({
    extension,
    admin: (store.get('users', extension)?.value as UserRow | undefined)?.admin ?? false,
    ...client,
  });
  /** A contact in a book, made by somebody who may. */
  const make = (extension: string, book: string, more: Partial<NewContact> = {}) =>
    contacts.create(as(extension), { book, contact: ADA, ...more });
  /** What the store holds of a contact or another row of a large table. */
  const stored = async (table: LargeTable, id: string): Promise<Row | undefined> =>
    (await store.find(table, [id])).get(id);

  return {
    ...parts,
    ...{
      lookup,
      contacts,
      favorites,
      books,
      rules,
      sweeper,
      favoritesUpkeep,
      said,
      people,
      extensions,
      as,
      make,
      stored,
    },
  };
}

export type ContactsHouse = Awaited<ReturnType<typeof openContactsHouse>>;

/** The people of most tests: 1000 is an administrator, 1001 manages the company book, 1002 views it, 1003 is a stranger. */
export async function openHouseOfFour(parts?: HouseParts): Promise<ContactsHouse> {
  const house = await openContactsHouse(parts);
  await house.people({ id: '1000', admin: true }, { id: '1001' }, { id: '1002', groups: ['sales'] }, { id: '1003' });
  house.extensions('1000', '1001', '1002', '1003');
  await house.rules.setPermissions(OPERATOR, [
    { id: 'managers', who: { extension: '1001' }, books: ['company'], view: true, manage: true },
    { id: 'sales', who: { group: 'sales' }, books: ['company'], view: true, manage: false },
  ]);
  return house;
}

/** How a call ended: what it answered, or the code, reason and current item it was refused with. */
export async function outcome(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    (answer) => answer,
    (error: { code?: string; detail?: { reason?: string; current?: unknown }; message: string }) => {
      if (error.code === undefined) throw error;
      const { reason, current } = error.detail ?? {};
      return { refused: error.code, ...(reason ? { reason } : {}), ...(current ? { current } : {}) };
    },
  );
}
