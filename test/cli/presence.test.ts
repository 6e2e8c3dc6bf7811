import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import type { Presence } from '../../src/domain/presence.ts';
import { SiteView } from '../../src/service/site-view.ts';
import type { Write } from '../../src/service/store.ts';
import { CliIo } from '../support/cli-io.ts';
import { CliWorld, type Outcome } from '../support/cli-world.ts';
import { FakeClusters } from '../support/fake-cluster.ts';
import { HandClock } from '../support/hand-clock.ts';
import { extensionWrite } from '../support/sites.ts';

const zone = process.env['TZ'];
let world: CliWorld;
beforeEach(() => {
  process.env['TZ'] = 'Europe/Berlin';
  world = new CliWorld();
});
afterEach(async () => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
  await world.end();
});

const now = Date.parse('2026-11-21T12:00:00Z');
const ALICE: Presence = {
  id: '1001',
  status: 'lunch',
  note: 'back at two',
  until: '2026-11-21T13:00:00.000Z',
  line: 'idle',
  online: true,
  indicator: 'lunch',
  since: '2026-11-21T11:30:00.000Z',
};
const BOB: Presence = {
  id: '999',
  status: 'available',
  line: 'unavailable',
  online: false,
  indicator: 'offline',
  since: '2026-11-20T11:30:00.000Z',
};

function pbx(connected: boolean): Write {
  return { table: 'pbx', id: 'pbx', value: { id: 'pbx', connected, since: '2026-11-21T11:00:00.000Z' } };
}

function row(presence: Presence, name: string): Write[] {
  const item = { id: presence.id, number: presence.id, name, groups: [] };
  return [
    { table: 'extensions', id: presence.id, value: { item, said: {} } },
    { table: 'presence', id: presence.id, value: presence },
  ];
}

function fill(): void {
  world.store.note([pbx(true), ...row(ALICE, 'Zoë 田中'), ...row(BOB, 'Bob')]);
}

const TABLE = [
  'EXTENSION  NAME      INDICATOR  STATUS     LINE         SINCE             UNTIL  NOTE',
  '999        Bob       offline    available  unavailable  2026-11-20 12:30',
  '1001       Zoë 田中  lunch      lunch      idle         12:30             14:00  back at two',
];

