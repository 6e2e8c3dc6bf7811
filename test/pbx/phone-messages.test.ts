import { describe, expect, test } from 'vitest';
import { AmiError } from '../../src/pbx/ami/link-port.ts';
import type { AmiMessage } from '../../src/pbx/ami/message.ts';
import { pieces } from '../../src/pbx/phone-message-pieces.ts';
import { openPhoneMessages } from '../../src/pbx/phone-messages.ts';
import type { WrittenMessage } from '../../src/service/messages-port.ts';
import type { ReportFields } from '../../src/service/report.ts';
import { turn } from '../support/board-house.ts';
import { FakeLink } from '../support/fake-link.ts';
import { freshFacts } from '../support/fake-pbx.ts';
import { HandClock } from '../support/hand-clock.ts';

const b64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64');

/** Devices by extension. */
const HINTS: Readonly<Record<string, readonly string[]>> = {
  '1001': ['PJSIP/1001'],
  '1002': ['PJSIP/1002', 'PJSIP/1002-2'],
  '1003': ['SIP/1003', 'DAHDI/3'],
  '1004': ['PJSIP/shared'],
  '1005': ['PJSIP/shared'],
  '1006': ['PJSIP/odd/name', 'PJSIP/a b'],
};

function openHouse(domain = '') {
  const link = new FakeLink();
  const clock = new HandClock();
  const reports: [string, ReportFields | undefined][] = [];
  const lines = new Map<string, 'idle' | 'unavailable'>();
  const phones = {
    isKnown: true,
    extensionsOf: (device: string) => Object.keys(HINTS).filter((number) => HINTS[number]?.includes(device)),
    phonesOf: (number: string) => HINTS[number] ?? [],
    contextOf: () => 'internal',
    isBlocked: async () => false,
    facts: (number: string) =>
      HINTS[number] ? { ...freshFacts(number), line: lines.get(number) ?? ('idle' as const) } : undefined,
  };
  const report = (event: string, fields?: ReportFields) => void reports.push([event, fields]);
  const messages = openPhoneMessages({ link, phones, domain, clock, report });
  const written: WrittenMessage[] = [];
  let takes = true;
  messages.subscribe(async (message) => {
    written.push(message);
    return takes;
  });
  messages.start();
  link.answer('MessageSend', () => [{ response: 'Success' }]);
  link.up();
  const refuse = () => {
    takes = false;
  };
  return { link, clock, reports, lines, messages, written, refuse };
}

/** As [rollcall-written] tells it; header names as asterisk-manager gives them. */
function event(fields: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    privilege: 'user,all',
    channel: 'Message/ast_msg_queue',
    context: 'rollcall-written',
    exten: 's',
    userevent: 'RollcallMessage',
    rollcallendpoint: '1001',
    rollcallsender: b64('<sip>'),
    rollcallto: b64('1002'),
    rollcallhost: b64('pjsip:1002@pbx.example.com'),
    rollcalllength: '2',
    rollcallbody: b64('hi'),
    ...fields,
  };
}

const to1002 = { from: '1001', fromName: 'Ann', to: '1002', text: 'hi' };

async function settle(): Promise<void> {
  for (let n = 0; n < 20; n++) await turn();
}

