import { describe, expect, test } from 'vitest';
import type { Directory } from '../../src/service/caller.ts';
import { OPERATOR } from '../support/contacts-house.ts';
import { openLookupHouse } from '../support/lookup-house.ts';

const LONDON = '+442079460000';
const ORDERS: readonly (readonly Directory[])[] = [
  ['extension', 'personal', 'company'],
  ['extension', 'company', 'personal'],
  ['personal', 'extension', 'company'],
  ['personal', 'company', 'extension'],
  ['company', 'extension', 'personal'],
  ['company', 'personal', 'extension'],
];

describe('P76: a number', () => {
  test.each(['00 44 20 7946 0000', LONDON, '02079460000', '(020) 7946-0000', '9 020 7946 0000', '+44 (0)20 7946 0000'])(
    'as %s is the contact, however it is written there',
    async (number) => {
      const house = await openLookupHouse({ numbering: { country: 'GB', outsideLine: '9' }, lastDigits: 0 });
      await house.add('company', 'National', '020 7946 0000');
      await house.add('personal:1002', 'International', LONDON);
      expect([await house.find('1001', number), await house.find('1002', number)]).toEqual([
        'company National',
        'personal International',
      ]);
    },
  );

  test('is read as in the country of the settings', async () => {
    const house = await openLookupHouse({ numbering: { country: 'US', outsideLine: '' }, lastDigits: 0 });
    await house.add('company', 'New York', '(212) 555-0123');
    await house.add('company', 'London', '011 44 20 7946 0000');
    for (const number of ['+12125550123', '2125550123', '1 212 555 0123']) {
      expect(await house.find('1001', number)).toBe('company New York');
    }
    expect(await house.find('1001', LONDON)).toBe('company London');
    expect(await house.find('1001', '02079460000')).toBe('nobody');
  });

  test.each([
    '',
    ' ',
    'anonymous',
    'Restricted',
    'unknown',
    '+',
    '*',
    '\u0000',
    'x'.repeat(10_000),
    '1'.repeat(10_000),
  ])('that is none is nobody, and nothing is asked: %.20s', async (number) => {
    const house = await openLookupHouse();
    await house.add('company', 'Ada', '020 7946 0000', '1');
    expect(await house.lookup.find({ callee: '1001' }, number)).toBe(undefined);
    expect(house.late.asked).toBe(0);
  });

  test('of the house matches whole and alone', async () => {
    const house = await openLookupHouse();
    await house.add('company', 'Gate', '5001');
    await house.add('company', 'Long', '020 7946 5001');
    expect(await house.find('1001', '5001')).toBe('company Gate');
    expect(await house.find('1001', '001')).toBe('nobody');
    expect(await house.find('1001', '95001')).toBe('nobody');
    expect(await house.find('1001', '+445001')).toBe('nobody');
  });
});

