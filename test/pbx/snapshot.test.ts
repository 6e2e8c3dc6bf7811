import { describe, expect, test } from 'vitest';
import { AmiError } from '../../src/pbx/ami/link-port.ts';
import { factsOf, PaperPbx, paperSettings, settled } from '../support/paper-pbx.ts';

describe('The first snapshot', () => {
  test('holds everything that the lists say, each in its place', async () => {
    const house = new PaperPbx();
    const { asterisk } = house;
    asterisk.addExtension('1001', 'INUSE');
    asterisk.hints.push({ exten: '1002', context: 'internal', hint: 'IAX2/1002&Custom:Night' });
    asterisk.hints.push({ exten: 'main-menu', context: 'ivr', hint: 'Custom:Menu' });
    asterisk.devices.set('Custom:DND1001', 'BUSY');
    asterisk.devices.set('Custom:DEVDND99001', 'NOT_INUSE');
    asterisk.devices.set('PJSIP/trunk', 'INUSE');
    asterisk.presentities.set('CustomPresence:1001', ['dnd', '', 'in a \\"talk\\"']);
    asterisk.astdb.set('DND/1001', 'anything');
    asterisk.astdb.set('AMPUSER/1001/cidname', 'Ann');
    asterisk.astdb.set('AMPUSER/1001/device', '99001');
    asterisk.mailboxes.set('1002', { fullname: 'Ben', email: 'ben@example.com' });
    asterisk.variables.set('DEVICE_STATE(IAX2/1002)', 'NOT_INUSE');
    expect(Object.fromEntries(await house.begin())).toEqual({
      1001: factsOf('1001', {
        name: 'Ann',
        line: 'in_use',
        blocked: true,
        lamps: { 'Custom:DND1001': 'on', 'Custom:DEVDND99001': 'idle' },
        presentity: { state: 'dnd', subtype: '', message: 'in a "talk"' },
      }),
      1002: factsOf('1002', { name: 'Ben', email: 'ben@example.com', line: 'idle' }),
    });
    expect(house.reports).toEqual([['pbx.snapshot', { extensions: 2 }]]);
    expect(house.pbx.describe()).toEqual({ connected: true, extensions: 2, followsLamp: false, writing: 'astdb' });
  });

  test('takes the caller id of the first phone for a name, as its technology has it', async () => {
    const house = new PaperPbx();
    house.asterisk.addExtension('1001');
    house.asterisk.variables.set('PJSIP_ENDPOINT(1001,callerid)', '"Ann" <1001>');
    house.asterisk.addExtension('1002');
    house.asterisk.variables.set('PJSIP_ENDPOINT(1002,callerid)', '"1002" <1002>');
    const others = { 1003: 'SIP/1003', 1004: 'IAX2/iris', 1005: 'Local/1005', 1006: 'constructor/1006' };
    for (const [exten, hint] of Object.entries(others)) house.asterisk.hints.push({ exten, context: 'internal', hint });
    house.asterisk.variables.set('SIPPEER(1003,callerid_name)', '"Old" Ben <here>');
    house.asterisk.variables.set('IAXPEER(iris,callerid_name)', 'Iris');
    const snapshot = await house.begin();
    expect([...snapshot.values()].map(({ number, name }) => [number, name])).toEqual([
      ['1001', 'Ann'],
      ['1002', undefined],
      ['1003', '"Old" Ben <here>'],
      ['1004', 'Iris'],
      ['1005', undefined],
      ['1006', undefined],
    ]);
    const asked = house.asterisk.link.sent('Getvar').map(({ Variable }) => String(Variable));
    expect(asked.filter((variable) => variable.includes('callerid'))).toHaveLength(4);
  });

  test('takes the UNKNOWN of an IAX2 phone for registered and idle, and that of no other', async () => {
    const house = new PaperPbx();
    for (const [exten, hint] of Object.entries({ 1003: 'iax2/1003', 1004: 'Custom:1004' })) {
      house.asterisk.hints.push({ exten, context: 'internal', hint });
      house.asterisk.devices.set(hint, 'UNKNOWN');
    }
    const snapshot = await house.begin();
    expect([...snapshot.values()].map(({ number, line }) => [number, line])).toEqual([
      ['1003', 'idle'],
      ['1004', 'unknown'],
    ]);
  });

  test('keeps what an event says while the lists are read', async () => {
    const house = new PaperPbx();
    const { asterisk } = house;
    asterisk.addExtension('1001');
    const listed = asterisk.link.gate('DeviceStateList');
    house.pbx.start();
    asterisk.link.up();
    await listed.reached;
    asterisk.setDevice('PJSIP/1001', 'RINGING');
    asterisk.setPresence('CustomPresence:1001', 'away', 'lunch');
    await settled();
    expect(house.untaken).toEqual([]);
    listed.open();
    const presentity = { state: 'away', subtype: 'lunch', message: '' };
    expect(await house.snapshot()).toEqual(new Map([['1001', factsOf('1001', { line: 'ringing', presentity })]]));
  });

  test('reads AstDB again where a lamp changed after it was listed', async () => {
    const house = new PaperPbx();
    const { asterisk } = house;
    asterisk.addExtension('1001');
    const listed = asterisk.link.gate('ExtensionStateList');
    house.pbx.start();
    asterisk.link.up();
    await listed.reached;
    await settled();
    asterisk.astdb.set('DND/1001', 'YES');
    asterisk.setDevice('Custom:DND1001', 'BUSY');
    listed.open();
    expect((await house.snapshot()).get('1001')).toEqual(
      factsOf('1001', { line: 'idle', blocked: true, lamps: { 'Custom:DND1001': 'on' } }),
    );
  });

  test('does not wait for names, which follow', async () => {
    const house = new PaperPbx();
    const { asterisk } = house;
    asterisk.addExtension('1001');
    asterisk.variables.set('PJSIP_ENDPOINT(1001,callerid)', '"Ann" <1001>');
    const users = asterisk.link.gate('DBGetTree');
    const names = asterisk.link.gate('DBGetTree');
    users.open();
    house.pbx.start();
    asterisk.link.up();
    await names.reached;
    await settled();
    house.clock.pass(999);
    await settled();
    expect(house.untaken).toEqual([]);
    house.clock.pass(1);
    expect(await house.snapshot()).toEqual(new Map([['1001', factsOf('1001', { line: 'idle' })]]));
    names.open();
    expect(await house.extension()).toEqual(factsOf('1001', { line: 'idle', name: 'Ann' }));
  });

  test('loses no name that comes when its table is built and not yet shown', async () => {
    const house = new PaperPbx();
    const { asterisk } = house;
    asterisk.addExtension('1001');
    asterisk.variables.set('PJSIP_ENDPOINT(1001,callerid)', '"Ann" <1001>');
    const listed = asterisk.link.gate('ExtensionStateList');
    const name = asterisk.link.gate('Getvar');
    const again = asterisk.link.gate('DBGet');
    house.pbx.start();
    asterisk.link.up();
    await listed.reached;
    asterisk.setDevice('Custom:DND1001', 'UNAVAILABLE');
    listed.open();
    await name.reached;
    house.clock.pass(1_000);
    await again.reached;
    name.open();
    await settled();
    again.open();
    const facts = factsOf('1001', { line: 'idle', lamps: { 'Custom:DND1001': 'off' } });
    expect(await house.snapshot()).toEqual(new Map([['1001', facts]]));
    expect(await house.extension()).toEqual({ ...facts, name: 'Ann' });
  });

  test('reads AstDB whole again where many lamps changed after it was listed', async () => {
    const house = new PaperPbx();
    const { asterisk } = house;
    const numbers = Array.from({ length: 30 }, (_, i) => String(1_001 + i));
    for (const number of numbers) asterisk.addExtension(number);
    const listed = asterisk.link.gate('ExtensionStateList');
    house.pbx.start();
    asterisk.link.up();
    await listed.reached;
    await settled();
    for (const number of numbers) {
      asterisk.astdb.set(`DND/${number}`, 'YES');
      asterisk.setDevice(`Custom:DND${number}`, 'BUSY');
    }
    listed.open();
    const snapshot = await house.snapshot();
    expect(numbers.map((number) => snapshot.get(number)?.blocked)).toEqual(numbers.map(() => true));
    expect(asterisk.link.sent('DBGet')).toEqual([]);
  });

  test('stays as it was told, whatever changes later', async () => {
    const house = new PaperPbx();
    house.asterisk.addExtension('1001');
    const snapshot = await house.begin();
    house.asterisk.setDevice('PJSIP/1001', 'RINGING');
    expect((await house.extension()).line).toBe('ringing');
    expect(snapshot).toEqual(new Map([['1001', factsOf('1001', { line: 'idle' })]]));
  });

  test('is told without the sources that Asterisk or the AMI user lacks', async () => {
    const house = new PaperPbx();
    const { asterisk } = house;
    asterisk.addExtension('1001');
    asterisk.devices.set('Custom:DND1001', 'BUSY');
    for (const action of ['PresenceStateList', 'VoicemailUsersList', 'DBGet', 'DBGetTree']) {
      asterisk.allowed.delete(action);
    }
    expect((await house.begin()).get('1001')).toEqual(
      factsOf('1001', { line: 'idle', blocked: true, lamps: { 'Custom:DND1001': 'on' } }),
    );
    expect(house.reported('pbx.forbidden')).toEqual([{ actions: 'DBGet, DBGetTree', privileges: 'reporting' }]);
    const others = house.reports.map(([event]) => event).filter((event) => event !== 'pbx.forbidden');
    expect(others.sort()).toEqual(['pbx.no_astdb', 'pbx.no_presence', 'pbx.snapshot']);
    asterisk.setDevice('Custom:DND1001', 'UNAVAILABLE');
    expect(await house.extension()).toEqual(factsOf('1001', { line: 'idle', lamps: { 'Custom:DND1001': 'off' } }));
  });

  test('is told when Asterisk does not say what is allowed and refuses to read AstDB', async () => {
    const house = new PaperPbx();
    house.asterisk.addExtension('1001');
    for (const action of ['ListCommands', 'DBGetTree']) house.asterisk.allowed.delete(action);
    expect([...(await house.begin()).keys()]).toEqual(['1001']);
    expect(house.reports.map(([event]) => event)).toContain('pbx.no_astdb');
  });

  test('says so when there is no extension', async () => {
    const house = new PaperPbx();
    expect((await house.begin()).size).toBe(0);
    expect(house.reports.map(([event]) => event)).toEqual(['pbx.snapshot', 'pbx.no_extensions']);
  });

  test('takes hints of the contexts of the settings only, the first context first', async () => {
    const house = new PaperPbx({ ...paperSettings, extensions: { contexts: ['b', 'a'], pattern: '^[0-9]{4}$' } });
    const hint = (exten: string, context: string, device: string) =>
      house.asterisk.hints.push({ exten, context, hint: device });
    hint('1001', 'a', 'PJSIP/a');
    hint('1001', 'b', 'PJSIP/b');
    hint('1001', 'c', 'PJSIP/c');
    hint('1002', 'c', 'PJSIP/c');
    hint('1003', 'a', 'PJSIP/b');
    hint('10044', 'a', 'PJSIP/b');
    house.asterisk.devices.set('PJSIP/b', 'ONHOLD');
    const lines = [...(await house.begin()).values()].map(({ number, line }) => [number, line]);
    expect(lines).toEqual([
      ['1001', 'on_hold'],
      ['1003', 'on_hold'],
    ]);
  });
});

