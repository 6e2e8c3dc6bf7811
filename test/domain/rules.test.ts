import { describe, expect, it } from 'vitest';
import {
  decidePermission,
  decideVisibility,
  isNamed,
  type PermissionRule,
  type VisibilityRule,
  type Who,
} from '../../src/domain/rules.ts';

const ALICE = { extension: '1001', groups: ['sales', 'office'] };
const BOB = { extension: '1002', groups: [] };
const EVERYONE: Who = { everyone: true };

function permission(id: string, rule: Partial<PermissionRule>): PermissionRule {
  return { id, who: EVERYONE, books: '*', view: false, manage: false, ...rule };
}

function visibility(id: string, who: Who, whom: Who, see: boolean): VisibilityRule {
  return { id, who, whom, see };
}

describe('whom a rule names', () => {
  it.each<[Who, boolean, boolean]>([
    [EVERYONE, true, true],
    [{ extension: '1001' }, true, false],
    [{ extension: '1002' }, false, true],
    [{ extension: '100' }, false, false],
    [{ group: 'sales' }, true, false],
    [{ group: 'office' }, true, false],
    [{ group: 'Sales' }, false, false],
    [{ group: '1001' }, false, false],
  ])('%j', (who, alice, bob) => {
    expect([isNamed(who, ALICE), isNamed(who, BOB)]).toEqual([alice, bob]);
  });
});

describe('permission rules', () => {
  it('give nothing to anybody when there are none', () => {
    expect(decidePermission([], ALICE, 'company')).toEqual({ view: false, manage: false });
  });

  it('give nothing when none names the user', () => {
    const rules = [permission('a', { who: { extension: '1002' }, view: true, manage: true })];
    expect(decidePermission(rules, ALICE, 'company')).toEqual({ view: false, manage: false });
  });

  it('give nothing when none names the book', () => {
    const rules = [permission('a', { books: ['sales', 'suppliers'], view: true })];
    expect(decidePermission(rules, ALICE, 'company')).toEqual({ view: false, manage: false });
    expect(decidePermission(rules, ALICE, 'suppliers')).toEqual({ view: true, manage: false, rule: 'a' });
  });

  it('give nothing by an empty list of books', () => {
    expect(decidePermission([permission('a', { books: [], view: true })], ALICE, 'company')).toEqual({
      view: false,
      manage: false,
    });
  });

  it('name every book with *, also one made later', () => {
    const rules = [permission('a', { view: true })];
    expect(decidePermission(rules, BOB, 'made later')).toEqual({ view: true, manage: false, rule: 'a' });
  });

  it('let the first that names user and book decide, even when it gives less', () => {
    const rules = [
      permission('other book', { books: ['sales'], view: true, manage: true }),
      permission('other user', { who: { extension: '1002' }, view: true, manage: true }),
      permission('nothing', { who: { extension: '1001' }, books: ['company'] }),
      permission('all', { view: true, manage: true }),
    ];
    expect(decidePermission(rules, ALICE, 'company')).toEqual({ view: false, manage: false, rule: 'nothing' });
    expect(decidePermission([...rules].reverse(), ALICE, 'company')).toEqual({ view: true, manage: true, rule: 'all' });
  });

  it('do not add up', () => {
    const rules = [permission('view', { view: true }), permission('manage', { manage: true })];
    expect(decidePermission(rules, ALICE, 'company')).toEqual({ view: true, manage: false, rule: 'view' });
  });

  it('let manage imply view', () => {
    const rules = [permission('a', { view: false, manage: true })];
    expect(decidePermission(rules, ALICE, 'company')).toEqual({ view: true, manage: true, rule: 'a' });
  });

  it('name a user by any of his groups', () => {
    const rules = [permission('a', { who: { group: 'office' }, view: true })];
    expect(decidePermission(rules, ALICE, 'company')).toEqual({ view: true, manage: false, rule: 'a' });
    expect(decidePermission(rules, BOB, 'company')).toEqual({ view: false, manage: false });
  });
});

describe('visibility rules', () => {
  it('show everyone to everyone when there are none', () => {
    expect(decideVisibility([], ALICE, BOB)).toEqual({ see: true });
  });

  it('let the first that names both sides decide', () => {
    const rules = [
      visibility('one side', { extension: '1001' }, { group: 'sales' }, false),
      visibility('other side', { group: 'board' }, { extension: '1002' }, false),
      visibility('both', { group: 'sales' }, { extension: '1002' }, false),
      visibility('all', EVERYONE, EVERYONE, true),
    ];
    expect(decideVisibility(rules, ALICE, BOB)).toEqual({ see: false, rule: 'both' });
    expect(decideVisibility([...rules].reverse(), ALICE, BOB)).toEqual({ see: true, rule: 'all' });
    expect(decideVisibility(rules.slice(0, 2), ALICE, BOB)).toEqual({ see: true });
  });

  it('hold in one direction', () => {
    const rules = [visibility('a', { extension: '1001' }, { extension: '1002' }, false)];
    expect(decideVisibility(rules, ALICE, BOB)).toEqual({ see: false, rule: 'a' });
    expect(decideVisibility(rules, BOB, ALICE)).toEqual({ see: true });
  });

  it('hide nobody from himself', () => {
    const rules = [visibility('a', EVERYONE, EVERYONE, false), visibility('b', { extension: '1001' }, EVERYONE, false)];
    expect(decideVisibility(rules, ALICE, ALICE)).toEqual({ see: true });
    expect(decideVisibility(rules, ALICE, BOB)).toEqual({ see: false, rule: 'a' });
  });
});
