// The store port: tables of rows with revisions, changes since a revision, durable commits. Knows no file and no SQL.
// Rule numbers (T1…) are those of docs/store.md; test/contracts/store.ts proves them for every implementation.
import type { SearchQuery } from '../domain/search.ts';

/** Tables that every daemon holds whole: read at once. A collection that clients see is read from one table. */
export type Table =
  | 'pbx'
  | 'extensions'
  | 'presence'
  | 'statuses'
  | 'users'
  | 'logins'
  | 'books'
  | 'permissions'
  | 'visibility'
  | 'sweeps'
  | 'upkeep'
  | 'imports'
  | 'openCalls'
  | 'callGaps'
  /** Who has sessions at which daemon; what one daemon asks of another; what was done of what is limited. All pass by, and none is told to clients. */
  | 'attendance'
  | 'errands'
  | 'tallies';

/** Tables that may outgrow memory: read by asking, and divided into scopes, each with changes of its own. */
export type LargeTable = 'contacts' | 'favorites' | 'retired' | 'calls' | 'messages';

/**
 * The scope of a row: the book of a contact, the owner of a favourite, of a call in his history and of a message. A row belongs to one scope at a time; put with
 * another scope it moves, which its old scope is told as a removal. Written as a table because it is the same for every store.
 */
export const SCOPE_OF: Readonly<Record<LargeTable, (value: object) => string>> = {
  contacts: (value) => (value as { book: string }).book,
  favorites: (value) => (value as { owner: string }).owner,
  retired: () => '',
  calls: (value) => (value as { owner: string }).owner,
  messages: (value) => (value as { owner: string }).owner,
};

export function isLarge(table: string): table is LargeTable {
  return Object.hasOwn(SCOPE_OF, table);
}

/** One row to put, or with `value: null` to remove. Values are plain JSON and never changed after they were given. */
export interface Write {
  readonly table: Table | LargeTable;
  readonly id: string;
  readonly value: object | null;
  /** Of a commit: what the row held before must leave the disk soon, as it does anyway with most rows that are removed. */
  readonly erase?: true;
}

/** What a commit takes for granted: the row has this revision, or with `rev: null` there is no such row. */
export interface Guard {
  readonly table: Table | LargeTable;
  readonly id: string;
  readonly rev: number | null;
}

/** A guard did not hold: somebody else was faster. Nothing was changed; read again and decide again. */
export class Stale extends Error {
  constructor() {
    super('a row has changed since it was read');
    this.name = 'Stale';
  }
}

export interface Row {
  readonly id: string;
  readonly value: object;
  /** Revision of the commit that last wrote the row. */
  readonly rev: number;
}

/** A write as the feed tells it. */
export interface Told extends Write {
  /** Of a row of a large table: its scope, of a removed one the scope it was in. */
  readonly scope?: string;
  /** The scope it was in before, when that was another one. */
  readonly movedFrom?: string;
}

/** One commit as told to the feed, after it took effect. `value: null` is a removal. */
export interface Commit {
  readonly rev: number;
  readonly writes: readonly Told[];
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

/** What is asked of one scope of a large table. */
export interface Question {
  readonly table: LargeTable;
  readonly scope: string;
  /** Null: from the beginning. */
  readonly since: number | null;
  /** Ids removed after this revision are told; null: those after `since`, or none with `since: null`. */
  readonly removedSince: number | null;
  /** At least so many rows and removals when there are more; a slice never ends within one revision. */
  readonly limit: number;
}

/**
 * The next part of what changed in a scope, in order of revision. With `more`, `rev` is the revision up to which it goes: ask on
 * from there. `reset` as in Changes, on the first slice of a question with `since: null` or an unknown one.
 */
export interface Slice extends Changes {
  readonly more: boolean;
  /** The newest revision of the store at the moment of reading. */
  readonly now: number;
}

/** What a search looks for; `words` and `digits` are in the normal form of src/domain/search.ts. */
export interface SearchQuestion {
  /** Books to search. */
  readonly scopes: readonly string[];
  readonly query: SearchQuery;
  /** At most so many rows, the best first. */
  readonly limit: number;
}

/** What contacts are looked for by, with the keys of src/domain/phone-number.ts. */
export interface NumberQuestion {
  /** Books to look in. */
  readonly scopes: readonly string[];
  /** Keys of one number, the surest first. */
  readonly keys: readonly string[];
  /** The last digits of the number (suffixOf, always with `lookup.lastDigits`), for books where nobody has one of the keys; undefined: by keys alone. */
  readonly ending: string | undefined;
}

/** Contacts of one book in an answer by number. */
export const NUMBER_HITS = 20;

/**
 * `failed`: the disk is broken, nothing can be written until the next start; reading goes on, and notes with it, in memory.
 * A full disk leaves the store `open`: commits are rejected until there is room.
 * `away`: the database cannot be reached. Commits and questions to large tables are rejected with Failure `storage`; small tables are read, and
 * notes take effect, as ever; when it is there again everything catches up.
 */
export type StoreState = 'open' | 'away' | 'failed' | 'closed';

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

