// What the edges know of importing and exporting contacts: the HTTP API, the control socket and the commands.
import type { ImportReport, OnDuplicate, PastImport, Progress } from '../domain/contact-import.ts';
import type { Viewer } from './viewer.ts';

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
