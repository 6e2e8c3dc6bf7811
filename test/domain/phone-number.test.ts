import fc from 'fast-check';
import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/min';
import { describe, expect, it } from 'vitest';
import { mainKey, numberKey, numberKeys, sameNumber, suffixOf } from '../../src/domain/phone-number.ts';

const at = (country: string, outsideLine = '') => ({ country, outsideLine });
const KEY = /^(?:|\+\d+(?:x\d+)?|#[0-9A-Z+*#]+)$/;

/** Per country: the key, and how the number is written there. */
const SPELLINGS: readonly (readonly [country: string, key: string, spellings: readonly string[]])[] = [
  [
    'GB',
    '+442079460000',
    ['+442079460000', '+44 20 7946 0000', '+44 (0)20 7946 0000', '+44(0)2079460000', '00442079460000'],
  ],
  ['GB', '+442079460000', ['00 44 20 7946 0000', '020 7946 0000', '02079460000', '(020) 7946-0000', '020.7946.0000']],
  ['GB', '+442079460000', ['2079460000', '442079460000', '44 020 7946 0000', '++44 20 7946 0000', '+44-20-7946-0000']],
  [
    'GB',
    '+442079460000',
    [' 020 7946 0000 ', '\u202a+44 20\u00a07946\u20110000\u202c', 'tel:+44-20-7946-0000', '+44+20 7946 0000'],
  ],
  ['GB', '+447700900123', ['07700 900123', '+447700900123', '00447700900123', '7700900123']],
  ['GB', '+448001111', ['0800 1111', '+44 800 1111']],
  ['GB', '+4930123456', ['+49 30 123456', '0049 30 123456', '+49 (0)30 123456', '4930123456']],
  ['GB', '+15550123456', ['+1 (555) 012-3456', '001 555 012 3456']],
  [
    'DE',
    '+4930123456',
    ['030 123456', '030123456', '(030) 12 34 56', '+49 30 123456', '+49 (0)30 123456', '0049 30 123456'],
  ],
  ['DE', '+4915112345678', ['0151 12345678', '+49 151 12345678', '4915112345678', '015112345678']],
  ['DE', '+442079460000', ['+442079460000', '0044 20 7946 0000', '00 44 (0)20 7946 0000']],
  ['IT', '+390669821234', ['06 6982 1234', '+39 06 6982 1234', '0039 06 69821234', '0669821234']],
  ['IT', '+393331234567', ['333 123 4567', '+39 333 1234567', '00393331234567']],
  [
    'US',
    '+12125550123',
    ['212-555-0123', '(212) 555-0123', '1 (212) 555-0123', '+1 (212) 555-0123', '12125550123', '212.555.0123'],
  ],
  [
    'US',
    '+442079460000',
    ['011 44 20 7946 0000', '+44 20 7946 0000', '0044 20 7946 0000', '442079460000', '+44 (0)20 7946 0000'],
  ],
  ['CA', '+16135550123', ['613-555-0123', '1 613 555 0123', '+16135550123']],
  [
    'FR',
    '+33142685300',
    ['01 42 68 53 00', '+33 1 42 68 53 00', '+33 (0)1 42 68 53 00', '0033142685300', '01.42.68.53.00'],
  ],
  ['CH', '+41446681800', ['044 668 18 00', '+41 44 668 18 00', '+41 (0)44 668 18 00', '0041446681800']],
  ['AT', '+43158858', ['01 58858', '+43 1 58858', '0043 1 58858', '+43 (0)1 58858']],
  ['AT', '+436641234567', ['0664 1234567', '+43 664 1234567', '0043 664 1234567']],
  ['NL', '+31201234567', ['020 123 4567', '+31 20 123 4567', '0031201234567', '+31 (0)20 1234567']],
  ['ES', '+34912345678', ['912 345 678', '+34 912 345 678', '0034912345678']],
  ['PL', '+48221234567', ['22 123 45 67', '+48 22 123 45 67', '0048221234567']],
  ['RU', '+74951234567', ['8 495 123-45-67', '+7 495 123-45-67', '84951234567', '+74951234567']],
  ['RU', '+442079460000', ['8 10 44 20 7946 0000', '+44 20 7946 0000']],
  ['AU', '+61293744000', ['02 9374 4000', '+61 2 9374 4000', '0061293744000', '0011 61 2 9374 4000']],
  ['AR', '+5491123456789', ['011 15 2345-6789', '+54 9 11 2345-6789', '+54 011 15 2345 6789']],
  ['JP', '+81312345678', ['03-1234-5678', '+81 3-1234-5678', '+81 (0)3-1234-5678', '010 81 3 1234 5678']],
  ['BR', '+551123456789', ['(11) 2345-6789', '+55 11 2345-6789', '0 11 2345 6789']],
];

describe('the key of a number', () => {
  it.each(SPELLINGS.flatMap(([country, key, spellings]) => spellings.map((number) => [country, number, key])))(
    'in %s: %s is %s',
    (country, number, key) => {
      expect(numberKey(number, at(country))).toBe(key);
    },
  );

  it('is another one for another number', () => {
    const numbers = [
      '020 7946 0000',
      '020 7946 0001',
      '0121 496 0000',
      '+49 20 7946 0000',
      '1001',
      '01001',
      '100',
      '*1001',
    ];
    const keys = [...numbers, '1001#', '#1001', '+1001', 'alice', '020 7946 0000 x1', '020 7946 0000 x2', '00'].map(
      (number) => numberKey(number, at('GB')),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it.each(['1', '12', '100', '1001', '01001', '10001', '100001', '999', '112', '00', '0', '9', '123 456', '(10)01'])(
    'of %s in the house never has the country in front',
    (number) => {
      for (const country of ['GB', 'DE', 'US', 'IT', 'AT', 'LU', 'ZZ']) {
        for (const outsideLine of ['', '0', '9', '00']) {
          expect(numberKey(number, at(country, outsideLine))).toBe(`#${number.replace(/\D/g, '')}`);
        }
      }
    },
  );

  it.each([
    ['GB', '79460000'],
    ['US', '5550123'],
    ['GB', '123456789012'],
    ['US', '1234567'],
    ['FR', '1234567'],
  ])('in %s of %s, which is no number of the country, is as dialled', (country, number) => {
    expect(numberKey(number, at(country))).toBe(`#${number}`);
  });

  it.each([
    ['9', 'GB', '9 020 7946 0000', '+442079460000'],
    ['9', 'GB', '902079460000', '+442079460000'],
    ['9', 'GB', '9 00 49 30 123456', '+4930123456'],
    ['9', 'GB', '020 7946 0000', '+442079460000'],
    ['9', 'GB', '9001', '#9001'],
    ['9', 'GB', '999', '#999'],
    ['9', 'US', '9 1 212 555 0123', '+12125550123'],
    ['9', 'US', '9 212 555 0123', '+12125550123'],
    ['9', 'US', '9 011 44 20 7946 0000', '+442079460000'],
    ['9', 'US', '917 555 0123', '+19175550123'],
    ['0', 'DE', '0 030 123456', '+4930123456'],
    ['0', 'DE', '0 0044 20 7946 0000', '+442079460000'],
    ['0', 'DE', '0044 20 7946 0000', '+442079460000'],
    ['0', 'DE', '0 0441 234567', '+49441234567'],
    ['0', 'DE', '030 123456', '+4930123456'],
    ['0', 'AT', '0 01 5885800', '+4315885800'],
    ['00', 'GB', '00 020 7946 0000', '+442079460000'],
    ['00', 'GB', '00 44 20 7946 0000', '+442079460000'],
    ['', 'GB', '9 020 7946 0000', '+902079460000'],
  ])(
    'leaves the outside line %j out where only the rest is a number, in %s: %s',
    (outsideLine, country, number, key) => {
      expect(numberKey(number, at(country, outsideLine))).toBe(key);
    },
  );

  it.each([
    ['020 7946 0000 x12', '+442079460000x12'],
    ['020 7946 0000x12', '+442079460000x12'],
    ['020 7946 0000 ext. 12', '+442079460000x12'],
    ['020 7946 0000 extension 12', '+442079460000x12'],
    ['+44 20 7946 0000;ext=12', '+442079460000x12'],
    ['tel:+442079460000;ext=12', '+442079460000x12'],
    ['tel:02079460000;phone-context=example.com', '+442079460000'],
    ['sip:+442079460000@pbx.example.com;user=phone', '+442079460000'],
    ['sips:1001@pbx.example.com', '#1001'],
    ['+00442079460000', '+442079460000'],
    ['+02079460000', '+442079460000'],
    ['+44 20 7946 0000 #12', '+442079460000x12'],
    ['1001x12', '#1001X12'],
    ['x12', '#X12'],
  ])('keeps the line behind it: %s', (number, key) => {
    expect(numberKey(number, at('GB'))).toBe(key);
  });

  it.each([
    ['GB', '0800 FLOWERS', '+448003569377'],
    ['US', '1-800-FLOWERS', '+18003569377'],
    ['US', '+1 800 flowers', '+18003569377'],
    ['US', 'FLOWERS', '#FLOWERS'],
    ['GB', 'alice', '#ALICE'],
    ['GB', 'Alice.B', '#ALICEB'],
    ['GB', '1001a', '#1001A'],
  ])('in %s takes letters for digits where that makes a number: %s', (country, number, key) => {
    expect(numberKey(number, at(country))).toBe(key);
  });

  it.each([
    ['*30', '#*30'],
    ['* 30', '#*30'],
    ['**1001', '#**1001'],
    ['#31#', '##31#'],
    ['*21*020 7946 0000#', '#*21*02079460000#'],
    ['*31*+44 20', '#*31*+4420'],
    ['#', '##'],
    ['*', '#*'],
  ])('keeps a code as it is: %s', (number, key) => {
    expect(numberKey(number, at('GB'))).toBe(key);
  });

  it.each(['', ' ', '+', '--', '( )', '\0', 'ü', '😀', '\ud800'])(
    'of %j, where there is nothing to dial, is empty',
    (number) => {
      expect(numberKey(number, at('GB'))).toBe('');
      expect(numberKeys(number, at('GB'))).toEqual([]);
    },
  );

  it.each(['ZZ', '', 'gb', '__proto__', 'constructor', '001'])(
    'does without a country that is called %j',
    (country) => {
      expect(numberKey('+44 (0)20 7946 0000', at(country))).toBe('+442079460000');
      expect(numberKey('0044 20 7946 0000', at(country))).toBe('+442079460000');
      expect(numberKey('020 7946 0000', at(country))).toBe('#02079460000');
      expect(numberKey('1001', at(country))).toBe('#1001');
    },
  );

  it('keeps an international number of no known country', () => {
    expect(numberKey('+999 123 456', at('GB'))).toBe('+999123456');
    expect(numberKey('+0', at('GB'))).toBe('+0');
    expect(numberKey('+1001', at('GB'))).toBe('+1001');
    expect(numberKey('+870 773 123 456', at('GB'))).toBe('+870773123456');
  });

  it('looks at no more than 64 characters', () => {
    expect(numberKey('1'.repeat(1_000_000), at('GB'))).toBe(`#${'1'.repeat(64)}`);
    expect(numberKey(`${'('.repeat(1_000_000)}x1`, at('GB'))).toBe('');
  });

  it('is found for any rubbish, in every country, always the same', () => {
    const unit = fc.constantFrom(...'0123456789 ()-.+*#xXeEtTaAzZ;=:,/');
    const number = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.string({ unit, maxLength: 31 }),
      fc.string({ unit: 'binary' }),
    );
    const numbering = fc.record({
      country: fc.constantFrom(...getCountries(), 'ZZ'),
      outsideLine: fc.constantFrom('', '0', '9', '00', '1234'),
    });
    fc.assert(
      fc.property(number, numbering, (text, where) => {
        const key = numberKey(text, where);
        expect(key).toMatch(KEY);
        expect(numberKey(text, where)).toBe(key);
        if (text.length <= 60) expect(numberKey(`  ${text} `, where)).toBe(key);
        if (key.startsWith('+')) expect(numberKey(key, where)).toBe(key);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('the key beside libphonenumber', () => {
  const parse = (text: string, country: CountryCode) =>
    parsePhoneNumberFromString(text, { defaultCountry: country, extract: false });

  it('is the same for what is written internationally', () => {
    const text = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 5, maxLength: 15 });
    fc.assert(
      fc.property(text, fc.constantFrom(...getCountries()), (digits, country) => {
        const theirs = parse(`+${digits}`, country);
        if (theirs) expect(numberKey(`+${digits}`, at(country))).toBe(theirs.number);
      }),
      { numRuns: 5000 },
    );
  });

  it('is the same for every number of a country as it is dialled there', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 7, maxLength: 13 });
    let compared = 0;
    fc.assert(
      fc.property(
        digits,
        fc.constantFrom('', '0', '00', '1', '8', '011'),
        fc.constantFrom(...getCountries()),
        (rest, before, country) => {
          const theirs = parse(before + rest, country);
          if (!theirs?.isValid()) return;
          // There theirs takes the calling code for a part of the number, though no number is as long as that.
          const code = getCountryCallingCode(country);
          if (before.length + rest.length >= 12 && (before + rest).startsWith(code)) return;
          compared += 1;
          expect(numberKey(before + rest, at(country))).toBe(theirs.number);
        },
      ),
      // The same numbers each time: plans change, and the two readings differ in rare numbers that nobody has.
      { numRuns: 20_000, seed: 20_261_121 },
    );
    expect(compared).toBeGreaterThan(1000);
  });

  it('knows the countries that it knows', () => {
    for (const country of getCountries()) {
      expect(isSupportedCountry(country)).toBe(true);
      expect(numberKey('+442079460000', at(country))).toBe('+442079460000');
    }
  });
});

describe('the keys under which a number is found', () => {
  it('are its own, and that of the number before the line', () => {
    expect(numberKeys('020 7946 0000', at('GB'))).toEqual(['+442079460000']);
    expect(numberKeys('020 7946 0000 x12', at('GB'))).toEqual(['+442079460000x12', '+442079460000']);
    expect(numberKeys('1001x12', at('GB'))).toEqual(['#1001X12']);
    expect(mainKey('+442079460000x12')).toBe('+442079460000');
    expect(mainKey('#1001X12')).toBe('#1001X12');
  });
});

describe('the last digits of a key', () => {
  it.each([
    ['+442079460000', 7, '9460000'],
    ['+442079460000x12', 7, '9460000'],
    ['+442079460000', 11, '42079460000'],
    ['+442079460000', 12, '442079460000'],
    ['+442079460000', 13, undefined],
    ['#5550123', 7, '5550123'],
    ['+442079460000', 15, undefined],
    ['+442079460000', 0, undefined],
    ['+442079460000', -1, undefined],
    ['#79460000', 7, '9460000'],
    ['#02079460000', 7, '9460000'],
    ['#1001', 3, undefined],
    ['#100001', 4, undefined],
    ['#*30', 1, undefined],
    ['##31#', 1, undefined],
    ['#*21*02079460000', 7, undefined],
    ['#ALICE', 2, undefined],
    ['#1001X12', 2, undefined],
    ['', 7, undefined],
  ])('%s, %i: %s', (key, lastDigits, suffix) => {
    expect(suffixOf(key, lastDigits)).toBe(suffix);
  });
});

describe('whether two are the same number', () => {
  it.each([
    ['+44 (0)20 7946 0000', '020 7946 0000', true],
    ['1001', '10 01', true],
    ['*30', '* 30', true],
    ['1001', '01001', false],
    ['020 7946 0000', '020 7946 0000 x1', false],
    ['1001', '+441001', false],
    ['', '', false],
    ['-', '+', false],
  ])('%j and %j: %s', (a, b, same) => {
    expect(sameNumber(a, b, at('GB'))).toBe(same);
    expect(sameNumber(b, a, at('GB'))).toBe(same);
  });
});
