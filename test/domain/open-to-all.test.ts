import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decidePermission, isOpenToAll, type PermissionRule, type Who } from '../../src/domain/rules.ts';

const everyone: Who = { everyone: true };
const rule = (who: Who, view: boolean, books: '*' | readonly string[] = '*', manage = false): PermissionRule => ({
  ...{ id: 'r', who, books, view, manage },
});

describe('a book that everyone may see without exception', () => {
  test.each<[string, boolean, readonly PermissionRule[]]>([
    ['without a rule', false, []],
    ['opened to everyone', true, [rule(everyone, true)]],
    ['opened to everyone to manage', true, [rule(everyone, false, '*', true)]],
    ['opened to some', false, [rule({ group: 'sales' }, true)]],
    ['opened to some, then to everyone', true, [rule({ group: 'sales' }, true), rule(everyone, true)]],
    ['closed to one, then opened to everyone', false, [rule({ extension: '1001' }, false), rule(everyone, true)]],
    ['closed to one after it was opened to everyone', true, [rule(everyone, true), rule({ extension: '1001' }, false)]],
    ['closed to everyone, then opened', false, [rule(everyone, false), rule(everyone, true)]],
    ['beside another that is closed to some', true, [rule({ group: 'x' }, false, ['b']), rule(everyone, true)]],
    ['that no rule names', false, [rule(everyone, true, ['b'])]],
  ])('%s: %s', (_, open, rules) => {
    expect(isOpenToAll(rules, 'a')).toBe(open);
  });

  test('is seen by everybody there could be', () => {
    const whos: readonly Who[] = [
      everyone,
      { extension: '1001' },
      { extension: '1002' },
      { group: 'a' },
      { group: 'b' },
    ];
    const rules = fc.array(
      fc
        .tuple(fc.constantFrom(...whos), fc.boolean(), fc.constantFrom<'*' | string[]>('*', ['a'], ['b']))
        .map(([who, view, books]) => rule(who, view, books)),
      { maxLength: 6 },
    );
    const people = ['1001', '1002', '1003'].flatMap((extension) =>
      [[], ['a'], ['b'], ['a', 'b']].map((groups) => ({ extension, groups })),
    );
    fc.assert(
      fc.property(rules, (given) => {
        const seen = people.every((person) => decidePermission(given, person, 'a').view);
        if (isOpenToAll(given, 'a')) expect(seen).toBe(true);
      }),
    );
  });
});
