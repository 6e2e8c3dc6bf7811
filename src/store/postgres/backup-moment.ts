// The backup of a store that is in use: one moment not before it was asked for, over a connection of its own for as long as it is read.
import type { Clock } from '../../service/clock.ts';
import { backupWithin } from './backup.ts';
import type { Sql } from './connect.ts';
import { oneConnection } from './one-connection.ts';
import { unread } from './reading.ts';

export interface MomentParts {
  readonly url: string;
  readonly clock: Clock;
  /** Resolves when the database has all that was told before the call. */
  readonly settled: () => Promise<void>;
}

/** Whoever has asked for a backup begins to read it so soon. */
const BEGUN_MS = 60_000;
/** So often it is looked whether a batch has taken effect. */
const LOOK_MS = 50;

export class BackupMoments {
  readonly #parts: MomentParts;
  readonly #opening = new Set<Promise<unknown>>();

  constructor(parts: MomentParts) {
    this.#parts = parts;
  }

  /** Resolves when those that were asked for before have their moment. */
  async fixed(): Promise<void> {
    await Promise.allSettled([...this.#opening]);
  }

  /** As `Store.backup`. */
  take(): AsyncGenerator<string> {
    const opening = this.#open();
    this.#opening.add(opening);
    const opened = (): unknown => this.#opening.delete(opening);
    let isRead = false;
    opening.then(opened, opened);
    const stop = this.#parts.clock.after(BEGUN_MS, () => {
      if (!isRead) void opening.then(end, () => 'there is nothing to end');
    });
    return linesOf(opening, () => {
      isRead = true;
      stop();
    });
  }

  async #open(): Promise<Sql> {
    const { url, settled, clock } = this.#parts;
    await settled();
    const sql = oneConnection(url, { statementMs: 0 });
    try {
      for (;;) {
        await sql`begin isolation level repeatable read read only`;
        await sql`set local idle_in_transaction_session_timeout = 0`;
        const [state] = await sql`select sealed from rollcall.state`;
        if (state?.['sealed'] === null) return sql;
        await sql`rollback`;
        await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
      }
    } catch (error) {
      await end(sql);
      throw unread(error);
    }
  }
}

async function* linesOf(opening: Promise<Sql>, begun: () => void): AsyncGenerator<string> {
  begun();
  const sql = await opening;
  try {
    yield* backupWithin(sql);
  } catch (error) {
    throw unread(error);
  } finally {
    await end(sql);
  }
}

async function end(sql: Sql): Promise<void> {
  await sql.end({ timeout: 0 }).catch(() => 'it has ended by itself');
}