describe('A message to an extension', () => {
  test('goes to each of its PJSIP phones, in Base64, from the number of the sender', async () => {
    const { link, messages } = openHouse();
    expect(await messages.send({ ...to1002, text: 'Zeile 1\r\nд\u{1f600}' })).toBe(true);
    const action = { Action: 'MessageSend', From: '1001', Base64Body: b64('Zeile 1\r\nд\u{1f600}') };
    expect(link.actions).toEqual([
      { ...action, To: 'pjsip:1002' },
      { ...action, To: 'pjsip:1002-2' },
    ]);
  });

  test('shows the sender’s name at a phone that has said by what host it knows Asterisk', async () => {
    const { link, messages } = openHouse();
    link.emit('UserEvent', event());
    await messages.send({ from: '1002', fromName: 'Zoë "Z" \\ <x>\r\nFrom: y', to: '1001', text: 'hi' });
    expect(link.sent('MessageSend').map(({ From }) => From)).toEqual([
      '"Zoë \\"Z\\" \\\\ <x> From: y" <sip:1002@pbx.example.com>',
    ]);
    link.emit('UserEvent', event({ rollcallhost: b64('pjsip:1002@evil>\r\nX: y') }));
    await messages.send({ from: '1002', fromName: '', to: '1001', text: 'hi' });
    expect(link.sent('MessageSend').at(-1)?.['From']).toBe('<sip:1002@pbx.example.com>');
  });

  test('shows the sender’s name from the beginning where the settings name the host', async () => {
    const { link, messages } = openHouse('pbx.example.org');
    await messages.send({ ...to1002, to: '1001' });
    expect(link.sent('MessageSend').map(({ From }) => From)).toEqual(['"Ann" <sip:1001@pbx.example.org>']);
  });

  test('is not sent where there is no registered PJSIP phone, no link, or a sender that is no number', async () => {
    const { link, messages, lines } = openHouse();
    lines.set('1002', 'unavailable');
    for (const to of ['1002', '1003', '1006', '4711'])
      expect([to, await messages.send({ ...to1002, to })]).toEqual([to, false]);
    expect(await messages.send({ ...to1002, to: '1001', from: '1>\r\nX: y' })).toBe(false);
    link.down();
    await expect(messages.send(to1002)).rejects.toMatchObject({ code: 'pbx_away' });
    expect(link.actions).toEqual([]);
  });

  test('is taken when one of several phones takes it', async () => {
    const { link, messages } = openHouse();
    link.answer('MessageSend', ({ To }) => {
      if (To === 'pjsip:1002') throw new AmiError('refused', 'Asterisk refused MessageSend: Message failed to send.');
      return [];
    });
    expect(await messages.send(to1002)).toBe(true);
    expect(await messages.send({ ...to1002, to: '1001' })).toBe(true);
    link.answer('MessageSend', () => {
      throw new AmiError('refused', 'Asterisk refused MessageSend: Message failed to send.');
    });
    expect(await messages.send(to1002)).toBe(false);
  });

  test('is taken when one of several phones takes it and another does not answer', async () => {
    const { link, clock, messages } = openHouse();
    const reachable: string[] = [];
    messages.onReachable((extension) => reachable.push(extension));
    for (const silent of ['pjsip:1002-2', 'pjsip:1002']) {
      link.answer('MessageSend', ({ To }) => {
        if (To === silent) throw new AmiError('timeout', 'Asterisk did not answer MessageSend.');
        return [];
      });
      expect([silent, await messages.send(to1002)]).toEqual([silent, true]);
    }
    expect(link.sent('MessageSend').map(({ To }) => To)).toEqual([
      ...['pjsip:1002', 'pjsip:1002-2'],
      ...['pjsip:1002', 'pjsip:1002-2'],
    ]);
    link.up();
    clock.pass(5_000);
    expect(reachable).toEqual([]);
  });

  test('waits when no phone takes it and one does not answer', async () => {
    const { link, clock, messages } = openHouse();
    const reachable: string[] = [];
    messages.onReachable((extension) => reachable.push(extension));
    link.answer('MessageSend', ({ To }) => {
      throw new AmiError(To === 'pjsip:1002' ? 'timeout' : 'refused', 'Asterisk did not take MessageSend.');
    });
    await expect(messages.send(to1002)).rejects.toMatchObject({ code: 'pbx_away' });
    expect(link.sent('MessageSend')).toHaveLength(2);
    link.up();
    clock.pass(5_000);
    expect(reachable).toEqual(['1002']);
  });

  test('is refused once in the log where the manager user may not send any', async () => {
    const { link, messages, reports } = openHouse();
    link.answer('MessageSend', () => {
      throw new AmiError('refused', 'Asterisk refused MessageSend: Permission denied');
    });
    expect([await messages.send(to1002), await messages.send(to1002)]).toEqual([false, false]);
    expect(reports).toEqual([['messages.phone_forbidden', { times: 1 }]]);
  });

  test('in several pieces that each fit a line, which end between words', async () => {
    const { link, messages } = openHouse();
    const text = Array.from({ length: 400 }, (_, n) => `wörd${n}`).join(' ');
    expect(await messages.send({ ...to1002, to: '1001', text })).toBe(true);
    const bodies = link.sent('MessageSend').map(({ Base64Body }) => String(Base64Body));
    for (const body of bodies) expect(body.length).toBeLessThanOrEqual(986);
    const parts = bodies.map((body) => Buffer.from(body, 'base64').toString());
    expect(parts.length).toBe(5);
    expect(parts.join(' ')).toBe(text);
  });

  test.each([
    ['no blanks', 'x'.repeat(4_000)],
    ['emoji alone', '\u{1f600}'.repeat(2_000)],
    ['a family of many joined emoji', '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}'.repeat(400)],
    ['one character with a thousand accents', `e${'\u0301'.repeat(3_000)}`],
    ['lines', 'line of a poem\n'.repeat(200).trim()],
  ])('is cut between characters: %s', (_what, text) => {
    const parts = pieces(text);
    for (const part of parts) {
      expect(Buffer.byteLength(part)).toBeLessThanOrEqual(738);
      expect(part).not.toMatch(/\p{Surrogate}/u);
    }
    expect(parts.join('').replace(/[\n ]/g, '')).toBe(text.replace(/[\n ]/g, ''));
  });
});

