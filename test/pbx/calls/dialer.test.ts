import { describe, expect, test } from 'vitest';
import { type ActionFields, AmiError } from '../../../src/pbx/ami/link-port.ts';
import { openDialer } from '../../../src/pbx/calls/dialer.ts';
import { askPhones } from '../../../src/pbx/calls/dialer-phones.ts';
import type { DialOrder } from '../../../src/service/calls-port.ts';
import type { ReportFields } from '../../../src/service/report.ts';
import { outcome } from '../../support/contacts-house.ts';
import { FakeCalls } from '../../support/fake-calls.ts';
import { FakeLink } from '../../support/fake-link.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { PaperPhones } from '../../support/paper-phones.ts';
import { openHouse as openAmiHouse } from '../ami/house.ts';

const ID = 'rollcall-00000000-0001-4000-8000-000000000000';

function order(given: { number?: string; owner?: string; id?: string; name?: string } = {}): DialOrder {
  const { number = '1002', owner = '1001', id = ID, name = 'Ann Lee' } = given;
  return { call: { id, owner, number, at: 0 }, dialString: number, name, ringSeconds: 30 };
}

/** A dialer at a PBX that answers Getvar by this table; what is not in it is refused. */
function openHouse(values: Readonly<Record<string, string>> = {}, { context = '' } = {}) {
  const link = new FakeLink();
  const phones = new PaperPhones();
  const calls = new FakeCalls();
  const clock = new HandClock();
  const reports: [string, ReportFields | undefined][] = [];
  const report = (event: string, fields?: ReportFields) => void reports.push([event, fields]);
  link.answer('Getvar', ({ Variable }) => {
    const value = values[String(Variable)];
    if (value === undefined) throw new AmiError('refused', 'Asterisk refused Getvar');
    return [{ response: 'Success', value }];
  });
  link.answer('Originate', () => [{ response: 'Success', actionid: 'a1' }]);
  phones.put('1001', { phones: ['PJSIP/1001'] });
  const dialer = openDialer({ link, phones, calls, context, clock, report });
  link.up();
  const sent = () => link.sent('Originate');
  const failed = (actionid: string) =>
    link.emit('OriginateResponse', { response: 'Failure', actionid, reason: '0', uniqueid: '<unknown>' });
  return { link, phones, calls, clock, reports, dialer, sent, failed };
}

const ONE_PHONE = {
  'PJSIP_DIAL_CONTACTS(1001)': 'PJSIP/1001/sip:1001@192.0.2.7',
  'PJSIP_ENDPOINT(1001,context)': 'internal',
  'PJSIP_ENDPOINT(1001,callerid)': '"Ann" <1001>',
};
const BY_ITSELF: ActionFields = {
  ...{ Action: 'Originate', ChannelId: ID, Async: 'true', Channel: 'PJSIP/1001' },
  ...{ Context: 'internal', Exten: '1002', Priority: '1', Timeout: '30000' },
  Variable: { 'CONNECTEDLINE(num)': '1002', 'CALLERID(num)': '1001', 'CALLERID(name)': 'Ann Lee' },
};

describe('Whether an extension has a phone', () => {
  test('is said by its line, and by nobody without a link or before the extensions are known', () => {
    const { link, phones, dialer } = openHouse();
    phones.put('1002', { line: 'unavailable' });
    phones.put('1003', { line: 'unknown' });
    phones.put('1004', { line: 'in_use' });
    const answers = () => ['1001', '1002', '1003', '1004', '1005'].map((number) => dialer.hasPhone(number));
    expect(answers()).toEqual([true, false, false, true, false]);
    phones.isKnown = false;
    expect(answers()).toEqual(Array(5).fill(undefined));
    phones.isKnown = true;
    link.down();
    expect(answers()).toEqual(Array(5).fill(undefined));
  });
});

