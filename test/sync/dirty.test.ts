import { describe, expect, test } from 'vitest';
import { Dirty } from '../../src/sync/dirty.ts';

const [OLD, NEW] = [false, true];

describe('what waits to be told', () => {
  test('is of each row the newest write, in the order of these', () => {
    const dirty = new Dirty();
    expect(dirty.isEmpty).toBe(true);
    dirty.add('a', { n: 1 }, 5, OLD);
    dirty.add('b', { n: 2 }, 6, NEW);
    dirty.add('a', { n: 3 }, 7, OLD);
    dirty.add('c', null, 9, OLD);
    expect(dirty.isEmpty).toBe(false);
    expect(dirty.take()).toEqual({
      writes: [
        { id: 'b', value: { n: 2 }, isNew: true },
        { id: 'a', value: { n: 3 }, isNew: false },
        { id: 'c', value: null, isNew: false },
      ],
      firstRev: 5,
      rev: 9,
      passing: false,
    });
    expect(dirty.isEmpty).toBe(true);
  });

  test('leaves out what came and went, and says that something did', () => {
    const dirty = new Dirty();
    dirty.add('a', { n: 1 }, 5, NEW);
    dirty.add('a', { n: 2 }, 6, OLD);
    dirty.add('a', null, 7, OLD);
    expect(dirty.take()).toEqual({ writes: [], firstRev: 5, rev: 7, passing: true });
    dirty.add('b', { n: 1 }, 8, OLD);
    expect(dirty.take().passing).toBe(false);
  });

  test('tells the removal of a row that was there before, however often it came and went since', () => {
    const dirty = new Dirty();
    dirty.add('a', null, 5, OLD);
    dirty.add('a', { n: 1 }, 6, NEW);
    dirty.add('a', null, 7, OLD);
    expect(dirty.take()).toMatchObject({ writes: [{ id: 'a', value: null }], passing: false });
  });
});
