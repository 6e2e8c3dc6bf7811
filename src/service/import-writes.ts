// What an import writes: the contacts of the draft, each with the mark of the import, and the row that remembers it. Pure but for pauses.
import type { ContactRow } from './contact-row.ts';
import type { Breath } from './import-breath.ts';
import type { BookDraft, Draft } from './import-draft.ts';
import { type ImportRow, tooOld } from './import-row.ts';
import type { Guard, Store, Write } from './store.ts';

/** Who imports what when. */
interface Import {
  readonly id: string;
  readonly scope: string;
  /** Extension number. Empty: the operator. */
  readonly by: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
}

interface ImportWrites {
  readonly writes: readonly Write[];
  readonly guards: readonly Guard[];
  /** Contacts that it makes or changes. */
  readonly contacts: number;
}

/** The contacts as they are to be, and that those it changes are still as they were read. */
export async function importWrites(draft: BookDraft, one: Import, breath: Breath): Promise<ImportWrites> {
  const writes: Write[] = [];
  const guards: Guard[] = [];
  for (const change of draft.changes()) {
    const { id, row } = change;
    writes.push({
      table: 'contacts',
      id,
      value: row ? changed(change, row.value as ContactRow, one) : made(change, one),
    });
    if (row) guards.push({ table: 'contacts', id, rev: row.rev });
    if (breath.isDue) await breath.pause();
  }
  return { writes, guards, contacts: writes.length };
}

/**
 * Remembers the import, and forgets the oldest. That nothing of the book is to be swept away is written too: so a book or user can be
 * removed before all of the import takes effect or after, and not between, when the sweeper would miss some.
 */
export function rememberedWrites(store: Store, id: string, row: ImportRow): Pick<ImportWrites, 'writes' | 'guards'> {
  const { scope } = row;
  const known = [...store.all('imports')].map((one) => ({ id: one.id, row: one.value as ImportRow }));
  const forgotten = tooOld(known, scope).map((old): Write => ({ table: 'imports', id: old, value: null }));
  return {
    writes: [{ table: 'imports', id, value: row }, { table: 'sweeps', id: scope, value: null }, ...forgotten],
    guards: [{ table: 'sweeps', id: scope, rev: null }],
  };
}

function made({ fields, keys }: Draft, { id, scope, by, at }: Import): ContactRow {
  const times = { created: at, updated: at, createdBy: by, updatedBy: by };
  return { book: scope, rev: 1, fields, keys, ...times, import: { id } };
}

function changed({ fields, keys }: Draft, row: ContactRow, { id, by, at }: Import): ContactRow {
  const { updated, updatedBy } = row;
  const madeBy = row.import && !row.import.before ? { madeBy: row.import.id } : {};
  const before = { fields: row.fields, updated, updatedBy, ...madeBy };
  return { ...row, rev: row.rev + 1, fields, keys, updated: at, updatedBy: by, import: { id, before } };
}
