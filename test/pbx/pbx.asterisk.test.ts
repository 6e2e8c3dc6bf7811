import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AmiLink, openLink } from '../../src/pbx/ami/link.ts';
import { hearsEvents } from '../../src/pbx/hearing.ts';
import { type AsteriskPbx, openPbx } from '../../src/pbx/pbx.ts';
import { missing, readPrivileges, writingWay } from '../../src/pbx/privileges.ts';
import { systemClock } from '../../src/service/clock.ts';
import type { Presentity } from '../../src/service/pbx-port.ts';
import { type LabAmi, openAmi } from '../lab/ami.ts';
import { committed, deleteKey, putFreepbxUsers, putKey, readFamily, readKey } from '../lab/astdb.ts';
import type { Asterisk, LabExtension, LabUsers, LogIn } from '../lab/asterisk.ts';
import { openPhone, type Phone, type PhoneOptions } from '../lab/phone.ts';
import { labVersions, withAsterisk } from '../lab/with-asterisk.ts';
import { FactsWatch } from '../support/facts-watch.ts';
import { factsOf, paperSettings } from '../support/paper-pbx.ts';

const extensions: readonly LabExtension[] = [
  { number: '1001', name: 'Ann "A" O\'Neil' },
  { number: '1002', name: 'Zoë \u{1f600} Müller' },
  { number: '200', name: 'Two Phones', context: 'office', devices: ['PJSIP/200', 'PJSIP/200-2'] },
  { number: '456789', context: 'office', tech: 'IAX2' },
  { number: '3001', name: 'Bare', hint: 'PJSIP/3001' },
];

const lit = (number: string) => ({ [`Custom:DND${number}`]: 'on' }) as const;
const dark = (number: string) => ({ [`Custom:DND${number}`]: 'off' }) as const;
const said = (state: string, subtype = '', message = ''): Presentity => ({ state, subtype, message });

interface House {
  readonly link: AmiLink;
  readonly pbx: AsteriskPbx;
  readonly watch: FactsWatch;
  readonly reports: string[];
}

