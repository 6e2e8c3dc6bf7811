import { describe, expect, test } from 'vitest';
import type { ContactRow } from '../../src/service/contact-row.ts';
import { outcome } from '../support/contacts-house.ts';
import { counts, NONE, openImportHouse, person } from '../support/import-house.ts';
import { paper, written } from '../support/paper-file.ts';

const ANN = person('Ann', '07700 900001');
const BOB = person('Bob', '07700 900002');
/** A file with columns for the name and mobile numbers alone. */
const MOBILES = {
  fields: ['firstName', 'numbers'],
  covers: { numbers: ['mobile'], emails: [], addresses: [] },
};

describe('importing into a book', () => {
  test('adds what the book does not have, and says so', async () => {
    const house = await openImportHouse();
    house.clock.pass(60_000);
    const report = await house.load('1001', [ANN, { ...BOB, odd: 'a zero may be missing' }]);
    expect(report).toEqual({
      ...{ ...NONE, id: expect.any(String), dryRun: false, rows: 2, added: 2 },
      ...{ errors: [], moreErrors: 0, moreWarnings: 0, undoable: true },
      warnings: [{ row: 3, column: 'Cell', value: '?', reason: 'a zero may be missing' }],
      file: { format: 'csv', layout: 'paper', encoding: 'UTF-8', delimiter: ',' },
      columns: expect.any(Array),
      preview: [
        { row: 2, outcome: 'added', name: 'Ann' },
        { row: 3, outcome: 'added', name: 'Bob' },
      ],
    });
    const [ann] = await house.rows('company');
    expect(ann).toEqual({
      ...{ id: expect.any(String), book: 'company', rev: 1, fields: ANN, keys: [['+447700900001']] },
      ...{ created: '2026-01-05T08:01:00.000Z', updated: '2026-01-05T08:01:00.000Z' },
      ...{ createdBy: '1001', updatedBy: '1001', import: { id: report.id } },
    });
  });

  test('takes what is equal in every field for unchanged, and writes nothing', async () => {
    const house = await openImportHouse();
    await house.load('1001', [ANN, BOB]);
    const before = await house.everything();
    const report = await house.load('1001', [BOB, ANN]);
    expect(counts(report)).toEqual({ ...NONE, rows: 2, unchanged: 2 });
    expect(report.undoable).toBe(false);
    expect(await house.everything()).toEqual(before);
  });

  test('knows a contact by its names and one number in another spelling, whatever the capitals', async () => {
    const house = await openImportHouse();
    await house.load('1001', [person('Ann', '07700 900001', '07700 900003')]);
    const report = await house.load('1001', [person('ANN', '+44 7700 900003')]);
    expect(counts(report)).toEqual({ ...NONE, rows: 1, updated: 1 });
    expect(await house.fields('company')).toEqual([person('ANN', '+44 7700 900003')]);
  });

  test('takes another company, another name or other numbers for another contact', async () => {
    const house = await openImportHouse();
    await house.load('1001', [ANN]);
    const others = [{ ...ANN, company: 'Acme' }, { ...ANN, lastName: 'A' }, person('Ann', '07700 900009')];
    expect(counts(await house.load('1001', others))).toEqual({ ...NONE, rows: 3, added: 3 });
  });

  test('knows a contact by the ID of that book, and ignores any other ID without using it', async () => {
    const house = await openImportHouse();
    const { id } = await house.make('1001', 'company');
    const mine = await house.make('1001', 'personal');
    const report = await house.load('1001', [
      { ...BOB, id: id.toUpperCase() },
      { ...ANN, id: mine.id },
    ]);
    expect(counts(report)).toEqual({ ...NONE, rows: 2, added: 1, updated: 1 });
    const rows = await house.rows('company');
    expect(rows.map((row) => [row.fields, row.rev])).toEqual([
      [BOB, 2],
      [ANN, 1],
    ]);
    expect(rows.map((row) => row.id)).toEqual([id, expect.not.stringMatching(mine.id)]);
  });

  test('refuses the second row with one ID, known or not', async () => {
    const house = await openImportHouse();
    const { id } = await house.make('1001', 'company');
    const rows = [
      { ...ANN, id },
      { ...BOB, id: id.toUpperCase() },
      { ...ANN, id: 'x' },
      { ...BOB, id: 'x' },
    ];
    const report = await house.load('1001', rows);
    expect(report.errors).toEqual([
      { row: 3, column: 'Id', value: id.toUpperCase(), reason: expect.stringContaining('earlier row') },
      { row: 5, column: 'Id', value: 'x', reason: expect.stringContaining('earlier row') },
    ]);
    expect(counts(report)).toEqual({ ...NONE, rows: 4, updated: 1, unchanged: 1, failed: 2 });
  });

  test('takes one row after the other: a later one finds the contact that an earlier one made', async () => {
    const house = await openImportHouse();
    const rows = [ANN, ANN, { ...ANN, title: 'Dr' }, { ...ANN, title: 'Dr' }];
    const report = await house.load('1001', rows);
    expect(counts(report)).toEqual({ ...NONE, rows: 4, added: 1, updated: 1, unchanged: 2 });
    expect(await house.rows('company')).toMatchObject([{ rev: 1, fields: { title: 'Dr' }, import: { id: report.id } }]);
    expect(report.preview.map((one) => one.outcome)).toEqual(['added', 'unchanged', 'updated', 'unchanged']);
  });

  test('leaves a matched contact as it is with skip, and makes a further one with add', async () => {
    const house = await openImportHouse();
    await house.load('1001', [ANN, BOB]);
    const file = [{ ...ANN, title: 'Dr' }, BOB];
    const skipped = await house.load('1001', file, { onDuplicate: 'skip' });
    expect(counts(skipped)).toEqual({ ...NONE, rows: 2, skipped: 1, unchanged: 1 });
    expect(await house.fields('company')).toEqual([ANN, BOB]);
    const added = await house.load('1001', file, { onDuplicate: 'add' });
    expect(counts(added)).toEqual({ ...NONE, rows: 2, added: 1, unchanged: 1 });
    expect(await house.fields('company')).toEqual([ANN, BOB, { ...ANN, title: 'Dr' }]);
  });

  test('means, of several that are alike, the one that it leaves as it is, else the one that was changed longest ago', async () => {
    const house = await openImportHouse();
    const make = (title: string) => house.make('1001', 'company', { contact: { ...ANN, title } });
    const [first, second, third] = [await make('first'), await make('second'), await make('third')];
    await house.contacts.update(house.as('1001'), { id: first.id, patch: { remark: 'later' } });
    expect(counts(await house.load('1001', [{ ...ANN, title: 'third' }]))).toEqual({ ...NONE, rows: 1, unchanged: 1 });
    await house.load('1001', [{ ...ANN, title: 'fourth' }]);
    const titles = Object.fromEntries((await house.rows('company')).map(({ id, fields }) => [id, fields.title]));
    expect(titles).toEqual({ [first.id]: 'first', [second.id]: 'fourth', [third.id]: 'third' });
  });

  test('keeps favourites, ids and who made a contact when it changes one', async () => {
    const house = await openImportHouse();
    const { id } = await house.make('1001', 'company', { contact: ANN });
    await house.favorites.add(house.as('1002'), `contact:${id}`);
    const marks = await house.store.marksOn([`contact:${id}`]);
    await house.load('1000', [{ ...ANN, title: 'Dr' }]);
    expect(await house.store.marksOn([`contact:${id}`])).toEqual(marks);
    expect(await house.rows('company')).toMatchObject([{ id, rev: 2, createdBy: '1001', updatedBy: '1000' }]);
  });
});

