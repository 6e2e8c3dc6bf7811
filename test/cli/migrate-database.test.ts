// The migration by its command into a real database and back, and the restore there.
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/service/clock.ts';
import type { Store } from '../../src/service/store.ts';
import { openFilesStore } from '../../src/store/files/files-store.ts';
import { CLASSES } from '../../src/store/postgres/cluster-session.ts';
import { connect } from '../../src/store/postgres/connect.ts';
import { migrate as makeTables } from '../../src/store/postgres/schema.ts';
import { type PostgresServer, startPostgres } from '../lab/postgres.ts';
import { CliIo } from '../support/cli-io.ts';
import { contact, everything, fill, HOLDS, SECRET, StoreWorld } from '../support/store-world.ts';

let server: PostgresServer;
let world: StoreWorld;
let database: string;
let url: string;
let name: string;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());
beforeEach(async () => {
  world = new StoreWorld();
  database = `d_${randomBytes(6).toString('hex')}`;
  await inServer('postgres', (sql) => sql.unsafe(`create database ${database}`));
  url = urlOf(database);
  name = `the database ${database} at ${server.host}`;
});
afterEach(() => world.end());

const urlOf = (one: string) =>
  `postgres://${server.user}:${SECRET}@localhost:${server.port}/${one}?host=${server.host}`;

