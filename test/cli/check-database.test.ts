import { createServer, type Server, type Socket } from 'node:net';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkSharedStore } from '../../src/cli/check/shared-store.ts';
import { checkCommand } from '../../src/cli/check.ts';
import { systemClock } from '../../src/service/clock.ts';
import { Secret } from '../../src/settings/secret.ts';
import { openCluster } from '../../src/store/postgres/cluster.ts';
import { connect } from '../../src/store/postgres/connect.ts';
import { migrate } from '../../src/store/postgres/schema.ts';
import { type PostgresServer, startPostgres } from '../lab/postgres.ts';
import { CliIo } from '../support/cli-io.ts';
import { CliWorld } from '../support/cli-world.ts';
import { openPaperPooler } from '../support/paper-pooler.ts';

let server: PostgresServer;
let admin: postgres.Sql;
let count = 0;
let database: string;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  server = await startPostgres();
  admin = postgres({ host: server.host, port: server.port, user: server.user, database: 'postgres', max: 1 });
});
afterAll(async () => {
  await admin.end();
  await server.stop();
});
beforeEach(async () => {
  count += 1;
  database = `check_${count}`;
  await admin.unsafe(`create database ${database}`);
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function url(name = database, user = server.user, password = ''): string {
  return `postgres://${user}${password === '' ? '' : `:${password}`}@localhost:${server.port}/${name}?host=${server.host}`;
}

interface Wishes {
  readonly connections?: number;
  readonly site?: string;
  readonly isRunning?: boolean;
}

async function look(at: string, { connections = 10, site = '', isRunning = false }: Wishes = {}): Promise<string[]> {
  const settings = {
    store: { kind: 'postgres', url: new Secret(at), connections },
    site: { name: site, prefix: '' },
  } as const;
  const { findings } = await checkSharedStore(settings, isRunning ? { pid: 1 } : undefined);
  return findings.map(({ level, topic, text }) => `${level} ${topic}: ${text}`);
}

/** The lines about one topic. */
async function lookAt(topic: string, at: string, wishes?: Wishes): Promise<string[]> {
  return (await look(at, wishes)).filter((line) => line.split(':')[0]?.endsWith(topic));
}

function connectTo(at: string): postgres.Sql {
  const sql = connect(at, { max: 1 });
  closing.push(() => sql.end());
  return sql;
}

async function withTables(): Promise<postgres.Sql> {
  const sql = connectTo(url());
  await migrate(sql);
  return sql;
}

/** A listener that does this with everybody who comes. */
async function listen(greet: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const listener: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    greet(socket);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => listener.close(resolve));
  });
  const address = listener.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

describe('a database that is as it should be', () => {
  it('is told a line each, before the first start and after it', async () => {
    const speed = /^ok database speed: a question takes \d+(\.\d)? ms, a change on its disk \d+(\.\d)? ms$/;
    const [major] = server.version.split('.');
    const reached = new RegExp(
      `^ok database: ${database} at ${server.host} \\(PostgreSQL ${major}\\.\\d+\\) takes the log-in of bench$`,
    );
    const common = [
      expect.stringMatching(reached),
      expect.stringMatching(/^ok database connections: \d+ of 97 in use; each daemon opens up to 10$/),
      "ok database clock: less than 10 ms from this machine's",
      'ok database durability: what was answered is on its disk',
      expect.stringMatching(speed),
    ];
    expect(await look(url())).toEqual([
      ...common,
      'ok database tables: none yet: the first start makes them, in schema rollcall',
    ]);
    const sql = await withTables();
    expect(await look(url())).toEqual([
      ...common,
      'ok database tables: as this version has them',
      'ok daemons: none is alive',
    ]);
    const [stored] =
      await sql`select (select count(*) from rollcall.small) as small, (select rev from rollcall.state) as rev`;
    expect(stored).toEqual({ small: '0', rev: '0' });
  });
});

