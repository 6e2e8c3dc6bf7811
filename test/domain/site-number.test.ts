import { describe, expect, test } from 'vitest';
import { toId, toNumber } from '../../src/domain/site-number.ts';

describe('The id of an extension', () => {
  test('is its number with the digits of the site in front', () => {
    expect([toId('3', '1001'), toId('', '1001'), toId('0049', '10')]).toEqual(['31001', '1001', '004910']);
  });

  test.each([
    ['3', '31001', '1001'],
    ['', '1001', '1001'],
    ['3', '1001', undefined],
    ['3', '3', undefined],
    ['33', '3', undefined],
  ])('with the digits %j is, of %s, the number %s', (prefix, id, number) => {
    expect(toNumber(prefix, id)).toBe(number);
  });
});
