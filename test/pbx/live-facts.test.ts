import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AmiError } from '../../src/pbx/ami/link-port.ts';
import type { ExtensionFacts } from '../../src/service/pbx-port.ts';
import { factsOf, PaperPbx, settled } from '../support/paper-pbx.ts';

async function withExtensions(...numbers: string[]): Promise<PaperPbx> {
  const house = new PaperPbx();
  for (const number of numbers) house.asterisk.addExtension(number);
  await house.begin();
  return house;
}

const noOpinion = { state: 'not_set', subtype: '', message: '' };

describe('An event', () => {
  test('of a phone changes the line of its extension', async () => {
    const house = await withExtensions('1001', '1002');
    house.asterisk.setDevice('PJSIP/1002', 'RINGING');
    expect(await house.extension()).toEqual(factsOf('1002', { line: 'ringing' }));
    house.asterisk.setDevice('PJSIP/1002', 'INUSE');
    expect(await house.extension()).toEqual(factsOf('1002', { line: 'in_use' }));
  });

  test('of a device that two extensions share changes both', async () => {
    const house = new PaperPbx();
    house.asterisk.hints.push({ exten: '1001', context: 'a', hint: 'PJSIP/1&PJSIP/shared' });
    house.asterisk.hints.push({ exten: '1002', context: 'a', hint: 'PJSIP/shared' });
    await house.begin();
    house.asterisk.setDevice('PJSIP/shared', 'ONHOLD');
    expect(await house.extension()).toEqual(factsOf('1001', { line: 'on_hold' }));
    expect(await house.extension()).toEqual(factsOf('1002', { line: 'on_hold' }));
  });

  test('that changes nothing that is shown is not told', async () => {
    const house = await withExtensions('1001', '1002');
    const { asterisk } = house;
    asterisk.link.emit('DeviceStateChange', { device: 'PJSIP/1001', state: 'NOT_INUSE' });
    asterisk.setPresence('CustomPresence:1001', 'not_set');
    asterisk.setDevice('PJSIP/trunk', 'INUSE');
    asterisk.link.emit('ExtensionStatus', {
      exten: '1001',
      context: 'internal',
      hint: 'X',
      status: '1',
      actionid: 'l1',
    });
    asterisk.link.emit('Newchannel', { channel: 'PJSIP/1001-1' });
    asterisk.setDevice('PJSIP/1002', 'BUSY');
    expect(await house.extension()).toEqual(factsOf('1002', { line: 'busy' }));
  });

  test('without its headers or with words that are not Asterisk is dropped and counted', async () => {
    const house = await withExtensions('1001');
    const { link } = house.asterisk;
    link.emit('DeviceStateChange', { device: 'PJSIP/1001' });
    link.emit('DeviceStateChange', { device: 'PJSIP/1001', state: 'ON FIRE' });
    link.emit('PresenceStateChange', { presentity: 'CustomPresence:1001', status: 'gone fishing' });
    link.emit('ExtensionStatus', { exten: '1001' });
    house.asterisk.setDevice('PJSIP/1001', 'INUSE');
    expect(await house.extension()).toEqual(factsOf('1001', { line: 'in_use' }));
    expect(house.pbx.counters).toMatchObject({ events: 5, dropped: 4 });
  });

  test('is told at once while a later snapshot is being read', async () => {
    const house = await withExtensions('1001');
    const listed = house.asterisk.link.gate('DeviceStateList');
    house.clock.pass(300_000);
    await listed.reached;
    house.asterisk.setDevice('PJSIP/1001', 'RINGING');
    expect(await house.extension()).toEqual(factsOf('1001', { line: 'ringing' }));
    listed.open();
    expect(await house.snapshot()).toEqual(new Map([['1001', factsOf('1001', { line: 'ringing' })]]));
    expect(house.pbx.counters.drifted).toBe(0);
  });
});

