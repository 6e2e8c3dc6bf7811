// Takes an import back as a whole: what it made is removed as contacts are, what it changed is as it was. Only while none of its contacts
// has changed since.
import { Failure } from '../domain/failure.ts';
import type { ContactRow } from './contact-row.ts';
import { withoutImport } from './contact-row.ts';
import { removalOf, settleMarks } from './contacts-marks.ts';
import type { Asking } from './contacts-reach.ts';
import { rowsOf } from './import-book.ts';
import type { Breath } from './import-breath.ts';
import type { ImportReach } from './import-reach.ts';
import type { ImportRow } from './import-row.ts';
import { keysOf, type Numbering } from './numbering.ts';
import type { Report } from './report.ts';
import type { Guard, Row, Store, Write } from './store.ts';

const SLICE = 200;

export interface UndoParts {
  readonly store: Store;
  readonly numbering: Numbering;
  readonly report: Report;
  readonly reach: ImportReach;
}

export interface Undone {
  readonly removed: number;
  readonly restored: number;
}

/** One attempt: Stale when somebody was faster. Failures `not_found`, `forbidden`, `conflict`, `storage`. */
export async function undoImport(parts: UndoParts, asking: Asking, id: string, breath: Breath): Promise<Undone> {
  const { store, report, reach } = parts;
  const { row, target } = reach.past(asking, id);
  const written = await writtenBy(store, row.scope, id, breath);
  if (written.length !== row.contacts) throw changedSince();
  const writes: Write[] = [{ table: 'imports', id, value: null }];
  const guards: Guard[] = [];
  const made: string[] = [];
  for (const { id, value, rev } of written) {
    guards.push({ table: 'contacts', id, rev });
    const before = restored(value as ContactRow, parts.numbering);
    if (before) writes.push({ table: 'contacts', id, value: before });
    else made.push(id);
    if (breath.isDue) await breath.pause();
  }
  for (let i = 0; i < made.length; i += SLICE) {
    writes.push(...(await removalOf(store, made.slice(i, i + SLICE))));
    await breath.pause();
  }
  const now = reach.past(asking, id);
  await store.commitMany(writes, [...now.guards, ...guards]);
  for (let i = 0; i < made.length; i += SLICE) {
    await settleMarks(store, report, made.slice(i, i + SLICE));
    await breath.pause();
  }
  return target.blind ? { removed: row.taken, restored: 0 } : told(row, made.length);
}

function told({ contacts }: ImportRow, removed: number): Undone {
  return { removed, restored: contacts - removed };
}

async function writtenBy(store: Store, scope: string, id: string, breath: Breath): Promise<Row[]> {
  const rows = await rowsOf(store, scope, breath);
  const written: Row[] = [];
  for (const row of rows.values()) {
    if ((row.value as ContactRow).import?.id === id) written.push(row);
    if (breath.isDue) await breath.pause();
  }
  return written;
}

/** The contact as it was before the import; undefined when there was none. */
function restored(row: ContactRow, numbering: Numbering): ContactRow | undefined {
  const before = row.import?.before;
  if (!before) return undefined;
  const { fields, updated, updatedBy, madeBy } = before;
  return {
    ...withoutImport(row),
    fields,
    keys: keysOf(fields, numbering),
    rev: row.rev + 1,
    updated,
    updatedBy,
    ...(madeBy === undefined ? {} : { import: { id: madeBy } }),
  };
}

function changedSince(): Failure {
  return new Failure('conflict', 'contacts of this import were changed, moved or deleted since: it cannot be undone');
}
