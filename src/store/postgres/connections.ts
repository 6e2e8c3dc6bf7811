// A few connections for questions, each of which has one for itself while it is asked. One that ends is replaced for the next question. The
// library's own pool is not for it: a question that it has lined up for a connection that ends may never be answered.
import type { ConnectOptions, Sql } from './connect.ts';
import { oneConnection } from './one-connection.ts';

export class Connections {
  readonly #url: string;
  readonly #max: number;
  readonly #options: Pick<ConnectOptions, 'alongIndex'>;
  readonly #idle: Sql[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #open = new Set<Sql>();
  #isOver = false;

  constructor(url: string, max: number, options: Pick<ConnectOptions, 'alongIndex'> = {}) {
    this.#url = url;
    this.#max = max;
    this.#options = options;
  }

  /** Rejects as the library does, or as `work`. */
  async use<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    while (this.#idle.length === 0 && this.#open.size >= this.#max) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#isOver) throw Object.assign(new Error('the connections were closed'), { code: 'CONNECTION_CLOSED' });
    const sql = this.#idle.pop() ?? this.#connect();
    try {
      const given = await work(sql);
      if (this.#open.has(sql)) this.#idle.push(sql);
      return given;
    } catch (error) {
      // Whatever went wrong: a new connection has nothing of it.
      this.#drop(sql);
      throw error;
    } finally {
      this.#waiting.shift()?.();
    }
  }

  /** The same in a transaction that reads, and sees one moment. */
  begin<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.use(async (sql) => {
      await sql`begin isolation level repeatable read read only`;
      const given = await work(sql);
      await sql`commit`;
      return given;
    });
  }

  /** What is under way is cut off. */
  close(): void {
    this.#isOver = true;
    for (const sql of [...this.#open]) this.#drop(sql);
    for (const go of this.#waiting.splice(0)) go();
  }

  #connect(): Sql {
    const sql: Sql = oneConnection(this.#url, { ...this.#options, closed: () => this.#drop(sql) });
    this.#open.add(sql);
    return sql;
  }

  #drop(sql: Sql): void {
    if (!this.#open.delete(sql)) return;
    const at = this.#idle.indexOf(sql);
    if (at >= 0) this.#idle.splice(at, 1);
    void sql.end({ timeout: 0 }).catch(() => 'it is gone as well');
  }
}
