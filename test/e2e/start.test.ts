// What stands in the way of a start: one clear line for each, from the daemon and from `rollcall check`, and the exit code.
import { mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { freePorts } from '../lab/ports.ts';
import type { ManagerUser } from '../lab/setup.ts';
import { labVersions, withAsterisk } from '../lab/with-asterisk.ts';
import { type Daemon, type DaemonOptions, prepareDaemon } from '../support/daemon.ts';
import { settingsFor } from './house.ts';

const daemons: Daemon[] = [];
afterEach(async () => {
  await Promise.all(daemons.splice(0).map((daemon) => daemon.dispose()));
});

async function prepare(options: DaemonOptions): Promise<Daemon> {
  const daemon = await prepareDaemon(options);
  daemons.push(daemon);
  return daemon;
}

/** The lines of `check` that are not ok, and its exit code. */
async function check(daemon: Daemon): Promise<{ code: number | null; wrong: string[]; err: string }> {
  const { code, out, err } = await daemon.run('check');
  return { code, wrong: out.split('\n').filter((line) => line !== '' && !line.startsWith('ok  ')), err };
}

/** How a start failed. What it logged before is no more than what went well. */
async function failedStart(daemon: Daemon): Promise<{ code: number | null; err: string }> {
  const { code, out, err } = await daemon.runToEnd();
  const levels = out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).level as string);
  expect(levels.filter((level) => level !== 'info')).toEqual([]);
  return { code, err };
}

const noAdministrator =
  'warn  users: 0 users, no administrator who can log in: rollcall user set 1000 --admin --password-stdin';

