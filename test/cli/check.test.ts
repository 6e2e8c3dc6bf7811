import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AmiAnswer, probeAmi } from '../../src/cli/check/ami.ts';
import { checkCalls } from '../../src/cli/check/calls.ts';
import { checkFolder } from '../../src/cli/check/data-folder.ts';
import { type Contexts, checkDialplan, lookForContexts, type Presence } from '../../src/cli/check/dialplan.ts';
import { checkHints, checkTaken } from '../../src/cli/check/hints.ts';
import { checkMirror } from '../../src/cli/check/mirror.ts';
import { checkNode } from '../../src/cli/check/node-version.ts';
import { checkPort } from '../../src/cli/check/port.ts';
import { checkDndWriting, checkPrivileges } from '../../src/cli/check/privileges.ts';
import { checkAdministrator, checkDaemonStore } from '../../src/cli/check/store.ts';
import { checkTls } from '../../src/cli/check/tls.ts';
import { checkCommand, type Probe } from '../../src/cli/check.ts';
import { AmiError } from '../../src/pbx/ami/link-port.ts';
import { OperatorError } from '../../src/service/operator-error.ts';
import { DEFAULTS } from '../../src/settings/settings.ts';
import { CliIo } from '../support/cli-io.ts';
import { CliWorld, type Outcome } from '../support/cli-world.ts';
import { FakeAmi } from '../support/fake-ami.ts';
import { FakeLink } from '../support/fake-link.ts';
import { openLookupEdge } from '../support/lookup-edge.ts';

let world: CliWorld;
const servers: Server[] = [];
beforeEach(() => {
  world = new CliWorld();
});
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  await world.end();
});

/** A listener of another program; its port. */
async function occupy(): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return address && typeof address === 'object' ? address.port : 0;
}

/** Free ports for the dialplan's questions. */
const LOOKUPS = { ROLLCALL_LOOKUP_HTTP_PORT: '0', ROLLCALL_LOOKUP_AGI_PORT: '0' };

const HINTS = ['1001', '1002', '1003'].map((number) => ({
  number,
  context: 'internal',
  hintText: `PJSIP/${number}&Custom:DND${number},CustomPresence:${number}`,
  status: 0,
}));

/** An Asterisk on which everything is as it should be. */
function healthyLink(): FakeLink {
  const link = new FakeLink();
  const may = [
    'ExtensionStateList',
    'DeviceStateList',
    'CoreShowChannels',
    'MessageSend',
    'PresenceStateList',
    'Getvar',
    'DBGet',
    'DBGetTree',
    'Setvar',
    'Originate',
  ];
  link.answer('ListCommands', () => [Object.fromEntries(may.map((action) => [action.toLowerCase(), 'x']))]);
  link.answer('ExtensionStateList', () =>
    HINTS.map(({ number, context, hintText }) => ({ exten: number, context, hint: hintText, status: '0' })),
  );
  link.answer('ShowDialPlan', () => []);
  link.answer('Setvar', ({ Value }) => {
    queueMicrotask(() => link.emit('DeviceStateChange', { device: 'Custom:rollcall-check', state: String(Value) }));
    return [{}];
  });
  link.up();
  return link;
}

const up = (link: FakeLink): Probe => {
  const answer: AmiAnswer = {
    kind: 'up',
    link,
    asterisk: 'Asterisk Call Manager/11.0.0',
    seesBoot: true,
    close: () => link.down(),
  };
  return async () => answer;
};

function check(probe: Probe, ...args: string[]): Promise<Outcome> {
  return world.run(['check', ...args], new CliIo(), {}, [checkCommand(probe)]);
}

