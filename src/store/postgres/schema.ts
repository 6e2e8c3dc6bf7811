// Brings the tables in the database up to this version, one migration after the other, while other daemons may go on with the version
// before. A migration that is published is never changed; a function that changes gets a new name.
import { randomUUID } from 'node:crypto';
import { OperatorError } from '../../service/operator-error.ts';
import type { Sql } from './connect.ts';
import { ground } from './migrations/0001-ground.ts';
import { contactIndexMigration } from './migrations/0002-contact-index.ts';
import { daemonsMigration } from './migrations/0003-daemons.ts';
import { batchesMigration } from './migrations/0004-batches.ts';

interface Migration {
  /** Numbers rise by one. */
  readonly number: number;
  readonly name: string;
  /** Statements, run in one transaction with all other migrations that are due. */
  readonly sql: string;
  /** The newest migration that a program must know at least to go on with the database after this one; its own number when none can. */
  readonly compatibleFrom: number;
}

/** A further one is a file of its own beside the others, and a line here. */
const MIGRATIONS: readonly Migration[] = [
  { number: 1, name: 'ground', sql: ground, compatibleFrom: 1 },
  { number: 2, name: 'contact index', sql: contactIndexMigration, compatibleFrom: 2 },
  { number: 3, name: 'daemons', sql: daemonsMigration, compatibleFrom: 3 },
  { number: 4, name: 'batches', sql: batchesMigration, compatibleFrom: 4 },
];

/** What this version brings a database up to. */
export const NEWEST_MIGRATION = MIGRATIONS.at(-1)?.number ?? 0;

/** Any number that is the same for every daemon, and is no other lock's. */
const LOCK = 7_265_001;

const FIRST = `
create schema if not exists rollcall;
create table if not exists rollcall.migrations (number int primary key, name text not null, at timestamptz not null default now());`;

/** `sql`: one connection. Rejects with OperatorError when the database belongs to a newer version that this one cannot work with. */
export async function migrate(sql: Sql, migrations = MIGRATIONS): Promise<void> {
  const newest = migrations.at(-1)?.number ?? 0;
  if ((await newestOf(sql)) === newest) return;
  await sql`begin`;
  await sql`set local statement_timeout = 0`;
  await sql`select pg_advisory_xact_lock(${LOCK})`;
  await sql.unsafe(FIRST);
  const done = Number((await sql`select coalesce(max(number), 0) as done from rollcall.migrations`)[0]?.['done']);
  if (done > newest) await refuseNewer(sql, newest);
  for (const { number, name, sql: text, compatibleFrom } of migrations.filter((one) => one.number > done)) {
    await sql.unsafe(text);
    await sql`insert into rollcall.migrations (number, name) values (${number}, ${name})`;
    await sql`insert into rollcall.state (epoch, rev, compatible_from) values (${randomUUID()}, 0, ${compatibleFrom})
      on conflict (only_row) do update set compatible_from = greatest(state.compatible_from, excluded.compatible_from)`;
  }
  await sql`commit`;
}

async function refuseNewer(sql: Sql, newest: number): Promise<void> {
  const [state] = await sql`select compatible_from from rollcall.state`;
  if (Number(state?.['compatible_from']) <= newest) return;
  await sql`rollback`;
  throw tooNew();
}

/** The last migration that was done; undefined in a new database. */
async function newestOf(sql: Sql): Promise<number | undefined> {
  const [there] = await sql`select to_regclass('rollcall.migrations') is not null as is`;
  if (!there?.['is']) return undefined;
  return Number((await sql`select max(number) as done from rollcall.migrations`)[0]?.['done']);
}

function tooNew(): OperatorError {
  return new OperatorError(
    'The database was brought up to date by a newer version of rollcall, which this one cannot work beside: run that version.',
  );
}