describe('An order for one phone', () => {
  test('rings it by its name, and calls the number in its context as the user', async () => {
    const { dialer, sent } = openHouse(ONE_PHONE);
    await dialer.dial(order());
    expect(sent()).toEqual([BY_ITSELF]);
  });

  test('calls in the context of the settings, else in that of the hint where the PBX does not say', async () => {
    const named = openHouse(ONE_PHONE, { context: 'outgoing' });
    await named.dialer.dial(order());
    expect(named.sent()).toEqual([{ ...BY_ITSELF, Context: 'outgoing' }]);
    const silent = openHouse();
    await silent.dialer.dial(order());
    expect(silent.sent()).toEqual([{ ...BY_ITSELF, Context: 'hints' }]);
    const odd = openHouse({ ...ONE_PHONE, 'PJSIP_ENDPOINT(1001,context)': 'a,b' });
    await odd.dialer.dial(order());
    expect(odd.sent()).toEqual([{ ...BY_ITSELF, Context: 'hints' }]);
  });

  test('leaves a caller ID alone that is another than the extension', async () => {
    const { dialer, sent } = openHouse({ ...ONE_PHONE, 'PJSIP_ENDPOINT(1001,callerid)': 'House <02079460000>' });
    await dialer.dial(order());
    expect(sent()).toEqual([{ ...BY_ITSELF, Variable: { 'CONNECTEDLINE(num)': '1002' } }]);
  });

  test.each(['', '1001'])('gives no name that is none: %j', async (name) => {
    const { dialer, sent } = openHouse(ONE_PHONE);
    await dialer.dial(order({ name }));
    expect(sent()[0]?.Variable).toEqual({ 'CONNECTEDLINE(num)': '1002', 'CALLERID(num)': '1001' });
  });

  test.each([
    ['SIP/1001', { 'SIPPEER(1001,context)': 'sip', 'SIPPEER(1001,callerid_num)': '1001' }, 'sip'],
    ['IAX2/1001', { 'IAXPEER(1001,context)': 'iax', 'IAXPEER(1001,callerid_num)': '' }, 'iax'],
    ['DAHDI/7', {}, 'hints'],
  ])('knows phones of another technology: %s', async (device, values, context) => {
    const { dialer, sent, phones } = openHouse({ ...values, [`DEVICE_STATE(${device})`]: 'NOT_INUSE' });
    phones.put('1001', { phones: [device] });
    await dialer.dial(order());
    expect(sent()).toEqual([{ ...BY_ITSELF, Channel: device, Context: context }]);
  });
});

describe('An order for several phones', () => {
  const TWO = {
    'PJSIP_DIAL_CONTACTS(1001)': 'PJSIP/1001/sip:1001@192.0.2.7',
    'PJSIP_DIAL_CONTACTS(1001-2)': 'PJSIP/1001-2/sip:a@192.0.2.8&PJSIP/1001-2/sip:b@192.0.2.9',
    'DEVICE_STATE(IAX2/1001)': 'UNAVAILABLE',
    'PJSIP_ENDPOINT(1001,context)': 'internal',
    'DIALPLAN_EXISTS(rollcall-dial,s,1)': '1',
  };
  const DEVICES = ['Custom:Door', 'Local/1001@internal', 'PJSIP/1001', 'IAX2/1001', 'PJSIP/1001-2'];

  test('has the dialplan ring those that are there', async () => {
    const { dialer, sent, phones } = openHouse(TWO);
    phones.put('1001', { phones: DEVICES });
    await dialer.dial(order());
    expect(sent()).toEqual([
      {
        ...{ Action: 'Originate', ChannelId: ID, Async: 'true', Channel: 'Local/s@rollcall-dial/n' },
        ...{ Application: 'NoOp', Timeout: '33000' },
        Variable: {
          ...{ 'CDR_PROP(disable)': '1', _ROLLCALL_DIAL_PHONES: 'PJSIP/1001&PJSIP/1001-2' },
          ...{ _ROLLCALL_DIAL_NUMBER: '1002', _ROLLCALL_DIAL_CONTEXT: 'internal', _ROLLCALL_DIAL_RING: '30' },
          ...{ _ROLLCALL_DIAL_FROM: '1001', _ROLLCALL_DIAL_NAME: 'Ann Lee' },
        },
      },
    ]);
  });

  test('rings the first that is there where the dialplan has nothing for that', async () => {
    const { dialer, sent, phones } = openHouse({ ...TWO, 'DIALPLAN_EXISTS(rollcall-dial,s,1)': '0' });
    phones.put('1001', { phones: DEVICES });
    await dialer.dial(order());
    expect(sent()).toEqual([BY_ITSELF]);
  });

  test('rings the only one that is there by itself', async () => {
    const { dialer, sent, phones } = openHouse({ ...TWO, 'PJSIP_DIAL_CONTACTS(1001-2)': '' });
    phones.put('1001', { phones: DEVICES });
    await dialer.dial(order());
    expect(sent()).toEqual([BY_ITSELF]);
  });

  test.each(['Local/999@secret', 'PJSIP/trunk/sip:0900@192.0.2.1', 'PJSIP/1001-3'])(
    'counts nothing that a phone has written into its contact: %s',
    async (written) => {
      const contacts = `PJSIP/1001/sip:1001@192.0.2.7&PJSIP/1001/sips:x&${written}`;
      const count = async (said: string) => {
        const { link, phones } = openHouse({ 'PJSIP_DIAL_CONTACTS(1001)': said });
        return (await askPhones(link, phones, '1001')).count;
      };
      expect([await count(contacts), await count(written)]).toEqual([2, 0]);
    },
  );

  test('is refused when none of them is there', async () => {
    const { dialer, sent } = openHouse({ 'PJSIP_DIAL_CONTACTS(1001)': '' });
    expect(await outcome(dialer.dial(order()))).toEqual({ refused: 'conflict', reason: 'no_phone' });
    expect(sent()).toEqual([]);
  });
});

