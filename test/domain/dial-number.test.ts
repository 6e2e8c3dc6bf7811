import { describe, expect, test } from 'vitest';
import { type DialPlan, dialNumber } from '../../src/domain/dial-number.ts';

const HOUSE = ['1001', '1002', '91002', '20000000'];
const plan = (given: Partial<DialPlan> & { country?: string; outsideLine?: string } = {}): DialPlan => {
  const { country = 'GB', outsideLine = '', plus = '+', isExtension = (number) => HOUSE.includes(number) } = given;
  return { numbering: { country, outsideLine }, plus, isExtension };
};

function dialled(given: string, by = plan()): string {
  const reading = dialNumber(given, by);
  return typeof reading === 'string' ? reading : reading.dialString;
}

describe('A number that is to be dialled', () => {
  test.each([
    ['1002', '1002'],
    [' 10-02 ', '1002'],
    ['112', '112'],
    ['+44 20 7946 0000', '+442079460000'],
    ['(020) 7946-0000', '02079460000'],
    ['0201/794.60.00', '02017946000'],
    ['+44 (0)20 7946 0000', '+442079460000'],
    ['+44 020 7946 0000', '+442079460000'],
    ['0044 (0)20 7946 0000', '00442079460000'],
    ['(+44) 20 7946 0000', '+442079460000'],
    ['tel:+44-20-7946-0000', '+442079460000'],
    ['+02079460000', '02079460000'],
    ['+39 06 698 12345', '+390669812345'],
    ['020 7946 0000 ext. 12', '02079460000'],
    ['+44 20 7946 0000 x12', '+442079460000'],
    ['020 7946 0000 #12', '02079460000'],
    ['0800 FLOWERS', '08003569377'],
    ['\u202a+44 20 7946 0000\u202c', '+442079460000'],
    ['٠٢٠٧٩٤٦٠٠٠٠', '02079460000'],
    ['０２０ ７９４６ ００００', '02079460000'],
    ['020\u00a07946‑0000', '02079460000'],
    ['①⓪⓪②', '1002'],
  ])('loses what is not dialled: %s', (given, expected) => {
    expect(dialled(given)).toBe(expected);
  });

  test.each(['*97', '#31#02079460000', '*21*1002#', '1002*', '1002#5', '+*97', ' * 78 '])('is a code: %s', (given) => {
    expect(dialled(given)).toBe('code');
  });

  test.each([
    '',
    ' ',
    '+',
    '-',
    'ann',
    '1002a',
    'PJSIP/1002',
    'Local/1002@internal',
    '1002@internal',
    'sip:1002@127.0.0.1',
    'tel:1002;ext=5',
    '1002&1003',
    '1002,1',
    '1002|1',
    '1002;1003',
    '1002\r\nVariable: X=1',
    '1002\0',
    '10\n02',
    '10\t02',
    '"1002"',
    "'1002'",
    '1002 <1003>',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the dialplan's way to write a variable
    '${EXTEN}',
    '$[1+1]',
    '1+1002',
    '++1002',
    '100२',
    '1002\\n',
    '1'.repeat(33),
    '1'.repeat(64),
    ` ${'1 '.repeat(40)}`,
    '1'.repeat(100_000),
  ])('is none: %j', (given) => {
    expect(dialled(given)).toBe('no number');
  });

  test.each([
    ['+442079460000', '00', '', '00442079460000'],
    ['+442079460000', '', '', '442079460000'],
    ['+442079460000', '+', '9', '+442079460000'],
    ['+442079460000', '00', '9', '900442079460000'],
    ['02079460000', '00', '9', '902079460000'],
    ['9 020 7946 0000', '00', '9', '902079460000'],
    ['00442079460000', '00', '9', '900442079460000'],
    ['900442079460000', '00', '9', '900442079460000'],
    ['02079460000', '00', '0', '002079460000'],
    ['002079460000', '00', '0', '002079460000'],
    ['7946000', '00', '9', '97946000'],
    ['97946000', '00', '9', '97946000'],
    ['1002', '00', '9', '1002'],
    ['999', '00', '9', '999'],
    ['123456', '00', '9', '123456'],
    ['20000000', '00', '9', '20000000'],
    ['91002', '00', '9', '91002'],
  ])('%s, with + as %j and %j for an outside line, is dialled %s', (given, plus, outsideLine, expected) => {
    expect(dialled(given, plan({ plus, outsideLine }))).toBe(expected);
  });

  test.each([
    ['1002', ['1002']],
    ['+1002', ['9001002', '+1002', '001002', '1002']],
    ['001002', ['001002', '1002']],
    ['9001002', ['99001002', '9001002', '001002', '1002']],
    ['9 1003', ['91003', '1003']],
    ['9 1002', ['91002']],
    ['02079460000', ['902079460000', '02079460000']],
  ])('reaches behind what is dialled before it: %s', (given, expected) => {
    const reading = dialNumber(given, plan({ plus: '00', outsideLine: '9' }));
    expect(typeof reading === 'string' ? reading : [...reading.reaches].sort()).toEqual([...expected].sort());
  });

  test.each([
    ['+44 909 879 0000', '', ['+449098790000', '09098790000']],
    ['0909 879 0000', '9', ['909098790000', '09098790000']],
    ['0044 909 879 0000', '', ['00449098790000', '09098790000']],
    ['+49 30 1234567', '', ['+49301234567']],
    ['1002', '9', ['1002']],
    ['9 1003', '9', ['91003', '1003']],
  ])('has spellings by which it can be denied: %s', (given, outsideLine, expected) => {
    const reading = dialNumber(given, plan({ outsideLine }));
    expect(typeof reading === 'string' ? reading : [...reading.spellings].sort()).toEqual([...expected].sort());
  });

  test('is kept as it was given, but for what is not seen', () => {
    const reading = dialNumber(' \u202a(020) 7946-0000\u202c\t', plan());
    expect(typeof reading === 'string' ? reading : reading.written).toBe('(020) 7946-0000');
  });

  test('is digits, perhaps after a +, or nothing, whatever is given', () => {
    const pieces = [
      '1',
      '0',
      '9',
      '44',
      '+',
      '*',
      '#',
      ' ',
      '(0)',
      '-',
      '/',
      ',',
      '&',
      '@',
      '|',
      ';',
      '"',
      '\r\n',
      '\0',
    ];
    pieces.push('${', '}', '٣', '９', 'x12', 'ext', 'ABC', 'tel:', '\u202e', 'é', '\u{1f4de}', '\\', '\ud800', 'ﷺ');
    const random = randomNumbers(20_260_105);
    let numbers = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const count = 1 + (random() % 14);
      const given = Array.from({ length: count }, () => pieces[random() % (round % 2 === 0 ? 11 : pieces.length)]).join(
        '',
      );
      const by = plan({ plus: ['+', '00', ''][random() % 3] ?? '', outsideLine: ['', '9', '0'][random() % 3] ?? '' });
      const reading = dialNumber(given, by);
      if (typeof reading === 'string') {
        expect(['no number', 'code']).toContain(reading);
        continue;
      }
      numbers += 1;
      expect(reading.dialString).toMatch(/^\+?[0-9]{1,32}$/);
      expect(reading.reaches).toContain(reading.dialString);
      expect(reading.written).toMatch(/^\P{C}{1,300}$/u);
    }
    expect(numbers).toBeGreaterThan(500);
  });
});

/** The same numbers each time. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 8;
  };
}
