import { describe, expect, test } from 'vitest';
import { OPERATOR, outcome } from '../support/contacts-house.ts';
import { counts, NONE, openImportHouse, person } from '../support/import-house.ts';
import { type PaperRow, paper } from '../support/paper-file.ts';

const ANN = person('Ann', '07700 900001');
const BOOK = { book: 'personal:1001' };
const NAMELESS = { fields: ['title', 'numbers'], covers: { numbers: ['mobile'], emails: [], addresses: [] } };
const TWENTY = Array.from({ length: 20 }, (_, n) => ({ type: 'business' as const, number: `020 7946 00${10 + n}` }));

/** What the operator is told of a file, whether or not the book has these contacts; with the ids that tell one import from another left out. */
async function told(contacts: readonly object[], file: (ids: readonly string[]) => Uint8Array | readonly PaperRow[]) {
  const house = await openImportHouse();
  const ids = [];
  for (const contact of contacts) ids.push((await house.make('1001', 'personal', { contact })).id);
  const answers = [];
  for (const onDuplicate of ['update', 'skip', 'add'] as const) {
    for (const dryRun of [true, false]) {
      const rows = file(ids.length > 0 ? ids : ['00000000-0000-4000-8000-000000000001']);
      const { id, ...report } = await house.load('', rows, { ...BOOK, onDuplicate, dryRun });
      const listed = (await house.imports.list(OPERATOR)).map(({ id: _, ...one }) => one);
      const undone = dryRun ? undefined : await outcome(house.imports.undo(OPERATOR, id));
      answers.push({
        report: { ...report, errors: withoutIds(report.errors) },
        listed,
        undone,
        told: house.told.splice(0),
      });
    }
  }
  return answers;
}

const withoutIds = (errors: readonly { readonly value: string }[]) => errors.map((one) => ({ ...one, value: '' }));

