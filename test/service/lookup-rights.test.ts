import { describe, expect, test } from 'vitest';
import { OPERATOR } from '../support/contacts-house.ts';
import { type LookupHouse, openLookupHouse } from '../support/lookup-house.ts';

const LONDON = '+442079460000';
const LEEDS = '+441134960000';
const EVERYONE = { everyone: true } as const;

describe('P81: the callee', () => {
  test('has his own personal contacts, so that two callees see two names', async () => {
    const house = await openLookupHouse();
    await house.add('personal:1001', 'Mum', LONDON);
    await house.add('personal:1002', 'Miss Lovelace', LONDON);
    await house.add('company', 'Ada', LONDON);
    const names = await Promise.all(
      ['1000', '1001', '1002', '1003', 'anyone'].map((callee) => house.find(callee, LONDON)),
    );
    expect(names).toEqual(['company Ada', 'personal Mum', 'personal Miss Lovelace', 'nobody', 'nobody']);
  });

  test('has the company books that the rules give him, an administrator all', async () => {
    const house = await openLookupHouse();
    const board = await house.book('Board');
    await house.add(board, 'Secret', LEEDS);
    expect([await house.find('1000', LEEDS), await house.find('1001', LEEDS)]).toEqual(['company Secret', 'nobody']);
    await house.people({ id: '1000', admin: false }, { id: '1001', admin: true });
    expect([await house.find('1000', LEEDS), await house.find('1001', LEEDS)]).toEqual(['nobody', 'company Secret']);
    await house.people({ id: '1001' });
    await house.rules.setPermissions(OPERATOR, [
      { who: { group: 'board' }, books: [board], view: true, manage: false },
      { who: EVERYONE, books: '*', view: false, manage: false },
    ]);
    expect(await house.find('1001', LEEDS)).toBe('nobody');
    await house.people({ id: '1001', groups: ['board'] });
    expect(await house.find('1001', LEEDS)).toBe('company Secret');
    await house.books.remove(OPERATOR, { id: board });
    expect(await house.find('1001', LEEDS)).toBe('nobody');
  });

  test('does not know of colleagues who are hidden from him, by extension or mobile', async () => {
    const house = await openLookupHouse();
    house.called('1003', 'Carl');
    await house.people({ id: '1003', name: 'Carl', mobile: '07700 900123' });
    await house.hide('1003');
    for (const number of ['1003', '07700900123']) {
      expect([await house.find('1001', number), await house.find('1003', number)]).toEqual([
        'nobody',
        'extension Carl',
      ]);
    }
    expect((await house.lookup.explain({ callee: '1001' }, '1003')).extension).toBe(undefined);
    await house.hide();
    expect(await house.find('1001', '1003')).toBe('extension Carl');
    // A colleague who is seen goes before one who is hidden, though both have the mobile.
    house.called('1002', 'Bob');
    await house.people({ id: '1002', mobile: '07700 900123' });
    expect(await house.find('1001', '07700900123')).toBe('extension Bob');
    await house.hide('1002');
    expect(await house.find('1001', '07700900123')).toBe('extension Carl');
  });

  test.each(['disabled', 'removed'])('whose user is %s is an extension with what its number is given', async (what) => {
    const house = await openLookupHouse();
    await house.add('personal:1002', 'Mum', LONDON);
    await house.add('company', 'Ada', LEEDS);
    expect([await house.find('1002', LONDON), await house.find('1002', LEEDS)]).toEqual([
      'personal Mum',
      'company Ada',
    ]);
    if (what === 'disabled') await house.people({ id: '1002', groups: ['sales'], disabled: true, admin: true });
    else await house.store.commit([{ table: 'users', id: '1002', value: null }]);
    expect([await house.find('1002', LONDON), await house.find('1002', LEEDS)]).toEqual(['nobody', 'nobody']);
    await house.rules.setPermissions(OPERATOR, [{ who: { extension: '1002' }, books: '*', view: true, manage: false }]);
    expect([await house.find('1002', LONDON), await house.find('1002', LEEDS)]).toEqual(['nobody', 'company Ada']);
    await house.open('company');
    expect([await house.find('1002', LONDON), await house.find('1002', LEEDS)]).toEqual(['nobody', 'company Ada']);
    await house.people({ id: '1002' });
    expect(await house.find('1002', LONDON)).toBe('personal Mum');
  });

  test('without a log-in sees the colleagues that the extension may see', async () => {
    const house = await openLookupHouse();
    house.called('1500');
    house.called('1003', 'Carl');
    await house.rules.setVisibility(OPERATOR, [
      { who: { extension: '1500' }, whom: { extension: '1003' }, see: true },
      { who: EVERYONE, whom: { extension: '1003' }, see: false },
    ]);
    expect([await house.find('1500', '1003'), await house.find('1001', '1003')]).toEqual(['extension Carl', 'nobody']);
  });

  test('who is a user, though the PBX does not have him, has what is his', async () => {
    const house = await openLookupHouse();
    await house.people({ id: '1600' });
    await house.add('personal:1600', 'Mum', LONDON);
    expect(await house.find('1600', LONDON)).toBe('personal Mum');
  });
});