describe('P77: the first directory that knows the number names the caller', () => {
  test.each(ORDERS)('in the order %s, %s, %s', async (...order) => {
    const house = await openLookupHouse({ order });
    const expected = { extension: 'extension Carl', personal: 'personal Mum', company: 'company Engines' };
    house.called('1003', 'Carl');
    await house.add('personal:1001', 'Mum', '1003');
    await house.add('company', 'Engines', '1003');
    for (const directory of order) {
      expect(await house.find('1001', '1003')).toBe(expected[directory]);
      if (directory === 'extension') house.store.note([{ table: 'extensions', id: '1003', value: null }]);
      if (directory === 'personal')
        await house.contacts.remove(house.as('1001'), { ids: await idsOf(house, 'personal:1001') });
      if (directory === 'company') await house.contacts.remove(OPERATOR, { ids: await idsOf(house, 'company') });
    }
    expect(await house.find('1001', '1003')).toBe('nobody');
  });

  test.each(ORDERS)('by a key in any directory before the ending in another: %s, %s, %s', async (...order) => {
    const house = await openLookupHouse({ order });
    await house.add('company', 'Engines', LONDON);
    await house.add('personal:1001', 'Mum', '7946 0000');
    expect(await house.find('1001', LONDON)).toBe('company Engines');
    await house.add('personal:1001', 'Dad', '0113 496 0000');
    await house.add('company', 'Leeds', '71134960000');
    expect(await house.find('1001', '+441134960000')).toBe('personal Dad');
  });

  test.each(ORDERS)('by the ending alone in the same order: %s, %s, %s', async (...order) => {
    const house = await openLookupHouse({ order });
    await house.add('company', 'Engines', '7946 0000');
    await house.add('personal:1001', 'Mum', '7946 0000');
    const first = order.find((directory) => directory !== 'extension');
    expect(await house.find('1001', LONDON)).toBe(first === 'personal' ? 'personal Mum' : 'company Engines');
  });

  test.each<[readonly Directory[], string, number]>([
    [['extension'], 'extension Carl', 0],
    [['personal'], 'personal Mum', 1],
    [['company'], 'company Engines', 1],
  ])('and one that is not in the order is not asked: %s', async (order, expected, asked) => {
    const house = await openLookupHouse({ order });
    house.called('1003', 'Carl');
    await house.add('personal:1001', 'Mum', '1003');
    await house.add('company', 'Engines', '1003');
    expect(await house.find('1001', '1003')).toBe(expected);
    expect(house.late.asked).toBe(asked);
    expect(await house.lookup.explain({ callee: '1001' }, '1002')).toMatchObject(
      order.includes('extension') ? { extension: '1002' } : {},
    );
  });

  test.each([
    [0, 'nobody'],
    [7, 'company Engines'],
    [8, 'company Engines'],
    [9, 'nobody'],
  ])('with %i last digits of the settings', async (lastDigits, expected) => {
    const house = await openLookupHouse({ lastDigits });
    await house.add('company', 'Engines', '7946 0000');
    expect(await house.find('1001', LONDON)).toBe(expected);
  });

  test('with nine last digits where nine are the same', async () => {
    const house = await openLookupHouse({ lastDigits: 9 });
    await house.add('company', 'Eight', '99179460000');
    expect(await house.find('1001', LONDON)).toBe('nobody');
    await house.add('company', 'Nine', '99079460000');
    expect(await house.find('1001', LONDON)).toBe('company Nine');
  });

  test('and the extension comes without a question to the store', async () => {
    const house = await openLookupHouse();
    house.called('1003', 'Carl');
    expect(await house.find('1001', '1003')).toBe('extension Carl');
    expect(house.late.asked).toBe(0);
    expect(await house.find('1001', LONDON)).toBe('nobody');
    expect(house.late.asked).toBe(1);
  });
});

