// A few connections for questions of several statements that see one moment. One that ends in the middle is replaced for the next question.
import type { Sql } from './connect.ts';
import { oneConnection } from './one-connection.ts';

export class Snapshots {
  readonly #url: string;
  readonly #max: number;
  readonly #idle: Sql[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #open = new Set<Sql>();
  #count = 0;
  #isOver = false;

  constructor(url: string, max: number) {
    this.#url = url;
    this.#max = max;
  }

  /** Runs `work` in a transaction that reads. Rejects as the library does, or as `work`. */
  async begin<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    while (this.#idle.length === 0 && this.#count >= this.#max) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#isOver) throw Object.assign(new Error('the connections were closed'), { code: 'CONNECTION_CLOSED' });
    const sql = this.#take();
    try {
      await sql`begin isolation level repeatable read read only`;
      const given = await work(sql);
      await sql`commit`;
      this.#idle.push(sql);
      return given;
    } catch (error) {
      // Whatever went wrong: a new connection has nothing of it.
      this.#drop(sql);
      throw error;
    } finally {
      this.#waiting.shift()?.();
    }
  }

  /** What is under way is cut off. */
  close(): void {
    this.#isOver = true;
    for (const sql of [...this.#open]) this.#drop(sql);
    for (const go of this.#waiting.splice(0)) go();
  }

  #take(): Sql {
    const idle = this.#idle.pop();
    if (idle) return idle;
    const sql = oneConnection(this.#url, {});
    this.#count += 1;
    this.#open.add(sql);
    return sql;
  }

  #drop(sql: Sql): void {
    if (!this.#open.delete(sql)) return;
    this.#count -= 1;
    void sql.end({ timeout: 0 }).catch(() => 'it is gone as well');
  }
}
