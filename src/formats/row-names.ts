// First and last name of one row of a table, out of the columns that it has for them. Pure.

interface GivenNames {
  readonly whole: string;
  readonly first: string;
  readonly middle: string;
  readonly last: string;
  readonly company: string;
}

/** After a comma these belong to a name or a company, and are no first name. */
const AFTERWORD = /^(?:inc|ltd|llc|llp|plc|corp|co|gmbh|ag|kg|s\.?a|s\.?l|jr|sr|ii|iii|iv|ph\.?d|md|mba|dds|esq)\.?$/i;

interface Names {
  readonly first: string;
  readonly last: string;
  /** Whether they come from the whole name. */
  readonly isWhole: boolean;
}

/** A whole name is taken apart only where there is no other: its last word, or what stands before a comma, is the last name. */
export function namesOf({ whole, first, middle, last, company }: GivenNames): Names {
  const given = [first, middle].filter((part) => part !== '').join(' ');
  if (given !== '' || last !== '' || whole === '' || whole === company) return { first: given, last, isWhole: false };
  const parts = whole.split(/\s*,\s*/);
  const [before = '', after = ''] = parts;
  if (parts.length === 2 && before !== '' && after !== '' && !AFTERWORD.test(after)) {
    return { first: after, last: before, isWhole: true };
  }
  const words = whole.split(/\s+/);
  const isTwo = parts.length === 1 && words.length > 1;
  return isTwo
    ? { first: words.slice(0, -1).join(' '), last: words.at(-1) ?? '', isWhole: true }
    : { first: whole, last: '', isWhole: true };
}
