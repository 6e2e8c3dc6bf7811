// What the HTTP API says of imports, as docs/protocol.md has it. Types, and the limit of a file.

/** Bytes. */
export const FILE_BYTES = 64 * 1024 * 1024;

export const DUPLICATES = ['update', 'skip', 'add'] as const;
export type OnDuplicate = (typeof DUPLICATES)[number];

export interface Progress {
  readonly phase: 'reading' | 'saving';
  /** Rows. */
  readonly done: number;
  readonly total: number;
}

export interface Fault {
  /** As a spreadsheet counts rows, the header being 1; of vCards the card's place. */
  readonly row: number;
  readonly column: string;
  readonly value: string;
  readonly reason: string;
}

export interface FileColumn {
  readonly header: string;
  /** One of COLUMN_TARGETS; null: left aside. */
  readonly target: string | null;
  readonly samples: readonly string[];
}

/** rows = added + updated + unchanged + skipped + failed. */
export interface ImportReport {
  readonly id: string;
  readonly dryRun: boolean;
  readonly rows: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly failed: number;
  readonly errors: readonly Fault[];
  readonly warnings: readonly Fault[];
  /** Faults that are not named. */
  readonly moreErrors: number;
  readonly moreWarnings: number;
  readonly file: {
    readonly format: string;
    readonly layout: string;
    readonly encoding: string;
    readonly delimiter?: string;
  };
  readonly columns: readonly FileColumn[];
  readonly preview: readonly {
    readonly row: number;
    readonly outcome: 'added' | 'updated' | 'unchanged' | 'skipped';
    readonly name: string;
  }[];
  readonly undoable: boolean;
}

export interface PastImport {
  readonly id: string;
  readonly book: string;
  readonly at: string;
  readonly by?: string;
  readonly rows: number;
  readonly added: number;
  readonly updated: number;
}
