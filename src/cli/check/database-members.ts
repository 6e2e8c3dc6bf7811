// The daemons that the database shows alive, which of them are on duty, and what it says of each site's PBX.
import type postgres from 'postgres';
import { CLASSES } from '../../store/postgres/cluster-session.ts';

export interface LivingDaemon {
  readonly daemon: string;
  /** '' where sites have no names. */
  readonly site: string;
  readonly hasPbx: boolean;
  readonly version: string;
  readonly hasSiteDuty: boolean;
  readonly hasHouseDuty: boolean;
}

export interface SitePbx {
  readonly site: string;
  readonly connected: boolean;
}

export interface DatabaseMembers {
  readonly daemons: readonly LivingDaemon[];
  readonly sites: readonly SitePbx[];
  /** Of each extension the site that has it. */
  readonly extensions: ReadonlyMap<string, string>;
}

const DAEMONS = `
with held as materialized (
  select classid::bigint as class, objid::bigint as object, pid from pg_locks
  where locktype = 'advisory' and granted and objsubid = 2
    and database = (select oid from pg_database where datname = current_database())
)
select d.daemon, d.site, d.has_pbx as "hasPbx", d.version,
  exists (select from held h join rollcall.sites s on s.number = h.object
    where h.class = $2::bigint and h.pid = l.pid and s.name = d.site) as "hasSiteDuty",
  exists (select from held h where h.class = $3::bigint and h.pid = l.pid) as "hasHouseDuty"
from rollcall.daemons d join held l on l.class = $1::bigint and l.object = d.serial::bigint
order by d.site, d.serial`;

const SITES = `
select substr(id, 5) as site, (value::jsonb ->> 'connected')::boolean as connected
from rollcall.small where tbl = 'pbx' order by 1`;

const EXTENSIONS = `
select id, coalesce(value::jsonb ->> 'site', '') as site from rollcall.small where tbl = 'extensions'`;

/** Of tables that are there. */
export async function readMembers(sql: postgres.Sql): Promise<DatabaseMembers> {
  const { living, site, house } = CLASSES;
  const daemons = await sql.unsafe<LivingDaemon[]>(DAEMONS, [living, site, house]);
  const sites = await sql.unsafe<SitePbx[]>(SITES);
  const extensions = await sql.unsafe<{ id: string; site: string }[]>(EXTENSIONS);
  return {
    daemons: [...daemons],
    sites: [...sites],
    extensions: new Map(extensions.map(({ id, site }) => [id, site])),
  };
}
