// A client's copy of the collections, kept by the rules of the protocol alone. It throws where a message breaks one.
import type { ServerMessage } from './fake-socket.ts';

interface Copy {
  readonly items: Map<string, unknown>;
  cursor: string | undefined;
  /** In the middle of a snapshot or of changes that come in pages. */
  paging: 'reset' | 'changes' | undefined;
  /** Ids that the pages so far brought; one may come again on a later page, when it has changed meanwhile. */
  readonly paged: Set<string>;
}

export class Mirror {
  readonly #copies = new Map<string, Copy>();
  /** Ready for the present `sync.open`. */
  ready = 0;
  readonly #read: ServerMessage[] = [];
  readonly #unsure: ReadonlySet<string>;

  /** `unsure`: collections whose items may have changed back and forth unseen, and so come again as they were. */
  constructor(unsure: Iterable<string> = []) {
    this.#unsure = new Set(unsure);
  }

  /** Takes messages that came after those taken before. */
  take(received: readonly ServerMessage[]): this {
    for (const message of received.slice(this.#read.length)) {
      this.#read.push(message);
      this.#fold(message);
    }
    return this;
  }

  /** A new connection begins with the copies as they are; half-read pages are void. */
  reconnect(): void {
    this.#read.length = 0;
    this.voidPages();
  }

  /** What came of pages that will not be completed is void. */
  voidPages(): void {
    for (const [name, copy] of this.#copies) {
      if (copy.paging === 'reset') this.#copies.delete(name);
      copy.paging = undefined;
      copy.paged.clear();
    }
  }

  /** Counts messages as read without a look at them. */
  skip(received: readonly ServerMessage[]): void {
    this.#read.length = 0;
    this.#read.push(...received);
  }

  /** The same copies, for another to go on with. */
  clone(): Mirror {
    const clone = new Mirror(this.#unsure);
    for (const [name, { items, cursor, paging, paged }] of this.#copies) {
      clone.#copies.set(name, { items: new Map(items), cursor, paging, paged: new Set(paged) });
    }
    return clone;
  }

  forget(collection: string): void {
    this.#copies.delete(collection);
  }

  /** Forgets books of which no cursor is named. */
  forgetBooks(cursors: Readonly<Record<string, string>>): void {
    for (const name of [...this.#copies.keys()]) {
      if (name.startsWith('contacts:') && cursors[name] === undefined) this.#copies.delete(name);
    }
  }

  get names(): string[] {
    return [...this.#copies.keys()];
  }

  has(collection: string): boolean {
    return this.#copies.has(collection);
  }

  items(collection: string): Record<string, unknown> {
    const { items } = this.#copies.get(collection) ?? { items: new Map() };
    return Object.fromEntries([...items].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** The cursors to open with again. */
  get cursors(): Record<string, string> {
    return Object.fromEntries([...this.#copies].flatMap(([name, { cursor }]) => (cursor ? [[name, cursor]] : [])));
  }

  #fold({ method, params }: ServerMessage): void {
    if (method === 'sync.ready') {
      for (const [name, { paging }] of this.#copies) if (paging) throw new Error(`ready in the middle of ${name}`);
      this.ready += 1;
    } else if (method === 'sync.gone') {
      this.#copies.delete(String(params?.['collection']));
    } else if (method === 'sync.change' && params) {
      this.#change(params as unknown as Change);
    }
  }

  #change({ collection, reset, more, put, remove, cursor }: Change): void {
    let copy = this.#copies.get(collection);
    if (reset) {
      copy = { items: new Map(), cursor: undefined, paging: 'reset', paged: new Set() };
      this.#copies.set(collection, copy);
    }
    if (!copy) throw new Error(`a change of ${collection}, of which nothing was sent yet`);
    if (more ? cursor !== undefined : cursor === undefined) throw new Error('the cursor is on the last page only');
    if (reset && remove.length > 0) throw new Error('a reset has nothing to remove');
    copy.paging ??= more ? 'changes' : undefined;
    this.#putAll(collection, copy, put, remove);
    if (more) return;
    copy.cursor = cursor;
    copy.paging = undefined;
    copy.paged.clear();
  }

  #putAll(collection: string, copy: Copy, put: readonly { readonly id: string }[], remove: readonly string[]): void {
    const ids = [...put.map((item) => item.id), ...remove];
    if (new Set(ids).size < ids.length) throw new Error(`${collection}: one item twice in one change`);
    for (const item of put) {
      const again = !copy.paging || copy.paged.has(item.id);
      if (again && !this.#unsure.has(collection) && JSON.stringify(copy.items.get(item.id)) === JSON.stringify(item)) {
        throw new Error(`${collection} ${item.id} came again as it was`);
      }
      copy.items.set(item.id, item);
    }
    for (const id of remove) copy.items.delete(id);
    for (const id of copy.paging ? ids : []) copy.paged.add(id);
  }
}

interface Change {
  readonly collection: string;
  readonly reset?: boolean;
  readonly more?: boolean;
  readonly put: readonly { readonly id: string }[];
  readonly remove: readonly string[];
  readonly cursor?: string;
}
