import { describe, expect, test } from 'vitest';
import { factsOf, PaperPbx, settled } from '../support/paper-pbx.ts';

async function withExtensions(...numbers: string[]): Promise<PaperPbx> {
  const house = new PaperPbx();
  for (const number of numbers) house.asterisk.addExtension(number);
  await house.begin();
  return house;
}

/** What Asterisk sends at a reload of the dialplan: every hint that is there, with the status it has. */
function resendHints({ asterisk }: PaperPbx): void {
  for (const hint of asterisk.hints) asterisk.link.emit('ExtensionStatus', { status: '0', ...hint });
}

const numbers = (snapshot: ReadonlyMap<string, unknown>) => [...snapshot.keys()];

describe('A dialplan that was reloaded', () => {
  test('shows extensions that are gone and new, although a removed hint sends nothing', async () => {
    const house = await withExtensions('1001', '1002', '1003');
    house.asterisk.hints.splice(1, 1);
    house.asterisk.addExtension('1004');
    resendHints(house);
    await settled();
    expect(house.untaken).toEqual([]);
    house.clock.pass(300);
    expect(numbers(await house.snapshot())).toEqual(['1001', '1003', '1004']);
  });

  test('is listed once for a burst of events, and soon even when they go on', async () => {
    const house = await withExtensions('1001', '1002');
    const { link } = house.asterisk;
    for (let i = 0; i < 30; i += 1) {
      resendHints(house);
      house.clock.pass(100);
      await settled();
    }
    expect(link.sent('ExtensionStateList')).toHaveLength(2);
    house.clock.pass(2_000);
    await settled();
    expect(link.sent('ExtensionStateList')).toHaveLength(3);
  });

  test('with another hint for an extension is listed again', async () => {
    const house = await withExtensions('1001');
    house.asterisk.hints[0] = { exten: '1001', context: 'internal', hint: 'PJSIP/other', status: '1' };
    house.asterisk.devices.set('PJSIP/other', 'ONHOLD');
    resendHints(house);
    house.clock.pass(300);
    expect(await house.snapshot()).toEqual(new Map([['1001', factsOf('1001', { line: 'on_hold' })]]));
  });

  test('that is listed with hints twice is taken with the newest, and listed again', async () => {
    const house = await withExtensions('1001', '1002');
    const [old] = house.asterisk.hints;
    if (!old) throw new Error('no hint');
    house.asterisk.devices.set('PJSIP/new', 'INUSE');
    house.asterisk.hints.push({ ...old, hint: 'PJSIP/new' });
    house.asterisk.link.emit('Reload', { module: 'All', status: '0' });
    house.clock.pass(500);
    expect((await house.snapshot()).get('1001')?.line).toBe('in_use');
    house.asterisk.hints.shift();
    await settled();
    house.clock.pass(250);
    expect(numbers(await house.snapshot())).toEqual(['1002', '1001']);
    await settled();
    house.clock.pass(10_000);
    await settled();
    expect(house.untaken).toEqual([]);
  });

  test('that stays listed twice is not asked for without end', async () => {
    const house = new PaperPbx();
    house.asterisk.addExtension('1001');
    house.asterisk.addExtension('1001');
    await house.begin();
    for (let i = 0; i < 100; i += 1) {
      house.clock.pass(500);
      await settled();
    }
    expect(house.asterisk.link.sent('ExtensionStateList')).toHaveLength(6);
  });

  test('has names asked for again after a Reload event', async () => {
    const house = await withExtensions('1001');
    house.asterisk.variables.set('PJSIP_ENDPOINT(1001,callerid)', '"Renamed" <1001>');
    house.asterisk.link.emit('Reload', { module: 'res_pjsip.so', status: '0' });
    house.clock.pass(500);
    expect(await house.extension()).toEqual(factsOf('1001', { line: 'idle', name: 'Renamed' }));
    expect(await house.snapshot()).toEqual(new Map([['1001', factsOf('1001', { line: 'idle', name: 'Renamed' })]]));
  });
});

test('Ordinary changes of hints are not taken for a reload', async () => {
  const house = await withExtensions('1001');
  const hint = house.asterisk.hints[0];
  if (!hint) throw new Error('no hint');
  for (const status of ['8', '8', '1', '2', '0', '16', '1', '9', '9', '0']) {
    house.asterisk.link.emit('ExtensionStatus', { ...hint, status });
  }
  house.asterisk.link.emit('ExtensionStatus', { ...hint, exten: '_1XXX', status: '0' });
  house.asterisk.link.emit('ExtensionStatus', { ...hint, context: 'elsewhere', status: '0' });
  house.clock.pass(10_000);
  await settled();
  expect(house.asterisk.link.sent('ExtensionStateList')).toHaveLength(1);
});

