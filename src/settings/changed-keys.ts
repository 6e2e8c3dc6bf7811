// Which settings differ from those a daemon was started with, by their names: values may be secrets.
import { Secret } from './secret.ts';
import type { Settings } from './settings.ts';

/** Taken over without a restart. A certificate is read again from the same files; other files need a restart. */
const TAKEN_OVER = ['log'];

/** Names such as `pbx.ami` and `lookup.country`, two levels deep, of what needs a restart to count. */
export function changedKeys(before: Settings, after: Settings): string[] {
  return Object.keys(before)
    .filter((key) => !TAKEN_OVER.includes(key))
    .flatMap((key) => changedIn(key, before[key as keyof Settings], after[key as keyof Settings]));
}

function changedIn(key: string, before: unknown, after: unknown): string[] {
  if (!isGroup(before) || !isGroup(after)) return same(before, after) ? [] : [key];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.filter((name) => !same(before[name], after[name])).map((name) => `${key}.${name}`);
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Secret);
}

function same(before: unknown, after: unknown): boolean {
  return JSON.stringify(plain(before)) === JSON.stringify(plain(after));
}

/** With secrets and patterns in the open, which JSON hides. */
function plain(value: unknown): unknown {
  if (value instanceof Secret) return [value.reveal()];
  if (value instanceof RegExp) return String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (!isGroup(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}
