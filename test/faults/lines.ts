// What a writing process says, one JSON text a line: what its store holds at the start, what it is about to write, what was
// acknowledged or refused, what its feed told.
import type { Changes, LargeTable, Table } from '../../src/service/store.ts';

export type AnyTable = Table | LargeTable;

export type WriteLine = readonly [table: AnyTable, id: string, value: object | null];
type ToldLine = readonly [...WriteLine, scope: string | null, movedFrom: string | null];
/** One commit of one writer; its numbers rise by one. */
type Which = readonly [writer: number, n: number];

export type Line =
  /** A row found at the start. */
  | { readonly row: readonly [table: AnyTable, id: string, rev: number, value: object] }
  /** What changed since the revision that the process was asked about; of a large table, in one scope. */
  | { readonly changed: Changes; readonly table: AnyTable; readonly scope: string | null }
  /** All that was found is said; writing begins. */
  | { readonly open: number }
  /** The store could not be opened. */
  | { readonly cannot: string; readonly expected: boolean }
  /** `batch`: it is told in slices, the last of which has the counter alone. */
  | { readonly try: Which; readonly writes: readonly WriteLine[]; readonly batch: boolean }
  | { readonly done: Which; readonly rev: number }
  /** `sure`: the store says that nothing was changed, and its disk is not broken. */
  | { readonly refused: Which; readonly sure: boolean }
  | { readonly told: number; readonly writes: readonly ToldLine[] }
  /** A note to this row of `presence` is a turn old. */
  | { readonly noted: string; readonly n: number }
  | { readonly report: string; readonly code: string | null }
  /** The store did what it must not. */
  | { readonly wrong: string }
  | { readonly closed: true };

/** What a writing process is to do, as its argument. */
export interface Task {
  readonly folder: string;
  readonly seed: number;
  readonly writers: number;
  /** How many times as fast as the real clock the store's runs, so that syncs and snapshots come often. */
  readonly speed: number;
  /** `deaf`: syncs do nothing. */
  readonly disk: 'real' | 'deaf';
  /** Tell what changed since this revision. */
  readonly since: number | null;
}
