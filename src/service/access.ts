// The only place that decides who may see and change what: the books, by permission rules, and the extensions, by visibility
// rules. Follows the store's feed, so it must be the first that listens; knows no method and no session.
import { isOpenToAll, type PermissionRule, type Person, type VisibilityRule } from '../domain/rules.ts';
import type { BookRow, PermissionRow, VisibilityRow } from './book-rows.ts';
import { type BookView, byName, companyBook, personalBook, type Rights } from './book-view.ts';
import { ownerOf, PERSONAL_BOOK, personalScope } from './contact-row.ts';
import { Grants } from './grants.ts';
import { SEES_EVERYONE, type Sight, Sights } from './sight.ts';
import type { Commit, Guard, Store, Table } from './store.ts';
import type { UserRow } from './users-row.ts';
import type { Viewer } from './viewer.ts';

export type { BookView } from './book-view.ts';
export type { Sight } from './sight.ts';

export interface Decision extends Rights {
  /** For the log: `own`, `administrator`, `rule <id>`, `no rule`, `no such book`, `no such user`, `client`. */
  readonly reason: string;
}

const NO_BOOK: Decision = { view: false, manage: false, reason: 'no such book' };

/** No rule can name it. */
const NO_EXTENSION = '';

/** Stands for the rights of all administrators. */
const ADMINISTRATORS = {};

export class Access {
  readonly #store: Store;
  readonly #books = new Map<string, BookRow>();
  readonly #users = new Map<string, UserRow>();
  readonly #extensions = new Set<string>();
  readonly #permissions = new Map<string, PermissionRow>();
  readonly #visibility = new Map<string, VisibilityRow>();
  readonly #listeners = new Set<() => void>();
  readonly #stop: () => void;
  /** The books of those who share an answer. */
  readonly #lists = new Map<object, readonly BookView[]>();
  #sorted: readonly BookRow[] | undefined;
  #forAll: readonly string[] | undefined;
  #grants: Grants | undefined;
  readonly #granted = new Map<string, ReturnType<Grants['of']>>();
  #sights: Sights | undefined;

  constructor(store: Store) {
    this.#store = store;
    for (const table of ['books', 'users', 'extensions', 'permissions', 'visibility'] as const) {
      for (const { id, value } of store.all(table)) this.#keep(table, id, value);
    }
    this.#stop = store.subscribe((commit) => this.#hear(commit));
  }

