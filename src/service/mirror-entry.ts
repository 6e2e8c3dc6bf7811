// What a number is to be shown as to somebody who asks without saying who he is and who is called. Asks the store each time;
// keeps nothing.
import { compareCandidates, matchOf } from '../domain/caller-match.ts';
import { callerName } from '../domain/caller-name.ts';
import { askedNumber } from '../domain/caller-number.ts';
import { trunkSpellings } from '../domain/number-spellings.ts';
import type { Numbering } from '../domain/phone-number.ts';
import type { Access } from './access.ts';
import type { ContactRow } from './contact-row.ts';
import type { MirrorEntry } from './mirror-port.ts';
import type { SiteNumbers } from './site-numbers.ts';
import type { Store } from './store.ts';

export interface MirrorEntryParts {
  readonly store: Store;
  readonly access: Access;
  readonly numbering: Numbering;
  /** How this PBX calls its extensions; absent: by their ids. */
  readonly numbers?: SiteNumbers;
}

/** Numbers are compared whole: no last digits. */
const WHOLE = 0;
const IDS = /^(?:\+|#(?=\d))\d{2,20}$/;

/** The id of a number by its key; undefined for what is not mirrored: lines behind a number and codes. */
export function mirrorId(key: string): string | undefined {
  return IDS.test(key) ? key.replace('#', '') : undefined;
}

function keyOf(id: string): string {
  return id.startsWith('+') ? id : `#${id}`;
}

/** The name in those books that nobody is kept from; of several contacts the one that a lookup would name. */
export async function mirrorEntry(parts: MirrorEntryParts, id: string): Promise<MirrorEntry | undefined> {
  const { store, access, numbering, numbers } = parts;
  const key = keyOf(id);
  const scopes = access.booksForAll();
  const spellings = scopes.length === 0 ? [] : trunkSpellings(key, numbering);
  // A colleague who calls has his own name.
  if (key.startsWith('#') && (store.get('extensions', id) || numbers?.isOwn(numbers.idOf(id)))) return undefined;
  const asked = askedNumber(spellings[0] ?? '', numbering, WHOLE);
  if (!asked) return undefined;
  const rows = await store.byNumber({ scopes, keys: asked.keys, ending: undefined });
  const open = access.booksForAll();
  const candidates = rows.flatMap((row) => {
    const contact = row.value as ContactRow;
    const match = open.includes(contact.book) ? matchOf(contact.keys, asked, WHOLE) : undefined;
    return match ? [{ match, created: contact.created, id: row.id, contact }] : [];
  });
  for (const { contact } of candidates.sort(compareCandidates)) {
    const name = callerName(contact.fields);
    if (name !== '') return { spellings, name };
  }
  return undefined;
}
