// The operator's commands on a real daemon beside a real Asterisk, and without one.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type LabAmi, openAmi } from '../lab/ami.ts';
import { labVersions, withAsterisk, withPhones } from '../lab/with-asterisk.ts';
import { connect } from '../support/client.ts';
import { type Daemon, type Ended, prepareDaemon } from '../support/daemon.ts';
import { settingsFor, settlesAt, watchers, withClients, withDaemon } from './house.ts';

/** A table as cells, without the times of the day. */
function cells({ out }: Ended): string[][] {
  const rows = out.trimEnd().split('\n');
  return rows.map((row) =>
    row
      .trimEnd()
      .split(/\s{2,}/)
      .map((cell) => cell.replace(/^\d\d:\d\d$/, 'time')),
  );
}

describe('The commands without a daemon', () => {
  let daemon: Daemon;
  beforeAll(async () => {
    daemon = await prepareDaemon();
  });
  afterAll(() => daemon.dispose());

  test('make, change, list and remove log-ins', async () => {
    const { run } = { run: (...args: string[]) => daemon.run('user', ...args) };
    expect((await run('list')).err).toContain('there are no users yet');
    const made = await run(
      'set',
      '1001',
      '--name',
      'Åsa "Ö"',
      '--email',
      'asa@example.com',
      '--group',
      'A',
      '--group',
      'B 2',
    );
    expect(cells(made)[1]).toEqual(['1001', 'no password', 'user', 'Åsa "Ö"', 'asa@example.com', 'A, B 2']);
    expect(made.err).toBe('user 1001 has no password yet and cannot log in: set one with --password-stdin\n');
    await daemon.user('1000', 'correct horse', '--admin');
    await run('set', '1001', '--name', '', '--group', '', '--disable', '--mobile', '+49 171 555');
    expect(JSON.parse((await run('list', '--json')).out)).toEqual([
      { id: '1000', groups: [], admin: true, disabled: false, hasPassword: true },
      {
        id: '1001',
        email: 'asa@example.com',
        mobile: '+49 171 555',
        groups: [],
        admin: false,
        disabled: true,
        hasPassword: false,
      },
    ]);
    expect(await run('remove', '1001', '--yes')).toEqual({
      code: 0,
      out: 'removed user 1001, its password and details, no open log-ins, no personal contacts, no favourites, no calls and no messages\n',
      err: '',
    });
    expect(await run('remove', '1001', '--yes')).toEqual({
      code: 1,
      out: '',
      err: 'rollcall: there is no user 1001\n',
    });
  });

  const refused: readonly [string, readonly string[], number, RegExp][] = [
    ['an extension that is no number', ['user', 'set', '10a1', '--name', 'x'], 2, /id must be an extension number/],
    ['an e-mail that is none', ['user', 'set', '1001', '--email', 'x@@y'], 2, /email/],
    ['an option that it does not know', ['user', 'set', '1001', '--nmae', 'x'], 2, /--nmae/],
    ['admin and no admin at once', ['user', 'set', '1001', '--admin', '--no-admin'], 2, /exclude each other/],
    ['no password where one was announced', ['user', 'set', '1001', '--password-stdin'], 2, /brought no password/],
    ['a removal that nobody confirms', ['user', 'remove', '1000'], 2, /--yes/],
    ['a status that is none', ['presence', 'set', '1001', 'asleep'], 2, /'asleep' is no status/],
    [
      'an end that is past',
      ['presence', 'set', '1001', 'lunch', '--until', '2020-01-01T00:00:00Z'],
      2,
      /no time to come/,
    ],
    ['a status, since nobody tells the PBX', ['presence', 'set', '1001', 'lunch'], 1, /no daemon runs/],
    ['a watch, since nothing happens', ['presence', '--watch'], 1, /no daemon runs/],
    ['a command that there is not', ['presnce'], 2, /presnce/],
  ];
  test.each(refused)('refuse %s, in one line', async (_, args, code, text) => {
    const ended = await daemon.run(...args);
    expect([ended.code, ended.out]).toEqual([code, '']);
    expect(ended.err).toMatch(text);
    expect(ended.err).toMatch(/^rollcall: [^\n]+\n$/);
  });

  test('show an empty board and say what it is worth', async () => {
    expect(await daemon.run('presence')).toEqual({
      code: 0,
      out: '',
      err: 'no daemon runs: these are the values of its last run\n',
    });
  });
});

