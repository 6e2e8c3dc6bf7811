// A contact's own fields: what may be said of a person or company outside, and how what a client says is brought into one
// normal form. Knows no book, no right and no store. Pure.

import { Failure, type Issue } from './failure.ts';
import { plainDigits } from './fold.ts';
import { type Reading, readList, readObject, readText, refuse } from './reading.ts';

export const NUMBER_TYPES = ['business', 'mobile', 'home', 'business_fax', 'home_fax', 'other'] as const;
export const PLACE_TYPES = ['work', 'home', 'other'] as const;
type NumberType = (typeof NUMBER_TYPES)[number];
type PlaceType = (typeof PLACE_TYPES)[number];

/** Lengths in characters (code points) of the normal form; `numbers`, `emails` and `addresses` in entries. */
export const LIMITS = {
  name: 127,
  title: 127,
  number: 31,
  email: 255,
  addressPart: 255,
  remark: 1024,
  numbers: 20,
  emails: 20,
  addresses: 5,
} as const;

export interface ContactNumber {
  readonly type: NumberType;
  readonly number: string;
}

interface ContactEmail {
  readonly type: PlaceType;
  readonly address: string;
}

interface ContactAddress {
  readonly type: PlaceType;
  readonly street?: string;
  readonly city?: string;
  readonly state?: string;
  readonly zip?: string;
  readonly country?: string;
}

/** In normal form: trimmed, NFC, absent when empty. At least a first name, last name or company, and one number. */
export interface ContactFields {
  readonly firstName?: string;
  readonly lastName?: string;
  readonly company?: string;
  readonly title?: string;
  /** Order is kept. */
  readonly numbers: readonly ContactNumber[];
  readonly emails?: readonly ContactEmail[];
  readonly addresses?: readonly ContactAddress[];
  readonly remark?: string;
}

const FIELDS = ['firstName', 'lastName', 'company', 'title', 'numbers', 'emails', 'addresses', 'remark'] as const;
const ADDRESS_PARTS = ['street', 'city', 'state', 'zip', 'country'] as const;
const NUMBER_KEYS = ['type', 'number'] as const;

/** What the server says of a contact: refused in what a client gives, with a word on what to do instead. */
const NOT_GIVEN: Readonly<Record<string, string>> = {
  id: 'is not a field of the contact; it is given beside it',
  book: 'is not a field of the contact; move it to another book with contacts.move',
  kind: 'is set by the server',
  rev: 'is set by the server',
  created: 'is set by the server',
  updated: 'is set by the server',
  createdBy: 'is set by the server',
  updatedBy: 'is set by the server',
};

/**
 * The fields of a contact in normal form. Failure `params` with every issue, at most 20, whose paths begin with `path`.
 * What is in normal form reads as itself. `null` and empty text mean absent.
 */
export function readContact(given: unknown, path = 'contact'): ContactFields {
  return settle((issues) => contactOf(given, { path, issues }));
}

/**
 * The fields after a JSON Merge Patch (RFC 7396): `null` takes a field away, a list replaces the whole list. Failure `params`
 * as readContact has it, with paths that begin with `patch`.
 */
export function patchContact(fields: ContactFields, patch: unknown): ContactFields {
  return settle((issues) => {
    const reading = { path: 'patch', issues };
    const changes = readObject(patch, FIELDS, NOT_GIVEN, reading);
    if (!changes) return undefined;
    const merged: Record<string, unknown> = {};
    for (const key of FIELDS) merged[key] = Object.hasOwn(changes, key) ? changes[key] : fields[key];
    return contactOf(merged, reading);
  });
}

/** One number, as `contacts.addNumber` gives it. Failure `params` with the paths `type` and `number`. */
export function readNumber(given: unknown): ContactNumber {
  return settle((issues) => numberOf(given, { path: '', issues }));
}

/** The fields with one number more, at the end. Failure `params` when there are as many as there may be. */
export function withNumber(fields: ContactFields, number: ContactNumber): ContactFields {
  if (fields.numbers.length < LIMITS.numbers) return { ...fields, numbers: [...fields.numbers, number] };
  const message = `the contact has ${LIMITS.numbers} numbers already, as many as it may have`;
  throw new Failure('params', `number: ${message}`, { issues: [{ path: 'number', message }] });
}

/** Whether both say the same; the order of keys means nothing, that of entries does. */
export function sameFields(a: ContactFields, b: ContactFields): boolean {
  return a === b || JSON.stringify(values(a)) === JSON.stringify(values(b));
}

function values(fields: ContactFields): unknown[] {
  return [
    ...['firstName', 'lastName', 'company', 'title', 'remark'].map((key) => fields[key as 'title'] ?? ''),
    fields.numbers.map(({ type, number }) => [type, number]),
    (fields.emails ?? []).map(({ type, address }) => [type, address]),
    (fields.addresses ?? []).map((address) => [address.type, ...ADDRESS_PARTS.map((part) => address[part] ?? '')]),
  ];
}

