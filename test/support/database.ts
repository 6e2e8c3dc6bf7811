// The database of a test: with ROLLCALL_TEST_DATABASE, the URL of a PostgreSQL server, or with ROLLCALL_TEST_TWIN, on one of its own, each daemon of the
// tests gets a new database instead of the embedded store, so that whatever is proved of a daemon can be proved with a database too.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { startPostgres } from '../lab/postgres.ts';

let own: Promise<string> | undefined;

/** The URL of a new, empty database, at that server or the one for the tests; undefined without one. */
export async function newDatabase(at?: string): Promise<string | undefined> {
  const server = at ?? (await serverUrl());
  if (server === undefined) return undefined;
  const name = `rollcall_${randomUUID().replaceAll('-', '')}`;
  const sql = postgres(server, { max: 1, onnotice: () => undefined });
  try {
    await sql.unsafe(`create database ${name}`);
  } finally {
    await sql.end();
  }
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** One that is started here ends with this process. */
function serverUrl(): Promise<string | undefined> {
  const given = process.env['ROLLCALL_TEST_DATABASE'];
  if (given !== undefined || process.env['ROLLCALL_TEST_TWIN'] === undefined) return Promise.resolve(given);
  own ??= startPostgres().then((server) => server.url());
  return own;
}
