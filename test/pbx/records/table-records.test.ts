import { createServer, type Server } from 'node:net';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openCallRecords } from '../../../src/pbx/records/call-records.ts';
import { type PostgresServer, startPostgres } from '../../lab/postgres.ts';
import { promised } from '../../support/promised.ts';

let server: PostgresServer;
let sql: postgres.Sql;
beforeAll(async () => {
  server = await startPostgres();
  sql = postgres({
    host: server.host,
    port: server.port,
    user: server.user,
    database: 'postgres',
    onnotice: () => undefined,
  });
  await sql`create role reader login`;
});
afterAll(async () => {
  await sql?.end();
  await server?.stop();
});
beforeEach(() => sql`drop schema if exists pbx cascade`.then(() => sql`create schema pbx`));

const START = Date.parse('2026-01-05T08:00:00Z');

function urlAs(user: string): string {
  return `postgres://${user}@localhost:${server.port}/postgres?host=${encodeURIComponent(server.host)}`;
}

function open(table: string, { utc = true, url = urlAs('reader') } = {}) {
  const records = openCallRecords({ csv: '', url, table, utc });
  if (!records) throw new Error('no records');
  return records;
}

/** The table of cdr_pgsql as it is shown everywhere, with one call. */
async function classic(): Promise<void> {
  await sql`create table pbx.cdr (
    calldate timestamp not null, clid varchar(80), src varchar(80), dst varchar(80), dcontext varchar(80), channel varchar(80),
    dstchannel varchar(80), lastapp varchar(80), lastdata varchar(80), duration int, billsec int, disposition varchar(45), amaflags int,
    accountcode varchar(20), uniqueid varchar(150), userfield varchar(255))`;
  await put('2026-01-05 08:00:00', '1002');
  await grant('cdr');
}

async function put(
  calldate: string,
  dst: string,
  { duration = 10, billsec = 8, disposition = 'ANSWERED' } = {},
): Promise<void> {
  await sql`insert into pbx.cdr values (${calldate}, '"Ann" <1001>', '1001', ${dst}, 'internal', 'PJSIP/1001-00000000',
    'PJSIP/1002-00000001', 'Dial', 'PJSIP/1002,3', ${duration}, ${billsec}, ${disposition}, 3, '', '1767600000.0', '')`;
}

async function grant(table: string): Promise<void> {
  await sql`grant usage on schema pbx to reader`;
  await sql`grant select on ${sql(`pbx.${table}`)} to reader`;
}

const CALL = {
  ...{ source: '1001', destination: '1002', context: 'internal', callerId: '"Ann" <1001>' },
  ...{ channel: 'PJSIP/1001-00000000', destinationChannel: 'PJSIP/1002-00000001' },
  ...{ lastApplication: 'Dial', lastData: 'PJSIP/1002,3', disposition: 'ANSWERED', uniqueId: '1767600000.0' },
  ...{ start: START, answer: START + 2_000, end: START + 10_000 },
};

test('the classic table is read, its ends counted from the beginnings', async () => {
  await classic();
  expect(await open('pbx.cdr').read(START, START + 60_000)).toEqual([CALL]);
});