describe('An extension whose phone was away', () => {
  test('is told of when the phone is back, and when it is first heard of', () => {
    const { link, messages } = openHouse();
    const reachable: string[] = [];
    messages.onReachable((extension) => reachable.push(extension));
    const change = (device: string, state: string) => link.emit('DeviceStateChange', { device, state });
    change('PJSIP/1002', 'UNAVAILABLE');
    change('PJSIP/4711', 'NOT_INUSE');
    change('SIP/1003', 'NOT_INUSE');
    change('Custom:DND1001', 'NOT_INUSE');
    expect(reachable).toEqual([]);
    for (const state of ['NOT_INUSE', 'RINGING', 'INUSE', 'NOT_INUSE']) change('PJSIP/1002', state);
    change('PJSIP/1001', 'INUSE');
    expect(reachable).toEqual(['1002', '1001']);
    for (const state of ['UNAVAILABLE', 'NOT_INUSE']) change('PJSIP/1002', state);
    link.down();
    link.up();
    change('PJSIP/1001', 'NOT_INUSE');
    expect(reachable).toEqual(['1002', '1001', '1002', '1001']);
  });

  test('is told of a while after the link is up again, if the phone is there', async () => {
    const { link, clock, messages, lines } = openHouse();
    const reachable: string[] = [];
    messages.onReachable((extension) => reachable.push(extension));
    link.down();
    for (const to of ['1001', '1002']) await expect(messages.send({ ...to1002, from: '9', to })).rejects.toThrow();
    lines.set('1001', 'unavailable');
    link.up();
    expect(reachable).toEqual([]);
    clock.pass(5_000);
    expect(reachable).toEqual(['1002']);
  });
});

