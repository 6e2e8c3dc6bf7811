// What importing is for, on plain lists: row after row, each compared with every contact of the book. Written from the protocol, not from the
// program; small files and books only.

import { type ContactFields, readContact, sameFields } from '../../src/domain/contact.ts';
import type { OnDuplicate } from '../../src/domain/contact-import.ts';
import { sameNumber } from '../../src/domain/phone-number.ts';
import { NUMBERING } from './contacts-house.ts';

interface ModelRow {
  readonly id?: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface ModelFile {
  readonly rows: readonly ModelRow[];
  /** Fields that the file has columns for, and types of its numbers. */
  readonly speaksOf: readonly string[];
  readonly types: readonly string[];
}

/** The one that was changed longest ago comes first. */
export type ModelBook = readonly { readonly id: string; readonly fields: ContactFields }[];

type Outcome = 'added' | 'updated' | 'unchanged' | 'skipped' | 'failed';

export interface ModelEnd {
  readonly book: ModelBook;
  readonly outcomes: readonly Outcome[];
}

/** `newId`: the id of the nth contact that is made. */
export function importInto(
  start: ModelBook,
  file: ModelFile,
  rule: OnDuplicate,
  newId: (n: number) => string,
): ModelEnd {
  let book = start;
  let made = 0;
  const outcomes: Outcome[] = [];
  const ids = new Set<string>();
  for (const row of file.rows) {
    const isSecond = row.id !== undefined && ids.has(row.id);
    if (row.id !== undefined) ids.add(row.id);
    const decided = isSecond ? 'failed' : decide(book, row, file, rule);
    outcomes.push(typeof decided === 'string' ? decided : decided.outcome);
    if (typeof decided === 'string') continue;
    if (decided.outcome === 'added') {
      made += 1;
      book = [...book, { id: newId(made), fields: decided.fields }];
    } else {
      const { id, fields } = decided;
      book = [...book.filter((one) => one.id !== id), { id, fields }];
    }
  }
  return { book, outcomes };
}

type Decision =
  | Outcome
  | { readonly outcome: 'added'; readonly fields: ContactFields }
  | { readonly outcome: 'updated'; readonly id: string; readonly fields: ContactFields };

function decide(book: ModelBook, row: ModelRow, file: ModelFile, rule: OnDuplicate): Decision {
  const own = contactOf(row.fields);
  const known = book.find(({ id }) => id === row.id);
  if (!known && !own) return 'failed';
  const meant = known ? [known] : own ? alike(book, own) : [];
  const results = meant.map((contact) => ({ contact, result: merge(contact.fields, row, file) }));
  if (results.some(({ contact, result }) => result && sameFields(result, contact.fields))) return 'unchanged';
  const [first] = results;
  if (!first || rule === 'add') return own ? { outcome: 'added', fields: own } : 'failed';
  if (rule === 'skip') return first.result || own ? 'skipped' : 'failed';
  return first.result ? { outcome: 'updated', id: first.contact.id, fields: first.result } : 'failed';
}

/** Contacts with the same names and a number in common: by the numbers of the row in their order. */
function alike(book: ModelBook, own: ContactFields): ModelBook {
  const names = ({ firstName = '', lastName = '', company = '' }: ContactFields) =>
    JSON.stringify([firstName, lastName, company].map((name) => name.toLowerCase()));
  const named = book.filter(({ fields }) => names(fields) === names(own));
  const has = ({ numbers }: ContactFields, number: string) =>
    numbers.some((other) => sameNumber(other.number, number, NUMBERING));
  return [...new Set(own.numbers.flatMap(({ number }) => named.filter(({ fields }) => has(fields, number))))];
}

function merge(contact: ContactFields, row: ModelRow, { speaksOf, types }: ModelFile): ContactFields | undefined {
  const merged: Record<string, unknown> = { ...contact };
  for (const key of speaksOf) merged[key] = row.fields[key];
  if (speaksOf.includes('numbers')) {
    const others = contact.numbers.filter(({ type }) => !types.includes(type));
    const before = contact.numbers.filter(({ type }) => types.includes(type));
    const given = (row.fields['numbers'] ?? []) as ContactFields['numbers'];
    merged['numbers'] = JSON.stringify(before) === JSON.stringify(given) ? contact.numbers : [...given, ...others];
  }
  return contactOf(merged);
}

function contactOf(fields: unknown): ContactFields | undefined {
  try {
    return readContact(fields);
  } catch {
    // It is no contact: the row fails.
    return undefined;
  }
}
