// The rows of a batch on their way into the database, which have not taken effect: part after part, over a connection of its own, whose
// lock says that somebody takes care of them. Knows nothing of when they take effect.
import type { Write } from '../../service/store.ts';
import type { SentGuard } from './call.ts';
import type { Sql } from './connect.ts';
import { oneConnection } from './one-connection.ts';
import { joined, numbers, restored, stored } from './wire.ts';

/** Beside those of the daemons (CLASSES): the lock of a batch, by its number. */
const BATCHES = 0x526f6c05;
/** A batch whose lock nobody holds is given up so long after it was begun; until then its connection may come late. */
const GIVEN_UP_S = 60;
/** So long it is known of a batch that it has ended. */
const KNOWN_S = 86_400;

interface StagedRow {
  readonly n: number;
  readonly tbl: Write['table'];
  readonly id: string;
  readonly value: string | null;
}

export class Staging {
  readonly number: number;
  readonly #sql: Sql;
  #rows = 0;

  private constructor(sql: Sql, number: number) {
    this.#sql = sql;
    this.number = number;
  }

  /** A new batch. Rejects as the library does. */
  static begin(url: string, daemon: string): Promise<Staging> {
    return Staging.#open(url, async (sql) => {
      const [batch] = await sql<{ number: string }[]>`
        with batch as (insert into rollcall.batches (daemon) values (${daemon}) returning number)
        select number, pg_advisory_lock(${BATCHES}::integer, number::integer) from batch`;
      return Number(batch?.number);
    }) as Promise<Staging>;
  }

  /** The batch that is taking effect and of which nobody takes care; undefined when there is none. */
  static takeOver(url: string, number: number): Promise<Staging | undefined> {
    return Staging.#open(url, async (sql) => {
      const [lock] = await sql`select pg_try_advisory_lock(${BATCHES}::integer, ${number}::integer) as held`;
      return lock?.['held'] ? number : undefined;
    });
  }

  static async #open(url: string, take: (sql: Sql) => Promise<number | undefined>): Promise<Staging | undefined> {
    const sql = oneConnection(url, {});
    try {
      const number = await take(sql);
      if (number !== undefined) return new Staging(sql, number);
      await sql.end({ timeout: 0 });
      return undefined;
    } catch (error) {
      await sql.end({ timeout: 0 });
      throw error;
    }
  }

  /** Durable when it resolves. */
  async add(writes: readonly Write[]): Promise<void> {
    const first = this.#rows;
    this.#rows += writes.length;
    await this.#sql.unsafe(
      `insert into rollcall.staged (batch, n, tbl, id, value)
        select $1::bigint, n, tbl, coalesce(id, ''), nullif(value, '')
        from unnest($2::int[], string_to_array($3, E'\\x01'), string_to_array($4, E'\\x01'), string_to_array($5, E'\\x01'))
          r(n, tbl, id, value)`,
      [
        this.number,
        numbers(writes.map((_, index) => first + index)),
        joined(writes.map(({ table }) => table)),
        joined(writes.map(({ id }) => stored(id))),
        joined(writes.map(({ value }) => (value === null ? '' : JSON.stringify(value)))),
      ],
    );
  }

  /** They are looked at before the first slice takes effect. */
  async addGuards(guards: readonly SentGuard[]): Promise<void> {
    await this.#sql.unsafe(
      `insert into rollcall.staged_guards (batch, tbl, id, rev)
        select $1::bigint, tbl, coalesce(id, ''), rev
        from unnest(string_to_array($2, E'\\x01'), string_to_array($3, E'\\x01'), $4::bigint[]) r(tbl, id, rev)`,
      [
        this.number,
        joined(guards.map(({ table }) => table)),
        joined(guards.map(({ id }) => id)),
        numbers(guards.map(({ rev }) => rev)),
      ],
    );
  }

  /** How many rows have taken effect; undefined when all have. */
  async done(): Promise<number | undefined> {
    const [batch] = await this.#sql`select done from rollcall.batches where number = ${this.number} and not ended`;
    return batch && Number(batch['done']);
  }

  /** At most `count` rows from row `from` on. */
  async rows(from: number, count: number): Promise<Write[]> {
    const rows = await this.#sql<StagedRow[]>`
      select n, tbl, id, value from rollcall.staged where batch = ${this.number} and n >= ${from} order by n limit ${count}`;
    return rows.map(({ tbl, id, value }) => ({
      ...{ table: tbl, id: restored(id) },
      value: value === null ? null : (JSON.parse(value) as object),
    }));
  }

  /** Leaves a batch that takes effect as it is, and of any other nothing. What cannot be removed now is tidied up later. */
  async close(): Promise<void> {
    try {
      await this.#sql`
        with gone as (
          delete from rollcall.batches b using rollcall.state s
          where b.number = ${this.number} and b.number is distinct from s.sealed and not b.ended
        )
        , guards as (
          delete from rollcall.staged_guards s using rollcall.batches b
          where s.batch = ${this.number} and b.number = s.batch and b.ended
        )
        delete from rollcall.staged s using rollcall.batches b
        where s.batch = ${this.number} and b.number = s.batch and b.ended`;
    } catch {
      // as said
    }
    await this.#sql.end({ timeout: 0 }).catch(() => 'it has ended by itself');
  }
}

/** The batch that is taking effect, if any. */
export async function sealedBatch(sql: Sql): Promise<number | undefined> {
  const [state] = await sql`select sealed from rollcall.state`;
  const sealed = state?.['sealed'] ?? undefined;
  return sealed === undefined ? undefined : Number(sealed);
}

/** Removes what others have begun and nobody takes care of any more, and what is left of those that have ended. */
export async function tidyBatches(sql: Sql): Promise<void> {
  await sql`delete from rollcall.staged s using rollcall.batches b where b.ended and s.batch = b.number`;
  await sql`delete from rollcall.staged_guards s using rollcall.batches b where b.ended and s.batch = b.number`;
  await sql`
    delete from rollcall.batches b using rollcall.state s
    where b.number is distinct from s.sealed and b.at < now() - interval '1 second' * (case when b.ended then ${KNOWN_S}::int else ${GIVEN_UP_S}::int end)
      and not exists (
        select from pg_locks where locktype = 'advisory' and objsubid = 2 and classid::bigint = ${BATCHES}::bigint
          and objid::bigint = b.number and database = (select oid from pg_database where datname = current_database())
      )`;
}

/** `staged`: nothing of it takes effect, and it may be gone; `sealed`: it does; `ended`: all of it has. */
export async function stateOf(sql: Sql, number: number): Promise<'staged' | 'sealed' | 'ended'> {
  const [found] = await sql`
    select s.sealed is not distinct from b.number as sealed, b.ended
    from rollcall.batches b, rollcall.state s where b.number = ${number}`;
  if (found?.['ended']) return 'ended';
  return found?.['sealed'] ? 'sealed' : 'staged';
}
