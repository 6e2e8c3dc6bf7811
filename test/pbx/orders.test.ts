import { describe, expect, test } from 'vitest';
import { AmiError } from '../../src/pbx/ami/link-port.ts';
import type { PbxOrder } from '../../src/service/pbx-port.ts';
import { factsOf, PaperPbx, paperSettings, settled } from '../support/paper-pbx.ts';

const dnd = (number: string, message = ''): PbxOrder => ({
  number,
  blocked: true,
  presentity: { state: 'dnd', subtype: '', message },
});
const available = (number: string): PbxOrder => ({
  number,
  blocked: false,
  presentity: { state: 'available', subtype: '', message: '' },
});

async function withExtensions(...numbers: string[]): Promise<PaperPbx> {
  const house = new PaperPbx();
  for (const number of numbers) house.asterisk.addExtension(number);
  await house.begin();
  house.asterisk.link.actions.length = 0;
  return house;
}

/** The actions that wrote something. */
function written({ asterisk }: PaperPbx): { readonly Action: string }[] {
  return asterisk.link.actions.filter(({ Action }) => ['DBPut', 'DBDel', 'Setvar', 'Originate'].includes(Action));
}

describe('An order', () => {
  test('for DND writes AstDB, lamp and presentity, and ends when the PBX has shown them', async () => {
    const house = await withExtensions('1001');
    await house.pbx.carryOut(dnd('1001', 'in a "talk", back\nsoon'));
    expect(written(house)).toEqual([
      { Action: 'DBPut', Family: 'DND', Key: '1001', Val: 'YES' },
      { Action: 'Setvar', Variable: 'DEVICE_STATE(Custom:DND1001)', Value: 'BUSY' },
      {
        Action: 'Setvar',
        Variable: 'PRESENCE_STATE(CustomPresence:1001)',
        Value: `dnd,,${Buffer.from('in a "talk", back soon').toString('base64')},e`,
      },
    ]);
    expect(house.untaken.at(-1)).toEqual({
      kind: 'extension',
      facts: factsOf('1001', {
        line: 'idle',
        blocked: true,
        lamps: { 'Custom:DND1001': 'on' },
        presentity: { state: 'dnd', subtype: '', message: 'in a "talk", back soon' },
      }),
    });
  });

  test('for the end of DND deletes the key and makes the lamp UNAVAILABLE', async () => {
    const house = await withExtensions('1001');
    await house.pbx.carryOut(dnd('1001'));
    house.asterisk.link.actions.length = 0;
    await house.pbx.carryOut(available('1001'));
    expect(written(house)).toEqual([
      { Action: 'DBDel', Family: 'DND', Key: '1001' },
      { Action: 'Setvar', Variable: 'DEVICE_STATE(Custom:DND1001)', Value: 'UNAVAILABLE' },
      { Action: 'Setvar', Variable: 'PRESENCE_STATE(CustomPresence:1001)', Value: 'available,,,e' },
    ]);
  });

  test('that agrees with what is observed writes nothing: no opinion is available, an unset lamp is off', async () => {
    const house = await withExtensions('1001');
    await house.pbx.carryOut(available('1001'));
    expect(house.asterisk.link.actions).toEqual([]);
  });

  test('mends a lamp that is neither on nor off', async () => {
    const house = await withExtensions('1001');
    house.asterisk.setDevice('Custom:DND1001', 'NOT_INUSE');
    await house.extension();
    await house.pbx.carryOut(available('1001'));
    expect(written(house)).toEqual([
      { Action: 'Setvar', Variable: 'DEVICE_STATE(Custom:DND1001)', Value: 'UNAVAILABLE' },
    ]);
  });

  test('never touches a value that somebody else gave AstDB', async () => {
    const house = await withExtensions('1001');
    house.asterisk.astdb.set('DND/1001', 'holiday');
    await house.pbx.carryOut(dnd('1001'));
    expect(house.asterisk.astdb.get('DND/1001')).toBe('holiday');
    expect(house.asterisk.link.sent('DBPut')).toEqual([]);
  });

  test('lights the lamps of all devices that FreePBX names', async () => {
    const house = new PaperPbx();
    house.asterisk.addExtension('1001');
    house.asterisk.astdb.set('AMPUSER/1001/device', '1001&99001');
    await house.begin();
    await house.pbx.carryOut(dnd('1001'));
    expect([...house.asterisk.devices].filter(([, state]) => state === 'BUSY').map(([name]) => name)).toEqual([
      'Custom:DND1001',
      'Custom:DEVDND1001',
      'Custom:DEVDND99001',
    ]);
  });

  test('goes through the dialplan for an AMI user who may not write AstDB', async () => {
    const house = new PaperPbx();
    house.asterisk.addExtension('1001');
    house.asterisk.allowed.delete('DBPut');
    house.asterisk.allowed.delete('DBDel');
    await house.begin();
    house.asterisk.link.actions.length = 0;
    const wrote = house.pbx.carryOut(dnd('1001'));
    await settled();
    house.clock.pass(50);
    await wrote;
    expect(written(house)[0]).toEqual({
      Action: 'Originate',
      Channel: 'Local/on_1001@rollcall-control/n',
      Application: 'NoOp',
      Variable: 'CDR_PROP(disable)=1',
      Timeout: '5000',
      Async: 'true',
    });
    expect(house.asterisk.astdb.get('DND/1001')).toBe('YES');
    const undone = house.pbx.carryOut(available('1001'));
    await settled();
    house.clock.pass(50);
    await undone;
    expect(house.asterisk.astdb.has('DND/1001')).toBe(false);
  });

  test('of one extension waits for the one before, and those of others do not', async () => {
    const house = await withExtensions('1001', '1002');
    const put = house.asterisk.link.gate('DBPut');
    const order: string[] = [];
    const all = [
      house.pbx.carryOut(dnd('1001')).then(() => order.push('1001 on')),
      house.pbx.carryOut(available('1001')).then(() => order.push('1001 off')),
      house.pbx
        .carryOut({ ...available('1002'), presentity: { state: 'xa', subtype: 'business_trip', message: '' } })
        .then(() => {
          order.push('1002');
          put.open();
        }),
    ];
    await Promise.all(all);
    expect(order).toEqual(['1002', '1001 on', '1001 off']);
    expect(house.asterisk.astdb.has('DND/1001')).toBe(false);
  });

  test('that somebody overtakes by changing AstDB ends at once, so that his change is not taken for its own', async () => {
    const house = await withExtensions('1001');
    house.asterisk.link.answer('Setvar', () => [{ message: 'Variable Set' }]);
    const away = { state: 'away', subtype: '', message: '' };
    const order = house.pbx.carryOut({ number: '1001', blocked: false, presentity: away });
    await settled();
    house.asterisk.astdb.set('DND/1001', 'YES');
    house.asterisk.setDevice('Custom:DND1001', 'BUSY');
    await order;
    expect(written(house).map(({ Action }) => Action)).toEqual(['Setvar']);
    expect(house.untaken.at(-1)).toMatchObject({ facts: { blocked: true } });
  });

  test('that somebody overtakes by a lamp that it did not write ends at once, and by one that it wrote does not', async () => {
    const house = await withExtensions('1001');
    house.asterisk.link.answer('Setvar', () => [{ message: 'Variable Set' }]);
    const away = { state: 'away', subtype: '', message: '' };
    const first = house.pbx.carryOut({ number: '1001', blocked: false, presentity: away });
    await settled();
    house.asterisk.setDevice('Custom:DND1001', 'BUSY');
    await first;
    let ended = false;
    const second = house.pbx.carryOut({ number: '1001', blocked: false, presentity: away }).finally(() => {
      ended = true;
    });
    await settled();
    expect([ended, written(house).length]).toEqual([false, 3]);
    house.asterisk.setDevice('Custom:DND1001', 'UNAVAILABLE');
    house.asterisk.setPresence('CustomPresence:1001', 'away');
    await second;
  });

  test('leaves a presentity alone that the daemon cannot write', async () => {
    const house = new PaperPbx();
    house.asterisk.hints.push({ exten: '1001', context: 'a', hint: 'PJSIP/1001,Other:1001' });
    await house.begin();
    await house.pbx.carryOut({ ...available('1001'), presentity: { state: 'away', subtype: '', message: '' } });
    expect(house.asterisk.link.sent('Setvar')).toEqual([]);
  });
});

