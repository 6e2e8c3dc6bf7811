// What a backup holds, as a store of today takes it: in today's format, and without what means something only while daemons run.
import { passes } from '../passing.ts';
import { type BackupHead, type BackupSlice, readBackup } from './backup.ts';
import { formatOf, type Step, upgrade } from './format.ts';

/** The head, then rows; throws as readBackup does. */
export async function* backupRows(
  source: AsyncIterable<string | Uint8Array>,
  steps: readonly Step[],
): AsyncGenerator<BackupHead | BackupSlice> {
  let format = formatOf(steps);
  for await (const part of readBackup(source, steps)) {
    if ('rollcall' in part) {
      format = part.format;
      yield part;
    } else yield* upgraded(part, format, steps);
  }
}

/** A step may bring rows to other tables. */
function* upgraded({ table, rows }: BackupSlice, format: number, steps: readonly Step[]): Generator<BackupSlice> {
  const tables = new Map<string, BackupSlice['rows'][number][]>();
  for (const [id, rev, value] of rows) {
    const row = upgrade(steps, format, { table, id, value });
    if (!row || row.value === null || passes(row.table)) continue;
    const found = tables.get(row.table) ?? [];
    found.push([row.id, rev, row.value]);
    tables.set(row.table, found);
  }
  for (const [name, found] of tables) yield { table: name, rows: found };
}