describe('what an update takes over', () => {
  const FULL = {
    ...{ firstName: 'Ann', company: 'Acme', remark: 'kept' },
    numbers: [
      { type: 'business' as const, number: '020 7946 0001' },
      { type: 'mobile' as const, number: '07700 900001' },
    ],
    emails: [{ type: 'work' as const, address: 'ann@example.com' }],
  };

  test('leaves what the file has no column for', async () => {
    const house = await openImportHouse();
    const { id } = await house.make('1001', 'company', { contact: FULL });
    const file = paper([{ id, firstName: 'Anne', numbers: [{ type: 'mobile', number: '07700 900009' }] }], MOBILES);
    expect(counts(await house.load('1001', file))).toEqual({ ...NONE, rows: 1, updated: 1 });
    const numbers = [{ type: 'mobile', number: '07700 900009' }, FULL.numbers[0]];
    expect(await house.fields('company')).toEqual([{ ...FULL, firstName: 'Anne', numbers }]);
  });

  test('empties what the file has an empty cell for', async () => {
    const house = await openImportHouse();
    const { id } = await house.make('1001', 'company', { contact: FULL });
    await house.load(
      '1001',
      paper([{ id, firstName: 'Ann' }], { ...MOBILES, fields: ['firstName', 'remark', 'numbers'] }),
    );
    const { remark: _, ...rest } = FULL;
    expect(await house.fields('company')).toEqual([{ ...rest, numbers: [FULL.numbers[0]] }]);
  });

  test('finds nothing changed when the numbers of its types are the same, wherever they stand', async () => {
    const house = await openImportHouse();
    const { id } = await house.make('1001', 'company', { contact: FULL });
    const file = paper([{ id, firstName: 'Ann', numbers: [FULL.numbers[1]] }], MOBILES);
    expect(counts(await house.load('1001', file))).toEqual({ ...NONE, rows: 1, unchanged: 1 });
  });

  test('can be one without a number when the contact has one, and is an error when it has none', async () => {
    const house = await openImportHouse();
    const { id } = await house.make('1001', 'company', { contact: FULL });
    const file = paper([{ id, title: 'Dr' }, { title: 'Dr' }], { ...MOBILES, fields: ['title'] });
    const report = await house.load('1001', file);
    expect(counts(report)).toEqual({ ...NONE, rows: 2, updated: 1, failed: 1 });
    expect(report.errors.map(({ row, column }) => [row, column])).toEqual([
      [3, ''],
      [3, 'numbers'],
    ]);
  });

  test('refuses what would be too much for one contact; skip and add take the row for what it is', async () => {
    const house = await openImportHouse();
    const numbers = Array.from({ length: 20 }, (_, n) => ({
      type: 'business' as const,
      number: `020 7946 00${10 + n}`,
    }));
    const { id } = await house.make('1001', 'company', { contact: { firstName: 'Ann', numbers } });
    const file = paper([{ id, ...ANN }], MOBILES);
    const report = await house.load('1001', file);
    expect(counts(report)).toEqual({ ...NONE, rows: 1, failed: 1 });
    expect(report.errors).toEqual([
      { row: 2, column: 'numbers', value: expect.any(String), reason: 'must have at most 20 entries' },
    ]);
    const skipped = await house.load('1001', file, { onDuplicate: 'skip' });
    expect(counts(skipped)).toEqual({ ...NONE, rows: 1, skipped: 1 });
    const added = await house.load('1001', file, { onDuplicate: 'add' });
    expect(counts(added)).toEqual({ ...NONE, rows: 1, added: 1 });
  });
});

