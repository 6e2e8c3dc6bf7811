// What is asked of large tables, as SQL. Answers carry revisions of the database.
import type { LargeTable, Question } from '../../service/store.ts';
import type { Sql } from './connect.ts';
import type { Stored } from './search-contacts.ts';
import { joined, restored, stored } from './wire.ts';

/** The part of a scope as the database has it. */
export interface StoredSlice {
  readonly reset: boolean;
  readonly rows: readonly Stored[];
  readonly removed: readonly string[];
  /** Null: there is no more. */
  readonly last: number | null;
  /** The newest revision of the database. */
  readonly now: number;
}

const MOST = 2 ** 31 - 2;
const LIST = "string_to_array($1::text, e'\\x01')";

export async function find(sql: Sql, table: LargeTable, ids: readonly string[]): Promise<readonly Stored[]> {
  const text = `select id, value, rev from rollcall.${table} where id = any(${LIST})`;
  return sql.unsafe<Stored[]>(text, [joined([...new Set(ids)].map(stored))], { prepare: true });
}

export async function marksOn(sql: Sql, targets: readonly string[]): Promise<readonly Stored[]> {
  const text = `select id, value, rev from rollcall.favorites where target = any(${LIST})`;
  return sql.unsafe<Stored[]>(text, [joined([...new Set(targets)].map(stored))], { prepare: true });
}

export async function counts(sql: Sql, table: LargeTable): Promise<Map<string, number>> {
  const text = 'select scope, rows from rollcall.scopes where tbl = $1 and rows > 0';
  const lines = await sql.unsafe<{ scope: string; rows: string }[]>(text, [table], { prepare: true });
  return new Map(lines.map(({ scope, rows }) => [restored(scope), Number(rows)]));
}

export async function count(sql: Sql, table: LargeTable, scope: string): Promise<number> {
  const text = 'select rows from rollcall.scopes where tbl = $1 and scope = $2';
  const lines = await sql.unsafe<{ rows: string }[]>(text, [table, stored(scope)], { prepare: true });
  return Number(lines[0]?.rows ?? 0);
}

/** $1 scope, $2 since (-1: from the beginning), $3 from where removals are told (null: none), $4 limit. */
const read = (table: LargeTable): string => `
with asked as (
  select $2::bigint as since, $3::bigint as gone, s.rev as now, coalesce(f.floor, 0) > greatest($2::bigint, $3::bigint) as forgotten
  from rollcall.state s left join rollcall.scopes f on f.tbl = '${table}' and f.scope = $1::text
), start as (
  select now, case when since < 0 or forgotten then -1 else since end as since, case when forgotten then null else gone end as gone from asked
), part as (
  select * from (
    (select id, value, rev from rollcall.${table}
      where scope = $1::text and rev > (select since from start) order by rev fetch first ($4::int) rows with ties)
    union all
    (select id, null, rev from rollcall.removals
      where tbl = '${table}' and scope = $1::text and rev > (select greatest(since, gone) from start where gone is not null)
      order by rev fetch first ($4::int) rows with ties)
  ) as both_of order by rev fetch first ($4::int) rows with ties
), ended as (
  select coalesce(max(rev), 0) as last, count(*) as rows from part
)
select s.now, s.since < 0 as reset, e.last, e.rows >= $4::int and (
    exists (select from rollcall.${table} where scope = $1::text and rev > e.last)
    or exists (select from rollcall.removals where s.gone is not null and tbl = '${table}' and scope = $1::text and rev > greatest(e.last, s.gone))
  ) as more, p.id, p.value, p.rev
from start s cross join ended e left join part p on true order by p.rev`;

interface Line {
  readonly now: string;
  readonly reset: boolean;
  readonly last: string;
  readonly more: boolean;
  readonly id: string | null;
  readonly value: string | null;
  readonly rev: string;
}

/** `since` and `removedSince` are revisions of the database that are known. */
export async function readScope(sql: Sql, question: Question): Promise<StoredSlice> {
  const { table, scope, since, removedSince, limit } = question;
  const gone = since === null ? null : Math.max(since, removedSince ?? 0);
  const args = [stored(scope), since ?? -1, gone, Math.min(Math.max(limit, 1), MOST)];
  const lines = await sql.unsafe<Line[]>(read(table), args, { prepare: true });
  const [first] = lines as unknown as [Line];
  const parts = lines.filter(({ id }) => id !== null);
  return {
    ...{ reset: first.reset, now: Number(first.now), last: first.more ? Number(first.last) : null },
    rows: parts.filter((line): line is Line & Stored => line.value !== null),
    removed: parts.flatMap(({ id, value }) => (value === null ? restored(id as string) : [])),
  };
}
