// Reads what others have written, in order of revision, a page at a time. Knows nothing of what is held here.
import { isLarge, type LargeTable, SCOPE_OF, type Table, type Told } from '../../service/store.ts';
import type { Gap } from '../held/contents.ts';
import type { Sql } from './connect.ts';
import type { Foreign } from './ledger.ts';
import type { Place } from './unreadable.ts';
import { restored, valueIn } from './wire.ts';

const LARGE = Object.keys(SCOPE_OF) as LargeTable[];

/** Rows and removals in one page; more only when one revision has more. */
const PAGE = 500;

export interface Page {
  /** The newest revision of the database. */
  readonly head: number;
  readonly epoch: string;
  /** Gaps that end after the revision asked from. */
  readonly gaps: readonly Gap[];
  /** In order. */
  readonly revisions: readonly (Foreign & { readonly g: number })[];
  /** It is complete up to here. */
  readonly upTo: number;
}

/** A row, a removal, or with neither only the head. */
interface Line {
  readonly head: string;
  readonly epoch: string;
  readonly gaps: string | null;
  readonly tbl: string | null;
  readonly scope: string;
  readonly id: string;
  readonly value: string | null;
  readonly rev: string;
  /** Of a removal from a scope of a large table: the scope where the row is, and its value. */
  readonly now_scope: string | null;
  readonly now_value: string | null;
}

const some = (columns: string, from: string): string => `
  (select ${columns} from ${from} where rev > $1::bigint and rev <= $2::bigint order by rev fetch first ${PAGE} rows with ties)`;

const now = (column: string): string => `case m.tbl
  ${LARGE.map((table) => `when '${table}' then (select c.${column} from rollcall.${table} c where c.id = m.id)`).join('\n  ')}
  end`;

/** All of it is of one moment. A revision is never cut. */
const NEWS = `
with lines as (
  ${some("tbl, '' as scope, id, value, rev", 'rollcall.small')}
  union all ${LARGE.map((table) => some(`'${table}', scope, id, value, rev`, `rollcall.${table}`)).join(' union all ')}
  union all ${some('tbl, scope, id, null, rev', 'rollcall.removals')}
), page as (
  select * from lines order by rev fetch first ${PAGE} rows with ties
)
select s.rev as head, s.epoch, (select json_agg(json_build_array(last, next)) from rollcall.gaps where next > $1::bigint)::text as gaps,
  m.*, case when m.value is null then ${now('scope')} end as now_scope, case when m.value is null then ${now('value')} end as now_value
from rollcall.state s left join page m on true order by m.rev`;

/** Called for each row that is left out. */
type Unreadable = (place: Place) => void;

/** What was written after revision `since`, up to `until`. Rejects as the library does. */
export async function news(
  sql: Sql,
  unreadable: Unreadable,
  since: number,
  until = Number.MAX_SAFE_INTEGER,
): Promise<Page> {
  const lines = await sql.unsafe<Line[]>(NEWS, [since, until], { prepare: true });
  const [{ head, epoch, gaps }] = lines as unknown as [Line];
  const written = lines.filter(({ tbl }) => tbl !== null);
  const last = written.at(-1);
  const end = Math.min(Number(head), until);
  return {
    ...{ head: Number(head), epoch, gaps: gaps === null ? [] : (JSON.parse(gaps) as Gap[]) },
    revisions: revisionsOf(written, unreadable),
    upTo: last && written.length >= PAGE ? Number(last.rev) : end,
  };
}

function revisionsOf(lines: readonly Line[], unreadable: Unreadable): (Foreign & { readonly g: number })[] {
  const revisions: { g: number; lines: Line[] }[] = [];
  for (const line of lines) {
    const g = Number(line.rev);
    const last = revisions.at(-1);
    if (last?.g === g) last.lines.push(line);
    else revisions.push({ g, lines: [line] });
  }
  return revisions.map(({ g, lines: own }) => ({ g, ...foreignOf(own, unreadable) }));
}

/** The lines of one revision. A removal from a scope is a move when the row is somewhere else, perhaps since a later revision. */
function foreignOf(lines: readonly Line[], unreadable: Unreadable): Foreign {
  const moved = new Map<string, string>();
  const keyOf = ({ tbl, id }: Line): string => `${tbl} ${id}`;
  for (const line of lines)
    if (line.value === null && line.scope !== line.now_scope) moved.set(keyOf(line), line.scope);
  const here = new Set(lines.filter(({ value }) => value !== null).map(keyOf));
  const kept = lines.filter((line) => line.value !== null || !here.has(keyOf(line)));
  const writes: Told[] = [];
  const texts: (string | null)[] = [];
  for (const line of kept) {
    const told = toldOf(line, moved.get(keyOf(line)));
    if (told) {
      writes.push(told);
      texts.push(line.value ?? line.now_value);
    } else unreadable({ table: line.tbl as string, rev: Number(line.rev) });
  }
  return { writes, texts };
}

/** Undefined when what stands there is no value. */
function toldOf(line: Line, from: string | undefined): Told | undefined {
  const table = line.tbl as Table | LargeTable;
  const id = restored(line.id);
  const text = line.value ?? line.now_value;
  const value = text === null ? null : valueIn(text);
  if (value === undefined) return undefined;
  if (!isLarge(table)) return { table, id, value };
  if (value === null) return { table, id, value, scope: restored(line.scope) };
  const scope = line.value === null ? (line.now_scope as string) : line.scope;
  const told = { table, id, value, scope: restored(scope) };
  return from === undefined || from === scope ? told : { ...told, movedFrom: restored(from) };
}