  /** Called within the feed when any answer may have changed, and after this object answers anew. Returns the function that stops it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What the viewer may do with the contacts of a scope. Whether a personal scope of somebody else exists is not told. */
  rights(viewer: Viewer, scope: string): Decision {
    if (!viewer.contacts) return { view: false, manage: false, reason: 'client' };
    if (viewer.extension !== '' && !this.#users.has(viewer.extension)) return { ...NO_BOOK, reason: 'no such user' };
    if (ownerOf(scope) !== undefined) {
      const own = viewer.extension !== '' && scope === personalScope(viewer.extension);
      return own ? { view: true, manage: true, reason: 'own' } : NO_BOOK;
    }
    if (!this.#books.has(scope)) return NO_BOOK;
    if (this.isAdmin(viewer)) return { view: true, manage: true, reason: 'administrator' };
    const { view = false, manage = false, rule } = this.#grantsOf(viewer.extension).get(scope) ?? {};
    return { view, manage, reason: rule === undefined ? 'no rule' : `rule ${rule}` };
  }

  /** The rows that a decision about these scopes rests on, as they are now: a commit that guards them cannot outlive a right. */
  guards(viewer: Viewer, scopes: Iterable<string>): Guard[] {
    const tables: [Table, string][] = [['upkeep', 'permissions']];
    if (viewer.extension !== '') tables.push(['users', viewer.extension]);
    for (const scope of new Set(scopes)) if (ownerOf(scope) === undefined) tables.push(['books', scope]);
    return tables.map(([table, id]) => ({ table, id, rev: this.#store.get(table, id)?.rev ?? null }));
  }

  /** The operator, or a user who is an administrator at this moment, whatever he was when he logged in. */
  isAdmin(viewer: Viewer): boolean {
    if (!viewer.admin) return false;
    return viewer.extension === '' || this.#users.get(viewer.extension)?.admin === true;
  }

  /** Whether the one who asks may do anything at all at this moment: the operator, or a user who is there and not disabled. */
  isActive(viewer: Viewer): boolean {
    return viewer.extension === '' || this.#users.get(viewer.extension)?.disabled === false;
  }

  /** The books the viewer sees: his own, then those of the company by name. */
  books(viewer: Viewer): readonly BookView[] {
    if (!viewer.contacts) return [];
    if (!this.#users.has(viewer.extension)) return viewer.extension === '' ? this.#companyBooks(viewer) : [];
    return [personalBook(viewer.extension), ...this.#companyBooks(viewer)];
  }

  /** One list for all whom the same rules name. */
  #companyBooks(viewer: Viewer): readonly BookView[] {
    const share = this.isAdmin(viewer) ? ADMINISTRATORS : this.#grantsOf(viewer.extension);
    const kept = this.#lists.get(share);
    if (kept) return kept;
    this.#sorted ??= [...this.#books.values()].sort(byName);
    const list = this.#sorted.flatMap(({ id, name }) => {
      const rights = this.rights(viewer, id);
      return rights.view ? [companyBook(id, name, rights)] : [];
    });
    this.#lists.set(share, list);
    return list;
  }

  /** The scope of a book as the viewer names it on the wire; undefined when he sees no such book. */
  scopeOf(viewer: Viewer, book: string): string | undefined {
    const scope = book === PERSONAL_BOOK ? personalScope(viewer.extension) : book;
    if (book !== PERSONAL_BOOK && ownerOf(book) !== undefined) return undefined;
    return this.rights(viewer, scope).view ? scope : undefined;
  }

  /** Which extensions the viewer may know of. Rules of visibility bind administrators too, and not the operator. */
  sight(viewer: Viewer): Sight {
    return viewer.extension === '' ? SEES_EVERYONE : this.#allSights().of(viewer.extension);
  }

  /**
   * The company books that an extension views whose user does not count, by the rules that name the extension itself or everyone; a
   * rule that closes a book to one of the user's groups counts all the same. Without an extension what a rule opens to everyone.
   */
  openBooks(extension: string = NO_EXTENSION): readonly string[] {
    const open = this.#allGrants().viewed({ extension, groups: [] });
    const groups = this.#users.get(extension)?.groups ?? [];
    if (groups.length === 0) return open;
    const inGroups = this.#allGrants().viewed({ extension, groups });
    return open.filter((book) => inGroups.includes(book));
  }

  /**
   * The company books that nobody at all is kept from, for places where it is not known who will read. The same list until an
   * answer changes.
   */
  booksForAll(): readonly string[] {
    if (this.#forAll) return this.#forAll;
    const rules = inOrder(this.#permissions) as readonly PermissionRule[];
    this.#forAll = [...this.#books.keys()].filter((book) => isOpenToAll(rules, book)).sort();
    return this.#forAll;
  }

  /** Whether there is a rule by which somebody could be hidden. */
  get hidesSomebody(): boolean {
    return this.#visibility.size > 0;
  }

  /** Which extensions somebody may know of whom no rule names by himself: everyone, but those that a rule hides from everyone. */
  sightOfAnyone(): Sight {
    return this.#allSights().of(NO_EXTENSION);
  }

  hasBook(id: string): boolean {
    return this.#books.has(id);
  }

  close(): void {
    this.#stop();
    this.#listeners.clear();
  }

  #grantsOf(extension: string): ReturnType<Grants['of']> {
    const kept = this.#granted.get(extension);
    if (kept) return kept;
    const person: Person = { extension, groups: this.#users.get(extension)?.groups ?? [] };
    const granted = this.#allGrants().of(person);
    this.#granted.set(extension, granted);
    return granted;
  }

  #allGrants(): Grants {
    this.#grants ??= new Grants(inOrder(this.#permissions) as readonly PermissionRule[], this.#books.keys());
    return this.#grants;
  }

  #allSights(): Sights {
    this.#sights ??= new Sights(
      inOrder(this.#visibility) as readonly VisibilityRule[],
      [...this.#extensions, ...this.#users.keys()],
      (extension) => this.#users.get(extension)?.groups ?? [],
    );
    return this.#sights;
  }

  #hear({ writes }: Commit): void {
    let changed = false;
    for (const { table, id, value } of writes) changed = this.#keep(table, id, value) || changed;
    if (!changed) return;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Takes a row over; whether an answer may be another now. */
  #keep(table: string, id: string, value: object | null): boolean {
    if (table === 'books') return this.#forgetGrants(replace(this.#books, id, value as BookRow | null));
    if (table === 'permissions')
      return this.#forgetGrants(replace(this.#permissions, id, value as PermissionRow | null));
    if (table === 'visibility') return this.#forgetSights(replace(this.#visibility, id, value as VisibilityRow | null));
    if (table === 'users') return this.#keepUser(id, value as UserRow | null);
    return table === 'extensions' && this.#keepExtension(id, value !== null);
  }

  #keepUser(id: string, user: UserRow | null): boolean {
    const before = this.#users.get(id);
    replace(this.#users, id, user);
    if (before && user && before.admin === user.admin && sameList(before.groups, user.groups)) return false;
    this.#granted.delete(id);
    return this.#forgetSights(true);
  }

  #keepExtension(id: string, exists: boolean): boolean {
    if (this.#extensions.has(id) === exists) return false;
    if (exists) this.#extensions.add(id);
    else this.#extensions.delete(id);
    return this.#visibility.size > 0 && this.#forgetSights(true);
  }

  #forgetGrants(changed: boolean): boolean {
    this.#lists.clear();
    this.#sorted = undefined;
    this.#forAll = undefined;
    this.#grants = undefined;
    this.#granted.clear();
    return changed;
  }

  #forgetSights(changed: boolean): boolean {
    this.#sights = undefined;
    return changed;
  }
}

/** Puts or removes an entry; whether that changed anything. */
function replace<T extends object>(map: Map<string, T>, id: string, value: T | null): boolean {
  if (value === null) return map.delete(id);
  if (JSON.stringify(map.get(id)) === JSON.stringify(value)) return false;
  map.set(id, value);
  return true;
}

function inOrder<T extends { readonly order: number }>(rules: ReadonlyMap<string, T>): readonly T[] {
  return [...rules.values()].sort((a, b) => a.order - b.order);
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}
