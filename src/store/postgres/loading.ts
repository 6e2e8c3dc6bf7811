// Reads the small tables at the start, as they are at one moment. Knows nothing of what comes after.
import { Contents, type Gap } from '../held/contents.ts';
import type { Sql } from './connect.ts';
import type { Place } from './unreadable.ts';
import { restored, valueIn } from './wire.ts';

/** Rows that are fetched at a time. */
const ROWS = 1000;
const REMOVALS_KEPT = 100_000;

interface Line {
  readonly tbl: string;
  readonly id: string;
  /** Null: a removal. */
  readonly value: string | null;
  readonly rev: string;
}

export interface Loaded {
  readonly contents: Contents;
  readonly gaps: readonly Gap[];
  readonly rows: number;
}

const ALL = `
select tbl, id, value, rev from rollcall.small
union all
select tbl, id, null, rev from rollcall.removals where tbl not in ('contacts', 'favorites', 'retired', 'calls', 'messages')
order by rev`;

/** `sql`: one connection; `unreadable` is called for each row that is left out. Rejects as the library does. */
export async function load(sql: Sql, unreadable: (place: Place) => void): Promise<Loaded> {
  await sql`begin isolation level repeatable read read only`;
  const [state] = await sql<{ epoch: string; rev: string }[]>`select epoch, rev from rollcall.state`;
  const { epoch, rev } = state as { epoch: string; rev: string };
  const gaps = (await sql`select last, next from rollcall.gaps order by next`).map(
    ({ last, next }): Gap => [Number(last), Number(next)],
  );
  const contents = new Contents({ epoch, rev: Number(rev), gaps, removalsKept: REMOVALS_KEPT });
  let rows = 0;
  await sql.unsafe(`declare held no scroll cursor for ${ALL}`);
  for (let isEnd = false; !isEnd; ) {
    const lines = await sql.unsafe<Line[]>(`fetch ${ROWS} from held`);
    for (const line of lines) if (take(contents, line, unreadable)) rows += 1;
    isEnd = lines.length < ROWS;
  }
  const floors = sql<
    { tbl: string; floor: string }[]
  >`select tbl, floor from rollcall.scopes where scope = '' and floor > 0`;
  for (const { tbl, floor } of await floors) contents.table(tbl).setFloor(Number(floor), '');
  await sql`commit`;
  return { contents, gaps, rows };
}

/** Whether it is a row. */
function take(contents: Contents, { tbl, id, value: text, rev }: Line, unreadable: (place: Place) => void): boolean {
  const table = contents.table(tbl);
  const value = text === null ? null : valueIn(text);
  if (value === null) table.mark('', restored(id), Number(rev));
  else if (value) table.put({ id: restored(id), value, rev: Number(rev) });
  else unreadable({ table: tbl, rev: Number(rev) });
  return Boolean(value);
}