describe('P82: nobody in particular, or a callee that nobody knows,', () => {
  const strangers = ['anyone', '', '700', 's', 'x'.repeat(10_000), '__proto__', 'personal:1001'];

  test.each(strangers)('%.20s knows the books that a rule opens to everyone', async (callee) => {
    const house = await openLookupHouse();
    await house.add('personal:1001', 'Mum', LONDON);
    await house.add('company', 'Ada', LEEDS);
    expect(await house.find(callee, LEEDS)).toBe('nobody');
    await house.rules.setPermissions(OPERATOR, [
      { who: { extension: '1001' }, books: '*', view: false, manage: false },
      { who: { group: 'sales' }, books: ['company'], view: false, manage: false },
      { who: EVERYONE, books: ['company'], view: true, manage: false },
    ]);
    expect([await house.find(callee, LEEDS), await house.find(callee, LONDON)]).toEqual(['company Ada', 'nobody']);
    await house.rules.setPermissions(OPERATOR, [
      { who: EVERYONE, books: ['company'], view: false, manage: false },
      { who: EVERYONE, books: '*', view: true, manage: false },
    ]);
    expect(await house.find(callee, LEEDS)).toBe('nobody');
  });

  test.each(strangers)(
    '%.20s knows extensions by their number, by mobile only when nobody can be hidden',
    async (callee) => {
      const house = await openLookupHouse();
      house.called('1003', 'Carl');
      await house.people({ id: '1003', mobile: '07700 900123' });
      expect([await house.find(callee, '1003'), await house.find(callee, '07700900123')]).toEqual([
        'extension Carl',
        'extension Carl',
      ]);
      await house.hide('1000');
      expect([await house.find(callee, '1003'), await house.find(callee, '07700900123')]).toEqual([
        'extension Carl',
        'nobody',
      ]);
      await house.hide();
      expect(await house.find(callee, '07700900123')).toBe('extension Carl');
    },
  );

  test('is no callee any more when the PBX or the operator makes the extension known', async () => {
    const house = await openLookupHouse();
    await house.add('company', 'Ada', LEEDS);
    await house.rules.setPermissions(OPERATOR, [{ who: { extension: '1700' }, books: '*', view: true, manage: false }]);
    expect(await house.find('1700', LEEDS)).toBe('nobody');
    house.called('1700');
    expect(await house.find('1700', LEEDS)).toBe('company Ada');
    house.store.note([{ table: 'extensions', id: '1700', value: null }]);
    expect(await house.find('1700', LEEDS)).toBe('nobody');
  });
});

describe('a client', () => {
  test('has what is his, as a client sees it', async () => {
    const house = await openLookupHouse();
    await house.add('personal:1002', 'Mum', LONDON);
    await house.add('company', 'Ada', LEEDS);
    const viewer = house.as('1002');
    expect([await house.find({ viewer }, LONDON), await house.find({ viewer }, LEEDS)]).toEqual([
      'personal Mum',
      'company Ada',
    ]);
    await house.people({ id: '1002', groups: ['sales'], disabled: true });
    expect([await house.find({ viewer }, LONDON), await house.find({ viewer }, '1003')]).toEqual(['nobody', 'nobody']);
  });

  test('whose version is too old has the extensions and no contacts', async () => {
    const house = await openLookupHouse();
    house.called('1003', 'Carl');
    await house.add('personal:1001', 'Mum', LONDON);
    await house.add('company', 'Ada', LEEDS);
    const viewer = house.as('1001', { contacts: false });
    const names = [LONDON, LEEDS, '1003'].map((number) => house.find({ viewer }, number));
    expect(await Promise.all(names)).toEqual(['nobody', 'nobody', 'extension Carl']);
    expect(house.late.asked).toBe(0);
  });

  test('that is the operator’s has every company book and no personal one', async () => {
    const house = await openLookupHouse();
    await house.add('personal:1001', 'Mum', LONDON);
    await house.add('company', 'Ada', LEEDS);
    const names = [LONDON, LEEDS].map((number) => house.find({ viewer: OPERATOR }, number));
    expect(await Promise.all(names)).toEqual(['nobody', 'company Ada']);
  });
});

