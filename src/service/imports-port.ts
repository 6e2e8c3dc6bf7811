// What the edges know of importing and exporting contacts: the HTTP API, the control socket and the commands.
import type { CellFault, FileColumn } from './contact-file.ts';
import type { Viewer } from './viewer.ts';

export const DUPLICATES = ['skip', 'update', 'add'] as const;
export type OnDuplicate = (typeof DUPLICATES)[number];

/** Largest file, in bytes. */
export const IMPORT_BYTES = 64 * 1024 * 1024;
/** Faults of each kind that a report names; the file of failed rows has them all. */
export const REPORTED_FAULTS = 10_000;

export interface ImportWish {
  /** As it is named on the wire. */
  readonly book: string;
  readonly bytes: Uint8Array;
  readonly onDuplicate: OnDuplicate;
  readonly dryRun: boolean;
  /** One of COLUMN_TARGETS, or null, for each column; what the file's headers say when it is left out. */
  readonly columns?: readonly (string | null)[] | undefined;
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

export interface Imports {
  /**
   * Failures: `not_found` and `forbidden` for the book, `params` for the file, `too_large`, `too_many` when others are importing, `storage`. Nothing
   * or everything that the report counts as added and updated is stored.
   */
  run(viewer: Viewer, wish: ImportWish, progress?: (progress: Progress) => void): Promise<ImportReport>;
  /** The rows that failed, of an import or dry run of this viewer, kept for an hour. Failures `not_found`, `forbidden`. */
  failedRows(viewer: Viewer, id: string): { readonly bytes: Uint8Array; readonly type: 'csv' | 'vcf' };
  /** Newest first. */
  list(viewer: Viewer): Promise<readonly PastImport[]>;
  /**
   * Removes what it added and brings back what it changed, as long as none of its contacts has changed since. Failures `not_found`,
   * `forbidden`, `conflict` when one has, `too_many` as `run`, `storage`.
   */
  undo(viewer: Viewer, id: string): Promise<{ readonly removed: number; readonly restored: number }>;
}

export interface Exports {
  /**
   * The file's text piece by piece; failures before the first, but for one when the right goes meanwhile. Failures `not_found`, `forbidden`,
   * `too_many` when 256 are waiting.
   */
  write(
    viewer: Viewer,
    book: string,
    format: 'csv' | 'vcf',
  ): Promise<{ readonly name: string; readonly text: AsyncIterable<string> }>;
}
