// Several calls in flight at once: what one decided must still hold when it is written.
import { describe, expect, test } from 'vitest';
import type { ContactItem } from '../../src/service/contact-row.ts';
import type { Guard, Write } from '../../src/service/store.ts';
import { ADA, type ContactsHouse, OPERATOR, openHouseOfFour, outcome } from '../support/contacts-house.ts';

const NOT_FOUND = { refused: 'not_found' };
const FORBIDDEN = { refused: 'forbidden' };

/**
 * Runs `meanwhile` when the first commit to this table is on its way, in front of it: the last moment in which something can
 * change before the store decides.
 */
function inFrontOf(house: ContactsHouse, table: Write['table'], meanwhile: () => Promise<unknown>): Promise<unknown> {
  const commit = house.store.commit.bind(house.store);
  return new Promise((resolve) => {
    house.store.commit = (writes: readonly Write[], guards: readonly Guard[] = []) => {
      if (!writes.some((write) => write.table === table)) return commit(writes, guards);
      house.store.commit = commit;
      const done = meanwhile();
      resolve(done);
      return done.then(() => commit(writes, guards));
    };
  });
}

describe('many editors of one contact', () => {
  test('lose no update', async () => {
    const { contacts, make, as } = await openHouseOfFour();
    const { id } = await make('1001', 'company');
    const editors = Array.from({ length: 64 }, (_, i) => as(i % 2 === 0 ? '1000' : '1001'));
    const fields = ['firstName', 'lastName', 'company', 'title', 'remark'];
    const answers = await Promise.all(
      editors.map((editor, i) => contacts.update(editor, { id, patch: { [fields[i % 5] ?? '']: `by ${i}` } })),
    );
    expect(answers.map(({ rev }) => rev).sort((a, b) => a - b)).toEqual(editors.map((_, i) => i + 2));
    const last = answers.find(({ rev }) => rev === 65);
    const newest: Partial<ContactItem> = {};
    for (const answer of answers.sort((a, b) => a.rev - b.rev)) Object.assign(newest, answer);
    expect(newest).toEqual(last);
    for (const key of fields) expect(last).toHaveProperty(key, expect.stringMatching(/^by /));
  });

  test('lose no number, and add the same one once', async () => {
    const { contacts, make, as } = await openHouseOfFour();
    const { id } = await make('1001', 'company');
    const numbers = Array.from({ length: 12 }, (_, i) => String(3000 + (i % 6)));
    await Promise.all(numbers.map((number) => contacts.addNumber(as('1001'), { id, type: 'other', number })));
    const now = await contacts.update(as('1001'), { id, patch: {} });
    expect(now.numbers.map(({ number }) => number).sort()).toEqual([...new Set(numbers), '020 7946 0000'].sort());
  });

  test('with ifRev get through one at a time', async () => {
    const { contacts, make, as } = await openHouseOfFour();
    const { id } = await make('1001', 'company');
    const calls = ['A', 'B', 'C'].map((title) => contacts.update(as('1001'), { id, patch: { title }, ifRev: 1 }));
    const answers = await Promise.all(calls.map((call) => outcome(call)));
    expect(answers.filter((answer) => !Object.hasOwn(answer as object, 'refused'))).toHaveLength(1);
    expect(answers.filter((answer) => (answer as { refused?: string }).refused === 'conflict')).toHaveLength(2);
  });

  test('are refused when one deletes it first', async () => {
    const house = await openHouseOfFour();
    const { contacts, make, as, stored } = house;
    const { id } = await make('1001', 'company');
    inFrontOf(house, 'contacts', () => contacts.remove(as('1000'), { id }));
    expect(await outcome(contacts.update(as('1001'), { id, patch: { title: 'x' } }))).toEqual(NOT_FOUND);
    expect(await stored('contacts', id)).toBe(undefined);
  });

  test('who delete overlapping lists delete each contact once', async () => {
    const { contacts, make, as } = await openHouseOfFour();
    const made = [await make('1001', 'company'), await make('1001', 'company'), await make('1001', 'company')];
    const [a, b, c] = made.map(({ id }) => id) as [string, string, string];
    const answers = await Promise.all([
      outcome(contacts.remove(as('1000'), { ids: [a, b] })),
      outcome(contacts.remove(as('1001'), { ids: [b, c] })),
    ]);
    expect(answers).toEqual([2, NOT_FOUND]);
  });
});

