// What can be said of passwords before the server is asked. Pure.

export type PasswordField = 'current' | 'next' | 'repeat';
export type PasswordIssue = 'empty' | 'length' | 'differs';

export const NO_PASSWORDS: Readonly<Record<PasswordField, string>> = { current: '', next: '', repeat: '' };

/** Characters, as the server counts them. */
const SHORTEST = 8;
const LONGEST = 256;

export function checkPasswords({
  current,
  next,
  repeat,
}: typeof NO_PASSWORDS): Partial<Record<PasswordField, PasswordIssue>> {
  const length = [...next].length;
  return {
    ...(current === '' ? { current: 'empty' as const } : {}),
    ...(length < SHORTEST || length > LONGEST ? { next: 'length' as const } : {}),
    ...(next === repeat ? {} : { repeat: 'differs' as const }),
  };
}
