import { describe, expect, test } from 'vitest';
import { trunkSpellings } from '../../src/domain/number-spellings.ts';
import { numberKey } from '../../src/domain/phone-number.ts';

const at = (country: string, outsideLine = '') => ({ country, outsideLine });

describe('the spellings that a trunk may present', () => {
  const known: readonly (readonly [country: string, key: string, spellings: readonly string[]])[] = [
    ['GB', '+442079460000', ['+442079460000', '442079460000', '02079460000', '00442079460000']],
    ['GB', '+12025550123', ['+12025550123', '12025550123', '0012025550123']],
    ['US', '+12025550123', ['+12025550123', '12025550123', '2025550123', '01112025550123']],
    ['DE', '+4930123456', ['+4930123456', '4930123456', '030123456', '004930123456']],
    ['IT', '+390612345678', ['+390612345678', '390612345678', '0612345678', '00390612345678']],
    ['RU', '+74951234567', ['+74951234567', '74951234567', '84951234567', '81074951234567']],
    ['HU', '+3612345678', ['+3612345678', '3612345678', '0612345678', '003612345678']],
    ['AU', '+61291234567', ['+61291234567', '61291234567', '0291234567', '001161291234567']],
    ['JP', '+81312345678', ['+81312345678', '81312345678', '0312345678', '01081312345678']],
    ['GB', '#2001', ['2001']],
    ['DE', '#116117', ['116117']],
  ];
  test.each(known)('in %s of %s', (country, key, spellings) => {
    expect(trunkSpellings(key, at(country))).toEqual(spellings);
  });

  test('leave out what the country reads as another number', () => {
    // In America 213 is Los Angeles, abroad Algeria.
    expect(trunkSpellings('+2133734253', at('US'))).toEqual(['+2133734253', '0112133734253']);
    expect(numberKey('2133734253', at('US'))).toBe('+12133734253');
  });

  test.each(known)('in %s of %s are read back as it, with an outside line too', (country, key, spellings) => {
    for (const outsideLine of ['', '9']) {
      expect(spellings.map((one) => numberKey(one, at(country, outsideLine)))).toEqual(spellings.map(() => key));
    }
  });

  test.each(['', '#', '#5', '#*30', '#1234567890123456789012', '+442079460000x12', '+', '+4', '#ABC', 'x\r\ny'])(
    'do not exist of %j',
    (key) => {
      expect(trunkSpellings(key, at('GB'))).toEqual([]);
    },
  );

  test('of a country that is not known are those of the number alone', () => {
    expect(trunkSpellings('+442079460000', at('ZZ'))).toEqual(['+442079460000', '442079460000', '00442079460000']);
  });
});
