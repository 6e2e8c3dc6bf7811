// Who a number is, for somebody who asks: the extensions, the asker's personal contacts and the company books that he may view,
// in the order of the settings (P76 and following). What may be seen is asked of Access, when asking and again when answering.

import { type Candidate, compareCandidates, matchOf } from '../domain/caller-match.ts';
import { callerName, oneLine } from '../domain/caller-name.ts';
import { type AskedNumber, askedNumber, isOfTheHouse } from '../domain/caller-number.ts';
import type { Numbering } from '../domain/phone-number.ts';
import type { Access } from './access.ts';
import type { Asker, Caller, Directory, Explanation } from './caller.ts';
import type { ContactRow } from './contact-row.ts';
import { type Colleague, Colleagues } from './lookup-colleagues.ts';
import { LookupForms } from './lookup-forms.ts';
import { Touched } from './lookup-touched.ts';
import { Trace } from './lookup-trace.ts';
import { directoryOf, type View, Views } from './lookup-views.ts';
import type { Commit, Row, Store } from './store.ts';

export interface LookupParts {
  readonly store: Store;
  readonly access: Access;
  readonly numbering: Numbering;
  /** The directories that are asked; the first that knows a number names the caller. */
  readonly order: readonly Directory[];
  /** By so many last digits a number is found, whatever stands before them; 0: never. */
  readonly lastDigits: number;
}

export interface LookupOptions {
  /** The call comes from outside, where nobody has a number of the house. */
  readonly outside?: boolean | undefined;
}

export interface Explained {
  readonly caller: Caller | undefined;
  /** Whose number it is, also when nobody is named. */
  readonly extension?: string;
  readonly explanation: Explanation;
}

/** A contact that has the number. */
interface FoundContact extends Candidate {
  readonly name: string;
  readonly row: ContactRow;
}

/** The best of a directory, and how many have the number as surely. */
export interface Found {
  readonly best: FoundContact;
  readonly count: number;
}

/** By directory. */
interface FoundInBooks {
  personal: Found | undefined;
  company: Found | undefined;
}

interface Question {
  readonly asker: Asker;
  readonly asked: AskedNumber;
  readonly outside: boolean;
  /** Absent: nobody wants to know why. */
  readonly trace?: Trace;
}

/** How often the store is asked while the contacts that it answers are being written. */
const ATTEMPTS = 4;

export class Lookup {
  readonly forms: LookupForms;
  readonly #parts: LookupParts;
  readonly #colleagues: Colleagues;
  readonly #views: Views;
  readonly #touched = new Touched();
  readonly #asksExtensions: boolean;
  readonly #stops: readonly (() => void)[];

  constructor(parts: LookupParts) {
    const { store, access, numbering, order } = parts;
    this.#parts = parts;
    this.forms = new LookupForms(parts);
    this.#asksExtensions = order.includes('extension');
    this.#colleagues = new Colleagues(store, numbering);
    this.#views = new Views({ access, order, colleagues: this.#colleagues });
    this.#stops = [access.subscribe(() => this.#views.forget()), store.subscribe((commit) => this.#hear(commit))];
  }

  /** Undefined: nobody. Never by what the asker may not see at the moment of the answer. Rejects when the store does. */
  find(asker: Asker, number: string, { outside = false }: LookupOptions = {}): Promise<Caller | undefined> {
    const asked = this.#asked(number);
    return asked ? this.#find({ asker, asked, outside }) : Promise.resolve(undefined);
  }

