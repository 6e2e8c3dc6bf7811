// What the options of `rollcall import` ask for, before any file is read.

import { COLUMN_TARGETS, isColumnTarget } from '../domain/contact-columns.ts';
import { DUPLICATES } from '../domain/contact-import.ts';
import type { ImportWish } from '../service/imports-port.ts';
import { suggestion } from '../settings/problems.ts';
import { UsageError } from './command.ts';
import { printable } from './width.ts';

export interface ImportOptions {
  readonly book?: string | undefined;
  readonly owner?: string | undefined;
  readonly 'dry-run'?: boolean | undefined;
  readonly 'on-duplicate'?: string | undefined;
  readonly columns?: string | undefined;
}

/** Throws UsageError. */
export function readImportOptions(given: ImportOptions): Omit<ImportWish, 'bytes'> {
  const columns = columnsOf(given.columns);
  return {
    book: bookOf(given),
    dryRun: given['dry-run'] === true,
    onDuplicate: duplicateOf(given['on-duplicate']),
    ...(columns && { columns }),
  };
}

function bookOf({ book, owner }: ImportOptions): string {
  if (book !== undefined && owner !== undefined) throw new UsageError('import: give --book or --owner, not both');
  if (owner !== undefined) {
    if (/^\d{1,32}$/.test(owner)) return `personal:${owner}`;
    throw new UsageError('import: --owner takes the extension of a user, such as --owner 1001');
  }
  if (book === undefined || book === '') {
    throw new UsageError('import: say where to: --book company, or --owner 1001 for the personal book of a user');
  }
  if (isPersonal(book)) throw new UsageError('import: --owner EXTENSION names a personal book, such as --owner 1001');
  return book;
}

/** Whether a book is named as personal ones are. */
export function isPersonal(book: string): boolean {
  return book === 'personal' || book.startsWith('personal:');
}

function duplicateOf(text = 'update'): ImportWish['onDuplicate'] {
  const found = DUPLICATES.find((word) => word === text);
  if (found) return found;
  throw new UsageError(`import: --on-duplicate takes ${DUPLICATES.join(', ')}, not '${printable(text)}'`);
}

function columnsOf(text: string | undefined): (string | null)[] | undefined {
  if (text === undefined) return undefined;
  return text.split(',').map((part) => {
    const name = part.trim();
    if (name === '') return null;
    if (isColumnTarget(name)) return name;
    const hint = suggestion(name, COLUMN_TARGETS) || `; there are ${COLUMN_TARGETS.join(' ')}`;
    throw new UsageError(`import: --columns: '${printable(name)}' is nothing that a column can be${hint}`);
  });
}
