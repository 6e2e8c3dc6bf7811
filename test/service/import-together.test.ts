import { describe, expect, test } from 'vitest';
import type { Write } from '../../src/service/store.ts';
import { outcome } from '../support/contacts-house.ts';
import { counts, type ImportHouse, NONE, openImportHouse, person } from '../support/import-house.ts';
import { paper } from '../support/paper-file.ts';

const ANN = person('Ann', '07700 900001');
const BOB = person('Bob', '07700 900002');

const edit = (house: ImportHouse, id: string, patch: object) => house.contacts.update(house.as('1001'), { id, patch });

describe('somebody who changes contacts while they are imported', () => {
  test.each([1, 2])('keeps what the import does not change (pause %i)', async (pauses) => {
    const house = await openImportHouse();
    const { id } = await house.make('1001', 'company', { contact: ANN });
    for (let n = 1; n < pauses; n++) house.between.push(() => undefined);
    house.between.push(() => edit(house, id, { remark: 'by hand' }));
    const file = paper([{ ...ANN, title: 'Dr' }, BOB], {
      ...{ fields: ['firstName', 'title', 'numbers'], slice: 1 },
      covers: { numbers: ['mobile'], emails: [], addresses: [] },
    });
    expect(counts(await house.load('1001', file))).toEqual({ ...NONE, rows: 2, added: 1, updated: 1 });
    expect(await house.rows('company')).toMatchObject([
      { id, rev: 3, fields: { ...ANN, title: 'Dr', remark: 'by hand' } },
      { fields: BOB },
    ]);
  });

  test('finds it planned again when he is faster than the commit', async () => {
    const house = await openImportHouse();
    const { id } = await house.make('1001', 'company', { contact: ANN });
    const edits = [{ title: 'Dr' }, { title: 'Prof' }];
    const call = house.imports.run(
      house.as('1000'),
      { book: 'company', bytes: paper([{ id, ...BOB }]), onDuplicate: 'update', dryRun: false },
      ({ phase, done }) => {
        const patch = phase === 'saving' && done === 0 ? edits.shift() : undefined;
        if (patch) void edit(house, id, patch);
      },
    );
    const report = await call;
    const [row] = await house.rows('company');
    expect(row).toMatchObject({ rev: 4, fields: BOB, updatedBy: '1000' });
    expect(row?.import).toMatchObject({
      id: report.id,
      before: { fields: { ...ANN, title: 'Prof' }, updatedBy: '1001' },
    });
  });

  test('is told to wait when he never lets it through, and nothing is stored', async () => {
    const house = await openImportHouse();
    const { id } = await house.make('1001', 'company', { contact: ANN });
    let titles = 0;
    const call = house.imports.run(
      house.as('1000'),
      { book: 'company', bytes: paper([{ id, ...BOB }]), onDuplicate: 'update', dryRun: false },
      ({ phase, done }) => {
        if (phase === 'saving' && done === 0) void edit(house, id, { title: `${titles++}` });
      },
    );
    await expect(call).rejects.toMatchObject({ code: 'too_many', detail: { retryAfter: 1 } });
    expect(titles).toBe(20);
    expect(await house.fields('company')).toEqual([{ ...ANN, title: '19' }]);
  });

  test('may delete a contact that a row means: the row makes another one', async () => {
    const house = await openImportHouse();
    const { id } = await house.make('1001', 'company', { contact: ANN });
    house.between.push(() => house.contacts.remove(house.as('1001'), { id }));
    const report = await house.load('1001', [{ ...ANN, id, title: 'Dr' }]);
    expect(counts(report)).toEqual({ ...NONE, rows: 1, added: 1 });
    expect(await house.rows('company')).toMatchObject([{ id: expect.not.stringMatching(id), rev: 1 }]);
  });

  test('may move a contact away: it is not changed in the other book', async () => {
    const house = await openImportHouse();
    const { id } = await house.make('1001', 'company', { contact: ANN });
    let moved: Promise<unknown> = Promise.resolve();
    const wish = {
      book: 'company',
      bytes: paper([{ ...ANN, title: 'Dr' }]),
      onDuplicate: 'update' as const,
      dryRun: false,
    };
    const report = await house.imports.run(house.as('1000'), wish, ({ phase, done }) => {
      if (phase === 'saving' && done === 0) moved = house.contacts.move(house.as('1001'), { id, book: 'personal' });
    });
    await moved;
    expect(report).toMatchObject({ added: 1, updated: 0 });
    expect(await house.fields('personal:1001')).toEqual([ANN]);
    expect(await house.fields('company')).toEqual([{ ...ANN, title: 'Dr' }]);
  });
});

