import { describe, expect, test } from 'vitest';
import { cellText } from '../../src/formats/cell-text.ts';
import { lostSign } from '../../src/formats/lost-signs.ts';
import { readNumberCell } from '../../src/formats/number-cell.ts';

const read = (cell: string, country = 'GB') => readNumberCell(cellText(cell), country);
const numbers = (cell: string, country?: string) => read(cell, country).numbers;

describe('a cell is taken for one number', () => {
  const same = [
    '+44 20 7946 0000',
    '020 7946 0000 ext. 12',
    '020 7946 0000x12',
    '*72',
    '1001',
    '(020) 7946-0000',
    '0800-FLOWERS',
  ];
  test.each(same)('%s as it is', (cell) => {
    expect(read(cell)).toEqual({ numbers: [cell] });
  });

  const mended: [string, string][] = [
    ['="02079460000"', '02079460000'],
    ["'02079460000", '02079460000'],
    ["'+44 20-7946-0000", '+44 20-7946-0000'],
    ['  02079460000 ', '02079460000'],
    ['tel:+44-20-7946-0000', '+44-20-7946-0000'],
    ['tel:+442079460000;ext=12', '+442079460000 ext 12'],
    ['tel://+442079460000', '+442079460000'],
    ['TEL: 020%207946%200000', '020 7946 0000'],
    ['sip:1001@pbx.example.com', '1001'],
    ['030/1234567', '030 1234567'],
    ['(030) / 123456', '(030) 123456'],
    ['+49 30 / 123456', '+49 30 123456'],
    ['02079460000.0', '02079460000'],
  ];
  test.each(mended)('%s as %s', (cell, number) => {
    expect(numbers(cell)).toEqual([number]);
  });

  const refusedLater = ['030 123456/57', '4,930,123', 'n/a', '020 7946 0000; office', '12:30', 'x/2'];
  test.each(refusedLater)('%s as it is, for the contact to refuse', (cell) => {
    expect(numbers(cell)).toEqual([cell]);
  });

  test.each(['', ' ', '-', '--', '–', './.', "'"])('%o as none', (cell) => {
    expect(read(cell)).toEqual({ numbers: [] });
  });
});

describe('a cell holds several numbers', () => {
  const cells: [string, string[]][] = [
    ['0171 1234567 / 030 7654321', ['0171 1234567', '030 7654321']],
    ['020 7946 0000; 020 7946 0001', ['020 7946 0000', '020 7946 0001']],
    ['020 7946 0000 ::: +44 20 7946 0001', ['020 7946 0000', '+44 20 7946 0001']],
    ['020 7946 0000\n020 7946 0001', ['020 7946 0000', '020 7946 0001']],
    ['02079460000, 02079460001', ['02079460000', '02079460001']],
    ['1001 / 1002', ['1001', '1002']],
    ['1001;1002;', ['1001', '1002']],
    ['030/1234567; 0171/7654321', ['030 1234567', '0171 7654321']],
  ];
  test.each(cells)('%s', (cell, found) => {
    expect(numbers(cell)).toEqual(found);
  });
});

describe('what a spreadsheet has destroyed is refused', () => {
  test.each(['4.91E+12', '4,91E+12', '4E+12', '4,91171E+12', '4.91e12', '-4.91E+12'])('rounded: %s', (cell) => {
    expect(read(cell)).toEqual({
      numbers: [],
      error: 'the spreadsheet has rounded this number; format the column as text and enter it again',
    });
  });

  test.each(['###', '########'])('too narrow: %s', (cell) => {
    expect(read(cell)).toEqual({
      numbers: [],
      error: 'the spreadsheet wrote # because the column was too narrow; make it wider and save the file again',
    });
  });

  const dates = [
    'Jan 44',
    '12-Mar',
    '01. Mrz',
    '3. Okt. 2024',
    '2024-01-31',
    '31.01.2024',
    '1/31/2024',
    'Şub 12',
    'déc-24',
  ];
  test.each(dates)('a date: %s', (cell) => {
    expect(read(cell)).toEqual({
      numbers: [],
      error: 'the spreadsheet has made a date of this number; format the column as text and enter it again',
    });
  });

  test('but not what somebody has marked as text', () => {
    expect([read("'4.91E+12"), read('="4.91E+12"'), read("'Jan 44")]).toEqual([
      { numbers: ['4.91E+12'] },
      { numbers: ['4.91E+12'] },
      { numbers: ['Jan 44'] },
    ]);
  });

  test('nor codes, vanity numbers and names of months in words', () => {
    const kept = ['#21#', '##21##', '*21*0171#', '0800-MARCH', '1-800-MAY', '5E10'];
    expect(kept.flatMap((cell) => numbers(cell))).toEqual(kept);
  });
});

describe('digits alone may have lost what stood before them', () => {
  const found: [string, string, '0' | '+' | undefined][] = [
    ['GB', '2079460000', '0'],
    ['GB', '02079460000', undefined],
    ['GB', '442079460000', '+'],
    ['GB', '4930123456789', '+'],
    ['GB', '207946', undefined],
    ['DE', '301234567', '0'],
    ['DE', '1711234567', '0'],
    ['DE', '491711234567', '+'],
    ['DE', '441632960123', '+'],
    ['DE', '1001', undefined],
    ['FR', '123456789', '0'],
    ['FR', '33612345678', '+'],
    ['TR', '5325550123', '0'],
    ['TR', '905325550123', '+'],
    ['IT', '612345678', '0'],
    ['US', '4155550132', undefined],
    ['US', '14155550132', undefined],
    ['US', '442079460000', '+'],
    ['ES', '912345678', undefined],
    ['ES', '34912345678', '+'],
    ['DK', '33123456', undefined],
    ['ZZ', '2079460000', undefined],
  ];
  test.each(found)('%s %s', (country, digits, sign) => {
    expect(lostSign(digits, country)).toBe(sign);
  });

  test('is warned of, once for a cell, and the number is kept', () => {
    expect(read('2079460000; 2079460001')).toEqual({
      numbers: ['2079460000', '2079460001'],
      warning:
        'the number may have lost its leading 0 in a spreadsheet; if so, format the column as text and enter it again',
    });
  });

  test('is not warned of where the cell is text for certain, or has other signs', () => {
    expect(['="2079460000"', "'2079460000", '20 7946 0000'].map((cell) => read(cell).warning)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
