// Collections that are read from the store by revision and followed through its feed: what each audience sees of a table, or
// of one scope of a large one. Knows no session, no socket and no frame.
import type { LargeTable, Table, Told } from '../service/store.ts';
import type { Viewer } from '../service/viewer.ts';

/** All viewers who see the same of a collection, and so share frames. */
export interface Audience {
  /** Equal keys mean equal answers. */
  readonly key: string;
  /** What a cursor is bound to: coarser than the key where the same items are seen with another detail. */
  readonly view: string;
  sees(id: string): boolean;
  /** The JSON text of the item of a row. */
  encode(id: string, value: object): string;
}

interface Shared {
  /** As clients name it. */
  readonly name: string;
  /** Null: it does not exist for the viewer. */
  audience(viewer: Viewer): Audience | null;
  /** The id of the item of a row, where it is another one than the row's. */
  readonly itemId?: (row: string) => string;
  /** Called when a session that follows the collection has been sent everything that was written so far. */
  readonly told?: () => void;
}

/** Read at once. */
export interface TableCollection extends Shared {
  readonly table: Table;
  readonly scope?: undefined;
}

/** Read by asking. */
export interface ScopeCollection extends Shared {
  readonly table: LargeTable;
  readonly scope: string;
  /** Whether the write brings an item into the scope that nobody was told of before. */
  isNew(write: Told): boolean;
}

export type Collection = TableCollection | ScopeCollection;

/** How an audience sees that sees every row. */
export const ALL = () => true;

/** Texts of items, made once for each row value. */
export function keptTexts(item: (value: object) => object = (value) => value): (value: object) => string {
  const texts = new WeakMap<object, string>();
  return (value) => {
    let text = texts.get(value);
    if (text === undefined) {
      text = JSON.stringify(item(value));
      texts.set(value, text);
    }
    return text;
  };
}

/** An audience that sees every row. */
export function wholeAudience(key: string, text: (value: object) => string): Audience {
  return { key, view: key, sees: ALL, encode: (_id, value) => text(value) };
}

/** The ids of the items of these rows of a collection. */
export function itemIds({ itemId }: Collection, rows: readonly string[]): readonly string[] {
  return itemId ? rows.map(itemId) : rows;
}
