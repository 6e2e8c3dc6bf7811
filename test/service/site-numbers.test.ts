import { describe, expect, test } from 'vitest';
import { type DialledNumber, dialNumber } from '../../src/domain/dial-number.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { extensionWrite, numbersOf, parisAndBerlin } from '../support/sites.ts';

const { paris, berlin, store } = parisAndBerlin();

function read(number: string): DialledNumber {
  const plan = {
    numbering: { country: 'GB', outsideLine: '9' },
    plus: '+',
    isExtension: (one: string) => store.get('extensions', one) !== undefined || paris.isOwn(paris.idOf(one)),
  };
  const reading = dialNumber(number, plan);
  if (typeof reading === 'string') throw new Error(reading);
  return reading;
}

describe('A site with digits of its own', () => {
  test('knows its extensions by both names', () => {
    expect([paris.idOf('1001'), paris.numberOf('31001')]).toEqual(['31001', '1001']);
    expect([paris.idIfOwn('1001'), paris.numberIfOwn('31001')]).toEqual(['31001', '1001']);
  });

  test('leaves alone what is none of its extensions', () => {
    expect(['1009', '2001', '02079460000', ''].map((number) => paris.idIfOwn(number))).toEqual([
      '1009',
      '2001',
      '02079460000',
      '',
    ]);
    expect(['31009', '2001', '3001'].map((id) => paris.numberIfOwn(id))).toEqual(['31009', '2001', '3001']);
    expect(['31001', '31009', '1002', '1001'].map((id) => paris.isOwn(id))).toEqual([true, false, false, false]);
  });

  test('dials its own extension by the number that its PBX has, however it was given', () => {
    const own = { written: '31002', dialString: '1002', reaches: ['31002'] };
    expect(paris.dialled(read('3-1002'))).toEqual({ ...own, spellings: ['1002', '31002'] });
    expect(paris.dialled(read('1001'))).toEqual({
      ...{ written: '31001', dialString: '1001', reaches: ['31001'] },
      spellings: ['1001', '31001'],
    });
  });

  test('dials an extension of another site by its id, and cannot where that is a number of its own', () => {
    expect(paris.dialled(read('2001'))).toEqual(read('2001'));
    expect(paris.dialled(read('1002')).dialString).toBe('1002');
    expect(['1002', '2001', '31002', '1001', '4711'].map((id) => paris.isAmbiguous(id))).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  test('knows that a number with an outside line in front may reach its extension', () => {
    expect(paris.dialled(read('91001')).reaches).toEqual(['91001', '1001', '31001']);
  });
});

describe('A site without digits of its own', () => {
  test('has one name for everything', () => {
    const number = read('1002');
    expect([berlin.idOf('1002'), berlin.numberOf('31001'), berlin.idIfOwn('31001')]).toEqual([
      '1002',
      '31001',
      '31001',
    ]);
    expect(berlin.dialled(number)).toBe(number);
    expect([berlin.hasPrefix, berlin.isAmbiguous('1002'), berlin.isOwn('1002'), berlin.isOwn('31001')]).toEqual([
      false,
      false,
      true,
      false,
    ]);
  });

  test('and without a name has every extension that says no site', () => {
    const alone = new MemoryStore();
    alone.note([extensionWrite('1001'), extensionWrite('1002', 'paris')]);
    const numbers = numbersOf(alone, '', '');
    expect(['1001', '1002', '1003'].map((id) => numbers.isOwn(id))).toEqual([true, false, false]);
  });
});
