import { expect, test } from 'vitest';
import { COLUMN_TARGETS } from '../../src/domain/contact-columns.ts';
import { missingTargets, sameTargets, targetsByKind, withTarget } from '../../web/src/import/columns.ts';

test('every target is offered once, under its kind', () => {
  const kinds = targetsByKind();
  expect([...kinds.values()].flat().sort()).toEqual([...COLUMN_TARGETS].sort());
  expect(kinds.get('name')).toEqual(['name', 'firstName', 'middleName', 'lastName', 'company', 'title']);
  expect(kinds.get('number')?.length).toBe(6);
  expect(kinds.get('other')).toEqual(['id', 'remark']);
});

test('a target that only one column can have goes from the column that had it', () => {
  expect(withTarget(['firstName', 'lastName', null], 2, 'firstName')).toEqual([null, 'lastName', 'firstName']);
});

test('several columns can be numbers of one type', () => {
  expect(withTarget(['number:mobile', null], 1, 'number:mobile')).toEqual(['number:mobile', 'number:mobile']);
});

test('a column can be left aside, and leaving one aside leaves the others', () => {
  expect(withTarget(['firstName', null, 'remark'], 0, null)).toEqual([null, null, 'remark']);
});

test('targets are the same when each is', () => {
  expect(sameTargets(['id', null], ['id', null])).toBe(true);
  expect(sameTargets(['id', null], ['id', 'name'])).toBe(false);
  expect(sameTargets(['id'], ['id', null])).toBe(false);
});

test('without a name or a number no row can become a contact', () => {
  expect(missingTargets(['company', 'number:home'])).toEqual([]);
  expect(missingTargets(['title', 'middleName', 'email:work'])).toEqual(['name', 'number']);
  expect(missingTargets(['name', null])).toEqual(['number']);
});