async function inServer<T>(one: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const { host, port, user } = server;
  const sql = postgres({ ...{ host, port, user }, database: one, max: 1, onnotice: () => undefined });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

const inDatabase = <T>(work: (sql: postgres.Sql) => Promise<T>) => inServer(database, work);

async function inFolder<T>(folder: string, look: (store: Store) => Promise<T>): Promise<T> {
  const store = await openFilesStore({ folder, clock: systemClock, report: () => undefined });
  try {
    return await look(store);
  } finally {
    await store.close();
  }
}

/** Ids and texts of every kind. */
const ODD = ['\u0000', '\n"\\ 😀', '__proto__', '\\"', '\ud800', '\u0001', ' '];

/** Fills the folder; what it holds then. */
async function filled(): Promise<Readonly<Record<string, unknown>>> {
  return world.found(async (store) => {
    await fill(store);
    await store.commit(ODD.map((id) => ({ table: 'users', id, value: { id, more: ODD } })));
    await store.commit(ODD.map((id) => contact(id, `book ${id}`, id)));
    await store.commit(ODD.map((id) => ({ table: 'calls', id, value: { owner: id, text: id } })));
    await store.commit([{ table: 'contacts', id: 'a', value: null }]);
    store.note([{ table: 'tallies', id: '1', value: {} }]);
    return everything(store);
  });
}

const ROWS = 32;
const migrate = (from: string, to: string, ...more: string[]) =>
  world.run(['migrate', '--from', from, '--to', to, ...more]);
const failed = (what: string) => ({ code: 1, stdout: '', stderr: `rollcall: ${what}\n` });

/** Stands for a daemon as the database sees one. */
async function withDaemon<T>(work: () => Promise<T>): Promise<T> {
  return inDatabase(async (sql) => {
    await sql`select pg_advisory_lock(${CLASSES.living}::integer, 1)`;
    return work();
  });
}

describe('rollcall migrate', () => {
  it('brings every row to a database and back, with revisions in the same order and an epoch of its own', async () => {
    const rows = await filled();
    const back = join(world.folder, 'back');
    expect(await migrate(world.data, url)).toMatchObject({ code: 0, stderr: '' });
    const found = await inDatabase(async (sql) => ({
      small: await sql`select count(*)::int from rollcall.small where tbl = 'tallies'`,
      scopes: await sql`select rows::int from rollcall.scopes where tbl = 'contacts' and scope = 'company'`,
      searched: await sql`select count(*)::int from rollcall.contact_search`,
    }));
    expect(found).toEqual({ small: [{ count: 0 }], scopes: [{ rows: 1 }], searched: [{ count: 12 }] });
    expect(await migrate(url, back)).toMatchObject({ code: 0, stderr: '' });
    expect(await inFolder(back, everything)).toEqual(rows);
    expect(await migrate(back, url, '--check')).toEqual({
      code: 0,
      stdout: `${back} and ${name} hold the same ${ROWS} rows\n`,
      stderr: '',
    });
    const order = (store: Store) =>
      [...store.all('users')].sort((a, b) => a.rev - b.rev || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
    expect(await inFolder(back, async (store) => order(store))).toEqual(
      await world.found(async (store) => order(store)),
    );
  });

  it('compares every row, and names the tables that differ', async () => {
    await filled();
    await migrate(world.data, url);
    await inDatabase(async (sql) => {
      await sql`update rollcall.contacts set value = replace(value, 'personal', 'Personal') where id = 'd'`;
      await sql`delete from rollcall.calls where id = '__proto__'`;
    });
    expect(await migrate(world.data, url, '--check')).toEqual({
      code: 1,
      stdout: `calls: 7 rows in ${world.data}, 6 rows in ${name}\ncontacts: 12 rows in each, but not the same\n`,
      stderr: '',
    });
  });

  it('does not write to a database that is not empty, nor read from one where nothing is', async () => {
    await filled();
    await migrate(world.data, url);
    expect(await migrate(world.data, url)).toEqual(
      failed(
        `${name} is not empty, it holds 2 company contacts, 2 personal contacts and 9 users: name another, or empty it with DROP SCHEMA rollcall CASCADE`,
      ),
    );
    const other = join(world.folder, 'other');
    expect(await migrate(urlOf('postgres'), other)).toEqual(
      failed(`the database postgres at ${server.host} holds nothing of rollcall`),
    );
  });

  it('is refused while a daemon or another command uses the database', async () => {
    await filled();
    await migrate(world.data, url);
    const other = join(world.folder, 'other');
    expect(await withDaemon(() => migrate(url, other))).toEqual(
      failed(`${name} is in use by a daemon: stop every daemon, then migrate`),
    );
    const outcome = await inDatabase(async (sql) => {
      await sql`select pg_advisory_lock(${0x526f6c04}::integer, 0)`;
      return migrate(url, other);
    });
    expect(outcome).toEqual(failed(`another command has ${name}: wait until it is done`));
    expect(await migrate(url, other)).toMatchObject({ code: 0 });
  });

  it('cut off in the middle leaves nothing but the mark of it, and is done by the next', async () => {
    await filled();
    const code = await inDatabase(async (sql) => {
      const tables = connect(url, { max: 1 });
      await makeTables(tables);
      await tables.end();
      await sql`begin`;
      await sql`lock table rollcall.calls in access share mode`;
      const started = migrate(world.data, url);
      await vi.waitFor(async () => {
        const cut = await sql`
          select pg_terminate_backend(pid) from pg_locks where not granted and relation = 'rollcall.calls'::regclass`;
        expect(cut).toHaveLength(1);
      }, 20_000);
      await sql`rollback`;
      return (await started).code;
    });
    expect(code).toBe(1);
    const state = await inDatabase(
      (sql) => sql`select unfinished, (select count(*)::int from rollcall.small) as rows from rollcall.state`,
    );
    expect(state).toEqual([{ unfinished: true, rows: 0 }]);
    expect(await migrate(world.data, url, '--check')).toEqual(
      failed(`a migration into ${name} was not finished: it cannot be copied from or compared`),
    );
    expect(await migrate(world.data, url)).toMatchObject({ code: 0, stderr: '' });
    expect(await migrate(world.data, url, '--check')).toMatchObject({ code: 0 });
    expect(await inDatabase((sql) => sql`select unfinished from rollcall.state`)).toEqual([{ unfinished: false }]);
  });

  it.each([
    [
      'a database that is not there',
      () => urlOf('none'),
      () =>
        `the database none at ${server.host} cannot be used (3D000): there is no such database: make it with createdb`,
    ],
    [
      'a server that is not there',
      () => `postgres://u:${SECRET}@127.0.0.1:9/d`,
      () => 'the database d at 127.0.0.1:9 cannot be used (ECONNREFUSED): nobody listens at that address',
    ],
  ])('says what is wrong with %s, and never a password', async (_title, to, what) => {
    await filled();
    expect(await migrate(world.data, to())).toEqual(failed(what()));
  });

  it('tells nothing of what is stored, and no password', async () => {
    await filled();
    const outcomes = [
      await migrate(world.data, url),
      await migrate(world.data, url),
      await migrate(world.data, url, '--check'),
      await world.run(['migrate', '--from', url, '--to', url]),
    ];
    expect(JSON.stringify(outcomes)).not.toContain(SECRET);
  });
});

describe('rollcall restore, into a database', () => {
  async function backedUp(): Promise<Readonly<Record<string, unknown>>> {
    const rows = await world.found(async (store) => {
      await fill(store);
      return everything(store);
    });
    expect((await world.run(['backup', world.file])).code).toBe(0);
    world.world.environment = { ...world.world.environment, ROLLCALL_STORE_KIND: 'postgres', ROLLCALL_STORE_URL: url };
    return rows;
  }
  const epoch = () => inDatabase(async (sql) => (await sql`select epoch from rollcall.state`)[0]?.['epoch']);

  it('fills an empty one without asking, and says what will be replaced in another and asks', async () => {
    const rows = await backedUp();
    const done = { code: 0, stdout: `restored ${HOLDS} to ${name}\n` };
    expect(await world.run(['restore', world.file])).toEqual({ ...done, stderr: '' });
    const first = await epoch();
    const question = `This replaces everything (${HOLDS}) in ${name} by ${world.file}, which holds ${HOLDS}. Restore? [y/N] `;
    const ask = (stdin: string) => world.run(['restore', world.file], new CliIo({ tty: true, stdin }));
    expect(await ask('n\n')).toEqual({ code: 1, stdout: '', stderr: `${question}nothing was restored\n` });
    expect(await epoch()).toBe(first);
    expect(await ask('y\n')).toEqual({ ...done, stderr: question });
    expect(await epoch()).not.toBe(first);
    const back = join(world.folder, 'back');
    expect(await migrate(url, back)).toMatchObject({ code: 0 });
    expect(await inFolder(back, everything)).toEqual(rows);
  });

  it('is refused while a daemon is there, and changes nothing when it is cut off in the middle', async () => {
    await backedUp();
    await world.run(['restore', world.file]);
    const before = await epoch();
    expect(await withDaemon(() => world.run(['restore', world.file, '--yes']))).toEqual(
      failed(`${name} is in use by a daemon: stop every daemon, then restore`),
    );
    const outcome = await inDatabase(async (sql) => {
      // It cannot go on past the calls, which somebody reads, and is cut off there.
      await sql`begin`;
      await sql`lock table rollcall.calls in access share mode`;
      const restoring = world.run(['restore', world.file, '--yes']);
      await vi.waitFor(async () => {
        const cut = await sql`
          select pg_terminate_backend(pid) from pg_locks where not granted and relation = 'rollcall.calls'::regclass`;
        expect(cut).toHaveLength(1);
      }, 20_000);
      await sql`rollback`;
      return restoring;
    });
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(/^rollcall: the database \S+ at \S+ cannot be used \(\w+\): [^\n]*try again\n$/);
    expect(await epoch()).toBe(before);
    expect(await world.run(['restore', world.file, '--yes'])).toMatchObject({ code: 0 });
  });

  it('holds back a backup that has a row twice', async () => {
    await backedUp();
    const lines = readFileSync(world.file, 'utf8').trimEnd().split('\n');
    const entries = lines.map(
      (line) => JSON.parse(line.slice(18)) as { table?: string; rows?: unknown[]; end?: number },
    );
    for (const entry of entries) {
      if (entry.table === 'users') entry.rows?.push(entry.rows[0]);
      if (entry.end !== undefined) entry.end += 1;
    }
    writeFileSync(world.file, entries.map((entry) => record(entry)).join(''));
    expect(await world.run(['restore', world.file])).toEqual(
      failed(`${name} cannot be used (23505): a row is there twice in what was to be stored: nothing was changed`),
    );
  });
});

/** A line as a store writes it: length and checksum in front. */
function record(entry: object): string {
  const text = JSON.stringify(entry);
  const hex = (n: number) => n.toString(16).padStart(8, '0');
  return `${hex(Buffer.byteLength(text))} ${hex(crc32(text))} ${text}\n`;
}
