import { expect, test } from 'vitest';
import { decidePermission, type PermissionRule } from '../../src/domain/rules.ts';
import { previewPermissions } from '../../web/src/admin/permission-preview.ts';

const user = (extension: string, groups: string[] = [], admin = false) => ({ extension, groups, admin });
const rule = (id: string, who: PermissionRule['who'], books: '*' | string[], right: 'none' | 'view' | 'manage') => ({
  ...{ id, who, books },
  view: right !== 'none',
  manage: right === 'manage',
});

test('says for each user and book the right and the place of the rule that decides, before and after', () => {
  const now = [rule('a', { everyone: true }, ['customers'], 'view')];
  const next = [rule('new:1', { group: 'Sales' }, '*', 'manage'), ...now];
  const rows = previewPermissions([user('1001', ['Sales']), user('1002')], ['customers', 'suppliers'], now, next);
  expect(rows).toEqual([
    {
      user: user('1001', ['Sales']),
      cells: [
        { now: { right: 'view', rule: 1 }, next: { right: 'manage', rule: 1 }, changed: true },
        { now: { right: 'none' }, next: { right: 'manage', rule: 1 }, changed: true },
      ],
      changed: 2,
    },
    {
      user: user('1002'),
      cells: [
        { now: { right: 'view', rule: 1 }, next: { right: 'view', rule: 2 }, changed: false },
        { now: { right: 'none' }, next: { right: 'none' }, changed: false },
      ],
      changed: 0,
    },
  ]);
});

test('an administrator manages every book, and no rule decides it', () => {
  const closed = [rule('a', { everyone: true }, '*', 'none')];
  const [row] = previewPermissions([user('1000', [], true)], ['customers'], closed, []);
  expect(row?.cells).toEqual([{ now: { right: 'manage' }, next: { right: 'manage' }, changed: false }]);
});

test('a rule that takes the right away is named as the one that decides', () => {
  const rules = [rule('a', { extension: '1003' }, '*', 'none'), rule('b', { everyone: true }, '*', 'view')];
  const [row] = previewPermissions([user('1003')], ['customers'], rules, rules);
  expect(row?.cells[0]?.next).toEqual({ right: 'none', rule: 1 });
});

test('agrees with the rule of the daemon for users of every kind, also those who share an answer', () => {
  const groups = ['Sales', 'Support', 'Nobody'];
  const users = Array.from({ length: 60 }, (_, i) =>
    user(
      String(1000 + i),
      groups.filter((__, g) => (i >> g) % 2 === 1),
    ),
  );
  const books = ['b0', 'b1', 'b2', 'b3'];
  const rights = ['none', 'view', 'manage'] as const;
  const whos: PermissionRule['who'][] = [
    { group: 'Sales' },
    { extension: '1007' },
    { group: 'Support' },
    { everyone: true },
  ];
  const rules = Array.from({ length: 24 }, (_, i) =>
    rule(
      `r${i}`,
      whos[(i * 3) % 4] ?? { everyone: true },
      i > 20 ? '*' : [`b${(i * 5) % 4}`],
      rights[(i * 7) % 3] ?? 'none',
    ),
  );
  const said = previewPermissions(users, books, [], rules).map(({ cells }) => cells.map(({ next }) => next.right));
  const decided = users.map((one) =>
    books.map((book) => {
      const { view, manage } = decidePermission(rules, one, book);
      return manage ? 'manage' : view ? 'view' : 'none';
    }),
  );
  expect(said).toEqual(decided);
  expect(new Set(decided.flat()).size).toBe(3);
});
