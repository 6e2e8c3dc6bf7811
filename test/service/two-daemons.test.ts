import { beforeEach, describe, expect, test } from 'vitest';
import type { ContactRow } from '../../src/service/contact-row.ts';
import type { MessageRow } from '../../src/service/message-row.ts';
import type { Write } from '../../src/service/store.ts';
import { turn } from '../support/board-house.ts';
import { outcome } from '../support/contacts-house.ts';
import { HandClock } from '../support/hand-clock.ts';
import { counts, NONE, person } from '../support/import-house.ts';
import { paper } from '../support/paper-file.ts';
import { as, openTwo } from '../support/two-daemons.ts';

const ID = '6e1f0c5a-8f3e-4d58-9b7c-000000000001';
const ADMIN = as('1000', true);
const ANN = person('Ann', '07700 900001');

let house: Awaited<ReturnType<typeof openHouse>>;

/** An administrator and three users with extensions of whom 1001 manages the company book. */
async function openHouse(parts?: Parameters<typeof openTwo>[0]) {
  const two = openTwo(parts);
  const users = ['1000', '1001', '1002', '1003'].map((id) => ({
    id,
    groups: [],
    admin: id === '1000',
    disabled: false,
  }));
  const item = (id: string) => ({ item: { id, number: id, name: id, groups: [] }, said: {} });
  await two.behind.commit([
    ...users.map((value): Write => ({ table: 'users', id: value.id, value })),
    ...users.map(({ id }): Write => ({ table: 'extensions', id, value: item(id) })),
  ]);
  await two.a.books.start();
  await two.b.books.start();
  const rule = { who: { extension: '1001' }, books: '*' as const, view: true, manage: true };
  await two.a.rules.setPermissions(ADMIN, [rule]);
  return two;
}

beforeEach(async () => {
  house = await openHouse();
});

/** An owner's copies in the order in which they were written. */
async function copies(owner: string): Promise<MessageRow[]> {
  const all = { table: 'messages', scope: owner, since: null, removedSince: null, limit: 9_999 } as const;
  const { rows } = await house.behind.read(all);
  return rows.map(({ value }) => value as MessageRow).sort((a, b) => (a.at < b.at ? -1 : 1));
}

async function contactsOf(scope: string): Promise<ContactRow[]> {
  const all = { table: 'contacts', scope, since: null, removedSince: null, limit: 9_999 } as const;
  return (await house.behind.read(all)).rows.map(({ value }) => value as ContactRow);
}

describe('of two daemons', () => {
  test('one makes the first book', async () => {
    const { a, b } = openTwo();
    await Promise.all([a.books.start(), b.books.start()]);
    expect([...a.store.all('books')].map(({ value }) => value)).toEqual([{ id: 'company', name: 'Company' }]);
  });

  test('both rename a book, one after the other, and one deletes it before the other renames it', async () => {
    const { a, b } = house;
    b.store.lags = true;
    await a.books.rename(ADMIN, { id: 'company', name: 'First' });
    await b.books.rename(ADMIN, { id: 'company', name: 'Second' });
    expect(house.behind.get('books', 'company')?.value).toEqual({ id: 'company', name: 'Second' });
    await a.books.remove(ADMIN, { id: 'company' });
    expect(await outcome(b.books.rename(ADMIN, { id: 'company', name: 'Third' }))).toEqual({ refused: 'not_found' });
    expect([...house.behind.all('books')]).toEqual([]);
  });

  test('one replaces the rules as the other left them', async () => {
    const { a, b } = house;
    b.store.lags = true;
    const rule = (extension: string) => ({ who: { extension }, books: ['company'], view: true, manage: false });
    await a.rules.setPermissions(ADMIN, [rule('1001'), rule('1002')]);
    await b.rules.setPermissions(ADMIN, [rule('1003')]);
    for (const { rules } of [a, b]) expect(rules.permissions()).toMatchObject([{ order: 1, ...rule('1003') }]);
    await Promise.all([
      a.rules.setVisibility(ADMIN, [{ who: { everyone: true }, whom: { extension: '1003' }, see: false }]),
      b.rules.setVisibility(ADMIN, []),
    ]);
    a.store.follow();
    b.store.follow();
    expect(a.rules.visibility()).toEqual(b.rules.visibility());
  });

  test('one refuses what the right to has gone at the other', async () => {
    const { a, b } = house;
    b.store.lags = true;
    await a.rules.setPermissions(ADMIN, []);
    const made = b.contacts.create(as('1001'), { book: 'company', contact: ANN });
    expect(await outcome(made)).toEqual({ refused: 'not_found' });
    expect(await contactsOf('company')).toEqual([]);
  });

  test('both change a contact, and neither change is lost', async () => {
    const { a, b } = house;
    const { id } = await a.contacts.create(as('1001'), { book: 'company', contact: ANN });
    b.store.lags = true;
    await Promise.all([
      a.contacts.update(as('1001'), { id, patch: { title: 'Dr' } }),
      b.contacts.update(as('1001'), { id, patch: { remark: 'by hand' } }),
    ]);
    expect(await contactsOf('company')).toMatchObject([{ rev: 3, fields: { ...ANN, title: 'Dr', remark: 'by hand' } }]);
  });
});

