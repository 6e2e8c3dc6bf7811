// Calls that the daemon has a real Asterisk make, as the shipped AMI user, seen from the phones and from another AMI connection.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AmiLink, openLink } from '../../../src/pbx/ami/link.ts';
import { type Dialer, openDialer } from '../../../src/pbx/calls/dialer.ts';
import { type AsteriskPbx, openPbx } from '../../../src/pbx/pbx.ts';
import { systemClock } from '../../../src/service/clock.ts';
import { type LabAmi, type LabMessage, openAmi } from '../../lab/ami.ts';
import type { Asterisk, LabExtension } from '../../lab/asterisk.ts';
import type { Call } from '../../lab/phone.ts';
import { labVersions, withAsterisk, withPhones } from '../../lab/with-asterisk.ts';
import { outcome } from '../../support/contacts-house.ts';
import { FactsWatch } from '../../support/facts-watch.ts';
import { FakeCalls } from '../../support/fake-calls.ts';
import { paperSettings } from '../../support/paper-pbx.ts';

const extensions: readonly LabExtension[] = [
  { number: '1001', name: 'Ann Lee' },
  { number: '1002', name: 'Bob' },
  { number: '1003' },
  { number: '200', name: 'Two Phones', context: 'office', devices: ['PJSIP/200', 'PJSIP/200-2', 'IAX2/200'] },
  { number: '300', name: 'Own Number' },
];

const NOBODY = { name: '', number: '' };
/** With a caller ID of its own, as endpoints have that call by a trunk. */
const ownNumber = `
[300](+)
callerid = "House" <02079460000>
`;
const dialplan = `
[office](+)
exten => 1002,1,Dial(PJSIP/1002,20)
exten => +442079460000,1,Dial(PJSIP/1002,20)
[elsewhere]
exten => 1002,1,Dial(PJSIP/1003,20)
[secret]
exten => 999,1,Answer()
 same => n,Wait(20)
[default]
exten => 999,1,Goto(secret,999,1)
`;

interface House {
  readonly link: AmiLink;
  readonly pbx: AsteriskPbx;
  readonly watch: FactsWatch;
  readonly calls: FakeCalls;
  readonly dialer: Dialer;
}

let ids = 0;

function open(asterisk: Asterisk, context = ''): House {
  const { username, secret } = asterisk.users.daemon;
  const report = () => {};
  const settings = { host: asterisk.host, port: asterisk.amiPort, username, secret };
  const link = openLink(settings, { clock: systemClock, report, random: Math.random });
  const pbx = openPbx({ link, settings: paperSettings, clock: systemClock, report });
  const watch = new FactsWatch(pbx);
  const calls = new FakeCalls();
  const dialer = openDialer({ link, phones: pbx.phones, calls, context, clock: systemClock, report });
  pbx.start();
  link.start();
  return { link, pbx, watch, calls, dialer };
}

