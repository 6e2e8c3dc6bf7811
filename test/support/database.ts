// The database of a test: with ROLLCALL_TEST_DATABASE, the URL of a PostgreSQL server, each daemon of the tests gets a new one there instead of the
// embedded store, so that whatever is proved of a daemon can be proved with a database too.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';

/** The URL of a new, empty database; undefined without a server for the tests. */
export async function newDatabase(server = process.env['ROLLCALL_TEST_DATABASE']): Promise<string | undefined> {
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
