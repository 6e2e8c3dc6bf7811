import { describe, expect, test } from 'vitest';
import type { LetThroughList } from '../../src/service/dialplan-port.ts';
import { type LetThroughQuestion, letsThrough } from '../../src/service/let-through.ts';
import type { Write } from '../../src/service/store.ts';
import type { UserRow } from '../../src/service/users-row.ts';
import { turn } from '../support/board-house.ts';
import { NUMBERING, OPERATOR, openHouseOfFour } from '../support/contacts-house.ts';
import { LateStore } from '../support/late-store.ts';

const BOTH: readonly LetThroughList[] = ['favorites', 'numbers'];

/** The house of four, and the question whether somebody reaches 1002 there. */
async function open() {
  const house = await openHouseOfFour();
  const late = new LateStore(house.store);
  const through = (number: string, more: Partial<LetThroughQuestion> = {}) =>
    letsThrough(
      { store: late, access: house.access, numbering: NUMBERING },
      { callee: '1002', number, lists: BOTH, ...more },
    );
  /** Puts fields into the row of a user. */
  const change = (id: string, fields: Partial<UserRow>) => {
    const before = house.store.get('users', id)?.value as UserRow;
    return house.store.commit([{ table: 'users', id, value: { ...before, ...fields } }]);
  };
  const extension = (id: string, mobile: string) =>
    house.store.note([
      { table: 'extensions', id, value: { item: { id, number: id, name: id, mobile, groups: [] }, said: {} } },
    ]);
  /** Ada in the company book, a favourite of 1002. */
  const ada = async () => {
    const contact = await house.make('1001', 'company');
    await house.favorites.add(house.as('1002'), `contact:${contact.id}`);
    return contact;
  };
  return { ...house, late, through, change, extension, ada };
}

describe('the named numbers', () => {
  test.each([
    ['+44 20 7946 0000', '020 7946 0000'],
    ['020 7946 0000', '00442079460000'],
    ['020 7946 0000', '+442079460000'],
    ['020 7946 0000', '(020) 7946-0000'],
    ['+49 30 901820', '0049 (30) 901820'],
    ['+44 20 7946 0000 x12', '+442079460000'],
    ['+44 20 7946 0000', '+44 20 7946 0000 x12'],
    ['+44 20 7946 0000 x12', '02079460000 x12'],
    ['1003', '1003'],
    ['*43', '*43'],
  ])('P110: %s lets %s through', async (named, number) => {
    const { through, change } = await open();
    await change('1002', { letThrough: ['4711', named] });
    expect(await through(number)).toBe('numbers');
    expect(await through(number, { lists: ['numbers'] })).toBe('numbers');
  });

  test.each([
    ['+44 20 7946 0000', '7946 0000'],
    ['+44 20 7946 0000', '46 0000'],
    ['+44 20 7946 0000', '+49 20 7946 0000'],
    ['+44 20 7946 0000', '+1 442 079 460 000'],
    ['+44 20 7946 0000 x12', '+44 20 7946 0000 x13'],
    ['1003', '+441003'],
    ['1003', '01003'],
    ['1003', '003'],
    ['1003', '11003'],
    ['1003', '*1003'],
  ])('P111: %s does not let %s through', async (named, number) => {
    const { through, change } = await open();
    await change('1002', { letThrough: [named] });
    expect(await through(number)).toBeUndefined();
  });

  test('P110: are those of the callee alone, and only when that list is asked for', async () => {
    const { through, change } = await open();
    await change('1002', { letThrough: ['1003'] });
    expect(await through('1003', { callee: '1001' })).toBeUndefined();
    expect(await through('1003', { lists: ['favorites'] })).toBeUndefined();
    expect(await through('1003', { lists: [] })).toBeUndefined();
  });

  test('P114: need no answer of the store, and go before the favourites', async () => {
    const { through, change, favorites, as, late } = await open();
    await change('1002', { letThrough: ['1003'] });
    await favorites.add(as('1002'), 'extension:1003');
    late.late = true;
    expect(await through('1003')).toBe('numbers');
    expect([late.asked, late.waiting]).toEqual([0, 0]);
  });
});

