import { describe, expect, test } from 'vitest';
import type { ContactItem, ContactRow } from '../../src/service/contact-row.ts';
import type { Viewer } from '../../src/service/viewer.ts';
import { ADA, type ContactsHouse, OPERATOR, openHouseOfFour, outcome, uuid } from '../support/contacts-house.ts';

const NOT_FOUND = { refused: 'not_found' };
const FORBIDDEN = { refused: 'forbidden' };
const CLIENT = { refused: 'forbidden', reason: 'client' };

/** Every method that changes a contact, on the one with this id. */
const CHANGES: readonly [string, (house: ContactsHouse, viewer: Viewer, id: string) => Promise<unknown>][] = [
  ['contacts.update', ({ contacts }, viewer, id) => contacts.update(viewer, { id, patch: { title: 'Countess' } })],
  [
    'contacts.addNumber',
    ({ contacts }, viewer, id) => contacts.addNumber(viewer, { id, type: 'home', number: '1815' }),
  ],
  ['contacts.move', ({ contacts }, viewer, id) => contacts.move(viewer, { id, book: 'personal' })],
  ['contacts.delete', ({ contacts }, viewer, id) => contacts.remove(viewer, { id })],
  ['contacts.delete of several', ({ contacts }, viewer, id) => contacts.remove(viewer, { ids: [id] })],
];

describe.each(CHANGES)('%s', (_, change) => {
  test('of a company contact is for those who manage its book', async () => {
    for (const extension of ['1000', '1001']) {
      const house = await openHouseOfFour();
      const { id } = await house.make('1001', 'company');
      expect(await outcome(change(house, house.as(extension), id))).not.toHaveProperty('refused');
    }
  });

  test('is 403 for who only views, 404 for a stranger, 403 for a client too old, and changes nothing', async () => {
    const house = await openHouseOfFour();
    const { id } = await house.make('1001', 'company');
    const before = await house.stored('contacts', id);
    expect(await outcome(change(house, house.as('1002'), id))).toEqual(FORBIDDEN);
    expect(await outcome(change(house, house.as('1003'), id))).toEqual(NOT_FOUND);
    expect(await outcome(change(house, house.as('1001', { contacts: false }), id))).toEqual(CLIENT);
    expect(await outcome(change(house, house.as('4711'), id))).toEqual(FORBIDDEN);
    await house.people({ id: '1001', disabled: true });
    expect(await outcome(change(house, house.as('1001'), id))).toEqual(FORBIDDEN);
    expect(await house.stored('contacts', id)).toEqual(before);
  });

  test('of a personal contact is for its owner, and 404 for everybody else, administrators and the operator among them', async () => {
    const house = await openHouseOfFour();
    const { id } = await house.make('1002', 'personal');
    const before = await house.stored('contacts', id);
    for (const asker of [house.as('1000'), house.as('1001'), house.as('1003'), OPERATOR]) {
      expect(await outcome(change(house, asker, id))).toEqual(NOT_FOUND);
    }
    expect(await house.stored('contacts', id)).toEqual(before);
    expect(await outcome(change(house, house.as('1002'), id))).not.toHaveProperty('refused');
  });

  test('of what is not there, or is in a book that was deleted, is 404', async () => {
    const house = await openHouseOfFour();
    const { id } = await house.make('1001', 'company');
    expect(await outcome(change(house, house.as('1001'), uuid(1)))).toEqual(NOT_FOUND);
    expect(await outcome(change(house, house.as('1001'), '__proto__'))).toEqual(NOT_FOUND);
    // The sweeper is stopped: the contact is still stored.
    await house.sweeper.stop();
    await house.books.remove(OPERATOR, { id: 'company' });
    expect(await house.stored('contacts', id)).toBeDefined();
    for (const extension of ['1000', '1001']) {
      expect(await outcome(change(house, house.as(extension), id))).toEqual(NOT_FOUND);
    }
  });

  test('takes the id in capitals too', async () => {
    const house = await openHouseOfFour();
    const { id } = await house.make('1001', 'company', { id: 'ABCDEF00-0000-4000-8000-00000000000A' });
    expect(id).toBe('abcdef00-0000-4000-8000-00000000000a');
    expect(await outcome(change(house, house.as('1001'), id.toUpperCase()))).not.toHaveProperty('refused');
  });

  test('says why it was refused, without the contact and without the book when that is personal', async () => {
    const house = await openHouseOfFour();
    const company = await house.make('1001', 'company');
    const personal = await house.make('1002', 'personal');
    house.said.length = 0;
    await outcome(change(house, house.as('1002'), company.id));
    await outcome(change(house, house.as('1003'), company.id));
    await outcome(change(house, house.as('1000'), personal.id));
    expect(house.said).toEqual([
      ['access.refused', { method: expect.any(String), extension: '1002', book: 'company', reason: 'rule sales' }],
      ['access.refused', { method: expect.any(String), extension: '1003', book: 'company', reason: 'no rule' }],
      ['access.refused', { method: expect.any(String), extension: '1000', reason: 'no such book' }],
    ]);
    for (const secret of [company.id, personal.id, 'Ada', 'Lovelace', '7946', 'personal']) {
      expect(JSON.stringify(house.said)).not.toContain(secret);
    }
  });
});

