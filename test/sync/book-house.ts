// A sync house with company books, rules and contacts, and short words for what happens to them.
import type { ContactItem, ContactRow } from '../../src/service/contact-row.ts';
import type { GivenPermission, GivenVisibility } from '../../src/service/rules-setting.ts';
import type { Store, Write } from '../../src/service/store.ts';
import type { Viewer } from '../../src/service/viewer.ts';
import { turn } from '../support/board-house.ts';
import type { SyncHouse } from '../support/sync-house.ts';

export const OPERATOR: Viewer = { extension: '', admin: true, contacts: true };
export const EVERYONE = { everyone: true } as const;

type AnyHouse = SyncHouse<Store>;

export function viewer(extension: string): Viewer {
  return { extension, admin: false, contacts: true };
}

export function fields(firstName: string): object {
  return { firstName, numbers: [{ type: 'mobile', number: '020 7946 0000' }] };
}

/** Who may view and change which books: `view company`, `manage *`, `view company 1001`. */
function rulesOf(...words: readonly string[]): GivenPermission[] {
  return words.map((text) => {
    const [what, books = '*', extension] = text.split(' ');
    const who = extension === undefined ? EVERYONE : { extension };
    return { who, books: books === '*' ? '*' : [books], view: what !== 'none', manage: what === 'manage' };
  });
}

export async function permit(house: AnyHouse, ...words: readonly string[]): Promise<void> {
  await house.rules.setPermissions(OPERATOR, rulesOf(...words));
}

/** Hides extensions from everybody. */
export async function hide(house: AnyHouse, ...numbers: readonly string[]): Promise<void> {
  const rules = numbers.map((extension): GivenVisibility => ({ who: EVERYONE, whom: { extension }, see: false }));
  await house.rules.setVisibility(OPERATOR, rules);
}

export function add(house: AnyHouse, book: string, name: string, by = OPERATOR): Promise<ContactItem> {
  return house.contacts.create(by, { book, contact: fields(name) });
}

export function rename(house: AnyHouse, { id }: { readonly id: string }, lastName: string, by = OPERATOR) {
  return house.contacts.update(by, { id, patch: { lastName } });
}

/** Many contacts in one commit, as an import stores them. */
export function manyContacts(book: string, count: number, from = 0): Write[] {
  const at = '2026-01-05T08:00:00.000Z';
  const by = { createdBy: '1001', updatedBy: '1001' };
  return Array.from({ length: count }, (_, n): Write => {
    const id = `bbbbbbbb-0000-4000-8000-${String(from + n).padStart(12, '0')}`;
    const row = { book, rev: 1, fields: fields(`Name ${from + n}`), keys: [[]], created: at, updated: at, ...by };
    return { table: 'contacts', id, value: row as unknown as ContactRow };
  });
}

/** As many turns as it takes for everything that waits for nothing but its turn. */
export async function turns(count = 12): Promise<void> {
  for (let n = 0; n < count; n++) await turn();
}
