// What there is to see under which name: for each viewer the collections among those he asked for that exist for him. A name that he
// may not see and one that does not exist are the same here.
import type { Access } from '../service/access.ts';
import { ownerOf } from '../service/contact-row.ts';
import type { Table } from '../service/store.ts';
import type { Viewer } from '../service/viewer.ts';
import type { Channel } from './channel.ts';
import type { Channels } from './channels.ts';
import type { Audience, ScopeCollection } from './collection.ts';
import type { List } from './list-subscription.ts';

/** A collection that exists for a viewer. */
export type Offer =
  | { readonly kind: 'feed'; readonly channel: Channel; readonly audience: Audience }
  | { readonly kind: 'list'; readonly list: List };

/** All books that the viewer sees, now and later. */
const ALL_BOOKS = 'contacts';
const OF_BOOK = 'contacts:';

/** The collections of which each user has one of his own. */
export type OwnName = 'calls' | 'messages';

/** A collection of which each user has one of his own: a scope of a large table that bears the name of the collection. */
export type OwnCollection = (viewer: Viewer) => ScopeCollection;

export class Catalog {
  readonly #access: Access;
  readonly #channels: Channels;
  readonly #lists: ReadonlyMap<string, List>;
  readonly #own: ReadonlyMap<string, OwnCollection>;

  constructor(parts: {
    readonly access: Access;
    readonly channels: Channels;
    readonly lists: readonly List[];
    readonly own: Readonly<Record<OwnName, OwnCollection>>;
  }) {
    this.#access = parts.access;
    this.#channels = parts.channels;
    this.#lists = new Map(parts.lists.map((list) => [list.name, list]));
    this.#own = new Map(Object.entries(parts.own));
  }

  /** Whether a client may name it, without a word about who may see it. */
  has(name: string): boolean {
    if (name.startsWith(OF_BOOK)) return name.length > OF_BOOK.length;
    return name === ALL_BOOKS || this.#lists.has(name) || this.#own.has(name) || this.#isTable(name);
  }

  /** What is there for the viewer under the names he wants, in this order, each once. */
  offers(viewer: Viewer, wanted: readonly string[]): Map<string, Offer> {
    const offers = new Map<string, Offer>();
    for (const name of wanted) {
      if (offers.has(name)) continue;
      if (name === ALL_BOOKS) this.#offerBooks(viewer, offers);
      else if (name.startsWith(OF_BOOK)) this.#offerBook(viewer, name.slice(OF_BOOK.length), offers);
      else this.#offer(viewer, name, offers);
    }
    return offers;
  }

  /** Whether a collection is gone for everybody, and not for one viewer. */
  isDeleted({ collection: { table, scope } }: Channel): boolean {
    return table === 'contacts' && scope !== undefined && ownerOf(scope) === undefined && !this.#access.hasBook(scope);
  }

  /** Whether no company book has this name now; there may have been one. */
  hasNoBook(name: string): boolean {
    return isBook(name) && !this.#access.hasBook(name.slice(OF_BOOK.length));
  }

  #isTable(name: string): boolean {
    return this.#channels.table(name as Table) !== undefined;
  }

  #offer(viewer: Viewer, name: string, offers: Map<string, Offer>): void {
    const list = this.#lists.get(name);
    const own = this.#own.get(name);
    const channel = this.#channels.table(name as Table);
    const audience = channel?.collection.audience(viewer);
    if (list) offers.set(name, { kind: 'list', list });
    else if (own) this.#offerOwn(viewer, name as OwnName, own, offers);
    else if (channel && audience) offers.set(name, { kind: 'feed', channel, audience });
  }

  #offerOwn(viewer: Viewer, name: OwnName, own: OwnCollection, offers: Map<string, Offer>): void {
    if (viewer.extension === '') return;
    const channel = this.#channels.own(name, viewer.extension, () => own(viewer));
    const audience = channel.collection.audience(viewer);
    if (audience) offers.set(name, { kind: 'feed', channel, audience });
  }

  #offerBooks(viewer: Viewer, offers: Map<string, Offer>): void {
    for (const { item } of this.#access.books(viewer)) this.#offerBook(viewer, item.id, offers);
  }

  #offerBook(viewer: Viewer, book: string, offers: Map<string, Offer>): void {
    const scope = this.#access.scopeOf(viewer, book);
    const name = OF_BOOK + book;
    if (scope === undefined || offers.has(name)) return;
    const channel = this.#channels.book(scope, name);
    const audience = channel.collection.audience(viewer);
    if (audience) offers.set(name, { kind: 'feed', channel, audience });
  }
}

export function isAllBooks(name: string): boolean {
  return name === ALL_BOOKS;
}

export function isBook(name: string): boolean {
  return name.startsWith(OF_BOOK);
}
