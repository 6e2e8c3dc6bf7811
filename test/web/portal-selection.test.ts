import { describe, expect, test } from 'vitest';
import { NOTHING, stillThere, withOne, withRange } from '../../web/src/contacts/selection.ts';

describe('a selection', () => {
  test('takes and gives back one', () => {
    const one = withOne(NOTHING, 'a', true);
    expect([...one]).toEqual(['a']);
    expect([...withOne(one, 'a', false)]).toEqual([]);
    expect([...NOTHING]).toEqual([]);
  });

  test('takes a range from either end and keeps the rest', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    expect([...withRange(new Set(['e']), ids, 1, 2)]).toEqual(['e', 'b', 'c']);
    expect([...withRange(NOTHING, ids, 3, 1)]).toEqual(['b', 'c', 'd']);
  });

  test('loses what is gone, and is the same when nothing is', () => {
    const selection = new Set(['a', 'b']);
    expect(stillThere(selection, () => true)).toBe(selection);
    expect([...stillThere(selection, (id) => id === 'b')]).toEqual(['b']);
  });
});
