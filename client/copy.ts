// One collection as the server last told it: the mirror a program sees, and the folding of pages into it. Knows no other
// collection and no connection.
import type { Kept, Mirror, MirrorChange } from './api.ts';
import type { Item, Page } from './frame.ts';
import { Listeners } from './listeners.ts';

/** Pages of which the last has not come. */
interface Pages {
  readonly reset: boolean;
  readonly put: Map<string, Item>;
  readonly remove: Set<string>;
}

/**
 * What was known when the server was asked to begin again from `cursor`: from there it will tell what is different, whatever
 * it told until it heard that.
 */
interface Doubt {
  readonly cursor: string;
  /** The items, as they were, that were changed between asking and being heard. */
  readonly before: Map<string, Item | undefined>;
  isHeard: boolean;
}

export type Change = MirrorChange<Item>;

const NOTHING: Change = { reset: true, put: [], remove: [] };

export class Copy implements Mirror<Item> {
  readonly name: string;
  why?: NonNullable<Mirror<Item>['why']>;
  /** Of the state it holds; undefined: it holds none. */
  cursor: string | undefined;
  /** Whether the program was given it, and may keep it. */
  isGiven = false;
  #state: Mirror<Item>['state'] = 'loading';
  #items = new Map<string, Item>();
  #pages: Pages | undefined;
  #doubt: Doubt | undefined;
  readonly #listeners = new Listeners<[Change]>();

  constructor(name: string) {
    this.name = name;
  }

  get state(): Mirror<Item>['state'] {
    return this.#state;
  }

  get size(): number {
    return this.#items.size;
  }

  /** Items held, those of pages that are not complete too. */
  get weight(): number {
    return this.#items.size + (this.#pages?.put.size ?? 0) + (this.#pages?.remove.size ?? 0);
  }

  get(id: string): Item | undefined {
    return this.#items.get(id);
  }

  has(id: string): boolean {
    return this.#items.has(id);
  }

  values(): IterableIterator<Item> {
    return this.#items.values();
  }

  subscribe(listener: (change: Change) => void): () => void {
    return this.#listeners.add(listener);
  }

  get isWatched(): boolean {
    return this.isGiven || this.#listeners.size > 0;
  }

  tell(change: Change): void {
    this.#listeners.tell(change);
  }

  /** Takes what was kept by an earlier run. */
  restore({ cursor, items }: Kept): Change {
    return this.#hold(new Map(items.map((item) => [item.id, item])), cursor);
  }

  keep(): Kept | undefined {
    return this.cursor === undefined ? undefined : { cursor: this.cursor, items: [...this.#items.values()] };
  }

  /** Folds a page. The change, when it was the last page and anything changed; `broken` when it follows nothing. */
  take(page: Page): Change | 'broken' | undefined {
    if (page.reset || !this.#pages) this.#pages = { reset: page.reset, put: new Map(), remove: new Set() };
    const { reset, put, remove } = this.#pages;
    if (!reset && this.#state !== 'live' && !this.#doubt) return 'broken';
    for (const item of page.put) {
      put.set(item.id, item);
      remove.delete(item.id);
    }
    for (const id of page.remove) {
      put.delete(id);
      remove.add(id);
    }
    if (page.cursor === undefined) return undefined;
    this.#pages = undefined;
    return reset ? this.#hold(put, page.cursor) : this.#alter(put, remove, page.cursor);
  }

  /** The user may not see it. */
  lose(why: NonNullable<Mirror<Item>['why']>): Change {
    this.#replace(new Map());
    this.#pages = undefined;
    this.cursor = undefined;
    this.#state = 'gone';
    this.why = why;
    return NOTHING;
  }

  /** As if nothing had ever come. */
  clear(): Change {
    this.lose('no_permission');
    this.#doubt = undefined;
    this.#state = 'loading';
    delete this.why;
    return NOTHING;
  }

  /** The server, which has told everything, is asked to begin again from the cursor. */
  beginDoubt(): void {
    if (this.cursor !== undefined) this.#doubt = { cursor: this.cursor, before: new Map(), isHeard: false };
  }

  /** It has heard that: what comes now is what changed since the cursor. */
  heard(): void {
    this.#pages = undefined;
    if (this.#doubt) this.#doubt.isHeard = true;
  }

  /** It has told everything, and of this nothing unless it was taken before. */
  settle(): Change | undefined {
    return this.#doubt?.isHeard ? this.#alter(new Map(), new Set(), this.#doubt.cursor) : undefined;
  }

  /** The connection is gone; what is held is what was told last. */
  disconnected(): void {
    this.#pages = undefined;
    this.#doubt = undefined;
  }

  #hold(items: Map<string, Item>, cursor: string): Change {
    this.#replace(items);
    this.#became(cursor);
    return { reset: true, put: [...items.values()], remove: [] };
  }

  #became(cursor: string): void {
    this.#state = 'live';
    delete this.why;
    this.cursor = cursor;
  }

  #replace(items: Map<string, Item>): void {
    if (this.#doubt?.isHeard) this.#doubt = undefined;
    if (this.#doubt) for (const id of [...this.#items.keys(), ...items.keys()]) this.#doubtOf(id);
    this.#items = items;
  }

  #alter(put: Map<string, Item>, remove: Set<string>, cursor: string): Change | undefined {
    if (this.#doubt?.isHeard) this.#undo(this.#doubt, put, remove);
    const wasLive = this.#state === 'live';
    const removed: string[] = [];
    for (const [id, item] of put) {
      this.#doubtOf(id);
      this.#items.set(id, item);
    }
    for (const id of remove) {
      this.#doubtOf(id);
      if (this.#items.delete(id)) removed.push(id);
    }
    this.#became(cursor);
    if (!wasLive) return { reset: true, put: [...this.#items.values()], remove: [] };
    return put.size > 0 || removed.length > 0 ? { reset: false, put: [...put.values()], remove: removed } : undefined;
  }

  /** Adds what was told since the cursor and is not so any more. */
  #undo({ before }: Doubt, put: Map<string, Item>, remove: Set<string>): void {
    this.#doubt = undefined;
    for (const [id, item] of before) {
      if (put.has(id) || remove.has(id) || this.#items.get(id) === item) continue;
      if (item) put.set(id, item);
      else remove.add(id);
    }
  }

  #doubtOf(id: string): void {
    const before = this.#doubt?.before;
    if (before && !before.has(id)) before.set(id, this.#items.get(id));
  }
}