describe('a database that is not reached', () => {
  it.each([
    ['postgres://u:geheim@[db/x', 'store.url is no URL: write special characters of the password as %40 and the like'],
    ['postgres://u:ge%heim@db/x', 'store.url is no URL: write special characters of the password as %40 and the like'],
    [
      'postgres://u:geheim@127.0.0.1:1/x',
      '127.0.0.1:1 is not reached (ECONNREFUSED): nothing listens there: start PostgreSQL, or set store.url, and let it listen on that address (listen_addresses)',
    ],
    [
      'postgres://u:geheim@nowhere.invalid/x',
      expect.stringMatching(
        /^nowhere.invalid is not reached \((ENOTFOUND|EAI_AGAIN)\): the host name is not known: set store.url to another, or mend DNS$/,
      ),
    ],
    [
      'postgres://u:geheim@localhost/x?host=/nowhere',
      '/nowhere is not reached (ENOENT): there is no socket in that folder: start PostgreSQL, or set store.url',
    ],
  ])('says so of %s, without the password', async (at, text) => {
    const [line = '', ...more] = await look(at);
    expect([line.replace(/^FAIL database: /, ''), more, line.includes('geheim')]).toEqual([text, [], false]);
  });

  const others: [string, (socket: Socket) => void, string][] = [
    [
      'a web server',
      (socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
      'answers, but not',
    ],
    ['an SSH server', (socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'), 'answers, but not'],
    [
      'one that sends noise',
      (socket) => socket.once('data', () => socket.write(Buffer.alloc(60_000, 0xff))),
      'answers, but not',
    ],
    ['a balancer with nobody behind it', (socket) => socket.end(), 'ends the connection at once'],
    [
      'one that breaks off',
      (socket) => socket.once('data', () => socket.resetAndDestroy()),
      'ends the connection at once',
    ],
    ['a silent one', () => undefined, 'takes connections, but says nothing'],
    [
      'one that says yes and then nothing',
      (socket) => socket.once('data', () => socket.write('N')),
      'does not end the log-in',
    ],
    [
      'one that offers TLS and then noise',
      (socket) => socket.on('data', () => socket.write('S')),
      'does not end the log-in',
    ],
    [
      'one that says yes and ends each log-in',
      (socket) =>
        socket.once('data', () => {
          socket.write('N');
          socket.once('data', () => socket.end());
        }),
      'does not end the log-in',
    ],
  ];
  it.each(others)('finds %s within 5 s', async (_, greet, text) => {
    const port = await listen(greet);
    const begun = Date.now();
    const lines = await look(`postgres://u:geheim@127.0.0.1:${port}/x`);
    expect([lines.length, Date.now() - begun < 5_000]).toEqual([1, true]);
    expect(lines[0]).toContain(`FAIL database: 127.0.0.1:${port} ${text}`);
    expect(lines[0]).not.toContain('geheim');
  });
});

describe('a log-in that is refused', () => {
  const OPEN = ['local all all trust', 'host all all 127.0.0.1/32 trust'];

  /** Puts these lines before all others of pg_hba.conf. */
  async function letIn(...rules: string[]): Promise<void> {
    const [row] = await admin`select current_setting('hba_file') as file`;
    const file = String(row?.['file']);
    const text = [...rules, ...OPEN].map((rule) => `('${rule}')`).join(', ');
    await admin.unsafe(`copy (values ${text}) to '${file}'`);
    await admin`select pg_reload_conf()`;
    closing.push(async () => {
      await admin.unsafe(`copy (values ${OPEN.map((rule) => `('${rule}')`).join(', ')}) to '${file}'`);
      await admin`select pg_reload_conf()`;
    });
  }

  it('tells a wrong password', async () => {
    await admin.unsafe(`create role locked_${count} login password 'right'`);
    await letIn(`local all locked_${count} scram-sha-256`);
    expect(await look(url(database, `locked_${count}`, 'geheim'))).toEqual([
      `FAIL database: ${server.host} refuses the password of locked_${count}: set it in store.url, special characters written as %40 and the like`,
    ]);
    expect((await look(url(database, `locked_${count}`, 'right'))).at(0)).toMatch(/^ok database:/);
  });

  it('tells a user or a database that is not there', async () => {
    expect(await look(url('no_such', 'bench'))).toEqual([
      `FAIL database: ${server.host} has no database no_such: createdb --owner bench --encoding UTF8 no_such, or set store.url`,
    ]);
    expect(await look(url(database, 'nobody'))).toEqual([
      `FAIL database: ${server.host} does not let nobody in (role "nobody" does not exist): make the user with createuser --pwprompt nobody, or set store.url`,
    ]);
  });

  it.each([
    [
      '28000',
      'no pg_hba.conf entry for host "10.0.0.7", user "u", database "x", no encryption',
      'does not let u into x: add ?sslmode=require to store.url, or a line for this machine to its pg_hba.conf',
    ],
    [
      '53300',
      'sorry, too many clients already',
      'has no connection free: raise max_connections, or take connections from others',
    ],
    ['57P03', 'the database system is starting up', 'is just starting or stopping: look again in a moment'],
    [
      '08P01',
      'unsupported startup parameter: statement_timeout',
      'is a pooler that does not take what is said at the beginning: let it pass these parameters (pgbouncer: ignore_startup_parameters), or name the database itself',
    ],
    ['XX000', 'something is odd', 'does not let u in (something is odd): look at its log'],
  ])('tells what the server says with %s', async (code, message, text) => {
    const port = await listen((socket) => {
      socket.once('data', (bytes) => {
        const fields = Buffer.from(`SFATAL\0C${code}\0M${message}\0\0`);
        const head = Buffer.from([0x45, 0, 0, 0, 0]);
        head.writeInt32BE(fields.length + 4, 1);
        socket.end(bytes.length === 8 ? 'S' : Buffer.concat([head, fields]));
      });
    });
    expect(await look(`postgres://u:geheim@127.0.0.1:${port}/x`)).toEqual([`FAIL database: 127.0.0.1:${port} ${text}`]);
  });

  it('tells that the server has no rule for this user', async () => {
    await admin.unsafe(`create role outside_${count} login`);
    await letIn(`local all outside_${count} reject`);
    expect(await look(url(database, `outside_${count}`))).toEqual([
      `FAIL database: ${server.host} does not let outside_${count} into ${database}: add a line for this user and machine to its pg_hba.conf, and reload`,
    ]);
  });

  it('tells encryption that is asked for and not there', async () => {
    expect(await look(`${url()}&sslmode=require`)).toEqual([
      expect.stringMatching(/has no encryption, which sslmode in store.url asks for/),
    ]);
  });

  it('tells parameters that the server does not know', async () => {
    expect(await look(`${url()}&sslrootcert=/etc/ssl/ca.pem`)).toEqual([
      `FAIL database: ${server.host} does not know a parameter of store.url: of those after the ? only sslmode and host are for this program`,
    ]);
  });
});

describe('a database that will not do', () => {
  it('tells another encoding', async () => {
    await admin.unsafe(`create database latin_${count} encoding 'LATIN1' locale 'C' template template0`);
    expect(await lookAt('encoding', url(`latin_${count}`))).toEqual([
      `FAIL database encoding: latin_${count} is kept as LATIN1, in which not every name can be written: make another with createdb --encoding UTF8 --template template0, and name it in store.url`,
    ]);
  });

  it('tells that it takes no changes', async () => {
    await admin.unsafe(`alter database ${database} set default_transaction_read_only = on`);
    const [line] = await look(url());
    expect(line).toMatch(
      /^FAIL database: .* takes no changes of bench: alter role bench reset default_transaction_read_only/,
    );
  });

  it('tells what may lose what was answered', async () => {
    await admin.unsafe(`alter database ${database} set synchronous_commit = off`);
    expect(await lookAt('durability', url())).toEqual([
      'ok database durability: what was answered is on its disk: synchronous_commit is off there, and daemons set it on for what they write',
    ]);
  });

  it('tells too few connections', async () => {
    expect(await lookAt('connections', url(), { connections: 100 })).toEqual([
      expect.stringMatching(
        /^warn database connections: \d+ of 97 in use; each daemon opens up to 100, one daemon together 100: raise max_connections/,
      ),
    ]);
    await admin.unsafe(`create role few_${count} login connection limit 4`);
    expect(await lookAt('connections', url(database, `few_${count}`), { connections: 4 })).toEqual([
      expect.stringMatching(
        /^warn database connections: \d+ of 4 in use; each daemon opens up to 4, for which there is no room/,
      ),
    ]);
  });

  it('tells a pooler that lends connections from question to question', async () => {
    const pooler = await openPaperPooler(`${server.host}/.s.PGSQL.${server.port}`, server.user, database);
    closing.push(() => pooler.close());
    expect(await lookAt('pooler', `postgres://bench@127.0.0.1:${pooler.port}/${database}`)).toEqual([
      'FAIL database pooler: a pooler lends connections from question to question, with which no daemon can be on duty: set it to session mode (pgbouncer: pool_mode=session), or name the database itself in store.url',
    ]);
    expect(await lookAt('pooler', url())).toEqual([]);
  });

  it('tells a user who may not make the tables, and one to whom they do not belong', async () => {
    await admin.unsafe(`create role poor_${count} login`);
    expect(await lookAt('tables', url(database, `poor_${count}`))).toEqual([
      `FAIL database tables: none yet, and poor_${count} may not make them: grant create on database ${database} to poor_${count}`,
    ]);
    await withTables();
    expect(await lookAt('tables', url(database, `poor_${count}`))).toEqual([
      `FAIL database tables: schema rollcall belongs to another user than poor_${count}: log in as the owner of schema rollcall, or drop the schema if nobody needs it`,
    ]);
  });

  it('tells tables of an older and of a newer version, and such that are half filled', async () => {
    const sql = await withTables();
    await sql`delete from rollcall.migrations where number = (select max(number) from rollcall.migrations)`;
    expect(await lookAt('tables', url())).toEqual([
      'ok database tables: of an older version: the next start brings them up to date',
    ]);
    await sql`update rollcall.state set unfinished = true`;
    expect(await lookAt('tables', url())).toEqual([
      'FAIL database tables: a migration into them was begun and not ended: run rollcall migrate again, or restore a backup',
    ]);
    await sql`update rollcall.state set unfinished = false`;
    await sql`insert into rollcall.migrations values (9000, 'later')`;
    expect(await lookAt('tables', url())).toEqual([
      'ok database tables: of a newer version, which this one can work with',
    ]);
    await sql`update rollcall.state set compatible_from = 9000`;
    expect(await lookAt('tables', url())).toEqual([
      expect.stringMatching(
        /^FAIL database tables: made by a newer version \(9000, this one knows \d+\): update this program$/,
      ),
    ]);
  });
});

describe('daemons that share the database', () => {
  async function join(daemon: string, site: string): Promise<void> {
    const cluster = await openCluster({
      url: url(),
      daemon,
      site,
      version: '1.2.3',
      clock: systemClock,
      report: () => undefined,
    });
    closing.push(() => cluster.close());
    cluster.setPbx(true);
    while (![...(await lookAt(`site ${site}`, url()))].some((line) => !line.includes('link to the PBX'))) {
      // told with the next look of the daemon
    }
  }

  it('are told with their duties, their sites and the sites that are away', async () => {
    const sql = await withTables();
    await join('first', 'berlin');
    await join('second', 'berlin');
    await join('third', 'paris');
    for (const [site, connected] of [
      ['berlin', true],
      ['paris', true],
      ['rome', false],
    ] as const) {
      await sql`insert into rollcall.small values ('pbx', ${`pbx:${site}`}, ${JSON.stringify({ id: 'pbx', connected, site })}, 1)`;
    }
    const tables = 'ok database tables: as this version has them';
    const lines = await look(url(), { site: 'berlin', isRunning: true });
    expect(lines.slice(lines.indexOf(tables) + 1)).toEqual([
      'ok daemons: 3 are alive, version 1.2.3; the work for all is done by first',
      "ok site berlin: this daemon's; 2 daemons, first is on duty",
      'ok site paris: 1 daemon, which is on duty',
      'warn site rome: none of its daemons is alive: its extensions are shown as not connected until one is started',
    ]);
  });
});

describe('rollcall check with store.kind: postgres', () => {
  let world: CliWorld;
  beforeEach(() => {
    world = new CliWorld();
    closing.push(() => world.end());
    world.environment = {
      ...{ ROLLCALL_LISTEN_PORT: '0', ROLLCALL_LOOKUP_HTTP_PORT: '0', ROLLCALL_LOOKUP_AGI_PORT: '0' },
      ROLLCALL_STORE_KIND: 'postgres',
    };
  });
  const away = checkCommand(async () => ({ kind: 'away', reason: 'no answer' }));

  async function run(at: string, ...args: string[]) {
    world.environment['ROLLCALL_STORE_URL'] = at;
    return world.run(['check', ...args], new CliIo(), {}, [away]);
  }

  it('does not open a store whose tables a start would make or change', async () => {
    const { stdout } = await run(url());
    expect(stdout).toContain(
      'ok    database tables: none yet: the first start makes them, in schema rollcall\nok    listen',
    );
    expect(world.opened).toBe(0);
    const [schema] = await connectTo(
      url(),
    )`select count(*)::integer as count from pg_namespace where nspname = 'rollcall'`;
    expect(schema).toEqual({ count: 0 });
  });

  it('opens one that is as this version has it, and names the administrators', async () => {
    await withTables();
    const { stdout } = await run(url());
    expect([world.opened, world.closed]).toEqual([1, 1]);
    expect(stdout).toContain('ok    daemons: none is alive\nok    store: opens and is undamaged\nwarn  users: 0 users');
  });

  it('says as JSON what fails, without the password', async () => {
    const { code, stdout } = await run('postgres://u:geheim@127.0.0.1:1/x', '--json');
    const findings = JSON.parse(stdout) as { level: string; topic: string; text: string }[];
    expect([code, findings.find(({ topic }) => topic === 'database')?.level, stdout.includes('geheim')]).toEqual([
      1,
      'FAIL',
      false,
    ]);
    expect(world.opened).toBe(0);
  });

  it('asks the daemon where one runs, and says that it does not reach the database', async () => {
    world.status = { store: 'away' };
    await world.startDaemon();
    const { code, stdout } = await run('postgres://u:geheim@127.0.0.1:1/x');
    expect([code, world.opened]).toEqual([1, 0]);
    expect(stdout).toContain(
      'FAIL  store: the daemon does not reach the database: clients are shown what it knew, and nothing can be changed until it is back\n',
    );
  });
});