describe('P78: an extension', () => {
  test('is named by what the operator says, else by what the PBX says', async () => {
    const house = await openLookupHouse();
    house.called('1003', 'Carl of the PBX');
    expect(await house.lookup.find({ callee: '1001' }, '10-03')).toEqual({
      directory: 'extension',
      name: 'Carl of the PBX',
      extension: '1003',
    });
    await house.people({ id: '1003', name: 'Carl' });
    expect(await house.find('1001', '1003')).toBe('extension Carl');
    await house.people({ id: '1003' });
    expect(await house.find('1001', '1003')).toBe('extension Carl of the PBX');
    house.store.note([{ table: 'extensions', id: '1003', value: null }]);
    expect(await house.find('1001', '1003')).toBe('nobody');
    house.called('1003', 'Carl\r\nof two lines');
    expect(await house.find('1001', '1003')).toBe('extension Carl of two lines');
  });

  test('without a name names nobody, and is told beside the contact that does', async () => {
    const house = await openLookupHouse();
    expect(await house.find('1001', '1003')).toBe('nobody');
    expect(await house.lookup.explain({ callee: '1001' }, '1003')).toMatchObject({
      caller: undefined,
      extension: '1003',
    });
    const id = await house.add('company', 'Carl', '1003');
    expect(await house.lookup.find({ callee: '1001' }, '1003')).toEqual({
      ...{ directory: 'company', name: 'Carl', extension: '1003' },
      contact: { id, row: (await house.stored('contacts', id))?.value },
    });
  });

  test('of eight digits is one, whatever country they would be of', async () => {
    const house = await openLookupHouse({ numbering: { country: 'DK', outsideLine: '' } });
    house.called('32123456', 'Kai');
    expect(await house.find('1001', '32123456')).toBe('extension Kai');
    expect(await house.find('1001', '32 12 34 56')).toBe('extension Kai');
    expect(await house.find('1001', '+4532123456')).toBe('nobody');
  });

  test('is found by its mobile, in any spelling; of several the lowest number', async () => {
    const house = await openLookupHouse();
    house.called('1003', 'Carl');
    house.called('999', 'Dora');
    await house.people({ id: '1003', mobile: '07700 900123' });
    expect(await house.find('1001', '+447700900123')).toBe('extension Carl');
    expect(await house.find('1001', '+447700900123', { outside: true })).toBe('extension Carl');
    expect(await house.find('1001', '+447700900124')).toBe('nobody');
    expect(await house.find('1001', '+337700900123')).toBe('nobody');
    await house.people({ id: '999', mobile: '+44 7700 900123' });
    expect(await house.find('1001', '07700900123')).toBe('extension Dora');
    await house.people({ id: '999', mobile: '+44 7700 900125' });
    expect(await house.find('1001', '07700900123')).toBe('extension Carl');
    await house.people({ id: '1003' });
    expect(await house.find('1001', '07700900123')).toBe('nobody');
    // Somebody whom the PBX does not have is no colleague.
    await house.people({ id: '1500', name: 'Gone', mobile: '07700 900123' });
    expect(await house.find('1001', '07700900123')).toBe('nobody');
    house.called('1500');
    expect(await house.find('1001', '07700900123')).toBe('extension Gone');
  });

  test('is not believed of a call from outside, a mobile of the house neither', async () => {
    const house = await openLookupHouse();
    house.called('1003', 'Carl');
    await house.people({ id: '1003', mobile: '5003' });
    expect(await house.find('1001', '1003', { outside: true })).toBe('nobody');
    expect(await house.find('1001', '5003', { outside: true })).toBe('nobody');
    expect(await house.find('1001', '5003')).toBe('extension Carl');
    await house.add('company', 'Other', '1003');
    expect(await house.find('1001', '1003', { outside: true })).toBe('nobody');
    await house.add('company', 'Bank', '84433');
    expect(await house.find('1001', '84433', { outside: true })).toBe('company Bank');
  });
});

describe('P79: a contact is found', () => {
  test('by a line behind a number, else by the main number, and never by another line', async () => {
    const house = await openLookupHouse();
    await house.add('company', 'Bob', '020 7946 0000 x13');
    expect(await house.find('1001', LONDON)).toBe('company Bob');
    expect(await house.find('1001', `${LONDON}x12`)).toBe('nobody');
    await house.add('company', 'Switchboard', '020 7946 0000');
    await house.add('company', 'Ada', '020 7946 0000 ext 12');
    expect(await house.find('1001', `${LONDON}x12`)).toBe('company Ada');
    expect(await house.find('1001', `${LONDON}x14`)).toBe('company Switchboard');
    expect(await house.find('1001', LONDON)).toBe('company Switchboard');
  });

  test('never by the ending of a number in another country', async () => {
    const house = await openLookupHouse();
    await house.add('company', 'New York', '+1 212 946 0000');
    expect(await house.find('1001', LONDON)).toBe('nobody');
    await house.add('company', 'Leeds', '0113 946 0000');
    expect(await house.find('1001', LONDON)).toBe('nobody');
    await house.add('company', 'Somewhere', '7946 0000');
    expect(await house.find('1001', LONDON)).toBe('company Somewhere');
  });

  test('by no ending in a book that knows the number, and by one in another', async () => {
    const house = await openLookupHouse();
    const other = await house.book('Other');
    await house.open('company', other);
    await house.add('company', 'Line 13', '020 7946 0000 x13');
    await house.add('company', 'Alike', '7946 0000');
    expect(await house.find('1001', `${LONDON}x12`)).toBe('nobody');
    await house.add(other, 'Alike there', '7946 0000');
    expect(await house.find('1001', `${LONDON}x12`)).toBe('company Alike there');
  });
});