describe('An order fails as pbx_away', () => {
  const away = (reason: string) => expect.objectContaining({ code: 'pbx_away', detail: { reason } });

  test('without a connection', async () => {
    const house = new PaperPbx();
    await expect(house.pbx.carryOut(dnd('1001'))).rejects.toEqual(away('away'));
    expect(house.pbx.counters).toMatchObject({ orders: 1, failedOrders: 1 });
  });

  test('when the connection goes while it waits', async () => {
    const house = await withExtensions('1001');
    const put = house.asterisk.link.gate('DBPut');
    const order = house.pbx.carryOut(dnd('1001'));
    const failed = expect(order).rejects.toEqual(away('away'));
    await put.reached;
    house.asterisk.link.down();
    await failed;
  });

  test('when the PBX does not show the change within two seconds, and everything is listed again', async () => {
    const house = await withExtensions('1001');
    house.asterisk.link.answer('Setvar', () => [{}]);
    const order = house.pbx.carryOut(dnd('1001'));
    const failed = expect(order).rejects.toEqual(away('timeout'));
    await settled();
    expect(house.asterisk.link.sent('ExtensionStateList')).toEqual([]);
    house.clock.pass(2_000);
    await failed;
    await settled();
    expect(house.asterisk.link.sent('ExtensionStateList')).toHaveLength(1);
  });

  test('when AstDB takes no value, before any lamp is lit', async () => {
    const house = await withExtensions('1001');
    house.asterisk.link.answer('DBPut', () => [{}]);
    await expect(house.pbx.carryOut(dnd('1001'))).rejects.toEqual(away('refused'));
    expect(house.asterisk.link.sent('Setvar')).toEqual([]);
  });

  test('when the AMI user may not set variables, and the report names the privilege', async () => {
    const house = await withExtensions('1001');
    house.asterisk.allowed.delete('Setvar');
    const order = house.pbx.carryOut({ ...available('1001'), presentity: { state: 'away', subtype: '', message: '' } });
    await expect(order).rejects.toEqual(away('refused'));
    expect(house.reported('pbx.write_refused')).toEqual([
      { extension: '1001', action: 'Setvar', privilege: 'call', error: 'Asterisk refused Setvar: Permission denied' },
    ]);
  });

  test('when there is no way to write AstDB, and the report says so', async () => {
    const house = new PaperPbx();
    house.asterisk.addExtension('1001');
    for (const action of ['DBPut', 'DBDel', 'Originate']) house.asterisk.allowed.delete(action);
    await house.begin();
    await expect(house.pbx.carryOut(dnd('1001'))).rejects.toEqual(away('refused'));
    expect(house.reported('pbx.write_refused')).toEqual([
      {
        extension: '1001',
        action: 'DBPut',
        privilege: 'system',
        error: 'the AMI user may neither write AstDB nor originate calls',
      },
    ]);
    expect(house.asterisk.link.sent('Setvar')).toEqual([]);
  });

  test('when the dialplan context is missing, after two seconds', async () => {
    const house = new PaperPbx();
    house.asterisk.addExtension('1001');
    house.asterisk.allowed.delete('DBPut');
    house.asterisk.link.answer('Originate', () => [{}]);
    await house.begin();
    let failure: unknown;
    const order = house.pbx.carryOut(dnd('1001')).catch((error: unknown) => {
      failure = error;
    });
    for (let ms = 0; ms <= 2_000 && failure === undefined; ms += 50) {
      await settled();
      house.clock.pass(50);
    }
    await order;
    expect(failure).toEqual(away('refused'));
  });

  test('when Asterisk does not answer', async () => {
    const house = await withExtensions('1001');
    house.asterisk.link.answer('DBPut', () => {
      throw new AmiError('timeout', 'no answer');
    });
    await expect(house.pbx.carryOut(dnd('1001'))).rejects.toEqual(away('timeout'));
  });
});

