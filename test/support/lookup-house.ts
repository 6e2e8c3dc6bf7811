// The house of four with a lookup over a store that can be late, and short words for who is in its books.
import type { Asker, Directory } from '../../src/service/caller.ts';
import { Lookup, type LookupOptions } from '../../src/service/lookup.ts';
import type { Numbering } from '../../src/service/numbering.ts';
import { NUMBERING, OPERATOR, openHouseOfFour } from './contacts-house.ts';
import { LateStore } from './late-store.ts';
import { MemoryStore } from './memory-store.ts';

interface HouseParts {
  readonly order?: readonly Directory[];
  readonly lastDigits?: number;
  readonly numbering?: Numbering;
}

/** 1000 is an administrator, 1001 manages the company book, 1002 views it, 1003 is a stranger. */
export async function openLookupHouse({
  order = ['extension', 'personal', 'company'],
  lastDigits = 7,
  numbering = NUMBERING,
}: HouseParts = {}) {
  const house = await openHouseOfFour({ store: new MemoryStore({ lastDigits }), numbering });
  const late = new LateStore(house.store);
  const lookup = new Lookup({ store: late, access: house.access, numbering, order, lastDigits });

  /** A contact of a company book, or with `personal:1001` of that user; `name` is the last name. */
  const add = async (book: string, name: string, ...numbers: readonly string[]): Promise<string> => {
    const [personal, owner] = book.split(':');
    const viewer = owner === undefined ? OPERATOR : house.as(owner);
    const fields = { lastName: name, numbers: numbers.map((number) => ({ type: 'other', number })) };
    const { id } = await house.contacts.create(viewer, { book: personal ?? '', contact: fields });
    return id;
  };
  /** Another company book; returns its id. */
  const book = async (name: string): Promise<string> => (await house.books.create(OPERATOR, { name })).id;
  /** What the PBX calls an extension. */
  const called = (number: string, name?: string) => {
    const said = name === undefined ? {} : { name };
    const item = { id: number, number, name: name ?? number, groups: [] };
    house.store.note([{ table: 'extensions', id: number, value: { item, said } }]);
  };
  /** Who it is: the directory and the name. */
  const find = async (asker: Asker | string, number: string, options?: LookupOptions): Promise<string> => {
    const who: Asker = typeof asker === 'string' && asker !== 'anyone' ? { callee: asker } : (asker as Asker);
    const caller = await lookup.find(who, number, options);
    return caller ? `${caller.directory} ${caller.name}` : 'nobody';
  };
  /** Rules of visibility by which everybody is kept from knowing of these. */
  const hide = (...numbers: readonly string[]) =>
    house.rules.setVisibility(
      OPERATOR,
      numbers.map((extension) => ({ who: { everyone: true }, whom: { extension }, see: false })),
    );
  /** Company books that everybody views. */
  const open = (...books: readonly string[]) =>
    house.rules.setPermissions(
      OPERATOR,
      books.length === 0 ? [] : [{ who: { everyone: true }, books, view: true, manage: false }],
    );
  return { ...house, lookup, late, add, book, called, find, hide, open };
}

export type LookupHouse = Awaited<ReturnType<typeof openLookupHouse>>;
