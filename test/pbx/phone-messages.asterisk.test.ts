import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AmiLink, openLink } from '../../src/pbx/ami/link.ts';
import { type AsteriskPbx, openPbx } from '../../src/pbx/pbx.ts';
import { openPhoneMessages, type PhoneMessages } from '../../src/pbx/phone-messages.ts';
import { systemClock } from '../../src/service/clock.ts';
import type { WrittenMessage } from '../../src/service/messages-port.ts';
import { type LabAmi, openAmi } from '../lab/ami.ts';
import type { LabExtension } from '../lab/asterisk.ts';
import { Inbox } from '../lab/inbox.ts';
import { headerOf } from '../lab/sip/message.ts';
import { labVersions, withAsterisk, withPhones } from '../lab/with-asterisk.ts';
import { FactsWatch } from '../support/facts-watch.ts';
import { paperSettings } from '../support/paper-pbx.ts';

const extensions: readonly LabExtension[] = [
  { number: '1001', name: 'Ann' },
  { number: '1002', name: 'Ben' },
  { number: '200', devices: ['PJSIP/200', 'PJSIP/200-2'] },
  { number: '1009', name: 'Shared' },
];

/** In the lab each endpoint has a context of its own; this one has the one for all. */
const files = { 'pjsip_extra.conf': '[1009](+)\nmessage_context = rollcall-messages\n' };