describe('P80: of several contacts', () => {
  test('the one with it as an earlier number is meant, then the oldest, then the first id, over all company books', async () => {
    const house = await openLookupHouse();
    const other = await house.book('Other');
    await house.open('company', other);
    await house.add('company', 'Second number', '1', LONDON);
    expect(await house.find('1001', LONDON)).toBe('company Second number');
    house.clock.pass(1_000);
    await house.add(other, 'First number', LONDON);
    expect(await house.find('1001', LONDON)).toBe('company First number');
    await house.add('company', 'Later id', LONDON);
    expect(await house.find('1001', LONDON)).toBe('company First number');
    house.clock.pass(1_000);
    await house.add(other, 'Younger', LONDON);
    expect(await house.find('1001', LONDON)).toBe('company First number');
  });

  test('the number itself goes before a line behind it, in whatever book', async () => {
    const house = await openLookupHouse();
    const other = await house.book('Other');
    await house.open('company', other);
    for (let n = 10; n < 15; n += 1) await house.add('company', `Line ${n}`, `020 7946 0000 x${n}`);
    expect(await house.find('1001', LONDON)).toBe('company Line 10');
    await house.add(other, 'Switchboard', '1', '2', LONDON);
    expect(await house.find('1001', LONDON)).toBe('company Switchboard');
  });

  test('the one with the longest common ending is meant where the ending alone is known', async () => {
    const house = await openLookupHouse();
    await house.add('company', 'Eight', '7946 0000');
    await house.add('company', 'Nine', '079460000');
    await house.add('company', 'Eight too', '7946 0000');
    expect(await house.find('1001', LONDON)).toBe('company Nine');
  });

  test('P83: the name is first and last name, else the company; what is edited counts as it is then', async () => {
    const house = await openLookupHouse();
    const id = await house.add('company', 'Ada', LONDON);
    await house.contacts.update(OPERATOR, {
      id,
      patch: { firstName: 'Ada', lastName: 'Lovelace', company: 'Engines' },
    });
    expect(await house.lookup.find({ callee: '1001' }, LONDON)).toEqual({
      ...{ directory: 'company', name: 'Ada Lovelace', company: 'Engines' },
      contact: { id, row: (await house.stored('contacts', id))?.value },
    });
    await house.contacts.update(OPERATOR, { id, patch: { firstName: null, lastName: null } });
    expect(await house.lookup.find({ callee: '1001' }, LONDON)).toMatchObject({ name: 'Engines', company: 'Engines' });
    await house.contacts.update(OPERATOR, { id, patch: { numbers: [{ type: 'home', number: '1' }] } });
    expect(await house.find('1001', LONDON)).toBe('nobody');
  });
});

test('a lookup that is closed follows nothing any more', async () => {
  const house = await openLookupHouse();
  house.called('1003', 'Carl');
  house.lookup.close();
  house.called('1003', 'Another');
  expect(await house.find('1001', '1003')).toBe('extension Carl');
});

test('a fault of the store is told to the one who asks', async () => {
  const house = await openLookupHouse();
  house.late.failing = 1;
  await expect(house.lookup.find({ callee: '1001' }, LONDON)).rejects.toThrow('the disk did not answer');
  expect(await house.find('1001', LONDON)).toBe('nobody');
});

async function idsOf({ store }: Awaited<ReturnType<typeof openLookupHouse>>, scope: string): Promise<string[]> {
  const question = { table: 'contacts', scope, since: null, removedSince: null, limit: 100 } as const;
  return (await store.read(question)).rows.map(({ id }) => id);
}