describe('A start without Asterisk', () => {
  /** Settings that are right but for Asterisk, which nobody is at home for. */
  async function alone(more: Record<string, unknown> = {}, options: DaemonOptions = {}): Promise<Daemon> {
    const [port = 0] = await freePorts(1);
    return prepare({ ...options, settings: { pbx: { ami: { port } }, ...more } });
  }
  const withoutAsterisk = ({ code, wrong, err }: Awaited<ReturnType<typeof check>>) => ({
    code,
    wrong: wrong.filter((line) => !line.startsWith('FAIL  ami: ')),
    err,
  });

  test('is no failure: the daemon runs and says that it cannot reach it, once', async () => {
    const daemon = await alone();
    await daemon.start();
    const line = await daemon.line('ami.away');
    expect(line).toMatchObject({
      level: 'warn',
      msg: expect.stringMatching(/^Asterisk at 127.0.0.1:\d+ cannot be reached: /),
    });
    expect(line['advice']).toContain('pbx.ami.port');
    const { code, wrong } = await check(daemon);
    expect(code).toBe(1);
    expect(wrong).toEqual([
      noAdministrator,
      expect.stringMatching(/^FAIL {2}ami: 127.0.0.1:\d+ is not reached \(.*ECONNREFUSED.*\): start Asterisk, /),
    ]);
    expect(daemon.logs.filter(({ level }) => level !== 'info')).toHaveLength(1);
  });

  test('fails on a key of the settings that is unknown, at its place in the file', async () => {
    const daemon = await alone({ log: { level: 'info', colour: true } });
    const lines = (await readFile(daemon.configFile, 'utf8')).split('\n');
    const place = `${daemon.configFile}:${lines.indexOf('  colour: true') + 1}:3 log.colour: unknown key`;
    expect(await failedStart(daemon)).toEqual({ code: 3, err: `rollcall: ${place}\n` });
    expect(await check(daemon)).toEqual({ code: 3, wrong: [`FAIL  settings: ${place}`], err: '' });
  });

  test('fails on a wrong value and on a file that is no YAML', async () => {
    const daemon = await alone({ pbx: { dnd: { poll: 2 } } });
    const wrong = await failedStart(daemon);
    expect(wrong.code).toBe(3);
    expect(wrong.err).toMatch(/^rollcall: \S+rollcall.yaml:\d+:\d+ pbx.dnd.poll: [^\n]+\n$/);
    await writeFile(daemon.configFile, 'pbx: { ami: [\n');
    const unreadable = await failedStart(daemon);
    expect(unreadable.code).toBe(3);
    expect(unreadable.err).toMatch(/^rollcall: \S+rollcall.yaml:\d+:\d+: not YAML: [^\n]+\n$/);
    expect((await daemon.run('check')).code).toBe(3);
  });

  test('fails on a port that another program has', async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const { port } = other.address() as { port: number };
    const daemon = await alone({ listen: { port } });
    const err = `rollcall: cannot listen on 127.0.0.1 port ${port}: another program listens there; stop it or set another listen.port\n`;
    const { code, out, err: said } = await daemon.runToEnd();
    expect({ code, said }).toEqual({ code: 1, said: err });
    expect(out).not.toContain('"listening"');
    expect(withoutAsterisk(await check(daemon))).toEqual({
      code: 1,
      wrong: [
        noAdministrator,
        `FAIL  listen: 127.0.0.1:${port}: in use by another program: stop that one, or set listen.port to another port`,
      ],
      err: '',
    });
    await new Promise((done) => other.close(done));
  });

  test('fails on a data folder that cannot be written, cannot be made, or is none', async () => {
    const daemon = await alone({}, { keepsModes: true });
    const closed = join(daemon.folder, 'closed');
    await mkdir(closed, { mode: 0o500 });
    const places = [
      [
        closed,
        'EACCES',
        `${closed} cannot be written by this user: give it to the user the daemon runs as (chown), or set \`data\``,
      ],
      [
        join(closed, 'data'),
        'EACCES',
        `${join(closed, 'data')} does not exist and cannot be made in ${closed}: make it for the user the daemon runs as`,
      ],
      [
        daemon.configFile,
        'ENOTDIR',
        `${daemon.configFile} is not a folder: set \`data\` to a folder, or move that file away`,
      ],
    ] as const;
    for (const [data, code, finding] of places) {
      await daemon.configure({ data });
      expect(await failedStart(daemon)).toEqual({
        code: 1,
        err: `rollcall: The data folder ${data} cannot be written (${code}). It must be a folder of the user that runs the daemon.\n`,
      });
      const { code: exit, wrong } = withoutAsterisk(await check(daemon));
      expect({ exit, wrong }).toEqual({ exit: 1, wrong: [`FAIL  data folder: ${finding}`] });
    }
    expect(await readdir(closed)).toEqual([]);
  });

  test('fails on a data folder that another daemon has, and leaves that one alone', async () => {
    const first = await alone();
    await first.start();
    const second = await alone({ data: first.data });
    expect(await failedStart(second)).toEqual({
      code: 1,
      err: `rollcall: The data folder ${first.data} is in use by process ${first.pid}. Stop that one, or give this one a folder of its own.\n`,
    });
    const { out } = await second.run('check');
    expect(out).toContain(`ok    data folder: ${first.data} is writable; held by the daemon, pid ${first.pid}\n`);
    expect(out).toMatch(/^warn {2}listen: the daemon does not listen on 127.0.0.1:\d+: restart it/m);
    expect((await fetch(`${first.url}/healthz`)).status).toBe(200);
    await first.stop();
    await second.start();
  });

  test('fails on damaged data, and touches nothing of it', async () => {
    const daemon = await alone();
    await daemon.start();
    await daemon.user('1001', 'correct horse', '--name', 'Ann');
    await daemon.stop();
    const name = (await readdir(daemon.data)).find((file) => file.startsWith('journal')) ?? '';
    const path = join(daemon.data, name);
    const file = await open(path, 'r+');
    await file.write(Buffer.alloc(20, 'x'), 0, 20, 30);
    const before = await file.readFile();
    const damage =
      `The data is damaged: ${path} is wrong at byte 0, before its end. Restore the data folder from a backup, ` +
      `or give up everything written from there on: truncate -s 0 ${path}`;
    expect(await failedStart(daemon)).toEqual({ code: 1, err: `rollcall: ${damage}\n` });
    const { code, wrong } = withoutAsterisk(await check(daemon));
    expect({ code, wrong }).toEqual({ code: 1, wrong: [`FAIL  store: ${damage}`] });
    expect((await daemon.run('user', 'list')).err).toBe(`rollcall: ${damage}\n`);
    const after = Buffer.alloc(before.length + 1);
    expect((await file.read(after, 0, after.length, (await file.stat()).size - before.length)).bytesRead).toBe(
      before.length,
    );
    expect(after.subarray(0, before.length).equals(before)).toBe(true);
    await file.close();
  });
});

const all = 'call,cdr,user,system';
const users: readonly ManagerUser[] = [
  { username: 'deaf', secret: 'pw', read: '', write: 'call,reporting,originate' },
  { username: 'unseeing', secret: 'pw', read: 'call,cdr,user', write: 'call,reporting,originate' },
  { username: 'mute', secret: 'pw', read: all, write: 'reporting' },
  { username: 'idle', secret: 'pw', read: all, write: '' },
  { username: 'keyless', secret: 'pw', read: all, write: 'call,originate' },
];

