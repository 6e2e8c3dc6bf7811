// Two counts that drift apart: each revision of the database has one number here, and it is found both ways, however long it goes on.
import { expect, it } from 'vitest';
import { Revisions } from '../../../src/store/postgres/revisions.ts';
import { dice } from './support/dice.ts';

interface Told {
  readonly g: number;
  readonly local: number;
}

/** Lets revisions come, with numbers that are given to nothing between some of them. */
function live(revisions: Revisions, steps: number, roll: (below: number) => number): Told[] {
  const told: Told[] = [];
  let local = revisions.newest;
  for (let step = 0; step < steps; step += 1) {
    if (roll(2) === 0) local += 1 + roll(3);
    const g = revisions.newest + 1 + (roll(10) === 0 ? roll(1000) : 0);
    local = revisions.next(g, local);
    revisions.told(g, local);
    told.push({ g, local });
  }
  return told;
}

it('alike as long as nothing comes between', () => {
  const revisions = new Revisions(7);
  for (let g = 8; g < 20; g += 1) revisions.told(g, revisions.next(g, g - 1));
  const all = Array.from({ length: 20 }, (_, n) => n);
  expect(all.map((n) => [revisions.localOf(n), revisions.exact(n), revisions.upTo(n)])).toEqual(
    all.map((n) => [n, n, n]),
  );
});

it('found both ways', () => {
  const revisions = new Revisions(5);
  const told = live(revisions, 400, dice(1));
  for (const [at, { g, local }] of told.entries()) {
    const before = told[at - 1];
    expect([revisions.localOf(g), revisions.exact(local), revisions.upTo(local)]).toEqual([local, g, g]);
    const gap = before ? local - before.local - (g - before.g) : 0;
    // A wide gap is the one place where it goes on far above: nothing in it is ever given.
    if (before && gap > 0 && gap < 2 ** 50) {
      const nobodys = local - (g - before.g);
      expect([revisions.exact(nobodys), revisions.upTo(nobodys)]).toEqual([undefined, before.g]);
    }
  }
  expect(told.map(({ local }) => local)).toEqual(told.map(({ local }) => local).sort((a, b) => a - b));
});

it('of old ones another number stands, rising as well, and none is mistaken for one that was told', () => {
  const revisions = new Revisions(0);
  const told = live(revisions, 200_000, dice(2));
  const oldest = told.filter((_, at) => at % 97 === 0);
  const numbers = oldest.map(({ g }) => revisions.localOf(g));
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  expect(oldest.map(({ g }) => revisions.exact(revisions.localOf(g)))).toEqual(oldest.map(({ g }) => g));
  const forgotten = oldest.filter(({ g, local }) => revisions.localOf(g) !== local);
  expect(forgotten.length).toBeGreaterThan(100);
  expect(forgotten.length).toBeLessThan(oldest.length - 100);
  for (const { local } of forgotten)
    expect([revisions.exact(local), revisions.upTo(local)]).toEqual([undefined, undefined]);
  for (const { g, local } of told.slice(-20_000))
    expect([revisions.localOf(g), revisions.exact(local)]).toEqual([local, g]);
});