describe('An order is not sent', () => {
  test.each([
    { number: '1002@internal' },
    { number: '1002,1' },
    { number: '1002&1003' },
    { number: '' },
    { number: '1'.repeat(33) },
    { number: '1002\r\nApplication: System' },
    { number: '١٠٠٢' },
    { owner: '1001,1' },
    { owner: 'a/b' },
    { id: 'rollcall 1' },
    { id: 'x\r\nVariable: A=1' },
  ])('with anything in it that is no number: %j', async (given) => {
    const { dialer, link } = openHouse(ONE_PHONE);
    expect(await outcome(dialer.dial(order(given)))).toEqual({ refused: 'forbidden', reason: 'not_allowed' });
    expect(link.actions).toEqual([]);
  });

  test('without a link', async () => {
    const { dialer, link } = openHouse(ONE_PHONE);
    link.down();
    expect(await outcome(dialer.dial(order()))).toEqual({ refused: 'pbx_away', reason: 'not_sent' });
  });

  test('when the link is lost while the phones are asked for, and then nothing of it is waited for', async () => {
    const { dialer, link, sent, clock } = openHouse(ONE_PHONE);
    const gate = link.gate('Getvar');
    const dialled = outcome(dialer.dial(order()));
    await gate.reached;
    link.down();
    expect(await dialled).toEqual({ refused: 'pbx_away', reason: 'not_sent' });
    expect([sent(), clock.waiting]).toEqual([[], 0]);
  });
});

