import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { patternFault } from '../../src/settings/pattern.ts';

const REPEATS = 'must not repeat a group that itself holds a repetition or alternatives';
const BROKEN = 'is no regular expression: look at its brackets and backslashes';
const REFERS = 'must not look ahead, look behind or refer back';
const MANY = 'must not hold more than 4 repetitions and 10 question marks';
const LENGTH = 'must be a regular expression of 1 to 200 characters';

describe('a pattern', () => {
  test.each([
    '^[0-9]{2,8}$',
    '^(1[0-9]{3}|2[0-9]{3})$',
    '^(?:100|200)[0-9]+$',
    '^([0-9][0-9]){2}$',
    '^\\d{4}$',
    '^[+*?({]\\(\\)+$',
    '^(?<pair>ab)+$',
    '^(10|20)?[0-9]{2}$',
    'x{,3}',
  ])('may be %s', (pattern) => {
    expect(patternFault(pattern)).toBe(undefined);
  });

  test.each([
    ['', LENGTH],
    ['1'.repeat(201), LENGTH],
    ['[0-9', BROKEN],
    ['(10', BROKEN],
    ['*', BROKEN],
    ['^([0-9]+)+$', REPEATS],
    ['^([0-9]*)*$', REPEATS],
    ['^(1|1)+$', REPEATS],
    ['^((1|1))+$', REPEATS],
    ['^((1+)2){3}$', REPEATS],
    ['^(1?){40}1{40}$', REPEATS],
    ['^(?:(?:[0-9]{1,9}))+$', REPEATS],
    ['^(1)\\1$', REFERS],
    ['^(?<a>1)\\k<a>$', REFERS],
    ['^(?=1)1$', REFERS],
    ['^(?<!1)1$', REFERS],
    ['1*1*1*1*1*', MANY],
    [`${'1?'.repeat(11)}1`, MANY],
  ])('may not be %j', (pattern, fault) => {
    expect(patternFault(pattern)).toBe(fault);
  });

  test('that may be used never takes long, on any number of up to 40 digits', () => {
    const piece = fc.constantFrom(
      '1',
      '[12]',
      '.',
      '(',
      ')',
      '|',
      '*',
      '+',
      '?',
      '{2,}',
      '{0,9}',
      '{9}',
      '(?:',
      '^',
      '$',
    );
    const pattern = fc.array(piece, { minLength: 1, maxLength: 16 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(pattern, (text) => {
        if (patternFault(text) !== undefined) return;
        const started = performance.now();
        new RegExp(text).test(`${'1'.repeat(39)}x`);
        expect(performance.now() - started).toBeLessThan(500);
      }),
      { numRuns: 3_000 },
    );
  });
});
