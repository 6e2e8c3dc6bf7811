import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { askedNumber, digitsOf, isOfTheHouse, lineOf } from '../../src/domain/caller-number.ts';

const GB = { country: 'GB', outsideLine: '9' };
const asked = (text: string, lastDigits = 7) => askedNumber(text, GB, lastDigits);

describe('a number that is asked for', () => {
  test.each(['', ' ', 'anonymous', 'Unknown', 'restricted', 'unavailable', '<>', '+', '*', '#', '-', '\u0000\n'])(
    '%j is none',
    (text) => {
      expect(asked(text)).toBe(undefined);
    },
  );

  test('is none when it is longer than any number, and read when that is but space around it', () => {
    expect(asked('1'.repeat(65))).toBe(undefined);
    expect(asked(`${'x'.repeat(10_000)}1`)).toBe(undefined);
    expect(asked('٣'.repeat(65))).toBe(undefined);
    expect(asked('\ufdfa1'.repeat(30))).toBe(undefined);
    expect(asked(`${' '.repeat(5_000)}1001${'\n'.repeat(5_000)}`)).toEqual({
      dialled: '1001',
      keys: ['#1001'],
      isInternational: false,
      ending: undefined,
    });
  });

  test.each([
    '00 44 20 7946 0000',
    '+442079460000',
    '02079460000',
    '(020) 7946-0000',
    '9 020 7946 0000',
    '٠٢٠٧٩٤٦٠٠٠٠',
  ])('%s has one key and one ending', (text) => {
    expect(asked(text)).toMatchObject({ keys: ['+442079460000'], ending: '9460000' });
  });

  test('has the key of the main number behind that of a line', () => {
    expect(asked('020 7946 0000 x12')).toEqual({
      dialled: undefined,
      keys: ['+442079460000x12', '+442079460000'],
      isInternational: false,
      ending: '9460000',
    });
  });

  test.each([
    [7, '9460000'],
    [9, '079460000'],
    [11, '42079460000'],
    [12, '442079460000'],
    [13, undefined],
    [15, undefined],
    [0, undefined],
  ])('has with %i last digits the ending %s', (lastDigits, ending) => {
    expect(asked('+442079460000', lastDigits)?.ending).toBe(ending);
  });

  test.each([
    ['1001', '1001'],
    [' 10-01 ', '1001'],
    ['10\u00a001', '1001'],
    ['\u202a1001\u202c', '1001'],
    ['\t1001\r\n', '1001'],
    ['(020) 7946/0000', '02079460000'],
    ['+1001', undefined],
    ['*1001', undefined],
    ['1001#', undefined],
    ['1001x1', undefined],
  ])('%j was dialled as %s', (text, dialled) => {
    expect(asked(text)?.dialled).toBe(dialled);
  });

  test('is no extension when it has more digits than any', () => {
    const dialled = (text: string, longest: number) => askedNumber(text, GB, 7, longest)?.dialled;
    expect([dialled('10 01', 4), dialled('10 01', 3), dialled('1'.repeat(16), 16)]).toEqual([
      '1001',
      undefined,
      '1'.repeat(16),
    ]);
    expect([asked('1'.repeat(16))?.dialled, asked('1'.repeat(17))?.dialled]).toEqual(['1'.repeat(16), undefined]);
  });

  test('is read without an exception whatever the text is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        const number = asked(text);
        if (!number) return;
        expect(number.keys.length).toBeGreaterThan(0);
        expect(number.keys).not.toContain('');
        expect(number.ending ?? '1234567').toMatch(/^\d{7}$/);
      }),
    );
  });
});

test('the parts of a key', () => {
  expect(['+442079460000', '+442079460000x12', '#1001', '#*30'].map((key) => [digitsOf(key), lineOf(key)])).toEqual([
    ['442079460000', undefined],
    ['442079460000', '12'],
    ['1001', undefined],
    ['*30', undefined],
  ]);
  expect(['#1', '#100100', '#1001001', '+4420', '+1'].map(isOfTheHouse)).toEqual([true, true, false, false, false]);
});
