// A user as a form holds him, what of it `users.set` is told, and what an administrator should think over before he saves.
// Pure.
import type { ParamsOf, User } from '../../../client/types.ts';

export interface UserForm {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly mobile: string;
  readonly groups: readonly string[];
  readonly admin: boolean;
  readonly disabled: boolean;
  /** Empty: stays as it is. */
  readonly password: string;
}

export type UserField = keyof UserForm;

/** Characters, as the server counts them. */
const PASSWORD = { shortest: 8, longest: 256 } as const;

const NAME_LENGTH = 127;

export function formOf(user?: User): UserForm {
  return {
    id: user?.id ?? '',
    name: user?.name ?? '',
    email: user?.email ?? '',
    mobile: user?.mobile ?? '',
    groups: user?.groups ?? [],
    admin: user?.admin ?? false,
    disabled: user?.disabled ?? false,
    password: '',
  };
}

/** What differs from the user, or says something of a new one; undefined when there is nothing to save. */
export function changesOf(user: User | undefined, form: UserForm): ParamsOf<'users.set'> | undefined {
  const old = formOf(user);
  const params: Record<string, unknown> = {};
  for (const field of ['name', 'email', 'mobile'] as const) {
    const text = form[field].trim();
    if (text !== old[field]) params[field] = text;
  }
  if (JSON.stringify(form.groups) !== JSON.stringify(old.groups)) params['groups'] = form.groups;
  for (const field of ['admin', 'disabled'] as const) if (form[field] !== old[field]) params[field] = form[field];
  if (form.password !== '') params['password'] = form.password;
  if (user && Object.keys(params).length === 0) return undefined;
  return { ...params, id: user?.id ?? form.id.trim() };
}

/** What the form itself can tell is wrong. The server looks at everything again. */
type FormFault =
  | 'id_wrong'
  | 'id_taken'
  | 'password_short'
  | 'password_long'
  | 'email_wrong'
  | 'email_taken'
  | 'mobile_wrong'
  | 'name_long';

export function faultsOf(
  user: User | undefined,
  form: UserForm,
  users: Iterable<User>,
): Partial<Record<UserField, FormFault>> {
  const faults: Partial<Record<UserField, FormFault>> = {};
  const others = [...users].filter(({ id }) => id !== user?.id);
  const id = form.id.trim();
  if (!/^[0-9]{2,12}$/.test(id)) faults.id = 'id_wrong';
  else if (others.some((other) => other.id === id)) faults.id = 'id_taken';
  const email = form.email.trim().toLowerCase();
  if (email !== '' && !/^[^\s@]+@[^\s@]+$/.test(email)) faults.email = 'email_wrong';
  else if (email !== '' && others.some((other) => other.email?.toLowerCase() === email)) faults.email = 'email_taken';
  if (!/^[0-9A-Za-z ().\-+*#]{0,31}$/.test(form.mobile.trim())) faults.mobile = 'mobile_wrong';
  if (form.name.trim().length > NAME_LENGTH) faults.name = 'name_long';
  const length = [...form.password].length;
  if (length > 0 && length < PASSWORD.shortest) faults.password = 'password_short';
  if (length > PASSWORD.longest) faults.password = 'password_long';
  return faults;
}

/** `last_admin`: nobody would be left who could do any of this in the portal. */
export type Risk = 'own_admin' | 'own_disabled' | 'last_admin';

export function risksOf(user: User | undefined, form: UserForm, users: Iterable<User>, own: string): Risk[] {
  const risks: Risk[] = [];
  if (user?.id === own && user.admin && !form.admin) risks.push('own_admin');
  if (user?.id === own && !user.disabled && form.disabled) risks.push('own_disabled');
  const governs = ({ admin, disabled }: { admin: boolean; disabled: boolean }) => admin && !disabled;
  const others = [...users].filter((other) => other.id !== user?.id);
  if (user && governs(user) && !governs(form) && !others.some(governs)) risks.push('last_admin');
  return risks;
}

/** Extensions that no user belongs to, by number. */
export function withoutUser<E extends { readonly id: string }>(extensions: Iterable<E>, users: Iterable<User>): E[] {
  const taken = new Set([...users].map(({ id }) => id));
  return [...extensions].filter(({ id }) => !taken.has(id) && /^[0-9]{2,12}$/.test(id));
}

/** How hard a password is to guess, roughly: from 0, too short, to 3. */
export function strengthOf(password: string): 0 | 1 | 2 | 3 {
  const length = [...password].length;
  if (length < PASSWORD.shortest) return 0;
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u].filter((kind) => kind.test(password)).length;
  const different = new Set(password).size;
  if (different < 5) return 1;
  const score = length + 2 * kinds;
  return score >= 18 ? 3 : score >= 13 ? 2 : 1;
}

/** Without letters and digits that are easily mistaken for one another. */
const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** A password of 14 characters out of random bytes. */
export function passwordFrom(random: Uint32Array): string {
  return Array.from(random.slice(0, 14), (value) => LETTERS[value % LETTERS.length]).join('');
}