describe.each(labVersions)('The dialer on Asterisk %s', (version) => {
  const lab = withAsterisk({ version, extensions, ring: 10, dialplan, files: { 'pjsip_extra.conf': ownNumber } });
  const plugIn = withPhones(lab);
  const houses: House[] = [];
  let admin: LabAmi;

  beforeEach(async () => {
    admin = await openAmi(lab());
  });

  afterEach(() => {
    for (const { dialer, pbx, link } of houses.splice(0)) {
      dialer.stop();
      pbx.stop();
      link.stop();
    }
    admin.close();
  });

  /** The dialer when it knows that these extensions have phones. */
  const connect = async (withPhone: readonly string[], context = '') => {
    const house = open(lab(), context);
    houses.push(house);
    await house.watch.until('a snapshot', () => house.watch.connected);
    for (const number of withPhone) await house.watch.shows(number, { line: 'idle' });
    ids += 1;
    const id = `rollcall-${version}-${ids}`;
    const dial = (owner: string, dialString: string, { name = '', ringSeconds = 20 } = {}) =>
      house.dialer.dial({ call: { id, owner, number: dialString, at: 0 }, dialString, name, ringSeconds });
    /** The next event of a channel of this call. */
    const next = (event: string, more: LabMessage = {}) => admin.next({ Event: event, Linkedid: id, ...more });
    return { ...house, id, dial, next };
  };
  const answered = async (call: Call) => {
    call.answer();
    await call.until('up');
  };

  test('rings the phone, then the number; each side shows the other', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the dialplan's way to write a variable
    const name = 'Ann "A" Lee, (Sales) [x] ${EXTEN}';
    const ann = await plugIn('1001', { behaviour: 'ring' });
    const bob = await plugIn('1002', { behaviour: 'ring' });
    const { dial, id, dialer, next } = await connect(['1001', '1002']);
    expect(['1001', '1002', '1003', '4711'].map((number) => dialer.hasPhone(number))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    const began = admin.next({ Event: 'Newchannel', Uniqueid: id });
    await dial('1001', '1002', { name });
    expect((await began)['Linkedid']).toBe(id);
    const own = await ann.calls.next();
    expect(own.caller).toEqual({ name: '', number: '1002' });
    expect(bob.calls.items).toEqual([]);
    await answered(own);
    const far = await bob.calls.next();
    expect(far.caller).toEqual({ name, number: '1001' });
    const joined = next('BridgeEnter', { Uniqueid: id });
    await answered(far);
    await joined;
    await far.hangup();
    await own.until('ended');
  });

  test('leaves a caller ID of its own to a phone that has one', async () => {
    const phone = await plugIn('300', { behaviour: 'ring' });
    const bob = await plugIn('1002', { behaviour: 'ring' });
    const { dial } = await connect(['300']);
    await dial('300', '1002', { name: 'Somebody Else' });
    await answered(await phone.calls.next());
    expect((await bob.calls.next()).caller).toEqual({ name: 'House', number: '02079460000' });
  });

  test('calls in the context of the settings', async () => {
    const ann = await plugIn('1001', { behaviour: 'ring' });
    const third = await plugIn('1003', { behaviour: 'ring' });
    const { dial } = await connect(['1001'], 'elsewhere');
    await dial('1001', '1002');
    await answered(await ann.calls.next());
    expect((await third.calls.next()).caller?.number).toBe('1001');
  });

  test('rings all phones of an extension that are there, and the one that is answered calls', async () => {
    const first = await plugIn('200', { behaviour: 'ring' });
    const again = await plugIn('200', { behaviour: 'ring' });
    const other = await plugIn('200-2', { behaviour: 'ring', secret: 'pw200' });
    const bob = await plugIn('1002', { behaviour: 'ring' });
    const { dial, id, next } = await connect(['200']);
    const began = admin.next({ Event: 'Newchannel', Uniqueid: id });
    await dial('200', '1002', { name: 'Zoë, (Two)' });
    expect((await began)['Linkedid']).toBe(id);
    const calls = await Promise.all([first.calls.next(), again.calls.next(), other.calls.next()]);
    expect(calls.map((call) => call.caller)).toEqual(Array(3).fill({ ...NOBODY, number: '1002' }));
    const taken = admin.next({ Event: 'DialEnd', DestUniqueid: id });
    const called = admin.next(({ Event, DestChannel, Linkedid }) => {
      return Event === 'DialBegin' && Linkedid === id && DestChannel?.startsWith('PJSIP/1002-') === true;
    });
    await answered(calls[2] as Call);
    expect((await taken)['DialStatus']).toBe('ANSWER');
    await Promise.all([calls[0]?.until('ended'), calls[1]?.until('ended')]);
    const far = await bob.calls.next();
    expect(far.caller).toEqual({ name: 'Zoë, (Two)', number: '200' });
    const { Channel, DestLinkedid } = await called;
    expect([Channel?.replace(/-[^-]*$/, ''), DestLinkedid]).toEqual(['PJSIP/200-2', id]);
    const record = admin.next({ Event: 'Cdr', Source: '200' });
    const joined = next('BridgeEnter', { CallerIDNum: '200' });
    await answered(far);
    await joined;
    await far.hangup();
    await calls[2]?.until('ended');
    expect(await record).toMatchObject({ Destination: '1002', Disposition: 'ANSWERED' });
    expect(admin.seen(({ Event, Channel: of }) => Event === 'Cdr' && of?.startsWith('Local/') === true)).toEqual([]);
  });

  // the first are read by Dial as a device each, the last by a function of the dialplan as where its text is to begin
  test.each(['<sip:x&Local/999@secret>', '<sip:x&PJSIP/1003/sip:1003@secret>', '<sip:Local/999)y:14@secret>'])(
    'calls no device that a phone has written into its contact: %s',
    async (contact) => {
      const first = await plugIn('200', { behaviour: 'ring' });
      await plugIn('1003', { behaviour: 'ring' });
      await plugIn('200', { contact });
      const bob = await plugIn('1002', { behaviour: 'ring' });
      const { dial, id, next } = await connect(['200', '1003']);
      await dial('200', '1002');
      await answered(await first.calls.next());
      const far = await bob.calls.next();
      const joined = next('BridgeEnter', { CallerIDNum: '200' });
      await answered(far);
      await joined;
      const called = admin.seen(({ Event, Linkedid }) => Event === 'Newchannel' && Linkedid === id);
      const devices = called.map(({ Channel = '' }) => Channel.replace(/-[^-]*$/, ''));
      expect([...new Set(devices)].sort()).toEqual(['Local/s@rollcall-dial', 'PJSIP/1002', 'PJSIP/200']);
    },
  );

  test('rings one of them by itself where the dialplan lacks the context', async () => {
    const shipped = await lab().cli('dialplan remove context rollcall-dial');
    expect(shipped).toContain('rollcall-dial');
    try {
      const first = await plugIn('200', { behaviour: 'ring' });
      await plugIn('200-2', { behaviour: 'ring', secret: 'pw200' });
      const bob = await plugIn('1002', { behaviour: 'ring' });
      const { dial } = await connect(['200']);
      await dial('200', '+442079460000');
      await answered(await first.calls.next());
      expect((await bob.calls.next()).caller?.number).toBe('200');
    } finally {
      await lab().reload('pbx_config.so');
    }
  });

  test.each([
    ['busy', '17'],
    ['decline', '21'],
  ] as const)('lets the watchers know that the own phones are %s', async (behaviour, cause) => {
    const ann = await plugIn('1001', { behaviour });
    const bob = await plugIn('1002', { behaviour: 'ring' });
    const { dial, id, calls } = await connect(['1001']);
    const over = admin.next({ Event: 'Hangup', Uniqueid: id });
    const answer = admin.next({ Event: 'OriginateResponse' });
    await dial('1001', '1002');
    expect((await over)['Cause']).toBe(cause);
    expect((await answer)['Response']).toBe('Failure');
    expect([ann.calls.items.length, bob.calls.items.length, calls.givenUp]).toEqual([1, 0, []]);
  });

  test.each([
    ['busy', '17'],
    ['decline', '21'],
  ] as const)('lets the watchers know that all of several phones are %s', async (behaviour, cause) => {
    await plugIn('200', { behaviour });
    await plugIn('200-2', { behaviour, secret: 'pw200' });
    const { dial, id, next, calls } = await connect(['200']);
    const over = admin.next({ Event: 'Hangup', Uniqueid: id });
    const phone = next('Hangup', { CallerIDNum: '200', Cause: cause });
    await dial('200', '1002');
    await phone;
    await over;
    expect(calls.givenUp).toEqual([]);
  });

  test.each(['1001', '200'])('stops ringing the phones of %s when nobody takes the call', async (owner) => {
    const phone = await plugIn(owner, { behaviour: 'ring' });
    if (owner === '200') await plugIn('200-2', { behaviour: 'ring', secret: 'pw200' });
    const bob = await plugIn('1002', { behaviour: 'ring' });
    const { dial } = await connect([owner]);
    await dial(owner, '1002', { ringSeconds: 1 });
    const own = await phone.calls.next();
    await own.until('ended');
    expect(bob.calls.items).toEqual([]);
  });

  test('refuses without a phone, and a number that the dialplan does not have', async () => {
    const { dial, dialer } = await connect([]);
    expect(dialer.hasPhone('1001')).toBe(false);
    expect(await outcome(dial('1001', '1002'))).toEqual({ refused: 'conflict', reason: 'no_phone' });
    await plugIn('1001', { behaviour: 'ring' });
    expect(await outcome(dial('1001', '4711'))).toEqual({ refused: 'forbidden', reason: 'not_allowed' });
    await plugIn('200', { behaviour: 'ring' });
    await plugIn('200-2', { behaviour: 'ring', secret: 'pw200' });
    expect(await outcome(dial('200', '4711'))).toEqual({ refused: 'forbidden', reason: 'not_allowed' });
  });
});
