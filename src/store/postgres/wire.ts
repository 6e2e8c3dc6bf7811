// How texts of any kind travel to the database and stand there. PostgreSQL holds no U+0000 and no half of a surrogate pair: an id with
// such, or with another control character, stands there as JSON behind a backslash. So lists can be sent as one text each. Pure.

/** Between the texts of a list: in none of them. */
const BETWEEN = '\u0001';

const PLAIN = /^(?!\\)[^\u0000-\u001f\ud800-\udfff]*$/;

/** An id, a scope or a target as it stands in the database. */
export function stored(text: string): string {
  return PLAIN.test(text) ? text : `\\${JSON.stringify(text)}`;
}

/** The text that stands in the database like this. */
export function restored(text: string): string {
  return text.startsWith('\\') ? (JSON.parse(text.slice(1)) as string) : text;
}

/** Texts of which each is JSON, or as `stored` gives it; `string_to_array($1, E'\x01')` makes them a list again. */
export function joined(texts: readonly string[]): string {
  return texts.join(BETWEEN);
}

/** Whole numbers as PostgreSQL reads a list of them. */
export function numbers(values: readonly number[]): string {
  return `{${values.join(',')}}`;
}