describe('rollcall check', () => {
  it('says ok a line each and exits with 0 where all is well', async () => {
    world.environment = { ...LOOKUPS, ROLLCALL_LISTEN_PORT: '0' };
    await world.users.set({ id: '1000', admin: true, password: 'correct horse' });
    const link = healthyLink();
    const { code, stdout, stderr } = await check(up(link));
    expect({ code, stderr, lines: stdout.trimEnd().split('\n') }).toEqual({
      code: 0,
      stderr: '',
      lines: [
        `ok    node: ${process.versions.node}`,
        'ok    settings: no file found, the defaults hold',
        `ok    data folder: ${world.folder} is writable; no daemon answers there`,
        'ok    store: opens and is undamaged',
        'ok    users: 1 user, administrators: 1000',
        'ok    listen: any free port of 127.0.0.1',
        'ok    lookup over HTTP: any free port of 127.0.0.1',
        'ok    lookup over FastAGI: any free port of 127.0.0.1',
        'ok    call records: none: calls made while the daemon is away are shown as unknown; calls.records names where Asterisk keeps them',
        'ok    ami: 127.0.0.1:5038 (Asterisk Call Manager/11.0.0) takes the log-in of rollcall',
        'ok    privileges: rollcall may do all that is needed',
        'ok    dnd: set at the PBX by a call into the dialplan context rollcall-control',
        'ok    events: state changes arrive',
        'ok    hints: 3 in context internal, 3 with the DND device, 3 with the presentity',
        'ok    rollcall-control: loaded',
        'ok    rollcall-dnd: loaded; calls are refused where the dialplan runs Gosub(rollcall-dnd,s,1(callee))',
        'ok    rollcall-callerid: loaded, asks over FastAGI and HTTP; callers have names where the dialplan runs Gosub(rollcall-callerid,s,1(callee))',
        'ok    rollcall-route: loaded',
        'ok    rollcall-features: loaded',
        'ok    call history: calls are followed, also those that go on when the daemon starts',
        'ok    click to call: clients can have calls made',
        'ok    chat with phones: messages go to phones, and come from those whose message_context ends in [rollcall-messages]',
      ],
    });
    expect({ closed: world.closed, link: link.generation }).toEqual({ closed: 1, link: null });
  });

  it('asks the daemon where one runs, and does not open the store beside it', async () => {
    world.environment = { ...LOOKUPS, ROLLCALL_LISTEN_PORT: '18088' };
    const lookups = await openLookupEdge();
    world.status = { listening: [{ host: '127.0.0.1', port: 18_088 }], lookup: { http: lookups.address } };
    await world.startDaemon();
    const { code, stdout } = await check(up(healthyLink()));
    expect({ code, opened: world.opened, lines: stdout.split('\n').slice(2, 8) }).toEqual({
      code: 0,
      opened: 0,
      lines: [
        `ok    data folder: ${world.folder} is writable; held by the daemon, pid 4711`,
        'ok    store: open in the daemon',
        'warn  users: 0 users, no administrator who can log in: rollcall user set 1000 --admin --password-stdin',
        'ok    listen: 127.0.0.1:18088, held by the daemon',
        `ok    lookup over HTTP: 127.0.0.1:${lookups.address.port} answers`,
        'warn  lookup over FastAGI: not listening yet: the daemon tries again within 5 s, so look again then',
      ],
    });
  });

  it('goes on after a FAIL, exits with 1, and says the same as JSON', async () => {
    const port = await occupy();
    world.environment = { ...LOOKUPS, ROLLCALL_LISTEN_PORT: String(port) };
    const refused: Probe = async () => ({ kind: 'refused', reason: 'Authentication failed' });
    const openOffline = () =>
      Promise.reject(
        new OperatorError('The data is damaged: journal.1 at byte 12. Restore the data folder from a backup.'),
      );
    const outcome = await world.run(['check', '--json'], new CliIo(), { openOffline }, [checkCommand(refused)]);
    const fails = (JSON.parse(outcome.stdout) as { level: string; topic: string; text: string }[]).filter(
      ({ level }) => level === 'FAIL',
    );
    expect({ code: outcome.code, fails }).toEqual({
      code: 1,
      fails: [
        {
          level: 'FAIL',
          topic: 'store',
          text: 'The data is damaged: journal.1 at byte 12. Restore the data folder from a backup.',
        },
        {
          level: 'FAIL',
          topic: 'listen',
          text: `127.0.0.1:${port}: in use by another program: stop that one, or set listen.port to another port`,
        },
        {
          level: 'FAIL',
          topic: 'ami',
          text: '127.0.0.1:5038 refuses the log-in of rollcall (Authentication failed): set pbx.ami.username and pbx.ami.secret as manager.conf has them',
        },
      ],
    });
  });

  it('says what is wrong with the settings and exits with 3', async () => {
    world.environment = { ROLLCALL_LISTN_PORT: '1' };
    const { code, stdout } = await check(up(healthyLink()));
    expect({ code, lines: stdout.split('\n').slice(1) }).toEqual({
      code: 3,
      lines: [expect.stringMatching(/^FAIL {2}settings: ROLLCALL_LISTN_PORT: unknown setting/), ''],
    });
  });

  it('gives the secret to the log-in and prints it nowhere', async () => {
    world.environment = { ...LOOKUPS, ROLLCALL_LISTEN_PORT: '0', ROLLCALL_PBX_AMI_SECRET: 'hunter2' };
    const secrets: string[] = [];
    const { stdout, stderr } = await check(async ({ secret }) => {
      secrets.push(secret);
      return { kind: 'away', reason: 'nothing listens there (ECONNREFUSED)' };
    });
    expect({ secrets, printed: (stdout + stderr).includes('hunter2') }).toEqual({
      secrets: ['hunter2'],
      printed: false,
    });
  });

  it('makes no data folder', async () => {
    world.environment = { ...LOOKUPS, ROLLCALL_LISTEN_PORT: '0', ROLLCALL_DATA: join(world.folder, 'a', 'b') };
    const { stdout } = await check(up(healthyLink()));
    expect(stdout).toContain(`ok    data folder: ${world.folder}/a/b will be made at the first start\nok    listen`);
    expect(world.opened).toBe(0);
  });

  it('sees that no folder can be made where the system allows none', async () => {
    world.environment = { ...LOOKUPS, ROLLCALL_LISTEN_PORT: '0', ROLLCALL_DATA: '/proc/rollcall/data' };
    const { code, stdout } = await check(up(healthyLink()));
    expect(code).toBe(1);
    expect(stdout).toContain('FAIL  data folder: /proc/rollcall/data does not exist and cannot be made in /proc');
  });

  it('ends with a line when the link breaks while it looks', async () => {
    world.environment = { ...LOOKUPS, ROLLCALL_LISTEN_PORT: '0' };
    const link = healthyLink();
    link.answer('ExtensionStateList', () => {
      throw new AmiError('away', 'the connection to Asterisk was lost');
    });
    const { code, stdout } = await check(up(link));
    expect({ code, last: stdout.trimEnd().split('\n').at(-1) }).toEqual({
      code: 1,
      last: 'FAIL  pbx: the connection to Asterisk was lost',
    });
  });
});

