// The records in a table of PostgreSQL, as cdr_pgsql or cdr_adaptive_odbc writes them. Reads only; one connection for as long as it reads,
// so that a database that is away costs nothing in between.
import type postgres from 'postgres';
import type { CallRecord } from '../../domain/call-record.ts';
import { RECORDS_AT_ONCE } from '../../service/calls-port.ts';
import { systemClock } from '../../service/clock.ts';
import { type RecordCells, recordOf } from './record-cells.ts';
import { writeTime } from './record-time.ts';
import { boundsIn, boundType, type Column, quoted, shapeOf, type TableShape } from './table-columns.ts';

const CONNECT_S = 10;
const STATEMENT_MS = 30_000;
/** All of it; a server that says nothing any more is left. */
const WHOLE_MS = 60_000;
/** Records are found by their beginning: calls that were longer are missed. */
const LONGEST_CALL_MS = 24 * 3_600_000;
/** Local times may be an hour or two off in the night in which clocks are changed. */
const ZONE_SLACK_MS = 2 * 3_600_000;

export interface TableOptions {
  /** `postgres://user:password@host/database`; a folder in `?host=` is that of a Unix socket. */
  readonly url: string;
  /** `table` or `schema.table`. */
  readonly table: string;
  readonly utc: boolean;
}

export class TableRecords {
  readonly #options: TableOptions;
  readonly #open = new Set<postgres.Sql>();

  constructor(options: TableOptions) {
    this.#options = options;
  }

  /** In order of their end; the newest where they are too many. Rejects with Error that says what is wrong. */
  async read(from: number, until: number): Promise<readonly CallRecord[]> {
    const rows = await this.#within((sql) => this.#select(sql, from - LONGEST_CALL_MS, until, RECORDS_AT_ONCE));
    return rows.filter(({ end }) => end >= from && end <= until).sort((a, b) => a.end - b.end);
  }

  /** The record of the call that began last, of all that began before `now`. */
  async newest(now: number): Promise<CallRecord | undefined> {
    return (await this.#within((sql) => this.#select(sql, 0, now, 1)))[0];
  }

  /** Breaks off what is being read. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#open].map((sql) => sql.end({ timeout: 0 })));
  }

  async #select(sql: postgres.Sql, from: number, until: number, limit: number): Promise<CallRecord[]> {
    const table = this.#options.table.split('.').map(quoted).join('.');
    const columns = await sql.unsafe<Column[]>(
      `select a.attname as name, t.typname as type from pg_catalog.pg_attribute a join pg_catalog.pg_type t on t.oid = a.atttypid
       where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped`,
      [table],
    );
    if (columns.length === 0) throw new Error(`there is no table ${this.#options.table}: set calls.records.table`);
    const shape = shapeOf([...columns]);
    const { begin } = shape;
    const [first, last] = [from - ZONE_SLACK_MS, until + ZONE_SLACK_MS].map((ms) => this.#bound(begin, ms));
    const column = quoted(begin.name);
    const rows = await sql.unsafe<Record<string, string | null>[]>(
      `select ${shape.cells} from ${table} where ${column} between $1::${boundType(begin)} and $2::${boundType(begin)}
       order by ${column} desc limit ${limit}`,
      [first ?? '', last ?? ''],
    );
    return rows.flatMap((row) => recordOf(cellsOf(row, shape), this.#options.utc) ?? []);
  }

  #bound(column: Column, ms: number): string {
    const kind = boundsIn(column);
    const time = Math.max(0, ms);
    if (kind === 'seconds') return String(Math.floor(time / 1000));
    return kind === 'iso' ? new Date(time).toISOString() : writeTime(time, this.#options.utc);
  }

  async #within<T>(work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
    const sql = await connectTo(this.#options.url);
    this.#open.add(sql);
    const end = (timeout: number) => sql.end({ timeout }).catch(() => undefined); // it is gone in any case
    const cancel = systemClock.after(WHOLE_MS, () => void end(0));
    try {
      return await work(sql);
    } catch (error) {
      throw new Error(`the database of calls.records.url cannot be read: ${reasonOf(error)}`, { cause: error });
    } finally {
      cancel();
      this.#open.delete(sql);
      await end(1);
    }
  }
}

/** Does not connect yet. */
async function connectTo(text: string): Promise<postgres.Sql> {
  const { default: open } = await import('postgres');
  if (!URL.canParse(text)) {
    throw new Error('calls.records.url is no URL: write special characters of the password as %40 and the like');
  }
  const url = new URL(text);
  const folder = url.searchParams.get('host') ?? '';
  url.searchParams.delete('host');
  return open(url.href, {
    ...(folder.startsWith('/') ? { host: folder } : {}),
    ...{ max: 1, connect_timeout: CONNECT_S, fetch_types: false, prepare: false, onnotice: () => undefined },
    connection: {
      application_name: 'rollcall',
      statement_timeout: STATEMENT_MS,
      default_transaction_read_only: true,
    },
  });
}

/** What the server or the system says, without what a row may hold. */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'CONNECTION_DESTROYED' || code === 'CONNECTION_ENDED') return 'it does not answer in time';
  if (code === '42501') return `${message}: grant select on the table to the user of the URL`;
  return code !== undefined && /^E[A-Z]+$/.test(code) ? code : message;
}

function cellsOf(row: Readonly<Record<string, string | null>>, { exact }: TableShape): RecordCells {
  const cells = Object.entries(row).flatMap(([name, text]) =>
    text === null ? [] : [[name, exact.has(name) ? Number(text) : text] as const],
  );
  return Object.fromEntries(cells) as RecordCells;
}