describe('favourites', () => {
  const marks = async () => {
    const all = { table: 'favorites', scope: '1001', since: null, removedSince: null, limit: 99 } as const;
    return (await house.behind.read(all)).rows.map(({ id }) => id);
  };

  test('added at both are there once, and taken off at one they are gone', async () => {
    const { a, b } = house;
    const added = await Promise.all([a, b].map((one) => one.favorites.add(as('1001'), 'extension:1002')));
    expect([added, await marks()]).toEqual([[undefined, undefined], ['1001 extension:1002']]);
    await Promise.all([a, b].map((one) => one.favorites.remove(as('1001'), 'extension:1002')));
    expect(await marks()).toEqual([]);
  });

  test('of a user who is removed at the other daemon are not written', async () => {
    const { a, b } = house;
    b.store.lags = true;
    await a.users.remove('1001');
    expect(await outcome(b.favorites.add(as('1001'), 'extension:1002'))).toEqual({ refused: 'forbidden' });
    expect(await marks()).toEqual([]);
  });

  test('of the next user with a number are not taken off by one who had it before', async () => {
    const { a, b } = house;
    await b.favorites.add(as('1001'), 'extension:1002');
    b.store.lags = true;
    await a.users.remove('1001');
    await a.users.set({ id: '1001', disabled: true });
    const value = { owner: '1001', target: 'extension:1002', at: '2026-01-05T08:00:00.000Z' };
    await house.behind.commit([{ table: 'favorites', id: '1001 extension:1002', value }]);
    const removed = b.favorites.remove(as('1001'), 'extension:1002');
    expect(await outcome(removed)).toEqual({ refused: 'forbidden' });
    expect(await marks()).toEqual(['1001 extension:1002']);
  });
});

describe('an import', () => {
  const file = { book: 'company', bytes: paper([ANN]), onDuplicate: 'update' as const, dryRun: false };

  test('of the same file at both daemons at once makes its contacts once', async () => {
    const { a, b } = house;
    b.store.lags = true;
    const reports = await Promise.all([a.imports.run(as('1001'), file), b.imports.run(ADMIN, file)]);
    expect(reports.map(counts).sort((one, other) => other.added - one.added)).toEqual([
      { ...NONE, rows: 1, added: 1 },
      { ...NONE, rows: 1, unchanged: 1 },
    ]);
    expect((await contactsOf('company')).map(({ fields }) => fields)).toEqual([ANN]);
  });

  test('is listed and undone at the other daemon', async () => {
    const { a, b } = house;
    const { id } = await a.imports.run(as('1001'), file);
    expect((await b.imports.list(as('1001'))).map((one) => one.id)).toEqual([id]);
    expect(await b.imports.undo(as('1001'), id)).toEqual({ removed: 1, restored: 0 });
    expect(await outcome(a.imports.undo(as('1001'), id))).toEqual({ refused: 'not_found' });
    expect(await contactsOf('company')).toEqual([]);
  });

  test('that is undone at one daemon while it comes again at the other is there or not, as a whole', async () => {
    const { a, b } = house;
    const { id } = await a.imports.run(as('1001'), file);
    b.store.lags = true;
    const [undone, again] = await Promise.all([
      a.imports.undo(as('1001'), id),
      b.imports.run(ADMIN, { ...file, onDuplicate: 'skip' }),
    ]);
    expect(undone).toEqual({ removed: 1, restored: 0 });
    expect((await contactsOf('company')).length).toBe(counts(again).added);
  });

  test('leaves no mark of a book that is gone', async () => {
    const { a, b } = house;
    const { id } = await a.books.create(ADMIN, { name: 'Sales' });
    await b.imports.run(as('1001'), { ...file, book: id });
    await b.books.remove(ADMIN, { id });
    await a.sweeper.idle(id);
    expect([...house.behind.all('upkeep')].map((row) => row.id)).toEqual(['permissions']);
    expect(await contactsOf(id)).toEqual([]);
  });
});

