// Notes that wait for a database that is away or that has refused them: of each row the last one. Knows no connection.

export interface NotedRow {
  readonly table: string;
  readonly id: string;
  readonly value: object | null;
  /** JSON; null: a removal. */
  readonly text: string | null;
  /** The revision with which it was told. */
  readonly local: number;
}

/** The oldest of some notes, and when it was told, in milliseconds. */
export interface First {
  readonly local: number;
  readonly at: number;
}

interface Waiting {
  readonly row: NotedRow;
  /** What was sent of this row without an answer. */
  readonly texts: ReadonlySet<string | null>;
  /** Nobody but this daemon can know of the row. */
  readonly isUnknown: boolean;
}

/** What is known of a row besides. */
interface Besides {
  /** Was sent without an answer. */
  readonly text?: string | null;
  readonly isUnknown?: boolean;
}

export const keyOf = ({ table, id }: { readonly table: string; readonly id: string }): string => `${table}\0${id}`;

export function older(a: First | undefined, b: First | undefined): First | undefined {
  return a === undefined || (b !== undefined && b.local < a.local) ? b : a;
}

export class Backlog {
  readonly #rows = new Map<string, Waiting>();
  #since: First | undefined;

  get size(): number {
    return this.#rows.size;
  }

  /** Not newer than the oldest of them; undefined when there is none. */
  get since(): First | undefined {
    return this.#rows.size > 0 ? this.#since : undefined;
  }

  get(key: string): NotedRow | undefined {
    return this.#rows.get(key)?.row;
  }

  /** `row` goes behind the others, in the place of what waits of the same row. A row that nobody has known and that is removed is no more. */
  put(row: NotedRow, first: First, { text, isUnknown = false }: Besides = {}): void {
    const key = keyOf(row);
    const held = this.#rows.get(key);
    this.#since = older(this.since, first);
    this.#rows.delete(key);
    const isStillUnknown = held ? held.isUnknown && text === undefined : isUnknown;
    if (isStillUnknown && row.value === null) return;
    const texts = new Set(held?.texts);
    if (text !== undefined) texts.add(text);
    this.#rows.set(key, { row, texts, isUnknown: isStillUnknown });
  }

  delete(key: string): void {
    this.#rows.delete(key);
  }

  /** The next ones, which wait no longer. */
  take(most: number): readonly NotedRow[] {
    const rows: NotedRow[] = [];
    for (const [key, { row }] of this.#rows) {
      if (rows.length >= most) break;
      this.#rows.delete(key);
      rows.push(row);
    }
    return rows;
  }

  /** Whether it holds against what another wrote to its row: only what is its own. Otherwise it waits no longer. */
  holds(key: string, text: string | null): boolean {
    const waiting = this.#rows.get(key);
    if (!waiting) return false;
    if (waiting.texts.has(text)) return true;
    this.#rows.delete(key);
    return false;
  }
}
