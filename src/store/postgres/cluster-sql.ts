// What a daemon's session asks the database: text alone, with the tables of migrations/0003-daemons.ts.

/**
 * $1 daemon, $2 site, $3 whether it has its PBX, $4 version, $5 class of the lock. Nobody sees the row without its lock, and none is
 * used twice: a row without a lock is that of a dead session.
 */
export const REGISTER = `
with
  named as (insert into rollcall.sites (name) values ($2) on conflict (name) do update set name = excluded.name returning number),
  me as (
    insert into rollcall.daemons (daemon, site, has_pbx, version) values ($1, $2, $3, $4) returning serial
  )
select serial, number as site, pg_try_advisory_lock($5::integer, serial) as held, pg_backend_pid() as backend
from me, named`;

/** $1 class, $2 object: whether this session holds the lock, asked by another statement than took it. */
export const HOLD = `
select pg_backend_pid() as backend, exists (
  select from pg_locks where locktype = 'advisory' and granted and objsubid = 2 and pid = pg_backend_pid()
    and classid::bigint = $1::bigint and objid::bigint = $2::bigint
) as held`;

/** $1 class of the living, $2 of site duties and $3 this site, $4 of the house duty and $5 its object. */
export const LOOK = `
with held as materialized (
  select classid::bigint as class, objid::bigint as object, pid from pg_locks
  where locktype = 'advisory' and granted and objsubid = 2
    and database = (select oid from pg_database where datname = current_database())
)
select d.serial, d.daemon, d.site, d.has_pbx as "hasPbx", l.pid is not null as "isAlive", coalesce(l.pid = pg_backend_pid(), false) as "isMine",
  exists (select from held s where s.class = $2::bigint and s.object = $3::bigint and s.pid = l.pid) as "hasSite",
  exists (select from held h where h.class = $4::bigint and h.object = $5::bigint and h.pid = l.pid) as "hasHouse",
  (select greatest(0, extract(epoch from clock_timestamp() - a.state_change)) * 1000 from pg_stat_activity a where a.pid = l.pid) as "silentMs"
from rollcall.daemons d left join held l on l.class = $1::bigint and l.object = d.serial::bigint
order by d.serial`;

const LIVING = `
from rollcall.daemons d
join pg_locks l on l.locktype = 'advisory' and l.granted and l.objsubid = 2 and l.classid::bigint = $1::bigint and l.objid::bigint = d.serial::bigint
  and l.database = (select oid from pg_database where datname = current_database())
join pg_stat_activity a on a.pid = l.pid and a.usename = current_user`;

/**
 * $1 class of the living, $2 serial. Ends the session of a daemon that does not ask any more, though its connection stands; not that of another
 * user of the database, which is not allowed.
 */
export const DROP = `select pg_terminate_backend(l.pid) ${LIVING} where d.serial = $2::integer`;

/**
 * $1 class of the living, $2 daemon. Ends the sessions that this daemon had, of which the server does not know yet that their connections are
 * broken, and waits until their locks are free.
 */
export const DISPLACE = `select pg_terminate_backend(l.pid, 2000) ${LIVING} where d.daemon = $2`;