describe.each(labVersions)('The commands beside a daemon and Asterisk %s', (version) => {
  const extensions = [
    { number: '1001', name: 'Åsa "Ö" 🦊' },
    { number: '20202', name: 'Ben' },
  ];
  const lab = withAsterisk({ version, extensions });
  const plugIn = withPhones(lab);
  const daemon = withDaemon(() => settingsFor(lab(), 'daemon'));
  const logIn = withClients(daemon);
  let admin: LabAmi;
  beforeAll(async () => {
    admin = await openAmi(lab());
  });
  afterAll(() => admin.close());
  afterEach(async () => {
    const watcher = await logIn(watchers[0]);
    for (const { number } of extensions) {
      await watcher.request('presence.set', { extension: number, status: 'available' });
    }
  });

  test('make log-ins that clients see and use at once, and end them', async () => {
    const watcher = await logIn(watchers[0]);
    await daemon().user('20202', 'first password', '--name', 'Benedikt', '--mobile', '+44 20 7946 0000');
    expect(watcher.item('extensions', '20202')).toEqual({
      id: '20202',
      number: '20202',
      name: 'Benedikt',
      mobile: '+44 20 7946 0000',
      groups: [],
    });
    const ben = await connect(daemon().url);
    await ben.open({ login: '20202', password: 'first password' });
    await daemon().user('20202', 'second password');
    expect((await ben.closed).code).toBe(4401);
    const again = await connect(daemon().url);
    await expect(again.open({ login: '20202', password: 'first password' })).rejects.toMatchObject({ code: 401 });
    const anew = await connect(daemon().url);
    await anew.open({ login: '20202', password: 'second password' });
    expect((await daemon().run('user', 'remove', '20202', '--yes')).out).toBe(
      'removed user 20202 (Benedikt), its password and details, 1 open log-in, no personal contacts, no favourites, no calls and no messages\n',
    );
    expect((await anew.closed).code).toBe(4401);
    await watcher.until(() => watcher.item('extensions', '20202')?.['name'] === 'Ben', 'the name of the PBX again');
    again.cut();
  });

  test('show the board and set a status, on the PBX too', async () => {
    const watcher = await logIn(watchers[0]);
    await plugIn('1001');
    await watcher.until(() => watcher.item('presence', '1001')?.['line'] === 'idle', 'the phone');
    const until = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000).toISOString();
    const set = await daemon().run('presence', 'set', '20202', 'lunch', '--note', 'Käse 🧀', '--until', until);
    expect([set.code, set.err]).toEqual([0, '']);
    expect(set.out).toMatch(/^20202 is lunch until .+ \(Käse 🧀\)\n$/);
    expect(watcher.item('presence', '20202')).toMatchObject({ status: 'lunch', note: 'Käse 🧀', until });
    await settlesAt(() => admin.getvar('PRESENCE_STATE(CustomPresence:20202,message)'), 'Käse 🧀');
    const board = cells(await daemon().run('presence'));
    expect(board.map((row) => row.slice(0, 5))).toEqual([
      ['EXTENSION', 'NAME', 'INDICATOR', 'STATUS', 'LINE'],
      ['1001', 'Åsa "Ö" 🦊', 'available', 'available', 'idle'],
      ['20202', 'Ben', 'lunch', 'lunch', 'unavailable'],
    ]);
    const one = await daemon().run('presence', '20202', '--json');
    expect(JSON.parse(one.out)).toEqual([{ ...watcher.item('presence', '20202'), name: 'Ben' }]);
    expect(await daemon().run('presence', '999')).toEqual({
      code: 1,
      out: '',
      err: 'rollcall: there is no extension 999\n',
    });
    const dnd = await daemon().run('presence', 'set', '1001', 'do_not_disturb');
    expect([dnd.code, dnd.out]).toEqual([0, '1001 is do_not_disturb\n']);
    expect(await admin.dbGet('DND', '1001')).toBe('YES');
  });

  test('follow the board until they are ended, or the daemon is', async () => {
    const all = daemon().open(['presence', '--watch', '--json']);
    const one = daemon().open(['presence', '20202', '--watch', '--json']);
    const is = (id: string, indicator: string) => (line: string) => {
      const item = JSON.parse(line) as Record<string, unknown>;
      return item['id'] === id && item['indicator'] === indicator;
    };
    await Promise.all([all.line(is('1001', 'offline')), one.line(is('20202', 'offline'))]);
    const phone = await plugIn('1001');
    await all.line(is('1001', 'available'));
    await phone.feature('*78');
    await all.line(is('1001', 'do_not_disturb'));
    await daemon().run('presence', 'set', '20202', 'away');
    await Promise.all([all.line(is('20202', 'away')), one.line(is('20202', 'away'))]);
    expect(one.lines.filter((line) => line.includes('"id":"1001"'))).toEqual([]);
    all.kill('SIGINT');
    expect(await all.ended).toMatchObject({ code: 0, err: '' });
    await daemon().stop();
    expect(await one.ended).toMatchObject({
      code: 1,
      err: 'rollcall: the daemon ended, or took this command for too slow\n',
    });
    const last = await daemon().run('presence', '20202', '--json');
    expect(JSON.parse(last.out)).toMatchObject([{ id: '20202', indicator: 'away' }]);
    expect(last.err).toBe('no daemon runs: these are the values of its last run\n');
    await daemon().start();
  });

  test('reach the daemon over a socket that only its user may open', async () => {
    const { mode } = await stat(join(daemon().data, 'rollcall.sock'));
    expect(mode & 0o777).toBe(0o600);
    const { code, out } = await daemon().run('--version');
    expect([code, out]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
  });
});
