// Why a lookup found what it found, put into sentences as it goes. Says of contacts no more than the book they are in, and of
// a callee's personal ones only that one has the number: an operator reads this.
import { oneLine } from '../domain/caller-name.ts';
import type { AskedNumber } from '../domain/caller-number.ts';
import type { Asker, Directory, Explanation } from './caller.ts';
import { PERSONAL_BOOK } from './contact-row.ts';
import type { Found } from './lookup.ts';
import type { Colleague } from './lookup-colleagues.ts';
import { directoryOf, type View } from './lookup-views.ts';

/** Of a callee's number, which may be any text. */
const LONGEST_CALLEE = 32;
const NO_NUMBER = 'Nobody: the caller has no number, or has it withheld.';
const UNKNOWN = 'Nobody: no directory that was asked knows the number.';

export class Trace {
  readonly #asker: Asker;
  readonly #asked: AskedNumber | undefined;
  readonly #steps: string[] = [];
  #books: readonly string[] = [];
  #rule: string;
  #extension: string | undefined;

  constructor(asker: Asker, asked: AskedNumber | undefined) {
    this.#asker = asker;
    this.#asked = asked;
    this.#rule = asked ? UNKNOWN : NO_NUMBER;
    if (!asked) this.#steps.push('The text has no digit or is too long: it is no number, and nothing is looked up.');
  }

  /** Whose number it is, named or not. */
  get extension(): string | undefined {
    return this.#extension;
  }

  explanation(): Explanation {
    return { forms: formsOf(this.#asked), books: this.#books, rule: this.#rule, steps: this.#steps };
  }

  searched(scopes: readonly string[]): void {
    this.#books = scopes.map((scope) => (directoryOf(scope) === 'personal' ? PERSONAL_BOOK : scope));
  }

  begins({ kind }: View): void {
    const callee = calleeOf(this.#asker);
    const sentences = {
      client: 'What the client may see counts.',
      user: `${callee} has a log-in: the personal book and whatever that user may see count.`,
      extension: `${callee} has no log-in in use: the company books count that a rule opens to ${callee} or to everyone.`,
      everyone:
        callee === ''
          ? 'No callee is given: only what is open to everyone counts.'
          : `${callee} is neither a user nor an extension: only what is open to everyone counts.`,
    };
    this.#steps.push(sentences[kind], `The number is looked for as ${formsOf(this.#asked).join(', then ')}.`);
  }

  asksExtensions(
    colleague: Colleague | undefined,
    { outside, hidden }: { readonly outside: boolean; readonly hidden: boolean },
  ): void {
    this.#extension = colleague?.number;
    this.#steps.push(`extension: ${this.#ofExtensions(colleague, outside, hidden)}`);
    if (colleague?.name !== undefined) this.#rule = this.#ofColleague(colleague);
  }

  /** `found`: what names the caller, by a key or by the ending alone. */
  asksBooks(directory: 'personal' | 'company', found: Found | undefined, by: 'key' | 'ending'): void {
    const ending = this.#asked?.ending;
    if (by === 'ending' && ending === undefined) return;
    if (!this.#books.some((book) => (book === PERSONAL_BOOK) === (directory === 'personal'))) {
      if (by === 'key') this.#steps.push(`${directory}: there is no such book to look in.`);
      return;
    }
    if (found) {
      this.#rule = this.#ofContact(directory, found);
      this.#steps.push(`${directory}: ${this.#rule}${this.#choice(directory, found)}`);
    } else {
      const what = by === 'key' ? 'no contact has the number' : `no contact can be told by the ending …${ending}`;
      this.#steps.push(`${directory}: ${what}.`);
    }
  }

  #ofExtensions(colleague: Colleague | undefined, outside: boolean, hidden: boolean): string {
    if (colleague?.name !== undefined) return this.#ofColleague(colleague);
    if (colleague) return `${colleague.number} has no name but its number, so the next directory is asked.`;
    if (outside) return 'the call comes from outside, so only mobiles are looked at, and none is this number.';
    const callee = calleeOf(this.#asker);
    const isClient = this.#asker !== 'anyone' && 'viewer' in this.#asker;
    if (hidden && !isClient)
      return `a visibility rule hides the extension from ${callee === '' ? 'everyone' : callee}.`;
    return 'no extension has the number, and no colleague has it as mobile.';
  }

  #ofColleague({ number }: Colleague): string {
    if (number === this.#asked?.dialled) return `The number is the extension ${number}.`;
    return `The number is the mobile of extension ${number}.`;
  }

  #ofContact(directory: Directory, { best }: Found): string {
    const { key } = best.match;
    const book = directory === 'personal' ? 'the personal book' : `the company book ${best.row.book}`;
    const { keys = [], ending = '' } = this.#asked ?? {};
    if (key === undefined) return `A contact of ${book} has a number with the ending …${ending}.`;
    return `A contact of ${book} has the number ${keys[key] ?? ''}.`;
  }

  /** Why this contact and no other. */
  #choice(directory: Directory, { best, count }: Found): string {
    if (count === 1 || (directory === 'personal' && calleeOf(this.#asker) !== '')) return '';
    const surest =
      best.match.key === undefined ? 'the longest common ending' : 'the number itself before a line behind it';
    return ` Of ${count} it is the one with ${surest}, then with it as an earlier number, then the oldest.`;
  }
}

/** The keys, the surest first, and the ending. */
function formsOf(asked: AskedNumber | undefined): string[] {
  if (!asked) return [];
  return asked.ending === undefined ? [...asked.keys] : [...asked.keys, `…${asked.ending}`];
}

/** The callee on one line; empty: none. */
function calleeOf(asker: Asker): string {
  if (typeof asker === 'string' || !('callee' in asker)) return '';
  return oneLine(asker.callee).slice(0, LONGEST_CALLEE).toWellFormed();
}
