// The methods a client may call: the schema of each one's params. Types of params are inferred from here.
import { z } from 'zod';
import { Failure } from '../domain/failure.ts';
import { STATUSES } from '../domain/presence.ts';
import { PLATFORMS } from '../domain/version-gate.ts';
import { CONTACT_LIMITS, MESSAGE_LENGTH, NOTE_LENGTH } from './limits.ts';

const extension = z.string().min(1).max(16);
const line = (max: number) => z.string().max(max);

/** What a newer client says more of itself is left aside. */
const client = z.object({
  platform: z.enum(PLATFORMS),
  version: line(64),
  name: line(127).optional(),
});

const auth = z.union([
  z.strictObject({ login: line(255).min(1), password: line(256) }),
  z.strictObject({ token: line(256).min(1) }),
]);

const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text).toISOString());

/** Whatever stands in the place of a cursor and is none makes a reset, not an error (S2). */
const cursors = z.record(
  z.string(),
  z.unknown().transform((cursor) => (typeof cursor === 'string' ? cursor : '')),
);

/** An id that the server or a client made: opaque. */
const id = line(64).min(1);

/** A UUID of any version, in lower case. */
const newId = z.guid().transform((uuid) => uuid.toLowerCase());

/** What a contact may hold is read by the domain, which names every fault by its place. */
const fields = z.custom<Readonly<Record<string, unknown>>>(
  (given) => typeof given === 'object' && given !== null && !Array.isArray(given),
  'must be an object',
);

/** One contact or several: the two shapes of `contacts.delete`. */
const toDelete = z
  .strictObject({
    id: id.optional(),
    ids: z.array(id).max(CONTACT_LIMITS.deletedAtOnce).optional(),
    ifRev: z.int().optional(),
  })
  .transform(({ id: one, ids, ifRev }, { issues, value }) => {
    if (one !== undefined && ids === undefined) return { id: one, ...(ifRev === undefined ? {} : { ifRev }) };
    if (one === undefined && ids !== undefined && ifRev === undefined) return { ids };
    const message = 'must have either id, and perhaps ifRev, or ids';
    issues.push({ code: 'custom', path: [], message, input: value });
    return z.NEVER;
  });

const who = z.union(
  [
    z.strictObject({ everyone: z.literal(true) }),
    z.strictObject({ extension: extension }),
    z.strictObject({ group: line(63).min(1) }),
  ],
  'must be exactly one of {"everyone":true}, {"extension":…} and {"group":…}',
);

const rule = {
  id: z
    .string()
    .regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, and _ . -')
    .optional(),
  order: z.int().optional(),
  who,
};

const permission = z.strictObject({
  ...rule,
  books: z.union(
    [z.literal('*'), z.array(id).min(1).max(CONTACT_LIMITS.booksNamed)],
    'must be "*" or a list of ids of books',
  ),
  view: z.boolean(),
  manage: z.boolean(),
});

const visibility = z.strictObject({ ...rule, whom: who, see: z.boolean() });

export const METHODS = {
  'session.open': z.strictObject({ client, auth }),
  'session.renew': z.strictObject({}),
  'session.close': z.strictObject({}),
  'session.list': z.strictObject({}),
  'session.revoke': z.strictObject({ id: line(64).min(1) }),
  'session.ping': z.strictObject({}),
  'sync.open': z.strictObject({ collections: z.array(line(256)).max(1000), cursors: cursors.optional() }),
  'presence.set': z.strictObject({
    status: z.enum(STATUSES),
    note: line(NOTE_LENGTH).optional(),
    until: time.optional(),
    extension: extension.optional(),
  }),
  'contacts.create': z.strictObject({ book: id, contact: fields, id: newId.optional() }),
  'contacts.update': z.strictObject({ id, patch: fields, ifRev: z.int().optional() }),
  'contacts.addNumber': z.strictObject({ id, type: z.unknown(), number: z.unknown() }),
  'contacts.move': z.strictObject({ id, book: id }),
  'contacts.delete': toDelete,
  'contacts.search': z.strictObject({
    text: line(CONTACT_LIMITS.searchText),
    books: z.array(id).max(CONTACT_LIMITS.booksNamed).optional(),
    limit: z.int().min(1).max(CONTACT_LIMITS.found).optional(),
  }),
  'lookup.number': z.strictObject({ number: line(64).min(1), explain: z.boolean().optional() }),
  'favorites.add': z.strictObject({ id: line(96).min(1) }),
  'favorites.remove': z.strictObject({ id: line(96).min(1) }),
  'calls.dial': z.strictObject({ number: line(64).min(1) }),
  'messages.send': z.strictObject({ to: extension, text: line(MESSAGE_LENGTH).min(1), id: newId.optional() }),
  'messages.read': z.strictObject({ with: extension, upTo: id }),
  'books.create': z.strictObject({ name: line(255) }),
  'books.rename': z.strictObject({ id, name: line(255) }),
  'books.delete': z.strictObject({ id }),
  'permissions.set': z.strictObject({ rules: z.array(permission).max(CONTACT_LIMITS.rulesRead) }),
  'visibility.set': z.strictObject({ rules: z.array(visibility).max(CONTACT_LIMITS.rulesRead) }),
  'users.set': z.strictObject({
    id: extension,
    name: z.string().optional(),
    email: z.string().optional(),
    mobile: z.string().optional(),
    groups: z.array(z.string()).optional(),
    admin: z.boolean().optional(),
    disabled: z.boolean().optional(),
    password: z.string().optional(),
    current: z.string().optional(),
  }),
} as const;

export type Method = keyof typeof METHODS;
export type Params<M extends Method> = z.output<(typeof METHODS)[M]>;

export function isMethod(name: string): name is Method {
  return Object.hasOwn(METHODS, name);
}

const MOST_ISSUES = 20;
/** Messages and paths may repeat what the client sent. */
const LONGEST_ISSUE = 200;

/** The params of a method, checked. Throws Failure `params` with at most 20 issues. */
export function readParams<M extends Method>(method: M, params: unknown): Params<M> {
  const read = METHODS[method].safeParse(params);
  if (read.success) return read.data as Params<M>;
  const issues = read.error.issues
    .flatMap(told)
    .slice(0, MOST_ISSUES)
    .map(({ path, message }) => ({ path: short(path.map(String).join('.')), message: short(message) }));
  throw new Failure('params', `${method}: ${issues[0]?.message ?? 'wrong params'}`, { issues });
}

/** A key that is not known is named by its own path, and not by that of what it is in. */
function told(issue: z.core.$ZodIssue): { readonly path: readonly PropertyKey[]; readonly message: string }[] {
  if (issue.code !== 'unrecognized_keys') return [issue];
  return issue.keys.slice(0, MOST_ISSUES).map((key) => ({ path: [...issue.path, key], message: 'is not known' }));
}

function short(text: string): string {
  return text.length <= LONGEST_ISSUE ? text : `${text.slice(0, LONGEST_ISSUE - 1).toWellFormed()}…`;
}
