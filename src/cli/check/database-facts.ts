// What the database says of itself that matters to daemons. Read only; the one thing that is written is an empty message in its log, to see how
// long that takes.
import type postgres from 'postgres';
import { type DatabaseMembers, readMembers } from './database-members.ts';
import { areCurrent, type DatabaseTables, readTables } from './database-tables.ts';
import { type DatabaseTimes, readTimes } from './database-times.ts';

export interface DatabaseFacts {
  /** Such as 150013. */
  readonly version: number;
  /** Such as `15.13`. */
  readonly release: string;
  readonly encoding: string;
  readonly isReplica: boolean;
  readonly isReadOnly: boolean;
  /** Settings that may lose what was answered, by their names. */
  readonly unsafe: readonly string[];
  /** Others than daemons get their answers before what they changed is on the disk. */
  readonly answersEarly: boolean;
  readonly offersTls: boolean;
  readonly hasTls: boolean;
  /** Connections answer from one question to the next in place of each other. */
  readonly isPooled: boolean;
  /** Connections that ordinary users can have, and those that are there. */
  readonly seats: number;
  readonly taken: number;
  readonly times: DatabaseTimes;
  readonly tables: DatabaseTables;
  readonly members: DatabaseMembers;
}

interface ServerRow {
  readonly version: number;
  readonly release: string;
  readonly encoding: string;
  readonly isReplica: boolean;
  readonly isReadOnly: boolean;
  readonly unsafe: readonly string[];
  readonly answersEarly: boolean;
  readonly hasTls: boolean;
  readonly seats: number;
  readonly taken: number;
}

/** A limit of -1 is none. */
const SERVER = `
select current_setting('server_version_num')::integer as version,
  split_part(current_setting('server_version'), ' ', 1) as release,
  current_setting('server_encoding') as encoding,
  pg_is_in_recovery() as "isReplica",
  current_setting('transaction_read_only') = 'on' as "isReadOnly",
  (select coalesce(json_agg(name order by name), '[]') from unnest(array['fsync', 'full_page_writes']) name
    where current_setting(name) = 'off') as unsafe,
  current_setting('synchronous_commit') = 'off' as "answersEarly",
  coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as "hasTls",
  (select min(seats) from (values
      (current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer
        - coalesce(current_setting('reserved_connections', true)::integer, 0)),
      ((select nullif(rolconnlimit, -1) from pg_roles where rolname = current_user)),
      ((select nullif(datconnlimit, -1) from pg_database where datname = current_database()))) limits(seats)) as seats,
  (select count(*)::integer from pg_stat_activity where datid is not null) as taken`;

/** Two connections, each of one session. Rejects with what the database says. */
export async function readFacts(sql: postgres.Sql, other: postgres.Sql): Promise<Omit<DatabaseFacts, 'offersTls'>> {
  const isPooled = await sharesBackends(sql, other);
  const [server] = await sql.unsafe<ServerRow[]>(SERVER);
  if (!server) throw new Error('the database says nothing of itself');
  const times = await readTimes(sql, server.isReplica || server.isReadOnly);
  const tables = await readTables(sql);
  // Those of this look are not taken for long.
  const taken = Math.max(0, server.taken - 2);
  const members = areCurrent(tables)
    ? await readMembers(sql)
    : { daemons: [], sites: [], extensions: new Map<string, string>() };
  return { ...server, taken, isPooled, times, tables, members };
}

/** A pooler that lends a connection for one question gives the second session the same one as the first, or the first another one than before. */
async function sharesBackends(sql: postgres.Sql, other: postgres.Sql): Promise<boolean> {
  // Not prepared: a statement would stay at a connection that somebody else has then.
  const backendOf = async (one: postgres.ISql): Promise<unknown> =>
    (await one.unsafe('select pg_backend_pid() as backend'))[0]?.['backend'];
  const before = await backendOf(sql);
  return other.begin(async (transaction) => {
    const theirs = await backendOf(transaction);
    return theirs === before || (await backendOf(sql)) !== before;
  });
}
