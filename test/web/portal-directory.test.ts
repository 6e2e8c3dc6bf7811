import { describe, expect, test } from 'vitest';
import type { Extension, Indicator, Presence } from '../../client/types.ts';
import { filterExtensions, groupsOf, sortExtensions } from '../../web/src/directory/extension-search.ts';

const someone = (number: string, name: string, more: Partial<Extension> = {}): Extension => ({
  ...{ id: number, number, name, groups: [] },
  ...more,
});
const presence = (id: string, indicator: Indicator): Presence => ({
  ...{ id, indicator, status: 'available', line: 'idle', online: true, since: '2026-11-21T12:00:00Z' },
});

const people = [
  someone('1003', 'Zoë Müller', { groups: ['Support'], mobile: '+44 7700 900123' }),
  someone('1002', 'grace Hopper', { email: 'g.hopper@navy.example', groups: ['Sales', 'Éditions'] }),
  someone('2001', ''),
  someone('1001', 'Ada Lovelace', { groups: ['Sales'] }),
  someone('1004', 'Ada Lovelace'),
];
const board = new Map([
  ['1001', presence('1001', 'on_call')],
  ['1002', presence('1002', 'available')],
]);
const found = (filter: { text?: string; group?: string; availableOnly?: boolean }) =>
  filterExtensions(sortExtensions(people), { text: '', group: '', availableOnly: false, ...filter }, (id) =>
    board.get(id),
  ).map(({ id }) => id);

describe('colleagues', () => {
  test('stand by name without regard to case and accents, then by number; without a name by their number', () => {
    expect(found({})).toEqual(['2001', '1001', '1004', '1002', '1003']);
  });

  test.each([
    ['zoe', ['1003']],
    ['MULLER zo', ['1003']],
    ['mueller', ['1003']],
    ['lov', ['1001', '1004']],
    ['100', ['1001', '1004', '1002', '1003']],
    ['002', []],
    ['900123', ['1003']],
    ['navy', ['1002']],
    ['edit', ['1002']],
    ['ada sales', ['1001']],
    ['ada support', []],
    ['  ', ['2001', '1001', '1004', '1002', '1003']],
  ])('are found by %j: %j', (text, ids) => {
    expect(found({ text })).toEqual(ids);
  });

  test('are filtered by group and by being available', () => {
    expect(found({ group: 'Sales' })).toEqual(['1001', '1002']);
    expect(found({ availableOnly: true })).toEqual(['1002']);
    expect(found({ group: 'Support', availableOnly: true })).toEqual([]);
    expect(found({ text: 'ada', group: 'Sales' })).toEqual(['1001']);
  });

  test('have their groups listed once, by name', () => {
    expect(groupsOf(people)).toEqual(['Éditions', 'Sales', 'Support']);
  });
});
