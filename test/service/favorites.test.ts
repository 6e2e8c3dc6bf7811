import { describe, expect, test } from 'vitest';
import { FavoritesUpkeep } from '../../src/service/favorites-upkeep.ts';
import type { Write } from '../../src/service/store.ts';
import { type ContactsHouse, OPERATOR, openHouseOfFour, outcome, uuid } from '../support/contacts-house.ts';

const NOT_FOUND = { refused: 'not_found' };

/** The targets that a user has marked. */
async function marks({ store }: ContactsHouse, owner: string): Promise<string[]> {
  const { rows } = await store.read({ table: 'favorites', scope: owner, since: null, removedSince: null, limit: 100 });
  return rows.map(({ value }) => (value as { target: string }).target).sort();
}

describe('favorites.add', () => {
  test('R49, R50: marks a colleague, a company contact that one may only view, and a personal one', async () => {
    const house = await openHouseOfFour();
    const { favorites, make, as, stored } = house;
    const company = await make('1001', 'company');
    const own = await make('1002', 'personal');
    const targets = ['extension:1001', `contact:${company.id}`, `contact:${own.id}`];
    for (const target of targets) await favorites.add(as('1002'), target);
    expect(await marks(house, '1002')).toEqual(targets.sort());
    expect(await marks(house, '1001')).toEqual([]);
    expect((await stored('favorites', `1002 contact:${company.id}`))?.value).toEqual({
      owner: '1002',
      target: `contact:${company.id}`,
      at: '2026-01-05T08:00:00.000Z',
      book: 'company',
    });
    expect((await stored('favorites', '1002 extension:1001'))?.value).not.toHaveProperty('book');
  });

  test('twice, also at once and in capitals, changes nothing', async () => {
    const house = await openHouseOfFour();
    const { favorites, make, as, store, clock } = house;
    const { id } = await make('1001', 'company', { id: uuid(0xabc) });
    const commits: unknown[] = [];
    store.subscribe((commit) => commits.push(commit));
    const again = Array.from({ length: 5 }, () => favorites.add(as('1002'), `contact:${id}`));
    await Promise.all(again);
    clock.pass(1000);
    await favorites.add(as('1002'), `contact:${id.toUpperCase()}`);
    expect(commits).toHaveLength(1);
  });

  test('of what one does not see is 404: hidden, of another, deleted, not there', async () => {
    const house = await openHouseOfFour();
    const { favorites, make, as, rules, contacts } = house;
    const company = await make('1001', 'company');
    const personal = await make('1001', 'personal');
    const deleted = await make('1001', 'company');
    await contacts.remove(as('1001'), { id: deleted.id });
    await rules.setVisibility(OPERATOR, [{ who: { everyone: true }, whom: { extension: '1001' }, see: false }]);
    const targets = ['extension:1001', 'extension:4711', `contact:${personal.id}`, `contact:${deleted.id}`];
    for (const viewer of [as('1002'), as('1003'), as('1000')]) {
      for (const target of targets) {
        expect(await outcome(favorites.add(viewer, target))).toEqual(NOT_FOUND);
        expect(await outcome(favorites.remove(viewer, target))).toEqual(NOT_FOUND);
      }
    }
    expect(await outcome(favorites.add(as('1003'), `contact:${company.id}`))).toEqual(NOT_FOUND);
    expect(await outcome(favorites.add(as('1001'), 'extension:1001'))).toBe(undefined);
  });

  test('of what is no target is wrong, and the operator has no list', async () => {
    const { favorites, as } = await openHouseOfFour();
    for (const id of ['1001', 'extension:', 'contact:', 'extension:1 2', `contact:${'a'.repeat(65)}`, 'book:company']) {
      expect(await outcome(favorites.add(as('1001'), id))).toEqual({ refused: 'params' });
    }
    expect(await outcome(favorites.add(OPERATOR, 'extension:1001'))).toEqual({ refused: 'forbidden' });
  });

  test('by a client too old for contacts is of colleagues alone', async () => {
    const house = await openHouseOfFour();
    const { favorites, make, as } = house;
    const { id } = await make('1001', 'company');
    await favorites.add(as('1002'), `contact:${id}`);
    const old = as('1002', { contacts: false });
    await favorites.add(old, 'extension:1001');
    const refused = { refused: 'forbidden', reason: 'client' };
    expect(await outcome(favorites.add(old, `contact:${id}`))).toEqual(refused);
    expect(await outcome(favorites.remove(old, `contact:${id}`))).toEqual(refused);
    expect(await marks(house, '1002')).toEqual([`contact:${id}`, 'extension:1001']);
  });

  test('is limited, also for many requests at once', async () => {
    const house = await openHouseOfFour({ mostFavorites: 2 });
    const { favorites, as } = house;
    const calls = ['1000', '1001', '1003'].map((one) => outcome(favorites.add(as('1002'), `extension:${one}`)));
    expect(await Promise.all(calls)).toEqual([undefined, undefined, { refused: 'too_large' }]);
    await favorites.add(as('1002'), 'extension:1000');
    await favorites.remove(as('1002'), 'extension:1000');
    await favorites.add(as('1002'), 'extension:1003');
    expect(await marks(house, '1002')).toEqual(['extension:1001', 'extension:1003']);
  });
});