describe('what changes in front of a commit', () => {
  const loses: [string, (house: ContactsHouse) => Promise<unknown>, object][] = [
    ['a right is revoked', ({ rules }) => rules.setPermissions(OPERATOR, []), NOT_FOUND],
    [
      'a right is cut to viewing',
      ({ rules }) =>
        rules.setPermissions(OPERATOR, [{ who: { everyone: true }, books: '*', view: true, manage: false }]),
      FORBIDDEN,
    ],
    ['the book is deleted', ({ books }) => books.remove(OPERATOR, { id: 'company' }), NOT_FOUND],
    ['the user is disabled', ({ people }) => people({ id: '1001', disabled: true }), FORBIDDEN],
    ['the user is removed', ({ store }) => store.commit([{ table: 'users', id: '1001', value: null }]), FORBIDDEN],
  ];
  const calls: [string, (house: ContactsHouse, id: string) => Promise<unknown>][] = [
    ['create', ({ make }) => make('1001', 'company')],
    ['update', ({ contacts, as }, id) => contacts.update(as('1001'), { id, patch: { title: 'x' } })],
    ['addNumber', ({ contacts, as }, id) => contacts.addNumber(as('1001'), { id, type: 'home', number: '1815' })],
    ['move', ({ contacts, as }, id) => contacts.move(as('1001'), { id, book: 'personal' })],
    ['delete', ({ contacts, as }, id) => contacts.remove(as('1001'), { id })],
  ];
  const cases = loses.flatMap(([what, lose, expected]) =>
    calls.map(([name, call]) => ({ what, name, lose, call, expected })),
  );
  test.each(cases)('$what: $name is refused and changes nothing', async ({ lose, call, expected }) => {
    const house = await openHouseOfFour();
    await house.sweeper.stop();
    const { id } = await house.make('1001', 'company');
    const before = await house.stored('contacts', id);
    const count = await house.store.count('contacts', 'company');
    const lost = inFrontOf(house, 'contacts', () => lose(house));
    expect(await outcome(call(house, id))).toEqual(expected);
    await lost;
    expect(await house.stored('contacts', id)).toEqual(before);
    expect(await house.store.count('contacts', 'company')).toBe(count);
  });

  test('an administrator who is none any more is refused', async () => {
    const house = await openHouseOfFour();
    const viewer = house.as('1000');
    inFrontOf(house, 'contacts', () => house.people({ id: '1000', admin: false }));
    const call = house.contacts.create(viewer, { book: 'company', contact: ADA });
    expect(await outcome(call)).toEqual(NOT_FOUND);
    inFrontOf(house, 'books', () => house.people({ id: '1000', admin: false }));
    await house.people({ id: '1000', admin: true });
    expect(await outcome(house.books.create(viewer, { name: 'Mine' }))).toEqual(FORBIDDEN);
    await house.people({ id: '1000', admin: true });
    inFrontOf(house, 'permissions', () => house.people({ id: '1000', admin: false }));
    expect(await outcome(house.rules.setPermissions(viewer, []))).toEqual(FORBIDDEN);
    expect(house.rules.permissions()).toHaveLength(2);
  });

  test('a right that stays in other words changes nothing for the editor', async () => {
    const house = await openHouseOfFour();
    inFrontOf(house, 'contacts', () =>
      house.rules.setPermissions(OPERATOR, [{ who: { everyone: true }, books: '*', view: true, manage: true }]),
    );
    expect(await house.make('1001', 'company')).toMatchObject({ book: 'company', rev: 1 });
  });

  test('a favourite made in front of a move goes along, one made in front of a delete goes too', async () => {
    const house = await openHouseOfFour();
    const { contacts, favorites, as, make, stored } = house;
    const { id } = await make('1001', 'company');
    const mark = () => favorites.add(as('1002'), `contact:${id}`);
    inFrontOf(house, 'contacts', mark);
    await contacts.move(as('1001'), { id, book: 'personal' });
    expect((await stored('favorites', `1002 contact:${id}`))?.value).toHaveProperty('book', 'personal:1001');
    const other = await make('1001', 'company');
    inFrontOf(house, 'contacts', () => favorites.add(as('1002'), `contact:${other.id}`));
    await contacts.remove(as('1001'), { id: other.id });
    expect(await stored('favorites', `1002 contact:${other.id}`)).toBe(undefined);
  });

  test('a favourite taken off in front of a move does not come back', async () => {
    const house = await openHouseOfFour();
    const { contacts, favorites, as, make, stored } = house;
    const { id } = await make('1001', 'company');
    await favorites.add(as('1002'), `contact:${id}`);
    inFrontOf(house, 'contacts', () => favorites.remove(as('1002'), `contact:${id}`));
    await contacts.move(as('1001'), { id, book: 'personal' });
    expect(await stored('favorites', `1002 contact:${id}`)).toBe(undefined);
  });

  test('a contact that is deleted or moved in front of a favourite is not marked, or where it is', async () => {
    const house = await openHouseOfFour();
    const { contacts, favorites, as, make, stored, books } = house;
    const { id } = await make('1001', 'company');
    inFrontOf(house, 'favorites', () => contacts.remove(as('1001'), { id }));
    expect(await outcome(favorites.add(as('1002'), `contact:${id}`))).toEqual(NOT_FOUND);
    const other = await books.create(OPERATOR, { name: 'Other' });
    const moved = await make('1000', 'company');
    inFrontOf(house, 'favorites', () => contacts.move(as('1000'), { id: moved.id, book: other.id }));
    await favorites.add(as('1000'), `contact:${moved.id}`);
    expect((await stored('favorites', `1000 contact:${moved.id}`))?.value).toHaveProperty('book', other.id);
  });

  test('an id that somebody else takes is a conflict', async () => {
    const house = await openHouseOfFour();
    const id = '00000abc-0000-4000-8000-000000000000';
    inFrontOf(house, 'contacts', () => house.make('1002', 'personal', { id }));
    expect(await outcome(house.make('1001', 'company', { id }))).toEqual({ refused: 'conflict' });
  });

  test('again and again is given up as too many, and changes nothing', async () => {
    const house = await openHouseOfFour();
    const { contacts, store, as, make } = house;
    const { id } = await make('1001', 'company');
    const commit = store.commit.bind(store);
    let tries = 0;
    store.commit = async (writes, guards = []) => {
      if (!guards.some(({ table }) => table === 'contacts')) return commit(writes, guards);
      tries += 1;
      const row = (await store.find('contacts', [id])).get(id);
      await commit([{ table: 'contacts', id, value: row?.value ?? null }]);
      return commit(writes, guards);
    };
    await expect(contacts.update(as('1001'), { id, patch: { title: 'x' } })).rejects.toMatchObject({
      code: 'too_many',
      detail: { retryAfter: 1 },
    });
    expect(tries).toBe(20);
  });
});