describe('What is written at a phone', () => {
  test('is told with the extension of the endpoint that the context names, whatever the sender says', async () => {
    const { link, written, reports } = openHouse();
    link.emit('UserEvent', event({ rollcallsender: b64('"x" <sip:1006@x>'), rollcallbody: b64('д\u{1f600}\r\nb') }));
    link.emit('UserEvent', event({ rollcallendpoint: '1002-2', rollcallto: b64('1001') }));
    expect(written).toEqual([
      { from: '1001', to: '1002', text: 'д\u{1f600}\r\nb' },
      { from: '1002', to: '1001', text: 'hi' },
    ]);
    expect(reports).toEqual([]);
  });

  test.each([
    ['<sip:1001@127.0.0.1>', '1001'],
    ['"Ann" <sip:1001@pbx.example.com>', '1001'],
    ['"A \\"q\\" <sip:1002@x> \\\\" <sip:1002-2@[::1]>', '1002'],
    ['<sips:1002@h>', '1002'],
  ])('is told with the extension that %s is, where all endpoints have one context', (sender, from) => {
    const { link, written } = openHouse();
    link.emit('UserEvent', event({ rollcallendpoint: '', rollcallsender: b64(sender) }));
    expect(written).toEqual([{ from, to: '1002', text: 'hi' }]);
  });

  test.each([
    ['<sip>'],
    [''],
    ['"Ann" <sip>'],
    ['"<sip:1001@x>" <sip>'],
    ['"a" <sip:1001@x> <sip:1002@y>'],
    ['<sip:1001@x> junk'],
    ['sip:1001@x'],
    ['<tel:1001>'],
    ['<sip:9999@x>'],
    ['<sip:shared@x>'],
    [`"${'n'.repeat(600)}`],
  ])('is not taken, but reported, where the sender is told as %j', (sender) => {
    const { link, written, reports } = openHouse();
    link.emit('UserEvent', event({ rollcallendpoint: '', rollcallsender: b64(sender) }));
    expect(written).toEqual([]);
    expect(reports).toEqual([['messages.phone_unknown', { times: 1 }]]);
  });

  test.each([
    ['Base64 that is none', { rollcallbody: 'a*b=' }],
    ['Base64 that is cut', { rollcallbody: 'aGk' }],
    ['a text that is no UTF-8', { rollcallbody: b64(Uint8Array.of(0x41, 0xc3, 0x28)) }],
    ['a huge text', { rollcallbody: b64('x'.repeat(100_000)) }],
    ['no text', { rollcallbody: undefined }],
    ['no receiver', { rollcallto: undefined }],
    ['an empty receiver', { rollcallto: '' }],
    ['a receiver that is no number', { rollcallto: b64('1002&1003') }],
    ['a receiver with a line feed', { rollcallto: b64('1002\nInjected') }],
    ['a receiver with a NUL', { rollcallto: b64('1002\0') }],
    ['no endpoint', { rollcallendpoint: undefined }],
    ['an endpoint of odd characters', { rollcallendpoint: '1001 & 1002' }],
    ['another channel', { channel: 'PJSIP/1002-00000001' }],
    ['another context', { context: 'internal' }],
    ['no channel', { channel: undefined }],
    ['no context', { context: undefined }],
  ])('changes nothing and is counted when it has %s', (_what, change) => {
    const { link, written, reports } = openHouse();
    const changed = Object.entries({ ...event(), ...change }).filter(([, value]) => value !== undefined);
    link.emit('UserEvent', Object.fromEntries(changed) as Record<string, string>);
    expect(written).toEqual([]);
    expect(reports).toEqual([['messages.phone_dropped', { times: 1 }]]);
    expect(link.actions).toEqual([]);
  });

  test('is not believed of another program, whose headers come after the name of its event', () => {
    const { link, written, reports } = openHouse();
    const { channel, context, ...rest } = event();
    link.emit('UserEvent', { ...rest, channel: String(channel), context: String(context) });
    link.emit('UserEvent', { context: String(context), ...rest, channel: String(channel) });
    link.emit('UserEvent', { userevent: 'Other', channel: String(channel) });
    expect(written).toEqual([]);
    expect(reports).toEqual([['messages.phone_dropped', { times: 1 }]]);
  });

  test('of more than Asterisk gives on is lost, which the phone is told', async () => {
    const { link, written } = openHouse();
    link.emit('UserEvent', event({ rollcallbody: '', rollcalllength: '1100' }));
    await settle();
    expect(written).toEqual([]);
    expect(link.actions).toEqual([
      {
        ...{ Action: 'MessageSend', To: 'pjsip:1001', From: '<sip:1002@pbx.example.com>' },
        Base64Body: b64('Not delivered: longer than 1,023 bytes.'),
      },
    ]);
  });

  test('and refused is told to the phone, at most once a minute', async () => {
    const { link, clock, refuse } = openHouse();
    refuse();
    for (let n = 0; n < 5; n++) link.emit('UserEvent', event());
    await settle();
    clock.pass(59_999);
    link.emit('UserEvent', event());
    await settle();
    expect(link.actions.map(({ Base64Body }) => Base64Body)).toEqual([b64('Not delivered.')]);
    clock.pass(1);
    link.emit('UserEvent', event());
    await settle();
    expect(link.actions).toHaveLength(2);
  });

  test('beyond five hundred at once is dropped and counted', async () => {
    const { link, messages, reports, written } = openHouse();
    let open = () => {};
    const gate = new Promise<boolean>((resolve) => {
      open = () => resolve(true);
    });
    messages.subscribe(() => gate);
    for (let n = 0; n < 510; n++) link.emit('UserEvent', event());
    expect(written).toHaveLength(500);
    expect(reports).toEqual([['messages.phone_dropped', { times: 1 }]]);
    open();
    await settle();
    link.emit('UserEvent', event());
    expect(written).toHaveLength(501);
  });

  test('is heard no more after the stop', () => {
    const { link, messages, written } = openHouse();
    messages.stop();
    link.emit('UserEvent', event());
    expect(written).toEqual([]);
  });

  test('a header that came twice counts as it came first', () => {
    const { link, written } = openHouse();
    const twice: AmiMessage = { ...event(), rollcallto: [b64('1002'), b64('1001')] };
    link.emit('UserEvent', twice as Record<string, string>);
    expect(written.map(({ to }) => to)).toEqual(['1002']);
  });
});
