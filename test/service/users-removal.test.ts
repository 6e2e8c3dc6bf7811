// What becomes of a user's contacts and favourites when he is removed, and what one finds who gets his number.
import { describe, expect, test } from 'vitest';
import { createOperations } from '../../src/service/operations.ts';
import { createPasswords } from '../../src/service/passwords.ts';
import { createThrottle } from '../../src/service/throttle.ts';
import { Turns } from '../../src/service/turns.ts';
import { Users } from '../../src/service/users.ts';
import { cheapCrypto } from '../support/cheap-crypto.ts';
import { OPERATOR, openHouseOfFour, outcome } from '../support/contacts-house.ts';
import { PaperImports } from '../support/paper-imports.ts';

async function openHouse() {
  const house = await openHouseOfFour();
  const passwords = createPasswords(cheapCrypto());
  const users = new Users({ ...house, passwords, throttle: createThrottle(house.clock), turns: new Turns() });
  const imports = new PaperImports();
  return { ...house, users, operations: createOperations({ ...house, users, imports, exports: imports }) };
}

describe('a user who is removed', () => {
  test('has no contact, no favourite and no way back when that is answered', async () => {
    const { users, make, favorites, as, store, stored, rules } = await openHouse();
    const own = await make('1002', 'personal');
    const company = await make('1001', 'company');
    await favorites.add(as('1002'), `contact:${own.id}`);
    await favorites.add(as('1002'), 'extension:1001');
    await favorites.add(as('1001'), 'extension:1002');
    await users.remove('1002');
    expect(await store.counts('contacts')).toEqual(new Map([['company', 1]]));
    expect(await store.counts('favorites')).toEqual(new Map([['1001', 1]]));
    expect(await stored('retired', own.id)).toBeDefined();
    expect([...store.all('sweeps')]).toEqual([]);
    expect(await stored('contacts', company.id)).toBeDefined();
    expect(rules.permissions()).toHaveLength(2);
  });

  test('leaves an empty book to the next user of the number, also while contacts are still being removed', async () => {
    const { users, make, contacts, as, store } = await openHouse();
    for (let n = 0; n < 5; n++) await make('1002', 'personal');
    const [, user] = await Promise.all([users.remove('1002'), users.set({ id: '1002', name: 'Bob' })]);
    expect(user).toMatchObject({ id: '1002', name: 'Bob', groups: [] });
    expect(await store.count('contacts', 'personal:1002')).toBe(0);
    const made = await make('1002', 'personal');
    expect(await contacts.search(as('1002'), { text: 'ada' })).toEqual([made]);
  });

  test('whose contacts cannot be removed now leaves the number to nobody until they are', async () => {
    const { users, make, store, sweeper } = await openHouse();
    await make('1002', 'personal');
    await sweeper.stop();
    expect(await outcome(users.remove('1002'))).toEqual({ refused: 'storage' });
    expect(await outcome(users.set({ id: '1002' }))).toEqual({ refused: 'storage' });
    expect(store.get('users', '1002')).toBe(undefined);
    expect(await store.count('contacts', 'personal:1002')).toBe(1);
  });

  test('has no contact made in the same moment', async () => {
    const { users, make, favorites, as, store } = await openHouse();
    const calls = [
      outcome(make('1002', 'personal')),
      outcome(favorites.add(as('1002'), 'extension:1001')),
      users.remove('1002'),
      outcome(make('1002', 'personal')),
      outcome(favorites.add(as('1002'), 'extension:1003')),
    ];
    await Promise.all(calls);
    expect(await store.counts('contacts')).toEqual(new Map());
    expect(await store.counts('favorites')).toEqual(new Map());
  });
});

describe('the operator', () => {
  test('is told how many personal contacts a user has and loses, and nothing of them', async () => {
    const { operations, make } = await openHouse();
    await make('1002', 'personal');
    await make('1002', 'personal');
    const said = await operations.userShow('1002');
    expect(said).toMatchObject({ user: { id: '1002' }, logins: 0, contacts: 2 });
    expect(JSON.stringify(said)).not.toContain('Ada');
    expect(await operations.userRemove('1002')).toEqual(said);
    expect(await outcome(operations.userShow('1002'))).toEqual({ refused: 'not_found' });
    expect(await operations.userShow('1003')).toMatchObject({ contacts: 0 });
  });

  test('reads and replaces both lists of rules, and is told every fault by its place', async () => {
    const { operations, rules } = await openHouse();
    expect(await operations.permissionsShow()).toEqual(rules.permissions());
    const rule = { who: { everyone: true }, books: '*', view: true, manage: false };
    expect(await operations.permissionsSet([rule])).toEqual([{ ...rule, id: expect.any(String), order: 1 }]);
    const hide = { who: { group: 'x' }, whom: { extension: '1001' }, see: false };
    expect(await operations.visibilitySet([hide])).toEqual([{ ...hide, id: expect.any(String), order: 1 }]);
    expect(await operations.visibilityShow()).toEqual(rules.visibility());
    for (const wrong of [undefined, null, 'x', {}, [rule, 7], [{ ...rule, books: ['nothing'] }]]) {
      expect(await outcome(operations.permissionsSet(wrong))).toEqual({ refused: 'params' });
    }
    await expect(operations.visibilitySet([hide, { ...hide, whom: {} }])).rejects.toMatchObject({
      detail: { issues: [{ path: 'rules.1.whom' }] },
    });
    expect(await operations.visibilityShow()).toHaveLength(1);
    await rules.setPermissions(OPERATOR, []);
    expect(await operations.permissionsShow()).toEqual([]);
  });
});