describe.each(labVersions)('The PBX side on Asterisk %s', (version) => {
  const lab = withAsterisk({ version, extensions, ring: 10 });
  const phones: Phone[] = [];
  const houses: House[] = [];
  let admin: LabAmi;

  const plugIn = async (user: string, options?: PhoneOptions) => {
    const phone = await openPhone(lab(), user, options);
    phones.push(phone);
    return phone;
  };

  beforeEach(async () => {
    admin = await openAmi(lab());
  });

  afterEach(async () => {
    for (const house of houses.splice(0)) close(house);
    await Promise.all(phones.splice(0).map((phone) => phone.close()));
    await clean(lab(), admin);
    admin.close();
  });

  const connect = async (as: keyof LabUsers | LogIn = 'daemon') => {
    const house = open(lab(), as);
    houses.push(house);
    await house.watch.until('a snapshot', () => house.watch.connected);
    return house;
  };

  test('lists every extension with its name, whatever its context, length and technology', async () => {
    const { watch } = await connect();
    const idle = { line: 'unavailable' } as const;
    expect(watch.numbers).toEqual(['1001', '1002', '200', '3001', '456789']);
    expect(watch.of('1001')).toEqual(
      factsOf('1001', { ...idle, name: 'Ann "A" O\'Neil', lamps: lampsOf(watch, '1001') }),
    );
    expect(watch.of('1002')?.name).toBe('Zoë \u{1f600} Müller');
    expect(watch.of('200')?.name).toBe('Two Phones');
    expect(watch.of('456789')).toMatchObject(idle);
    expect(watch.of('3001')).toMatchObject({ ...idle, name: 'Bare' });
  });

  test('follows a call: ringing, answered, held, a second call waiting, over', async () => {
    const { watch } = await connect();
    const ann = await plugIn('1001');
    const zoe = await plugIn('1002', { behaviour: 'ring' });
    const third = await plugIn('3001');
    for (const number of ['1001', '1002', '3001']) await watch.shows(number, { line: 'idle' });
    watch.forget();
    const call = ann.dial('1002');
    const incoming = await zoe.calls.next();
    await watch.shows('1002', { line: 'ringing' });
    await watch.shows('1001', { line: 'in_use' });
    incoming.answer();
    await call.until('up');
    await watch.shows('1002', { line: 'in_use' });
    await call.hold();
    await watch.shows('1002', { line: 'on_hold' });
    await call.unhold();
    await watch.shows('1002', { line: 'in_use' });
    const second = third.dial('1002');
    await watch.shows('1002', { line: 'ringing' });
    await second.hangup();
    await watch.shows('1002', { line: 'in_use' });
    await call.hangup();
    await watch.shows('1002', { line: 'idle' });
    await watch.shows('1001', { line: 'idle' });
    expect(watch.told('1002').map(({ line }) => line)).toEqual([
      'ringing',
      'in_use',
      'on_hold',
      'in_use',
      'ringing',
      'in_use',
      'idle',
    ]);
    await zoe.unregister();
    await watch.shows('1002', { line: 'unavailable' });
  });

  test('takes any of several phones for the extension', async () => {
    const { watch } = await connect();
    await plugIn('200-2', { secret: 'pw200' });
    await watch.shows('200', { line: 'idle' });
  });

  test('tells DND by a feature code whole, both ways', async () => {
    const { watch } = await connect();
    const ann = await plugIn('1001');
    await watch.shows('1001', { line: 'idle' });
    watch.forget();
    await ann.feature('*78');
    await watch.shows('1001', { line: 'idle', blocked: true, lamps: lit('1001') });
    await ann.feature('*79');
    await watch.shows('1001', { line: 'idle', blocked: false, lamps: dark('1001') });
    for (const { blocked, lamps } of watch.told('1001')) expect(lamps['Custom:DND1001'] === 'on').toBe(blocked);
  });

  test('finds DND that is written to AstDB alone within the time of the poll', async () => {
    const { watch } = await connect();
    await putKey(lab(), 'DND', '1001', 'on leave');
    await watch.shows('1001', { blocked: true });
    await deleteKey(lab(), 'DND', '1001');
    await watch.shows('1001', { blocked: false });
  });

  test('tells a lamp and a presence that others set', async () => {
    const { watch } = await connect();
    await admin.setvar('DEVICE_STATE(Custom:DND1002)', 'BUSY');
    await watch.shows('1002', { lamps: lit('1002'), blocked: false, line: 'unavailable' });
    await admin.setvar('DEVICE_STATE(Custom:DND1002)', 'NOT_INUSE');
    await watch.shows('1002', { lamps: { 'Custom:DND1002': 'idle' }, line: 'unavailable' });
    const note = Buffer.from('back at "two" \\ \'2\' ?!\r\nEvent: Forged ☕').toString('base64');
    await admin.setvar(
      'PRESENCE_STATE(CustomPresence:1002)',
      `away,${Buffer.from('lunch').toString('base64')},${note},e`,
    );
    await watch.shows('1002', { presentity: said('away', 'lunch', 'back at "two" \\ \'2\' ?! Event: Forged ☕') });
    await admin.setvar('PRESENCE_STATE(CustomPresence:3001)', 'xa');
    await watch.shows('3001', { presentity: said('xa') });
  });

  test.each(['daemon', 'freepbx'] as const)('carries out orders as the AMI user %s', async (as) => {
    const { pbx, watch, reports } = await connect(as);
    await plugIn('1001');
    await plugIn('1002');
    await watch.shows('1002', { line: 'idle' });
    const note = 'a "b" \\ \'c\' ?! ü ☕ 日本';
    await pbx.carryOut({ number: '1002', blocked: true, presentity: said('dnd', '', note) });
    expect(watch.of('1002')).toMatchObject({ blocked: true, lamps: lit('1002'), presentity: said('dnd', '', note) });
    expect(await readKey(lab(), 'DND', '1002')).toBe('YES');
    const ann = phones[0];
    expect((await ann?.call('1002'))?.status).toBe(486);
    await pbx.carryOut({ number: '1002', blocked: false, presentity: said('away', 'lunch') });
    expect(watch.of('1002')).toMatchObject({ blocked: false, lamps: dark('1002'), presentity: said('away', 'lunch') });
    expect(await readFamily(lab(), 'DND')).toEqual({});
    expect(reports).toEqual(['pbx.snapshot']);
    expect(pbx.describe()).toMatchObject({ writing: as === 'daemon' ? 'dialplan' : 'astdb' });
  });

  test('lights the lamps of the devices that FreePBX names, and takes names from there', async () => {
    await putFreepbxUsers(lab(), [{ number: '1001', cidname: 'Alice F.', devices: ['1001', '99001'] }]);
    const { pbx, watch } = await connect();
    const lamps = (lamp: 'on' | 'off') => ({
      'Custom:DND1001': lamp,
      'Custom:DEVDND1001': lamp,
      'Custom:DEVDND99001': lamp,
    });
    expect(watch.of('1001')?.name).toBe('Alice F.');
    await pbx.carryOut({ number: '1001', blocked: true, presentity: said('dnd') });
    expect(watch.of('1001')).toMatchObject({ blocked: true, lamps: lamps('on') });
    await pbx.carryOut({ number: '1001', blocked: false, presentity: said('available') });
    expect(watch.of('1001')).toMatchObject({ blocked: false, lamps: lamps('off') });
  });

  test('finds that the shipped AMI user may do all that is needed, and hears', async () => {
    const { link } = await connect();
    const may = await readPrivileges(link);
    expect(missing(may)).toEqual([]);
    expect(writingWay(may, 'DND')).toBe('dialplan');
    expect(await hearsEvents({ link, clock: systemClock })).toBe(true);
  });
});

