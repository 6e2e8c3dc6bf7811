// How texts of any kind travel to the database and stand there. PostgreSQL holds no U+0000 and no half of a surrogate pair: an id with
// such, or with another control character, stands there as JSON behind a backslash. So lists can be sent as one text each. Pure.

/** Between the texts of a list: in none of them. */
const BETWEEN = '\u0001';

const PLAIN = /^(?!\\)[^\u0000-\u001f\ud800-\udfff]*$/;

/** An id, a scope or a target as it stands in the database. */
export function stored(text: string): string {
  return PLAIN.test(text) ? text : `\\${JSON.stringify(text)}`;
}

/** The text that stands in the database like this; one that nobody stored is given as it stands there. */
export function restored(text: string): string {
  const given = text.startsWith('\\') ? parsed(text.slice(1)) : text;
  return typeof given === 'string' ? given : text;
}

/** The value of a row as it stands in the database; undefined when it is none. */
export function valueIn(text: string): object | undefined {
  const value = parsed(text);
  return typeof value === 'object' && value !== null ? value : undefined;
}

/** Undefined when it is no JSON: what the engine says of it would show a part of it. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Texts of which each is JSON, or as `stored` gives it; `string_to_array($1, E'\x01')` makes them a list again. */
export function joined(texts: readonly string[]): string {
  return texts.join(BETWEEN);
}

/** Whole numbers as PostgreSQL reads a list of them. */
export function numbers(values: readonly number[]): string {
  return `{${values.join(',')}}`;
}
