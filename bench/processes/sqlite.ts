// A table of contacts in SQLite by better-sqlite3, where somebody has installed it: write-ahead log, synchronous FULL.
import { join } from 'node:path';
import { answering, type Question } from '../support/child.ts';
import { madeContacts, randomOf } from '../support/contacts.ts';
import { makeFolder } from '../support/folder.ts';
import { type Load, picker, runWriters } from '../support/writers.ts';

interface Statement {
  run(...values: (string | number)[]): { changes: number };
}

interface Database {
  pragma(text: string): unknown;
  exec(text: string): unknown;
  prepare(text: string): Statement;
}

/** In a variable: no package of the project. */
const name = 'better-sqlite3';
const folder = makeFolder('sqlite');
const random = randomOf(3);
const tables = new Map<
  string,
  { readonly ids: readonly string[]; readonly text: string; readonly update: Statement }
>();
let open: (() => Database) | undefined;
try {
  const { default: Sqlite } = (await import(name)) as { default: new (path: string) => Database };
  open = () => new Sqlite(join(folder, 'contacts.db'));
} catch {
  // not installed
}
const db = open?.();
db?.pragma('journal_mode = WAL');
db?.pragma('synchronous = FULL');

function fill({ count }: Question): void {
  const table = `contacts_${count}`;
  db?.exec(`create table ${table} (id text primary key, rev integer not null, value text not null) without rowid`);
  const insert = db?.prepare(`insert into ${table} values (?, 1, ?)`);
  const ids: string[] = [];
  let text = '';
  db?.exec('begin');
  for (const { id, row } of madeContacts({ count: Number(count) })) {
    text = JSON.stringify(row);
    insert?.run(id, text);
    ids.push(id);
  }
  db?.exec('commit');
  const update = db?.prepare(`update ${table} set rev = rev + 1, value = ? where id = ?`);
  if (update) tables.set(String(count), { ids, text, update });
}

function write(question: Question): Promise<object> {
  const table = tables.get(String(question['count']));
  if (!table) throw new Error('there is no such table');
  const load = question as unknown as Load;
  const pick = picker(table.ids.length, load.writers, random);
  return runWriters(load, (writer) => {
    table.update.run(table.text, table.ids[pick(writer)] ?? '');
  });
}

answering({ installed: () => open !== undefined, fill, write });
