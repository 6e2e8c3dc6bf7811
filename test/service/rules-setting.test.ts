import { describe, expect, test } from 'vitest';
import type { GivenPermission } from '../../src/service/rules-setting.ts';
import { OPERATOR, openHouseOfFour, outcome } from '../support/contacts-house.ts';

const FORBIDDEN = { refused: 'forbidden' };
const SALES: GivenPermission = { who: { group: 'sales' }, books: ['company'], view: true, manage: false };
const ALL: GivenPermission = { who: { everyone: true }, books: '*', view: false, manage: false };

describe('permissions.set', () => {
  test('replaces the list; the place in it is the order, and manage implies view', async () => {
    const { rules, as } = await openHouseOfFour();
    await rules.setPermissions(as('1000'), [
      { ...ALL, id: 'last', order: 7 },
      { ...SALES, id: 'first', order: 1, view: false, manage: true, books: ['company', 'company'] },
    ]);
    expect(rules.permissions()).toEqual([
      { ...ALL, id: 'last', order: 1 },
      { ...SALES, id: 'first', order: 2, books: ['company'], view: true, manage: true },
    ]);
  });

  test('makes ids where none are given, and leaves a rule that says the same its id and its row', async () => {
    const { rules, store } = await openHouseOfFour();
    await rules.setPermissions(OPERATOR, []);
    await rules.setPermissions(OPERATOR, [SALES, ALL, SALES]);
    const first = rules.permissions();
    expect(new Set(first.map(({ id }) => id)).size).toBe(3);
    for (const { id } of first) expect(id).toMatch(/^[0-9a-z]{12}$/);
    const commits: string[][] = [];
    store.subscribe(({ writes }) => commits.push(writes.map(({ table, id }) => `${table} ${id}`)));
    await rules.setPermissions(OPERATOR, [SALES, ALL, SALES]);
    expect(rules.permissions()).toEqual(first);
    expect(commits).toEqual([]);
    await rules.setPermissions(OPERATOR, [SALES, ALL, { ...SALES, manage: true }]);
    expect(rules.permissions().slice(0, 2)).toEqual(first.slice(0, 2));
    expect(commits).toHaveLength(1);
    expect(commits[0]).toHaveLength(3);
  });

  test('is one commit, in which only rules that differ are written', async () => {
    const { rules, store } = await openHouseOfFour();
    const given = ['a', 'b', 'c'].map((id) => ({ ...SALES, id }));
    await rules.setPermissions(OPERATOR, given);
    const commits: string[][] = [];
    store.subscribe(({ writes }) => commits.push(writes.map(({ table, id }) => `${table} ${id}`).sort()));
    await rules.setPermissions(OPERATOR, [given[0] ?? SALES, { ...SALES, id: 'c' }]);
    expect(commits).toEqual([['permissions b', 'permissions c', 'upkeep permissions']]);
  });

  test('takes only company books that are there, and names the others by their place', async () => {
    const { rules } = await openHouseOfFour();
    const wrong = [SALES, { ...SALES, books: ['company', 'nothing'] }, { ...SALES, books: ['personal'] }];
    await expect(rules.setPermissions(OPERATOR, wrong)).rejects.toMatchObject({
      code: 'params',
      detail: {
        issues: [
          { path: 'rules.1.books.1', message: 'there is no such company book' },
          { path: 'rules.2.books.0', message: expect.stringContaining('personal books') },
        ],
      },
    });
    const personal = [{ ...SALES, books: ['personal:1001'] }];
    expect(await outcome(rules.setPermissions(OPERATOR, personal))).toEqual({ refused: 'params' });
    expect(rules.permissions().map(({ id }) => id)).toEqual(['managers', 'sales']);
  });

  test('refuses an id given twice, tells at most 20 faults, and takes 1,000 rules', async () => {
    const { rules } = await openHouseOfFour();
    const twice = [
      { ...SALES, id: 'a' },
      { ...SALES, id: 'b' },
      { ...SALES, id: 'a' },
    ];
    await expect(rules.setPermissions(OPERATOR, twice)).rejects.toMatchObject({
      detail: { issues: [{ path: 'rules.2.id' }] },
    });
    const many = Array.from({ length: 1_000 }, () => ({ ...SALES, books: ['x'] }));
    const call = rules.setPermissions(OPERATOR, many);
    await expect(call).rejects.toMatchObject({ detail: { issues: { length: 20 } } });
    expect(await outcome(rules.setPermissions(OPERATOR, [...many, SALES]))).toEqual({ refused: 'too_large' });
    await rules.setPermissions(
      OPERATOR,
      many.map(() => SALES),
    );
    expect(rules.permissions()).toHaveLength(1_000);
  });

  test('is for administrators', async () => {
    const { rules, as, said } = await openHouseOfFour();
    for (const extension of ['1001', '1002', '1003', '4711']) {
      expect(await outcome(rules.setPermissions(as(extension), []))).toEqual(FORBIDDEN);
      expect(await outcome(rules.setVisibility(as(extension), []))).toEqual(FORBIDDEN);
    }
    expect(said[1]).toEqual([
      'access.refused',
      { method: 'visibility.set', extension: '1001', reason: 'not an administrator' },
    ]);
    await rules.setPermissions(as('1000', { contacts: false }), []);
    expect(rules.permissions()).toEqual([]);
  });

  test('by two at once leaves the list of one of them', async () => {
    const { rules, as } = await openHouseOfFour();
    const lists = ['a', 'b', 'c'].map((id) => [
      { ...SALES, id },
      { ...ALL, id: `${id}2` },
    ]);
    await Promise.all(lists.map((list, i) => rules.setPermissions(i === 1 ? OPERATOR : as('1000'), list)));
    expect(rules.permissions().map(({ id }) => id)).toEqual(['c', 'c2']);
  });
});

describe('visibility.set', () => {
  test('replaces the list as permissions.set does', async () => {
    const { rules, as, access } = await openHouseOfFour();
    const hide = { who: { everyone: true } as const, whom: { extension: '1001' }, see: false };
    await rules.setVisibility(as('1000'), [{ ...hide, id: 'x', order: 3 }, hide]);
    expect(rules.visibility()).toEqual([
      { ...hide, id: 'x', order: 1 },
      { ...hide, id: expect.stringMatching(/^[0-9a-z]{12}$/), order: 2 },
    ]);
    expect(access.sight(as('1002')).sees('1001')).toBe(false);
    await rules.setVisibility(as('1000'), []);
    expect(access.sight(as('1002')).sees('1001')).toBe(true);
  });
});
