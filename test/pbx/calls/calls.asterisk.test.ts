import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AmiLink, openLink } from '../../../src/pbx/ami/link.ts';
import { type CallWatch, openCallWatch } from '../../../src/pbx/calls/call-watch.ts';
import { openDialer } from '../../../src/pbx/calls/dialer.ts';
import { type AsteriskPbx, openPbx } from '../../../src/pbx/pbx.ts';
import type { OpenCall } from '../../../src/service/calls-port.ts';
import { systemClock } from '../../../src/service/clock.ts';
import { type LabAmi, type LabMessage, openAmi } from '../../lab/ami.ts';
import { deleteKey, putKey } from '../../lab/astdb.ts';
import type { Asterisk, LabExtension } from '../../lab/asterisk.ts';
import type { Phone } from '../../lab/phone.ts';
import { overTrunk, withheld } from '../../lab/trunk.ts';
import { labVersions, withAsterisk, withPhones } from '../../lab/with-asterisk.ts';
import { entryInWords } from '../../support/call-watch-house.ts';
import { CallsWatch } from '../../support/calls-watch.ts';
import { FactsWatch } from '../../support/facts-watch.ts';
import { paperSettings } from '../../support/paper-pbx.ts';
import { TcpProxy } from '../../support/proxy.ts';

const routed = ['Gosub(rollcall-dnd,s,1(1004))', 'Gosub(rollcall-route,s,1(1004))'];
const extensions: readonly LabExtension[] = [
  { number: '1001', name: 'Ann' },
  { number: '1002', name: 'Bob' },
  { number: '1003', name: 'Cid' },
  { number: '1004', name: 'Dot', steps: routed },
  { number: '1005', name: 'Eve', devices: ['PJSIP/1005', 'PJSIP/1005-2'] },
  { number: '1006', name: 'Never there' },
];

/** What may become of a call on its way: groups, forwards, applications, a queue, and what the dialplan calls a caller. */
const dialplan = `[internal](+)
exten => 650,1,Dial(PJSIP/1002&PJSIP/1003,5)
 same => n,Hangup(19)
exten => 651,1,Dial(Local/1002@internal&Local/1003@internal&Local/1006@internal,5)
 same => n,Hangup(19)
exten => 652,1,Goto(internal,1003,1)
exten => 653,1,Dial(PJSIP/1002,1)
 same => n,Goto(internal,1003,1)
exten => 654,1,Queue(sales,,,,10)
 same => n,Hangup(19)
exten => 655,1,ConfBridge(1)
exten => 656,1,Set(CALLERID(name)=Name of a book)
 same => n,Dial(PJSIP/1002,5)
exten => 657,1,Goto(internal,1006,1)
exten => _*8X!,1,Pickup(\${EXTEN:2}@internal)
`;

const files = {
  'modules_extra.conf': ['res_pjsip_refer', 'app_queue', 'app_confbridge', 'app_directed_pickup']
    .map((name) => `load = ${name}.so\n`)
    .join(''),
  'queues.conf':
    '[general]\n[sales]\nstrategy=ringall\ntimeout=1\nretry=1\nmember => PJSIP/1002\nmember => PJSIP/1003\n',
  'queuerules.conf': '[general]\n',
  'confbridge.conf': '[general]\n',
};

interface House {
  readonly link: AmiLink;
  readonly pbx: AsteriskPbx;
  readonly calls: CallWatch;
  readonly told: CallsWatch;
  readonly facts: FactsWatch;
}

