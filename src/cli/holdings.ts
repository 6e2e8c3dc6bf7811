// How much a store holds, in words: counts alone, nothing of what is in it.
import type { Holdings } from '../service/backup.ts';

export function holdingsText({ users, companyContacts, personalContacts }: Holdings): string {
  return `${counted(companyContacts, 'company contact')}, ${counted(personalContacts, 'personal contact')} and ${counted(users, 'user')}`;
}

/** `no users`, `1 user`, `2 users`. */
export function counted(number: number, what: string): string {
  return number === 1 ? `1 ${what}` : `${number === 0 ? 'no' : number} ${what}s`;
}