describe('rollcall presence', () => {
  it('shows the board of the daemon', async () => {
    fill();
    await world.startDaemon();
    expect(await world.run(['presence'], new CliIo({ now }))).toEqual({
      code: 0,
      stdout: `${TABLE.join('\n')}\n`,
      stderr: '',
    });
    expect(world.opened).toBe(0);
  });

  it('shows the last known board without one, and says so', async () => {
    fill();
    const stderr = 'no daemon runs: these are the values of its last run\n';
    expect(await world.run(['presence'], new CliIo({ now }))).toEqual({
      code: 0,
      stdout: `${TABLE.join('\n')}\n`,
      stderr,
    });
    expect([world.opened, world.closed]).toEqual([1, 1]);
  });

  it('says when the PBX is away', async () => {
    fill();
    world.store.note([pbx(false)]);
    await world.startDaemon();
    expect(await world.run(['presence', '999', '--json'], new CliIo({ now }))).toEqual({
      code: 0,
      stdout: `${JSON.stringify([{ ...BOB, name: 'Bob' }], null, 2)}\n`,
      stderr: 'the PBX is not connected since 12:00: these are the last known values\n',
    });
  });

  it('says when there is nothing to show', async () => {
    world.store.note([pbx(true)]);
    await world.startDaemon();
    expect(await world.run(['presence'])).toEqual({
      code: 0,
      stdout: '',
      stderr: 'the PBX shows no extensions: rollcall check tells which hints it has\n',
    });
  });

  it('knows no other extension', async () => {
    fill();
    expect(await world.run(['presence', '1002'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'rollcall: there is no extension 1002\n',
    });
  });
});

describe('rollcall presence, of several sites', () => {
  const SINCE = '2026-11-21T11:00:00.000Z';
  const siteRow = (site: string, connected: boolean): Write => ({
    ...{ table: 'pbx', id: `pbx:${site}` },
    value: { id: 'pbx', connected, since: SINCE, site },
  });
  const of = (site: string, presence: Presence, name: string): Write[] => [
    extensionWrite(presence.id, site, name),
    { table: 'presence', id: presence.id, value: presence },
  ];
  const there: Presence = { ...BOB, id: '31001' };
  beforeEach(() => {
    world.sites = new SiteView({ cluster: new FakeClusters().join('b', 'berlin'), clock: new HandClock() });
    world.store.note([siteRow('berlin', true), ...of('berlin', ALICE, 'Alice'), ...of('paris', there, 'Bob')]);
  });

  it('shows the site of each, and whose PBX is away', async () => {
    world.store.note([siteRow('paris', false), siteRow('rome', true)]);
    await world.startDaemon();
    expect(await world.run(['presence'], new CliIo({ now }))).toEqual({
      code: 0,
      stdout: `${[
        'EXTENSION  SITE    NAME   INDICATOR  STATUS     LINE         SINCE             UNTIL  NOTE',
        '1001       berlin  Alice  lunch      lunch      idle         12:30             14:00  back at two',
        '31001      paris   Bob    offline    available  unavailable  2026-11-20 12:30',
      ].join('\n')}\n`,
      stderr: 'the PBX of paris is not connected since 12:00: these are the last known values\n',
    });
  });

  it('names its own PBX too', async () => {
    world.store.note([siteRow('berlin', false), siteRow('paris', true)]);
    await world.startDaemon();
    const { stderr } = await world.run(['presence'], new CliIo({ now }));
    expect(stderr).toBe('the PBX of berlin is not connected since 12:00: these are the last known values\n');
  });

  it('has the site in JSON, of one extension as of all', async () => {
    world.store.note([siteRow('paris', true)]);
    await world.startDaemon();
    const { stdout, stderr } = await world.run(['presence', '31001', '--json'], new CliIo({ now }));
    expect([JSON.parse(stdout), stderr]).toEqual([[{ ...there, name: 'Bob', site: 'paris' }], '']);
  });

  it('follows the PBX of every site', async () => {
    await world.startDaemon();
    const io = new CliIo({ now });
    const outcome = world.run(['presence', '--watch', '--json'], io);
    await io.stdout.wrote('31001');
    world.store.note([siteRow('paris', false)]);
    await io.stdout.wrote('"paris","connected"');
    io.signal('SIGINT');
    const { stdout } = await outcome;
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.filter(({ connected }) => connected !== undefined)).toEqual([
      { id: 'pbx', connected: true, since: SINCE, site: 'berlin' },
      { id: 'pbx', connected: true, since: SINCE, site: 'berlin' },
      { id: 'paris', connected: false, since: SINCE, site: 'paris' },
    ]);
  });
});