describe('Do not disturb at a phone', () => {
  test('is told whole: AstDB is read when the lamp changes', async () => {
    const house = await withExtensions('1001');
    house.asterisk.astdb.set('DND/1001', 'YES');
    house.asterisk.setDevice('Custom:DND1001', 'BUSY');
    const on = { line: 'idle', blocked: true, lamps: { 'Custom:DND1001': 'on' } } as const;
    expect(await house.extension()).toEqual(factsOf('1001', on));
    house.asterisk.astdb.delete('DND/1001');
    house.asterisk.setDevice('Custom:DND1001', 'NOT_INUSE');
    const off = { line: 'idle', lamps: { 'Custom:DND1001': 'idle' } } as const;
    expect(await house.extension()).toEqual(factsOf('1001', off));
  });

  test('that is on and off again while AstDB is read is never told as half', async () => {
    const house = await withExtensions('1001', '1002');
    const read = house.asterisk.link.gate('DBGet');
    house.asterisk.astdb.set('DND/1001', 'YES');
    house.asterisk.setDevice('Custom:DND1001', 'BUSY');
    await read.reached;
    house.asterisk.astdb.delete('DND/1001');
    house.asterisk.setDevice('Custom:DND1001', 'UNAVAILABLE');
    read.open();
    expect(await house.extension()).toEqual(factsOf('1001', { line: 'idle', lamps: { 'Custom:DND1001': 'off' } }));
  });

  test('is told with the lamp alone when AstDB cannot be read or does not answer in a second', async () => {
    const house = await withExtensions('1001');
    house.asterisk.link.answer('DBGet', () => {
      throw new AmiError('timeout', 'no answer');
    });
    house.asterisk.setDevice('Custom:DND1001', 'BUSY');
    expect(await house.extension()).toEqual(factsOf('1001', { line: 'idle', lamps: { 'Custom:DND1001': 'on' } }));
    const read = house.asterisk.link.gate('DBGet');
    house.asterisk.setDevice('Custom:DND1001', 'UNAVAILABLE');
    await read.reached;
    await settled();
    expect(house.untaken).toEqual([]);
    house.clock.pass(1_000);
    expect(await house.extension()).toEqual(factsOf('1001', { line: 'idle', lamps: { 'Custom:DND1001': 'off' } }));
  });

  test('set by presence alone has AstDB read too', async () => {
    const house = await withExtensions('1001');
    house.asterisk.astdb.set('DND/1001', '1');
    house.asterisk.setPresence('CustomPresence:1001', 'dnd');
    const presentity = { ...noOpinion, state: 'dnd' };
    expect(await house.extension()).toEqual(factsOf('1001', { line: 'idle', blocked: true, presentity }));
  });

  test('in AstDB alone is found by the poll', async () => {
    const house = await withExtensions('1001', '1002');
    house.asterisk.astdb.set('DND/1001', 'YES');
    house.clock.pass(29_999);
    await settled();
    expect(house.untaken).toEqual([]);
    house.clock.pass(1);
    expect(await house.extension()).toEqual(factsOf('1001', { line: 'idle', blocked: true }));
    await settled();
    house.asterisk.astdb.delete('DND/1001');
    house.clock.pass(30_000);
    expect(await house.extension()).toEqual(factsOf('1001', { line: 'idle' }));
  });

  test('of hundreds at once reads AstDB as one tree', async () => {
    const numbers = Array.from({ length: 300 }, (_, i) => String(2000 + i));
    const house = await withExtensions(...numbers);
    const before = house.asterisk.link.actions.length;
    for (const number of numbers) {
      house.asterisk.astdb.set(`DND/${number}`, 'YES');
      house.asterisk.setDevice(`Custom:DND${number}`, 'BUSY');
    }
    const told: ExtensionFacts[] = [];
    for (const _ of numbers) told.push(await house.extension());
    expect(told.every((facts) => facts.blocked && Object.values(facts.lamps)[0] === 'on')).toBe(true);
    expect(house.asterisk.link.actions.length - before).toBeLessThan(5);
  });
});

describe('A connection that goes', () => {
  test('is told once, and what was known stands until the next snapshot', async () => {
    const house = await withExtensions('1001');
    const { asterisk } = house;
    asterisk.link.down();
    expect(await house.next()).toEqual({ kind: 'away' });
    asterisk.setDevice('PJSIP/1001', 'INUSE');
    const listed = asterisk.link.gate('DeviceStateList');
    asterisk.link.up();
    await listed.reached;
    asterisk.link.down();
    await settled();
    expect(house.untaken).toEqual([]);
    asterisk.link.up();
    const update = await house.next();
    const facts = factsOf('1001', { line: 'in_use' });
    expect(update).toEqual({ kind: 'snapshot', first: true, extensions: new Map([['1001', facts]]) });
  });

  test('takes nothing with it: names are asked for again after it', async () => {
    const house = await withExtensions('1001');
    house.asterisk.link.down();
    house.asterisk.variables.set('PJSIP_ENDPOINT(1001,callerid)', '"Renamed" <1001>');
    expect(await house.next()).toEqual({ kind: 'away' });
    house.asterisk.link.up();
    expect((await house.snapshot()).get('1001')?.name).toBe('Renamed');
  });

  test('by a stop of our own is told, and nothing after it', async () => {
    const house = await withExtensions('1001');
    house.pbx.stop();
    expect(await house.next()).toEqual({ kind: 'away' });
    house.asterisk.setDevice('PJSIP/1001', 'INUSE');
    house.clock.pass(600_000);
    await settled();
    expect(house.untaken).toEqual([]);
    expect(house.clock.waiting).toBe(0);
  });
});

test('The order in which events arrive does not matter for what they leave', async () => {
  const events: [name: string, headers: Record<string, string>][] = [
    ['DeviceStateChange', { device: 'PJSIP/1001', state: 'INUSE' }],
    ['DeviceStateChange', { device: 'PJSIP/1001-2', state: 'RINGING' }],
    ['DeviceStateChange', { device: 'Custom:DND1001', state: 'BUSY' }],
    ['PresenceStateChange', { presentity: 'CustomPresence:1001', status: 'dnd', subtype: '', message: 'no' }],
    ['PresenceStatus', { exten: '1001', context: 'a', hint: 'x', status: 'away', subtype: '', message: 'forged' }],
    ['ExtensionStatus', { exten: '1001', context: 'internal', hint: HINT, status: '2' }],
    ['ExtensionStatus', { exten: '1001', context: 'internal', hint: HINT, status: '4' }],
    ['PeerStatus', { peer: 'PJSIP/1001', peerstatus: 'Unreachable' }],
    ['ContactStatus', { aor: '1001', contactstatus: 'Removed' }],
  ];
  const order = fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length });
  await fc.assert(
    fc.asyncProperty(order, async (shuffled) => {
      const house = new PaperPbx();
      house.asterisk.hints.push({ exten: '1001', context: 'internal', hint: HINT });
      await house.begin();
      house.asterisk.astdb.set('DND/1001', 'YES');
      for (const [name, headers] of shuffled) house.asterisk.link.emit(name, headers);
      await settled();
      const last = house.untaken.at(-1);
      house.pbx.stop();
      expect(last).toEqual({
        kind: 'extension',
        facts: factsOf('1001', {
          line: 'ringing',
          blocked: true,
          lamps: { 'Custom:DND1001': 'on' },
          presentity: { state: 'dnd', subtype: '', message: 'no' },
        }),
      });
    }),
    { numRuns: 50 },
  );
});

const HINT = 'PJSIP/1001&PJSIP/1001-2&Custom:DND1001,CustomPresence:1001';