describe('A snapshot that fails', () => {
  test('is tried again with back-off, and reported once', async () => {
    const house = new PaperPbx();
    const { link } = house.asterisk;
    house.asterisk.addExtension('1001');
    link.answer('DeviceStateList', () => {
      throw new AmiError('timeout', 'Asterisk did not answer DeviceStateList');
    });
    house.pbx.start();
    link.up();
    for (const wait of [250, 500, 1_000]) {
      await settled();
      expect(link.sent('DeviceStateList').length).toBeGreaterThan(0);
      const before = link.sent('DeviceStateList').length;
      house.clock.pass(wait - 1);
      await settled();
      expect(link.sent('DeviceStateList').length).toBe(before);
      house.clock.pass(1);
    }
    link.answer('DeviceStateList', () => []);
    await settled();
    house.clock.pass(30_000);
    expect((await house.snapshot()).size).toBe(1);
    const error = 'Asterisk did not answer DeviceStateList';
    expect(house.reported('pbx.snapshot_failed')).toEqual([{ error, retryMs: 250 }]);
    expect(house.pbx.counters).toMatchObject({ snapshots: 1, failedSnapshots: 4 });
  });

  test('of a connection that is gone is thrown away', async () => {
    const house = new PaperPbx();
    const { asterisk } = house;
    asterisk.addExtension('1001');
    const old = asterisk.link.gate('ExtensionStateList');
    house.pbx.start();
    asterisk.link.up();
    await old.reached;
    asterisk.link.down();
    asterisk.devices.set('PJSIP/1001', 'INUSE');
    asterisk.link.up();
    old.open();
    expect((await house.snapshot()).get('1001')?.line).toBe('in_use');
    await settled();
    expect(house.untaken).toEqual([]);
    expect(house.pbx.counters.snapshots).toBe(1);
  });

  test('is not told when the connection goes after the last list', async () => {
    const house = new PaperPbx();
    const { asterisk } = house;
    asterisk.addExtension('1001');
    const names = asterisk.link.gate('Getvar');
    house.pbx.start();
    asterisk.link.up();
    await names.reached;
    asterisk.link.down();
    names.open();
    house.clock.pass(60_000);
    await settled();
    expect(house.untaken).toEqual([]);
  });
});
