import { describe, expect, test } from 'vitest';
import { OPERATOR, outcome } from '../support/contacts-house.ts';
import { type ImportHouse, openImportHouse, person } from '../support/import-house.ts';

const ANN = person('Ann', '07700 900001');
const BOB = person('Bob', '07700 900002');
const CY = person('Cy', '07700 900003');

/** Ann is in the book; an import changes her and adds Bob and Cy. */
async function imported(by = '1001', book = 'company') {
  const house = await openImportHouse();
  const ann = await house.make('1001', book, { contact: ANN });
  const before = await house.rows(book === 'personal' ? 'personal:1001' : book);
  house.clock.pass(60_000);
  const report = await house.load(by, [{ ...ANN, title: 'Dr' }, BOB, CY], { book });
  const rows = await house.rows(book === 'personal' ? 'personal:1001' : book);
  const idOf = (name: string) => rows.find(({ fields }) => fields.firstName === name)?.id ?? '';
  return { house, ann, before, id: report.id, idOf };
}

const undo = (house: ImportHouse, by: string, id: string) => outcome(house.imports.undo(house.as(by), id));

describe('undoing an import', () => {
  test('removes what it added and brings back what it changed', async () => {
    const { house, before, id } = await imported();
    expect(await undo(house, '1001', id.toUpperCase())).toEqual({ removed: 2, restored: 1 });
    expect(await house.rows('company')).toEqual(before.map((row) => ({ ...row, rev: 3 })));
  });

  test('removes marks with what they are on, and the ids from use', async () => {
    const { house, ann, id, idOf } = await imported();
    const bob = idOf('Bob');
    for (const target of [ann.id, bob]) await house.favorites.add(house.as('1002'), `contact:${target}`);
    await undo(house, '1001', id);
    expect((await house.store.marksOn([`contact:${ann.id}`, `contact:${bob}`])).map((row) => row.id)).toEqual([
      `1002 contact:${ann.id}`,
    ]);
    expect(await outcome(house.make('1001', 'company', { id: bob }))).toEqual({ refused: 'conflict' });
  });

  test('takes along a mark that is on its way', async () => {
    const { house, id, idOf } = await imported();
    const bob = idOf('Bob');
    const late = { owner: '1002', target: `contact:${bob}`, at: '', book: 'company' };
    let marked: Promise<unknown> = Promise.resolve();
    const stop = house.store.subscribe(({ writes }) => {
      if (!writes.some((write) => write.id === bob && write.value === null)) return;
      stop();
      marked = house.store.commit([{ table: 'favorites', id: `1002 contact:${bob}`, value: late }]);
    });
    await undo(house, '1001', id);
    await marked;
    expect(await house.store.marksOn([`contact:${bob}`])).toEqual([]);
  });

  test('can be done once', async () => {
    const { house, id } = await imported();
    await undo(house, '1001', id);
    expect(await undo(house, '1001', id)).toEqual({ refused: 'not_found' });
    expect(await house.imports.list(house.as('1001'))).toEqual([]);
  });

  test('can be done for the last one and then for the one before', async () => {
    const house = await openImportHouse();
    const first = await house.load('1001', [ANN, BOB]);
    const second = await house.load('1001', [{ ...ANN, title: 'Dr' }, BOB, CY]);
    expect(await undo(house, '1001', first.id)).toEqual({ refused: 'conflict' });
    expect(await undo(house, '1001', second.id)).toEqual({ removed: 1, restored: 1 });
    expect(await house.fields('company')).toEqual(expect.arrayContaining([ANN, BOB]));
    expect(await undo(house, '1001', first.id)).toEqual({ removed: 2, restored: 0 });
    expect(await house.rows('company')).toEqual([]);
  });

  test.each<[string, (house: ImportHouse, id: string, ann: string) => Promise<unknown>]>([
    ['changed, one it added', (house, id) => house.contacts.update(house.as('1001'), { id, patch: { title: 'x' } })],
    [
      'changed, one it changed',
      (house, _, id) => house.contacts.update(house.as('1001'), { id, patch: { title: 'x' } }),
    ],
    ['given a number', (house, id) => house.contacts.addNumber(house.as('1001'), { id, type: 'home', number: '1' })],
    ['deleted', (house, id) => house.contacts.remove(house.as('1001'), { id })],
    ['moved', (house, id) => house.contacts.move(house.as('1001'), { id, book: 'personal' })],
    [
      'moved there and back',
      async (house, id) => {
        await house.contacts.move(house.as('1001'), { id, book: 'personal' });
        await house.contacts.move(house.as('1001'), { id, book: 'company' });
      },
    ],
    ['changed by another import', (house) => house.load('1000', [{ ...BOB, title: 'x' }])],
  ])('is refused when a contact was %s, and changes nothing', async (_, change) => {
    const { house, ann, id, idOf } = await imported();
    await change(house, idOf('Bob'), ann.id);
    const before = await house.everything();
    expect(await undo(house, '1001', id)).toEqual({ refused: 'conflict' });
    expect(await house.everything()).toEqual(before);
  });

  test('is refused when a contact is changed in the moment of undoing', async () => {
    const { house, id, idOf } = await imported();
    const bob = idOf('Bob');
    const change = () => house.contacts.update(house.as('1000'), { id: bob, patch: { title: 'x' } });
    house.between.push(change);
    expect(await undo(house, '1001', id)).toEqual({ refused: 'conflict' });
    expect((await house.rows('company')).map(({ fields }) => fields.firstName).sort()).toEqual(['Ann', 'Bob', 'Cy']);
  });

  test('goes on after a restart, and after the keys of numbers were made again', async () => {
    const { house, id, before } = await imported();
    const { NumberingUpkeep } = await import('../../src/service/numbering-upkeep.ts');
    await new NumberingUpkeep({ ...house, numbering: { country: 'DE', outsideLine: '' } }).start();
    expect((await house.rows('company')).every((row) => row.import?.id === id)).toBe(true);
    const next = await openImportHouse({ store: house.store });
    expect(await undo(next, '1001', id)).toEqual({ removed: 2, restored: 1 });
    expect(await house.fields('company')).toEqual(before.map(({ fields }) => fields));
  });
});

