// Puts the rows of a backup in place of all that a database holds, within one transaction of the caller. Knows nothing of what the
// rows mean but what the tables have columns for.
import { randomUUID } from 'node:crypto';
import { isLarge, type LargeTable, SCOPE_OF } from '../../service/store.ts';
import { backupRows } from '../files/backup-rows.ts';
import { STEPS } from '../files/format.ts';
import { LARGE_TABLES } from './backup.ts';
import type { Statements } from './connect.ts';
import { contactIndex } from './search-payload.ts';
import { joined, numbers, stored } from './wire.ts';

/** Rows that go to the database at a time. */
const ROWS = 1000;

/** Everything that belongs to the rows, and whatever daemons have left behind. */
const TABLES = [
  ...['small', ...LARGE_TABLES, 'removals', 'scopes', 'gaps', 'writers'],
  ...['contact_search', 'contact_numbers', 'batches', 'staged', 'staged_guards'],
]
  .map((table) => `rollcall.${table}`)
  .join(', ');

interface Loaded {
  readonly id: string;
  readonly rev: number;
  readonly value: object;
}

/** Nobody else sees anything of it before the transaction has ended. Resolves with the number of rows. */
export async function restoreWithin(tx: Statements, source: AsyncIterable<string | Uint8Array>): Promise<number> {
  await tx.unsafe(`truncate ${TABLES}`);
  const indexes = await dropIndexes(tx);
  const loader = new Loader(tx);
  for await (const part of backupRows(source, STEPS)) {
    if ('rollcall' in part) await begin(tx, part.rev);
    else
      await loader.add(
        part.table,
        part.rows.map(([id, rev, value]) => ({ id, rev, value })),
      );
  }
  await loader.flush();
  for (const { definition } of indexes) await tx.unsafe(definition);
  for (const table of LARGE_TABLES) {
    await tx`insert into rollcall.scopes (tbl, scope, rows)
      select ${table}, scope, count(*) from ${tx(`rollcall.${table}`)} group by scope`;
  }
  return loader.rows;
}

interface Index {
  readonly name: string;
  readonly definition: string;
}

/** Those that rows can be stored without: made again when all rows are there, they cost a fraction. */
async function dropIndexes(tx: Statements): Promise<readonly Index[]> {
  const indexes = await tx<Index[]>`
    select i.indexname as name, i.indexdef as definition from pg_indexes i
    where i.schemaname = 'rollcall' and not exists (
      select from pg_constraint c where c.conname = i.indexname and c.connamespace = 'rollcall'::regnamespace
    )`;
  for (const { name } of indexes) await tx`drop index ${tx(`rollcall.${name}`)}`;
  await tx.unsafe(`set local maintenance_work_mem = '256MB'`);
  return indexes;
}

/** After the transaction: so that the first questions find a way through so many new rows. */
export async function settle(sql: Statements): Promise<void> {
  await sql.unsafe(`vacuum analyze ${TABLES}`);
}

/** A history of its own: whoever was told of another begins anew. */
async function begin(tx: Statements, rev: number): Promise<void> {
  await tx`update rollcall.state set epoch = ${randomUUID()}, rev = ${rev}, sealed = null`;
}

/** Gathers rows of one table. */
class Loader {
  rows = 0;
  readonly #tx: Statements;
  #table = '';
  #waiting: Loaded[] = [];

  constructor(tx: Statements) {
    this.#tx = tx;
  }

  async add(table: string, rows: readonly Loaded[]): Promise<void> {
    if (table !== this.#table) await this.flush();
    this.#table = table;
    this.#waiting.push(...rows);
    this.rows += rows.length;
    if (this.#waiting.length >= ROWS) await this.flush();
  }

  async flush(): Promise<void> {
    const rows = this.#waiting;
    this.#waiting = [];
    if (rows.length === 0) return;
    if (isLarge(this.#table)) await this.#large(this.#table, rows);
    else await this.#small(this.#table, rows);
  }

  async #small(table: string, rows: readonly Loaded[]): Promise<void> {
    await this.#tx.unsafe(
      `insert into rollcall.small (tbl, id, value, rev)
        select $1, coalesce(id, ''), value, rev
        from unnest(string_to_array($2, E'\\x01'), string_to_array($3, E'\\x01'), $4::bigint[]) r(id, value, rev)`,
      [table, ...columnsOf(rows)],
    );
  }

  async #large(table: LargeTable, rows: readonly Loaded[]): Promise<void> {
    const [ids, values, revs] = columnsOf(rows);
    const scopes = joined(rows.map(({ value }) => stored(SCOPE_OF[table](value))));
    const more = table === 'favorites' ? 'target' : undefined;
    const targets = joined(
      rows.map(({ value }) => (more ? stored(String((value as { target: unknown }).target)) : '')),
    );
    await this.#tx.unsafe(
      `insert into rollcall.${table} (id, scope, value, rev${more ? `, ${more}` : ''})
        select coalesce(id, ''), coalesce(scope, ''), value, rev${more ? `, coalesce(more, '')` : ''}
        from unnest(string_to_array($1, E'\\x01'), string_to_array($2, E'\\x01'), string_to_array($3, E'\\x01'), $4::bigint[],
          string_to_array($5, E'\\x01')) r(id, scope, value, rev, more)`,
      [ids, scopes, values, revs, targets],
    );
    if (table !== 'contacts') return;
    const payloads = joined(rows.map(({ value }) => contactIndex(value)));
    await this.#tx.unsafe(
      `select rollcall.index_contacts_1(string_to_array($1, E'\\x01'), string_to_array($2, E'\\x01'), string_to_array($3, E'\\x01'))`,
      [ids, scopes, payloads],
    );
  }
}

function columnsOf(rows: readonly Loaded[]): [ids: string, values: string, revs: string] {
  return [
    joined(rows.map(({ id }) => stored(id))),
    joined(rows.map(({ value }) => JSON.stringify(value))),
    numbers(rows.map(({ rev }) => rev)),
  ];
}