test('a table with every column is read, whatever type its times have', async () => {
  const { start, answer, end } = CALL;
  const columns = `clid text, src text, dst text, dcontext text, channel text, dstchannel text, lastapp text, lastdata text,
    duration float8, billsec float8, disposition text, uniqueid text, linkedid text, dndblock text`;
  const values = `'"Ann" <1001>', '1001', '1002', 'internal', 'PJSIP/1001-00000000', 'PJSIP/1002-00000001', 'Dial', 'PJSIP/1002,3',
    10.3, 8.2, 'ANSWERED', '1767600000.0', '1767600000.0', '1'`;
  const kinds = {
    timestamptz: (ms: number) => `'${new Date(ms).toISOString()}'`,
    timestamp: (ms: number) => `'${new Date(ms).toISOString().slice(0, 19)}'`,
    int8: (ms: number) => String(ms / 1000),
    float8: (ms: number) => String(ms / 1000),
    'varchar(40)': (ms: number) => `'${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}'`,
  };
  const found = [];
  for (const [type, of] of Object.entries(kinds)) {
    await sql.unsafe(`create table pbx.full (start ${type}, answer ${type}, "end" ${type}, ${columns})`);
    await sql.unsafe(`insert into pbx.full values (${of(start)}, ${of(answer)}, ${of(end)}, ${values})`);
    await sql.unsafe(`insert into pbx.full values (${of(start - 3 * 86_400_000)}, null, null, ${values})`);
    await grant('full');
    found.push(...(await open('pbx.full').read(START, START + 60_000)));
    await sql`drop table pbx.full`;
  }
  const expected = { ...CALL, linkedId: '1767600000.0', dndBlocked: true };
  expect(found).toEqual(Object.keys(kinds).map(() => expected));
});

test('dispositions may be numbers, and cells may be missing', async () => {
  await sql`create table pbx.few (start int8, "end" int8, dst text, channel text, dstchannel text, disposition int)`;
  const seconds = START / 1000;
  await sql`insert into pbx.few values (${seconds}, ${seconds + 5}, '1002', 'PJSIP/1001-00000000', null, 4)`;
  await sql`insert into pbx.few values (${seconds}, ${seconds + 6}, null, 'PJSIP/1001-00000000', null, 0)`;
  await sql`insert into pbx.few values (null, ${seconds + 7}, '1002', null, null, null)`;
  await grant('few');
  const empty = { source: '', context: '', callerId: '', destinationChannel: '', lastApplication: '', lastData: '' };
  const shared = { ...empty, channel: 'PJSIP/1001-00000000', start: START };
  expect(await open('pbx.few').read(START, START + 60_000)).toEqual([
    { ...shared, destination: '1002', end: START + 5_000, disposition: 'BUSY' },
    { ...shared, destination: '', end: START + 6_000, disposition: 'NO ANSWER' },
  ]);
});

test('only calls that ended in the time asked for are found, the earliest end first', async () => {
  await classic();
  await put('2026-01-04 20:00:00', '1003', { duration: 43_205 });
  await put('2026-01-05 08:01:00', '1004');
  await put('2026-01-05 07:59:00', '1005');
  const destinations = (await open('pbx.cdr').read(START, START + 60_000)).map(({ destination }) => destination);
  expect(destinations).toEqual(['1003', '1002']);
  expect((await open('pbx.cdr').newest(START + 600_000))?.destination).toBe('1004');
});

test('many calls hold nothing up where the times have an index', async () => {
  await classic();
  await sql`insert into pbx.cdr select calldate - n * interval '1 minute', clid, src, dst, dcontext, channel, dstchannel, lastapp, lastdata,
    duration, billsec, disposition, amaflags, accountcode, uniqueid, userfield from pbx.cdr, generate_series(1, 200000) n`;
  await sql`create index on pbx.cdr (calldate)`;
  await sql`analyze pbx.cdr`;
  const plan =
    await sql`explain select 1 from pbx.cdr where calldate between ${'2026-01-05 07:00:00'}::timestamp and ${'2026-01-05 09:00:00'}::timestamp`;
  expect(plan.map((row) => Object.values(row)[0]).join()).toContain('Index');
  expect((await open('pbx.cdr').read(START - 3_600_000, START)).length).toBe(60);
});

test('nothing is written, whatever the table is called', async () => {
  await classic();
  for (const table of [
    'pbx.cdr; drop table pbx.cdr',
    'pbx.cdr" where false; --',
    "pbx.cdr'",
    'pbx.CDR',
    'nowhere',
    'a.b.c.d',
  ]) {
    await expect(open(table).read(START, START + 60_000)).rejects.toThrow(
      'the database of calls.records.url cannot be read: ',
    );
  }
  const [count] = await sql`select count(*)::int as rows from pbx.cdr`;
  expect(count?.['rows']).toBe(1);
});

