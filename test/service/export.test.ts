import { describe, expect, test } from 'vitest';
import { OPERATOR, outcome } from '../support/contacts-house.ts';
import { openImportHouse, person, whole } from '../support/import-house.ts';

const ANN = person('Ann', '07700 900001');

describe('exporting a book', () => {
  test('gives every contact of it once, by last name, first name and company, without capitals and accents', async () => {
    const house = await openImportHouse();
    const names = [
      { company: 'Zeta' },
      { lastName: 'Özil', firstName: 'B' },
      { lastName: 'ozil', firstName: 'A' },
      { lastName: 'Adams', firstName: 'Zoe' },
      { lastName: 'Adams', company: 'B' },
      { lastName: 'Adams', company: 'A' },
      { company: 'alpha' },
    ].map((name, n) => ({ ...name, title: `${n}`, numbers: ANN.numbers }));
    await house.load('1001', names);
    const { text } = await house.exports.write(house.as('1002'), 'company', 'csv');
    const [head, ...lines] = (await whole(text)).trim().split('\n');
    expect(head).toBe('Company');
    const order = [6, 0, 5, 4, 3, 2, 1];
    const rows = await house.rows('company');
    const expected = order.map((n) => {
      return { id: rows.find(({ fields }) => fields.title === `${n}`)?.id, ...names[n] };
    });
    expect(lines.map((line) => JSON.parse(line))).toEqual(expected);
  });

  test('gives contacts of one name by their ids, whatever was changed last', async () => {
    const house = await openImportHouse();
    const ids = [];
    for (let n = 0; n < 5; n++) ids.push((await house.make('1001', 'company', { contact: ANN })).id);
    await house.contacts.update(house.as('1001'), { id: ids[0] ?? '', patch: { remark: 'later' } });
    const text = await whole((await house.exports.write(house.as('1001'), 'company', 'vcf')).text);
    expect(text.split('\n').flatMap((line) => /"id":"([^"]*)"/.exec(line)?.[1] ?? [])).toEqual([...ids].sort());
  });

  test('sorts a thousand as it sorts ten', async () => {
    const house = await openImportHouse();
    const rows = Array.from({ length: 1_300 }, (_, n) => person(`${(n * 7919) % 1_300}`.padStart(4, '0'), '1'));
    await house.load('1001', rows);
    const text = await whole((await house.exports.write(house.as('1001'), 'company', 'csv')).text);
    const names = text.split('\n').flatMap((line) => /"firstName":"([^"]*)"/.exec(line)?.[1] ?? []);
    expect(names).toEqual(rows.map(({ firstName }) => firstName).sort());
  });

  test.each([
    ['Company', 'contacts-Company-2026-01-05.csv'],
    ['Vertrieb & Einkauf / Süd', 'contacts-Vertrieb-Einkauf-Sud-2026-01-05.csv'],
    ['../../etc/passwd"\\', 'contacts-etc-passwd-2026-01-05.csv'],
    ['顧客', 'contacts-book-2026-01-05.csv'],
    ['x'.repeat(100), `contacts-${'x'.repeat(60)}-2026-01-05.csv`],
  ])('names the file after the book %j', async (book, name) => {
    const house = await openImportHouse();
    await house.books.rename(OPERATOR, { id: 'company', name: book });
    expect((await house.exports.write(house.as('1001'), 'company', 'csv')).name).toBe(name);
  });

  test('gives a contact that changes meanwhile once, and one that goes meanwhile not', async () => {
    const house = await openImportHouse();
    const people = Array.from({ length: 1_200 }, (_, n) => person(`Person ${n}`, '1'));
    for (let n = 0; n < 1_200; n += 400) await house.load('1001', people.slice(n, n + 400));
    const rows = await house.rows('company');
    const [first, last] = [rows[0]?.id ?? '', rows[5]?.id ?? ''];
    house.between.push(async () => {
      await house.contacts.update(house.as('1001'), { id: first, patch: { title: 'new' } });
      await house.contacts.remove(house.as('1001'), { id: last });
    });
    const text = await whole((await house.exports.write(house.as('1001'), 'company', 'csv')).text);
    const found = text
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line) as { id: string; title?: string });
    expect(new Set(found.map(({ id }) => id)).size).toBe(1_199);
    expect(found).toHaveLength(1_199);
    expect(found.filter(({ id }) => id === first)).toMatchObject([{ title: 'new' }]);
  });
});

describe('who may export', () => {
  test.each([
    ['1000', 'company', 'contacts-Company-2026-01-05.csv'],
    ['1002', 'company', 'contacts-Company-2026-01-05.csv'],
    ['1003', 'company', 'not_found'],
    ['1003', 'personal', 'contacts-Personal-2026-01-05.csv'],
    ['1000', 'personal:1001', 'not_found'],
    ['1009', 'company', 'forbidden'],
    ['', 'company', 'contacts-Company-2026-01-05.csv'],
    ['', 'personal', 'not_found'],
    ['', 'personal:1001', 'not_found'],
  ])('%j of %j: %s', async (by, book, expected) => {
    const house = await openImportHouse();
    const viewer = by === '' ? OPERATOR : house.as(by);
    const answer = await outcome(house.exports.write(viewer, book, 'csv').then(({ name }) => name));
    expect(answer).toEqual(expected.includes('.') ? expected : { refused: expected });
  });

  test('nobody with a client that may not use contacts', async () => {
    const house = await openImportHouse();
    const call = house.exports.write(house.as('1001', { contacts: false }), 'personal', 'csv');
    expect(await outcome(call)).toEqual({ refused: 'forbidden', reason: 'client' });
  });

  test('gives his own personal contacts to each', async () => {
    const house = await openImportHouse();
    await house.make('1001', 'personal', { contact: ANN });
    const text = await whole((await house.exports.write(house.as('1003'), 'personal', 'csv')).text);
    expect(text).toBe('Personal\n');
  });

  test('not whose right goes while the book is read, or while the file is written', async () => {
    const house = await openImportHouse();
    await house.load('1001', [ANN]);
    const revoke = () => house.rules.setPermissions(OPERATOR, []);
    const { text } = await house.exports.write(house.as('1001'), 'company', 'csv');
    const pieces = text[Symbol.asyncIterator]();
    expect(await pieces.next()).toEqual({ done: false, value: 'Company\n' });
    house.between.push(revoke);
    expect(await outcome(house.exports.write(house.as('1001'), 'company', 'csv'))).toEqual({ refused: 'not_found' });
    await expect(pieces.next()).rejects.toMatchObject({ code: 'not_found' });
  });
});
