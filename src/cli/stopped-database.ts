// A database that no daemon uses, as a store that is read and replaced whole, each in one transaction.
import { OperatorError } from '../service/operator-error.ts';
import { backupWithin } from '../store/postgres/backup.ts';
import type { Sql, Statements } from '../store/postgres/connect.ts';
import { oneConnection } from '../store/postgres/one-connection.ts';
import { restoreWithin, settle } from '../store/postgres/restore.ts';
import { databaseFault } from '../store/postgres/restore-faults.ts';
import { contentOf, daemonsAt, hasTables, keepOut, setUnfinished, takeAlone } from '../store/postgres/restore-place.ts';
import { migrate } from '../store/postgres/schema.ts';
import type { Content, StoppedStore } from './stopped-store.ts';
import type { StoreAt } from './store-at.ts';

type Place = Extract<StoreAt, { kind: 'postgres' }>;

/** `task`: what daemons must be stopped for, such as `restore`. Rejects with OperatorError. */
export async function openStoppedDatabase(
  { url, name }: Place,
  task: string,
  mayBeNew: boolean,
): Promise<StoppedStore> {
  // One connection: its lock says that the database is this command's.
  const sql = oneConnection(url, { statementMs: 0 });
  try {
    // Whoever gives or takes the rows may be slow.
    await sql`set idle_in_transaction_session_timeout = 0`;
    if (!mayBeNew && !(await hasTables(sql))) throw new OperatorError(`${name} holds nothing of rollcall`);
    await migrate(sql);
    const store = new StoppedDatabase(sql, name, task);
    await store.take();
    return store;
  } catch (error) {
    await sql.end({ timeout: 0 });
    throw databaseFault(name, error);
  }
}

class StoppedDatabase implements StoppedStore {
  readonly name: string;
  readonly emptying = 'name another, or empty it with DROP SCHEMA rollcall CASCADE';
  readonly #sql: Sql;
  readonly #task: string;

  constructor(sql: Sql, name: string, task: string) {
    this.#sql = sql;
    this.name = name;
    this.#task = task;
  }

  async take(): Promise<void> {
    if (!(await takeAlone(this.#sql)))
      throw new OperatorError(`another command has ${this.name}: wait until it is done`);
    await this.#refuseDaemons(this.#sql);
  }

  look(): Promise<Content> {
    return this.#said(() => contentOf(this.#sql));
  }

  async *lines(): AsyncGenerator<string> {
    try {
      await this.#sql`begin isolation level repeatable read read only`;
      yield* backupWithin(this.#sql);
    } catch (error) {
      throw databaseFault(this.name, error);
    } finally {
      await this.#rollBack();
    }
  }

  restore(source: AsyncIterable<string | Uint8Array>): Promise<void> {
    return this.#replace(source, async () => undefined);
  }

  async fill(source: AsyncIterable<string>, check: (lines: AsyncIterable<string>) => Promise<void>): Promise<void> {
    await this.#said(() => setUnfinished(this.#sql, true));
    await this.#replace(source, (tx) => check(backupWithin(tx)));
  }

  async close(): Promise<void> {
    await this.#sql.end({ timeout: 1 });
  }

  async #replace(source: AsyncIterable<string | Uint8Array>, check: (tx: Statements) => Promise<void>): Promise<void> {
    await this.#said(async () => {
      try {
        await this.#sql`begin`;
        await keepOut(this.#sql);
        await this.#refuseDaemons(this.#sql);
        await restoreWithin(this.#sql, source);
        await check(this.#sql);
        await setUnfinished(this.#sql, false);
        await this.#sql`commit`;
      } finally {
        await this.#rollBack();
      }
    });
    await this.#said(() => settle(this.#sql));
  }

  /** Nothing to roll back is no fault: the transaction was ended, or has ended with the connection. */
  async #rollBack(): Promise<void> {
    try {
      await this.#sql`rollback`;
    } catch {
      // as said
    }
  }

  async #refuseDaemons(sql: Statements): Promise<void> {
    const daemons = await daemonsAt(sql);
    if (daemons === 0) return;
    const who = daemons === 1 ? 'a daemon' : `${daemons} daemons`;
    throw new OperatorError(`${this.name} is in use by ${who}: stop every daemon, then ${this.#task}`);
  }

  async #said<T>(work: () => PromiseLike<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw databaseFault(this.name, error);
    }
  }
}
