// Two users and an administrator at three clients of a real daemon beside a real Asterisk: what each may do with contacts,
// and what each is shown of what the others do.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withAsterisk } from '../lab/with-asterisk.ts';
import type { Client } from '../support/client.ts';
import { type Daemon, prepareDaemon } from '../support/daemon.ts';
import { codeOf, create, everyone, makeUsers, person, refusal, withPeople } from './contact-house.ts';
import { settingsFor } from './house.ts';

const COMPANY = 'contacts:company';
const MINE = 'contacts:personal';
const MISSING = 404;
const FORBIDDEN = 403;
const CONFLICT = 409;
const PARAMS = -32602;

describe('Contacts of three people', () => {
  const lab = withAsterisk({ version: '22', extensions: [{ number: '1001' }, { number: '1002' }, { number: '1003' }] });
  let daemon: Daemon;
  const logIn = withPeople(() => daemon);
  let boss: Client;
  let ann: Client;
  let ben: Client;

  beforeAll(async () => {
    daemon = await prepareDaemon({ settings: settingsFor(lab(), 'daemon') });
    await makeUsers(daemon, '1000', '1001', '1002');
    await daemon.start();
  });
  afterAll(() => daemon.dispose());
  beforeEach(async () => {
    [boss, ann, ben] = [await logIn('1000'), await logIn('1001'), await logIn('1002')];
    await allow(boss);
  });

  /** Sets the permission rules; an empty list leaves the company book to administrators. */
  const allow = async (by: Client, ...rules: readonly object[]) => {
    await by.request('permissions.set', { rules });
    // What is answered at one daemon holds at another a moment later, and before whatever is written there afterwards.
    for (const client of [ann, ben]) await client.request('session.renew');
  };
  const view = (extension: string) => ({ who: { extension }, books: '*', view: true, manage: false });
  const manage = (extension: string) => ({ who: { extension }, books: ['company'], view: true, manage: true });

  const booksOf = (client: Client) => [...client.items('books').values()].map(({ id, rights }) => [id, rights]);
  const hasGone = (client: Client, collection: string) => client.collections.get(collection)?.gone;

  test('R16 R14: by default the company book exists for the administrator alone, and the others learn why', async () => {
    const made = await create(boss, 'company', person('Ada', '+44 20 7946 0000'));
    const all = { view: true, manage: true };
    expect(booksOf(boss)).toEqual([
      ['personal', all],
      ['company', all],
    ]);
    for (const client of [ann, ben]) {
      expect(booksOf(client)).toEqual([['personal', all]]);
      expect(client.session).toMatchObject({ features: { contacts: true, company: { off: 'no_permission' } } });
      expect(client.collections.has(COMPANY)).toBe(false);
      expect(await codeOf(client, 'contacts.update', { id: made.id, patch: { title: 'x' } })).toBe(MISSING);
      expect(await codeOf(client, 'contacts.create', { book: 'company', contact: person('A', '1') })).toBe(MISSING);
      expect(await client.request('contacts.search', { text: 'Ada' })).toEqual({ contacts: [] });
    }
    expect(boss.session).toMatchObject({ features: { company: all } });
  });

  test('R09 R10 R12 R13: a personal contact is there for its owner, and for nobody else by any route', async () => {
    const secret = await create(ann, 'personal', person('Doctor', '+44 20 7946 0999', { remark: 'private' }));
    expect(secret).toMatchObject({ book: 'personal', kind: 'personal', rev: 1, updatedBy: '1001' });
    await allow(boss, { who: everyone, books: '*', view: true, manage: true });
    const { id } = secret;
    for (const client of [boss, ben]) {
      const own = await create(client, 'personal', person('Own', '0123456'));
      expect(await codeOf(client, 'contacts.update', { id, patch: { title: 'x' } })).toBe(MISSING);
      expect(await codeOf(client, 'contacts.addNumber', { id, type: 'home', number: '123' })).toBe(MISSING);
      expect(await codeOf(client, 'contacts.move', { id, book: 'company' })).toBe(MISSING);
      expect(await codeOf(client, 'contacts.delete', { id })).toBe(MISSING);
      expect(await codeOf(client, 'contacts.delete', { ids: [own.id, id] })).toBe(MISSING);
      expect(await codeOf(client, 'favorites.add', { id: `contact:${id}` })).toBe(MISSING);
      expect(await refusal(client, 'contacts.create', { book: 'company', contact: person('A', '1'), id })).toEqual({
        code: CONFLICT,
        data: { reason: expect.any(String) },
      });
      expect(await client.request('contacts.search', { text: 'Doctor' })).toEqual({ contacts: [] });
      expect(await client.request('contacts.search', { text: '79460999' })).toEqual({ contacts: [] });
      for (const book of ['personal:1001', '1001']) {
        expect(await codeOf(client, 'contacts.create', { book, contact: person('A', '1') })).toBe(MISSING);
        expect(await codeOf(client, 'contacts.search', { text: 'a', books: [book] })).toBe(MISSING);
        await client.sync([`contacts:${book}`], { [`contacts:${book}`]: 'guessed' });
        expect(hasGone(client, `contacts:${book}`)).toBe('no_permission');
      }
      expect(client.messages.filter((message) => JSON.stringify(message).includes(id))).toEqual([]);
    }
    expect(ann.item(MINE, id)).toEqual(secret);
  });

  test('R15 R18 R29 R34: rights come and go at once, and each refusal is the right one', async () => {
    const made = await create(boss, 'company', person('Grace', '+1 212 555 0100'));
    await allow(boss, view('1001'), manage('1002'));
    await ann.until((client) => client.item(COMPANY, made.id) !== undefined, 'the company book');
    expect(booksOf(ann)).toContainEqual(['company', { view: true, manage: false }]);
    expect(booksOf(ben)).toContainEqual(['company', { view: true, manage: true }]);
    const notice = { features: expect.objectContaining({ company: { view: true, manage: false } }) };
    expect(ann.messages.filter(({ method }) => method === 'session.notice').at(-1)?.params).toEqual(notice);

    expect(await codeOf(ann, 'contacts.create', { book: 'company', contact: person('A', '1') })).toBe(FORBIDDEN);
    expect(await codeOf(ann, 'contacts.update', { id: made.id, patch: { title: 'x' } })).toBe(FORBIDDEN);
    expect(await codeOf(ann, 'contacts.addNumber', { id: made.id, type: 'home', number: '123' })).toBe(FORBIDDEN);
    expect(await codeOf(ann, 'contacts.delete', { id: made.id })).toBe(FORBIDDEN);
    expect(await codeOf(ann, 'contacts.move', { id: made.id, book: 'personal' })).toBe(FORBIDDEN);
    const mine = await create(ann, 'personal', person('Mine', '123456'));
    expect(await codeOf(ann, 'contacts.move', { id: mine.id, book: 'company' })).toBe(FORBIDDEN);
    expect(await codeOf(ann, 'contacts.delete', { ids: [mine.id, made.id] })).toBe(FORBIDDEN);
    expect(ann.item(MINE, mine.id)).toEqual(mine);

    await ben.request('contacts.update', { id: made.id, patch: { title: 'Admiral' } });
    await ann.until((client) => client.item(COMPANY, made.id)?.['title'] === 'Admiral', 'the edit of a colleague');
    await allow(boss);
    await ann.until((client) => hasGone(client, COMPANY) === 'no_permission', 'the withdrawal');
    expect(booksOf(ann)).toEqual([['personal', { view: true, manage: true }]]);
    expect(await codeOf(ben, 'contacts.update', { id: made.id, patch: { title: 'x' } })).toBe(MISSING);
    for (const method of ['permissions.set', 'visibility.set']) {
      expect(await codeOf(ann, method, { rules: [] })).toBe(FORBIDDEN);
    }
    expect(await codeOf(ann, 'books.create', { name: 'Mine' })).toBe(FORBIDDEN);
  });

  test('R33: a number is added to an existing contact once, in whatever spelling', async () => {
    const { id } = await create(ann, 'personal', person('Ada', '+44 20 7946 0001', { remark: 'stays' }));
    for (const number of ['020 7946 0001', '0044 (20) 7946-0001', '+442079460001']) {
      const { contact } = await ann.request<{ contact: object }>('contacts.addNumber', { id, type: 'home', number });
      expect(contact).toMatchObject({ rev: 1, numbers: [{ type: 'business', number: '+44 20 7946 0001' }] });
    }
    const { contact } = await ann.request<{ contact: object }>('contacts.addNumber', {
      id,
      type: 'home',
      number: '1001',
    });
    expect(contact).toMatchObject({ rev: 2, remark: 'stays', firstName: 'Ada' });
    expect(ann.item(MINE, id)).toEqual(contact);
    expect(ann.item(MINE, id)?.['numbers']).toEqual([
      { type: 'business', number: '+44 20 7946 0001' },
      { type: 'home', number: '1001' },
    ]);
  });

  test('R36 R37 R38 R50 R52: what is deleted goes everywhere, favourites included, and its id never comes back', async () => {
    await allow(boss, view('1001'), manage('1002'));
    const made = await create(ben, 'company', person('Edsger', '+31 20 555 0100'));
    const mark = `contact:${made.id}`;
    await ann.until((client) => client.item(COMPANY, made.id) !== undefined, 'the contact');
    await ann.request('favorites.add', { id: mark });
    await ann.request('favorites.add', { id: 'extension:1002' });
    await ann.request('favorites.add', { id: mark });
    expect([...ann.items('favorites').keys()].sort()).toEqual([mark, 'extension:1002'].sort());
    expect(ben.items('favorites').size).toBe(0);
    await ben.request('contacts.delete', { id: made.id });
    expect(ben.item(COMPANY, made.id)).toBeUndefined();
    await ann.until((client) => client.item('favorites', mark) === undefined, 'the favourite going');
    expect(ann.item(COMPANY, made.id)).toBeUndefined();
    const again = { book: 'company', contact: person('Edsger', '1'), id: made.id };
    expect((await refusal(ben, 'contacts.create', again)).data).not.toHaveProperty('current');
    expect(await codeOf(ann, 'favorites.add', { id: mark })).toBe(MISSING);
    await ann.request('favorites.remove', { id: 'extension:1002' });
    expect(ann.items('favorites').size).toBe(0);
  });

  test('two editors: the slower learns what there is now, and nothing is lost', async () => {
    await allow(boss, manage('1001'), manage('1002'));
    const made = await create(ann, 'company', person('Barbara', '+1 212 555 0101'));
    await ben.until((client) => client.item(COMPANY, made.id) !== undefined, 'the contact');
    await ben.request('contacts.update', { id: made.id, ifRev: made.rev, patch: { company: 'MIT' } });
    const late = await refusal(ann, 'contacts.update', { id: made.id, ifRev: made.rev, patch: { company: 'IBM' } });
    expect(late).toMatchObject({ code: CONFLICT, data: { current: { id: made.id, company: 'MIT', rev: 2 } } });
    expect(await codeOf(ann, 'contacts.delete', { id: made.id, ifRev: made.rev })).toBe(CONFLICT);
    await Promise.all([
      ...[1, 2, 3].map((n) => ann.request('contacts.addNumber', { id: made.id, type: 'other', number: `55501${n}0` })),
      ...[4, 5, 6].map((n) => ben.request('contacts.addNumber', { id: made.id, type: 'other', number: `55501${n}0` })),
    ]);
    await ann.until((client) => client.item(COMPANY, made.id)?.['rev'] === 8, 'all six numbers');
    expect(ann.item(COMPANY, made.id)?.['numbers']).toHaveLength(7);
    expect(ann.item(COMPANY, made.id)).toMatchObject({ company: 'MIT', numbers: { length: 7 } });
  });

  test('a create that is repeated after a cut makes one contact and undoes nothing', async () => {
    const id = randomUUID().toUpperCase();
    const made = await create(ann, 'personal', person('Once', '12345'), id);
    expect(made.id).toBe(id.toLowerCase());
    await ann.request('contacts.update', { id: made.id, patch: { firstName: 'Twice' } });
    const { contact } = await ann.request<{ contact: object }>('contacts.create', {
      book: 'personal',
      contact: person('Once', '12345'),
      id,
    });
    expect(contact).toMatchObject({ id: made.id, firstName: 'Twice', rev: 2 });
    expect([...ann.items(MINE).values()].filter(({ firstName }) => firstName === 'Once')).toEqual([]);
  });

  test('a contact moves between books in one step and keeps its id, and who cannot see the new book loses it', async () => {
    await allow(boss, manage('1001'), view('1002'));
    const made = await create(ann, 'company', person('Moving', '+44 20 7946 0055'));
    await ben.until((client) => client.item(COMPANY, made.id) !== undefined, 'the contact');
    await ben.request('favorites.add', { id: `contact:${made.id}` });
    const { contact } = await ann.request<{ contact: object }>('contacts.move', { id: made.id, book: 'personal' });
    expect(contact).toMatchObject({ id: made.id, book: 'personal', kind: 'personal', rev: 2 });
    expect(ann.item(MINE, made.id)).toEqual(contact);
    expect(ann.item(COMPANY, made.id)).toBeUndefined();
    await ben.until((client) => client.item(COMPANY, made.id) === undefined, 'the contact going');
    await ben.until((client) => client.items('favorites').size === 0, 'the favourite going');
    await ann.request('contacts.move', { id: made.id, book: 'company' });
    await ben.until((client) => client.item(COMPANY, made.id) !== undefined, 'the contact coming back');
  });

  test('books are made, renamed and deleted with their contacts', async () => {
    const { book } = await boss.request<{ book: { id: string } }>('books.create', { name: 'Suppliers' });
    await allow(boss, { who: { extension: '1001' }, books: [book.id], view: true, manage: false });
    const inside = `contacts:${book.id}`;
    const made = await create(boss, book.id, person('Supplier', '+44 20 7946 0066'));
    await ann.until((client) => client.item(inside, made.id) !== undefined, 'the new book');
    expect(ann.items('books').has('company')).toBe(false);
    await boss.request('books.rename', { id: book.id, name: 'Vendors' });
    await ann.until((client) => client.item('books', book.id)?.['name'] === 'Vendors', 'the new name');
    await boss.request('books.delete', { id: book.id });
    await ann.until((client) => hasGone(client, inside) === 'deleted', 'the end of the book');
    expect(ann.items('books').has(book.id)).toBe(false);
    expect([...boss.items('permissions').values()]).toEqual([]);
    expect(await codeOf(boss, 'contacts.update', { id: made.id, patch: {} })).toBe(MISSING);
    expect(await codeOf(boss, 'books.delete', { id: book.id })).toBe(MISSING);
  });

  test('R28 R35: what is wrong in a contact is named, field by field', async () => {
    const contact = { firstName: 'x'.repeat(128), numbers: [{ type: 'fax', number: 'ü' }], colour: 'red' };
    const { code, data } = await refusal(ann, 'contacts.create', { book: 'personal', contact });
    expect(code).toBe(PARAMS);
    const paths = (data as { issues: { path: string }[] }).issues.map(({ path }) => path);
    for (const path of ['contact.firstName', 'contact.numbers.0.type', 'contact.numbers.0.number']) {
      expect(paths).toContain(path);
    }
    for (const wrong of [{}, { firstName: 'A' }, { numbers: [{ type: 'home', number: '1' }] }, person('', '1')]) {
      expect(await codeOf(ann, 'contacts.create', { book: 'personal', contact: wrong })).toBe(PARAMS);
    }
  });

  test('whoever is hidden is hidden in every collection', async () => {
    await ann.request('favorites.add', { id: 'extension:1003' });
    await boss.request('visibility.set', {
      rules: [{ who: { extension: '1001' }, whom: { extension: '1003' }, see: false }],
    });
    await ann.until((client) => client.item('extensions', '1003') === undefined, 'the extension going');
    await ann.until((client) => client.item('presence', '1003') === undefined, 'its presence going');
    await ann.until((client) => client.item('favorites', 'extension:1003') === undefined, 'the favourite going');
    expect(await codeOf(ann, 'favorites.add', { id: 'extension:1003' })).toBe(MISSING);
    expect(ben.item('extensions', '1003')).toBeDefined();
    await boss.request('visibility.set', { rules: [] });
    await ann.until((client) => client.item('presence', '1003') !== undefined, 'the extension coming back');
  });

  test('S11: everything goes on where it was after kill -9, with nothing sent twice', async () => {
    await allow(boss, view('1001'), manage('1002'));
    const made = await create(ben, 'company', person('Kept', '+44 20 7946 0077'));
    await ann.until((client) => client.item(COMPANY, made.id) !== undefined, 'the contact');
    await daemon.kill();
    await daemon.start();
    const back = await logIn('1001', ann);
    const resent = back.messages.filter(({ params }) =>
      ['books', 'contacts:company', 'contacts:personal', 'favorites'].includes(String(params?.['collection'])),
    );
    expect(resent).toEqual([]);
    expect(back.item(COMPANY, made.id)).toEqual(made);
    const other = await logIn('1002', ben);
    await other.request('contacts.delete', { id: made.id });
    await back.until((client) => client.item(COMPANY, made.id) === undefined, 'the contact going');
  });
});
