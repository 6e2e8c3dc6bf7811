import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { Sweeper } from '../../src/service/sweeper.ts';
import type { ContactsHouse } from '../support/contacts-house.ts';
import { OPERATOR, openContactsHouse, openHouseOfFour, outcome } from '../support/contacts-house.ts';

/** Puts so many contacts into the company book at once. */
async function fill({ store, make, stored }: ContactsHouse, count: number): Promise<void> {
  const { id } = await make('1001', 'company');
  const row = (await stored('contacts', id))?.value ?? null;
  await store.commit(Array.from({ length: count - 1 }, (_, i) => ({ table: 'contacts', id: `made ${i}`, value: row })));
}

describe('the sweeper', () => {
  test('removes the contacts of a deleted book some hundred at a time, and retires every id', async () => {
    const house = await openHouseOfFour();
    await fill(house, 450);
    const sizes: number[] = [];
    house.store.subscribe(({ writes }) => sizes.push(writes.filter(({ table }) => table === 'contacts').length));
    await house.books.remove(OPERATOR, { id: 'company' });
    await house.sweeper.idle('company');
    expect(sizes).toEqual([0, 200, 200, 50, 0]);
    expect(await house.store.counts('contacts')).toEqual(new Map());
    expect(await house.store.count('retired', '')).toBe(451);
    expect([...house.store.all('sweeps')]).toEqual([]);
  });

  test('removes the calls and the messages of a user who is gone, and those of nobody else, from the disk too', async () => {
    const { store, sweeper } = await openHouseOfFour();
    const row = (table: 'calls' | 'messages', owner: string, n: number) => ({
      table,
      id: `${owner} ${n}`,
      value: { owner },
    });
    const rows = Array.from({ length: 250 }, (_, n) => [row('calls', '1001', n), row('messages', '1001', n)]);
    await store.commit([...rows.flat(), row('calls', '1002', 0), row('messages', '1002', 0)]);
    const erased: boolean[] = [];
    const commit = store.commit.bind(store);
    store.commit = (writes, guards) => {
      for (const { table, erase } of writes) if (table !== 'sweeps') erased.push(erase === true);
      return commit(writes, guards);
    };
    await store.commit([{ table: 'sweeps', id: 'personal:1001', value: {} }]);
    await sweeper.idle('personal:1001');
    expect([await store.counts('calls'), await store.counts('messages'), erased]).toEqual([
      new Map([['1002', 1]]),
      new Map([['1002', 1]]),
      Array(500).fill(true),
    ]);
  });

  test('goes on after a restart with what an earlier run left', async () => {
    const house = await openHouseOfFour();
    await fill(house, 250);
    await house.sweeper.stop();
    await house.books.remove(OPERATOR, { id: 'company' });
    expect(await house.store.count('contacts', 'company')).toBe(250);
    const next = await openContactsHouse({ store: house.store });
    next.sweeper.start();
    await next.sweeper.idle('company');
    expect(await house.store.count('contacts', 'company')).toBe(0);
  });

  test('stops between two slices, and says so to those who wait', async () => {
    const house = await openHouseOfFour();
    await fill(house, 450);
    const stopped = new Promise((resolve) => {
      house.store.subscribe(({ writes }) => {
        if (writes.some(({ table, value }) => table === 'contacts' && value === null)) resolve(house.sweeper.stop());
      });
    });
    await house.books.remove(OPERATOR, { id: 'company' });
    expect(await outcome(house.sweeper.idle('company'))).toEqual({ refused: 'storage' });
    await stopped;
    expect(await house.store.count('contacts', 'company')).toBe(250);
  });

  test('tries again later when the store takes nothing, and tells the operator', async () => {
    const house = await openHouseOfFour();
    await house.make('1001', 'company');
    const { store, clock } = house;
    await house.sweeper.stop();
    await house.books.remove(OPERATOR, { id: 'company' });
    const sweeper = new Sweeper(house);
    const commit = store.commit.bind(store);
    store.commit = () => Promise.reject(new Failure('storage', 'nothing can be stored now'));
    const timer = clock.nextTimer();
    sweeper.start();
    await timer;
    expect(house.said).toEqual([['contacts.sweep_failed', { reason: 'storage' }]]);
    expect(await store.count('contacts', 'company')).toBe(1);
    store.commit = commit;
    clock.pass(30_000);
    await sweeper.idle('company');
    expect(await store.count('contacts', 'company')).toBe(0);
    await sweeper.stop();
    expect(clock.waiting).toBe(0);
  });

  test('has nothing to do for a scope that is not to be swept', async () => {
    const house = await openHouseOfFour();
    await house.make('1001', 'company');
    await house.sweeper.idle('company');
    expect(await house.store.count('contacts', 'company')).toBe(1);
  });
});