describe('the operator and a personal book', () => {
  test('fills it, and is told no more than that rows were taken', async () => {
    const house = await openImportHouse();
    const report = await house.load('', [ANN, person('Bob', '1'), { numbers: [] }], BOOK);
    expect(counts(report)).toEqual({ ...NONE, rows: 3, added: 2, failed: 1 });
    expect(await house.fields('personal:1001')).toEqual([ANN, person('Bob', '1')]);
    expect(await house.imports.list(OPERATOR)).toEqual([
      { id: report.id, book: 'personal:1001', at: expect.any(String), rows: 3, added: 2, updated: 0 },
    ]);
    expect(await house.imports.list(house.as('1001'))).toEqual([
      { id: report.id, book: 'personal', at: expect.any(String), rows: 3, added: 2, updated: 0 },
    ]);
    expect(await house.imports.list(house.as('1000'))).toEqual([]);
  });

  test.each<[string, object, (ids: readonly string[]) => Uint8Array | readonly PaperRow[]]>([
    ['the same contact', ANN, () => [ANN]],
    ['a contact that differs', { ...ANN, title: 'Dr' }, () => [ANN]],
    ['a contact that several rows mean', ANN, () => [ANN, ANN, { ...ANN, title: 'Dr' }]],
    ['a contact by its ID', { ...ANN, company: 'Secret' }, ([id = '']) => [{ ...ANN, id }]],
    ['a contact by its ID that the row alone would not be', ANN, ([id = '']) => paper([{ id, title: 'Dr' }], NAMELESS)],
    [
      'a contact by its ID that has another name in the book',
      { ...ANN, lastName: 'Secret' },
      ([id = '']) => paper([{ ...ANN, id }], { ...NAMELESS, fields: ['firstName', 'numbers'] }),
    ],
    [
      'a contact by its ID, twice',
      ANN,
      ([id = '']) => [
        { ...ANN, id },
        { ...ANN, id },
      ],
    ],
    [
      'a contact that becomes too much',
      { firstName: 'Ann', numbers: [...TWENTY.slice(1), ...ANN.numbers] },
      () =>
        paper([{ ...ANN, numbers: [...ANN.numbers, { type: 'mobile', number: '1' }] }], { covers: NAMELESS.covers }),
    ],
  ])('learns nothing from a file of rows that mean %s', async (_, contact, file) => {
    expect(await told([contact], file)).toEqual(await told([], file));
  });

  test('changes what is there all the same, and the owner sees what was done', async () => {
    const house = await openImportHouse();
    const { id } = await house.make('1001', 'personal', { contact: ANN });
    const report = await house.load('', [{ ...ANN, title: 'Dr' }], BOOK);
    expect(report).toMatchObject({ added: 1, updated: 0, preview: [{ outcome: 'added' }] });
    expect(await house.rows('personal:1001')).toMatchObject([{ id, fields: { title: 'Dr' }, updatedBy: '' }]);
    expect(await house.imports.list(house.as('1001'))).toMatchObject([{ rows: 1, added: 0, updated: 1 }]);
    expect(await house.imports.undo(house.as('1001'), report.id)).toEqual({ removed: 0, restored: 1 });
    expect(await house.fields('personal:1001')).toEqual([ANN]);
  });

  test('a row that would be too much for the contact it means is added beside it, so that nothing is lost', async () => {
    const house = await openImportHouse();
    const full = { firstName: 'Ann', numbers: [...TWENTY.slice(1), ...ANN.numbers] };
    await house.make('1001', 'personal', { contact: full });
    const numbers = [...ANN.numbers, { type: 'mobile' as const, number: '1' }];
    await house.load('', paper([{ ...ANN, numbers }], { covers: NAMELESS.covers }), BOOK);
    expect(await house.fields('personal:1001')).toEqual([full, { firstName: 'Ann', numbers }]);
  });

  test('is told whether there is room by the rows alone', async () => {
    const room = { personal: 3, company: 100 };
    const rows = [ANN, person('Bob', '1'), person('Cy', '2')];
    const house = await openImportHouse({ room });
    await house.make('1001', 'personal', { contact: ANN });
    expect(await house.load('', rows, { ...BOOK, dryRun: true })).toMatchObject({ added: 3 });
    const four = [...rows, person('Di', '3')];
    expect(await outcome(house.load('', four, { ...BOOK, dryRun: true }))).toEqual({ refused: 'too_large' });
    expect(await outcome(house.load('', rows, BOOK))).toEqual({ refused: 'too_large' });
    expect(await house.load('', rows.slice(1), BOOK)).toMatchObject({ added: 2 });
  });

  test('undoes what he imported himself alone, and exports nothing', async () => {
    const house = await openImportHouse();
    const { id: own } = await house.load('1001', [ANN], { book: 'personal' });
    expect(await outcome(house.imports.undo(OPERATOR, own))).toEqual({ refused: 'not_found' });
    expect(await house.imports.list(OPERATOR)).toEqual([]);
    const { id } = await house.load('', [ANN, person('Bob', '1')], BOOK);
    expect(await house.imports.undo(OPERATOR, id)).toEqual({ removed: 2, restored: 0 });
    expect(await house.fields('personal:1001')).toEqual([ANN]);
    expect(await outcome(house.exports.write(OPERATOR, 'personal:1001', 'csv'))).toEqual({ refused: 'not_found' });
  });

  test('sees of the company book all that an administrator sees', async () => {
    const house = await openImportHouse();
    await house.load('1001', [ANN]);
    expect(counts(await house.load('', [ANN, person('Bob', '1')]))).toEqual({
      ...NONE,
      rows: 2,
      added: 1,
      unchanged: 1,
    });
    const listed = await house.imports.list(OPERATOR);
    expect(listed.map(({ book, by, added }) => ({ book, by, added }))).toEqual([
      { book: 'company', by: undefined, added: 1 },
      { book: 'company', by: '1001', added: 1 },
    ]);
  });
});
