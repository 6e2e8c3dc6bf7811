// Who may pass do not disturb: whether a caller is among the numbers named for the callee or among the favourites he sees at
// this moment. By keys of numbers alone, never by an ending. Knows no dialplan and no deadline.
import { matchOf } from '../domain/caller-match.ts';
import { type AskedNumber, askedNumber } from '../domain/caller-number.ts';
import { type Numbering, numberKeys } from '../domain/phone-number.ts';
import type { Access } from './access.ts';
import type { FavoriteRow } from './book-rows.ts';
import type { ContactRow } from './contact-row.ts';
import type { LetThroughList } from './dialplan-port.ts';
import type { ExtensionRow } from './rows.ts';
import type { Store } from './store.ts';
import type { UserRow } from './users-row.ts';
import type { Viewer } from './viewer.ts';

/** Favourites of one user that are looked at: as many as he may have. */
const MOST_FAVORITES = 2_000;

export interface LetThroughParts {
  readonly store: Store;
  readonly access: Access;
  readonly numbering: Numbering;
}

export interface LetThroughQuestion {
  /** The extension that is called. */
  readonly callee: string;
  /** As the PBX has it. */
  readonly number: string;
  readonly lists: readonly LetThroughList[];
  /** The call comes from outside: a number that looks like an extension is not believed to be one. */
  readonly outside?: boolean | undefined;
}

/**
 * The list that lets the caller through, undefined for none. The named numbers go first: they wait for nothing. Rejects when
 * the store does; decided with the rights of the moment in which it resolves.
 */
export async function letsThrough(
  parts: LetThroughParts,
  { callee, number, lists, outside = false }: LetThroughQuestion,
): Promise<LetThroughList | undefined> {
  const { store, numbering } = parts;
  const asked = askedNumber(number, numbering, 0);
  const user = activeUser(store, callee);
  if (!asked || !user || (outside && isExtensionAlone(store, asked))) return undefined;
  const caller = outside ? { ...asked, dialled: undefined } : asked;
  if (lists.includes('numbers') && isAmong(user.letThrough ?? [], caller, numbering)) return 'numbers';
  return lists.includes('favorites') && (await isFavorite(parts, callee, caller)) ? 'favorites' : undefined;
}

function activeUser(store: Store, extension: string): UserRow | undefined {
  const user = store.get('users', extension)?.value as UserRow | undefined;
  return user && !user.disabled ? user : undefined;
}

/** Whether it is an extension, in whatever spelling, and no number of the public network too. */
function isExtensionAlone(store: Store, { keys: [key = ''] }: AskedNumber): boolean {
  return key.startsWith('#') && store.get('extensions', key.slice(1)) !== undefined;
}

function isAmong(numbers: readonly string[], caller: AskedNumber, numbering: Numbering): boolean {
  return hasKeys(
    numbers.map((number) => numberKeys(number, numbering)),
    caller,
  );
}

/** Without an ending, and so by key. */
function hasKeys(numbers: ContactRow['keys'], caller: AskedNumber): boolean {
  return matchOf(numbers, caller, 0) !== undefined;
}

async function isFavorite(parts: LetThroughParts, callee: string, caller: AskedNumber): Promise<boolean> {
  const { store, access } = parts;
  const asked = { table: 'favorites', scope: callee, since: null, removedSince: null, limit: MOST_FAVORITES } as const;
  const { rows } = await store.read(asked);
  const targets = rows.slice(0, MOST_FAVORITES).map(({ value }) => (value as FavoriteRow).target);
  if (withPrefix(targets, 'extension:').some((extension) => isColleague(parts, callee, extension, caller))) return true;
  const ids = withPrefix(targets, 'contact:');
  if (ids.length === 0) return false;
  const contacts = await store.find('contacts', ids);
  const viewer = viewerOf(store, callee);
  if (!viewer) return false;
  for (const { value } of contacts.values()) {
    const { book, keys } = value as ContactRow;
    if (hasKeys(keys, caller) && access.rights(viewer, book).view) return true;
  }
  return false;
}

/** Whether the caller is this colleague, at his extension or his mobile, and the callee may know of him. */
function isColleague(
  { store, access, numbering }: LetThroughParts,
  callee: string,
  extension: string,
  caller: AskedNumber,
): boolean {
  const viewer = viewerOf(store, callee);
  const row = store.get('extensions', extension)?.value as ExtensionRow | undefined;
  if (!viewer || !row || !access.sight(viewer).sees(extension)) return false;
  const { mobile } = row.item;
  return caller.dialled === extension || (mobile !== undefined && isAmong([mobile], caller, numbering));
}

/** The callee as his own client would ask, at this moment. */
function viewerOf(store: Store, extension: string): Viewer | undefined {
  const user = activeUser(store, extension);
  return user && { extension, admin: user.admin, contacts: true };
}

function withPrefix(targets: readonly string[], prefix: string): string[] {
  return targets.filter((target) => target.startsWith(prefix)).map((target) => target.slice(prefix.length));
}
