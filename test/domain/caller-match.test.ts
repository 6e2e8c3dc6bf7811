import { describe, expect, test } from 'vitest';
import { type Candidate, commonEnding, compareCandidates, matchOf } from '../../src/domain/caller-match.ts';
import { type AskedNumber, askedNumber } from '../../src/domain/caller-number.ts';
import { differenceOf } from '../../src/domain/numbering-plan.ts';
import { numberKeys } from '../../src/domain/phone-number.ts';

const GB = { country: 'GB', outsideLine: '' };

function match(numbers: readonly string[], text: string, lastDigits = 7) {
  const asked = askedNumber(text, GB, lastDigits) as AskedNumber;
  return matchOf(
    numbers.map((number) => numberKeys(number, GB)),
    asked,
    lastDigits,
  );
}

describe('a contact has a number', () => {
  test.each([
    ['itself', ['07700 900123', '020 7946 0000'], '+442079460000', { key: 0, whole: true, ending: 0, at: 1 }],
    ['as one of several', ['020 7946 0000', '+442079460000'], '02079460000', { key: 0, whole: true, ending: 0, at: 0 }],
    ['as a line behind it', ['020 7946 0000 x12'], '02079460000', { key: 0, whole: false, ending: 0, at: 0 }],
    [
      'itself rather than a line',
      ['020 7946 0000 x12', '020 7946 0000'],
      '02079460000',
      { key: 0, whole: true, ending: 0, at: 1 },
    ],
    ['with that line', ['020 7946 0000 x12'], '020 7946 0000 x12', { key: 0, whole: true, ending: 0, at: 0 }],
    ['without a line', ['020 7946 0000'], '020 7946 0000 x12', { key: 1, whole: true, ending: 0, at: 0 }],
    ['by its ending', ['07700 900123', '7946 0000'], '02079460000', { key: undefined, whole: false, ending: 8, at: 1 }],
    [
      'by the longest ending',
      ['#1239460000', '179460000'],
      '02079460000',
      { key: undefined, whole: false, ending: 8, at: 1 },
    ],
    ['written without the area', ['946 0000'], '+442079460000', { key: undefined, whole: false, ending: 7, at: 0 }],
    [
      'behind the digit for an outside line that nothing is known of',
      ['020 7946 0000'],
      '9 020 7946 0000',
      { key: undefined, whole: false, ending: 10, at: 0 },
    ],
    ['that is as long as an ending', ['39460000'], '+442039460000', { key: undefined, whole: false, ending: 8, at: 0 }],
    ['that is short', ['1001'], '1001', { key: 0, whole: true, ending: 0, at: 0 }],
  ])('%s', (_, numbers, text, expected) => {
    expect(match(numbers, text)).toEqual(expected);
  });

  test.each<[string, string[], string, number?]>([
    ['with another line', ['020 7946 0000 x13'], '020 7946 0000 x12'],
    ['with another line and a number that ends alike', ['020 7946 0000 x13', '7946 0000'], '020 7946 0000 x12'],
    ['in another area', ['020 8946 0000'], '+442079460000'],
    ['in another area, both as dialled at home', ['0161 946 0000'], '020 7946 0000'],
    ['in another country', ['+1 212 946 0000'], '+442079460000'],
    ['in another country, dialled with 00', ['020 7946 0000'], '00 90 207 946 0000'],
    ['in what looks like another country, by a part of it', ['020 7946 0000'], '1 415 946 0000'],
    ['in a country that shares its calling code', ['+1 613 946 0000'], '+442079460000'],
    ['that has fewer digits than an ending', ['39460000'], '+442039460000', 9],
    ['that is short and ends alike', ['0000'], '+442079460000'],
    ['of the house', ['51001'], '1001'],
    ['a code', ['*301001'], '1001'],
  ])('not %s', (_, numbers, text, lastDigits = 7) => {
    expect(match(numbers, text, lastDigits)).toBe(undefined);
  });

  test('by no ending when they are turned off', () => {
    expect(match(['7946 0000'], '+442079460000', 0)).toBe(undefined);
    expect(match(['7946 0000'], '+442079460000', 9)).toBe(undefined);
    expect(match(['079460000'], '+442079460000', 8)).toMatchObject({ ending: 9 });
  });
});

test('several contacts have an order: key, the number itself, ending, place, age, id', () => {
  const whole = { key: 0, whole: true, ending: 0, at: 0 };
  const by = { key: undefined, whole: false, ending: 8, at: 0 };
  const candidates: Candidate[] = [
    { match: whole, created: '2026-01-01', id: 'a' },
    { match: whole, created: '2026-01-01', id: 'b' },
    { match: whole, created: '2026-01-02', id: 'a' },
    { match: { ...whole, at: 1 }, created: '2026-01-01', id: 'a' },
    { match: { ...whole, whole: false }, created: '2026-01-01', id: 'a' },
    { match: { ...whole, key: 1 }, created: '2026-01-01', id: 'a' },
    { match: { ...by, ending: 9, at: 1 }, created: '2026-01-02', id: 'b' },
    { match: by, created: '2026-01-01', id: 'a' },
    { match: by, created: '2026-01-02', id: 'a' },
    { match: { ...by, at: 1 }, created: '2026-01-01', id: 'a' },
  ];
  for (let turn = 0; turn < candidates.length; turn += 1) {
    const mixed = [...candidates.slice(turn), ...candidates.slice(0, turn)];
    expect(mixed.sort(compareCandidates)).toEqual(candidates);
  }
});

test.each([
  ['', '1', 0],
  ['123', '123', 3],
  ['9123', '8123', 3],
  ['123', '124', 0],
  ['23', '123', 2],
])('%j and %j end alike in %i', (a, b, length) => {
  expect([commonEnding(a, b), commonEnding(b, a)]).toEqual([length, length]);
});

describe('two numbers are surely two', () => {
  test.each([
    ['+442079460000', '+12125550123', 'countries'],
    ['+442079460000', '+16135550123', 'countries'],
    ['+79161234567', '+442079460000', 'countries'],
    ['+442079460000x12', '+4930123456', 'countries'],
    ['+442079460000', '+442089460000', 'area'],
    ['+442079460000', '+447700900123', 'area'],
    ['+12125550123', '+16135550123', 'area'],
    // Of one country, but of different lengths; a number that no plan knows; and what is no number of the public network.
    ['+4930123456', '+49123456', undefined],
    ['+442079460000', '+449', undefined],
    ['+442079460000', '+999123456789', undefined],
    ['+442079460000', '#12125550123', undefined],
    ['#1001', '#*30', undefined],
    ['', '', undefined],
  ])('%s and %s: %s', (a, b, difference) => {
    expect([differenceOf(a, b), differenceOf(b, a)]).toEqual([difference, difference]);
  });
});