describe('contacts.update', () => {
  test('answers the contact as the store then holds it, with the next rev and who changed it', async () => {
    const house = await openHouseOfFour();
    const { contacts, clock, as, stored } = house;
    const made = await house.make('1001', 'company');
    clock.pass(60_000);
    const changed = await contacts.update(as('1000'), { id: made.id, patch: { lastName: 'King', title: 'Countess' } });
    expect(changed).toEqual({
      ...made,
      rev: 2,
      lastName: 'King',
      title: 'Countess',
      updated: '2026-01-05T08:01:00.000Z',
      updatedBy: '1000',
    });
    expect((await stored('contacts', made.id))?.value).toEqual({
      book: 'company',
      rev: 2,
      fields: { firstName: 'Ada', lastName: 'King', title: 'Countess', numbers: ADA.numbers },
      keys: [['+442079460000']],
      created: '2026-01-05T08:00:00.000Z',
      updated: '2026-01-05T08:01:00.000Z',
      createdBy: '1001',
      updatedBy: '1000',
    } satisfies ContactRow);
  });

  test('makes the keys of changed numbers again', async () => {
    const { contacts, make, as, stored } = await openHouseOfFour();
    const { id } = await make('1001', 'company');
    const numbers = [{ type: 'other', number: '1234' }, ...ADA.numbers];
    await contacts.update(as('1001'), { id, patch: { numbers } });
    expect((await stored('contacts', id))?.value).toHaveProperty('keys', [['#1234'], ['+442079460000']]);
  });

  test('that changes nothing stores nothing and keeps the rev', async () => {
    const { contacts, store, make, as } = await openHouseOfFour();
    const made = await make('1001', 'company');
    const commits: unknown[] = [];
    store.subscribe((commit) => commits.push(commit));
    const same = { firstName: ' Ada ', title: null, emails: [] };
    expect(await contacts.update(as('1000'), { id: made.id, patch: same })).toEqual(made);
    expect(commits).toEqual([]);
  });

  test('of another rev than the client knows is a conflict with the contact as it is', async () => {
    const { contacts, make, as } = await openHouseOfFour();
    const { id } = await make('1001', 'company');
    const current = await contacts.update(as('1000'), { id, patch: { title: 'Countess' }, ifRev: 1 });
    const late = contacts.update(as('1001'), { id, patch: { title: 'Lady' }, ifRev: 1 });
    expect(await outcome(late)).toEqual({ refused: 'conflict', current });
    const nothing = contacts.update(as('1001'), { id, patch: {}, ifRev: 1 });
    expect(await outcome(nothing)).toEqual({ refused: 'conflict', current });
  });

  test('names every wrong field by its place', async () => {
    const { contacts, make, as } = await openHouseOfFour();
    const { id } = await make('1001', 'company');
    const patch = { numbers: [{ type: 'pigeon', number: '' }], rev: 7 };
    await expect(contacts.update(as('1001'), { id, patch })).rejects.toMatchObject({
      code: 'params',
      detail: {
        issues: expect.arrayContaining([
          expect.objectContaining({ path: 'patch.numbers.0.type' }),
          expect.objectContaining({ path: 'patch.rev' }),
        ]),
      },
    });
  });

  test('does not say who changed it last to those from whom he is hidden', async () => {
    const { contacts, rules, make, as } = await openHouseOfFour();
    const { id } = await make('1001', 'company');
    await rules.setVisibility(OPERATOR, [{ who: { extension: '1000' }, whom: { extension: '1001' }, see: false }]);
    const same = (extension: string) => contacts.update(as(extension), { id, patch: {} });
    expect(await same('1001')).toHaveProperty('updatedBy', '1001');
    expect(await same('1000')).not.toHaveProperty('updatedBy');
  });
});

