import { describe, expect, test } from 'vitest';
import { ADA, OPERATOR, openHouseOfFour, outcome, uuid } from '../support/contacts-house.ts';

const NOT_FOUND = { refused: 'not_found' };
const FORBIDDEN = { refused: 'forbidden' };
const CONFLICT = { refused: 'conflict' };
const ID = uuid(0xabc);

describe('contacts.create', () => {
  test('answers the contact with all that the server says of it', async () => {
    const { contacts, as, stored } = await openHouseOfFour();
    const contact = { firstName: ' Ada ', lastName: 'Lovelace', company: '', numbers: ADA.numbers };
    const made = await contacts.create(as('1001'), { book: 'company', contact });
    const at = '2026-01-05T08:00:00.000Z';
    expect(made).toEqual({
      ...ADA,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      book: 'company',
      kind: 'company',
      rev: 1,
      created: at,
      updated: at,
      updatedBy: '1001',
    });
    expect((await stored('contacts', made.id))?.value).toMatchObject({ createdBy: '1001', keys: [['+442079460000']] });
    const own = await contacts.create(as('1001'), { book: 'personal', contact: ADA });
    expect(own).toMatchObject({ book: 'personal', kind: 'personal' });
    expect((await stored('contacts', own.id))?.value).toHaveProperty('book', 'personal:1001');
  });

  test('R29: in a book that one may only view is 403 and nothing is stored; in one that is not seen 404', async () => {
    const { make, as, contacts, store, books } = await openHouseOfFour();
    const hidden = await books.create(OPERATOR, { name: 'Board' });
    expect(await outcome(make('1002', 'company'))).toEqual(FORBIDDEN);
    expect(await outcome(make('1003', 'company'))).toEqual(NOT_FOUND);
    for (const book of [hidden.id, 'personal:1003', 'nothing', '']) {
      expect(await outcome(make('1002', book))).toEqual(NOT_FOUND);
    }
    expect(await outcome(contacts.create(OPERATOR, { book: 'personal', contact: ADA }))).toEqual(NOT_FOUND);
    const old = as('1001', { contacts: false });
    const call = contacts.create(old, { book: 'personal', contact: ADA });
    expect(await outcome(call)).toEqual({ refused: 'forbidden', reason: 'client' });
    expect(await store.counts('contacts')).toEqual(new Map());
  });

  test('names every wrong field by its place', async () => {
    const { contacts, as } = await openHouseOfFour();
    const contact = { firstName: 'A\u0000', numbers: [], book: 'company' };
    await expect(contacts.create(as('1001'), { book: 'personal', contact })).rejects.toMatchObject({
      code: 'params',
      detail: {
        issues: expect.arrayContaining([
          expect.objectContaining({ path: 'contact.firstName' }),
          expect.objectContaining({ path: 'contact.numbers' }),
          expect.objectContaining({ path: 'contact.book' }),
        ]),
      },
    });
  });
});

describe('contacts.create with an id of the client', () => {
  test('answers a repetition with the contact as it is then, and undoes nothing', async () => {
    const { contacts, make, as, store } = await openHouseOfFour();
    await make('1001', 'company', { id: ID });
    const current = await contacts.update(as('1000'), { id: ID, patch: { title: 'Countess' } });
    const commits: unknown[] = [];
    store.subscribe((commit) => commits.push(commit));
    expect(await make('1001', 'company', { id: ID.toUpperCase() })).toEqual(current);
    expect(await make('1001', 'personal', { id: ID })).toEqual(current);
    const moved = await contacts.move(as('1001'), { id: ID, book: 'personal' });
    expect(await make('1001', 'company', { id: ID })).toEqual(moved);
    expect(commits).toHaveLength(1);
  });

  test('is answered once when it is sent many times at once', async () => {
    const { make, store } = await openHouseOfFour();
    const answers = await Promise.all(Array.from({ length: 10 }, () => make('1001', 'company', { id: ID })));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await store.count('contacts', 'company')).toBe(1);
  });

  test('that a visible contact of somebody else has is a conflict with that contact', async () => {
    const { make } = await openHouseOfFour();
    const current = await make('1001', 'company', { id: ID });
    expect(await outcome(make('1000', 'company', { id: ID }))).toEqual({ ...CONFLICT, current });
    expect(await outcome(make('1002', 'personal', { id: ID }))).toEqual({ ...CONFLICT, current });
  });

  test('that a contact has which one may not see is a conflict without it, also for an administrator', async () => {
    const { make, as, contacts } = await openHouseOfFour();
    await make('1002', 'personal', { id: ID });
    expect(await outcome(make('1000', 'company', { id: ID }))).toEqual(CONFLICT);
    expect(await outcome(make('1001', 'personal', { id: ID }))).toEqual(CONFLICT);
    const byOperator = contacts.create(OPERATOR, { book: 'company', contact: ADA, id: ID });
    expect(await outcome(byOperator)).toEqual(CONFLICT);
    expect(await contacts.update(as('1002'), { id: ID, patch: {} })).toHaveProperty('rev', 1);
  });

  test('that one made in a book one sees no more is a conflict without it', async () => {
    const { make, rules, books } = await openHouseOfFour();
    await make('1001', 'company', { id: ID });
    await rules.setPermissions(OPERATOR, []);
    expect(await outcome(make('1001', 'personal', { id: ID }))).toEqual(CONFLICT);
    await books.remove(OPERATOR, { id: 'company' });
    expect(await outcome(make('1001', 'personal', { id: ID }))).toEqual(CONFLICT);
  });

  test('that was deleted is a conflict for ever, also for the one who made and deleted it', async () => {
    const { make, contacts, as, stored } = await openHouseOfFour();
    await make('1001', 'company', { id: ID });
    await contacts.remove(as('1001'), { id: ID });
    for (const extension of ['1001', '1000', '1002']) {
      expect(await outcome(make(extension, 'personal', { id: ID }))).toEqual(CONFLICT);
    }
    expect(await stored('contacts', ID)).toBe(undefined);
  });

  test('comes after the right to the book', async () => {
    const { make } = await openHouseOfFour();
    await make('1001', 'company', { id: ID });
    expect(await outcome(make('1002', 'company', { id: ID }))).toEqual(FORBIDDEN);
    expect(await outcome(make('1003', 'company', { id: ID }))).toEqual(NOT_FOUND);
  });
});