describe('who may undo', () => {
  test.each<[string, unknown]>([
    ['1000', { removed: 2, restored: 1 }],
    ['1001', { removed: 2, restored: 1 }],
    ['1002', { refused: 'forbidden' }],
    ['1003', { refused: 'not_found' }],
    ['1009', { refused: 'forbidden' }],
  ])('an import into the company book: %s', async (by, expected) => {
    const { house, id } = await imported();
    const before = await house.everything();
    expect(await undo(house, by, id)).toEqual(expected);
    if ('refused' in (expected as object)) expect(await house.everything()).toEqual(before);
  });

  test('an import into a personal book: its owner alone', async () => {
    const { house, id } = await imported('1001', 'personal');
    for (const by of ['1000', '1002', '1003']) expect(await undo(house, by, id)).toEqual({ refused: 'not_found' });
    expect(await outcome(house.imports.undo(OPERATOR, id))).toEqual({ refused: 'not_found' });
    expect(await undo(house, '1001', id)).toEqual({ removed: 2, restored: 1 });
  });

  test('not the one who imported, once he may not change the book', async () => {
    const { house, id } = await imported();
    await house.rules.setPermissions(OPERATOR, [
      { who: { extension: '1001' }, books: ['company'], view: true, manage: false },
    ]);
    expect(await undo(house, '1001', id)).toEqual({ refused: 'forbidden' });
    expect(await house.imports.list(house.as('1001'))).toEqual([]);
    await house.rules.setPermissions(OPERATOR, []);
    expect(await undo(house, '1001', id)).toEqual({ refused: 'not_found' });
  });

  test('nobody when the right goes while it is undone', async () => {
    const { house, id } = await imported();
    house.between.push(() => house.rules.setPermissions(OPERATOR, []));
    expect(await undo(house, '1001', id)).toEqual({ refused: 'not_found' });
    expect(await house.rows('company')).toHaveLength(3);
  });
});

describe('the list of imports', () => {
  test('is for those who may change the book, newest first, and names who imported to those who may know of him', async () => {
    const house = await openImportHouse();
    const first = await house.load('1001', [ANN]);
    house.clock.pass(60_000);
    const second = await house.load('1000', [{ ...ANN, title: 'Dr' }, BOB, { numbers: [] }]);
    const both = [
      { id: second.id, book: 'company', at: '2026-01-05T08:01:00.000Z', by: '1000', rows: 3, added: 1, updated: 1 },
      { id: first.id, book: 'company', at: '2026-01-05T08:00:00.000Z', by: '1001', rows: 1, added: 1, updated: 0 },
    ];
    expect(await house.imports.list(house.as('1000'))).toEqual(both);
    expect(await house.imports.list(house.as('1001'))).toEqual(both);
    expect(await house.imports.list(house.as('1002'))).toEqual([]);
    await house.rules.setVisibility(OPERATOR, [{ who: { everyone: true }, whom: { extension: '1000' }, see: false }]);
    const { by: _, ...hidden } = both[0] ?? {};
    expect(await house.imports.list(house.as('1001'))).toEqual([hidden, both[1]]);
  });

  test('goes with the book, and with the user', async () => {
    const house = await openImportHouse();
    await house.load('1001', [ANN]);
    await house.load('1003', [ANN], { book: 'personal' });
    await house.books.remove(OPERATOR, { id: 'company' });
    await house.sweeper.idle('company');
    expect([...house.store.all('imports')].map(({ value }) => value)).toMatchObject([{ scope: 'personal:1003' }]);
    await house.store.commit([
      { table: 'users', id: '1003', value: null },
      { table: 'sweeps', id: 'personal:1003', value: {} },
    ]);
    await house.sweeper.idle('personal:1003');
    expect([...house.store.all('imports')]).toEqual([]);
  });
});
