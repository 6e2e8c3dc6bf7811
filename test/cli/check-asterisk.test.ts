// `rollcall check` against real Asterisks: what it says of AMI users with all, some and none of what is needed.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { labVersions, withAsterisk } from '../lab/with-asterisk.ts';
import { CliWorld } from '../support/cli-world.ts';

// A user who cannot see the boot waits for it in vain for a quarter of a minute.
vi.setConfig({ testTimeout: 60_000 });

const users = [
  { username: 'deaf', secret: 'x', read: 'cdr,system', write: 'call,reporting,originate' },
  { username: 'blind', secret: 'x', read: 'call', write: 'call,originate' },
  { username: 'poor', secret: 'x', read: 'call,system', write: 'message' },
];
const extensions = [{ number: '1001' }, { number: '200', context: 'haus-2', hint: 'PJSIP/200' }];

describe.each(labVersions)('rollcall check on Asterisk %s', (version) => {
  const lab = withAsterisk({ version, extensions, users });
  let world: CliWorld;
  beforeEach(() => {
    world = new CliWorld();
  });
  afterEach(() => world.end());

  /** The exit code and the lines about the PBX. */
  async function check(
    username: string,
    secret: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<{ code: number; lines: string[] }> {
    world.environment = {
      ROLLCALL_LISTEN_PORT: '0',
      ROLLCALL_LOOKUP_HTTP_PORT: '0',
      ROLLCALL_LOOKUP_AGI_PORT: '0',
      ROLLCALL_PBX_AMI_PORT: String(lab().amiPort),
      ROLLCALL_PBX_AMI_USERNAME: username,
      ROLLCALL_PBX_AMI_SECRET: secret,
      ...more,
    };
    const { code, stdout } = await world.run(['check']);
    const lines = stdout.trimEnd().split('\n');
    return { code, lines: lines.slice(lines.findIndex((line) => / ami: /.test(line)) + 1) };
  }

  const dialplan = [
    'ok    rollcall-control: loaded',
    'ok    rollcall-dnd: loaded; calls are refused where the dialplan runs Gosub(rollcall-dnd,s,1(callee))',
    'ok    rollcall-callerid: loaded, asks over FastAGI and HTTP; callers have names where the dialplan runs Gosub(rollcall-callerid,s,1(callee))',
    'ok    rollcall-route: loaded',
    'ok    rollcall-features: loaded',
    'ok    call history: calls are followed, also those that go on when the daemon starts',
    'ok    click to call: clients can have calls made',
    'ok    chat with phones: messages go to phones, and come from those whose message_context ends in [rollcall-messages]',
  ];
  const hints = [
    "warn  hints: 1 in context haus-2, 0 with the DND device, 0 with the presentity: add &Custom:DND{extension} to the hints, or phones' lamps do not show DND; add ,CustomPresence:{extension} to the hints, or phones do not show statuses",
    'ok    hints: 1 in context internal, 1 with the DND device, 1 with the presentity',
  ];

  test('the shipped AMI user has all it needs', async () => {
    const { username, secret } = lab().users.daemon;
    expect(await check(username, secret)).toEqual({
      code: 0,
      lines: [
        'ok    privileges: rollcall may do all that is needed',
        'ok    dnd: set at the PBX by a call into the dialplan context rollcall-control',
        'ok    events: state changes arrive',
        ...hints,
        ...dialplan,
      ],
    });
  });

  test('a dialplan that asks elsewhere, or without the token, or lacks modules, is told of', async () => {
    const { username, secret } = lab().users.daemon;
    const settings = {
      ROLLCALL_LOOKUP_AGI_PORT: '14573',
      ROLLCALL_LOOKUP_HTTP_PORT: '18089',
      ROLLCALL_LOOKUP_TOKEN: 'a-token-of-the-house',
    };
    const wrong = async () => {
      const { lines } = await check(username, secret, settings);
      return lines.filter((line) => /^warn {2}rollcall-callerid/.test(line));
    };
    expect(await wrong()).toEqual([
      'warn  rollcall-callerid: the dialplan asks port 4573, and lookup.agi.port is 14573: set ROLLCALL_AGI in [globals] of extensions.conf',
      'warn  rollcall-callerid-http: the dialplan asks port 8089, and lookup.http.port is 18089: set ROLLCALL_HTTP in [globals] of extensions.conf',
      'warn  rollcall-callerid: ROLLCALL_TOKEN is not set in [globals] of extensions.conf, so calls have no names',
    ]);
    const set = (name: string, value: string) => lab().cli(`dialplan set global ${name} ${value}`);
    await set('ROLLCALL_AGI', '127.0.0.1:14573');
    await set('ROLLCALL_HTTP', 'http://127.0.0.1:18089/lookup');
    await set('ROLLCALL_TOKEN', 'another-token-of-it');
    expect(await wrong()).toEqual([
      'warn  rollcall-callerid: ROLLCALL_TOKEN is not lookup.token in [globals] of extensions.conf, so calls have no names',
    ]);
    await set('ROLLCALL_TOKEN', settings.ROLLCALL_LOOKUP_TOKEN);
    expect(await wrong()).toEqual([]);
    await lab().cli('module unload func_curl.so');
    await lab().cli('module unload func_timeout.so');
    expect(await wrong()).toEqual([
      'warn  rollcall-callerid: gives no names without func_timeout.so: load it in modules.conf',
      'warn  rollcall-callerid-http: gives no names without func_curl.so: load it in modules.conf',
    ]);
    await lab().cli('module load func_curl.so');
    await lab().cli('module load func_timeout.so');
  });

  test('a user with write=system writes AstDB itself', async () => {
    const { username, secret } = lab().users.freepbx;
    const { code, lines } = await check(username, secret);
    expect({ code, dnd: lines[1] }).toEqual({
      code: 0,
      dnd: 'ok    dnd: set at the PBX by writing AstDB DND/<extension>',
    });
  });

  test('a wrong secret is said in one line', async () => {
    const outcome = await check(lab().users.daemon.username, 'wrong');
    expect(outcome).toEqual({ code: 1, lines: [] });
  });

  test('a user who may not read events is told what to add', async () => {
    const { code, lines } = await check('deaf', 'x');
    expect({ code, lines: lines.filter((line) => line.startsWith('FAIL')) }).toEqual({
      code: 1,
      lines: [
        'FAIL  events: deaf hears of no state change: set read=call,cdr,user,system in its section of manager.conf and look at its eventfilter lines',
      ],
    });
  });

  test('a user without reporting and system is told what is missing', async () => {
    const { code, lines } = await check('blind', 'x');
    expect({ code, lines: lines.filter((line) => !line.includes('hints')) }).toEqual({
      code: 1,
      lines: [
        expect.stringMatching(/^FAIL {2}privileges: blind may not use DBGet, DBGetTree: add write=reporting /),
        'warn  dnd: AstDB cannot be read, so DND follows the lamps alone: add write=reporting to the AMI user',
        'warn  events: blind cannot see when Asterisk has booted: add system to read= in its section of manager.conf',
        'warn  rollcall-control: this AMI user may not look whether it is in the dialplan: if DND cannot be set, include the files of config/asterisk and reload the dialplan',
        'warn  rollcall-dnd: this AMI user may not look whether it is in the dialplan',
        'warn  rollcall-callerid: this AMI user may not look whether it is in the dialplan',
        'ok    rollcall-route: this AMI user may not look whether it is used',
        'ok    rollcall-features: this AMI user may not look whether it is used',
        'warn  call history: calls that go on when the daemon starts are not known: add write=reporting to blind in manager.conf',
        'ok    click to call: clients can have calls made',
        'warn  chat with phones: messages do not go to phones: add write=message to blind in manager.conf',
      ],
    });
  });

  test('a user who may do next to nothing gets one line about it', async () => {
    const { code, lines } = await check('poor', 'x');
    expect({ code, fails: lines.filter((line) => line.startsWith('FAIL')) }).toEqual({
      code: 1,
      fails: [
        expect.stringMatching(
          /^FAIL {2}privileges: poor may not use .*: add write=reporting,call,originate to its section/,
        ),
      ],
    });
  });
});