describe.each(labVersions)('Calls on Asterisk %s', (version) => {
  const lab = withAsterisk({ version, extensions, dialplan, files, ring: 2 });
  const plugIn = withPhones(lab);
  const opened: { stop(): void }[] = [];
  let admin: LabAmi;
  let house: House;

  const open = async (port = lab().amiPort, restored: readonly OpenCall[] = []): Promise<House> => {
    const made = connect(lab(), port, restored);
    opened.push({ stop: () => close(made) });
    await made.told.came('watching');
    return made;
  };

  beforeEach(async () => {
    admin = await openAmi(lab());
    house = await open();
  });

  afterEach(() => {
    for (const one of opened.splice(0)) one.stop();
    admin.close();
  });

  /** Waits until this holds of the channels that there are. */
  const channels = async (what: string, holds: (all: readonly LabMessage[]) => boolean) => {
    for (const deadline = Date.now() + 8_000; ; ) {
      const all = await admin.list({ Action: 'CoreShowChannels' });
      if (holds(all)) return;
      if (Date.now() > deadline) throw new Error(`not yet ${what}: ${JSON.stringify(all)}`);
    }
  };

  /** How the calls ended, once there are so many entries, no channel is left, and nothing more was told of them. */
  const ended = async (count: number, of = house): Promise<readonly string[]> => {
    await of.told.until(`${count} entries`, () => of.told.entries.length >= count);
    await of.told.until('the end', () => of.told.open.length === 0);
    await channels('no channel', (all) => all.length === 0);
    await of.link.action({ Action: 'Ping' });
    expect(of.told.entries.filter(({ ring, talk }) => ring < 0 || ring > 12 || talk < 0 || talk > 12)).toEqual([]);
    return of.told.entries.map(entryInWords).sort();
  };

  /** Waits until so many channels talk to each other. */
  const joined = (count: number) =>
    channels(`${count} in bridges`, (all) => all.filter(({ BridgeId }) => BridgeId).length >= count);

  const ringing = async (phone: Phone) => {
    const call = await phone.calls.next();
    await house.told.until('ringing', () => house.told.open.some(({ state }) => state === 'ringing'));
    return call;
  };

  test('an answered call, with the seconds of each side, whoever hangs up', async () => {
    const [ann, bob] = [await plugIn('1001'), await plugIn('1002', { behaviour: 'ring' })];
    const call = ann.dial('1002');
    const incoming = await ringing(bob);
    incoming.answer();
    await house.told.until('talking', () => house.told.open[0]?.state === 'talking');
    await incoming.hangup();
    expect(await ended(2)).toEqual(['1001 out answered 1002', '1002 in answered 1001']);
    expect(house.told.states()).toEqual(['calling', 'ringing', 'talking']);
    expect(house.told.entries.map(({ at }) => Math.abs(at - Date.now()) < 10_000)).toEqual([true, true]);
    await call.until('ended');
    house.told.take();
    bob.behaviour = 'answer';
    await (await ann.call('1002')).hangup();
    expect(await ended(2)).toEqual(['1001 out answered 1002', '1002 in answered 1001']);
  });

  test('a call that nobody answers, a busy one, a declined one, and one that is given up', async () => {
    const [ann, bob] = [await plugIn('1001'), await plugIn('1002', { behaviour: 'ring' })];
    await ann.call('1002');
    expect(await ended(2)).toEqual(['1001 out no_answer 1002', '1002 in missed no_answer 1001']);
    house.told.take();
    bob.behaviour = 'busy';
    await ann.call('1002');
    expect(await ended(2)).toEqual(['1001 out busy 1002', '1002 in missed busy 1001']);
    house.told.take();
    bob.behaviour = 'decline';
    await ann.call('1002');
    expect(await ended(2)).toEqual(['1001 out no_answer 1002', '1002 in missed declined 1001']);
    house.told.take();
    bob.behaviour = 'ring';
    const call = ann.dial('1002');
    await call.until('ringing');
    await call.hangup();
    expect(await ended(2)).toEqual(['1001 out cancelled 1002', '1002 in missed cancelled 1001']);
  });

  test('a call that do not disturb refuses, and one to an extension without a phone', async () => {
    const ann = await plugIn('1001');
    await plugIn('1002');
    await putKey(lab(), 'DND', '1002', 'YES');
    await admin.setvar('DEVICE_STATE(Custom:DND1002)', 'BUSY');
    await house.facts.shows('1002', { blocked: true });
    await ann.call('1002');
    expect(await ended(2)).toEqual(['1001 out busy 1002', '1002 in missed dnd 1001']);
    await deleteKey(lab(), 'DND', '1002');
    await admin.setvar('DEVICE_STATE(Custom:DND1002)', 'UNAVAILABLE');
    house.told.take();
    await ann.call('1006');
    expect(await ended(2)).toEqual(['1001 out failed 1006', '1006 in missed unregistered 1001']);
  });

  test('a call that do not disturb refuses by a key that nobody has read yet', async () => {
    const ann = await plugIn('1001');
    await plugIn('1002');
    await putKey(lab(), 'DND', '1002', 'YES');
    await ann.call('1002');
    expect(await ended(2)).toEqual(['1001 out busy 1002', '1002 in missed dnd 1001']);
    await deleteKey(lab(), 'DND', '1002');
  });

  test('a call that the dialplan sends elsewhere, at once, after ringing, and by the status of the one who is called', async () => {
    const ann = await plugIn('1001');
    await plugIn('1002', { behaviour: 'ring' });
    await plugIn('1003');
    await plugIn('1004');
    await (await ann.call('652')).hangup();
    expect(await ended(2)).toEqual(['1001 out answered 652', '1003 in answered 1001']);
    house.told.take();
    await (await ann.call('653')).hangup();
    expect(await ended(3)).toEqual(['1001 out answered 653', '1002 in missed no_answer 1001', '1003 in answered 1001']);
    house.told.take();
    await admin.dbPut('ROLLCALL', 'route/1004/lunch', '1003');
    await admin.setvar('PRESENCE_STATE(CustomPresence:1004)', 'away,lunch,');
    await (await ann.call('1004')).hangup();
    expect(await ended(3)).toEqual(['1001 out answered 1004', '1003 in answered 1001', '1004 in missed 1001']);
    await admin.setvar('PRESENCE_STATE(CustomPresence:1004)', 'available,,');
    house.told.take();
    await ann.call('657');
    expect(await ended(2)).toEqual(['1001 out failed 657', '1006 in missed unregistered 1001']);
  });

  test('a call that a phone sends elsewhere', async () => {
    const [ann, bob] = [await plugIn('1001'), await plugIn('1002', { behaviour: 'ring' })];
    await plugIn('1003');
    const call = ann.dial('1002');
    (await bob.calls.next()).divert('1003');
    await call.until('up');
    await call.hangup();
    expect(await ended(3)).toEqual(['1001 out answered 1002', '1002 in missed 1001', '1003 in answered 1001']);
  });

  test('a call to an extension with two phones', async () => {
    const ann = await plugIn('1001');
    const desk = await plugIn('1005', { behaviour: 'ring' });
    await plugIn('1005-2', { secret: 'pw1005' });
    await (await ann.call('1005')).hangup();
    expect(await ended(2)).toEqual(['1001 out answered 1005', '1005 in answered 1001']);
    house.told.take();
    await desk.unregister();
    await (await ann.call('1005')).hangup();
    expect(await ended(2)).toEqual(['1001 out answered 1005', '1005 in answered 1001']);
  });

  test('a group, whose phones are called directly, over Local channels, and by a queue', async () => {
    const ann = await plugIn('1001');
    await plugIn('1002', { behaviour: 'ring' });
    const cid = await plugIn('1003');
    const answeredBy1003 = ['1002 in missed cancelled 1001', '1003 in answered 1001'];
    await (await ann.call('650')).hangup();
    expect(await ended(3)).toEqual(['1001 out answered 650', ...answeredBy1003]);
    house.told.take();
    await (await ann.call('651')).hangup();
    expect(await ended(4)).toEqual(['1001 out answered 651', ...answeredBy1003, '1006 in missed unregistered 1001']);
    house.told.take();
    cid.behaviour = 'ring';
    const call = ann.dial('654');
    await cid.calls.next();
    (await cid.calls.next(({ state }) => state === 'ringing')).answer();
    await call.until('up');
    await call.hangup();
    expect(await ended(3)).toEqual(['1001 out answered 654', ...answeredBy1003]);
  });

  test('feature codes and numbers that there are not make no entry, applications do', async () => {
    const ann = await plugIn('1001');
    await ann.feature('*78');
    await ann.feature('*79');
    await ann.call('99999');
    const conference = await ann.call('655');
    await conference.hangup();
    expect(await ended(1)).toEqual(['1001 out answered 655']);
    house.told.take();
    await (await ann.call('600')).hangup();
    expect(await ended(1)).toEqual(['1001 out answered 600']);
  });

  test('a call from outside with the name it came with, and one that does not show its number', async () => {
    const trunk = await plugIn('trunk', overTrunk);
    await plugIn('1002');
    trunk.shows = { name: 'Outside & Co', number: '+442079460000' };
    await (await trunk.call('656')).hangup();
    expect(await ended(1)).toEqual(['1002 in answered +442079460000']);
    expect(house.told.entries[0]?.presented).toBe('Outside & Co');
    house.told.take();
    await (await trunk.call('1002', withheld('+442079460000'))).hangup();
    expect(await ended(1)).toEqual(['1002 in answered (withheld)']);
    expect(house.told.entries[0]?.presented).toBeUndefined();
    house.told.take();
    await trunk.call('1006');
    expect(await ended(1)).toEqual(['1006 in missed unregistered +442079460000']);
  });

  test('the name of a colleague is never taken from the PBX', async () => {
    const ann = await plugIn('1001');
    await plugIn('1002');
    await (await ann.call('656')).hangup();
    expect(await ended(2)).toEqual(['1001 out answered 656', '1002 in answered 1001']);
    expect(house.told.entries.map(({ presented }) => presented)).toEqual([undefined, undefined]);
  });

  test('a call that is handed over without asking, by either side', async () => {
    const [ann, bob, cid] = [await plugIn('1001'), await plugIn('1002'), await plugIn('1003')];
    const call = await ann.call('1002');
    await joined(2);
    const first = await bob.calls.next();
    await first.transfer('1003');
    await (await cid.calls.next()).until('up');
    await first.hangup();
    await joined(2);
    await call.hangup();
    expect(await ended(3)).toEqual(['1001 out answered 1002', '1002 in answered 1001', '1003 in answered 1001']);
    house.told.take();
    const second = await ann.call('1002');
    await joined(2);
    const atBob = await bob.calls.next();
    await second.transfer('1003');
    await (await cid.calls.next()).until('up');
    await second.hangup();
    await joined(2);
    await atBob.hangup();
    expect(await ended(3)).toEqual(['1001 out answered 1002', '1002 in answered 1001', '1003 in answered 1002']);
  });

  test('a call that is handed over after asking is two calls', async () => {
    const [ann, bob] = [await plugIn('1001'), await plugIn('1002')];
    await plugIn('1003');
    const call = await ann.call('1002');
    const atBob = await bob.calls.next();
    await atBob.hold();
    const asking = await bob.call('1003');
    await joined(4);
    await atBob.transfer(asking);
    await Promise.all([atBob.hangup(), asking.hangup()]);
    await call.hangup();
    expect(await ended(4)).toEqual([
      '1001 out answered 1002',
      '1002 in answered 1001',
      '1002 out answered 1003',
      '1003 in answered 1002',
    ]);
  });

  test('a call that a colleague takes from the phone that rings', async () => {
    const [ann, bob, cid] = [await plugIn('1001'), await plugIn('1002', { behaviour: 'ring' }), await plugIn('1003')];
    const call = ann.dial('1002');
    await ringing(bob);
    cid.dial('*81002');
    await call.until('up');
    await call.hangup();
    expect(await ended(3)).toEqual([
      '1001 out answered 1002',
      '1002 in missed cancelled 1001',
      '1003 in answered 1001',
    ]);
  });

  test('a call that the daemon made is a call of the one who had it made', async () => {
    const ann = await plugIn('1001', { behaviour: 'ring' });
    const bob = await plugIn('1002', { behaviour: 'ring' });
    const done = order(house, admin, 'rollcall-1', 'PJSIP/1001');
    (await ann.calls.next()).answer();
    (await ringing(bob)).answer();
    await done;
    await house.told.until('talking', () => house.told.open[0]?.state === 'talking');
    await ann.active[0]?.hangup();
    expect(await ended(2)).toEqual(['1001 out answered 1002', '1002 in answered 1001']);
    expect(house.told.states()).toEqual(['phone', 'calling', 'ringing', 'talking']);
  });

  test.each([
    ['busy', ['1001 out failed phone_busy 1002']],
    ['decline', ['1001 out cancelled phone_declined 1002']],
    ['ring', ['1001 out cancelled phone_no_answer 1002']],
  ] as const)('a call that the daemon made ends at its own phone: %s', async (behaviour, entries) => {
    await plugIn('1001', { behaviour });
    await order(house, admin, `rollcall-own-${behaviour}`, 'PJSIP/1001');
    expect(await ended(1)).toEqual(entries);
    expect(house.told.states()).toEqual(['phone']);
  });

  test.each([
    ['busy', ['1001 out busy 1002', '1002 in missed busy 1001']],
    ['decline', ['1001 out no_answer 1002', '1002 in missed declined 1001']],
    ['ring', ['1001 out no_answer 1002', '1002 in missed no_answer 1001']],
  ] as const)('a call that the daemon made ends at the number: %s', async (behaviour, entries) => {
    await plugIn('1001');
    await plugIn('1002', { behaviour });
    await order(house, admin, `rollcall-far-${behaviour}`, 'PJSIP/1001');
    expect(await ended(2)).toEqual(entries);
  });

  test('a call that the daemon made to an extension without a phone', async () => {
    await plugIn('1001');
    await order(house, admin, 'rollcall-far-none', 'PJSIP/1001', '1001', '1006');
    expect(await ended(2)).toEqual(['1001 out failed 1006', '1006 in missed unregistered 1001']);
  });

  test('a call that the daemon made over a Local channel to all phones of an extension', async () => {
    const desk = await plugIn('1005');
    await plugIn('1005-2', { secret: 'pw1005', behaviour: 'ring' });
    const bob = await plugIn('1002');
    await order(house, admin, 'rollcall-all', 'Local/1005@internal/n', '1005');
    await (await bob.calls.next()).until('up');
    await house.told.until('talking', () => house.told.open[0]?.state === 'talking');
    await desk.active[0]?.hangup();
    expect(await ended(2)).toEqual(['1002 in answered 1005', '1005 out answered 1002']);
    expect(house.told.states()).toEqual(['phone', 'calling', 'ringing', 'talking']);
  });

  test.each([
    ['1002', ['1002 in answered 1005', '1005 out answered 1002']],
    ['600', ['1005 out answered 600']],
  ] as const)('a call to %s that the dialer made with all phones of an extension', async (number, entries) => {
    const desk = await plugIn('1005');
    await plugIn('1005-2', { secret: 'pw1005', behaviour: 'ring' });
    await plugIn('1002');
    await house.facts.shows('1005', { line: 'idle' });
    const call = { id: `rollcall-dialer-${number}`, owner: '1005', number, at: Date.now() };
    house.calls.expect(call);
    const dialer = openDialer({ ...house, phones: house.pbx.phones, context: '', clock: systemClock, report });
    await dialer.dial({ call, dialString: number, name: 'Eve', ringSeconds: 5 });
    const atDesk = await desk.calls.next();
    if (number === '1002') await house.told.until('talking', () => house.told.open[0]?.state === 'talking');
    if (number === '600') await house.told.until('taken', () => house.told.open[0]?.state === 'calling');
    await atDesk.hangup();
    expect(await ended(entries.length)).toEqual(entries);
    dialer.stop();
  });

  test('a call that the PBX did not make', async () => {
    const refused = order(house, admin, 'rollcall-none', 'PJSIP/1006');
    expect((await refused)['Response']).toBe('Failure');
    house.calls.giveUp('rollcall-none', 'phone_unreachable');
    expect(await ended(1)).toEqual(['1001 out failed phone_unreachable 1002']);
  });

  test('a call goes on while the link is cut and while the daemon restarts, and is one call', async () => {
    const proxy = await TcpProxy.to(lab().amiPort);
    opened.push({ stop: () => void proxy.close() });
    const near = await open(proxy.port);
    const [ann] = [await plugIn('1001'), await plugIn('1002')];
    const call = await ann.call('1002');
    await near.told.until('talking', () => near.told.open[0]?.state === 'talking');
    const before = near.told.open[0]?.answeredAt;
    near.told.take();
    proxy.cut();
    await near.told.came('away');
    await near.told.came('watching');
    expect(near.told.open.map(({ state, answeredAt }) => [state, answeredAt])).toEqual([['talking', before]]);
    const after = await open(lab().amiPort, JSON.parse(JSON.stringify(near.told.open)));
    await call.hangup();
    const entries = ['1001 out answered 1002', '1002 in answered 1001'];
    expect(await ended(2, near)).toEqual(entries);
    expect(await ended(2, after)).toEqual(entries);
    expect(after.told.entries.map((entry) => entry.call)).toEqual(near.told.entries.map((entry) => entry.call));
    expect(after.told.entries.map(({ at }) => at)).toEqual(near.told.entries.map(({ at }) => at));
  });

  test('calls that go on are known to a daemon that has never seen them', async () => {
    const [ann, bob] = [await plugIn('1001'), await plugIn('1002', { behaviour: 'ring' })];
    const trunk = await plugIn('trunk', overTrunk);
    trunk.shows = { name: 'Outside & Co', number: '+442079460000' };
    await plugIn('1003');
    const call = await ann.call('651');
    const fromOutside = await trunk.call('1003');
    const late = await open();
    await late.told.until('both calls', () => late.told.open.length === 2);
    expect(late.told.open.map(({ state }) => state)).toEqual(['talking', 'talking']);
    await call.hangup();
    await fromOutside.hangup();
    expect(bob.active).toEqual([]);
    const entries = await ended(3, late);
    expect(entries.filter((entry) => !entry.includes('missed'))).toEqual(
      await ended(3).then((all) => all.filter((entry) => !entry.includes('missed'))),
    );
  });

  test('calls that ended while nobody watched are ended, once', async () => {
    const proxy = await TcpProxy.to(lab().amiPort);
    opened.push({ stop: () => void proxy.close() });
    const near = await open(proxy.port);
    const ann = await plugIn('1001');
    await plugIn('1002');
    const call = await ann.call('1002');
    await near.told.until('talking', () => near.told.open[0]?.state === 'talking');
    near.told.take();
    const restored = JSON.parse(JSON.stringify(near.told.open));
    await proxy.refuse();
    await near.told.came('away');
    await call.hangup();
    await ended(2);
    await proxy.accept();
    await near.told.came('watching');
    const entries = ['1001 out answered 1002', '1002 in answered 1001'];
    expect(await ended(2, near)).toEqual(entries);
    expect(await ended(2, await open(lab().amiPort, restored))).toEqual(entries);
  });

  test('leaves no call behind when Asterisk is killed in the middle of it', async () => {
    const [ann, bob, cid] = [await plugIn('1001'), await plugIn('1002'), await plugIn('1003', { behaviour: 'ring' })];
    await ann.call('1002');
    bob.dial('1003');
    await cid.calls.next();
    const there = (state: string) => house.told.open.some((call) => call.state === state);
    await house.told.until('both calls', () => there('talking') && there('ringing'));
    house.told.take();
    await lab().kill();
    await house.told.came('away');
    await lab().boot();
    await house.told.until('watching', () => house.told.news.at(-1)?.kind === 'watching', 20_000);
    expect(house.told.open).toEqual([]);
    expect(house.told.entries.map(entryInWords).sort()).toEqual([
      '1001 out answered 1002',
      '1002 in answered 1001',
      '1002 out failed 1003',
      '1003 in missed 1002',
    ]);
  }, 40_000);
});

