// What a row of a file makes of a contact: by itself, and of one that is there already. Pure.
import { type ContactFields, readContact, sameFields } from '../domain/contact.ts';
import { Failure, type Issue } from '../domain/failure.ts';
import type { FileRow } from './contact-file.ts';

/** Fields in normal form, or what is wrong: the paths are those of the row's `cell`. */
export type Made = { readonly fields: ContactFields } | { readonly issues: readonly Issue[] };

const TEXTS = ['firstName', 'lastName', 'company', 'title', 'remark'] as const;
const LISTS = ['numbers', 'emails', 'addresses'] as const;
type List = (typeof LISTS)[number];

/** The row as a contact of its own. */
export function madeOf({ fields }: FileRow): Made {
  return read(fields);
}

/**
 * The contact as the row changes it: fields that the file speaks of are taken over, of numbers, e-mails and addresses those of the types it
 * has columns for; others stay, after those of the file. Where these are the same as before, the list stays in its order. `own`: the row as a
 * contact of its own.
 */
export function mergedWith(contact: ContactFields, row: FileRow, own: Made): Made {
  if ('fields' in own && saysAll(contact, row)) return own;
  const merged: Record<string, unknown> = {};
  for (const key of TEXTS) merged[key] = Object.hasOwn(row.fields, key) ? row.fields[key] : contact[key];
  for (const list of LISTS) {
    const given = row.fields[list] ?? [];
    if (!Object.hasOwn(row.fields, list)) merged[list] = contact[list];
    else if (Array.isArray(given)) merged[list] = [...given, ...othersOf(contact, list, row)];
    else merged[list] = given;
  }
  const made = read({ ...row.fields, ...merged });
  if (!('fields' in made)) return made;
  return { fields: inOldOrder(made.fields, contact, row) };
}

/** Whether nothing of the contact stays beside what the row says. */
function saysAll(contact: ContactFields, row: FileRow): boolean {
  const speaksOf = (key: string) => Object.hasOwn(row.fields, key);
  return TEXTS.every(speaksOf) && LISTS.every((list) => speaksOf(list) && othersOf(contact, list, row).length === 0);
}

function read(given: object): Made {
  try {
    return { fields: readContact(given, '') };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { issues: error.detail.issues ?? [{ path: '', message: error.message }] };
  }
}

/** Entries of the contact that are not of the file's types. */
function othersOf(contact: ContactFields, list: List, { covers }: FileRow): readonly { readonly type: string }[] {
  if (covers === 'all') return [];
  return (contact[list] ?? []).filter(({ type }) => !covers[list].includes(type));
}

function inOldOrder(fields: ContactFields, contact: ContactFields, row: FileRow): ContactFields {
  let result = fields;
  for (const list of LISTS) {
    const others = othersOf(contact, list, row);
    if (others.length === 0 || !Object.hasOwn(row.fields, list)) continue;
    const before = contact[list] ?? [];
    const covered = before.filter((entry) => !others.includes(entry));
    const given = (fields[list] ?? []).slice(0, -others.length);
    if (isSame(list, covered, given)) result = { ...result, [list]: before };
  }
  return result;
}

function isSame(list: List, a: readonly object[], b: readonly object[]): boolean {
  return sameFields({ numbers: [], [list]: a }, { numbers: [], [list]: b });
}
