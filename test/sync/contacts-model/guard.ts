// Looks at each message in the moment in which it is written to a client's socket, and at nothing else: whether the client might
// see, by the rules and rows of that moment, everything that the message names.
import type { ServerMessage } from '../../support/fake-socket.ts';
import { Mirror } from '../../support/mirror.ts';
import type { Someone, Truth } from './truth.ts';

interface Item {
  readonly id: string;
  readonly [field: string]: unknown;
}

interface Contact extends Item {
  readonly book: string;
  readonly rev: number;
  readonly updatedBy?: string;
}

interface Params {
  readonly collection: string;
  readonly put: readonly Item[];
  readonly remove: readonly string[];
}

/** What one client was ever sent, over all its connections. */
export class Guard {
  readonly leaks: string[] = [];
  /** The copy of the present connection as it is when all that was written has arrived. */
  written = new Mirror();
  /** Books, and items by collection, that it was told of or named itself. */
  readonly #told = new Set<string>();
  readonly #truth: Truth;
  readonly #who: Someone;
  #log: ServerMessage[] = [];
  #followed: readonly string[] = [];

  constructor(truth: Truth, who: Someone) {
    this.#truth = truth;
    this.#who = who;
  }

  /** The client names collections, and what it holds of them. */
  named(names: readonly string[], cursors: Readonly<Record<string, string>>): void {
    this.#followed = names;
    for (const name of names) {
      this.#told.add(`name ${name}`);
      if (cursors[name] === undefined && name !== 'contacts') this.written.forget(name);
    }
    if (names.includes('contacts')) this.written.forgetBooks(cursors);
    for (const name of Object.keys(cursors)) this.#told.add(`name ${name}`);
    for (const [name, cursor] of Object.entries(cursors)) {
      for (const [id] of cursor.matchAll(/[\w:.-]+(?==)/g)) this.#told.add(`${name} ${id.replace(/^.{12}:/, '')}`);
    }
  }

  /** A new connection begins with what the client holds. */
  reconnected(copy: Mirror): void {
    this.written = copy;
    this.#followed = [];
    this.#log = [];
  }

  see(message: ServerMessage): void {
    try {
      this.#look(message);
    } catch (error) {
      this.leaks.push(`${this.#who.extension}: ${String(error)}: ${JSON.stringify(message).slice(0, 400)}`);
    }
  }

  #look(message: ServerMessage): void {
    const { method, params, result, error } = message;
    if (method === 'sync.change') this.#change(params as unknown as Params, message);
    if (method === 'sync.gone') this.#gone(String(params?.['collection']), message);
    this.#log.push(message);
    this.written.take(this.#log);
    if (!method) this.#answer(result, error?.data['current'] as Contact | undefined, message);
  }

  #change({ collection, put, remove }: Params, message: ServerMessage): void {
    const allowed = this.#allows(collection);
    this.#check(allowed !== undefined, 'the collection', message);
    if (!allowed) return;
    this.#told.add(`name ${collection}`);
    for (const item of put) this.#check(allowed(item.id, item), `put ${item.id}`, message);
    for (const id of remove) {
      this.#check(this.#told.has(`${collection} ${id}`) || allowed(id), `remove ${id}`, message);
    }
    for (const { id } of put) this.#told.add(`${collection} ${id}`);
  }

  /** What may be told of a collection at this moment; undefined: nothing. */
  #allows(collection: string): ((id: string, item?: Item) => boolean) | undefined {
    const [truth, who] = [this.#truth, this.#who];
    if (!truth.isActive(who.extension)) return undefined;
    if (collection === 'pbx') return () => true;
    if (collection === 'extensions' || collection === 'presence') return (id) => truth.sees(who, id);
    if (collection === 'books') return (id, item) => item !== undefined && same(truth.books(who)[id], item);
    if (collection === 'favorites') return (id) => truth.seesTarget(who, id) || this.#isGone(id);
    if (collection.startsWith('contacts:')) {
      const scope = truth.scopeOf(who, collection.slice('contacts:'.length));
      if (!truth.rights(who, scope).view) return undefined;
      return (id, item) => this.#mayHave(id, item as Contact | undefined);
    }
    return truth.isAdmin(who) ? () => true : undefined;
  }

  /** A contact that is no more is in no book; that it was is no secret to who sees the book that tells so. */
  #mayHave(id: string, item: Contact | undefined): boolean {
    const row = this.#truth.contacts.get(id);
    if (row && !this.#truth.rights(this.#who, row.book).view) return false;
    return item?.updatedBy === undefined || this.#truth.sees(this.#who, item.updatedBy);
  }

  #isGone(target: string): boolean {
    return target.startsWith('contact:') && !this.#truth.contacts.has(target.slice('contact:'.length));
  }

  #gone(collection: string, message: ServerMessage): void {
    this.#check(this.#told.has(`name ${collection}`), 'gone', message);
  }

  #answer(result: Record<string, unknown> | undefined, current: Contact | undefined, message: ServerMessage): void {
    const contact = result?.['contact'] as Contact | undefined;
    const found = (result?.['contacts'] ?? []) as readonly Contact[];
    for (const one of [contact, current, ...found]) {
      if (one) this.#check(this.#mayHave(one.id, one) && this.#seesBook(one), `answer ${one.id}`, message);
    }
    const book = result?.['book'] as Item | undefined;
    if (book) this.#check(this.#truth.rights(this.#who, book.id).view, 'answer of a book', message);
    if (contact) this.#check(this.#holds(contact), 'S5: the copy is older than the answer', message);
  }

  #seesBook({ book }: Contact): boolean {
    return this.#truth.rights(this.#who, this.#truth.scopeOf(this.#who, book)).view;
  }

  /** S5: what a change is answered with is in the copy, or something newer. */
  #holds({ id, book, rev }: Contact): boolean {
    const collection = `contacts:${book}`;
    const row = this.#truth.contacts.get(id);
    const isThere = row !== undefined && row.book === this.#truth.scopeOf(this.#who, book);
    const isFollowed = this.#followed.includes(collection) || this.#followed.includes('contacts');
    if (!isFollowed || !isThere || !this.written.has(collection)) return true;
    const held = this.written.items(collection)[id] as Contact | undefined;
    return held !== undefined && held.rev >= rev;
  }

  #check(holds: boolean, what: string, message: ServerMessage): void {
    if (!holds) this.leaks.push(`${this.#who.extension}: ${what}: ${JSON.stringify(message).slice(0, 400)}`);
  }
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
