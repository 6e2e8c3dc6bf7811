// The files of config/asterisk on real Asterisks: the lab includes them as an operator would.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type LabAmi, type LabMessage, openAmi } from './ami.ts';
import { deleteKey, putFreepbxUsers, putKey, readFamily } from './astdb.ts';
import type { LabExtension } from './asterisk.ts';
import { labVersions, withAsterisk, withPhones } from './with-asterisk.ts';

const people: readonly LabExtension[] = [
  { number: '1001' },
  { number: '1002' },
  { number: '1003' },
  { number: '200', context: 'haus-2', devices: ['PJSIP/200', 'PJSIP/200-2'] },
];

describe.each(labVersions)('The shipped configuration on Asterisk %s', (version) => {
  const lab = withAsterisk({ version, extensions: people });
  const plugIn = withPhones(lab);
  let admin: LabAmi;
  let daemon: LabAmi;

  beforeAll(async () => {
    admin = await openAmi(lab());
    daemon = await openAmi(lab(), 'daemon');
  });
  afterAll(() => {
    admin.close();
    daemon.close();
  });
  afterEach(() => lab().cli('database deltree DND'));

  /** What the daemon sends to write DND without `system`: see docs/asterisk.md. */
  function control(exten: string): Promise<LabMessage> {
    return daemon.originate({
      Channel: `Local/${exten}@rollcall-control/n`,
      Application: 'NoOp',
      Variable: { 'CDR_PROP(disable)': '1' },
      Timeout: '5000',
    });
  }

  test('refuses calls after *78, lets them through after *79, and turns round with *76', async () => {
    const [ann, ben] = [await plugIn('1001'), await plugIn('1002')];
    const state = async () => [await readFamily(lab(), 'DND'), await admin.getvar('DEVICE_STATE(Custom:DND1002)')];
    await ben.feature('*78');
    expect(await state()).toEqual([{ 'DND/1002': 'YES' }, 'BUSY']);
    const record = admin.next({ Event: 'Cdr', Source: '1001', Destination: '1002' });
    expect((await ann.call('1002')).status).toBe(486);
    expect((await record)['dndblock']).toBe('1');
    await ben.feature('*79');
    expect(await state()).toEqual([{}, 'UNAVAILABLE']);
    const call = await ann.call('1002');
    expect(call.status).toBe(200);
    await call.hangup();
    await ben.feature('*76');
    expect(await state()).toEqual([{ 'DND/1002': 'YES' }, 'BUSY']);
    await ben.feature('*76');
    expect(await state()).toEqual([{}, 'UNAVAILABLE']);
  });

  test('refuses calls whatever value the DND key has', async () => {
    const [ann] = [await plugIn('1001'), await plugIn('1002')];
    for (const value of ['YES', '1', 'a "b" ) c', '0']) {
      await putKey(lab(), 'DND', '1002', value);
      expect([value, (await ann.call('1002')).status]).toEqual([value, 486]);
    }
    await deleteKey(lab(), 'DND', '1002');
    const call = await ann.call('1002');
    expect(call.status).toBe(200);
    await call.hangup();
  });

  test('lets a second phone of an extension set its DND, by the caller ID that the PBX gives it', async () => {
    const second = await plugIn('200-2');
    await second.feature('*78');
    expect(await readFamily(lab(), 'DND')).toEqual({ 'DND/200': 'YES' });
  });

  test('writes DND for the least-privilege user through rollcall-control, without a call record', async () => {
    const ann = await plugIn('1001');
    await plugIn('1002');
    const lit = daemon.next({ Event: 'DeviceStateChange', Device: 'Custom:DND1002', State: 'BUSY' });
    admin.forget();
    expect(await control('on_1002')).toMatchObject({ Response: 'Success', Reason: '4' });
    await lit;
    expect(await daemon.dbGet('DND', '1002')).toBe('YES');
    expect((await ann.call('1002')).status).toBe(486);
    const dark = daemon.next({ Event: 'DeviceStateChange', Device: 'Custom:DND1002', State: 'UNAVAILABLE' });
    expect(await control('off_1002')).toMatchObject({ Response: 'Success', Reason: '4' });
    await dark;
    expect(await daemon.dbGet('DND', '1002')).toBeUndefined();
    const call = await ann.call('1002');
    expect(call.status).toBe(200);
    const record = admin.next({ Event: 'Cdr', Destination: '1002' });
    await call.hangup();
    await record;
    expect(admin.seen({ Event: 'Cdr' }).map((cdr) => cdr['Disposition'])).toEqual(['BUSY', 'ANSWERED']);
  });

  test('lights the lamps of all devices that FreePBX names, and no others', async () => {
    await putFreepbxUsers(lab(), [{ number: '300', cidname: 'F', devices: ['300', '90300', 'a-b_9', 'x y"z'] }]);
    await control('on_300');
    const lamps = { 'CustomDevstate/DEVDND300': 'BUSY', 'CustomDevstate/DEVDND90300': 'BUSY' };
    const odd = { 'CustomDevstate/DEVDNDa-b_9': 'BUSY', 'CustomDevstate/DEVDNDxyz': 'BUSY' };
    expect(await readFamily(lab(), 'CustomDevstate')).toMatchObject({
      'CustomDevstate/DND300': 'BUSY',
      ...lamps,
      ...odd,
    });
    await control('off_300');
    const values = Object.entries(await readFamily(lab(), 'CustomDevstate')).filter(([key]) => /DEVDND/.test(key));
    expect(new Set(values.map(([, value]) => value))).toEqual(new Set(['UNAVAILABLE']));
    expect(values).toHaveLength(4);
  });

  test.each([
    'on_10a',
    'on_',
    'on_1001/x',
    'on_1001"',
    'on_1001,2',
    'on_1001)',
    'on_1001&Local/on_1002',
    'on_1001\u0024{EPOCH}',
    'on_1001]',
    'on_1 001',
    'on_+491001',
    'on_123456789012345678901',
    'off_..',
    'off_1001,1003',
    'ox_1001',
    'o2_1001',
    'on_1001;2',
    's',
  ])('does nothing when rollcall-control is called as %j', async (exten) => {
    await putKey(lab(), 'DND', '1003', 'YES');
    const before = [await readFamily(lab(), 'DND'), await readFamily(lab(), 'CustomDevstate')];
    expect((await control(exten))['Response']).not.toBe('Success');
    expect([await readFamily(lab(), 'DND'), await readFamily(lab(), 'CustomDevstate')]).toEqual(before);
  });

  test('lets the least-privilege user write no key, run no command and read no secret', async () => {
    const denied = { Response: 'Error', Message: 'Permission denied' };
    const actions = [
      { Action: 'DBPut', Family: 'DND', Key: '1001', Val: 'YES' },
      { Action: 'DBDel', Family: 'DND', Key: '1001' },
      { Action: 'GetConfig', Filename: 'manager.conf' },
      { Action: 'PJSIPShowEndpoint', Endpoint: '1001' },
      { Action: 'Command', Command: 'core show channels' },
    ];
    for (const action of actions) expect(await daemon.action(action)).toMatchObject(denied);
    expect(await daemon.action({ Action: 'Setvar', Variable: 'DB(DND/1001)', Value: 'YES' })).toMatchObject({
      Response: 'Error',
    });
    for (const [Application, Data] of [
      ['Set', 'DB(DND/1001)=YES'],
      ['System', 'touch /nowhere'],
      ['ExecIf', '1?Set(DB(DND/1001)=YES)'],
    ] as const) {
      const answer = await daemon.originate({ Channel: 'Local/600@internal/n', Application, Data });
      expect(answer).toMatchObject({
        Response: 'Error',
        Message: 'Originate Access Forbidden: app or data blacklisted',
      });
    }
    expect(await readFamily(lab(), 'DND')).toEqual({});
  });

  test('spares the least-privilege user the events that the sample filters out', async () => {
    admin.forget();
    daemon.forget();
    const last = daemon.next({ Event: 'UserEvent', UserEvent: 'Last' });
    const filtered = admin.next({ Event: 'PresenceStatus' });
    const kept = daemon.next({ Event: 'PresenceStateChange' });
    const [ann] = [await plugIn('1001'), await plugIn('1002')];
    await (await ann.call('1002')).hangup();
    await admin.setvar('PRESENCE_STATE(CustomPresence:1001)', 'away,lunch,');
    // Asterisk sends the two on ways of their own, and in either order.
    await Promise.all([filtered, kept]);
    await admin.userEvent('Last', { Rollcall: 'x' });
    await last;
    const names = (ami: LabAmi) => new Set(ami.seen(() => true).map((event) => event['Event']));
    for (const name of ['VarSet', 'Newexten', 'PresenceStatus']) {
      expect([name, names(admin).has(name), names(daemon).has(name)]).toEqual([name, true, false]);
    }
    expect(names(daemon)).toContain('PresenceStateChange');
  });
});
