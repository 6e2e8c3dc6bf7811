// The house of contacts with its import and export, over files on paper; and what its store holds, in full.

import type { ContactFields } from '../../src/domain/contact.ts';
import type { Progress } from '../../src/domain/contact-import.ts';
import type { OpenContactFile, WriteContactFile } from '../../src/service/contact-file.ts';
import type { ContactRow } from '../../src/service/contact-row.ts';
import { ContactExports } from '../../src/service/contacts-export.ts';
import { ContactImports } from '../../src/service/contacts-import.ts';
import type { Pause } from '../../src/service/import-breath.ts';
import type { ImportWish } from '../../src/service/imports-port.ts';
import type { RoomLimits } from '../../src/service/room.ts';
import { NUMBERING, openHouseOfFour } from './contacts-house.ts';
import type { MemoryStore } from './memory-store.ts';
import { openPaper, type PaperRow, paper } from './paper-file.ts';

const writePaper: WriteContactFile = async function* (contacts, book) {
  yield `${book}\n`;
  for (const { id, fields } of contacts) yield `${JSON.stringify({ id, ...fields })}\n`;
};

interface ImportHouseParts {
  readonly store?: MemoryStore;
  readonly room?: RoomLimits;
  readonly openFile?: OpenContactFile;
  readonly mostRows?: number;
  readonly writers?: { readonly csv: WriteContactFile; readonly vcf: WriteContactFile };
}

export async function openImportHouse({
  openFile = openPaper,
  mostRows = 1_000_000,
  writers,
  ...more
}: ImportHouseParts = {}) {
  const house = await openHouseOfFour(more);
  const { store } = house;
  /** What the pauses of long work let through: at the first one, at the second … */
  const between: (() => unknown)[] = [];
  const pause: Pause = async () => {
    await between.shift()?.();
  };
  const parts = { ...house, numbering: NUMBERING, openFile, country: 'GB', pause, mostRows };
  const imports = new ContactImports({ ...parts, ...(more.room ? { room: more.room } : {}) });
  const exports = new ContactExports({ ...parts, writers: writers ?? { csv: writePaper, vcf: writePaper } });
  const told: Progress[] = [];

  const load = (by: string, rows: readonly PaperRow[] | Uint8Array, wish: Partial<ImportWish> = {}) => {
    const bytes = rows instanceof Uint8Array ? rows : paper(rows);
    const whole = { book: 'company', bytes, onDuplicate: 'update' as const, dryRun: false, ...wish };
    const viewer = by === '' ? { extension: '', admin: true, contacts: true } : house.as(by);
    return imports.run(viewer, whole, (progress) => told.push(progress));
  };
  /** The contacts of a book, in the order in which they were written. */
  const rows = async (scope: string): Promise<readonly (ContactRow & { readonly id: string })[]> => {
    const slice = await store.read({ table: 'contacts', scope, since: null, removedSince: null, limit: 1_000_000 });
    return slice.rows.map(({ id, value }) => ({ id, ...(value as ContactRow) }));
  };
  const fields = async (scope: string): Promise<ContactFields[]> => (await rows(scope)).map((row) => row.fields);
  /** Everything of every table that an import may touch. */
  const everything = async () => {
    const large = [];
    for (const table of ['contacts', 'favorites', 'retired'] as const) {
      for (const scope of (await store.counts(table)).keys()) {
        large.push(await store.read({ table, scope, since: null, removedSince: null, limit: 1_000_000 }));
      }
    }
    return { large, imports: [...store.all('imports')], users: [...store.all('users')] };
  };
  return { ...house, imports, exports, told, between, load, rows, fields, everything };
}

export type ImportHouse = Awaited<ReturnType<typeof openImportHouse>>;

/** A row with a name and numbers of one type. */
export function person(name: string, ...numbers: readonly string[]): PaperRow & ContactFields {
  return { firstName: name, numbers: numbers.map((number) => ({ type: 'mobile', number })) };
}

/** What a report counts. */
export function counts(report: {
  readonly rows: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly failed: number;
}) {
  const { rows, added, updated, unchanged, skipped, failed } = report;
  return { rows, added, updated, unchanged, skipped, failed };
}

export const NONE = { rows: 0, added: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0 };

/** All pieces of a text. */
export async function whole(text: AsyncIterable<string>): Promise<string> {
  let all = '';
  for await (const piece of text) all += piece;
  return all;
}