describe('rows that cannot be used', () => {
  const ROWS = [
    ANN,
    { ...BOB, wrong: 'a spreadsheet has destroyed this number' },
    { firstName: 'Cy', numbers: [{ type: 'mobile', number: 'a@b' }], emails: [{ type: 'work', address: 'no' }] },
    { numbers: [] },
  ];
  const REASONS = [
    { row: 3, column: 'Cell', value: '?', reason: 'a spreadsheet has destroyed this number' },
    { row: 4, column: 'numbers.0.number', value: '"a@b"', reason: expect.stringContaining('may hold digits') },
    { row: 4, column: 'emails.0.address', value: '"no"', reason: expect.stringContaining('e-mail address') },
    { row: 5, column: '', value: '', reason: expect.stringContaining('first name') },
    { row: 5, column: 'numbers', value: '[]', reason: 'needs at least one number' },
  ];

  test('are told with row, column, value and reason, and the good ones go in', async () => {
    const house = await openImportHouse();
    const report = await house.load('1001', ROWS);
    expect(counts(report)).toEqual({ ...NONE, rows: 4, added: 1, failed: 3 });
    expect(report.errors).toEqual(REASONS);
    expect(await house.fields('company')).toEqual([ANN]);
  });

  test('come back as a file with their reasons, for the one who imported it', async () => {
    const house = await openImportHouse();
    const { id } = await house.load('1001', ROWS, { dryRun: true });
    const { bytes, type } = house.imports.failedRows(house.as('1001'), id.toUpperCase());
    expect(type).toBe('csv');
    expect(written(bytes)).toMatchObject({
      rows: [{ firstName: 'Bob', reason: REASONS[0]?.reason }, { firstName: 'Cy' }, { numbers: [] }],
    });
  });

  test('leave no file when there are none', async () => {
    const house = await openImportHouse();
    const { id } = await house.load('1001', [ANN]);
    expect(() => house.imports.failedRows(house.as('1001'), id)).toThrow('no such file');
  });
});

