import { describe, expect, test } from 'vitest';
import { OPERATOR, outcome } from '../support/contacts-house.ts';
import { type ImportHouse, openImportHouse, person } from '../support/import-house.ts';
import { openPaper, paper } from '../support/paper-file.ts';

const ANN = person('Ann', '07700 900001');
const MANY = Array.from({ length: 30 }, (_, n) => person(`Person ${n}`, `07700 9001${10 + n}`));

/** Nobody but administrators may change the company book. */
const revoke = (house: ImportHouse) => house.rules.setPermissions(OPERATOR, []);
const disable = ({ store }: ImportHouse, extension: string) => {
  const value = { ...store.get('users', extension)?.value, disabled: true };
  return store.commit([{ table: 'users', id: extension, value }]);
};
/** As Users does it. */
const removeUser = ({ store }: ImportHouse, extension: string) =>
  store.commit([
    { table: 'users', id: extension, value: null },
    { table: 'sweeps', id: `personal:${extension}`, value: {} },
  ]);
const again = ({ people }: ImportHouse, extension: string) => people({ id: extension });

describe('who may import', () => {
  test.each([
    ['1000', 'company', 'added'],
    ['1001', 'company', 'added'],
    ['1001', 'personal', 'added'],
    ['1002', 'company', 'forbidden'],
    ['1003', 'company', 'not_found'],
    ['1003', 'personal', 'added'],
    ['1001', 'personal:1001', 'not_found'],
    ['1000', 'personal:1001', 'not_found'],
    ['1000', 'nothing', 'not_found'],
    ['1009', 'company', 'forbidden'],
    ['', 'company', 'added'],
    ['', 'personal', 'not_found'],
    ['', 'personal:1009', 'not_found'],
    ['', 'personal:1001', 'added'],
  ])('%j into %j: %s', async (by, book, expected) => {
    const house = await openImportHouse();
    const before = await house.everything();
    const answer = await outcome(house.load(by, [ANN], { book }));
    if (expected === 'added') expect(answer).toMatchObject({ added: 1 });
    else {
      expect(answer).toEqual({ refused: expected });
      expect(await house.everything()).toEqual(before);
      const [[event, fields] = []] = house.said;
      expect(event).toBe('access.refused');
      expect(fields).toMatchObject({ method: 'contacts.import', extension: by });
      expect(JSON.stringify(fields)).not.toContain('personal');
    }
  });

  test('nobody with a client that may not use contacts, and no user who is disabled', async () => {
    const house = await openImportHouse();
    const wish = { book: 'company', bytes: paper([ANN]), onDuplicate: 'update' as const, dryRun: true };
    const old = house.as('1001', { contacts: false });
    expect(await outcome(house.imports.run(old, wish))).toEqual({ refused: 'forbidden', reason: 'client' });
    expect(await outcome(house.imports.list(old))).toEqual({ refused: 'forbidden', reason: 'client' });
    expect(await outcome(house.imports.undo(old, 'x'))).toEqual({ refused: 'forbidden', reason: 'client' });
    expect(() => house.imports.failedRows(old, 'x')).toThrow('may not use contacts');
    await disable(house, '1001');
    expect(await outcome(house.imports.run(house.as('1001'), wish))).toEqual({ refused: 'forbidden' });
  });
});

describe('a right that goes while the file is read', () => {
  test.each([
    ['the right to the book', revoke, 'company', 'not_found'],
    ['the user, who is disabled', (house: ImportHouse) => disable(house, '1001'), 'personal', 'forbidden'],
    ['the user, who is removed', (house: ImportHouse) => removeUser(house, '1001'), 'personal', 'forbidden'],
    ['the book', (house: ImportHouse) => house.books.remove(OPERATOR, { id: 'company' }), 'company', 'not_found'],
  ])('takes the whole import with it: %s', async (_, end, book, code) => {
    const house = await openImportHouse();
    house.between.push(
      () => undefined,
      () => end(house),
    );
    const call = house.load('1001', paper(MANY, { slice: 10 }), { book });
    expect(await outcome(call)).toEqual({ refused: code });
    expect(await house.rows('company')).toEqual([]);
    expect(await house.rows('personal:1001')).toEqual([]);
    expect([...house.store.all('imports')]).toEqual([]);
  });

  test('takes it with it while it is being written, too', async () => {
    const house = await openImportHouse();
    const call = house.imports.run(
      house.as('1001'),
      { book: 'company', bytes: paper(MANY), onDuplicate: 'update', dryRun: false },
      ({ phase, done }) => {
        if (phase === 'saving' && done === 0) void revoke(house);
      },
    );
    expect(await outcome(call)).toEqual({ refused: 'not_found' });
    expect(await house.rows('company')).toEqual([]);
  });

  test('gives nothing of his file to another who got the number meanwhile', async () => {
    const house = await openImportHouse();
    house.between.push(async () => {
      await removeUser(house, '1001');
      await house.sweeper.idle('personal:1001');
      await again(house, '1001');
    });
    expect(await outcome(house.load('1001', MANY, { book: 'personal' }))).toEqual({ refused: 'not_found' });
    expect(await house.rows('personal:1001')).toEqual([]);
  });
});

