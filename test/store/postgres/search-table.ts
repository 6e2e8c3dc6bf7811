// The table of contacts alone in a real database, with what it is searched by: for tests of searching without the store.
import { randomBytes } from 'node:crypto';
import postgres, { type Sql } from 'postgres';
import {
  type NumberQuestion,
  type Row,
  SCOPE_OF,
  type SearchQuestion,
  type Write,
} from '../../../src/service/store.ts';
import { Connections } from '../../../src/store/postgres/connections.ts';
import { contactIndexMigration } from '../../../src/store/postgres/migrations/0002-contact-index.ts';
import { contactsByNumber } from '../../../src/store/postgres/numbers-contacts.ts';
import { type Stored, searchContacts, type Turns } from '../../../src/store/postgres/search-contacts.ts';
import { ordered } from '../../../src/store/postgres/search-order.ts';
import { contactIndex } from '../../../src/store/postgres/search-payload.ts';
import type { PostgresServer } from '../../lab/postgres.ts';

const CONTACTS = `
create schema rollcall;
create table rollcall.state (rev bigint not null);
insert into rollcall.state values (0);
create table rollcall.contacts (
  id text collate "C" primary key, scope text collate "C" not null, value text not null, rev bigint not null
);
`;

const PUT = `
insert into rollcall.contacts select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
on conflict (id) do update set scope = excluded.scope, value = excluded.value, rev = excluded.rev`;

export interface SearchTable {
  readonly sql: Sql;
  readonly url: string;
  /** All or none, with the next revision, which it gives. The last of several writes to one row holds. */
  put(writes: readonly Write[]): Promise<number>;
  search(question: SearchQuestion, turns?: Turns): Promise<Row[]>;
  byNumber(question: NumberQuestion, lastDigits?: number): Promise<Row[]>;
  close(): Promise<void>;
}

/** A database of its own on the server. */
export async function openSearchTable({ host, port, user }: PostgresServer): Promise<SearchTable> {
  const database = `search_${randomBytes(6).toString('hex')}`;
  const admin = postgres({ host, port, user, database: 'postgres', max: 1 });
  await admin.unsafe(`create database ${database}`);
  await admin.end();
  const sql = postgres({ host, port, user, database, max: 1 });
  await sql.unsafe(CONTACTS);
  await sql.unsafe(contactIndexMigration);
  const url = `postgres://${user}@localhost:${port}/${database}?host=${host}`;
  const snapshots = new Connections(url, 1);
  const ids = new Map<string, string>();
  let rev = 0;
  const rowOf = (stored: Stored): Row => ({
    id: ids.get(stored.id) ?? stored.id,
    value: JSON.parse(stored.value) as object,
    rev: Number(stored.rev),
  });
  return {
    sql,
    url,
    async put(writes) {
      rev += 1;
      const last = [...new Map(writes.map((write) => [ordered(write.id), write]))];
      for (const [id, write] of last) ids.set(id, write.id);
      const gone = last.filter(([, { value }]) => value === null).map(([id]) => id);
      const held = last.flatMap(([id, { value }]) => (value === null ? [] : [{ id, value }]));
      const columns = [held.map(({ id }) => id), held.map(({ value }) => SCOPE_OF.contacts(value))];
      await sql.begin(async (transaction) => {
        const run = (text: string, values: unknown[]) =>
          transaction.unsafe(text, values as string[], { prepare: true });
        await run('delete from rollcall.contacts where id = any($1::text[])', [gone]);
        await run('select rollcall.unindex_contacts_1($1::text[])', [gone]);
        await run(PUT, [...columns, held.map(({ value }) => JSON.stringify(value)), held.map(() => rev)]);
        const payloads = held.map(({ value }) => contactIndex(value));
        await run('select rollcall.index_contacts_1($1::text[], $2::text[], $3::text[])', [...columns, payloads]);
      });
      return rev;
    },
    search: (question, turns) => snapshots.begin((one) => searchContacts(one, question, rowOf, turns)),
    byNumber: (question, lastDigits = 7) => contactsByNumber(sql, question, lastDigits, rowOf),
    close: () => {
      snapshots.close();
      return sql.end();
    },
  };
}