describe('the favourites', () => {
  test('P112: let a colleague through, at the extension and at the mobile', async () => {
    const { through, favorites, as, extension } = await open();
    extension('1003', '+44 7700 900123');
    await favorites.add(as('1002'), 'extension:1003');
    expect([await through('1003'), await through('07700 900123'), await through('+447700900123')]).toEqual([
      'favorites',
      'favorites',
      'favorites',
    ]);
    expect([await through('1001'), await through('900123'), await through('07700 900124')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test.each(['+1003', '#1003', '*1003', '01003', '1003#', '0044 1003', '1003 x1', '۱۰۰', '100', '10031'])(
    'P112: take %s for no colleague',
    async (number) => {
      const { through, favorites, as } = await open();
      await favorites.add(as('1002'), 'extension:1003');
      expect(await through(number)).toBeUndefined();
    },
  );

  test('P112: let contacts through, of the company and of the personal book, by any of their numbers', async () => {
    const { through, favorites, as, make, ada } = await open();
    await ada();
    const numbers = [
      { type: 'mobile' as const, number: '+49 170 1234567' },
      { type: 'home' as const, number: '0049 30 901820' },
    ];
    const own = await make('1002', 'personal', { contact: { lastName: 'Babbage', numbers } });
    await favorites.add(as('1002'), `contact:${own.id}`);
    const callers = ['00442079460000', '+491701234567', '+4930901820', '+4930901821', '79460000'];
    expect(await Promise.all(callers.map((number) => through(number)))).toEqual([
      'favorites',
      'favorites',
      'favorites',
      undefined,
      undefined,
    ]);
    expect(await through('00442079460000', { lists: ['numbers'] })).toBeUndefined();
  });

  test('P112: are those of the callee: what others marked, and contacts that nobody marked, let nobody through', async () => {
    const { through, favorites, as, make } = await open();
    const contact = await make('1001', 'company');
    await favorites.add(as('1001'), `contact:${contact.id}`);
    await favorites.add(as('1001'), 'extension:1003');
    expect([await through('020 7946 0000'), await through('1003')]).toEqual([undefined, undefined]);
    expect(await through('1003', { callee: '1001' })).toBe('favorites');
  });

  test('P113: let nobody through whom the callee may not see any more', async () => {
    const { through, ada, rules, favorites, as } = await open();
    await ada();
    await favorites.add(as('1002'), 'extension:1003');
    await rules.setPermissions(OPERATOR, []);
    await rules.setVisibility(OPERATOR, [
      { id: 'hidden', who: { extension: '1002' }, whom: { extension: '1003' }, see: false },
    ]);
    expect([await through('020 7946 0000'), await through('1003')]).toEqual([undefined, undefined]);
    await rules.setVisibility(OPERATOR, []);
    expect(await through('1003')).toBe('favorites');
  });

  test('P113: of an administrator count as long as he is one', async () => {
    const { through, make, favorites, as, change } = await open();
    const contact = await make('1001', 'company');
    await favorites.add(as('1000'), `contact:${contact.id}`);
    expect(await through('020 7946 0000', { callee: '1000' })).toBe('favorites');
    await change('1000', { admin: false });
    expect(await through('020 7946 0000', { callee: '1000' })).toBeUndefined();
  });

  test('P113: let nobody through whose contact, number or extension is gone, or whose mark was taken off', async () => {
    const { through, ada, contacts, as, favorites, store } = await open();
    const { id } = await ada();
    const patch = { numbers: [{ type: 'business', number: '020 7946 0001' }] };
    await contacts.update(as('1001'), { id, patch });
    expect([await through('020 7946 0000'), await through('020 7946 0001')]).toEqual([undefined, 'favorites']);
    await contacts.remove(as('1001'), { id });
    expect(await through('020 7946 0001')).toBeUndefined();
    await favorites.add(as('1002'), 'extension:1003');
    store.note([{ table: 'extensions', id: '1003', value: null }]);
    expect(await through('1003')).toBeUndefined();
    await favorites.add(as('1002'), 'extension:1001');
    await favorites.remove(as('1002'), 'extension:1001');
    expect(await through('1001')).toBeUndefined();
  });

  test('P113: a right that is taken while the store is asked counts as taken', async () => {
    const { through, ada, rules, late } = await open();
    await ada();
    late.late = true;
    const answer = through('020 7946 0000');
    await turn();
    late.release('all');
    await turn();
    expect([late.asked, late.waiting]).toEqual([2, 1]);
    await rules.setPermissions(OPERATOR, []);
    late.release('all');
    expect(await answer).toBeUndefined();
  });

  test.each<[string, Partial<UserRow> | null]>([
    ['disabled', { disabled: true }],
    ['removed', null],
  ])('P113: a callee who is %s while the store is asked is let nobody through to', async (_, fields) => {
    const { through, favorites, as, change, store, late } = await open();
    await favorites.add(as('1002'), 'extension:1003');
    late.late = true;
    const answer = through('1003');
    await turn();
    if (fields) await change('1002', fields);
    else await store.commit([{ table: 'users', id: '1002', value: null }]);
    late.release('all');
    expect(await answer).toBeUndefined();
  });

  test('P113: a callee who is disabled while his contacts are read is let nobody through to', async () => {
    const { through, ada, change, late } = await open();
    await ada();
    late.late = true;
    const answer = through('020 7946 0000');
    await turn();
    late.release('all');
    await turn();
    await change('1002', { disabled: true });
    late.release('all');
    expect([await answer, late.asked]).toEqual([undefined, 2]);
  });

  test('P61: beyond 2,000 are not looked at', async () => {
    const { through, store } = await open();
    const mark = (target: string): Write => ({
      ...{ table: 'favorites' as const, id: `1002 ${target}` },
      value: { owner: '1002', target, at: '' },
    });
    const others = Array.from({ length: 2_000 }, (_, n) => mark(`extension:${10_000 + n}`));
    await store.commit([...others, mark('extension:1003')]);
    expect(await through('1003')).toBeUndefined();
    await store.commit([{ table: 'favorites', id: '1002 extension:10000', value: null }]);
    expect(await through('1003')).toBe('favorites');
  });

  test('fail when the store does', async () => {
    const { through, late } = await open();
    late.failing = 1;
    await expect(through('1003')).rejects.toThrow('the disk did not answer');
  });
});

describe('nobody is let through', () => {
  test.each([
    '',
    ' ',
    'anonymous',
    'unknown',
    'restricted',
    'Anonymous <sip:anonymous@anonymous.invalid>',
    '+',
    '()',
    `1003${' '.repeat(61)}1`,
    '1003\r\nAction: Originate',
    '1003"; DROP TABLE users',
    '__proto__',
    'constructor',
    '\u0000',
    '\ud800',
    '9'.repeat(65),
  ])('P111: with %j for a number', async (number) => {
    const { through, change, favorites, as, ada } = await open();
    await change('1002', { letThrough: ['1003', 'ANONYMOUS', '020 7946 0000'] });
    await favorites.add(as('1002'), 'extension:1003');
    await ada();
    expect(await through(number)).toBeUndefined();
  });

  test('P111: with a number of a million digits', async () => {
    const { through, change } = await open();
    await change('1002', { letThrough: ['9'.repeat(31)] });
    expect(await through('9'.repeat(1_000_000))).toBeUndefined();
  });

  test.each(['', '1009', '9999', 'personal', 'personal:1002', '__proto__', 'constructor', '1002 ', ' 1002', '*'])(
    'P110: to %j, which is no user',
    async (callee) => {
      const { through, change, late } = await open();
      await change('1002', { letThrough: ['1003'] });
      expect([await through('1003', { callee }), late.asked]).toEqual([undefined, 0]);
    },
  );

  test('P110: to a user who is disabled', async () => {
    const { through, change, favorites, as } = await open();
    await favorites.add(as('1002'), 'extension:1003');
    await change('1002', { letThrough: ['1001'], disabled: true });
    expect([await through('1001'), await through('1003')]).toEqual([undefined, undefined]);
  });

  test('P112: from outside with the number of an extension, but with the mobile of a colleague', async () => {
    const { through, change, favorites, as, extension } = await open();
    extension('1003', '07700 900123');
    await favorites.add(as('1002'), 'extension:1003');
    await change('1002', { letThrough: ['1001'] });
    const outside = { outside: true };
    expect(await Promise.all(['1001', '1003', '07700900123'].map((number) => through(number, outside)))).toEqual([
      undefined,
      undefined,
      'favorites',
    ]);
    expect([await through('1001'), await through('1003')]).toEqual(['numbers', 'favorites']);
    const odd = [
      '1001;',
      '1001,',
      '_1001',
      "1001'",
      '1001=',
      '1001&',
      '=1001',
      '1001:',
      '1001%',
      'tel:1001',
      'sip:1001@x',
    ];
    for (const number of odd) expect([number, await through(number, outside)]).toEqual([number, undefined]);
  });

  test('P112: from outside as an extension whose number is one of the public network too, but as that number', async () => {
    const house = await open();
    house.extensions('32123456');
    await house.favorites.add(house.as('1002'), 'extension:32123456');
    const parts = { store: house.store, access: house.access, numbering: { country: 'DK', outsideLine: '' } };
    const ask = () => letsThrough(parts, { callee: '1002', number: '32123456', lists: BOTH, outside: true });
    expect(await ask()).toBeUndefined();
    await house.change('1002', { letThrough: ['+45 32 12 34 56'] });
    expect(await ask()).toBe('numbers');
  });
});
