// The text of a backup from a database: the rows as one transaction sees them.
import { isLarge, type LargeTable, SCOPE_OF } from '../../service/store.ts';
import { backupText, type Run, rowText } from '../files/backup.ts';
import { STEPS } from '../files/format.ts';
import { passes } from '../passing.ts';
import type { Statements } from './connect.ts';
import { restored } from './wire.ts';

/** Rows that are fetched at a time. */
const PAGE = 500;
export const LARGE_TABLES = Object.keys(SCOPE_OF).filter(isLarge) as readonly LargeTable[];

interface StoredRow {
  readonly tbl: string;
  readonly id: string;
  readonly rev: string;
  readonly value: string;
}

/** `sql` is one connection within a transaction that sees one moment; it is used until the last line. */
export async function* backupWithin(sql: Statements): AsyncGenerator<string, void, void> {
  const [state] = await sql<{ rev: string }[]>`select rev from rollcall.state`;
  yield* backupText(Number(state?.rev ?? 0), runsIn(sql), STEPS);
}

async function* runsIn(sql: Statements): AsyncGenerator<Run> {
  yield* runsOfQuery(sql, 'select tbl, id, rev, value from rollcall.small order by tbl, rev');
  for (const table of LARGE_TABLES) {
    yield* runsOfQuery(sql, `select '${table}' as tbl, id, rev, value from rollcall.${table} order by scope, rev`);
  }
}

/** A cursor of the database, which sees what the transaction sees. */
async function* runsOfQuery(sql: Statements, query: string): AsyncGenerator<Run> {
  await sql.unsafe(`declare backed_up no scroll cursor for ${query}`);
  for (;;) {
    const page = await sql.unsafe<StoredRow[]>(`fetch ${PAGE} from backed_up`);
    if (page.length === 0) break;
    yield* runsOf(page);
  }
  await sql.unsafe('close backed_up');
}

function* runsOf(page: readonly StoredRow[]): Generator<Run> {
  for (let from = 0; from < page.length; ) {
    const table = page[from]?.tbl ?? '';
    let to = from;
    while (page[to]?.tbl === table) to += 1;
    if (!passes(table)) yield { table, rows: textsOf(page.slice(from, to)) };
    from = to;
  }
}

function* textsOf(rows: readonly StoredRow[]): Generator<string> {
  for (const { id, rev, value } of rows) yield rowText(restored(id), Number(rev), value);
}
