// Who the other party of a call is for the one in whose history it is. Asks the lookup; knows no row and no store.
import type { CallRow, KnownParty } from './call-row.ts';
import type { Lookup } from './lookup.ts';

/**
 * Who has this number, as far as the owner may see it at this moment: as a lookup names a caller for him, with or without a user of
 * his own. Undefined: nobody, or withheld. Rejects when the store does.
 */
export async function partyOf(
  lookup: Pick<Lookup, 'find'>,
  owner: string,
  { number, outside }: Pick<CallRow, 'number' | 'outside'>,
): Promise<KnownParty | undefined> {
  const caller = number === '' ? undefined : await lookup.find({ callee: owner }, number, { outside });
  if (!caller) return undefined;
  const { name, contact, extension } = caller;
  return {
    name,
    ...(contact ? { contact: contact.id, book: contact.row.book } : {}),
    ...(extension === undefined ? {} : { extension }),
  };
}

export function sameParty(a: KnownParty | undefined, b: KnownParty | undefined): boolean {
  if (!a || !b) return a === b;
  return a.name === b.name && a.contact === b.contact && a.book === b.book && a.extension === b.extension;
}
