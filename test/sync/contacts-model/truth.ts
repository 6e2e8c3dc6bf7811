// What is so at this moment, read from the rows alone and decided by the rules of the domain: the judge of what clients get. It
// shares nothing with the code that serves them but the two pure decisions.
import { decidePermission, decideVisibility, type Person } from '../../../src/domain/rules.ts';
import type { BookRow, FavoriteRow, PermissionRow, VisibilityRow } from '../../../src/service/book-rows.ts';
import { type ContactRow, contactItem, personalScope } from '../../../src/service/contact-row.ts';
import type { ExtensionRow } from '../../../src/service/rows.ts';
import type { LargeTable, Store, Told } from '../../../src/service/store.ts';
import { type UserRow, viewUser } from '../../../src/service/users-row.ts';

export interface Someone {
  readonly extension: string;
  /** Whether the client may use contacts. */
  readonly contacts: boolean;
}

type Items = Record<string, unknown>;

export class Truth {
  store: Store;
  readonly contacts = new Map<string, ContactRow>();
  readonly favorites = new Map<string, FavoriteRow>();
  #stop: () => void = () => undefined;

  constructor(store: Store) {
    this.store = store;
  }

  /** Begins to follow a store, with all that is in it. */
  async follow(store: Store, scopesOf: (table: LargeTable) => Promise<Iterable<string>>): Promise<void> {
    this.#stop();
    this.store = store;
    this.contacts.clear();
    this.favorites.clear();
    for (const table of ['contacts', 'favorites'] as const) {
      for (const scope of await scopesOf(table)) {
        const limit = Number.MAX_SAFE_INTEGER;
        const { rows } = await store.read({ table, scope, since: null, removedSince: null, limit });
        for (const { id, value } of rows) this.#take({ table, id, value });
      }
    }
    this.#stop = store.subscribe(({ writes }) => {
      for (const write of writes) this.#take(write);
    });
  }

  user(extension: string): UserRow | undefined {
    return this.store.get('users', extension)?.value as UserRow | undefined;
  }

  isAdmin({ extension }: Someone): boolean {
    return this.isActive(extension) && this.user(extension)?.admin === true;
  }

  isActive(extension: string): boolean {
    return this.user(extension)?.disabled === false;
  }

  rights(who: Someone, scope: string): { readonly view: boolean; readonly manage: boolean } {
    const none = { view: false, manage: false };
    if (!who.contacts || !this.isActive(who.extension)) return none;
    if (scope === personalScope(who.extension)) return { view: true, manage: true };
    if (!this.store.get('books', scope)) return none;
    if (this.isAdmin(who)) return { view: true, manage: true };
    const { view, manage } = decidePermission(this.#inOrder<PermissionRow>('permissions'), this.#person(who), scope);
    return { view, manage };
  }

  sees({ extension }: Someone, other: string): boolean {
    const rules = this.#inOrder<VisibilityRow>('visibility');
    return decideVisibility(rules, this.#person({ extension }), this.#person({ extension: other })).see;
  }

  /** The scope of a book as this one names it. */
  scopeOf({ extension }: Someone, book: string): string {
    return book === 'personal' ? personalScope(extension) : book;
  }

  books(who: Someone): Items {
    const company = [...this.store.all('books')].flatMap(({ id, value }) => {
      const rights = this.rights(who, id);
      return rights.view ? [{ id, kind: 'company', name: (value as BookRow).name, rights }] : [];
    });
    const own = { id: 'personal', kind: 'personal', name: 'Personal', rights: { view: true, manage: true } };
    return byId(this.rights(who, personalScope(who.extension)).view ? [own, ...company] : company);
  }

  /** The contacts of a book, each as this one is to see it. */
  contactsOf(who: Someone, book: string): Items {
    const scope = this.scopeOf(who, book);
    const rows = [...this.contacts].filter(([, row]) => row.book === scope);
    return byId(rows.map(([id, row]) => contactItem(id, row, (extension) => this.sees(who, extension))));
  }

  favoritesOf(who: Someone): Items {
    const own = [...this.favorites.values()].filter((row) => row.owner === who.extension);
    const seen = own.filter(({ target }) => this.seesTarget(who, target));
    return byId(seen.map(({ target, at }) => ({ id: target, at })));
  }

  seesTarget(who: Someone, target: string): boolean {
    const [kind = '', id = ''] = target.split(':');
    if (kind === 'extension') return this.sees(who, id);
    const row = this.contacts.get(id);
    return row !== undefined && this.rights(who, row.book).view;
  }

  /** The items of a collection that is one table; undefined when it does not exist for this one. */
  table(who: Someone, name: string): Items | undefined {
    const rows = [...this.store.all(name as 'pbx')];
    if (name === 'pbx') return byId(rows.map(({ value }) => value));
    if (name === 'extensions' || name === 'presence') {
      const seen = rows.filter(({ id }) => this.sees(who, id));
      return byId(seen.map(({ value }) => (name === 'presence' ? value : (value as ExtensionRow).item)));
    }
    if (!this.isAdmin(who)) return undefined;
    return byId(rows.map(({ value }) => (name === 'users' ? viewUser(value as UserRow) : value)));
  }

  company(who: Someone): object {
    if (this.isAdmin(who)) return { view: true, manage: true };
    const rights = [...this.store.all('books')].map(({ id }) => this.rights(who, id)).filter(({ view }) => view);
    if (rights.length === 0) return { off: 'no_permission' };
    return { view: true, manage: rights.some(({ manage }) => manage) };
  }

  #person({ extension }: { readonly extension: string }): Person {
    return { extension, groups: this.user(extension)?.groups ?? [] };
  }

  #inOrder<T extends { readonly order: number }>(table: 'permissions' | 'visibility'): T[] {
    const rows = [...this.store.all(table)].map(({ value }) => value as unknown as T);
    return rows.sort((a, b) => a.order - b.order);
  }

  #take({ table, id, value }: Pick<Told, 'table' | 'id' | 'value'>): void {
    const map = table === 'contacts' ? this.contacts : table === 'favorites' ? this.favorites : undefined;
    if (value === null) map?.delete(id);
    else map?.set(id, value as ContactRow & FavoriteRow);
  }
}

function byId(items: readonly object[]): Items {
  const entries = items.map((item) => [(item as { id: string }).id, item] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