describe('contacts.addNumber', () => {
  test('R33: adds at the end, and changes nothing when the number is there in any spelling', async () => {
    const { contacts, store, make, as } = await openHouseOfFour();
    const { id } = await make('1001', 'company');
    const added = await contacts.addNumber(as('1001'), { id, type: 'mobile', number: '07700 900123' });
    expect(added.numbers).toEqual([...ADA.numbers, { type: 'mobile', number: '07700 900123' }]);
    const commits: unknown[] = [];
    store.subscribe((commit) => commits.push(commit));
    for (const number of ['+44 20 7946 0000', '0044 (20) 7946-0000', '020 7946 0000', '+447700900123']) {
      expect(await contacts.addNumber(as('1001'), { id, type: 'other', number })).toEqual(added);
    }
    expect(commits).toEqual([]);
  });

  test('takes 20 numbers and not one more, except one that is there', async () => {
    const { contacts, make, as } = await openHouseOfFour();
    const { id } = await make('1001', 'company');
    const add = (n: number) => contacts.addNumber(as('1001'), { id, type: 'other', number: String(3000 + n) });
    for (let n = 1; n < 20; n++) await add(n);
    expect(await outcome(add(20))).toEqual({ refused: 'params' });
    expect(await add(19)).toHaveProperty('rev', 20);
  });

  test('names what is wrong as type and number', async () => {
    const { contacts, make, as } = await openHouseOfFour();
    const { id } = await make('1001', 'company');
    await expect(contacts.addNumber(as('1001'), { id, type: 'pigeon', number: 7 })).rejects.toMatchObject({
      detail: { issues: [{ path: 'type' }, { path: 'number' }] },
    });
  });
});

describe('contacts.move', () => {
  test('keeps the id and takes the favourites along, in one commit', async () => {
    const { contacts, favorites, store, make, as, stored } = await openHouseOfFour();
    const { id } = await make('1001', 'company');
    await favorites.add(as('1001'), `contact:${id}`);
    await favorites.add(as('1002'), `contact:${id}`);
    const commits: string[][] = [];
    store.subscribe(({ writes }) => commits.push(writes.map((write) => `${write.table} ${write.movedFrom ?? ''}`)));
    const moved = await contacts.move(as('1001'), { id, book: 'personal' });
    expect(moved).toMatchObject({ id, book: 'personal', kind: 'personal', rev: 2 });
    expect(commits).toEqual([['contacts company', 'favorites ', 'favorites ']]);
    for (const owner of ['1001', '1002']) {
      expect((await stored('favorites', `${owner} contact:${id}`))?.value).toHaveProperty('book', 'personal:1001');
    }
    expect(await outcome(contacts.update(as('1002'), { id, patch: {} }))).toEqual(NOT_FOUND);
    expect(await contacts.move(as('1001'), { id, book: 'company' })).toMatchObject({ book: 'company', rev: 3 });
  });

  test('to the book it is in changes nothing', async () => {
    const { contacts, store, make, as } = await openHouseOfFour();
    const company = await make('1001', 'company');
    const personal = await make('1001', 'personal');
    const commits: unknown[] = [];
    store.subscribe((commit) => commits.push(commit));
    expect(await contacts.move(as('1001'), { id: company.id, book: 'company' })).toEqual(company);
    expect(await contacts.move(as('1001'), { id: personal.id, book: 'personal' })).toEqual(personal);
    expect(await outcome(contacts.move(as('1002'), { id: company.id, book: 'company' }))).toEqual(FORBIDDEN);
    expect(commits).toEqual([]);
  });

  test('needs the right to change both books, and 404 for one that is not seen comes first', async () => {
    const { contacts, books, make, as, rules } = await openHouseOfFour();
    const other = await books.create(OPERATOR, { name: 'Other' });
    const personal = await make('1002', 'personal');
    const company = await make('1001', 'company');
    const move = (extension: string, id: string, book: string) => outcome(contacts.move(as(extension), { id, book }));
    expect(await move('1002', personal.id, 'company')).toEqual(FORBIDDEN);
    expect(await move('1002', personal.id, other.id)).toEqual(NOT_FOUND);
    expect(await move('1002', company.id, other.id)).toEqual(NOT_FOUND);
    expect(await move('1001', personal.id, 'company')).toEqual(NOT_FOUND);
    expect(await move('1001', company.id, 'personal:1002')).toEqual(NOT_FOUND);
    expect(await move('1003', company.id, 'personal')).toEqual(NOT_FOUND);
    await rules.setPermissions(OPERATOR, [
      { who: { everyone: true }, books: [other.id], view: true, manage: true },
      { who: { everyone: true }, books: '*', view: true, manage: false },
    ]);
    expect(await move('1001', company.id, other.id)).toEqual(FORBIDDEN);
    expect(await move('1000', company.id, other.id)).toMatchObject({ book: other.id });
  });
});

