// A client's copy of the collections, kept by the rules of the protocol alone. It throws where a message breaks one.
import type { ServerMessage } from './fake-socket.ts';

interface Copy {
  readonly items: Map<string, unknown>;
  cursor: string | undefined;
  /** In the middle of a snapshot or of changes that come in pages. */
  paging: 'reset' | 'changes' | undefined;
  /** Ids that the pages so far brought. */
  readonly paged: Set<string>;
}

export class Mirror {
  readonly #copies = new Map<string, Copy>();
  /** Ready for the present `sync.open`. */
  ready = 0;
  readonly #read: ServerMessage[] = [];

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
    for (const [name, copy] of this.#copies) {
      if (copy.paging === 'reset') this.#copies.delete(name);
      copy.paging = undefined;
      copy.paged.clear();
    }
  }

  forget(collection: string): void {
    this.#copies.delete(collection);
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
    for (const id of [...put.map((item) => item.id), ...remove]) {
      if (copy.paged.has(id)) throw new Error(`${collection} ${id} came twice`);
      copy.paged.add(id);
    }
    if (!copy.paging) copy.paged.clear();
    for (const item of put) {
      if (!copy.paging && JSON.stringify(copy.items.get(item.id)) === JSON.stringify(item)) {
        throw new Error(`${collection} ${item.id} came again as it was`);
      }
      copy.items.set(item.id, item);
    }
    for (const id of remove) copy.items.delete(id);
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
