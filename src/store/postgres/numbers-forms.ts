// How the key of a number stands in the database: the digits backwards, so that those which end alike stand together whatever
// length of ending is asked for. Knows no SQL.
import { mainKey, suffixOf } from '../../domain/phone-number.ts';
import { ordered } from './search-order.ts';

/** Behind every form that goes on after these digits, and before all others. */
const AFTER_DIGITS = ':';
/** Before a key that has no ending, and behind the digits of others: no digit. */
const WHOLE = '!';

/** Different keys have different forms. */
export function formOf(key: string): string {
  if (suffixOf(key, 1) === undefined) return WHOLE + ordered(key);
  const main = mainKey(key);
  return `${backwards(main.slice(1))}${WHOLE}${main.slice(0, 1)}${ordered(key.slice(main.length))}`;
}

/** Forms of keys that end so: from the first on, before the second. `undefined`: no key does. */
export function formsEnding(ending: string): readonly [from: string, before: string] | undefined {
  if (!/^[0-9]+$/.test(ending)) return undefined;
  const from = backwards(ending);
  return [from, from + AFTER_DIGITS];
}

function backwards(digits: string): string {
  return [...digits].reverse().join('');
}

export interface Forms {
  readonly forms: readonly string[];
  /** Of each form the first place among the numbers of the contact; those of lines behind a number come after all others. */
  readonly places: readonly number[];
}

/** More numbers than a contact has. */
const LINES = 32;

/** `keys`: as ContactRow has them. */
export function formsOf(keys: readonly (readonly string[])[]): Forms {
  const places = new Map<string, number>();
  const add = (key: string, place: number): void => {
    const form = formOf(key);
    places.set(form, Math.min(places.get(form) ?? place, place));
  };
  for (const [place, [own]] of keys.entries()) if (own !== undefined) add(own, place);
  for (const [place, [, ...lines]] of keys.entries()) for (const key of lines) add(key, LINES + place);
  return { forms: [...places.keys()], places: [...places.values()] };
}
