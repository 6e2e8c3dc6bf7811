// Moving a daemon from its data folder into a database and back, with people whose log-ins and clients outlive it; a migration that is killed in
// the middle; and backups of one kind of store restored in the other.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { connect } from '../../src/store/postgres/connect.ts';
import { migrate } from '../../src/store/postgres/schema.ts';
import { type PostgresServer, startPostgres } from '../lab/postgres.ts';
import type { Client } from '../support/client.ts';
import { type Daemon, prepareDaemon } from '../support/daemon.ts';
import { create, makeUsers, person, withPeople } from './contact-house.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const program = process.env['ROLLCALL_PROGRAM'] ?? resolve(import.meta.dirname, '..', '..', 'dist', 'cli.js');

let server: PostgresServer;
let daemon: Daemon;
let url: string;
let made = 0;
const logIn = withPeople(() => daemon);
beforeAll(async () => {
  vi.stubEnv('ROLLCALL_TEST_DATABASE', undefined);
  server = await startPostgres();
});
afterAll(async () => {
  await server.stop();
  vi.unstubAllEnvs();
});
beforeEach(async () => {
  made += 1;
  const sql = postgres(server.url(), { max: 1 });
  await sql.unsafe(`create database moving_${made}`);
  await sql.end();
  url = server.url({ database: `moving_${made}` });
  daemon = await prepareDaemon({ settings: { pbx: { ami: { port: 1 } } } });
  await makeUsers(daemon, '1000', '1001');
});
afterEach(() => daemon.dispose());

const onDatabase = () => daemon.configure({ store: { kind: 'postgres', url } });
const onFiles = () => daemon.configure({ store: { kind: 'files', url: '' } });

/** What people hold, in words of the wire. */
function held(client: Client): unknown {
  const all = ['books', 'contacts:personal', 'contacts:company', 'favorites'].map((name) =>
    [...client.items(name).values()].sort((a, b) => String(a['id']).localeCompare(String(b['id']))),
  );
  return all;
}

const resets = (client: Client) =>
  client.messages.filter(({ params }) => params?.['reset'] === true).map(({ params }) => params?.['collection']);

describe('a daemon that moves', () => {
  test('into a database and back keeps log-ins and rows; cursors begin anew, once each time', async () => {
    await daemon.start();
    const boss = await logIn('1000');
    const anna = await logIn('1001');
    await create(boss, 'company', person('Ada', '+442079460000'));
    const own = await create(anna, 'personal', person('Own', '1'));
    await anna.request('favorites.add', { id: `contact:${own.id}` });
    const before = held(anna);
    expect(await daemon.run('migrate', '--to', url)).toEqual({
      code: 1,
      out: '',
      err: `rollcall: the data folder ${daemon.data} is in use by process ${daemon.pid}: stop the daemon, then migrate\n`,
    });
    await daemon.stop();

    await onDatabase();
    expect(await daemon.run('migrate', '--from', daemon.data)).toMatchObject({ code: 0, err: '' });
    await daemon.start();
    const moved = await logIn('1001', anna);
    expect(held(moved)).toEqual(before);
    expect(resets(moved)).toEqual(expect.arrayContaining(['books', 'contacts:personal', 'favorites']));
    const busy = await daemon.run('migrate', '--check', '--from', daemon.data);
    expect([busy.code, busy.err]).toEqual([
      1,
      `rollcall: the data folder ${daemon.data} is in use by process ${daemon.pid}: stop the daemon, then compare\n`,
    ]);
    expect((await daemon.run('migrate', '--to', join(daemon.folder, 'other'))).err).toMatch(
      /is in use by a daemon: stop every daemon, then migrate\n$/,
    );
    await create(moved, 'personal', person('Later', '2'));
    const again = await logIn('1001', moved);
    expect(resets(again)).toEqual([]);
    const later = held(again);
    await daemon.stop();

    const back = join(daemon.folder, 'back');
    expect(await daemon.run('migrate', '--to', back)).toMatchObject({ code: 0, err: '' });
    await onFiles();
    await daemon.configure({ data: back });
    await daemon.start();
    const home = await logIn('1001', again);
    expect(held(home)).toEqual(later);
    expect(resets(home)).toEqual(expect.arrayContaining(['books', 'contacts:personal', 'favorites']));
  });

  test('is not started on a database that a killed migration has left, until the next has filled it', async () => {
    await daemon.start();
    const boss = await logIn('1000');
    await create(boss, 'company', person('Ada', '+442079460000'));
    await daemon.stop();
    const sql = connect(url, { max: 1 });
    await migrate(sql);
    // It cannot go on past the calls, which somebody reads, and is killed there.
    await sql`begin`;
    await sql`lock table rollcall.calls in access share mode`;
    const args = [program, 'migrate', '--from', daemon.data, '--to', url];
    const child = spawn(process.execPath, args, { stdio: 'ignore', env: {} });
    const ended = once(child, 'exit');
    const waiting = () => sql`select from pg_locks where not granted and relation = 'rollcall.calls'::regclass`;
    await vi.waitFor(async () => expect(await waiting()).toHaveLength(1), 20_000);
    child.kill('SIGKILL');
    await ended;
    await sql`rollback`;
    const others = () =>
      sql`select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
    await vi.waitFor(async () => expect(await others()).toHaveLength(0), 20_000);
    await onDatabase();
    await expect(daemon.start()).rejects.toThrow(
      /A migration into the database was not finished: run rollcall migrate again, or restore a backup\./,
    );
    expect(await daemon.run('migrate', '--from', daemon.data)).toMatchObject({ code: 0, err: '' });
    await daemon.start();
    expect((await logIn('1000', boss)).items('contacts:company').size).toBe(1);
    await sql.end();
  });
});

describe('a backup of one kind of store', () => {
  test('is made of a database, with a daemon and without one, and restored in the other kind', async () => {
    await onDatabase();
    expect(await daemon.run('restore', join(daemon.folder, 'none'), '--yes')).toMatchObject({ code: 1 });
    await makeUsers(daemon, '1000', '1001');
    await daemon.start();
    const boss = await logIn('1000');
    await create(boss, 'company', person('Ada', '+442079460000'));
    const [live, offline] = [join(daemon.folder, 'live'), join(daemon.folder, 'offline')];
    expect(await daemon.run('backup', live)).toMatchObject({ code: 0, err: '' });
    const refused = await daemon.run('restore', live, '--yes');
    expect(refused.err).toMatch(/ is in use by a daemon: stop every daemon, then restore\n$/);
    await create(boss, 'company', person('Later', '2'));
    await daemon.stop();
    expect(await daemon.run('backup', offline)).toMatchObject({ code: 0, err: '' });

    expect((await daemon.run('restore', live, '--yes')).out).toMatch(
      /^restored 1 company contact, no personal contacts and 2 users to the database moving_\d+ at 127\.0\.0\.1:\d+\n$/,
    );
    await daemon.start();
    expect((await logIn('1000', boss)).items('contacts:company').size).toBe(1);
    await daemon.stop();

    await onFiles();
    expect(await daemon.run('restore', offline, '--yes')).toMatchObject({ code: 0, err: '' });
    await daemon.start();
    expect((await logIn('1000')).items('contacts:company').size).toBe(2);
  });
});