describe.each(labVersions)('Messages at phones on Asterisk %s', (version) => {
  const lab = withAsterisk({ version, extensions, files });
  const plugIn = withPhones(lab);
  let admin: LabAmi;
  let link: AmiLink;
  let pbx: AsteriskPbx;
  let watch: FactsWatch;
  let messages: PhoneMessages;
  let written: Inbox<WrittenMessage>;
  let reachable: Inbox<string>;
  let reports: string[];
  let takes: boolean;

  beforeEach(async () => {
    admin = await openAmi(lab());
    const { username, secret } = lab().users.daemon;
    const report = (event: string) => void reports.push(event);
    [reports, takes] = [[], true];
    [written, reachable] = [new Inbox('message'), new Inbox('extension')];
    const settings = { host: lab().host, port: lab().amiPort, username, secret };
    link = openLink(settings, { clock: systemClock, report, random: Math.random });
    pbx = openPbx({ link, settings: paperSettings, clock: systemClock, report });
    watch = new FactsWatch(pbx);
    messages = openPhoneMessages({ link, phones: pbx.phones, domain: '', clock: systemClock, report });
    messages.subscribe(async (message) => {
      written.push(message);
      return takes;
    });
    messages.onReachable((extension) => reachable.push(extension));
    pbx.start();
    messages.start();
    link.start();
    await watch.until('a snapshot', () => watch.connected);
  });

  afterEach(() => {
    messages.stop();
    pbx.stop();
    link.stop();
    admin.close();
  });

  /** Everything that phones have sent before has been heard. */
  const heard = async () => {
    const marker = new Promise<void>((resolve) => {
      const stop = link.subscribe((event) => {
        if (event.kind !== 'event' || event.message['userevent'] !== 'Sentinel') return;
        stop();
        resolve();
      });
    });
    await admin.userEvent('Sentinel', { X: '1' });
    await marker;
  };

  test('come as they were written, of every extension, in their order', async () => {
    const [ann, two] = [await plugIn('1001'), await plugIn('200-2', { secret: 'pw200' })];
    const text = 'Grüße, "Ben"; \u0024{EPOCH} 100% дa \u{1f600}\r\nline 2\ttab, and \\ back';
    expect(await ann.text('1002', text)).toBe(202);
    expect(await written.next()).toEqual({ from: '1001', to: '1002', text });
    expect(await two.text('1001', 'from the second phone')).toBe(202);
    expect(await written.next()).toEqual({ from: '200', to: '1001', text: 'from the second phone' });
    for (let n = 0; n < 10; n++) await ann.text('1002', `${n}`);
    for (let n = 0; n < 10; n++) expect((await written.next()).text).toBe(`${n}`);
    expect(reports.filter((event) => event.startsWith('messages.'))).toEqual([]);
  });

  test('come up to 1,023 bytes; of longer ones the phone is told that they were not delivered', async () => {
    const ann = await plugIn('1001');
    await watch.shows('1001', { line: 'idle' });
    const most = `${'x'.repeat(1_019)}\u{1f600}`;
    await ann.text('1002', most);
    expect((await written.next()).text).toBe(most);
    expect(await ann.text('1002', `${most}y`)).toBe(202);
    const notice = await ann.texts.next();
    expect([notice.body, headerOf(notice, 'from').replace(/;tag=.*/, '')]).toEqual([
      'Not delivered: longer than 1,023 bytes.',
      '<sip:1002@127.0.0.1>',
    ]);
    expect(written.items).toEqual([]);
  });

  test('that are refused are told to the phone', async () => {
    const ann = await plugIn('1001');
    await watch.shows('1001', { line: 'idle' });
    takes = false;
    await ann.text('4711', 'to nobody');
    expect((await ann.texts.next()).body).toBe('Not delivered.');
    expect(await ann.text('alice', 'to no number')).toBe(404);
  });

  test('cannot be written in the name of another', async () => {
    const ben = await plugIn('1002');
    const forged = `From: "Ann" <sip:1001@127.0.0.1>;tag=1`;
    await ben.text('1001', 'a second From', [forged]);
    expect(await written.next()).toEqual({ from: '1002', to: '1001', text: 'a second From' });
    ben.shows = { name: 'Ann', number: '1001' };
    expect(await ben.text('1001', 'a forged From')).toBe(401);
    ben.shows = { name: '<sip:1001@127.0.0.1>', number: '1002' };
    expect(await ben.text('1001', 'a forged name')).toBe(202);
    expect(await written.next()).toEqual({ from: '1002', to: '1001', text: 'a forged name' });
    await heard();
    expect(written.items).toEqual([]);
  });

  test('from endpoints with one context for all are of the endpoint that Asterisk names, or of nobody', async () => {
    const shared = await plugIn('1009');
    await shared.text('1001', 'plain');
    await shared.text('1001', 'with a second From', ['From: <sip:1001@127.0.0.1>;tag=1']);
    shared.shows = { name: '<sip:1001@127.0.0.1>', number: '1009' };
    await shared.text('1001', 'with a name');
    if (version === '22') {
      for (const text of ['plain', 'with a second From', 'with a name']) {
        expect(await written.next()).toEqual({ from: '1009', to: '1001', text });
      }
      expect(reports).not.toContain('messages.phone_unknown');
      return;
    }
    await heard();
    expect(written.items).toEqual([]);
    expect(reports).toContain('messages.phone_unknown');
  });

  test('cannot be forged by what a phone dials, nor by another AMI user', async () => {
    const ben = await plugIn('1002');
    const odd = '1001%0d%0aRollcallEndpoint%3a%201001%0d%0aRollcallBody%3a%20aGk%3d';
    expect(await ben.text(odd, 'x')).toBe(202);
    await heard();
    expect(reports.splice(0)).toContain('messages.phone_dropped');
    await admin.userEvent('RollcallMessage', {
      Channel: 'Message/ast_msg_queue',
      Context: 'rollcall-written',
      RollcallEndpoint: '1001',
      RollcallSender: 'PHNpcD4=',
      RollcallTo: Buffer.from('1002').toString('base64'),
      RollcallHost: '',
      RollcallLength: '2',
      RollcallBody: 'aGk=',
    });
    await heard();
    expect(written.items).toEqual([]);
    await ben.text('1001', 'and on');
    expect(await written.next()).toEqual({ from: '1002', to: '1001', text: 'and on' });
  });

  test('reach a registered phone, with the name of the sender when the phone’s host is known', async () => {
    const ann = await plugIn('1001');
    await watch.shows('1001', { line: 'idle' });
    const text = 'Grüße\r\nд\u{1f600}';
    const message = { from: '1002', fromName: 'Zoë "Z" <x>, y', to: '1001', text };
    expect(await messages.send(message)).toBe(true);
    const first = await ann.texts.next();
    expect([first.body, headerOf(first, 'content-type')]).toEqual([text, 'text/plain']);
    expect(headerOf(first, 'from').replace(/;tag=.*/, '')).toBe('<sip:1002@127.0.0.1>');
    await ann.text('1002', 'an answer');
    expect((await written.next()).to).toBe('1002');
    expect(await messages.send(message)).toBe(true);
    const second = await ann.texts.next();
    expect(headerOf(second, 'from').replace(/;tag=.*/, '')).toBe('"Zoë \\"Z\\" <x>, y" <sip:1002@127.0.0.1>');
    await heard();
    expect(written.items).toEqual([]);
  });

  test('of 3,000 characters reach it whole, in parts', async () => {
    const ann = await plugIn('1001');
    await watch.shows('1001', { line: 'idle' });
    const text = Array.from({ length: 600 }, (_, n) => String(n).padStart(4, n % 7 ? '0' : 'ö')).join(' ');
    expect(await messages.send({ from: '1002', fromName: 'Ben', to: '1001', text })).toBe(true);
    const parts: string[] = [];
    while (parts.join(' ').length < text.length) parts.push((await ann.texts.next()).body);
    expect(parts.join(' ')).toBe(text);
  });

  test('wait for a phone that is away and are asked for when it is back', async () => {
    const message = { from: '1002', fromName: 'Ben', to: '1001', text: 'later' };
    await watch.shows('1001', { line: 'unavailable' });
    expect(await messages.send(message)).toBe(false);
    const ann = await plugIn('1001');
    expect(await reachable.next()).toBe('1001');
    await watch.shows('1001', { line: 'idle' });
    expect(await messages.send(message)).toBe(true);
    expect((await ann.texts.next()).body).toBe('later');
  });
});
