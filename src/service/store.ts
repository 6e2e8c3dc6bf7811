// The store port: tables of rows with revisions, changes since a revision, durable commits. Knows no file and no SQL.
// Rule numbers (T1…) are those of docs/store.md; test/contracts/store.ts proves them for every implementation.

/** The tables. A collection that clients see is read from one of them. */
export type Table = 'pbx' | 'extensions' | 'presence' | 'statuses' | 'users' | 'logins';

/** One row to put, or with `value: null` to remove. Values are plain JSON and never changed after they were given. */
export interface Write {
  readonly table: Table;
  readonly id: string;
  readonly value: object | null;
}

export interface Row {
  readonly id: string;
  readonly value: object;
  /** Revision of the commit that last wrote the row. */
  readonly rev: number;
}

/** One commit as told to the feed, after it took effect. `value: null` is a removal. */
export interface Commit {
  readonly rev: number;
  readonly writes: readonly Write[];
}

/** What changed in one table after a revision: net, one entry per row, in order of revision. */
export interface Changes {
  /** True: `rows` is the whole table, whatever the asker held before is void. */
  readonly reset: boolean;
  readonly rows: readonly Row[];
  readonly removed: readonly string[];
  /** The table is complete up to this revision. */
  readonly rev: number;
}

/**
 * `failed`: the disk is broken, nothing can be written until the next start; reading goes on, and notes with it, in memory.
 * A full disk leaves the store `open`: commits are rejected until there is room.
 */
export type StoreState = 'open' | 'failed' | 'closed';

export interface Store {
  /** Names this history of revisions; a restore from backup begins a new one. */
  readonly epoch: string;
  readonly state: StoreState;

  /** The row, or undefined. */
  get(table: Table, id: string): Row | undefined;

  /** All rows of a table; their order means nothing. */
  all(table: Table): Iterable<Row>;

  /** What changed in `table` after `since`; `reset` when `since` is null, from the future, or older than the history kept. */
  changes(table: Table, since: number | null): Changes;

  /**
   * Writes all or none. Resolves with the revision once the rows are on disk, applied and told to the feed, in this
   * order. Rejects with Failure `storage` when nothing was changed.
   */
  commit(writes: readonly Write[]): Promise<number>;

  /**
   * Writes what can be derived again, such as presence: applied and told to the feed before this returns, on disk soon.
   * Survives the death of the process; a power cut may lose the newest, after which its revision is never given out again.
   */
  note(writes: readonly Write[]): number;

  /** Called for every commit and note, in order of revision. Returns the function that stops it. */
  subscribe(listener: (commit: Commit) => void): () => void;

  /** Writes what is pending and gives the store free. */
  close(): Promise<void>;
}
