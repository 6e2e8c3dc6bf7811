// What a client of the store's feed holds: rows as they were told, brought up to date over a restart by what changed since.
// Knows no files and no writers.
import { isLarge, SCOPE_OF } from '../../src/service/store.ts';
import type { Line } from './lines.ts';

export interface HeldRow {
  readonly table: string;
  readonly id: string;
  readonly rev: number;
  /** The value as JSON. */
  readonly text: string;
  /** Null in a small table. */
  readonly scope: string | null;
}

export type Rows = ReadonlyMap<string, HeldRow>;
type Told = Extract<Line, { told: number }>;
type Changed = Extract<Line, { changed: unknown }>;

export const keyOf = (table: string, id: string): string => `${table} ${id}`;

export function heldRow(table: string, id: string, rev: number, value: object): HeldRow {
  return { table, id, rev, text: JSON.stringify(value), scope: isLarge(table) ? SCOPE_OF[table](value) : null };
}

export class Mirror {
  #rows = new Map<string, HeldRow>();
  /** The last revision told; undefined before the first start. */
  rev: number | undefined;

  get rows(): Rows {
    return this.#rows;
  }

  /** Takes what the feed told. Returns what was wrong with it. */
  tell({ told: rev, writes }: Told): string[] {
    const wrong: string[] = [];
    if (this.rev !== undefined && rev <= this.rev) wrong.push(`revision ${rev} was told after ${this.rev}`);
    this.rev = rev;
    for (const [table, id, value, scope, movedFrom] of writes) {
      const key = keyOf(table, id);
      const before = this.#rows.get(key)?.scope ?? null;
      const row = value === null ? undefined : heldRow(table, id, rev, value);
      const now = row?.scope ?? before;
      const moved = row && before !== null && before !== now ? before : null;
      if (scope !== now || movedFrom !== moved) {
        wrong.push(`${key} was told as moved from ${movedFrom} to ${scope}, it went from ${before} to ${now}`);
      }
      if (row) this.#rows.set(key, row);
      else this.#rows.delete(key);
    }
    return wrong;
  }

  /** Takes what changed in one scope while it heard nothing. */
  change({ changed: { reset, rows, removed }, table, scope }: Changed): void {
    const held = (row: HeldRow | undefined): boolean => row?.table === table && row.scope === scope;
    if (reset) for (const [key, row] of this.#rows) if (held(row)) this.#rows.delete(key);
    for (const id of removed) if (held(this.#rows.get(keyOf(table, id)))) this.#rows.delete(keyOf(table, id));
    for (const { id, rev, value } of rows) this.#rows.set(keyOf(table, id), heldRow(table, id, rev, value));
  }

  /** Holds these rows, whatever it held. */
  become(rows: Rows, rev: number): void {
    this.#rows = new Map(rows);
    this.rev = rev;
  }
}

/** Where two sets of rows differ, as text; at most a few of the places. */
export function differences(expected: Rows, found: Rows): string[] {
  const wrong: string[] = [];
  for (const [key, row] of expected) {
    const other = found.get(key);
    if (!other) wrong.push(`${key} is missing`);
    else if (other.text !== row.text) wrong.push(`${key} is ${brief(other)}, not ${brief(row)}`);
    else if (other.rev !== row.rev) wrong.push(`${key} has revision ${other.rev}, not ${row.rev}`);
  }
  for (const [key, row] of found) if (!expected.has(key)) wrong.push(`${key} should not be there: ${brief(row)}`);
  return wrong.length > 5 ? [...wrong.slice(0, 5), `and ${wrong.length - 5} more`] : wrong;
}

const brief = ({ text }: HeldRow): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);