describe('the log-in at Asterisk', () => {
  const probe = async (script: ConstructorParameters<typeof Object>[0], ms?: number) => {
    const fake = await FakeAmi.listen(script as Parameters<typeof FakeAmi.listen>[0]);
    const answer = await probeAmi({ host: '127.0.0.1', port: fake.port, username: 'rollcall', secret: 'x' }, ms);
    if (answer.kind === 'up') answer.close();
    const connections = fake.connections.length;
    await fake.close();
    return { kind: answer.kind, reason: 'reason' in answer ? answer.reason : answer.asterisk, connections };
  };

  it('is up when Asterisk takes it and has booted', async () => {
    expect(await probe({})).toEqual({ kind: 'up', reason: 'Asterisk Call Manager/11.0.0', connections: 1 });
  });

  it('is refused once, and not tried again', async () => {
    expect(await probe({ login: 'Authentication failed' })).toEqual({
      kind: 'refused',
      reason: 'Authentication failed',
      connections: 1,
    });
  });

  it('tells an Asterisk that is still booting', async () => {
    const script = { booted: false, answers: { CoreStatus: null } };
    expect(await probe(script, 1_500)).toEqual({ kind: 'booting', reason: 'no answer', connections: 1 });
  });

  it('tells a port where something else listens', async () => {
    expect((await probe({ banner: 'SSH-2.0-OpenSSH_9.2\r\n' })).kind).toBe('dropped');
  });

  it('tells a silent port', async () => {
    expect(await probe({ banner: null }, 100)).toEqual({ kind: 'away', reason: 'no answer', connections: 1 });
  });

  it('tells a closed port', async () => {
    const fake = await FakeAmi.listen();
    const { port } = fake;
    await fake.close();
    expect(await probeAmi({ host: '127.0.0.1', port, username: 'rollcall', secret: 'x' })).toEqual({
      kind: 'away',
      reason: 'nothing listens there (ECONNREFUSED)',
    });
  });

  it('never sends a name that holds a line end', async () => {
    expect((await probeAmi({ host: '127.0.0.1', port: 1, username: 'a\r\nAction: x', secret: '' })).kind).toBe(
      'unsafe',
    );
  });
});

