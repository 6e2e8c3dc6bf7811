// A client of PostgreSQL with a table of contacts: changes one at a time, each in a transaction of its own, if nobody else was
// faster; with as many connections as there are writers, and every statement prepared.
import postgres from 'postgres';
import { answering, type Question } from '../support/child.ts';
import { madeContacts, randomOf } from '../support/contacts.ts';
import { type Load, picker, runWriters } from '../support/writers.ts';

const { host, port, user } = JSON.parse(process.argv[2] ?? '{}') as { host: string; port: number; user: string };
const CONNECTIONS = 32;
const INSERTED_AT_ONCE = 1_000;
const sql = postgres({ host, port, user, database: 'postgres', max: CONNECTIONS, onnotice: () => undefined });
const random = randomOf(2);

interface Held {
  readonly id: string;
  readonly text: string;
  rev: number;
}

const tables = new Map<string, Held[]>();

async function fill({ count }: Question): Promise<void> {
  const table = `contacts_${count}`;
  await sql`create table ${sql(table)} (id text primary key, rev bigint not null, value text not null)`;
  const held: Held[] = [];
  for (const { id, row } of madeContacts({ count: Number(count) }))
    held.push({ id, rev: 1, text: JSON.stringify(row) });
  for (let i = 0; i < held.length; i += INSERTED_AT_ONCE) {
    const some = held.slice(i, i + INSERTED_AT_ONCE).map(({ id, rev, text }) => ({ id, rev, value: text }));
    await sql`insert into ${sql(table)} ${sql(some)}`;
  }
  await sql`vacuum analyze ${sql(table)}`;
  await sql`checkpoint`;
  tables.set(String(count), held);
}

async function write(question: Question): Promise<object> {
  const held = tables.get(String(question['count'])) ?? [];
  const table = `contacts_${question['count']}`;
  const load = question as unknown as Load;
  const pick = picker(held.length, load.writers, random);
  return runWriters(load, async (writer) => {
    const one = held[pick(writer)] as Held;
    const next = one.rev + 1;
    const { count } = await sql`
      update ${sql(table)} set rev = ${next}, value = ${one.text} where id = ${one.id} and rev = ${one.rev}`;
    if (count !== 1) throw new Error('PostgreSQL did not change the contact');
    one.rev = next;
  });
}

answering({ fill, write });