test('An order for an extension that the PBX does not have is refused as not found', async () => {
  const house = await withExtensions('1001');
  await expect(house.pbx.carryOut(dnd('1009'))).rejects.toMatchObject({ code: 'not_found' });
});

test('No hint can put anything but its number and its device into an action', async () => {
  const house = new PaperPbx({ ...paperSettings, extensions: { contexts: [], pattern: '.' } });
  const numbers = ['10\r\nAction: DBPut', '1001)', '10 01', '$(SHELL)', '1,2'];
  for (const exten of numbers) {
    house.asterisk.hints.push({
      exten,
      context: 'a',
      hint: `PJSIP/x&Custom:DND${exten}&PJSIP/(y),CustomPresence:${exten}`,
    });
    house.asterisk.devices.set(`Custom:DND${exten}`, 'NOT_INUSE');
  }
  expect((await house.begin()).size).toBe(numbers.length);
  const asked = house.asterisk.link.sent('Getvar').map(({ Variable }) => Variable);
  expect([...new Set(asked)]).toEqual(['DEVICE_STATE(PJSIP/x)', 'PJSIP_ENDPOINT(x,callerid)']);
  house.asterisk.link.actions.length = 0;
  for (const number of numbers) {
    await house.pbx.carryOut(available(number));
    await expect(house.pbx.carryOut(dnd(number))).rejects.toMatchObject({ code: 'pbx_away' });
  }
  expect(house.asterisk.link.actions).toEqual([]);
});

test('More orders than a hundred do not wait for one extension', async () => {
  const house = await withExtensions('1001');
  house.asterisk.link.gate('DBGet');
  const orders = Array.from({ length: 101 }, () => house.pbx.carryOut(dnd('1001')));
  const results = Promise.allSettled(orders);
  await settled();
  house.asterisk.link.down();
  const codes = (await results).map((result) => (result.status === 'rejected' ? result.reason.code : 'done'));
  expect(codes.slice(0, 100).every((code) => code === 'pbx_away')).toBe(true);
  expect(codes[100]).toBe('too_many');
});
