// A user as the table `users` holds it and as others may see it, and the rules for each of its fields. Pure.
import { readNumber } from '../domain/contact.ts';
import { Failure, type Issue } from '../domain/failure.ts';

export interface UserRow {
  /** The extension number. */
  readonly id: string;
  readonly name?: string;
  readonly email?: string;
  readonly mobile?: string;
  readonly groups: readonly string[];
  readonly admin: boolean;
  readonly disabled: boolean;
  /** Numbers that reach the user on do not disturb, as they were written; never empty. */
  readonly letThrough?: readonly string[];
  /** `scrypt$N$r$p$salt$hash`; without it nobody can log in. */
  readonly password?: string;
}

/** The item of the collection `users`. */
export interface UserView extends Omit<UserRow, 'password'> {
  readonly hasPassword: boolean;
}

/** What of a user is to change; an empty name, e-mail or mobile takes it away, and so does a password of null. */
export interface UserPatch {
  readonly id: string;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly mobile?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly admin?: boolean | undefined;
  readonly disabled?: boolean | undefined;
  /** All of them; an empty list takes them away. */
  readonly letThrough?: readonly string[] | undefined;
  readonly password?: string | null | undefined;
}

const LENGTHS = { name: 127, email: 255, mobile: 31, group: 63, groups: 50, letThrough: 100 } as const;

/** How an e-mail is compared: case does not count. */
export function emailKey(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}

export function viewUser({ password, ...row }: UserRow): UserView {
  return { ...row, hasPassword: password !== undefined };
}

/** The row after the change; `before` is undefined for a new user. Throws Failure `params` with every wrong field. */
export function applyPatch(before: UserRow | undefined, patch: UserPatch, passwordHash: string | undefined): UserRow {
  const issues: Issue[] = [];
  // Eight digits at the PBX, and four of the site.
  if (!/^[0-9]{2,12}$/.test(patch.id))
    issues.push({ path: 'id', message: 'must be an extension number of 2 to 12 digits' });
  const name = field(patch.name, before?.name, (text) => readText(text, 'name', LENGTHS.name, issues));
  const email = field(patch.email, before?.email, (text) => readEmail(text, issues));
  const mobile = field(patch.mobile, before?.mobile, (text) => readMobile(text, issues));
  const groups = patch.groups === undefined ? (before?.groups ?? []) : readGroups(patch.groups, issues);
  const letThrough = patch.letThrough === undefined ? before?.letThrough : readLetThrough(patch.letThrough, issues);
  if (issues.length > 0) throw new Failure('params', `${issues[0]?.path}: ${issues[0]?.message}`, { issues });
  const password = patch.password === undefined ? before?.password : passwordHash;
  return {
    id: patch.id,
    ...(name ? { name } : {}),
    ...(email ? { email } : {}),
    ...(mobile ? { mobile } : {}),
    groups,
    admin: patch.admin ?? before?.admin ?? false,
    disabled: patch.disabled ?? before?.disabled ?? false,
    ...(letThrough && letThrough.length > 0 ? { letThrough } : {}),
    ...(password ? { password } : {}),
  };
}

function field(next: string | undefined, old: string | undefined, read: (text: string) => string): string | undefined {
  return next === undefined ? old : read(next);
}

/** Text of one line: spaces at the ends go; control characters and lone surrogates are refused. */
function readText(given: string, path: string, longest: number, issues: Issue[]): string {
  const text = given.trim();
  if (text.length > longest) issues.push({ path, message: `must have at most ${longest} characters` });
  else if (/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)) issues.push({ path, message: 'must hold no control characters' });
  return text;
}

function readEmail(given: string, issues: Issue[]): string {
  const before = issues.length;
  const text = readText(given, 'email', LENGTHS.email, issues);
  const wellFormed = /^[^\s@<>(),;:"\\[\]]{1,64}@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)*$/u.test(text);
  if (issues.length === before && text !== '' && !wellFormed) {
    issues.push({ path: 'email', message: 'must be an e-mail address such as alice@example.com' });
  }
  return text;
}

function readMobile(given: string, issues: Issue[]): string {
  const before = issues.length;
  const text = readText(given, 'mobile', LENGTHS.mobile, issues);
  if (issues.length === before && !/^[0-9A-Za-z ().\-+*#]*$/.test(text)) {
    issues.push({ path: 'mobile', message: 'may hold digits, letters, spaces and ( ) . - + * #' });
  }
  return text;
}

function readGroups(given: readonly string[], issues: Issue[]): string[] {
  if (given.length > LENGTHS.groups) {
    issues.push({ path: 'groups', message: `must be at most ${LENGTHS.groups} groups` });
    return [];
  }
  const groups = given.map((group, index) => {
    const text = readText(group, `groups.${index}`, LENGTHS.group, issues);
    if (text === '') issues.push({ path: `groups.${index}`, message: 'must not be empty' });
    return text;
  });
  return [...new Set(groups)];
}

/** As numbers of contacts are read; a caller has digits, so each needs one. */
function readLetThrough(given: readonly string[], issues: Issue[]): string[] {
  if (given.length > LENGTHS.letThrough) {
    issues.push({ path: 'letThrough', message: `must be at most ${LENGTHS.letThrough} numbers` });
    return [];
  }
  return [...new Set(given.flatMap((text, index) => readCallerNumber(text, `letThrough.${index}`, issues) ?? []))];
}

function readCallerNumber(text: string, path: string, issues: Issue[]): string | undefined {
  try {
    const { number } = readNumber({ type: 'other', number: text });
    if (/[0-9]/.test(number)) return number;
    issues.push({ path, message: 'must hold at least one digit' });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    for (const { message } of error.detail.issues ?? []) issues.push({ path, message });
  }
  return undefined;
}
