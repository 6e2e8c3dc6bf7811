// What a contact is called in a list. Pure.
import type { ContactFields } from './types.ts';

/** First and last name, without both the company, without all the first number. */
export function displayName(contact: Pick<ContactFields, 'firstName' | 'lastName' | 'company' | 'numbers'>): string {
  const name = [contact.firstName, contact.lastName].filter((part) => part).join(' ');
  return name || contact.company || contact.numbers[0]?.number || '';
}
