// The methods a client may call: the schema of each one's params. Types of params are inferred from here.
import { z } from 'zod';
import { Failure } from '../domain/failure.ts';
import { STATUSES } from '../domain/presence.ts';
import { PLATFORMS } from '../domain/version-gate.ts';
import { NOTE_LENGTH } from './limits.ts';

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
    .slice(0, MOST_ISSUES)
    .map(({ path, message }) => ({ path: short(path.map(String).join('.')), message: short(message) }));
  throw new Failure('params', `${method}: ${issues[0]?.message ?? 'wrong params'}`, { issues });
}

function short(text: string): string {
  return text.length <= LONGEST_ISSUE ? text : `${text.slice(0, LONGEST_ISSUE - 1).toWellFormed()}…`;
}