describe('messages', () => {
  test('sent again at the other daemon are there once', async () => {
    const { a, b } = house;
    const wish = { to: '1002', text: 'Lunch?', id: ID };
    const [first, second] = await Promise.all([a.messages.send(as('1001'), wish), b.messages.send(as('1001'), wish)]);
    expect(second).toEqual(first);
    expect([(await copies('1001')).length, (await copies('1002')).length]).toEqual([1, 1]);
  });

  test('of clients who change between daemons keep their order, also when clocks differ by a minute', async () => {
    const clocks = [new HandClock('2026-01-05T08:01:00.000Z'), new HandClock('2026-01-05T08:00:00.000Z')] as const;
    house = await openHouse({ clocks });
    const { a, b } = house;
    for (const { store } of [a, b]) store.lags = true;
    const texts = Array.from({ length: 12 }, (_, n) => `${n}`);
    for (const [n, text] of texts.entries()) {
      const [from, to] = n % 3 === 0 ? ['1002', '1001'] : ['1001', '1002'];
      await (n % 2 === 0 ? a : b).messages.send(as(from), { to, text });
    }
    for (const owner of ['1001', '1002']) expect((await copies(owner)).map(({ text }) => text)).toEqual(texts);
    expect(new Set((await copies('1001')).map(({ at }) => at)).size).toBe(texts.length);
  });

  test('read at one daemon, as they were shown at the other, are read at all', async () => {
    const { a, b } = house;
    b.store.lags = true;
    for (const text of ['one', 'two', 'three']) await a.messages.send(as('1002'), { to: '1001', text });
    const [, , last] = await a.store
      .read({
        ...{ table: 'messages', scope: '1001', since: null, removedSince: null, limit: 99 },
      } as const)
      .then(({ rows }) => rows);
    await b.messages.read(as('1001'), { with: '1002', upTo: last?.id.slice(5) ?? '' });
    expect((await copies('1002')).map(({ read }) => read !== undefined)).toEqual([true, true, true]);
  });

  test('are never read before they were delivered, and marked once, when both daemons mark them', async () => {
    const clocks = [new HandClock('2026-01-05T08:01:00.000Z'), new HandClock('2026-01-05T08:00:00.000Z')] as const;
    house = await openHouse({ clocks });
    const { a, b } = house;
    const { id } = await b.messages.send(as('1002'), { to: '1001', text: 'Lunch?' });
    const delivered = new Promise<void>((resolve) => house.behind.subscribe(() => resolve()));
    a.messages.told('1001');
    await delivered;
    const read = (daemon: typeof a) => daemon.messages.read(as('1001'), { with: '1002', upTo: id });
    await read(b);
    await read(a);
    const [mine] = await copies('1001');
    const [theirs] = await copies('1002');
    expect(mine?.delivered).toBe('2026-01-05T08:01:00.000Z');
    expect(mine?.read).toBe(mine?.delivered);
    expect(theirs).toEqual({ ...mine, owner: '1002', with: '1001' });
  });

  test('of one user are limited at both daemons together', async () => {
    const { a, b } = house;
    let sent = 0;
    for (let n = 0; n < 200; n++) {
      const answer = await outcome((n % 2 === 0 ? a : b).messages.send(as('1001'), { to: '1002', text: `${n}` }));
      if (!(answer as { refused?: string }).refused) sent += 1;
    }
    expect(sent).toBeGreaterThanOrEqual(60);
    expect(sent).toBeLessThanOrEqual(70);
  });

  test('to somebody who is hidden at the other daemon meanwhile are refused', async () => {
    const { a, b } = house;
    b.store.lags = true;
    await a.rules.setVisibility(ADMIN, [{ who: { everyone: true }, whom: { extension: '1002' }, see: false }]);
    const sent = b.messages.send(as('1001'), { to: '1002', text: 'Lunch?' });
    expect(await outcome(sent)).toEqual({ refused: 'not_found' });
    await turn();
    expect(await copies('1002')).toEqual([]);
  });
});
