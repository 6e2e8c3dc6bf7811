// A file of contacts as the import sees it, whatever its format: rows in order, each with what it says and where it says it.
// src/formats/ reads such files; nothing here knows a byte of them.

import type { ContactFields } from '../domain/contact.ts';
import type { CellFault, FileColumn } from '../domain/contact-import.ts';

/** One row or card. Nothing is checked yet against what a contact may hold. */
export interface FileRow {
  readonly row: number;
  /** Of a column `ID`; absent when there is none or it is empty. */
  readonly id?: string;
  /**
   * In the shape that readContact takes. A key is there when the file speaks of that field at all, with `undefined` or an empty list where this
   * row says nothing of it.
   */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Types of numbers, e-mails and addresses that the file has columns for; `all` for a format that holds whole contacts. */
  readonly covers:
    | 'all'
    | {
        readonly numbers: readonly string[];
        readonly emails: readonly string[];
        readonly addresses: readonly string[];
      };
  /** What makes the row unusable before its contact is looked at, such as a number that a spreadsheet has destroyed. */
  readonly errors: readonly CellFault[];
  readonly warnings: readonly CellFault[];
  /** The cell that a path of readContact's issues (`numbers.0.number`, `firstName`, empty for the whole) comes from. */
  cell(path: string): { readonly column: string; readonly value: string };
}

/** A file that was recognised. Its rows can be read once. */
export interface ContactFile {
  readonly format: 'csv' | 'vcard';
  /** For people: `Yeastar P-Series`, `Outlook`, `vCard 3.0`, `unknown columns`. */
  readonly layout: string;
  /** `UTF-8`, `UTF-16LE`, `UTF-16BE`, `Windows-1252` or the code page that Windows has in the country. */
  readonly encoding: string;
  /** `,` `;` tab or `|`; absent of a vCard file. */
  readonly delimiter?: string;
  /** Empty of a vCard file. */
  readonly columns: readonly FileColumn[];
  /** Rows or cards in all, as far as it is known before reading; for the progress. */
  readonly estimate: number;
  /** In slices that take some 10 ms at most each. Rejects with Failure `params` or `too_large` when the file cannot be read on. */
  rows(): AsyncIterable<readonly FileRow[]>;
  /** These rows as they came, with what is wrong in a last column `Reason`: mended, the file can be imported as it is. In slices, as `rows`. */
  failedRows(faults: ReadonlyMap<number, readonly CellFault[]>): Promise<{
    readonly bytes: Uint8Array;
    readonly type: 'csv' | 'vcf';
  }>;
}

/**
 * Recognises a file. `columns`: what somebody says that each column is, in their order; null leaves a column aside. Rejects with Failure `params` when it is no file of
 * contacts, with a word on what to do (a workbook, an archive, a PDF, an empty file, no column that could be a name or a number).
 */
export type OpenContactFile = (
  bytes: Uint8Array,
  options: { readonly columns?: readonly (string | null)[] | undefined; readonly country: string },
) => Promise<ContactFile>;

/** A contact as a writer of a format is given it. */
export interface WrittenContact {
  readonly id: string;
  readonly fields: ContactFields;
}

/** The text of a file with these contacts, piece by piece; `book` is the name of the address book. */
export type WriteContactFile = (contacts: readonly WrittenContact[], book: string) => AsyncIterable<string>;