describe('contacts.delete', () => {
  test('R38: removes contacts of several books with the favourites on them and retires their ids, in one commit', async () => {
    const { contacts, favorites, store, make, as, stored } = await openHouseOfFour();
    const company = await make('1001', 'company');
    const personal = await make('1001', 'personal');
    await favorites.add(as('1002'), `contact:${company.id}`);
    const commits: string[][] = [];
    store.subscribe(({ writes }) => commits.push(writes.map(({ table }) => table)));
    const ids = [company.id, personal.id, company.id.toUpperCase()];
    expect(await contacts.remove(as('1001'), { ids })).toBe(2);
    expect(commits.map((tables) => tables.sort())).toEqual([
      ['contacts', 'contacts', 'favorites', 'retired', 'retired'],
    ]);
    expect(await stored('contacts', company.id)).toBe(undefined);
    expect(await stored('favorites', `1002 contact:${company.id}`)).toBe(undefined);
    expect(await outcome(contacts.remove(as('1001'), { id: company.id }))).toEqual(NOT_FOUND);
  });

  test('removes all or none: 404 when one is not seen, before 403 when one may not be changed', async () => {
    const { contacts, make, as, stored } = await openHouseOfFour();
    const own = await make('1002', 'personal');
    const company = await make('1001', 'company');
    const others = await make('1001', 'personal');
    const remove = (...ids: string[]) => outcome(contacts.remove(as('1002'), { ids }));
    expect(await remove(own.id, company.id)).toEqual(FORBIDDEN);
    expect(await remove(own.id, others.id)).toEqual(NOT_FOUND);
    expect(await remove(company.id, own.id, others.id)).toEqual(NOT_FOUND);
    expect(await remove(own.id, uuid(1))).toEqual(NOT_FOUND);
    for (const { id } of [own, company, others]) expect(await stored('contacts', id)).toBeDefined();
    expect(await remove()).toBe(0);
  });

  test('of another rev than the client knows is a conflict', async () => {
    const { contacts, make, as, stored } = await openHouseOfFour();
    const { id } = await make('1001', 'company');
    const current = await contacts.update(as('1000'), { id, patch: { title: 'Countess' } });
    expect(await outcome(contacts.remove(as('1001'), { id, ifRev: 1 }))).toEqual({ refused: 'conflict', current });
    expect(await stored('contacts', id)).toBeDefined();
    expect(await contacts.remove(as('1001'), { id, ifRev: 2 })).toBe(1);
  });
});

describe('contacts.search', () => {
  test('looks in the books the viewer sees, and a book that he does not see is 404', async () => {
    const { contacts, make, as, books } = await openHouseOfFour();
    const other = await books.create(OPERATOR, { name: 'Other' });
    const company = await make('1001', 'company');
    const mine = await make('1002', 'personal');
    await make('1003', 'personal');
    await make('1000', other.id);
    const search = async (extension: string, more: { readonly books?: string[]; readonly limit?: number } = {}) =>
      outcome(
        contacts
          .search(as(extension), { text: 'ada', ...more })
          .then((found) => found.map(({ id }: ContactItem) => id).sort()),
      );
    expect(await search('1002')).toEqual([company.id, mine.id].sort());
    expect(await search('1002', { books: ['personal', 'personal'] })).toEqual([mine.id]);
    expect(await search('1002', { limit: 1 })).toHaveLength(1);
    expect(await search('1000')).toHaveLength(2);
    for (const book of [other.id, 'personal:1003', 'nothing']) {
      expect(await search('1002', { books: [book] })).toEqual(NOT_FOUND);
    }
    expect(await outcome(contacts.search(as('1002', { contacts: false }), { text: 'ada' }))).toEqual(CLIENT);
    expect(await contacts.search(as('1002'), { text: ' . ' })).toEqual([]);
  });

  test('S8: answers nothing of a book whose view right went while the store was searching', async () => {
    const house = await openHouseOfFour();
    const { contacts, rules, store, make, as } = house;
    await make('1001', 'company');
    const mine = await make('1002', 'personal');
    const search = store.search.bind(store);
    store.search = async (question) => {
      const rows = await search(question);
      await rules.setPermissions(OPERATOR, []);
      return rows;
    };
    expect(await contacts.search(as('1002'), { text: 'ada' })).toEqual([mine]);
  });
});
