// Imports and exports on paper: what was asked of them is kept, and the answers are what a test writes down. No contact is looked at.
import type { ImportReport, PastImport, Progress } from '../../src/domain/contact-import.ts';
import { Failure } from '../../src/domain/failure.ts';
import type { Exports, Imports, ImportWish } from '../../src/service/imports-port.ts';
import type { Viewer } from '../../src/service/viewer.ts';

export const REPORT: ImportReport = {
  id: 'i1',
  dryRun: false,
  rows: 3,
  added: 1,
  updated: 1,
  unchanged: 0,
  skipped: 0,
  failed: 1,
  errors: [{ row: 3, column: 'Mobile', value: '4.91E+12', reason: 'a spreadsheet has cut this number: type it again' }],
  warnings: [{ row: 2, column: 'Home', value: '7946', reason: 'a zero at the beginning may be missing' }],
  moreErrors: 0,
  moreWarnings: 0,
  file: { format: 'csv', layout: 'Yeastar P-Series', encoding: 'UTF-8', delimiter: ';' },
  columns: [{ header: 'First Name', target: 'firstName', samples: ['Ada'] }],
  preview: [{ row: 2, outcome: 'added', name: 'Ada Lovelace' }],
  undoable: true,
};

export interface RunCall {
  readonly viewer: Viewer;
  readonly wish: Omit<ImportWish, 'bytes'>;
  readonly text: string;
  readonly progress: ((progress: Progress) => void) | undefined;
}

export class PaperImports implements Imports, Exports {
  readonly runs: RunCall[] = [];
  /** Everything else that was asked, as `[method, extension, ...arguments]`. */
  readonly asked: unknown[][] = [];
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  /** What an import comes to. */
  outcome: (call: RunCall) => Promise<ImportReport> = async () => REPORT;
  past: readonly PastImport[] = [];
  failed: { readonly bytes: Uint8Array; readonly type: 'csv' | 'vcf' } = {
    bytes: Buffer.from('a,Reason'),
    type: 'csv',
  };
  undone: () => Promise<{ readonly removed: number; readonly restored: number }> = async () => ({
    removed: 2,
    restored: 1,
  });
  /** The pieces of an export; its name is `<book>.<format>`. */
  pieces: (book: string, format: 'csv' | 'vcf') => AsyncIterable<string> = (book) => listed([`﻿ID\r\n${book}\r\n`]);
  /** Which books there are; others are not found. */
  books: readonly string[] = ['company', 'personal'];

  async run(viewer: Viewer, { bytes, ...wish }: ImportWish, progress?: (progress: Progress) => void) {
    const call = { viewer, wish, text: Buffer.from(bytes).toString(), progress };
    this.runs.push(call);
    for (const one of this.#waiting.splice(0)) {
      if (this.runs.length >= one.count) one.resolve();
      else this.#waiting.push(one);
    }
    this.#see(wish.book);
    return this.outcome(call);
  }

  /** Resolves when so many imports have begun. */
  begun(count: number): Promise<void> {
    if (this.runs.length >= count) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ count, resolve }));
  }

  failedRows(viewer: Viewer, id: string) {
    this.asked.push(['failedRows', viewer.extension, id]);
    if (id !== 'i1') throw new Failure('not_found', 'there is no such import');
    return this.failed;
  }

  async list(viewer: Viewer) {
    this.asked.push(['list', viewer.extension]);
    return this.past;
  }

  async undo(viewer: Viewer, id: string) {
    this.asked.push(['undo', viewer.extension, id]);
    if (id !== 'i1') throw new Failure('not_found', 'there is no such import');
    return this.undone();
  }

  async write(viewer: Viewer, book: string, format: 'csv' | 'vcf') {
    this.asked.push(['write', viewer.extension, book, format]);
    this.#see(book);
    return { name: `${book}.${format}`, text: this.pieces(book, format) };
  }

  #see(book: string): void {
    if (!this.books.includes(book)) throw new Failure('not_found', 'there is no such book');
  }
}

export async function* listed<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}
