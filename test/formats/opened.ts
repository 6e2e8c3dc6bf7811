// Opening files of contacts in tests, and what becomes of their rows.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ContactFields, readContact } from '../../src/domain/contact.ts';
import type { CellFault } from '../../src/domain/contact-import.ts';
import { Failure } from '../../src/domain/failure.ts';
import { openContactFile } from '../../src/formats/contact-file.ts';
import type { ContactFile, FileRow } from '../../src/service/contact-file.ts';

const FOLDER = join(import.meta.dirname, '../fixtures/imports');

export function fixture(name: string): Uint8Array {
  return readFileSync(join(FOLDER, name));
}

export interface OpenOptions {
  readonly country?: string;
  readonly columns?: readonly (string | null)[];
}

export function open(file: string | Uint8Array, { country = 'GB', columns }: OpenOptions = {}): Promise<ContactFile> {
  return openContactFile(typeof file === 'string' ? Buffer.from(file) : file, { country, columns });
}

export async function rowsOf(file: ContactFile): Promise<FileRow[]> {
  const all: FileRow[] = [];
  for await (const rows of file.rows()) all.push(...rows);
  return all;
}

/** A row as its contact, or what is wrong with it: `row column: reason`. */
export function outcomeOf(row: FileRow): ContactFields | readonly string[] {
  const faults = faultsOf(row);
  return faults.length > 0 ? faults.map(said) : readContact(row.fields, '');
}

/** Those of the reader, else those of the contact in the cells they come from. */
export function faultsOf(row: FileRow): readonly CellFault[] {
  if (row.errors.length > 0) return row.errors;
  try {
    readContact(row.fields, '');
    return [];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return (error.detail.issues ?? []).map(({ path, message }) => ({
      row: row.row,
      ...row.cell(path),
      reason: message,
    }));
  }
}

export function said({ row, column, reason }: CellFault): string {
  return `${row} ${column}: ${reason}`;
}

/** What becomes of every row of a file. */
export async function outcomes(
  file: string | Uint8Array,
  options?: OpenOptions,
): Promise<(ContactFields | readonly string[])[]> {
  return (await rowsOf(await open(file, options))).map(outcomeOf);
}

/** Headers and what they are taken for, those left aside left away. */
export function takenFor(file: ContactFile): Record<string, string> {
  return Object.fromEntries(file.columns.flatMap(({ header, target }) => (target === null ? [] : [[header, target]])));
}

/** The file of the rows that fail, as text without its byte order mark. */
export async function failedText(file: ContactFile): Promise<string> {
  const faults = new Map(
    (await rowsOf(file)).map((row) => [row.row, faultsOf(row)] as const).filter(([, f]) => f.length),
  );
  const { bytes } = await file.failedRows(faults);
  return Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\ufeff/, '');
}

/** How a file is recognised, what becomes of its rows, and what is warned of. */
export async function readFixture(name: string, country: string) {
  const file = await open(fixture(name), { country });
  const rows = await rowsOf(file);
  return {
    how: [file.layout, file.encoding, file.delimiter],
    contacts: rows.map(outcomeOf),
    warned: rows.flatMap(({ warnings }) => warnings.map(said)),
  };
}