function report(): void {}

function connect(asterisk: Asterisk, port: number, restored: readonly OpenCall[]): House {
  const { username, secret } = asterisk.users.daemon;
  const clock = systemClock;
  const link = openLink({ host: asterisk.host, port, username, secret }, { clock, report, random: Math.random });
  const settings = { ...paperSettings, dnd: { ...paperSettings.dnd, poll: 1 } };
  const pbx = openPbx({ link, settings, clock, report });
  const calls = openCallWatch({ link, phones: pbx.phones, clock, report });
  const told = new CallsWatch(calls);
  const facts = new FactsWatch(pbx);
  calls.restore(restored);
  calls.start();
  pbx.start();
  link.start();
  return { link, pbx, calls, told, facts };
}

function close({ link, pbx, calls }: House): void {
  calls.stop();
  pbx.stop();
  link.stop();
}

/** Has the PBX call the phone and then a number, as the daemon does; resolves with the PBX's word on the phone. */
function order({ calls }: House, admin: LabAmi, id: string, channel: string, owner = '1001', number = '1002') {
  calls.expect({ id, owner, number, at: Date.now() });
  return admin.originate({
    ...{ Channel: channel, Context: 'internal', Exten: number, Priority: '1', Timeout: '2000' },
    ...{ ChannelId: id, CallerID: `"User" <${owner}>` },
  });
}
