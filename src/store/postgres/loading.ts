// Reads the small tables at the start, as they are at one moment. Knows nothing of what comes after.
import { Contents, type Gap } from '../held/contents.ts';
import type { Sql } from './connect.ts';
import { restored } from './wire.ts';

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

/** Rejects as the library does. */
export async function load(sql: Sql): Promise<Loaded> {
  const loaded = await sql.begin('isolation level repeatable read read only', async (own) => {
    const [state] = await own<{ epoch: string; rev: string }[]>`select epoch, rev from rollcall.state`;
    const { epoch, rev } = state as { epoch: string; rev: string };
    const gaps = (await own`select last, next from rollcall.gaps order by next`).map(
      ({ last, next }): Gap => [Number(last), Number(next)],
    );
    const contents = new Contents({ epoch, rev: Number(rev), gaps, removalsKept: REMOVALS_KEPT });
    let rows = 0;
    for await (const lines of own.unsafe<Line[]>(ALL).cursor(ROWS)) {
      for (const line of lines) if (take(contents, line)) rows += 1;
    }
    const floors = own<
      { tbl: string; floor: string }[]
    >`select tbl, floor from rollcall.scopes where scope = '' and floor > 0`;
    for (const { tbl, floor } of await floors) contents.table(tbl).setFloor(Number(floor), '');
    return { contents, gaps, rows };
  });
  return loaded as Loaded;
}

/** Whether it is a row. */
function take(contents: Contents, { tbl, id, value, rev }: Line): boolean {
  const table = contents.table(tbl);
  if (value === null) table.mark('', restored(id), Number(rev));
  else table.put({ id: restored(id), value: JSON.parse(value) as object, rev: Number(rev) });
  return value !== null;
}