describe.each(labVersions)('A start beside Asterisk %s', (version) => {
  const lab = withAsterisk({ version, users });

  test('finds everything right as the shipped AMI user', async () => {
    const daemon = await prepare({ settings: settingsFor(lab(), 'daemon') });
    await daemon.user('1000', 'correct horse', '--admin');
    expect(await check(daemon)).toEqual({ code: 0, wrong: [], err: '' });
    await daemon.start();
    expect(await check(daemon)).toEqual({ code: 0, wrong: [], err: '' });
    expect(daemon.logs.filter(({ level }) => level !== 'info')).toEqual([]);
    const { code, out } = await daemon.stop();
    expect([code, out]).toEqual([0, expect.stringContaining('"stopped"')]);
  });

  test('with a wrong AMI secret serves its clients and says so once', async () => {
    const ami = { port: lab().amiPort, username: 'rollcall', secret: 'wrong' };
    const daemon = await prepare({ settings: { pbx: { ami } } });
    await daemon.start();
    const msg = `Asterisk at 127.0.0.1:${ami.port} refuses the log-in: Authentication failed`;
    expect(await daemon.line('ami.refused')).toMatchObject({ level: 'error', msg, username: 'rollcall' });
    expect((await fetch(`${daemon.url}/readyz`)).status).toBe(200);
    expect(await check(daemon)).toEqual({
      code: 1,
      wrong: [
        noAdministrator,
        `FAIL  ami: 127.0.0.1:${ami.port} refuses the log-in of rollcall (Authentication failed): set pbx.ami.username and pbx.ami.secret as manager.conf has them`,
      ],
      err: '',
    });
    expect(daemon.logs.filter(({ level }) => level !== 'info')).toHaveLength(1);
    expect(JSON.stringify(daemon.logs)).not.toContain('wrong');
  });

  const waited = 'Asterisk did not show this manager user that it has booted; the link waited 15 s and went on';
  const deaf = 'Asterisk tells this manager user of no state change: what clients see is as old as the last check';
  const needs = 'call,cdr,user,system in its section of manager.conf and look at its eventfilter lines';
  const every = 'ExtensionStateList, DeviceStateList, PresenceStateList, Getvar, DBGet, DBGetTree, Setvar, Originate';
  const readable = 'AstDB cannot be read, so DND follows the lamps alone: add write=reporting to the AMI user';
  const noDnd =
    'cannot be set at the PBX: add write=originate to the AMI user and include the context rollcall-control, or add write=system';
  /** What the daemon says of each, and the findings of `check`. */
  const poor: Readonly<Record<string, readonly [event: string, text: string, ...findings: string[]]>> = {
    mute: [...forbidden('mute', 'Setvar, Originate', 'call,originate'), `FAIL  dnd: ${noDnd}`],
    idle: [...forbidden('idle', every, 'reporting,call,originate'), `warn  dnd: ${readable}`],
    keyless: [...forbidden('keyless', 'DBGet, DBGetTree', 'reporting'), `warn  dnd: ${readable}`],
    deaf: ['pbx.deaf', deaf, `FAIL  events: deaf hears of no state change: set read=${needs}`],
    unseeing: [
      'ami.blind',
      waited,
      'warn  events: unseeing cannot see when Asterisk has booted: add system to read= in its section of manager.conf',
    ],
  };

  function forbidden(user: string, actions: string, classes: string): [event: string, text: string, finding: string] {
    return [
      'pbx.forbidden',
      `the manager user may not use ${actions}: it lacks write=${classes}`,
      `FAIL  privileges: ${user} may not use ${actions}: add write=${classes} to its section of manager.conf, then manager reload`,
    ];
  }

  /** What is told of the dialplan, and of what presence does not need. */
  const aside = /this AMI user may not look|^warn {2}(call history|click to call|chat with phones):/;

  test('says what an AMI user lacks that may do too little, before it fails for want of it', async () => {
    const looked = Object.entries(poor).map(async ([username, [event, text, ...findings]]) => {
      const ami = { port: lab().amiPort, username, secret: 'pw' };
      const daemon = await prepare({ settings: { pbx: { ami } } });
      await daemon.start();
      const checked = check(daemon);
      const { msg, advice } = await daemon.line(event, { within: 25_000 });
      expect([username, msg, advice]).toEqual([username, text, expect.stringContaining('manager.conf')]);
      const { code, wrong } = await checked;
      const said = wrong.filter((line) => line !== noAdministrator && !aside.test(line));
      const fails = findings.some((line) => line.startsWith('FAIL'));
      expect([username, said, code]).toEqual([username, findings, fails ? 1 : 0]);
    });
    await Promise.all(looked);
  });
});