describe.each(labVersions)('The PBX side on an Asterisk %s that changes', (version) => {
  const lab = withAsterisk({ version, extensions });
  let house: House;

  beforeEach(async () => {
    await lab().rewrite({ extensions });
    await lab().reload('dialplan');
    house = open(lab(), 'daemon');
    await house.watch.until('a snapshot', () => house.watch.connected);
  });

  afterEach(() => close(house));

  test('sees extensions added, removed and renamed by a reload', async () => {
    const { watch } = house;
    const renamed = { number: '1001', name: 'Ann Smith' };
    await lab().rewrite({ extensions: [renamed, ...extensions.slice(2), { number: '7777', name: 'New' }] });
    await lab().reload('dialplan');
    await lab().reload('res_pjsip.so');
    await watch.until('the new list', () => watch.numbers.join() === '1001,200,3001,456789,7777');
    await watch.shows('1001', { name: 'Ann Smith' });
    await watch.shows('7777', { name: 'New', line: 'unavailable' });
  });

  test('sees extensions removed by a reload of the dialplan alone', async () => {
    const { watch } = house;
    await lab().rewrite({ extensions: extensions.slice(1) });
    await lab().reload('dialplan');
    await watch.until('the new list', () => watch.numbers.join() === '1002,200,3001,456789');
  });

  test('survives a kill and shows what is true afterwards', async () => {
    const { watch, pbx } = house;
    await pbx.carryOut({ number: '1002', blocked: true, presentity: said('dnd') });
    await committed(lab());
    await lab().kill();
    await watch.until('the loss', () => !watch.connected);
    expect(watch.of('1002')).toMatchObject({ blocked: true });
    await expect(pbx.carryOut({ number: '1002', blocked: false, presentity: said('available') })).rejects.toMatchObject(
      {
        code: 'pbx_away',
      },
    );
    await lab().boot();
    watch.forget();
    await watch.until('the new snapshot', () => watch.connected, 12_000);
    expect(watch.numbers).toEqual(['1001', '1002', '200', '3001', '456789']);
    expect(watch.of('1002')).toMatchObject({ blocked: true, lamps: lit('1002'), presentity: said('dnd') });
    await pbx.carryOut({ number: '1002', blocked: false, presentity: said('available') });
    expect(watch.of('1002')).toMatchObject({ blocked: false, lamps: dark('1002'), presentity: said('available') });
  });
});

function open(asterisk: Asterisk, as: keyof LabUsers | LogIn): House {
  const { username, secret } = typeof as === 'string' ? asterisk.users[as] : as;
  const reports: string[] = [];
  const report = (event: string) => {
    if (event.startsWith('pbx.')) reports.push(event);
  };
  const settings = { host: asterisk.host, port: asterisk.amiPort, username, secret };
  const link = openLink(settings, { clock: systemClock, report, random: Math.random });
  const pbx = openPbx({
    link,
    settings: { ...paperSettings, dnd: { ...paperSettings.dnd, poll: 1 } },
    clock: systemClock,
    report,
  });
  const watch = new FactsWatch(pbx);
  pbx.start();
  link.start();
  return { link, pbx, watch, reports };
}

function close({ link, pbx }: House): void {
  pbx.stop();
  link.stop();
}

function lampsOf(watch: FactsWatch, number: string) {
  return watch.of(number)?.lamps ?? {};
}

/** Takes back what a test left in AstDB and at the lamps. */
async function clean(asterisk: Asterisk, admin: LabAmi): Promise<void> {
  for (const { number } of extensions) {
    await deleteKey(asterisk, 'DND', number);
    await admin.setvar(`DEVICE_STATE(Custom:DND${number})`, 'UNAVAILABLE');
    await admin.setvar(`PRESENCE_STATE(CustomPresence:${number})`, 'not_set');
  }
  await asterisk.cli('database deltree AMPUSER');
}
