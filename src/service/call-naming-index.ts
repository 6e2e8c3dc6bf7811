// In whose histories a number is, and from which contact or colleague its name is, so that a change is followed where it counts and
// nowhere else. Numbers are kept by their form (lookup-forms.ts). Knows no store.
import type { CallRow, KnownParty } from './call-row.ts';

/** A map that grows in small steps: one large one stops everything for a while whenever it grows. */
const PARTS = 128;

interface Owned {
  readonly forms: Set<string>;
  /** Those that came since the owner's history is read again. */
  fresh?: Set<string>;
}

export class CallNamingIndex {
  /** One owner, or from two on a set. */
  readonly #owners = Array.from({ length: PARTS }, () => new Map<string, string | Set<string>>());
  readonly #forms = new Map<string, Owned>();
  /** By contact or colleague: the forms of the numbers that are named by it. */
  readonly #named = new Map<string, Set<string>>();

  get owners(): Iterable<string> {
    return this.#forms.keys();
  }

  has(owner: string): boolean {
    return this.#forms.has(owner);
  }

  /** A number of this form is in the history of its owner. */
  add({ owner, known }: CallRow, form: string): void {
    const owned = this.#forms.get(owner) ?? { forms: new Set<string>() };
    this.#forms.set(owner, owned);
    owned.fresh?.add(form);
    if (!owned.forms.has(form)) {
      owned.forms.add(form);
      this.#link(form, owner);
    }
    if (known) for (const source of sourcesOf(known)) this.#name(source, form);
  }

  ownersOf(form: string): Iterable<string> {
    const owners = this.#part(form).get(form) ?? [];
    return typeof owners === 'string' ? [owners] : owners;
  }

  /** The forms of numbers that are named by a contact (contactSource) or a colleague (colleagueSource). */
  namedBy(source: string): Iterable<string> {
    return this.#named.get(source) ?? [];
  }

  /** Nothing is named by it any more. */
  forget(source: string): void {
    this.#named.delete(source);
  }

  /** The owner's history is about to be read; `replace` ends that. */
  reread(owner: string): void {
    const owned = this.#forms.get(owner);
    if (owned) owned.fresh = new Set();
  }

  /** These are the forms of all that was read; those that came meanwhile stay. */
  replace(owner: string, read: ReadonlySet<string>): void {
    const owned = this.#forms.get(owner);
    if (!owned) return;
    for (const form of owned.forms) {
      if (read.has(form) || owned.fresh?.has(form)) continue;
      owned.forms.delete(form);
      this.#unlink(form, owner);
    }
    delete owned.fresh;
    if (owned.forms.size === 0) this.#forms.delete(owner);
  }

  #name(source: string, form: string): void {
    const forms = this.#named.get(source) ?? new Set();
    this.#named.set(source, forms.add(form));
  }

  #link(form: string, owner: string): void {
    const part = this.#part(form);
    const owners = part.get(form);
    if (owners === undefined) part.set(form, owner);
    else if (typeof owners === 'string') part.set(form, new Set([owners, owner]));
    else owners.add(owner);
  }

  #unlink(form: string, owner: string): void {
    const part = this.#part(form);
    const owners = part.get(form);
    if (typeof owners === 'object') owners.delete(owner);
    if (owners === owner || (typeof owners === 'object' && owners.size === 0)) part.delete(form);
  }

  #part(form: string): Map<string, string | Set<string>> {
    let place = 0;
    // The ends of numbers differ most.
    for (const digit of form.slice(-2)) place = 10 * place + digit.charCodeAt(0);
    return this.#owners[place % PARTS] as Map<string, string | Set<string>>;
  }
}

export function contactSource(id: string): string {
  return `contact:${id}`;
}

export function colleagueSource(extension: string): string {
  return `extension:${extension}`;
}

export function sourcesOf({ contact, extension }: KnownParty): readonly string[] {
  const sources = contact === undefined ? [] : [contactSource(contact)];
  return extension === undefined ? sources : [...sources, colleagueSource(extension)];
}