describe('a user who is removed while his import takes effect', () => {
  test.each([0, 1, 2, 3, 4, 5])('leaves nothing behind, %i turns after it began', async (turns) => {
    const house = await openImportHouse();
    const many = Array.from({ length: 500 }, (_, n) => person(`Person ${n}`, `07700 90${1000 + n}`));
    let removal: Promise<unknown> = Promise.resolve();
    const wish = { book: 'personal', bytes: paper(many), onDuplicate: 'update' as const, dryRun: false };
    const call = house.imports.run(house.as('1001'), wish, ({ phase, done, total }) => {
      if (phase !== 'saving' || done < total) return;
      removal = (async () => {
        for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
        await removeUser(house, '1001');
        await house.sweeper.idle('personal:1001');
      })();
    });
    await outcome(call);
    await removal;
    expect(await house.rows('personal:1001')).toEqual([]);
    expect([...house.store.all('imports')]).toEqual([]);
    expect([...house.store.all('sweeps')]).toEqual([]);
  });
});

describe('the file of failed rows', () => {
  const bad = [{ firstName: 'Nobody', numbers: [] }];
  const file = (house: ImportHouse, by: string, id: string) =>
    outcome((async () => house.imports.failedRows(house.as(by), id).type)());

  test('is for the one who imported alone, and as long as he may change the book', async () => {
    const house = await openImportHouse();
    const { id } = await house.load('1001', bad);
    expect(await file(house, '1001', id)).toBe('csv');
    expect(await file(house, '1000', id)).toEqual({ refused: 'not_found' });
    await revoke(house);
    expect(await file(house, '1001', id)).toEqual({ refused: 'not_found' });
  });

  test('is kept for an hour', async () => {
    const house = await openImportHouse();
    const { id } = await house.load('1001', bad);
    house.clock.pass(3_599_999);
    expect(await file(house, '1001', id)).toBe('csv');
    house.clock.pass(1);
    expect(await file(house, '1001', id)).toEqual({ refused: 'not_found' });
    expect(house.clock.waiting).toBe(0);
  });

  test('is forgotten with its user, so that the next one of that number does not get it', async () => {
    const house = await openImportHouse();
    const { id } = await house.load('1003', bad, { book: 'personal' });
    const { id: ofOperator } = await house.load('', bad, { book: 'personal:1003' });
    await removeUser(house, '1003');
    await house.sweeper.idle('personal:1003');
    await again(house, '1003');
    expect(await file(house, '1003', id)).toEqual({ refused: 'not_found' });
    expect(() => house.imports.failedRows(OPERATOR, ofOperator)).toThrow('no such file');
  });

  test('is one of twenty, the oldest goes first', async () => {
    const house = await openImportHouse();
    const ids = [];
    for (let n = 0; n < 21; n++) ids.push((await house.load('1001', bad)).id);
    expect(await file(house, '1001', ids[0] ?? '')).toEqual({ refused: 'not_found' });
    expect(await file(house, '1001', ids[1] ?? '')).toBe('csv');
    expect(await file(house, '1001', ids[20] ?? '')).toBe('csv');
  });

  test('makes room for newer ones beyond 64 MiB in all, and is not kept when it has more itself', async () => {
    const big = (mebibytes: number) => new Uint8Array(mebibytes * 1024 * 1024);
    let bytes = big(40);
    const house = await openImportHouse({
      openFile: async (given, options) => ({
        ...(await openPaper(given, options)),
        failedRows: async () => ({ type: 'vcf', bytes }),
      }),
    });
    const { id: first } = await house.load('1001', bad);
    bytes = big(20);
    const { id: second } = await house.load('1001', bad);
    expect(await file(house, '1001', first)).toBe('vcf');
    const { id: third } = await house.load('1001', bad);
    expect(await file(house, '1001', first)).toEqual({ refused: 'not_found' });
    bytes = big(65);
    const { id: fourth } = await house.load('1001', bad);
    expect(await file(house, '1001', fourth)).toEqual({ refused: 'not_found' });
    expect(await file(house, '1001', second)).toBe('vcf');
    expect(await file(house, '1001', third)).toBe('vcf');
  });

  test('is gone when the daemon ends', async () => {
    const house = await openImportHouse();
    const { id } = await house.load('1001', bad);
    house.imports.close();
    expect(await file(house, '1001', id)).toEqual({ refused: 'not_found' });
    expect(house.clock.waiting).toBe(0);
  });
});
