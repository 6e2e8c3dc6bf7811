// Says what has to be looked up again: out of the news of contacts, colleagues, rights and the histories themselves. Reads and writes
// nothing.
import { CallNamingDue } from './call-naming-due.ts';
import { CallNamingIndex, colleagueSource, contactSource, sourcesOf } from './call-naming-index.ts';
import type { MovedContacts } from './call-naming-moved.ts';
import type { CallRow } from './call-row.ts';
import type { ContactRow } from './contact-row.ts';
import type { Lookup } from './lookup.ts';
import type { DirectoryDetails } from './rows.ts';
import type { Row, Store, Told } from './store.ts';

/** Changes that are remembered while the histories are read; of more than that it is not known what has changed. */
const MOST_EARLY = 50_000;

/** What was heard of while the histories are read at the start. */
interface Early {
  isAll: boolean;
  /** Of all: rows with a name are told again. */
  isForced: boolean;
  readonly forms: Set<string>;
  /** Of contacts and colleagues. */
  readonly sources: Set<string>;
}

interface Parts {
  readonly store: Pick<Store, 'get'>;
  readonly lookup: Pick<Lookup, 'reach' | 'forms'>;
  readonly moved: MovedContacts;
}

export class CallNamingNews {
  readonly due = new CallNamingDue();
  readonly index = new CallNamingIndex();
  /** Owners who lost rows. */
  readonly thinned = new Set<string>();
  readonly #parts: Parts;
  /** What each owner may be told of, as it was when it was last looked at. */
  readonly #reach = new Map<string, string>();
  #early: Early | undefined = { isAll: false, isForced: false, forms: new Set(), sources: new Set() };

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Whether there is anything to do beside what is due once the histories are read. */
  get isReading(): boolean {
    return this.#early !== undefined;
  }

  /** All histories were read. */
  endReading(): void {
    const { isAll, isForced = false } = this.#early ?? {};
    this.#early = undefined;
    if (isAll) for (const owner of this.index.owners) this.due.addAll(owner, isForced);
  }

  /** A row as it was read; `books`: those that hold anything. */
  read({ id, value }: Row, books: ReadonlySet<string>): void {
    const row = value as CallRow;
    const form = this.#keep(row);
    const { known } = row;
    const early = this.#early;
    if (form === undefined || !early || early.isAll) return;
    const { contact, book } = known ?? {};
    const isLost = contact !== undefined && book !== undefined && !books.has(book);
    const { moved } = this.#parts;
    if (isLost && !moved.has(contact)) moved.add(contact, undefined);
    const sources = known ? sourcesOf(known).filter((source) => early.sources.has(source)) : [];
    for (const source of sources) this.due.addForm(row.owner, form, source);
    if (early.forms.has(form)) this.due.addForm(row.owner, form);
    else if (sources.length === 0 && isLost) this.due.addRow(row.owner, id);
  }

  /** Whether the write says anything of names or of what is seen of them. */
  hear(write: Told): boolean {
    const { table, id, value, scope, movedFrom } = write;
    if (table === 'contacts') {
      const hasLeft = value === null || movedFrom !== undefined;
      this.contact(id, value, hasLeft ? { scope: value === null ? undefined : scope } : undefined);
    } else if (table === 'extensions' || table === 'users') this.colleague(id);
    else if (table === 'calls') this.#hearCall(write);
    return table !== 'calls' && table in RELEVANT;
  }

  /** A contact is as `row` says, or gone; `left`: and is not in the book any more where it was, but in this scope. */
  contact(id: string, row: object | null, left: { readonly scope: string | undefined } | undefined): void {
    const source = contactSource(id);
    if (left) this.#parts.moved.add(id, left.scope);
    this.#changed(
      source,
      row === null ? [] : this.#parts.lookup.forms.ofContact(row as ContactRow),
      left !== undefined,
    );
    if (row === null) this.index.forget(source);
  }

  colleague(id: string): void {
    const { store, lookup } = this.#parts;
    const { mobile } = (store.get('users', id)?.value ?? {}) as DirectoryDetails;
    const forms = [id, ...(mobile === undefined ? [] : [mobile])].map((number) => lookup.forms.of(number));
    this.#changed(
      colleagueSource(id),
      forms.filter((form) => form !== undefined),
      false,
    );
    // Disabled, or without an extension, he may be told of less.
    if (this.index.has(id)) this.#reviewOwner(id, true);
  }

  /** It is not known what has changed before the histories were read. */
  everything(): void {
    if (this.#early) this.#early.isAll = true;
  }

  /** Somebody may see something else than before. `isUnderWay`: all of that history is being looked up at this moment. */
  review(isUnderWay: (owner: string) => boolean): void {
    if (this.#early) {
      this.#early.isAll = true;
      this.#early.isForced = true;
    }
    for (const owner of this.index.owners) this.#reviewOwner(owner, isUnderWay(owner));
  }

  #reviewOwner(owner: string, isUnderWay: boolean): void {
    const reach = this.#parts.lookup.reach({ callee: owner });
    if (reach === this.#reach.get(owner)) return;
    this.#reach.set(owner, reach);
    // What was hidden for a moment was shown without its name.
    this.due.addAll(owner, this.due.isAll(owner) || isUnderWay);
  }

  /** Nothing is in the history any more. */
  forget(owner: string): void {
    this.#reach.delete(owner);
  }

  #hearCall({ id, value, scope = '' }: Told): void {
    if (value === null) {
      this.thinned.add(scope);
      return;
    }
    this.#keep(value as CallRow);
    // What it was named by may have changed while it was on its way to the store.
    this.due.addRow(scope, id);
  }

  #keep(row: CallRow): string | undefined {
    const { lookup } = this.#parts;
    const form = lookup.forms.of(row.number);
    if (form === undefined) return undefined;
    if (!this.#reach.has(row.owner)) this.#reach.set(row.owner, lookup.reach({ callee: row.owner }));
    this.index.add(row, form);
    return form;
  }

  #changed(source: string, forms: readonly string[], isForced: boolean): void {
    const { due, index } = this;
    this.#rememberEarly(source, forms);
    for (const form of index.namedBy(source))
      for (const owner of index.ownersOf(form)) due.addForm(owner, form, isForced ? source : undefined);
    for (const form of forms) for (const owner of index.ownersOf(form)) due.addForm(owner, form);
  }

  #rememberEarly(source: string, forms: readonly string[]): void {
    const early = this.#early;
    if (!early || early.isAll) return;
    early.sources.add(source);
    for (const form of forms) early.forms.add(form);
    if (early.sources.size + early.forms.size > MOST_EARLY) this.everything();
  }
}

/** Tables of which a change may change a name, or who sees it. */
const RELEVANT: Readonly<Record<string, true>> = {
  contacts: true,
  extensions: true,
  users: true,
  books: true,
  permissions: true,
  visibility: true,
};