describe('room', () => {
  test('in a personal book and in all company books together is limited, also for many requests at once', async () => {
    const house = await openHouseOfFour({ room: { personal: 3, company: 4 } });
    const { make, store, books } = house;
    const other = await books.create(OPERATOR, { name: 'Other' });
    const many = (extension: string, ...names: string[]) =>
      Promise.all(names.map((book) => outcome(make(extension, book).then(() => 'made'))));
    const full = { refused: 'too_large' };
    const own = await many('1002', ...Array(6).fill('personal'));
    expect(own.filter((one) => one === 'made').length).toBeLessThanOrEqual(3);
    while ((await store.count('contacts', 'personal:1002')) < 3) await make('1002', 'personal');
    expect(await outcome(make('1002', 'personal'))).toEqual(full);
    expect(await many('1003', 'personal')).toEqual(['made']);
    for (const book of ['company', other.id, 'company', other.id]) await make('1000', book);
    expect(await many('1000', 'company', other.id)).toEqual([full, full]);
    expect(await store.counts('contacts')).toEqual(
      new Map([
        ['personal:1002', 3],
        ['personal:1003', 1],
        ['company', 2],
        [other.id, 2],
      ]),
    );
  });

  test('is needed by a move into a book, and not by one between company books', async () => {
    const { make, contacts, as, books } = await openHouseOfFour({ room: { personal: 1, company: 2 } });
    const other = await books.create(OPERATOR, { name: 'Other' });
    const [first, second] = [await make('1000', 'company'), await make('1000', 'company')];
    expect(await contacts.move(as('1000'), { id: first.id, book: other.id })).toMatchObject({ book: other.id });
    await contacts.move(as('1000'), { id: first.id, book: 'personal' });
    const move = contacts.move(as('1000'), { id: second.id, book: 'personal' });
    expect(await outcome(move)).toEqual({ refused: 'too_large' });
  });
});

describe('a store that takes nothing', () => {
  test('lets every change fail with `storage`, and reading go on', async () => {
    const { make, contacts, favorites, books, rules, store, as } = await openHouseOfFour();
    const made = await make('1001', 'company');
    store.fail();
    const failed = { refused: 'storage' };
    expect(await outcome(make('1001', 'company'))).toEqual(failed);
    expect(await outcome(contacts.update(as('1001'), { id: made.id, patch: { title: 'x' } }))).toEqual(failed);
    expect(await outcome(contacts.move(as('1001'), { id: made.id, book: 'personal' }))).toEqual(failed);
    expect(await outcome(contacts.remove(as('1001'), { id: made.id }))).toEqual(failed);
    expect(await outcome(favorites.add(as('1001'), `contact:${made.id}`))).toEqual(failed);
    expect(await outcome(books.create(OPERATOR, { name: 'x' }))).toEqual(failed);
    expect(await outcome(rules.setPermissions(OPERATOR, []))).toEqual(failed);
    expect(await contacts.search(as('1002'), { text: 'ada' })).toEqual([made]);
  });
});
