// The link at real Asterisks: log-in, refusal, boot, death and return, and what must not get through.
import { afterEach, describe, expect, test } from 'vitest';
import { type AmiLink, openLink } from '../../../src/pbx/ami/link.ts';
import { header } from '../../../src/pbx/ami/message.ts';
import { type Clock, systemClock } from '../../../src/service/clock.ts';
import { openAmi } from '../../lab/ami.ts';
import { labVersions, withAsterisk } from '../../lab/with-asterisk.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { Reports, Told } from './house.ts';

const links: AmiLink[] = [];

afterEach(() => {
  for (const link of links.splice(0)) link.stop();
});

interface LogIn {
  readonly username: string;
  readonly secret: string;
}

function connect(
  port: number,
  logIn: LogIn,
  clock: Clock = systemClock,
): { link: AmiLink; told: Told; reports: Reports } {
  const reports = new Reports();
  const settings = { host: '127.0.0.1', port, username: logIn.username, secret: logIn.secret };
  const link = openLink(settings, { clock, report: reports.report, random: Math.random });
  links.push(link);
  const told = new Told(link);
  link.start();
  return { link, told, reports };
}

describe.each(labVersions)('Asterisk %s', (version) => {
  const blind = { username: 'blind', secret: 'blindpw', read: 'call', write: 'call,originate' };
  const dialplan = ['[probe]', 'exten => wait,1,Answer()', 'same => n,Wait(5)'].join('\n');
  const lab = withAsterisk({ version, dialplan, users: [blind] });

  test('a right secret brings it up, and lists and actions work with the least privileges', async () => {
    const { link, told, reports } = connect(lab().amiPort, lab().users.daemon);
    await told.up();
    expect(reports.named('ami.up')[0]?.['asterisk']).toMatch(/^Asterisk Call Manager\/\d/);
    const hints = await link.list({ Action: 'ExtensionStateList' });
    expect(hints.map((hint) => header(hint, 'exten')).sort()).toEqual(expect.arrayContaining(['1001', '1002', '1003']));
    const got = await link.action({ Action: 'Getvar', Variable: 'PJSIP_ENDPOINT(1001,callerid)' });
    expect(header(got, 'value')).toBe('"User 1001" <1001>');
    expect(header(got, 'variable')).toBe('PJSIP_ENDPOINT(1001,callerid)');
  });

  test.each([
    ['a wrong secret', { username: 'admin', secret: 'wrong' }],
    ['an unknown user', { username: 'nobody', secret: 'adminpw' }],
  ])('%s is told once, by what Asterisk answered', async (_what, logIn) => {
    const { reports, link } = connect(lab().amiPort, logIn);
    expect(await reports.until('ami.refused')).toMatchObject({
      username: logIn.username,
      reason: 'Authentication failed',
    });
    expect(link.counters).toMatchObject({ connects: 1, refusals: 1 });
  });

  test('a user who may not see FullyBooted is let up after a while, and the operator is told', async () => {
    const clock = new HandClock();
    const { told, reports } = connect(lab().amiPort, blind, clock);
    await reports.until('ami.booting');
    while (clock.waiting !== 2) await new Promise<void>((resolve) => setImmediate(resolve));
    clock.pass(14_999);
    expect(told.kinds).toEqual([]);
    clock.pass(1);
    await told.up();
    expect(reports.named('ami.blind')).toEqual([{ username: 'blind' }]);
  });

  test('an action in a value reaches Asterisk in no form', async () => {
    const { link, told } = connect(lab().amiPort, lab().users.admin);
    await told.up();
    const injections = [
      'a\r\n\r\nAction: DBPut\r\nFamily: INJ\r\nKey: k\r\nVal: v',
      'a\n\nAction: DBPut\nFamily: INJ\nKey: k\nVal: v',
    ];
    for (const injection of injections) {
      for (const fields of [
        { Action: 'Setvar', Variable: 'X', Value: injection },
        { Action: 'Originate', Channel: 'Local/x@y', Variable: { V: injection } },
        { Action: injection },
      ]) {
        await expect(link.action(fields)).rejects.toMatchObject({ kind: 'unsafe' });
        await expect(link.list(fields)).rejects.toMatchObject({ kind: 'unsafe' });
      }
    }
    await link.action({ Action: 'Ping' });
    const ami = await openAmi(lab());
    expect(await ami.dbGet('INJ', 'k')).toBe(undefined);
    ami.close();
  });

  test('the values of channel variables arrive letter by letter, and start no further variable', async () => {
    const { link, told } = connect(lab().amiPort, lab().users.admin);
    await told.up();
    const values = { A: 'one,B=two', Q: '"quoted", (round) [square] \\ ü 🍽', E: '', S: ' x ' };
    const waiting = { Application: 'Wait', Data: '5', Async: 'true' };
    await link.action({ Action: 'Originate', Channel: 'Local/wait@probe/n', ...waiting, Variable: values });
    const channel = header(await told.event('OriginateResponse'), 'channel') ?? '';
    const read = async (name: string) =>
      header(await link.action({ Action: 'Getvar', Channel: channel, Variable: name }), 'value');
    expect({ A: await read('A'), Q: await read('Q'), E: await read('E'), S: await read('S') }).toEqual(values);
    expect(await read('B')).toBe('');
    await link.action({ Action: 'Hangup', Channel: channel });
  });

  test('killed and started again, it is down and then up with the next generation', async () => {
    const { link, told } = connect(lab().amiPort, lab().users.daemon);
    await told.up();
    await lab().kill();
    await told.down();
    await expect(link.action({ Action: 'Ping' })).rejects.toMatchObject({ kind: 'away' });
    await lab().boot();
    const booted = Date.now();
    await told.up(2);
    expect(Date.now() - booted).toBeLessThan(10_000);
    expect(told.kinds.filter((kind) => !/^(event|failed)/.test(kind))).toEqual(['up 1', 'down 1', 'up 2']);
    expect((await link.list({ Action: 'ExtensionStateList' })).length).toBeGreaterThanOrEqual(3);
  });

  test('a link that is there before Asterisk is up only once the boot is over, and then sees all hints', async () => {
    await lab().stop();
    const { link, told, reports } = connect(lab().amiPort, lab().users.daemon);
    await reports.until('ami.away');
    const hints = told.up().then(() => link.list({ Action: 'ExtensionStateList' }));
    await lab().boot();
    expect((await hints).map((hint) => header(hint, 'exten'))).toEqual(
      expect.arrayContaining(['1001', '1002', '1003']),
    );
    expect(reports.named('ami.blind')).toEqual([]);
  });
});
