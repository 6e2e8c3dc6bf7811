import { expect, test } from 'vitest';
import type { VisibilityRule } from '../../src/domain/rules.ts';
import {
  changedRules,
  inOrder,
  moveRule,
  newRuleId,
  putRule,
  removeRule,
  sameRules,
  toSend,
} from '../../web/src/admin/rule-list.ts';

type TestRule = VisibilityRule & { readonly order: number };

const a: TestRule = { id: 'a', order: 1, who: { everyone: true }, whom: { everyone: true }, see: true };
const b: TestRule = { id: 'b', order: 2, who: { group: 'Sales' }, whom: { extension: '1002' }, see: false };
const c: TestRule = { id: 'c', order: 3, who: { extension: '1001' }, whom: { everyone: true }, see: true };

const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id).join('');

test('rules come in the order that they say', () => {
  expect(ids(inOrder([c, a, b]))).toBe('abc');
});

test('a rule put takes the place of the one with its id, and a new one comes last', () => {
  expect(putRule([a, b], { ...a, see: false })).toEqual([{ ...a, see: false }, b]);
  expect(putRule([a, b], c)).toEqual([a, b, c]);
});

test('a new rule gets an id that no other has', () => {
  const first = newRuleId([a, b]);
  const second = newRuleId([a, { id: first }, { id: 'new:7' }]);
  expect([first, second]).toEqual(['new:1', 'new:8']);
});

test('a rule moves up and down, and not beyond the ends', () => {
  const list = [a, b, c];
  expect(ids(moveRule(list, 'c', 1))).toBe('acb');
  expect(ids(moveRule(list, 'a', 1))).toBe('bac');
  expect(ids(moveRule(list, 'a', -5))).toBe('abc');
  expect(ids(moveRule(list, 'a', 99))).toBe('bca');
  expect(ids(moveRule(list, 'nobody', 0))).toBe('abc');
});

test('a removed rule is gone, and removing what is not there changes nothing', () => {
  expect(ids(removeRule([a, b, c], 'b'))).toBe('ac');
  expect(ids(removeRule([a, b, c], 'x'))).toBe('abc');
});

test('lists are the same when they say the same in the same order, whatever the ids, the orders and the order of keys', () => {
  const alike: TestRule = { see: true, whom: { everyone: true }, who: { everyone: true }, id: 'z', order: 9 };
  expect(sameRules([a, b], [alike, b])).toBe(true);
  expect(sameRules([a, b], [b, a])).toBe(false);
  expect(sameRules([a], [a, b])).toBe(false);
  const other: TestRule = { ...a, see: false };
  expect(sameRules([a], [other])).toBe(false);
});

test('a rule counts as changed when it says something else than before or was not there, and not when it was only moved', () => {
  const moved: TestRule = { ...b, order: 9 };
  const said: TestRule = { ...a, see: false };
  expect([...changedRules([moved, said, c], [a, b])]).toEqual(['a', 'c']);
  expect([...changedRules([b, a], [a, b])]).toEqual([]);
});

test('what is sent has the ids of rules in force and none of new ones, and no order', () => {
  expect(toSend([b, { ...c, id: 'new:1' }])).toEqual([
    { id: 'b', who: { group: 'Sales' }, whom: { extension: '1002' }, see: false },
    { who: { extension: '1001' }, whom: { everyone: true }, see: true },
  ]);
});