  /** Rows of a large table by id; ids without a row are missing in the answer. */
  find(table: LargeTable, ids: readonly string[]): Promise<ReadonlyMap<string, Row>>;

  /** What changed in one scope of a large table, a slice at a time. */
  read(question: Question): Promise<Slice>;

  /** Rows per scope of a large table; scopes without rows are missing. */
  counts(table: LargeTable): Promise<ReadonlyMap<string, number>>;

  /** Rows of one scope. */
  count(table: LargeTable, scope: string): Promise<number>;

  /** Rows of `favorites` whose `target` is one of these. */
  marksOn(targets: readonly string[]): Promise<readonly Row[]>;

  /** Contacts of some books that match, the best first as src/domain/search.ts ranks them. */
  search(question: SearchQuestion): Promise<readonly Row[]>;

  /**
   * Contacts by number, found by an index; at once where it is in memory, since a call waits. Of each book: those with the first of the keys that anybody there has, else those
   * with the ending; who has it as an earlier number comes first, then who was created first, then by id; at most NUMBER_HITS of each book.
   */
  byNumber(question: NumberQuestion): readonly Row[] | Promise<readonly Row[]>;

  /**
   * Writes all or none. Resolves with the revision once the rows are on disk, applied and told to the feed, in this
   * order. Rejects with Failure `storage`, or with Stale when a guard does not hold; then nothing was changed.
   */
  commit(writes: readonly Write[], guards?: readonly Guard[]): Promise<number>;

  /**
   * Writes many rows of large tables all or none, however many they are, without holding up anything else: they go to the disk in parts, and when
   * all are there they take effect a slice at a time, in order, each slice with a revision of its own; rows of small tables, of which
   * there may be a few, last. From then on a commit that touches one of the rows waits until all have taken effect, and those made after it;
   * notes and other commits go on. A death before all is on disk leaves none of the rows, after it all of them. Guards are looked
   * at when all is there. One at a time: the next waits, and when too many wait it is refused.
   * `progress` is told how many rows of large tables are on disk, in the end all; when it throws, the batch is refused with that.
   * Resolves with the revision of the last slice; rejects as `commit` does. `writes` and `guards` may not be changed until then.
   */
  commitMany(
    writes: readonly Write[],
    guards?: readonly Guard[],
    progress?: (written: number) => void,
  ): Promise<number>;

  /**
   * Writes what can be derived again, such as presence, to tables that are held whole: applied and told to the feed before this returns, on disk soon.
   * Survives the death of the process; a power cut may lose the newest, after which its revision is never given out again.
   */
  note(writes: readonly Write[]): number;

  /**
   * What stands for a revision outside of this process, such as in the cursor of a client, who may go on with it at another daemon on the same store
   * or after a restart. Undefined for one that nobody else will ever know: told while the database was away.
   */
  lasting(rev: number): number | undefined;

  /** The newest revision here after which everything comes that whoever holds this lasting one may lack. */
  known(lasting: number): number;

  /** Called for every commit and note, in order of revision. Returns the function that stops it. */
  subscribe(listener: (commit: Commit) => void): () => void;

  /**
   * Everything that the store holds at the moment of the call, as lines of text that tell damage; commits go on meanwhile, and
   * the next line is made when it is asked for.
   */
  backup(): AsyncIterable<string>;

  /** Writes what is pending and gives the store free. */
  close(): Promise<void>;
}
