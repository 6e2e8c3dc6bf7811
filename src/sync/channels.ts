// The channels of one hub: those of tables for as long as it lives, those of books and of users' own calls and messages for as
// long as somebody follows them.
// Listens to the store's feed for all of them.
import { type Commit, isLarge, type LargeTable, type Table, type Told } from '../service/store.ts';
import { Channel } from './channel.ts';
import type { Collection, ScopeCollection, TableCollection } from './collection.ts';
import { storeMask } from './revision-mask.ts';

/** Moves that are remembered: many times what can happen while a request is answered. */
const MOVES_KEPT = 4_096;

/** What of the store is needed for cursors. */
type CursorStore = Parameters<typeof storeMask>[0];

export class Channels {
  readonly #store: CursorStore;
  readonly #tables = new Map<Table, Channel>();
  /** Of scopes of large tables, by table and scope. */
  readonly #scopes = new Map<string, Channel>();
  readonly #contactsOf: (scope: string, name: string) => ScopeCollection;
  /** Where contacts that were moved lately are now. */
  readonly #moves = new Map<string, string>();
  #heard = 0;
  #isDirty = false;

  constructor(
    store: CursorStore,
    tables: readonly TableCollection[],
    contactsOf: (scope: string, name: string) => ScopeCollection,
  ) {
    this.#store = store;
    for (const collection of tables) this.#tables.set(collection.table, this.#open(collection, 0));
    this.#contactsOf = contactsOf;
  }

  /** Something was written that is not yet told. */
  get isDirty(): boolean {
    return this.#isDirty;
  }

  table(name: Table): Channel | undefined {
    return this.#tables.get(name);
  }

  /** The channel of a book; `name` is what its viewers call the collection. It is kept while `users` is above 0. */
  book(scope: string, name: string): Channel {
    return this.own('contacts', scope, () => this.#contactsOf(scope, name));
  }

  /** The channel of a scope of a large table, kept in the same way. */
  own(table: LargeTable, scope: string, make: () => ScopeCollection): Channel {
    return this.#scopes.get(keyOf(table, scope)) ?? this.#open(make(), this.#heard);
  }

  #open(collection: Collection, heard: number): Channel {
    const mask = storeMask(this.#store, `${collection.table} ${collection.scope ?? ''}`);
    return new Channel(collection, mask, heard);
  }

  /** A subscription begins or ends to use a channel. */
  use(channel: Channel, change: 1 | -1): void {
    const { table, scope } = channel.collection;
    channel.users += change;
    if (scope === undefined) return;
    if (channel.users > 0) this.#scopes.set(keyOf(table, scope), channel);
    else this.#scopes.delete(keyOf(table, scope));
  }

  /** The scope that a contact was moved to, when that was lately. */
  movedTo(contact: string): string | undefined {
    return this.#moves.get(contact);
  }

  /** Channels with something to tell. */
  *takeDirty(): Generator<Channel> {
    this.#isDirty = false;
    for (const channels of [this.#tables, this.#scopes]) {
      for (const channel of channels.values()) if (!channel.dirty.isEmpty) yield channel;
    }
  }

  hear({ rev, writes }: Commit): void {
    this.#heard = rev;
    for (const write of writes) {
      if (isLarge(write.table)) {
        this.#hearAt(this.#scopes.get(keyOf(write.table, write.scope ?? '')), write, rev);
        if (write.table === 'contacts' && write.movedFrom !== undefined) this.#hearMove(write, write.movedFrom, rev);
      } else this.#hearAt(this.#tables.get(write.table), write, rev);
    }
  }

  #hearMove({ id, scope = '' }: Told, movedFrom: string, rev: number): void {
    this.#hearAt(this.#scopes.get(keyOf('contacts', movedFrom)), { table: 'contacts', id, value: null }, rev);
    this.#moves.delete(id);
    this.#moves.set(id, scope);
    if (this.#moves.size <= MOVES_KEPT) return;
    for (const oldest of this.#moves.keys()) {
      this.#moves.delete(oldest);
      break;
    }
  }

  #hearAt(channel: Channel | undefined, write: Told, rev: number): void {
    if (!channel || channel.users === 0) return;
    if (write.value === null) channel.remove(write.id, rev);
    else channel.put(write, rev);
    this.#isDirty = true;
  }
}

function keyOf(table: string, scope: string): string {
  return `${table} ${scope}`;
}