test('what a function of the table does cannot write', async () => {
  await classic();
  await sql`create table pbx.seen (at timestamp)`;
  await sql`grant insert on pbx.seen to reader`;
  await sql.unsafe(
    `create function pbx.look() returns text language sql volatile as $$ insert into pbx.seen values (now()); select 'x' $$`,
  );
  await sql`create view pbx.calls as select *, pbx.look() as linkedid from pbx.cdr`;
  await grant('calls');
  await expect(open('pbx.calls').read(START, START + 60_000)).rejects.toThrow('in a read-only transaction');
});

test.each<[string, () => Promise<unknown>, string, string]>([
  [
    'is not there',
    () => sql`grant usage on schema pbx to reader`,
    'pbx.cdr',
    'there is no table pbx.cdr: set calls.records.table',
  ],
  [
    'holds something else',
    async () => {
      await sql`create table pbx.cdr (calldate timestamp, channel text)`;
      await grant('cdr');
    },
    'pbx.cdr',
    'the table has no column dstchannel, dst, disposition',
  ],
  [
    'has no ends',
    async () => {
      await sql`create table pbx.cdr (calldate timestamp, channel text, dst text, dstchannel text, disposition text)`;
      await grant('cdr');
    },
    'pbx.cdr',
    'the table has neither a column end nor duration',
  ],
  [
    'has times of another kind',
    async () => {
      await sql`create table pbx.cdr (calldate bytea, channel text, dst text, dstchannel text, disposition text, duration int)`;
      await grant('cdr');
    },
    'pbx.cdr',
    'the column calldate has the type bytea, which holds no time',
  ],
  [
    'may not be read',
    async () => {
      await classic();
      await sql`revoke select on pbx.cdr from reader`;
    },
    'pbx.cdr',
    'permission denied for table cdr: grant select on the table to the user of the URL',
  ],
])('a table that %s says so', async (_, make, table, message) => {
  await make();
  await expect(open(table).read(0, START)).rejects.toThrow(
    `the database of calls.records.url cannot be read: ${message}`,
  );
});

test('a database that is away says so, and is read when it is back', async () => {
  await classic();
  const away = open('pbx.cdr', { url: 'postgres://reader:geheim@127.0.0.1:1/postgres' });
  await expect(away.read(0, START)).rejects.toThrow('the database of calls.records.url cannot be read: ECONNREFUSED');
  const unknown = open('pbx.cdr', { url: urlAs('nobody-such') });
  await expect(unknown.read(0, START)).rejects.toThrow('role "nobody-such" does not exist');
  await sql`alter role reader nologin`;
  const records = open('pbx.cdr');
  await expect(records.read(START, START + 60_000)).rejects.toThrow('not permitted to log in');
  await sql`alter role reader login`;
  expect(await records.read(START, START + 60_000)).toEqual([CALL]);
});

test('a server that takes the connection and says nothing is left when the records are closed', async () => {
  const arrived = promised<void>();
  const silent: Server = createServer((socket) => {
    socket.on('error', () => undefined).resume(); // it is cut off
    arrived.resolve();
  });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const address = silent.address();
  const port = address && typeof address === 'object' ? address.port : 0;
  const records = open('cdr', { url: `postgres://reader@127.0.0.1:${port}/postgres` });
  const outcome = records.read(0, START).catch((error: Error) => error.message);
  await arrived.promise;
  await records.close();
  expect(await outcome).toBe('the database of calls.records.url cannot be read: it does not answer in time');
  await new Promise((resolve) => silent.close(resolve));
});

test('no connection is left open', async () => {
  await classic();
  const records = open('pbx.cdr');
  await Promise.all([records.read(START, START), records.read(START, START), records.newest(START)]);
  await records.close();
  await expect
    .poll(() => sql`select count(*)::int as open from pg_stat_activity where application_name = 'rollcall'`)
    .toEqual([{ open: 0 }]);
});
