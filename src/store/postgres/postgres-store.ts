// The store in a PostgreSQL database that several daemons may share: small tables are held here, large ones are asked for. It outlives its
// connections. docs/store.md says what it promises.
import {
  type Changes,
  type Commit,
  type Guard,
  isLarge,
  type LargeTable,
  type NumberQuestion,
  type Question,
  type Row,
  type SearchQuestion,
  type Slice,
  type Store,
  type StoreState,
  type Table,
  type Write,
} from '../../service/store.ts';
import type { Feed } from '../held/feed.ts';
import { BackupMoments } from './backup-moment.ts';
import { Batches, type BatchSlice } from './batches.ts';
import { type SentRow, sentRow } from './call.ts';
import { refusal } from './commits.ts';
import type { Sql } from './connect.ts';
import { Database, type DatabaseParts } from './database.ts';
import { Forgetting } from './forgetting.ts';
import { Reading, unread } from './reading.ts';
import { sentGuard } from './sent-guard.ts';

export interface PostgresStoreParts extends DatabaseParts {
  readonly lastDigits: number;
  readonly feed: Feed;
}

export class PostgresStore implements Store {
  readonly #parts: PostgresStoreParts;
  readonly #reading: Reading;
  readonly #batches: Batches;
  readonly #backups: BackupMoments;
  readonly #database: Database;
  readonly #forgetting: Forgetting;
  #closing: Promise<void> | undefined;

  constructor(parts: PostgresStoreParts) {
    this.#parts = parts;
    this.#database = new Database(parts);
    const ask = <T>(question: (sql: Sql) => Promise<T>): Promise<T> => this.#ask(question);
    const until = (g: number): Promise<void> => this.#database.until(g);
    const askWithin = <T>(question: (sql: Sql) => Promise<T>): Promise<T> => this.#askWithin(question);
    this.#reading = new Reading({ ...parts, ask, askWithin, until });
    this.#forgetting = new Forgetting({ ...parts, ask });
    this.#backups = new BackupMoments({ ...parts, settled: () => this.#settled() });
    this.#batches = new Batches({
      ...{ ...parts, ask, take: (slice) => this.#take(slice), mayBegin: () => this.#backups.fixed() },
      meant: (guard) => sentGuard(parts.ledger, guard),
      commit: (writes, guards) => this.#database.commit({ writes, guards, rows: writes.map(sentRow) }),
      caughtUp: async () => {
        await until(await ask(newestOf));
        return parts.ledger.rev;
      },
    });
  }

  /** Connects for the first time. Rejects as the library does. */
  async open(): Promise<void> {
    await this.#database.open();
    this.#batches.watch();
    this.#forgetting.begin();
  }

  get epoch(): string {
    return this.#parts.epoch;
  }

  get state(): StoreState {
    if (this.#closing) return 'closed';
    const { state } = this.#database;
    return state === 'replaced' ? 'failed' : state === 'ended' ? 'closed' : state;
  }

  get(table: Table, id: string): Row | undefined {
    return this.#parts.ledger.contents.table(table).get(id);
  }

  all(table: Table): Iterable<Row> {
    return this.#parts.ledger.contents.table(table).rows();
  }

  changes(table: Table, since: number | null): Changes {
    return this.#parts.ledger.contents.changes(table, since);
  }

  find(table: LargeTable, ids: readonly string[]): Promise<ReadonlyMap<string, Row>> {
    return this.#reading.find(table, ids);
  }

  read(question: Question): Promise<Slice> {
    return this.#reading.read(question);
  }

  counts(table: LargeTable): Promise<ReadonlyMap<string, number>> {
    return this.#reading.counts(table);
  }

  count(table: LargeTable, scope: string): Promise<number> {
    return this.#reading.count(table, scope);
  }

  marksOn(targets: readonly string[]): Promise<readonly Row[]> {
    return this.#reading.marksOn(targets);
  }

  search(question: SearchQuestion): Promise<readonly Row[]> {
    return this.#reading.search(question);
  }

  byNumber(question: NumberQuestion): Promise<readonly Row[]> {
    return this.#reading.byNumber(question);
  }

  async commit(writes: readonly Write[], guards: readonly Guard[] = []): Promise<number> {
    if (this.state !== 'open') throw refusal();
    if (writes.length === 0) return this.#parts.ledger.rev;
    return this.#database.commit({ writes, guards, rows: writes.map(sentRow) });
  }

  async commitMany(
    writes: readonly Write[],
    guards: readonly Guard[] = [],
    progress: (written: number) => void = () => undefined,
  ): Promise<number> {
    if (this.state !== 'open') throw refusal();
    if (writes.length === 0) return this.#parts.ledger.rev;
    return this.#batches.add({ writes, guards, progress });
  }

  note(writes: readonly Write[]): number {
    const { ledger } = this.#parts;
    if (writes.some(({ table }) => isLarge(table)))
      throw new TypeError('rows of large tables are committed, never noted');
    if (this.#closing || writes.length === 0) return ledger.rev;
    const texts = writes.map(({ value }) => (value === null ? null : JSON.stringify(value)));
    const rev = ledger.note(writes, texts, this.#database.isLinked);
    this.#database.flush();
    return rev;
  }

  lasting(rev: number): number | undefined {
    return this.#parts.ledger.lasting(rev);
  }

  known(lasting: number): number {
    return this.#parts.ledger.known(lasting);
  }

  subscribe(listener: (commit: Commit) => void): () => void {
    return this.#parts.feed.subscribe(listener);
  }

  backup(): AsyncIterable<string> {
    return this.#backups.take();
  }

  close(): Promise<void> {
    this.#forgetting.end();
    this.#closing ??= this.#batches
      .end()
      .then(() => this.#database.drain())
      .finally(() => this.#database.end());
    return this.#closing;
  }

  /** A slice of a batch. The first one has its place among the commits, the others go before them. */
  #take({ writes, guards, batch, from, to, isLast }: BatchSlice): Promise<number> {
    const mark = { table: 'batches', id: String(batch) };
    const row: SentRow = { ...mark, scope: '', text: String(to), more: isLast ? 'last' : '' };
    return this.#database.commit({
      ...{ writes, rows: [row, ...writes.map(sentRow)], isUrgent: from > 0 },
      ...{ guards, sent: [{ ...mark, rev: from }] },
    });
  }

  /** Resolves when the database has all that was told before the call. Rejects with Failure `storage` while it is away. */
  async #settled(): Promise<void> {
    const { ledger } = this.#parts;
    const { rev } = ledger;
    while ((ledger.notes.oldest?.local ?? Number.POSITIVE_INFINITY) <= rev) {
      if (this.#database.state !== 'open') throw unread();
      await this.#database.change();
    }
  }

  async #ask<T>(question: (sql: Sql) => Promise<T>): Promise<T> {
    if (this.state !== 'open') throw unread();
    return this.#database.ask(question);
  }

  async #askWithin<T>(question: (sql: Sql) => Promise<T>): Promise<T> {
    if (this.state !== 'open') throw unread();
    return this.#database.askWithin(question);
  }
}

async function newestOf(sql: Sql): Promise<number> {
  const [state] = await sql`select rev from rollcall.state`;
  return Number(state?.['rev']);
}