describe('favorites.remove', () => {
  test('R51: takes one mark of one user off, and without a mark changes nothing', async () => {
    const house = await openHouseOfFour();
    const { favorites, as, store } = house;
    for (const owner of ['1002', '1003']) await favorites.add(as(owner), 'extension:1001');
    await favorites.remove(as('1002'), 'extension:1001');
    const commits: unknown[] = [];
    store.subscribe((commit) => commits.push(commit));
    await favorites.remove(as('1002'), 'extension:1001');
    expect(commits).toEqual([]);
    expect([await marks(house, '1002'), await marks(house, '1003')]).toEqual([[], ['extension:1001']]);
  });
});

describe('marks whose target is gone', () => {
  test('R52: go for good with the extension, and do not come back with it', async () => {
    const house = await openHouseOfFour();
    const { favorites, favoritesUpkeep, as, store, extensions } = house;
    for (const target of ['extension:1001', 'extension:1003']) await favorites.add(as('1002'), target);
    await favorites.add(as('1003'), 'extension:1001');
    store.note([{ table: 'extensions', id: '1001', value: null }]);
    await favoritesUpkeep.idle();
    expect([await marks(house, '1002'), await marks(house, '1003')]).toEqual([['extension:1003'], []]);
    extensions('1001');
    await favoritesUpkeep.idle();
    expect(await marks(house, '1002')).toEqual(['extension:1003']);
  });

  test('stay when the extension is there again before they were removed', async () => {
    const house = await openHouseOfFour();
    const { favorites, favoritesUpkeep, as, store, extensions } = house;
    await favorites.add(as('1002'), 'extension:1001');
    store.note([{ table: 'extensions', id: '1001', value: null }]);
    extensions('1001');
    await favoritesUpkeep.idle();
    expect(await marks(house, '1002')).toEqual(['extension:1001']);
  });

  test('are not made when the extension goes while they are on their way', async () => {
    const house = await openHouseOfFour();
    const { favorites, favoritesUpkeep, as, store } = house;
    const commit = store.commit.bind(store);
    store.commit = async (writes, guards) => {
      store.commit = commit;
      const rev = await commit(writes, guards);
      store.note([{ table: 'extensions', id: '1001', value: null }]);
      return rev;
    };
    await favorites.add(as('1002'), 'extension:1001');
    await favoritesUpkeep.idle();
    expect(await marks(house, '1002')).toEqual([]);
  });

  test('are found at the start: of extensions, of contacts, and those left behind in another book', async () => {
    const house = await openHouseOfFour();
    const { favorites, as, make, store, books, favoritesUpkeep } = house;
    favoritesUpkeep.stop();
    const [gone, moved] = [await make('1000', 'company'), await make('1000', 'company')];
    const other = await books.create(OPERATOR, { name: 'Other' });
    for (const target of [`contact:${gone.id}`, `contact:${moved.id}`, 'extension:1001', 'extension:1003']) {
      await favorites.add(as('1000'), target);
    }
    // What a crash leaves between a target and its marks.
    store.note([{ table: 'extensions', id: '1001', value: null }]);
    const row = (await house.stored('contacts', moved.id))?.value;
    const left: Write[] = [
      { table: 'contacts', id: gone.id, value: null },
      { table: 'contacts', id: moved.id, value: { ...row, book: other.id } },
    ];
    await store.commit(left);
    const upkeep = new FavoritesUpkeep(house);
    await upkeep.start();
    expect(await marks(house, '1000')).toEqual([`contact:${moved.id}`, 'extension:1003']);
    expect((await house.stored('favorites', `1000 contact:${moved.id}`))?.value).toHaveProperty('book', other.id);
    await upkeep.stop();
    expect(house.said).toEqual([]);
  });

  test('are reported when the store takes nothing', async () => {
    const house = await openHouseOfFour();
    const { favorites, favoritesUpkeep, as, store } = house;
    await favorites.add(as('1002'), 'extension:1001');
    store.fail();
    store.note([{ table: 'extensions', id: '1001', value: null }]);
    await favoritesUpkeep.idle();
    expect(house.said).toEqual([['favorites.upkeep_failed', {}]]);
  });
});