describe('An order that the PBX does not carry out', () => {
  test('is refused, and the operator hears why, unless the number does not exist', async () => {
    const { dialer, link, reports, calls, clock } = openHouse(ONE_PHONE);
    const refuse = (why: string) =>
      link.answer('Originate', () => {
        throw new AmiError('refused', `Asterisk refused Originate: ${why}`);
      });
    refuse('Extension does not exist.');
    expect(await outcome(dialer.dial(order()))).toEqual({ refused: 'forbidden', reason: 'not_allowed' });
    expect(reports).toEqual([]);
    refuse('Permission denied');
    expect(await outcome(dialer.dial(order()))).toEqual({ refused: 'forbidden', reason: 'not_allowed' });
    const error = 'Asterisk refused Originate: Permission denied';
    expect(reports).toEqual([['dial.refused', { privilege: 'originate', error }]]);
    expect([calls.givenUp, clock.waiting]).toEqual([[], 0]);
  });

  test('because the link is lost may have been taken: it is given up when no channel of it comes', async () => {
    const { dialer, link, calls, clock } = openHouse(ONE_PHONE);
    const gate = link.gate('Originate');
    const dialled = outcome(dialer.dial(order()));
    await gate.reached;
    link.down();
    expect(await dialled).toEqual({ refused: 'pbx_away', reason: 'away' });
    clock.pass(39_000);
    expect(calls.givenUp).toEqual([]);
    clock.pass(1_000);
    expect(calls.givenUp).toEqual([[ID, 'phone_unreachable']]);
  });

  test('after it took it is given up at once when it says so', async () => {
    const { dialer, calls, failed, clock } = openHouse(ONE_PHONE);
    await dialer.dial(order());
    failed('of another program');
    expect(calls.givenUp).toEqual([]);
    failed('a1');
    expect([calls.givenUp, clock.waiting]).toEqual([[[ID, 'phone_unreachable']], 0]);
  });

  test('is given up also when it says so before it has answered', async () => {
    const { dialer, calls, failed, link } = openHouse(ONE_PHONE);
    const gate = link.gate('Originate');
    const dialled = dialer.dial(order());
    await gate.reached;
    failed('a1');
    expect(calls.givenUp).toEqual([]);
    gate.open();
    await dialled;
    expect(calls.givenUp).toEqual([[ID, 'phone_unreachable']]);
  });

  test('is left to those who watch the call as soon as there is a channel of it', async () => {
    const { dialer, calls, failed, link, clock } = openHouse(ONE_PHONE);
    await dialer.dial(order());
    link.emit('Newchannel', { uniqueid: 'another', channel: 'PJSIP/1002-1' });
    expect(clock.waiting).toBe(1);
    link.emit('Newchannel', { uniqueid: ID, channel: 'PJSIP/1001-1' });
    failed('a1');
    clock.pass(100_000);
    expect([calls.givenUp, clock.waiting]).toEqual([[], 0]);
  });

  test('leaves nothing behind when the dialer stops', async () => {
    const { dialer, calls, failed, clock } = openHouse(ONE_PHONE);
    await dialer.dial(order());
    dialer.stop();
    failed('a1');
    expect([calls.givenUp, clock.waiting]).toEqual([[], 0]);
  });

  test('is refused before it is sent when a thousand others wait for a sign', async () => {
    const { dialer, sent } = openHouse(ONE_PHONE);
    for (let n = 0; n < 1_000; n += 1) await dialer.dial(order({ id: `rollcall-${n}` }));
    expect(await outcome(dialer.dial(order()))).toMatchObject({ refused: 'too_many' });
    expect(sent()).toHaveLength(1_000);
  });
});

describe('What goes to the PBX', () => {
  test.each([
    ['A\r\nVariable: X=1\r\n\r\nAction: Originate', 'A Variable: X=1 Action: Originate'],
    ['A\0B\u0007C', 'ABC'],
    ['A, B="C" (D) [E] \\ F', 'A\\, B=\\"C\\" \\(D\\) \\[E\\] \\\\ F'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the dialplan's way to write a variable
    ['${SHELL(id)} | & ; @ /', '${SHELL\\(id\\)} | & ; @ /'],
    ['\u{1f600}'.repeat(100), '\u{1f600}'.repeat(63)],
  ])('has a name in one place only: %j', async (name, written) => {
    const { fake, link, told, close } = await openAmiHouse({ answers: { Getvar: ['Response: Success', 'Value: '] } });
    await told.up();
    const phones = new PaperPhones();
    phones.put('1001', { phones: ['SIP/1001'] });
    const options = { link, phones, calls: new FakeCalls(), context: 'internal', clock: new HandClock() };
    const dialer = openDialer({ ...options, report: () => {} });
    await dialer.dial(order({ name }));
    dialer.stop();
    const { received } = await fake.connection(1);
    const lines = received.slice(received.search(/Action: Originate|action: Originate/)).split('\r\n');
    await close();
    expect(lines.filter((line) => !/^actionid: /i.test(line)).sort()).toEqual(
      [
        ...['Action: Originate', 'Async: true', 'Channel: SIP/1001', `Channelid: ${ID}`, 'Context: internal'],
        ...['Exten: 1002', 'Priority: 1', 'Timeout: 30000', 'Variable: CONNECTEDLINE(num)=1002'],
        ...['Variable: CALLERID(num)=1001', `Variable: CALLERID(name)=${written}`, '', ''],
      ].sort(),
    );
  });
});