  /** The same, with the reasons; they hold nothing of a contact but its book. Rejects when the store does. */
  async explain(asker: Asker, number: string, { outside = false }: LookupOptions = {}): Promise<Explained> {
    const asked = this.#asked(number);
    const trace = new Trace(asker, asked);
    const caller = asked && (await this.#find({ asker, asked, outside, trace }));
    const extension = caller?.extension ?? trace.extension;
    return { caller, ...(extension === undefined ? {} : { extension }), explanation: trace.explanation() };
  }

  /** What the asker may be told of, in one text: while it stays the same he has the same answers of the same contacts and colleagues. */
  reach(asker: Asker): string {
    const { kind, key, mobiles, scopes } = this.#views.of(asker);
    return `${kind} ${key} ${mobiles} ${scopes.join()}`;
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  #hear({ writes }: Commit): void {
    this.#touched.hear(writes);
    if (this.#colleagues.hear(writes)) this.#views.forget();
  }

  #asked(number: string): AskedNumber | undefined {
    const { numbering, lastDigits } = this.#parts;
    return askedNumber(number, numbering, lastDigits, this.#colleagues.longest);
  }

  async #find(question: Question): Promise<Caller | undefined> {
    const { asker, asked, trace } = question;
    const isFirst = this.#parts.order[0] === 'extension';
    for (let attempt = 1; ; attempt += 1) {
      const view = this.#views.of(asker);
      const { scopes } = view;
      const colleague = this.#colleague(question, view);
      const isNamed = isFirst && colleague?.name !== undefined;
      if (isNamed || scopes.length === 0 || this.#isPretended(question))
        return this.#decide(question, view, colleague, []);
      const { mark } = this.#touched;
      const answer = this.#parts.store.byNumber({ scopes, keys: asked.keys, ending: asked.ending });
      const rows = answer instanceof Promise ? await answer : answer;
      const fresh = mark === this.#touched.mark ? rows : rows.filter(({ id }) => !this.#touched.since(mark, id));
      if (fresh.length < rows.length && attempt < ATTEMPTS) continue;
      const now = this.#views.of(asker);
      trace?.searched(scopes.filter((scope) => now.scopes.includes(scope)));
      return this.#decide(question, now, now === view ? colleague : this.#colleague(question, now), fresh);
    }
  }

  /** In one turn, by what may be seen in it. */
  #decide(question: Question, view: View, colleague: Colleague | undefined, rows: readonly Row[]): Caller | undefined {
    const { trace } = question;
    const { order } = this.#parts;
    const found = this.#foundIn(rows, question.asked, view);
    trace?.begins(view);
    for (const directory of order) {
      if (directory === 'extension') {
        trace?.asksExtensions(colleague, { outside: question.outside, hidden: this.#isHidden(question, view) });
        if (colleague?.name !== undefined) return callerOfColleague(colleague, colleague.name);
        continue;
      }
      const there = found[directory];
      const hasKey = there?.best.match.key !== undefined;
      trace?.asksBooks(directory, hasKey ? there : undefined, 'key');
      if (hasKey) return callerOfContact(directory, there.best, colleague);
    }
    for (const directory of order) {
      if (directory === 'extension') continue;
      const there = found[directory];
      trace?.asksBooks(directory, there, 'ending');
      if (there) return callerOfContact(directory, there.best, colleague);
    }
    return undefined;
  }

  /** Whose extension or mobile it is, if the extensions are asked. */
  #colleague({ asked, outside }: Question, view: View): Colleague | undefined {
    if (!this.#asksExtensions) return undefined;
    const own = outside ? undefined : this.#dialled(asked);
    if (own && view.sees(own.number)) return own;
    if (!view.mobiles) return undefined;
    for (const key of asked.keys) {
      if (outside && isOfTheHouse(key)) continue;
      for (const one of this.#colleagues.withMobile(key)) if (view.sees(one.number)) return one;
    }
    return undefined;
  }

  /** The one whose extension was dialled. */
  #dialled({ dialled }: AskedNumber): Colleague | undefined {
    return dialled === undefined ? undefined : this.#colleagues.withNumber(dialled);
  }

  /** Whether somebody outside has the number of an extension, which contacts may have as well. */
  #isPretended({ asked, outside }: Question): boolean {
    const [key = ''] = asked.keys;
    return outside && key.startsWith('#') && this.#colleagues.withNumber(key.slice(1)) !== undefined;
  }

  /** Whether there is an extension with this number that the asker may not know of. */
  #isHidden({ asked, outside }: Question, view: View): boolean {
    const own = outside ? undefined : this.#dialled(asked);
    return own !== undefined && !view.sees(own.number);
  }

  #foundIn(rows: readonly Row[], asked: AskedNumber, { scopes }: View): FoundInBooks {
    const found: FoundInBooks = { personal: undefined, company: undefined };
    for (const { id, value } of rows) {
      const row = value as ContactRow;
      const match = scopes.includes(row.book) ? matchOf(row.keys, asked, this.#parts.lastDigits) : undefined;
      const name = match ? callerName(row.fields) : '';
      if (!match || name === '') continue;
      const next = { match, created: row.created, id, name, row };
      if (directoryOf(row.book) === 'personal') found.personal = better(found.personal, next);
      else found.company = better(found.company, next);
    }
    return found;
  }
}

function better(before: Found | undefined, next: FoundContact): Found {
  if (!before) return { best: next, count: 1 };
  const { best, count } = before;
  const isBetter = compareCandidates(next, best) < 0;
  const areAlike = next.match.key === best.match.key;
  return { best: isBetter ? next : best, count: areAlike ? count + 1 : isBetter ? 1 : count };
}

function callerOfColleague({ number }: Colleague, name: string): Caller {
  return { directory: 'extension', name, extension: number };
}

function callerOfContact(
  directory: 'personal' | 'company',
  { id, name, row }: FoundContact,
  colleague: Colleague | undefined,
): Caller {
  const caller: Changing<Caller> = { directory, name, contact: { id, row } };
  const company = row.fields.company === undefined ? '' : oneLine(row.fields.company);
  if (company !== '') caller.company = company;
  if (colleague) caller.extension = colleague.number;
  return caller;
}

type Changing<T> = { -readonly [K in keyof T]: T[K] };