describe('rollcall presence set', () => {
  it('sets a status through the daemon and tells what it is then', async () => {
    world.setPresence = async () => ALICE;
    await world.startDaemon();
    const argv = ['presence', 'set', '1001', 'lunch', '--note', 'back at two', '--until', '14:00'];
    expect(await world.run(argv, new CliIo({ now }))).toEqual({
      code: 0,
      stdout: '1001 is lunch until 14:00 (back at two)\n',
      stderr: '',
    });
    expect(world.presenceChanges).toEqual([
      { extension: '1001', status: 'lunch', note: 'back at two', until: '2026-11-21T13:00:00.000Z' },
    ]);
  });

  it('is refused without a daemon, and leaves the store alone', async () => {
    expect(await world.run(['presence', 'set', '1001', 'away'])).toEqual({
      code: 1,
      stdout: '',
      stderr: `rollcall: no daemon runs on ${world.folder}, and the PBX has to be told: start it with rollcall run\n`,
    });
    expect(world.opened).toBe(0);
  });

  it('tells why the daemon refused', async () => {
    world.setPresence = () => Promise.reject(new Failure('not_found', 'the PBX has no extension 1099'));
    await world.startDaemon();
    expect(await world.run(['presence', 'set', '1099', 'away'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'rollcall: the PBX has no extension 1099\n',
    });
  });

  it.each([
    [['1001', 'dnd'], "'dnd' is no status: use one of available, away, do_not_disturb, lunch, business_trip, off_work"],
    [
      ['1001', 'away', '--until', 'yesterday'],
      "--until 'yesterday' is no time to come within a year: use an ISO time, HH:MM, +30m or +2h",
    ],
  ])('%j is wrong usage', async (args, line) => {
    expect(await world.run(['presence', 'set', ...args])).toEqual({
      code: 2,
      stdout: '',
      stderr: `rollcall: ${line}\n`,
    });
  });
});

describe('rollcall presence --watch', () => {
  it('needs a daemon', async () => {
    expect(await world.run(['presence', '--watch'])).toEqual({
      code: 1,
      stdout: '',
      stderr: `rollcall: no daemon runs on ${world.folder}, so there is nothing to watch: start it with rollcall run\n`,
    });
  });

  it('prints JSON lines where stdout is no terminal, until Ctrl-C', async () => {
    fill();
    await world.startDaemon();
    const io = new CliIo({ now });
    const running = world.run(['presence', '--watch'], io);
    await io.stdout.wrote('Zoë');
    const changed: Presence = { ...BOB, line: 'ringing', online: true, indicator: 'ringing' };
    world.store.note([{ table: 'presence', id: '999', value: changed }]);
    world.store.note([pbx(false)]);
    world.store.note([{ table: 'statuses', id: '999', value: {} }]);
    world.store.note([
      { table: 'presence', id: '1001', value: null },
      { table: 'extensions', id: '1001', value: null },
    ]);
    await io.stdout.wrote('removed');
    io.signal('SIGINT');
    const { code, stdout, stderr } = await running;
    const pbxItem = (connected: boolean) => ({ id: 'pbx', connected, since: '2026-11-21T11:00:00.000Z' });
    expect({
      code,
      stderr,
      handlers: io.handlers,
      items: stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    }).toEqual({
      code: 0,
      stderr: '',
      handlers: 0,
      items: [
        pbxItem(true),
        { ...BOB, name: 'Bob' },
        { ...ALICE, name: 'Zoë 田中' },
        { ...changed, name: 'Bob' },
        pbxItem(false),
        { id: '1001', removed: true },
      ],
    });
  });

  it('draws the table again in its place on a terminal', async () => {
    fill();
    await world.startDaemon();
    const io = new CliIo({ tty: true, now });
    const running = world.run(['presence', '--watch'], io);
    await io.stdout.wrote('back at two\n');
    world.store.note([pbx(false), ...row(BOB, 'Robert')]);
    await io.stdout.wrote('last known values\n');
    io.signal('SIGTERM');
    expect(await running).toEqual({
      code: 0,
      stdout: `\r\x1b[J${TABLE.join('\n')}\n\x1b[3A\r\x1b[J${TABLE.join('\n').replace('Bob   ', 'Robert')}\nthe PBX is not connected since 12:00: last known values\n`,
      stderr: '',
    } satisfies Outcome);
  });

  it('follows one extension alone', async () => {
    fill();
    await world.startDaemon();
    const io = new CliIo({ now });
    const running = world.run(['presence', '999', '--watch', '--json'], io);
    await io.stdout.wrote('Bob');
    world.store.note([{ table: 'presence', id: '1001', value: { ...ALICE, line: 'in_use' } }]);
    world.store.note([{ table: 'presence', id: '999', value: { ...BOB, line: 'idle' } }]);
    await io.stdout.wrote('"idle"');
    io.signal('SIGINT');
    const ids = (await running).stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).id);
    expect(ids).toEqual(['pbx', '999', '999']);
  });

  it('ends at once for an extension there is not', async () => {
    fill();
    await world.startDaemon();
    expect(await world.run(['presence', '1002', '--watch'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'rollcall: there is no extension 1002\n',
    });
  });

  it('ends when the daemon ends', async () => {
    fill();
    await world.startDaemon();
    const io = new CliIo({ now });
    const running = world.run(['presence', '--watch'], io);
    await io.stdout.wrote('Bob');
    await world.stopDaemon();
    const { code, stderr } = await running;
    expect({ code, stderr, handlers: io.handlers }).toEqual({
      code: 1,
      stderr: 'rollcall: the daemon ended, or took this command for too slow\n',
      handlers: 0,
    });
  });
});