describe('S8: while the store is answering', () => {
  /** Both contacts in books of 1002, and a question about one of them that waits for its answer. */
  async function asking(number: string): Promise<{ house: LookupHouse; answer: Promise<string> }> {
    const house = await openLookupHouse();
    await house.add('personal:1002', 'Mum', LONDON);
    await house.add('company', 'Ada', LEEDS);
    house.late.late = true;
    const answer = house.find('1002', number);
    await until(() => house.late.waiting === 1);
    return { house, answer };
  }

  test('nothing happens, and the answer is the contact', async () => {
    const { house, answer } = await asking(LEEDS);
    await house.add('company', 'Another', '1');
    house.late.release('all');
    expect(await answer).toBe('company Ada');
    expect(house.late.asked).toBe(1);
  });

  test.each(['the right', 'the book', 'the group', 'the log-in', 'the user'])(
    '%s goes, and with it the name',
    async (what) => {
      const { house, answer } = await asking(LEEDS);
      if (what === 'the right') await house.rules.setPermissions(OPERATOR, []);
      if (what === 'the book') await house.books.remove(OPERATOR, { id: 'company' });
      if (what === 'the group') await house.people({ id: '1002' });
      if (what === 'the log-in') await house.people({ id: '1002', groups: ['sales'], disabled: true });
      if (what === 'the user') await house.store.commit([{ table: 'users', id: '1002', value: null }]);
      house.late.late = false;
      house.late.release('all');
      expect(await answer).toBe('nobody');
    },
  );

  test.each(['disabled', 'removed'])('the callee is %s, and his personal contacts are not used', async (what) => {
    const { house, answer } = await asking(LONDON);
    if (what === 'disabled') await house.people({ id: '1002', groups: ['sales'], disabled: true });
    else await house.store.commit([{ table: 'users', id: '1002', value: null }]);
    house.late.release('all');
    expect(await answer).toBe('nobody');
  });

  test('a colleague is hidden, and is not told', async () => {
    const house = await openLookupHouse({ order: ['company', 'extension'] });
    house.called('1003', 'Carl');
    house.late.late = true;
    const [of1002, ofClient] = [house.find('1002', '1003'), house.find({ viewer: house.as('1002') }, '1003')];
    await until(() => house.late.waiting === 2);
    await house.hide('1003');
    house.late.release('all');
    expect([await of1002, await ofClient]).toEqual(['nobody', 'nobody']);
  });

  test.each(['moved', 'removed', 'renamed', 'renumbered', 'swept by many'])(
    'the contact is %s, and counts as it is then',
    async (what) => {
      const { house, answer } = await asking(LEEDS);
      const [id = ''] = await idsOf(house, 'company');
      if (what === 'moved') await house.contacts.move(OPERATOR, { id, book: await house.book('Board') });
      if (what === 'removed') await house.contacts.remove(OPERATOR, { id });
      if (what === 'renamed') await house.contacts.update(OPERATOR, { id, patch: { lastName: 'Countess' } });
      if (what === 'renumbered') {
        await house.contacts.update(OPERATOR, { id, patch: { numbers: [{ type: 'home', number: '1' }] } });
      }
      if (what === 'swept by many') {
        await house.contacts.remove(OPERATOR, { id });
        await house.store.commit(
          Array.from({ length: 300 }, (_, n) => ({ table: 'contacts' as const, id: `none-${n}`, value: null })),
        );
      }
      house.late.release('all');
      await until(() => house.late.waiting === 1);
      house.late.release('all');
      expect(await answer).toBe(what === 'renamed' ? 'company Countess' : 'nobody');
      expect(house.late.asked).toBe(2);
    },
  );

  test('the contact is changed each time, and after some times nobody is named', async () => {
    const { house, answer } = await asking(LEEDS);
    const [id = ''] = await idsOf(house, 'company');
    for (let n = 0; n < 4; n += 1) {
      await until(() => house.late.waiting === 1);
      await house.contacts.update(OPERATOR, { id, patch: { lastName: `Name ${n}` } });
      house.late.release('all');
    }
    expect(await answer).toBe('nobody');
    expect(house.late.asked).toBe(4);
  });

  test('a right comes, and counts from the next question', async () => {
    const house = await openLookupHouse();
    await house.add('company', 'Ada', LEEDS);
    house.late.late = true;
    const early = house.find('1003', LEEDS);
    await until(() => house.late.waiting === 1);
    await house.open('company');
    house.late.late = false;
    house.late.release('all');
    expect([await early, await house.find('1003', LEEDS)]).toEqual(['nobody', 'company Ada']);
  });
});

test('views are kept for so many callees, and made again for those that were let go', async () => {
  const house = await openLookupHouse();
  const ids = Array.from({ length: 1_200 }, (_, n) => String(20_000 + n));
  await house.people(...ids.map((id) => ({ id })));
  await house.open('company');
  await house.add('company', 'Ada', LEEDS);
  for (const id of [...ids, ...ids.slice(0, 5)]) expect(await house.find(id, LEEDS)).toBe('company Ada');
  await house.open();
  for (const id of ids) expect(await house.find(id, LEEDS)).toBe('nobody');
});

/** Waits, turn by turn, for what waits for nothing but turns. */
async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1_000 && !isSo(); turn += 1) await new Promise((resolve) => setImmediate(resolve));
  if (!isSo()) throw new Error('it did not come to that');
}

async function idsOf({ store }: LookupHouse, scope: string): Promise<string[]> {
  const question = { table: 'contacts', scope, since: null, removedSince: null, limit: 100 } as const;
  return (await store.read(question)).rows.map(({ id }) => id);
}
