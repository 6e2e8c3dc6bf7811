// Calls as their PBX names the extensions in them, and as everybody else does.
import type { CallEntry } from '../domain/call.ts';
import type { SiteNumbers } from './site-numbers.ts';

/** An entry that the PBX told, with ids. What a caller from outside presents as his number is none of the house. */
export function entryWithIds<T extends CallEntry>(entry: T, numbers: SiteNumbers): T {
  const { owner, number, outside } = entry;
  return { ...entry, owner: numbers.idOf(owner), number: outside ? number : numbers.idIfOwn(number) };
}
