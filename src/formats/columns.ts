// What each column of a table says of a contact: by the layout of a known program, by its header, by what its cells look like,
// or as somebody says. Knows no row.
import { isColumnTarget } from '../domain/contact-columns.ts';
import { Failure } from '../domain/failure.ts';
import { type ColumnLook, guessByLooks, looksLikeContact, seeAll } from './column-look.ts';
import { guessOf, isSurelyJobTitle, keyOf } from './header-words.ts';
import { labelledNumber, labelledPlace } from './labels.ts';
import { LAYOUTS } from './layouts.ts';
import { type AddressPart, isSingle, type Meaning, meaningOf, type PlaceType, targetOf } from './meaning.ts';
import { refused } from './no-text.ts';
import { writtenHeader } from './written-header.ts';

export const MOST_COLUMNS = 500;

export interface Columns {
  /** For people. */
  readonly layout: string;
  readonly hasHeader: boolean;
  /** As they stand in the file; the columns at the end that have neither header nor cells are left away. */
  readonly headers: readonly string[];
  /** Columns of the file, those included. */
  readonly width: number;
  readonly meanings: readonly (Meaning | null)[];
  /** What is told of each. */
  readonly targets: readonly (string | null)[];
  /** Headers by which they are recognised again as what they are taken for. */
  readonly written: readonly string[];
}

/** Whether a header says something by itself. */
export function isKnownHeader(header: string): boolean {
  return guessOf(header) !== undefined;
}

/** `first`: the first record that is not blank. `looks`: of the other records; a first one that is a contact is seen here. */
export function recogniseColumns(first: readonly string[], looks: readonly ColumnLook[]): Columns {
  const hasHeader = !looksLikeContact(first, isKnownHeader);
  if (!hasHeader) seeAll(looks, first);
  const headers = looks.map((_, index) => (hasHeader ? (first[index] ?? '').trim() : ''));
  if (headers.length > MOST_COLUMNS)
    throw refused(`has more than ${MOST_COLUMNS} columns: take out those without contacts`);
  const keys = new Set(headers.map(keyOf));
  const layout = hasHeader ? LAYOUTS.find(({ fits }) => fits(keys)) : undefined;
  const meanings = headers.map((header, index) => {
    const meaning = layout?.meaning(header);
    return meaning === undefined ? byWords(header, looks[index]) : meaning;
  });
  onlyOnes(meanings, headers);
  namesApart(meanings);
  if (!layout) {
    addressesApart(meanings);
    byLooks(meanings, looks);
  }
  const targets = meanings.map((meaning) => told(meaning, meanings, looks));
  const name = layout?.name ?? (hasHeader ? 'unknown columns' : 'no header');
  const width = Math.max(first.length, headers.length);
  const written = hasHeader ? headers : targets.map(writtenHeader);
  return { layout: name, hasHeader, headers, width, meanings, targets, written };
}

function byWords(header: string, look: ColumnLook | undefined): Meaning | null {
  const guess = guessOf(header);
  if (!guess || (guess.ifNumbers && look && !look.isEmpty && !look.isMostly('number', 'digits'))) return null;
  return meaningOf(guess.target, guess.target.split(':')[1]);
}

/** Of several columns for the same field the first one is taken; of job titles the last, for some are forms of address. */
function onlyOnes(meanings: (Meaning | null)[], headers: readonly string[]): void {
  const titles = meanings.flatMap((meaning, index) => (meaning?.holds === 'title' ? [index] : []));
  const sure = titles.filter((index) => isSurelyJobTitle(headers[index] ?? ''));
  const title = sure[0] ?? titles[titles.length - 1];
  const taken = new Set<string>();
  meanings.forEach((meaning, index) => {
    if (!meaning || !isSingle(meaning.holds)) return;
    if (taken.has(meaning.holds) || (meaning.holds === 'title' && index !== title)) meanings[index] = null;
    else taken.add(meaning.holds);
  });
}

/** `Name` beside `Vorname` is the last name, `Ad` beside `Soyad` the first. */
function namesApart(meanings: (Meaning | null)[]): void {
  const place = (holds: string) => meanings.findIndex((meaning) => meaning?.holds === holds);
  const whole = place('name');
  if (whole < 0 || place('firstName') >= 0 === place('lastName') >= 0) return;
  meanings[whole] = { holds: place('firstName') >= 0 ? 'lastName' : 'firstName' };
}