describe('what each look finds', () => {
  it.each([
    ['20.19.0', 'ok'],
    ['22.1.0', 'ok'],
    ['20.18.3', 'FAIL'],
    ['18.20.1', 'FAIL'],
  ])('Node %s is %s', (version, level) => {
    expect(checkNode(version).level).toBe(level);
  });

  it('tells a folder that is a file or in a file', () => {
    const file = join(world.folder, 'file');
    writeFileSync(file, '');
    expect(
      [checkFolder(file, undefined).finding, checkFolder(join(file, 'data'), undefined).finding].map(
        ({ level }) => level,
      ),
    ).toEqual(['FAIL', 'FAIL']);
  });

  it('tells a folder that this user cannot write', () => {
    const closed = join(world.folder, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o500);
    const text = `${closed} cannot be written by this user: give it to the user the daemon runs as (chown), or set \`data\``;
    const expected = { finding: { level: 'FAIL', topic: 'data folder', text }, usable: false };
    expect(asOtherUser(closed) ?? checkFolder(closed, undefined)).toEqual(expected);
  });

  it('tells ports that are free, in use, or not of this machine', async () => {
    const port = await occupy();
    const [taken, elsewhere] = await Promise.all([
      checkPort('listen', { host: '127.0.0.1', port }, undefined),
      checkPort('listen', { host: '192.0.2.1', port }, undefined),
    ]);
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    const free = await checkPort('listen', { host: '127.0.0.1', port }, undefined);
    expect([taken, elsewhere, free]).toEqual([
      {
        level: 'FAIL',
        topic: 'listen',
        text: `127.0.0.1:${port}: in use by another program: stop that one, or set listen.port to another port`,
      },
      {
        level: 'FAIL',
        topic: 'listen',
        text: `192.0.2.1:${port}: this machine does not have that address: set listen.host to one of its own`,
      },
      { level: 'ok', topic: 'listen', text: `127.0.0.1:${port} is free` },
    ]);
  });

  it('tells a daemon that listens elsewhere than the settings say', async () => {
    const finding = await checkPort(
      'listen',
      { host: '127.0.0.1', port: 18_088 },
      { listening: [{ host: '127.0.0.1', port: 18_089 }] },
    );
    expect(finding).toEqual({
      level: 'warn',
      topic: 'listen',
      text: 'the daemon does not listen on 127.0.0.1:18088: restart it to take over the settings',
    });
  });

  it('tells a certificate that is not there, and nothing where none is set', () => {
    expect(checkTls(undefined, 0)).toEqual([]);
    expect(checkTls({ cert: join(world.folder, 'none.pem'), key: join(world.folder, 'none.key') }, 0)).toEqual([
      { level: 'FAIL', topic: 'tls', text: `listen.tls.cert: ${world.folder}/none.pem: there is no such file` },
    ]);
  });

  it('tells a store that can no longer write', () => {
    expect(['open', 'failed'].map((store) => checkDaemonStore({ store: store as 'open' }).level)).toEqual([
      'ok',
      'FAIL',
    ]);
  });

  it('counts as administrators those who can log in', () => {
    const user = { groups: [], admin: true, disabled: false, hasPassword: true };
    const users = [
      { ...user, id: '1000' },
      { ...user, id: '1001', disabled: true },
      { ...user, id: '1002', hasPassword: false },
      { ...user, id: '1003', admin: false },
    ];
    expect([checkAdministrator(users).text, checkAdministrator(users.slice(1)).level]).toEqual([
      '4 users, administrators: 1000',
      'warn',
    ]);
    const many = Array.from({ length: 7 }, (_, n) => ({ ...user, id: `100${n}` }));
    expect(checkAdministrator(many).text).toBe('7 users, administrators: 1000, 1001, 1002, 1003, 1004 and 2 more');
  });

  it('names the privileges that are missing, and the lines to add', () => {
    expect([
      checkPrivileges(() => true, 'rc').level,
      checkPrivileges((action) => action !== 'Setvar' && action !== 'Getvar', 'rc'),
    ]).toEqual([
      'ok',
      {
        level: 'FAIL',
        topic: 'privileges',
        text: 'rc may not use Getvar, Setvar: add write=reporting,call to its section of manager.conf, then manager reload',
      },
    ]);
  });

  it.each([
    [['DBGet', 'DBGetTree', 'DBPut', 'DBDel'], 'DND', 'ok', 'by writing AstDB DND'],
    [['DBGet', 'DBGetTree', 'Originate'], 'DND', 'ok', 'rollcall-control'],
    [['DBGet', 'DBGetTree', 'Originate'], 'DoNotDisturb', 'FAIL', 'set pbx.dnd.family to DND'],
    [['DBGet', 'DBGetTree'], 'DND', 'FAIL', 'add write=originate'],
    [['Originate'], 'DND', 'warn', 'add write=reporting'],
  ])('with %j and family %s, writing DND is %s', (actions, family, level, part) => {
    const finding = checkDndWriting((action) => actions.includes(action), family);
    expect(finding).toEqual({ level, topic: 'dnd', text: expect.stringContaining(part) });
  });

  it('counts the hints of each context and what they lack', () => {
    const lines = [
      ...HINTS,
      { number: '2001', context: 'branch', hintText: 'SIP/2001&SIP/2001b', status: 0 },
      { number: '2002', context: 'branch', hintText: ',CustomPresence:9', status: 0 },
      { number: '*78', context: 'internal', hintText: 'Custom:x', status: 0 },
    ];
    expect(checkHints(lines, DEFAULTS.pbx)).toEqual([
      { level: 'ok', topic: 'hints', text: '3 in context internal, 3 with the DND device, 3 with the presentity' },
      {
        level: 'warn',
        topic: 'hints',
        text: "2 in context branch, 0 with the DND device, 0 with the presentity: 1 without a phone: their line stays unknown; add &Custom:DND{extension} to the hints, or phones' lamps do not show DND; add ,CustomPresence:{extension} to the hints, or phones do not show statuses",
      },
    ]);
  });

  it('tells which extensions another site has', () => {
    const elsewhere = new Map([
      ['1003', 'paris'],
      ['1001', 'paris'],
      ['31002', 'rome'],
    ]);
    const topic = 'site extensions';
    const taken = (prefix: string) => checkTaken(HINTS, DEFAULTS.pbx, prefix, elsewhere);
    expect([taken(''), taken('3'), taken('9')]).toEqual([
      [
        {
          level: 'FAIL',
          topic,
          text: '1001, 1003 are left out, since site paris has the same: give one of the sites a site.prefix',
        },
      ],
      [
        {
          level: 'FAIL',
          topic,
          text: '31002 is left out, since site rome has the same: give one of the sites a site.prefix',
        },
      ],
      [],
    ]);
  });

  it('tells that no hint is an extension, and why', () => {
    const only = { ...DEFAULTS.pbx, extensions: { contexts: ['office'], pattern: '^9' } };
    expect([checkHints([], DEFAULTS.pbx), checkHints(HINTS, only)]).toEqual([
      [
        {
          level: 'FAIL',
          topic: 'hints',
          text: 'Asterisk has no hints, so there are no extensions: add a hint per extension to the dialplan',
        },
      ],
      [
        {
          level: 'FAIL',
          topic: 'hints',
          text: 'none of the 3 hints is an extension in office matching ^9: set pbx.extensions',
        },
      ],
    ]);
    const more = { ...DEFAULTS.pbx, extensions: { contexts: ['internal', 'branch'], pattern: '.' } };
    expect(checkHints(HINTS, more).at(-1)).toEqual({
      level: 'warn',
      topic: 'hints',
      text: 'context branch of pbx.extensions.contexts has no extension',
    });
  });

  it('tells which of the needed dialplan contexts are missing', () => {
    const levels = (control: Presence, dnd: Presence, way: 'dialplan' | 'astdb') =>
      checkDialplan(contexts({ 'rollcall-control': control, 'rollcall-dnd': dnd }), way)
        .slice(0, 2)
        .map(({ level }) => level);
    expect([
      levels('there', 'there', 'dialplan'),
      levels('missing', 'missing', 'dialplan'),
      levels('missing', 'missing', 'astdb'),
      levels('unknown', 'unknown', 'dialplan'),
      levels('unknown', 'there', 'astdb'),
    ]).toEqual([
      ['ok', 'ok'],
      ['FAIL', 'warn'],
      ['ok', 'warn'],
      ['warn', 'warn'],
      ['ok', 'ok'],
    ]);
  });

  it('tells which way callers get names, and what of the dialplan is not used', () => {
    const rest = (found: Partial<Contexts>) => checkDialplan(contexts(found), 'astdb').slice(2);
    const missing = { 'rollcall-callerid': 'missing', 'rollcall-callerid-http': 'missing' } as const;
    const http =
      'loaded, asks over HTTP; callers have names where the dialplan runs Gosub(rollcall-callerid-http,s,1(callee))';
    expect(rest({ 'rollcall-callerid': 'missing' })[0]).toEqual({
      level: 'ok',
      topic: 'rollcall-callerid',
      text: http,
    });
    expect(rest({ 'rollcall-callerid': 'unknown', 'rollcall-callerid-http': 'unknown' })[0]?.level).toBe('warn');
    expect(rest({ ...missing, 'rollcall-route': 'missing', 'rollcall-features': 'unknown' })).toEqual([
      {
        level: 'warn',
        topic: 'rollcall-callerid',
        text: 'not in the dialplan: unless your PBX asks over HTTP itself, as CallerID Lookup Sources of FreePBX do, include the files of config/asterisk and reload the dialplan',
      },
      { level: 'ok', topic: 'rollcall-route', text: 'not used: calls are not forwarded by status' },
      { level: 'ok', topic: 'rollcall-features', text: 'this AMI user may not look whether it is used' },
    ]);
  });

  it('looks for every context in the dialplan', async () => {
    const link = healthyLink();
    link.answer('ShowDialPlan', ({ Context }) => {
      if (Context === 'rollcall-route') throw new AmiError('refused', 'Did not find context rollcall-route');
      if (Context === 'rollcall-features') throw new AmiError('refused', 'Permission denied');
      return [];
    });
    expect(await lookForContexts(link)).toEqual(
      contexts({ 'rollcall-route': 'missing', 'rollcall-features': 'unknown' }),
    );
  });

  it('tells whether the mirror of numbers can be written, where one is set', () => {
    const may =
      (...actions: string[]) =>
      (action: string) =>
        actions.includes(action);
    const mirror = (family: string, ...actions: string[]) => checkMirror(may(...actions), family, 'DND', 'rc');
    const fail = (text: string) => [{ level: 'FAIL', topic: 'lookup.mirror', text }];
    expect([
      mirror(''),
      mirror('cidname', 'DBGet', 'DBGetTree', 'DBPut', 'DBDel'),
      mirror('cidname', 'DBGet', 'DBGetTree'),
      mirror('cidname'),
      mirror('dnd', 'DBGet', 'DBGetTree', 'DBPut', 'DBDel'),
    ]).toEqual([
      [],
      [{ level: 'ok', topic: 'lookup.mirror', text: 'rc may write AstDB cidname' }],
      fail(
        'rc may not write AstDB cidname: add write=system to its section of manager.conf, then manager reload, or set lookup.mirror to ""',
      ),
      fail(
        'rc may not write AstDB cidname: add write=reporting,system to its section of manager.conf, then manager reload, or set lookup.mirror to ""',
      ),
      fail(
        'nothing is mirrored, because Asterisk takes entries in dnd for something else: set it to cidname or a family of its own',
      ),
    ]);
  });

  it('tells what calls and chat lack', () => {
    const may =
      (...actions: string[]) =>
      (action: string) =>
        actions.includes(action);
    expect(checkCalls(may(), 'rc', 'missing', true)).toEqual([
      {
        level: 'warn',
        topic: 'call history',
        text: 'calls that go on when the daemon starts are not known: add write=reporting to rc in manager.conf',
      },
      {
        level: 'warn',
        topic: 'click to call',
        text: 'clients cannot have calls made: add write=originate to rc in manager.conf',
      },
      {
        level: 'warn',
        topic: 'chat with phones',
        text: 'messages do not go to phones: add write=message to rc in manager.conf',
      },
    ]);
    const all = may('CoreShowChannels', 'Originate', 'MessageSend');
    expect(checkCalls(all, 'rc', 'missing', true).map(({ level }) => level)).toEqual(['ok', 'ok', 'warn']);
    expect(checkCalls(all, 'rc', 'unknown', true).map(({ level }) => level)).toEqual(['ok', 'ok', 'ok']);
    expect(checkCalls(all, 'rc', 'missing', false).map(({ topic }) => topic)).toEqual([
      'call history',
      'click to call',
    ]);
  });

  it('says that the mirror cannot be written where all else is well', async () => {
    world.environment = { ...LOOKUPS, ROLLCALL_LISTEN_PORT: '0', ROLLCALL_LOOKUP_MIRROR: 'cidname' };
    const { code, stdout } = await check(up(healthyLink()));
    expect([code, stdout.split('\n').filter((line) => line.startsWith('FAIL')).length]).toEqual([1, 1]);
    expect(stdout).toContain('FAIL  lookup.mirror: rollcall may not write AstDB cidname');
  });
});

/** All there but these. */
function contexts(others: Partial<Contexts>): Contexts {
  return {
    'rollcall-control': 'there',
    'rollcall-dnd': 'there',
    'rollcall-callerid': 'there',
    'rollcall-callerid-http': 'there',
    'rollcall-route': 'there',
    'rollcall-features': 'there',
    'rollcall-messages': 'there',
    ...others,
  };
}

/** The finding as an ordinary user gets it, when the tests run as root, whom no mode keeps out; undefined for others. */
function asOtherUser(folder: string): unknown {
  if (process.getuid?.() !== 0) return undefined;
  chmodSync(world.folder, 0o755);
  const script = `process.setgid(65534); process.setuid(65534);
    import(${JSON.stringify(join(import.meta.dirname, '../../src/cli/check/data-folder.ts'))})
      .then(({ checkFolder }) => console.log(JSON.stringify(checkFolder(${JSON.stringify(folder)}, undefined))));`;
  const tsx = join(import.meta.dirname, '../../node_modules/tsx/dist/loader.mjs');
  return JSON.parse(execFileSync(process.execPath, ['--import', tsx, '-e', script], { encoding: 'utf8' }));
}
