import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LabAmi, openAmi } from './ami.ts';
import { putFreepbxUsers, readKey } from './astdb.ts';
import type { LabExtension } from './asterisk.ts';
import { openIaxPhone } from './iax-phone.ts';
import { openPhone } from './phone.ts';
import { labVersions, withAsterisk, withPhones } from './with-asterisk.ts';

const people: readonly LabExtension[] = [
  { number: '1001', name: 'Jörg "Jo" Müller; Büro' },
  { number: '1002', name: 'Zoë 😀' },
  { number: '1003' },
  { number: '200', context: 'haus-2', devices: ['PJSIP/200', 'PJSIP/200-2'], secret: 'geheim;1' },
  { number: '400123', context: 'haus-2', tech: 'IAX2', name: 'Iris' },
  { number: '77', tech: 'Custom' },
  { number: '78', noHint: true },
  { number: '1009', hint: 'PJSIP/1002,CustomPresence:1009' },
];

describe.each(labVersions)('Asterisk %s of the lab', (version) => {
  const lab = withAsterisk({ version, extensions: people });
  const plugIn = withPhones(lab);
  let admin: LabAmi;

  beforeAll(async () => {
    admin = await openAmi(lab());
  });
  afterAll(() => admin.close());

  test('is the version asked for and starts without an error', async () => {
    expect(lab().fullVersion.split('.')[0]).toBe(version);
    expect(await lab().cli('core show version')).toContain(`Asterisk ${lab().fullVersion}`);
    expect((await lab().log()).match(/.*\] ERROR\[.*/g)).toBeNull();
  });

  test('has the hints asked for, in their contexts', async () => {
    const items = await admin.list({ Action: 'ExtensionStateList' });
    const hints = items.map(({ Exten, Context, Hint }) => `${Exten}@${Context} ${Hint}`).sort();
    expect(hints).toEqual([
      '1001@internal PJSIP/1001&Custom:DND1001,CustomPresence:1001',
      '1002@internal PJSIP/1002&Custom:DND1002,CustomPresence:1002',
      '1003@internal PJSIP/1003&Custom:DND1003,CustomPresence:1003',
      '1009@internal PJSIP/1002,CustomPresence:1009',
      '200@haus-2 PJSIP/200&PJSIP/200-2&Custom:DND200,CustomPresence:200',
      '400123@haus-2 IAX2/400123&Custom:DND400123,CustomPresence:400123',
      '77@internal Custom:77&Custom:DND77,CustomPresence:77',
    ]);
  });

  test('keeps names with umlauts, emoji, quotes and semicolons', async () => {
    expect(await admin.getvar('PJSIP_ENDPOINT(1001,callerid)')).toBe('"Jörg \\"Jo\\" Müller; Büro" <1001>');
    expect(await admin.getvar('PJSIP_ENDPOINT(1002,callerid)')).toBe('"Zoë 😀" <1002>');
    expect(await admin.getvar('PJSIP_ENDPOINT(200-2,callerid)')).toBe('200');
    await putFreepbxUsers(lab(), [{ number: '1003', cidname: 'Ä "b" \\ 😀', devices: ['1003', '2003'] }]);
    expect(await readKey(lab(), 'AMPUSER', '1003/cidname')).toBe('Ä "b" \\ 😀');
    expect(await admin.dbGet('AMPUSER', '1003/device')).toBe('1003&2003');
    expect(await readKey(lab(), 'AMPUSER', '1004/device')).toBeUndefined();
  });

  test('registers phones with their secret only', async () => {
    const seen = admin.next({ Event: 'DeviceStateChange', Device: 'PJSIP/200-2', State: 'NOT_INUSE' });
    await plugIn('200-2', { secret: 'geheim;1' });
    await seen;
    await expect(openPhone(lab(), '1001', { secret: 'wrong' })).rejects.toThrow('1001 cannot register: SIP/2.0 401');
  });

  test('carries a call from ringing to the end, with hold', async () => {
    const [ann, ben] = [await plugIn('1001'), await plugIn('1002', { behaviour: 'ring' })];
    const call = ann.dial('1002');
    await call.until('ringing');
    const taken = await ben.calls.next();
    expect([call.state, taken.state, taken.number]).toEqual(['ringing', 'ringing', '1001']);
    taken.answer();
    await call.until('up');
    const held = admin.next({ Event: 'DeviceStateChange', Device: 'PJSIP/1002', State: 'ONHOLD' });
    await call.hold();
    await held;
    const back = admin.next({ Event: 'DeviceStateChange', Device: 'PJSIP/1002', State: 'INUSE' });
    await call.unhold();
    await back;
    await taken.hangup();
    await call.until('ended');
    expect([call.status, taken.status]).toEqual([200, 200]);
  });

  test('carries a second call to a busy phone, and its cancelling', async () => {
    const [ann, ben, cem] = [await plugIn('1001'), await plugIn('1002'), await plugIn('1003')];
    const first = await ann.call('1002');
    ben.behaviour = 'ring';
    const waiting = admin.next({ Event: 'DeviceStateChange', Device: 'PJSIP/1002', State: 'RINGINUSE' });
    const second = cem.dial('1002');
    await waiting;
    const knock = await ben.calls.next((call) => call.number === '1003');
    await second.hangup();
    await knock.until('ended');
    expect([first.state, second.status, knock.status]).toEqual(['up', 487, 487]);
    await first.hangup();
  });

  test('tells the caller that a phone is busy, declines or is not there', async () => {
    const ann = await plugIn('1001');
    const ben = await plugIn('1002', { behaviour: 'busy' });
    expect((await ann.call('1002')).status).toBe(486);
    ben.behaviour = 'decline';
    expect((await ann.call('1002')).status).toBe(480);
    expect((await ann.call('1003')).status).toBe(480);
    expect((await ann.call('999')).status).toBe(404);
  });

  test('brings SIP messages and notifications of a hint', async () => {
    const [ann, ben] = [await plugIn('1001'), await plugIn('1002')];
    await ann.subscribe('1002');
    expect((await ann.notifications.next()).body).toContain('<basic>open</basic>');
    const told = admin.next({ Event: 'UserEvent', UserEvent: 'RollcallMessage', RollcallEndpoint: '1001' });
    expect(await ann.text('1002', 'schöner Tag')).toBe(202);
    const Base64Body = (await told)['RollcallBody'] ?? '';
    await admin.succeed({ Action: 'MessageSend', To: 'pjsip:1002', From: '1001', Base64Body });
    expect((await ben.texts.next()).body).toBe('schöner Tag');
  });

  test('carries calls to a phone of another technology than PJSIP', async () => {
    admin.forget();
    const iris = await openIaxPhone(lab(), '400123');
    const caller = await plugIn('200', { secret: 'geheim;1' });
    const call = caller.dial('400123');
    await call.until('ringing');
    const taken = await iris.calls.next();
    taken.answer();
    await call.until('up');
    const idle = admin.next({ Event: 'DeviceStateChange', Device: 'IAX2/400123', State: 'UNKNOWN' });
    taken.hangup();
    await call.until('ended');
    await idle;
    const gone = admin.next({ Event: 'DeviceStateChange', Device: 'IAX2/400123', State: 'UNAVAILABLE' });
    await iris.close();
    await gone;
    const states = admin.seen({ Event: 'DeviceStateChange', Device: 'IAX2/400123' }).map((event) => event['State']);
    // registered and idle is UNKNOWN: chan_iax2 has no word for it
    expect(states.slice(states.indexOf('UNKNOWN'))).toEqual(['UNKNOWN', 'RINGING', 'INUSE', 'UNKNOWN', 'UNAVAILABLE']);
    await expect(openIaxPhone(lab(), '400123', 'wrong')).rejects.toThrow('400123 cannot register over IAX2');
  });
});

describe('Asterisk 16 of the lab with chan_sip', () => {
  const lab = withAsterisk({
    version: '16',
    extensions: [{ number: '1001' }, { number: '3333', tech: 'SIP', name: 'Old' }],
  });

  test('serves phones of chan_sip beside those of PJSIP', async () => {
    const ann = await openPhone(lab(), '1001');
    const old = await openPhone(lab(), '3333', { port: lab().chanSipPort });
    const call = await ann.call('3333');
    expect(call.status).toBe(200);
    await call.hangup();
    const back = await old.call('1001');
    expect(back.status).toBe(200);
    await Promise.all([ann.close(), old.close()]);
  });
});
