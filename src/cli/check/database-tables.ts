// What of the daemon's tables is in the database, and what its user may do there; what that means for this version of the program.
import type postgres from 'postgres';
import { NEWEST_MIGRATION } from '../../store/postgres/schema.ts';
import { type Finding, fail, ok } from './finding.ts';

export interface DatabaseTables {
  /** `none`: not made yet. `closed`: this user may not look. */
  readonly kind: 'none' | 'there' | 'closed';
  /** Whether the user may make the schema, or what is missing in it. */
  readonly mayMake: boolean;
  /** Number of the newest migration that was done; 0 for none. */
  readonly newest: number;
  /** The oldest program that may use the tables, as the number of its newest migration. */
  readonly compatibleFrom: number;
  /** Somebody began to fill them with another store and did not end. */
  readonly isUnfinished: boolean;
}

const SCHEMA = `
select has_database_privilege(current_database(), 'create') as "mayMakeSchema",
  exists (select from pg_namespace where nspname = 'rollcall') as "isThere",
  coalesce((select has_schema_privilege(oid, 'usage') from pg_namespace where nspname = 'rollcall'), false) as "mayUse",
  coalesce((select pg_has_role(nspowner, 'usage') from pg_namespace where nspname = 'rollcall'), false) as "isOwner",
  exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'rollcall' and c.relname = 'migrations') as "hasTables"`;

interface SchemaRow {
  readonly mayMakeSchema: boolean;
  readonly isThere: boolean;
  readonly mayUse: boolean;
  readonly isOwner: boolean;
  readonly hasTables: boolean;
}

export async function readTables(sql: postgres.Sql): Promise<DatabaseTables> {
  const [schema] = await sql.unsafe<SchemaRow[]>(SCHEMA);
  const { mayMakeSchema = false, isThere = false, mayUse = false, isOwner = false, hasTables = false } = schema ?? {};
  const nothing = { newest: 0, compatibleFrom: 0, isUnfinished: false };
  if (!isThere) return { kind: 'none', mayMake: mayMakeSchema, ...nothing };
  if (!mayUse) return { kind: 'closed', mayMake: false, ...nothing };
  if (!hasTables) return { kind: 'none', mayMake: isOwner, ...nothing };
  // As JSON, because a column may be younger than the tables.
  const [row] = await sql<{ newest: number; state: Readonly<Record<string, unknown>> }[]>`
    select (select coalesce(max(number), 0)::integer from rollcall.migrations) as newest,
      (select to_json(state) from rollcall.state) as state`;
  const { compatible_from: compatibleFrom, unfinished } = row?.state ?? {};
  return {
    kind: 'there',
    mayMake: isOwner,
    newest: row?.newest ?? 0,
    compatibleFrom: Number(compatibleFrom ?? 0),
    isUnfinished: unfinished === true,
  };
}

/** Whether a daemon of this version can work with the tables as they are. */
export function areCurrent({ kind, newest, compatibleFrom, isUnfinished }: DatabaseTables): boolean {
  return kind === 'there' && !isUnfinished && newest >= NEWEST_MIGRATION && compatibleFrom <= NEWEST_MIGRATION;
}

export function checkTables(tables: DatabaseTables, user: string, database: string): Finding {
  const topic = 'database tables';
  const { kind, mayMake, newest, compatibleFrom, isUnfinished } = tables;
  if (kind === 'closed') {
    const mend = `log in as the owner of schema rollcall, or drop the schema if nobody needs it`;
    return fail(topic, `schema rollcall belongs to another user than ${user}: ${mend}`);
  }
  if (kind === 'none') {
    if (mayMake) return ok(topic, 'none yet: the first start makes them, in schema rollcall');
    return fail(topic, `none yet, and ${user} may not make them: grant create on database ${database} to ${user}`);
  }
  if (compatibleFrom > NEWEST_MIGRATION) {
    return fail(topic, `made by a newer version (${newest}, this one knows ${NEWEST_MIGRATION}): update this program`);
  }
  if (isUnfinished) {
    return fail(
      topic,
      'a migration into them was begun and not ended: run rollcall migrate again, or restore a backup',
    );
  }
  if (newest > NEWEST_MIGRATION) return ok(topic, 'of a newer version, which this one can work with');
  if (newest === NEWEST_MIGRATION) return ok(topic, 'as this version has them');
  if (mayMake) return ok(topic, 'of an older version: the next start brings them up to date');
  const mend = `log in as the owner of schema rollcall, or alter schema and tables to belong to ${user}`;
  return fail(topic, `of an older version, and ${user} may not bring them up to date: ${mend}`);
}
