import { describe, expect, test } from 'vitest';
import { decideVisibility, type VisibilityRule } from '../../src/domain/rules.ts';
import { hiddenFrom, previewVisibility, sightsOf } from '../../web/src/admin/visibility-preview.ts';

const person = (extension: string, ...groups: string[]) => ({ extension, groups });
const EVERYONE = { everyone: true } as const;

describe('what one extension sees', () => {
  const people = [person('1001', 'Staff'), person('1002'), person('1003')];
  const hide: VisibilityRule = { id: 'a', who: { group: 'Staff' }, whom: { extension: '1003' }, see: false };

  test('is told of everybody else, with the place of the rule that decides', () => {
    expect(sightsOf(people[0] ?? person('?'), people, [], [hide])).toEqual([
      { other: person('1002'), now: true, next: true },
      { other: person('1003'), now: true, next: false, rule: 1 },
    ]);
  });

  test('is everything when no rule names it', () => {
    expect(sightsOf(people[1] ?? person('?'), people, [], [hide])).toEqual([
      { other: person('1001', 'Staff'), now: true, next: true },
      { other: person('1003'), now: true, next: true },
    ]);
  });
});

test('those whom one is hidden from are told, and those whom one will not be hidden from any more', () => {
  const people = [person('1001', 'Staff'), person('1002'), person('1003')];
  const now: VisibilityRule[] = [{ id: 'a', who: { extension: '1002' }, whom: { extension: '1003' }, see: false }];
  const next: VisibilityRule[] = [
    { id: 'x', who: EVERYONE, whom: { extension: '1001' }, see: true },
    { id: 'b', who: { group: 'Staff' }, whom: EVERYONE, see: false },
  ];
  expect(hiddenFrom(person('1003'), people, now, next)).toEqual([
    { other: person('1001', 'Staff'), now: true, next: false, rule: 2 },
    { other: person('1002'), now: false, next: true },
  ]);
  expect(hiddenFrom(person('1001', 'Staff'), people, now, next)).toEqual([]);
});

describe('the table of all', () => {
  test('counts who is hidden from each, before and after', () => {
    const people = [person('1001', 'Staff'), person('1002', 'Staff'), person('1003')];
    const now: VisibilityRule[] = [{ id: 'a', who: EVERYONE, whom: { extension: '1003' }, see: false }];
    const next: VisibilityRule[] = [{ id: 'b', who: { extension: '1003' }, whom: { group: 'Staff' }, see: false }];
    expect(previewVisibility(people, now, next)).toEqual([
      { person: person('1001', 'Staff'), now: 1, next: 0, changed: 1 },
      { person: person('1002', 'Staff'), now: 1, next: 0, changed: 1 },
      { person: person('1003'), now: 0, next: 2, changed: 2 },
    ]);
  });

  test('nobody counts as hidden from himself', () => {
    const people = [person('1001'), person('1002')];
    const all: VisibilityRule[] = [{ id: 'a', who: EVERYONE, whom: EVERYONE, see: false }];
    expect(previewVisibility(people, [], all).map(({ next }) => next)).toEqual([1, 1]);
    expect(previewVisibility([person('1001')], [], all).map(({ next }) => next)).toEqual([0]);
  });

  test('agrees with the rule of the daemon for persons of every kind', () => {
    const people = Array.from({ length: 40 }, (_, i) =>
      person(String(1000 + i), ...['Red', 'Blue'].filter((__, g) => (i >> g) % 2 === 1)),
    );
    const whos = [EVERYONE, { group: 'Red' }, { group: 'Blue' }, { extension: '1005' }, { extension: '1010' }];
    const rules = Array.from({ length: 20 }, (_, i) => ({
      id: `r${i}`,
      who: whos[(i * 3 + 1) % 5] ?? EVERYONE,
      whom: whos[(i * 2 + 3) % 5] ?? EVERYONE,
      see: i % 3 === 0,
    }));
    const [now, next] = [rules.slice(5), rules.slice(0, 12)];
    const rows = previewVisibility(people, now, next);
    const expected = people.map((one) => {
      const others = people.filter((other) => other !== one);
      const seen = (list: VisibilityRule[]) => others.map((other) => decideVisibility(list, one, other).see);
      const [before, after] = [seen(now), seen(next)];
      const hidden = (list: boolean[]) => list.filter((see) => !see).length;
      return {
        person: one,
        now: hidden(before),
        next: hidden(after),
        changed: before.filter((see, i) => see !== after[i]).length,
      };
    });
    expect(rows).toEqual(expected);
    expect(expected.some(({ changed }) => changed > 0)).toBe(true);
  });
});
