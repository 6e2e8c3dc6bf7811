// A PostgreSQL server for one test file, a new database for each test, and stores in it that keep what they report.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll } from 'vitest';
import { systemClock } from '../../../../src/service/clock.ts';
import type { ReportFields } from '../../../../src/service/report.ts';
import type { Store } from '../../../../src/service/store.ts';
import { connect } from '../../../../src/store/postgres/connect.ts';
import { openPostgres, type PostgresOptions } from '../../../../src/store/postgres/open.ts';
import { migrate } from '../../../../src/store/postgres/schema.ts';
import { type PostgresServer, startPostgres } from '../../../lab/postgres.ts';

let server: PostgresServer | undefined;
let made = 0;
let template: Promise<string> | undefined;

/** The server is there for all tests of the file. */
export function useServer(): void {
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server?.stop());
}

export function theServer(): PostgresServer {
  if (!server) throw new Error('no server: useServer is called at the top of the file');
  return server;
}

export function urlOf(database: string): string {
  const { host, port, user } = theServer();
  return `postgres://${user}@localhost:${port}/${database}?host=${host}`;
}

/** A connection of the test's own. */
export function sqlOf(database: string): postgres.Sql {
  const { host, port, user } = theServer();
  return postgres({ host, port, user, database, max: 1, onnotice: () => {} });
}

/** Makes a database with nothing in it at all, and returns its name. */
export async function bareDatabase(): Promise<string> {
  return create('template1');
}

/** Makes a database with the tables of a store that is empty, and returns its name. */
export async function newDatabase(): Promise<string> {
  template ??= bareDatabase().then(async (name) => {
    const sql = connect(urlOf(name), { max: 1 });
    await migrate(sql);
    await sql.end();
    return name;
  });
  const name = await create(await template);
  const sql = sqlOf(name);
  await sql`update rollcall.state set epoch = gen_random_uuid()::text`;
  await sql.end();
  return name;
}

async function create(from: string): Promise<string> {
  made += 1;
  const name = `test_${made}`;
  const sql = sqlOf('postgres');
  await sql.unsafe(`create database ${name} template ${from}`);
  await sql.end();
  return name;
}

export interface StoreUnderTest extends Store {
  readonly reports: readonly (readonly [event: string, fields: ReportFields | undefined])[];
  /** Resolves when the event was reported `times` times. */
  reported(event: string, times?: number): Promise<void>;
}

/** A store of a command, or of a daemon that is told nothing of others. */
export async function openStore(database: string, options: Partial<PostgresOptions> = {}): Promise<StoreUnderTest> {
  const reports: [string, ReportFields | undefined][] = [];
  const waiting = new Set<() => void>();
  const report = (event: string, fields?: ReportFields): void => {
    reports.push([event, fields]);
    for (const look of [...waiting]) look();
  };
  const { store } = await openPostgres({
    ...{ url: urlOf(database), connections: 5, daemon: randomUUID(), site: '', isDaemon: false },
    ...{ clock: systemClock, lastDigits: 7, report },
    ...options,
  });
  const reported = (event: string, times = 1): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (reports.filter(([name]) => name === event).length < times) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return Object.assign(store, { reports, reported });
}

/** Whether a text is in any row of any table. */
export async function holds(database: string, text: string): Promise<boolean> {
  const sql = sqlOf(database);
  const tables = await sql<
    { name: string }[]
  >`select table_name as name from information_schema.tables where table_schema = 'rollcall'`;
  const found = await Promise.all(
    tables.map(({ name }) =>
      sql.unsafe(`select from rollcall.${name} as line where position($1 in line::text) > 0`, [text]),
    ),
  );
  await sql.end();
  return found.some(({ length }) => length > 0);
}