/** A second city begins a second address, and so does a street that does not stand beside the first one. */
function addressesApart(meanings: (Meaning | null)[]): void {
  const open = new Map<PlaceType, { slot: string; parts: Set<AddressPart> }>();
  let last: AddressPart | undefined;
  meanings.forEach((meaning, index) => {
    if (meaning?.holds !== 'address') return;
    const { type, part } = meaning;
    const address = open.get(type) ?? { slot: type, parts: new Set() };
    if (address.parts.has(part) && !(part === 'street' && last === 'street')) {
      address.slot += ' more';
      address.parts.clear();
    }
    open.set(type, address);
    address.parts.add(part);
    last = part;
    meanings[index] = { ...meaning, slot: address.slot };
  });
}

/** For a file whose headers name no number, or nobody. */
function byLooks(meanings: (Meaning | null)[], looks: readonly ColumnLook[]): void {
  const guesses = guessByLooks(looks);
  const targets = meanings.map(targetOf);
  const hasNumber = targets.some(isNumber);
  const hasName = targets.some(isName);
  if (!hasNumber && !guesses.some((guess, index) => isNumber(guess) && !meanings[index])) return;
  guesses.forEach((guess, index) => {
    if (guess === undefined || meanings[index]) return;
    const isWanted = isNumber(guess) ? !hasNumber : isSingle(guess) ? !hasName : !hasNumber && !hasName;
    if (isWanted) meanings[index] = meaningOf(guess);
  });
}

function isNumber(target: string | null | undefined): boolean {
  return target?.startsWith('number:') === true;
}

function isName(target: string | null): boolean {
  return ['name', 'firstName', 'lastName', 'company'].includes(target ?? '');
}

/** Of a column whose type stands in another one: the type that comes first there. */
function told(meaning: Meaning | null, meanings: readonly (Meaning | null)[], looks: readonly ColumnLook[]) {
  if (meaning?.holds !== 'number' && meaning?.holds !== 'email' && meaning?.holds !== 'address')
    return targetOf(meaning);
  const index = meanings.findIndex(
    (other) => other?.holds === `${meaning.holds}Type` && 'slot' in other && other.slot === meaning.slot,
  );
  const label = looks[index]?.samples[0] ?? '';
  return targetOf(
    meaning.holds === 'number'
      ? { ...meaning, type: labelledNumber(label, meaning.type) }
      : { ...meaning, type: labelledPlace(label, meaning.type) },
  );
}

/**
 * The columns with what somebody says of them. One of which the same is said as is told stays what it was taken for, with its
 * labels. Failure `params`.
 */
export function withTargets(columns: Columns, given: readonly (string | null)[] | undefined): Columns {
  const targets = given ?? columns.targets;
  if (given) checkTargets(given, columns.targets.length);
  if (!targets.some((target) => isNumber(target) || isName(target))) {
    throw refused('has no column that could be a name or a number: its first line must say what its columns are');
  }
  if (!given) return columns;
  const kept = columns.meanings.map((meaning, index) => (given[index] === columns.targets[index] ? meaning : null));
  const meanings = given.map((target, index) => {
    if (target === null || target === columns.targets[index]) return kept[index] ?? null;
    const meaning = meaningOf(target);
    const placed = meaning.holds === 'address' ? { ...meaning, slot: slotFor(meaning, kept) } : meaning;
    kept[index] = placed;
    return placed;
  });
  const written = columns.written.map((header, index) => {
    const target = given[index] ?? null;
    return target === columns.targets[index] ? header : writtenHeader(target, index);
  });
  return { ...columns, meanings, targets, written };
}

/** An address of that type which lacks the part, or a further one. */
function slotFor({ type, part }: Meaning & { holds: 'address' }, kept: readonly (Meaning | null)[]): string {
  const addresses = kept.flatMap((meaning) => (meaning?.holds === 'address' && meaning.type === type ? [meaning] : []));
  const slots = [...new Set(addresses.map(({ slot }) => slot))];
  const lacking = slots.find((slot) => !addresses.some((address) => address.slot === slot && address.part === part));
  return lacking ?? `${type} said ${slots.length + 1}`;
}

function checkTargets(given: readonly (string | null)[], count: number): void {
  const refuse = (message: string, path = 'columns') =>
    new Failure('params', `${path}: ${message}`, { issues: [{ path, message }] });
  if (given.length !== count) throw refuse(`must name the ${count} columns of the file, not ${given.length}`);
  given.forEach((target, index) => {
    if (target === null) return;
    if (!isColumnTarget(target)) throw refuse('is nothing that a column can be', `columns.${index}`);
    if (isSingle(target) && given.indexOf(target) < index) {
      throw refuse(`only one column can be ${target}`, `columns.${index}`);
    }
  });
}
