// The words of importing contacts, which the service, the edges and the portal share: how duplicates are treated, what is said of a
// row, a column and a whole import. On the wire as they stand here. Pure.

export const DUPLICATES = ['skip', 'update', 'add'] as const;
export type OnDuplicate = (typeof DUPLICATES)[number];

/** Largest file, in bytes. */
export const IMPORT_BYTES = 64 * 1024 * 1024;

/** Something wrong, or worth a look, in one cell. */
export interface CellFault {
  /** As a spreadsheet counts rows, the header being 1; of a vCard file the card's place, from 1. */
  readonly row: number;
  /** The header of the column as it stands in the file (`Column 3` where it has none), or the vCard property; empty for the row as a whole. */
  readonly column: string;
  /** The cell as it came, at most 200 characters of it. */
  readonly value: string;
  /** For people: what is wrong and how to mend it. */
  readonly reason: string;
}

/** What a column was taken for. */
export interface FileColumn {
  readonly header: string;
  /** One of COLUMN_TARGETS; null: the column is left aside. */
  readonly target: string | null;
  /** The first three cells that are not empty, of the first 1,000 rows, at most 80 characters each. */
  readonly samples: readonly string[];
}

export interface Progress {
  readonly phase: 'reading' | 'saving';
  /** Rows. */
  readonly done: number;
  readonly total: number;
}

/** What an import did, or with `dryRun` would do. rows = added + updated + unchanged + skipped + failed. */
export interface ImportReport {
  readonly id: string;
  readonly dryRun: boolean;
  readonly rows: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly failed: number;
  readonly errors: readonly CellFault[];
  readonly warnings: readonly CellFault[];
  /** Faults above REPORTED_FAULTS. */
  readonly moreErrors: number;
  readonly moreWarnings: number;
  readonly file: {
    readonly format: string;
    readonly layout: string;
    readonly encoding: string;
    readonly delimiter?: string;
  };
  readonly columns: readonly FileColumn[];
  /** Of the first 200 rows that are not refused: what becomes of each. */
  readonly preview: readonly {
    readonly row: number;
    readonly outcome: 'added' | 'updated' | 'unchanged' | 'skipped';
    readonly name: string;
  }[];
  /** Whether it can be undone (it changed something, and was no dry run). */
  readonly undoable: boolean;
}

/** An import of the past, for those who may still change its book. */
export interface PastImport {
  readonly id: string;
  readonly book: string;
  readonly at: string;
  /** Extension number; absent: the operator, or somebody the viewer may not know of. */
  readonly by?: string;
  readonly rows: number;
  readonly added: number;
  readonly updated: number;
}