describe('a dry run', () => {
  test('says what the import would, and changes nothing in the store', async () => {
    const house = await openImportHouse();
    await house.load('1001', [ANN, BOB]);
    const before = await house.everything();
    const file = [ANN, { ...BOB, title: 'Dr' }, person('Cy', '1'), { numbers: [] }];
    const dry = await house.load('1001', file, { dryRun: true });
    expect(await house.everything()).toEqual(before);
    const real = await house.load('1001', file);
    expect(counts(dry)).toEqual({ ...NONE, rows: 4, added: 1, updated: 1, unchanged: 1, failed: 1 });
    expect(dry).toEqual({ ...real, id: dry.id, dryRun: true, undoable: false });
    expect(await house.imports.list(house.as('1001'))).toHaveLength(2);
  });
});

describe('the file', () => {
  test('is refused when it is none, with the word of its format', async () => {
    const house = await openImportHouse();
    const call = house.load('1001', new TextEncoder().encode('PK'));
    await expect(call).rejects.toMatchObject({ code: 'params', message: 'this is no file of contacts' });
  });

  test('is read with the columns that somebody chose, which are told', async () => {
    const house = await openImportHouse();
    const file = paper([ANN], { fields: ['firstName', 'numbers'] });
    const report = await house.load('1001', file, { columns: ['id', null, 'number:mobile'] });
    expect(report.columns.map(({ header, target }) => [header, target])).toEqual([
      ['Id', 'id'],
      ['firstName', null],
      ['numbers', 'number:mobile'],
    ]);
  });

  test('that breaks off is stored in no part', async () => {
    const broken = {
      async *[Symbol.asyncIterator]() {
        yield [];
        throw Object.assign(new Error('the file breaks off'), { code: 'params', detail: {} });
      },
    };
    const house = await openImportHouse({
      openFile: async () => ({
        ...{ format: 'csv', layout: '', encoding: '', columns: [], estimate: 1 },
        rows: () => broken,
        failedRows: async () => ({ bytes: new Uint8Array(), type: 'csv' }),
      }),
    });
    const before = await house.everything();
    expect(await outcome(house.load('1001', [ANN]))).toEqual({ refused: 'params' });
    expect(await house.everything()).toEqual(before);
  });

  test('is told row by row as it is read, and then what is saved', async () => {
    const house = await openImportHouse();
    await house.load('1001', paper([ANN, BOB, person('Cy', '1')], { slice: 2 }));
    expect(house.told).toEqual([
      { phase: 'reading', done: 2, total: 3 },
      { phase: 'reading', done: 3, total: 3 },
      { phase: 'saving', done: 0, total: 3 },
      { phase: 'saving', done: 3, total: 3 },
    ]);
  });
});

describe('the mark of an import on a contact', () => {
  const markOf = async (house: Awaited<ReturnType<typeof openImportHouse>>, id: string) =>
    ((await house.stored('contacts', id))?.value as ContactRow | undefined)?.import;

  test('holds what was before, is never shown, and goes with the next change', async () => {
    const house = await openImportHouse();
    const { id, updated } = await house.make('1001', 'company', { contact: ANN });
    const report = await house.load('1000', [{ ...ANN, title: 'Dr' }]);
    expect(await markOf(house, id)).toEqual({ id: report.id, before: { fields: ANN, updated, updatedBy: '1001' } });
    const [shown] = await house.contacts.search(house.as('1001'), { text: 'ann' });
    expect(Object.keys(shown ?? {})).not.toContain('import');
    await house.contacts.addNumber(house.as('1001'), { id, type: 'home', number: '1' });
    expect(await markOf(house, id)).toBeUndefined();
  });

  test('goes with a move, and stays when nothing is changed', async () => {
    const house = await openImportHouse();
    await house.load('1001', [ANN]);
    const [{ id = '' } = {}] = await house.rows('company');
    await house.contacts.update(house.as('1001'), { id, patch: { firstName: 'Ann' } });
    expect(await markOf(house, id)).toEqual({ id: expect.any(String) });
    await house.contacts.move(house.as('1001'), { id, book: 'personal' });
    expect(await markOf(house, id)).toBeUndefined();
  });
});
