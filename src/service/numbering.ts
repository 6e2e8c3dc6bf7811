// The keys under which a contact's numbers are found, for the country and the outside line of the settings. Knows no store.
import type { ContactFields } from '../domain/contact.ts';
import { type Numbering, numberKeys, sameNumber } from '../domain/phone-number.ts';

export { KEY_RULES, type Numbering } from '../domain/phone-number.ts';

/** The keys of each number, in the order of the numbers, as a row of `contacts` keeps them. */
export function keysOf({ numbers }: ContactFields, numbering: Numbering): readonly (readonly string[])[] {
  return numbers.map(({ number }) => numberKeys(number, numbering));
}

/** Whether the contact has this number already, in any spelling. */
export function hasNumber({ numbers }: ContactFields, number: string, numbering: Numbering): boolean {
  return numbers.some((other) => other.number === number || sameNumber(other.number, number, numbering));
}