function settle<T>(read: (issues: Issue[]) => T | undefined): T {
  const issues: Issue[] = [];
  const result = read(issues);
  const [first] = issues;
  if (result !== undefined && !first) return result;
  const message = first?.path ? `${first.path}: ${first.message}` : (first?.message ?? 'cannot be read');
  throw new Failure('params', message, { issues });
}

function contactOf(given: unknown, reading: Reading): ContactFields | undefined {
  const contact = readObject(given, FIELDS, NOT_GIVEN, reading);
  if (!contact) return undefined;
  const before = reading.issues.length;
  const firstName = line(contact, 'firstName', LIMITS.name, reading);
  const lastName = line(contact, 'lastName', LIMITS.name, reading);
  const company = line(contact, 'company', LIMITS.name, reading);
  if (!firstName && !lastName && !company && reading.issues.length === before) {
    refuse(reading, 'needs a first name, a last name or a company');
  }
  const title = line(contact, 'title', LIMITS.title, reading);
  const numbers = readList(contact['numbers'], LIMITS.numbers, at(reading, 'numbers'), numberOf);
  if (numbers?.length === 0) refuse(at(reading, 'numbers'), 'needs at least one number');
  const emails = readList(contact['emails'], LIMITS.emails, at(reading, 'emails'), emailOf) ?? [];
  const addresses = readList(contact['addresses'], LIMITS.addresses, at(reading, 'addresses'), addressOf) ?? [];
  const told = addresses.filter((address) => Object.keys(address).length > 1);
  const remark = readText(contact['remark'], { longest: LIMITS.remark, lines: true }, at(reading, 'remark'));
  return {
    ...(firstName ? { firstName } : {}),
    ...(lastName ? { lastName } : {}),
    ...(company ? { company } : {}),
    ...(title ? { title } : {}),
    numbers: numbers ?? [],
    ...(emails.length > 0 ? { emails } : {}),
    ...(told.length > 0 ? { addresses: told } : {}),
    ...(remark ? { remark } : {}),
  };
}

function numberOf(given: unknown, reading: Reading): ContactNumber | undefined {
  const entry = readObject(given, NUMBER_KEYS, {}, reading);
  if (!entry) return undefined;
  const type = wordOf(entry, NUMBER_TYPES, reading);
  const where = at(reading, 'number');
  const raw = entry['number'];
  if (typeof raw === 'number') {
    return refuse(where, 'must be text in quotes, such as "+44 20 7946 0000": a bare number loses + and leading zeros');
  }
  const number = readText(typeof raw === 'string' ? plainNumber(raw) : raw, { longest: LIMITS.number }, where);
  if (number === undefined) return undefined;
  if (number === '') return refuse(where, 'must not be empty');
  const strange = /[^0-9A-Za-z ().\-+*#]/u.exec(number)?.[0];
  if (strange) return refuse(where, `may hold digits, letters, spaces and ( ) . - + * # only, not ${strange}`);
  if (!/[0-9A-Za-z*#]/.test(number)) return refuse(where, 'must hold at least one digit, letter, * or #');
  return type && { type, number };
}

/** Without what is not seen or only looks different, as it comes with a number copied from a document or a telephone. */
function plainNumber(text: string): string {
  return plainDigits(text)
    .replace(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
    .replace(/[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g, ' ')
    .replace(/[\u2010-\u2015\u2212\ufe63\uff0d]/g, '-')
    .replace(/[\uff08-\uff0b\uff0e\uff03\uff10-\uff19]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0));
}

function emailOf(given: unknown, reading: Reading): ContactEmail | undefined {
  const entry = readObject(given, ['type', 'address'], {}, reading);
  if (!entry) return undefined;
  const type = wordOf(entry, PLACE_TYPES, reading);
  const where = at(reading, 'address');
  const address = readText(entry['address'], { longest: LIMITS.email }, where);
  if (address === undefined) return undefined;
  if (address === '') return refuse(where, 'must not be empty');
  if (!/^\S+@\S+$/u.test(address)) return refuse(where, 'must be an e-mail address such as ada@example.com');
  return type && { type, address };
}

function addressOf(given: unknown, reading: Reading): ContactAddress | undefined {
  const entry = readObject(given, ['type', ...ADDRESS_PARTS], {}, reading);
  if (!entry) return undefined;
  const type = wordOf(entry, PLACE_TYPES, reading);
  const parts: { -readonly [P in (typeof ADDRESS_PARTS)[number]]?: string } = {};
  for (const part of ADDRESS_PARTS) {
    const text = line(entry, part, LIMITS.addressPart, reading);
    if (text) parts[part] = text;
  }
  return type && { type, ...parts };
}

function line(entry: Readonly<Record<string, unknown>>, key: string, longest: number, reading: Reading): string {
  return readText(entry[key], { longest }, at(reading, key)) ?? '';
}

function wordOf<W extends string>(entry: Readonly<Record<string, unknown>>, words: readonly W[], reading: Reading) {
  const word = words.find((known) => known === entry['type']);
  if (!word) refuse(at(reading, 'type'), `must be one of ${words.join(', ')}`);
  return word;
}

function at({ path, issues }: Reading, step: string): Reading {
  return { path: path === '' ? step : `${path}.${step}`, issues };
}
