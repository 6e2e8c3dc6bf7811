// A database that a command has for itself: no daemon is there, and no other such command. Knows no rows.
import { type Holdings, sumHoldings } from '../../service/backup.ts';
import { OperatorError } from '../../service/operator-error.ts';
import { LARGE_TABLES } from './backup.ts';
import { CLASSES } from './cluster-session.ts';
import type { Statements } from './connect.ts';
import { restored } from './wire.ts';

/** Beside those of the daemons (CLASSES): held by a command that has the database for itself. */
const ALONE = 0x526f6c04;

/** Whether there are tables of rollcall. */
export async function hasTables(sql: Statements): Promise<boolean> {
  const [row] = await sql`select to_regclass('rollcall.state') is not null as has`;
  return row?.['has'] === true;
}

/** False when another command has the database; held until the connection ends. */
export async function takeAlone(sql: Statements): Promise<boolean> {
  const [row] = await sql`select pg_try_advisory_lock(${ALONE}::integer, 0) as held`;
  return row?.['held'] === true;
}

/** Daemons that have a session there. */
export async function daemonsAt(sql: Statements): Promise<number> {
  const [row] = await sql`
    select count(*) as daemons from pg_locks where locktype = 'advisory' and granted and objsubid = 2
      and classid::bigint = ${CLASSES.living}::bigint
      and database = (select oid from pg_database where datname = current_database())`;
  return Number(row?.['daemons']);
}

/** From here on, within a transaction, a daemon that starts waits until its end. */
export async function keepOut(tx: Statements): Promise<void> {
  await tx.unsafe('set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0');
  await tx.unsafe('lock table rollcall.state in access exclusive mode');
}

export async function setUnfinished(sql: Statements, isUnfinished: boolean): Promise<void> {
  await sql`update rollcall.state set unfinished = ${isUnfinished}`;
}

/** Throws OperatorError when a migration into the database was begun and not ended. */
export async function refuseUnfinished(sql: Statements): Promise<void> {
  const [state] = await sql`select unfinished from rollcall.state`;
  if (!state?.['unfinished']) return;
  throw new OperatorError(
    'A migration into the database was not finished: run rollcall migrate again, or restore a backup.',
  );
}

/** What is there; `sql` is one connection. */
export async function contentOf(sql: Statements): Promise<Holdings | 'empty' | 'unfinished'> {
  const [state] = await sql`select unfinished from rollcall.state`;
  if (state?.['unfinished']) return 'unfinished';
  const tables = ['small', ...LARGE_TABLES].map((table) => `exists (select from rollcall.${table})`);
  const [rows] = await sql.unsafe(`select ${tables.join(' or ')} as has`);
  if (!rows?.['has']) return 'empty';
  const small = await sql<{ tbl: string; id: string }[]>`
    select tbl, id from rollcall.small where tbl in ('books', 'users')`;
  const scopes = await sql<{ scope: string; count: string }[]>`
    select scope, count(*) from rollcall.contacts group by scope`;
  const ids = (table: string): string[] => small.filter(({ tbl }) => tbl === table).map(({ id }) => restored(id));
  const counts = new Map(scopes.map(({ scope, count }) => [restored(scope), Number(count)]));
  return sumHoldings(ids('books'), ids('users'), counts);
}