describe('several imports at once', () => {
  test('one at a time for each user, two in all: the others are asked to wait', async () => {
    const house = await openImportHouse();
    const open: (() => void)[] = [];
    house.between.push(
      () => new Promise<void>((resolve) => open.push(resolve)),
      () => new Promise<void>((resolve) => open.push(resolve)),
    );
    const first = house.load('1001', [ANN], { book: 'personal' });
    await expect(house.load('1001', [ANN])).rejects.toMatchObject({ code: 'too_many', detail: { retryAfter: 5 } });
    const second = house.load('1000', [ANN]);
    await expect(house.load('1003', [ANN], { book: 'personal' })).rejects.toMatchObject({ code: 'too_many' });
    await expect(house.imports.undo(house.as('1001'), 'x')).rejects.toMatchObject({ code: 'not_found' });
    while (open.length < 2) await new Promise((resolve) => setImmediate(resolve));
    for (const go of open) go();
    expect(await first).toMatchObject({ added: 1 });
    expect(await second).toMatchObject({ added: 1 });
    expect(await house.load('1001', [ANN])).toMatchObject({ unchanged: 1 });
  });

  test('a failed one lets the next begin', async () => {
    const house = await openImportHouse();
    expect(await outcome(house.load('1001', new Uint8Array([1])))).toEqual({ refused: 'params' });
    expect(await house.load('1001', [ANN])).toMatchObject({ added: 1 });
  });

  test('of two files with one contact for one book the second finds what the first has made', async () => {
    const house = await openImportHouse();
    const reports = await Promise.all([house.load('1000', [ANN]), house.load('1001', [ANN])]);
    expect(reports.map(counts)).toEqual([
      { ...NONE, rows: 1, added: 1 },
      { ...NONE, rows: 1, unchanged: 1 },
    ]);
  });
});