describe('A check', () => {
  test('finds what no event had told, tells and reports it', async () => {
    const house = await withExtensions('1001', '1002', '1003');
    house.asterisk.devices.set('PJSIP/1001', 'INUSE');
    house.asterisk.presentities.set('CustomPresence:1002', ['away', '', '']);
    house.clock.pass(300_000);
    const update = await house.next();
    expect(update).toMatchObject({ kind: 'snapshot', first: false });
    expect(house.reported('pbx.drift')).toEqual([{ extensions: 2 }]);
    expect(house.pbx.counters.drifted).toBe(2);
    await settled();
    house.clock.pass(300_000);
    await house.snapshot();
    expect(house.pbx.counters.drifted).toBe(2);
  });

  test('counts extensions that came and went', async () => {
    const house = await withExtensions('1001', '1002', '1003');
    house.asterisk.hints.splice(0, 2);
    house.asterisk.addExtension('1004');
    house.clock.pass(300_000);
    expect(numbers(await house.snapshot())).toEqual(['1003', '1004']);
    expect(house.pbx.counters.drifted).toBe(3);
  });

  test('is what the next event is compared with', async () => {
    const house = await withExtensions('1001');
    house.asterisk.setDevice('PJSIP/1001', 'RINGING');
    expect((await house.extension()).line).toBe('ringing');
    house.asterisk.devices.set('PJSIP/1001', 'NOT_INUSE');
    house.clock.pass(300_000);
    expect((await house.snapshot()).get('1001')?.line).toBe('idle');
    house.asterisk.setDevice('PJSIP/1001', 'RINGING');
    expect((await house.extension()).line).toBe('ringing');
  });

  test('begins anew what is an ordinary change of a hint', async () => {
    const house = await withExtensions('1001');
    const [hint] = house.asterisk.hints;
    if (!hint) throw new Error('no hint');
    house.asterisk.link.emit('ExtensionStatus', { ...hint, status: '1' });
    house.clock.pass(300_000);
    await house.snapshot();
    await settled();
    house.asterisk.link.emit('ExtensionStatus', { ...hint, status: '1' });
    house.clock.pass(10_000);
    await settled();
    expect(house.asterisk.link.sent('ExtensionStateList')).toHaveLength(2);
  });

  test('does not show a lamp whose reading of AstDB is under way', async () => {
    const house = await withExtensions('1001');
    const { link } = house.asterisk;
    const reading = link.gate('DBGet');
    house.asterisk.astdb.set('DND/1001', 'YES');
    house.asterisk.setDevice('Custom:DND1001', 'BUSY');
    await reading.reached;
    link.emit('ExtensionStatus', { exten: '1002', context: 'internal', hint: 'PJSIP/1002', status: '0' });
    house.clock.pass(300);
    expect(await house.snapshot()).toEqual(new Map([['1001', factsOf('1001', { line: 'idle' })]]));
    reading.open();
    expect(await house.extension()).toEqual(
      factsOf('1001', { line: 'idle', blocked: true, lamps: { 'Custom:DND1001': 'on' } }),
    );
  });

  test('keeps the facts that did not change as the same objects', async () => {
    const house = new PaperPbx();
    house.asterisk.addExtension('1001');
    house.asterisk.addExtension('1002');
    const before = await house.begin();
    house.asterisk.devices.set('PJSIP/1002', 'INUSE');
    house.clock.pass(300_000);
    const after = await house.snapshot();
    expect(after.get('1001')).toBe(before.get('1001'));
    expect(after.get('1002')).not.toBe(before.get('1002'));
  });

  test('that fails is tried again, and nothing is told meanwhile', async () => {
    const house = await withExtensions('1001');
    house.asterisk.allowed.delete('ExtensionStateList');
    house.clock.pass(300_000);
    await settled();
    expect(house.untaken).toEqual([]);
    house.asterisk.allowed.add('ExtensionStateList');
    house.clock.pass(250);
    expect(numbers(await house.snapshot())).toEqual(['1001']);
    const error = 'Asterisk refused ExtensionStateList: Permission denied';
    expect(house.reported('pbx.snapshot_failed')).toEqual([{ error, retryMs: 250 }]);
  });
});

test('Devices of a user that come late are listed again, so that their lamps are known', async () => {
  const house = new PaperPbx();
  const { asterisk } = house;
  asterisk.addExtension('1001');
  asterisk.astdb.set('AMPUSER/1001/device', '99001');
  asterisk.devices.set('Custom:DEVDND99001', 'BUSY');
  const dnd = asterisk.link.gate('DBGetTree');
  const users = asterisk.link.gate('DBGetTree');
  dnd.open();
  house.pbx.start();
  asterisk.link.up();
  await users.reached;
  await settled();
  house.clock.pass(1_000);
  expect(await house.snapshot()).toEqual(new Map([['1001', factsOf('1001', { line: 'idle' })]]));
  users.open();
  const lamps = { 'Custom:DND1001': 'unset', 'Custom:DEVDND99001': 'unset' } as const;
  expect(await house.extension()).toEqual(factsOf('1001', { line: 'idle', lamps }));
  house.clock.pass(300);
  const known = { ...lamps, 'Custom:DEVDND99001': 'on' } as const;
  expect((await house.snapshot()).get('1001')).toEqual(factsOf('1001', { line: 'idle', lamps: known }));
});
