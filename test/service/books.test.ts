import { describe, expect, test } from 'vitest';
import { ADA, OPERATOR, openContactsHouse, openHouseOfFour, outcome } from '../support/contacts-house.ts';

const NOT_FOUND = { refused: 'not_found' };
const FORBIDDEN = { refused: 'forbidden' };

describe('the first company book', () => {
  test('is made in a new store, and does not come back when it was deleted', async () => {
    const { store, books, access } = await openContactsHouse();
    expect(access.books(OPERATOR).map(({ item }) => item)).toEqual([
      { id: 'company', kind: 'company', name: 'Company', rights: { view: true, manage: true } },
    ]);
    await books.rename(OPERATOR, { id: 'company', name: 'Firm' });
    await openContactsHouse({ store });
    expect(store.get('books', 'company')?.value).toEqual({ id: 'company', name: 'Firm' });
    await books.remove(OPERATOR, { id: 'company' });
    await openContactsHouse({ store });
    expect([...store.all('books')]).toEqual([]);
  });
});

describe('company books', () => {
  test('are made and renamed by administrators, and seen by nobody else until a rule says so', async () => {
    const { books, access, as } = await openHouseOfFour();
    const made = await books.create(as('1000'), { name: ' Board  room ' });
    expect(made).toEqual({
      id: expect.stringMatching(/^[0-9a-z]{12}$/),
      kind: 'company',
      name: 'Board  room',
      rights: { view: true, manage: true },
    });
    expect(access.books(as('1001')).map(({ item }) => item.id)).toEqual(['personal', 'company']);
    const renamed = await books.rename(OPERATOR, { id: made.id, name: 'Board' });
    expect(renamed).toEqual({ ...made, name: 'Board' });
    expect(access.books(as('1000')).map(({ item }) => item.name)).toEqual(['Personal', 'Board', 'Company']);
  });

  test('renamed to the name they have change nothing', async () => {
    const { books, store } = await openHouseOfFour();
    const commits: unknown[] = [];
    store.subscribe((commit) => commits.push(commit));
    expect(await books.rename(OPERATOR, { id: 'company', name: 'Company ' })).toHaveProperty('name', 'Company');
    expect(commits).toEqual([]);
  });

  test('are not for users, whatever rights they have, nor for a client too old', async () => {
    const { books, as, said } = await openHouseOfFour();
    for (const extension of ['1001', '1002', '1003', '4711']) {
      const viewer = as(extension);
      expect(await outcome(books.create(viewer, { name: 'x' }))).toEqual(FORBIDDEN);
      expect(await outcome(books.rename(viewer, { id: 'company', name: 'x' }))).toEqual(FORBIDDEN);
      expect(await outcome(books.remove(viewer, { id: 'company' }))).toEqual(FORBIDDEN);
      expect(await outcome(books.remove(viewer, { id: 'nothing' }))).toEqual(FORBIDDEN);
    }
    expect(said[0]).toEqual([
      'access.refused',
      { method: 'books.create', extension: '1001', reason: 'not an administrator' },
    ]);
    const old = as('1000', { contacts: false });
    expect(await outcome(books.create(old, { name: 'x' }))).toEqual({ refused: 'forbidden', reason: 'client' });
  });

  test('that are not there, personal ones among them, are 404', async () => {
    const { books, as } = await openHouseOfFour();
    for (const id of ['nothing', 'personal', 'personal:1001', '__proto__']) {
      expect(await outcome(books.rename(as('1000'), { id, name: 'x' }))).toEqual(NOT_FOUND);
      expect(await outcome(books.remove(as('1000'), { id }))).toEqual(NOT_FOUND);
    }
  });

  test('have names of one line', async () => {
    const { books, access } = await openHouseOfFour();
    for (const name of ['', '  ', 'a\nb', 'x'.repeat(128), '\ud800']) {
      await expect(books.create(OPERATOR, { name })).rejects.toMatchObject({
        code: 'params',
        detail: { issues: [{ path: 'name' }] },
      });
    }
    expect(await books.create(OPERATOR, { name: '😀'.repeat(127) })).toHaveProperty('name', '😀'.repeat(127));
    expect(access.books(OPERATOR)).toHaveLength(2);
  });

  test('are limited, also for many requests at once', async () => {
    const { books, store } = await openHouseOfFour({ mostBooks: 3 });
    const calls = Array.from({ length: 4 }, (_, i) => outcome(books.create(OPERATOR, { name: `Book ${i}` })));
    expect((await Promise.all(calls)).slice(2)).toEqual([{ refused: 'too_large' }, { refused: 'too_large' }]);
    expect([...store.all('books')]).toHaveLength(3);
  });
});

describe('a deleted book', () => {
  test('is gone at once in one commit, also from the rules; a rule without a book goes, and places close up', async () => {
    const { books, rules, store, sweeper, as } = await openHouseOfFour();
    await sweeper.stop();
    const other = await books.create(OPERATOR, { name: 'Other' });
    const given = { who: { everyone: true } as const, view: true, manage: false };
    await rules.setPermissions(OPERATOR, [
      { ...given, id: 'one', books: [other.id] },
      { ...given, id: 'both', books: ['company', other.id] },
      { ...given, id: 'all', books: '*' },
    ]);
    const commits: string[][] = [];
    store.subscribe(({ writes }) => commits.push(writes.map(({ table, id }) => `${table} ${id}`)));
    await books.remove(as('1000'), { id: other.id });
    expect(commits.map((writes) => writes.sort())).toEqual([
      [
        `books ${other.id}`,
        'permissions all',
        'permissions both',
        'permissions one',
        `retired book:${other.id}`,
        `sweeps ${other.id}`,
        'upkeep permissions',
      ].sort(),
    ]);
    expect(rules.permissions()).toEqual([
      { ...given, id: 'both', order: 1, books: ['company'] },
      { ...given, id: 'all', order: 2, books: '*' },
    ]);
    expect(await outcome(books.remove(as('1000'), { id: other.id }))).toEqual(NOT_FOUND);
  });

  test('takes its contacts and the favourites on them with it, and their ids are never used again', async () => {
    const { books, contacts, favorites, sweeper, store, make, as, stored } = await openHouseOfFour();
    const made = await make('1001', 'company');
    await favorites.add(as('1002'), `contact:${made.id}`);
    await books.remove(OPERATOR, { id: 'company' });
    await sweeper.idle('company');
    expect(await store.counts('contacts')).toEqual(new Map());
    expect(await store.counts('favorites')).toEqual(new Map());
    expect(await stored('retired', made.id)).toHaveProperty('value', {});
    const again = contacts.create(as('1001'), { book: 'personal', contact: ADA, id: made.id });
    expect(await outcome(again)).toEqual({ refused: 'conflict' });
  });

  test('and a right to it granted at the same moment leave no rule that names it', async () => {
    const { books, rules } = await openHouseOfFour();
    const other = await books.create(OPERATOR, { name: 'Other' });
    const rule = { who: { everyone: true } as const, books: [other.id], view: true, manage: false };
    const [, set] = await Promise.all([
      books.remove(OPERATOR, { id: other.id }),
      outcome(rules.setPermissions(OPERATOR, [rule])),
    ]);
    expect([undefined, { refused: 'params' }]).toContainEqual(set);
    expect(rules.permissions().filter((one) => one.books.includes(other.id))).toEqual([]);
  });
});