describe('how much there may be', () => {
  const people = (count: number) =>
    Array.from({ length: count }, (_, n) => person(`Person ${n}`, `07700 9${10_000 + n}`));

  test('a personal book that would be too full is left as it is', async () => {
    const house = await openImportHouse({ room: { personal: 50_000, company: 1_000_000 } });
    const row = {
      book: 'personal:1001',
      rev: 1,
      fields: ANN,
      keys: [],
      created: '',
      updated: '',
      createdBy: '',
      updatedBy: '',
    };
    const writes = Array.from(
      { length: 49_990 },
      (_, n): Write => ({ table: 'contacts', id: `made ${n}`, value: row }),
    );
    await house.store.commit(writes);
    const wish = { book: 'personal' };
    for (const dryRun of [true, false]) {
      const call = house.load('1001', people(11), { ...wish, dryRun });
      await expect(call).rejects.toMatchObject({
        code: 'too_large',
        message: 'a personal book holds at most 50000 contacts',
      });
    }
    expect(await house.store.count('contacts', 'personal:1001')).toBe(49_990);
    expect([...house.store.all('imports')]).toEqual([]);
    expect(await house.load('1001', people(10), wish)).toMatchObject({ added: 10 });
  });

  test('what is changed needs no room', async () => {
    const house = await openImportHouse({ room: { personal: 1, company: 1 } });
    await house.load('1001', [ANN]);
    expect(await house.load('1001', [{ ...ANN, title: 'Dr' }])).toMatchObject({ updated: 1 });
  });

  test('two imports into company books share the room for them', async () => {
    const house = await openImportHouse({ room: { personal: 1, company: 3 } });
    await house.books.create(house.as('1000'), { name: 'Second' });
    const [second] = [...house.store.all('books')].filter(({ id }) => id !== 'company');
    const calls = [house.load('1001', people(2)), house.load('1000', people(2), { book: second?.id ?? '' })];
    const answers = await Promise.all(calls.map(outcome));
    expect(answers.filter((answer) => JSON.stringify(answer) === '{"refused":"too_large"}').length).toBeGreaterThan(0);
    const left = (await house.rows('company')).length + (await house.rows(second?.id ?? '')).length;
    expect([0, 2]).toContain(left);
  });

  test('a file has at most 64 MiB', async () => {
    const house = await openImportHouse();
    const call = house.load('1001', new Uint8Array(64 * 1024 * 1024 + 1));
    await expect(call).rejects.toMatchObject({ code: 'too_large', message: 'a file may have at most 64 MiB' });
  });

  test('a file has at most so many rows, good ones or bad ones', async () => {
    const house = await openImportHouse({ mostRows: 3 });
    expect(await house.load('1001', [...people(2), { numbers: [] }], { dryRun: true })).toMatchObject({ rows: 3 });
    await expect(house.load('1001', [...people(2), { numbers: [] }, { numbers: [] }])).rejects.toMatchObject({
      code: 'too_large',
      message: 'at most 3 rows can be imported at once',
    });
    expect(await house.rows('company')).toEqual([]);
  });

  test('ten thousand errors and warnings are told, the rest is counted', async () => {
    const house = await openImportHouse();
    const rows = Array.from({ length: 10_003 }, () => ({ wrong: 'no', odd: 'odd', numbers: [] }));
    const report = await house.load('1001', [...rows, { ...ANN, odd: 'odd' }], { dryRun: true });
    expect(report).toMatchObject({ rows: 10_004, failed: 10_003, added: 1, moreErrors: 3, moreWarnings: 4 });
    expect([report.errors.length, report.warnings.length]).toEqual([10_000, 10_000]);
  });

  test('a file with far too many errors is refused as a whole, with a word on what to do', async () => {
    const house = await openImportHouse();
    const rows = Array.from({ length: 200_001 }, () => ({ wrong: 'no' }));
    await expect(house.load('1001', rows)).rejects.toMatchObject({
      code: 'too_large',
      message: 'more than 200000 errors; the last is row 200002, column "Cell": no. See what each column is taken for',
    });
  });

  test('two hundred rows are previewed', async () => {
    const house = await openImportHouse();
    const report = await house.load('1001', [{ numbers: [] }, ...people(250)], { dryRun: true });
    expect(report.preview).toHaveLength(200);
    expect(report.preview[199]).toEqual({ row: 202, outcome: 'added', name: 'Person 199' });
  });

  test('twenty imports of a book are remembered, the oldest are forgotten', async () => {
    const house = await openImportHouse();
    const ids = [];
    for (let n = 0; n < 22; n++) {
      house.clock.pass(1000);
      ids.push((await house.load('1001', [person(`Person ${n}`, `${n}`)])).id);
    }
    const { id: other } = await house.load('1001', [ANN], { book: 'personal' });
    const listed = (await house.imports.list(house.as('1001'))).map(({ id }) => id);
    expect(listed).toEqual([other, ...ids.slice(2).reverse()]);
    expect(await outcome(house.imports.undo(house.as('1001'), ids[0] ?? ''))).toEqual({ refused: 'not_found' });
  });

  test('two thousand imports are remembered in all', async () => {
    const house = await openImportHouse();
    const row = {
      scope: '',
      at: '2026-01-01T00:00:00.000Z',
      by: '1001',
      rows: 1,
      added: 1,
      updated: 0,
      taken: 1,
      contacts: 1,
    };
    const writes = Array.from({ length: 2_000 }, (_, n): Write => {
      return {
        table: 'imports',
        id: `old ${n}`,
        value: { ...row, scope: `book ${n}`, at: `2025-01-01T00:00:0${n === 7 ? 0 : 1}Z` },
      };
    });
    await house.store.commit(writes);
    await house.load('1001', [ANN]);
    expect([...house.store.all('imports')]).toHaveLength(2_000);
    expect(house.store.get('imports', 'old 7')).toBeUndefined();
  });
});

describe('a store that takes nothing', () => {
  test('refuses the import, and none of it is there', async () => {
    const house = await openImportHouse();
    house.between.push(() => house.store.fail());
    expect(await outcome(house.load('1001', [ANN]))).toEqual({ refused: 'storage' });
    expect(await house.rows('company')).toEqual([]);
  });
});
