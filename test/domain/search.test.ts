import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ContactFields, readContact } from '../../src/domain/contact.ts';
import { fold, foundWords, typedWords } from '../../src/domain/fold.ts';
import { numberKeys } from '../../src/domain/phone-number.ts';
import { compareHits, type Hit, matches, readQuery, score, searchable } from '../../src/domain/search.ts';

const GB = { country: 'GB', outsideLine: '9' };

interface Described {
  readonly firstName?: string;
  readonly lastName?: string;
  readonly company?: string;
  readonly title?: string;
  readonly email?: string;
  readonly numbers?: readonly string[];
}

function contact({ numbers = ['999'], email, ...rest }: Described): ContactFields {
  return readContact({
    company: rest.firstName || rest.lastName || rest.company ? '' : '—',
    ...rest,
    numbers: numbers.map((number) => ({ type: 'other', number })),
    ...(email ? { emails: [{ type: 'work', address: email }] } : {}),
  });
}

const searched = (described: Described) => {
  const fields = contact(described);
  return searchable(
    fields,
    fields.numbers.map(({ number }) => numberKeys(number, GB)),
  );
};

const scoreOf = (text: string, described: Described): number => {
  const query = readQuery(text);
  return query ? score(query, searched(described)) : -1;
};

const ADA: Described = {
  firstName: 'Ada',
  lastName: 'Lovelace',
  company: 'Analytical Engines Ltd.',
  title: 'Countess',
  email: 'ada.l@example.com',
  numbers: ['020 7946 0000', '1001'],
};

describe('folding', () => {
  it.each([
    ['ADA', 'ada'],
    ['Zoë Dvořáková', 'zoe dvorakova'],
    ['Zoe\u0308', 'zoe'],
    ['Søren Æbelø', 'soren aebelo'],
    ['Weiß', 'weiss'],
    ['ẞ', 'ss'],
    ['Łukasz Đoković', 'lukasz dokovic'],
    ['Yılmaz İpek', 'yilmaz ipek'],
    ['Œuvre', 'oeuvre'],
    ['Þór Ðan', 'thor dan'],
    ['Όμηρος', 'ομηροσ'],
    ['Фёдор', 'федор'],
    ['שָׁלוֹם', 'שלום'],
    ['مُحَمَّد', 'محمد'],
    ['ﬁrst ｗｉｄｅ', 'first wide'],
    ['한국', '한국'],
    ['नि', 'नि'],
  ])('%s is %s', (text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  it('is done when it is done', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(fold(fold(text))).toBe(fold(text));
      }),
    );
  });

  it.each([
    ['Jean-Luc O’Brien', ['jean', 'luc', 'o', 'brien', 'jeanluc', 'obrien']],
    ['S.A. AT&T', ['s', 'a', 'at', 't', 'sa']],
    ['Müller', ['muller', 'mueller']],
    ['Ångström', ['angstrom', 'aangstroem']],
    ['山田太郎', ['山田太郎', '田太郎', '太郎', '郎']],
    ['Studio 54', ['studio', '54']],
    ['!?', []],
  ])('%s is found by its words', (text, words) => {
    expect(foundWords(text)).toEqual(words);
  });

  it('finds every word typed as it stands', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const found = foundWords(text);
        expect(typedWords(text).every((word) => found.includes(word))).toBe(true);
      }),
    );
  });
});

describe('what a search text means', () => {
  it.each([
    ['Ada', ['ada'], ''],
    ['  Ada   LOVELACE ada ', ['ada', 'lovelace'], ''],
    ['O’Brien-Smith', ['o', 'brien', 'smith'], ''],
    ['ada@example.com', ['ada', 'example', 'com'], ''],
    ['020 7946 0000', ['020', '7946', '0000'], '2079460000'],
    ['+44 (0)20 7946', ['44', '0', '20', '7946'], '44207946'],
    ['0044 20', ['0044', '20'], '4420'],
    ['(020) 7946-00/0', ['020', '7946', '00', '0'], '2079460000'.slice(0, 9)],
    ['10', ['10'], '10'],
    ['0', ['0'], '0'],
    ['007', ['007'], '007'],
    ['*30', ['30'], '30'],
    ['٠٢٠ ٧٩٤٦', ['020', '7946'], '207946'],
    ['０２０７', ['0207'], '207'],
    ['ada 0207', ['ada', '0207'], ''],
    ['3M', ['3m'], ''],
  ])('%s', (text, words, digits) => {
    expect(readQuery(text)).toEqual({ words, digits });
  });

  it.each(['', ' ', '\t\n', '-', '+', '()', '?!', '\0', '\u200b', '😀'])('%j means nothing', (text) => {
    expect(readQuery(text)).toBeUndefined();
  });

  it('ends after 255 characters and 16 words', () => {
    expect(readQuery('x'.repeat(1_000_000))).toEqual({ words: ['x'.repeat(255)], digits: '' });
    expect(readQuery('a b c d e f g h i j k l m n o p q r s t')?.words).toHaveLength(16);
    expect(readQuery('1'.repeat(300))?.digits).toHaveLength(255);
  });

  it.each([
    ['GB', '9', '020 7946 0000', ['9 020 7946 0000', '902079460000', '9 00 44 20 7946 0000', '9+442079460000']],
    ['US', '', '+44 20 7946 0123', ['011 44 20 7946 0123', '01144207946', '442079460123']],
    ['US', '', '650 253 0000', ['011 1 650 253 0000', '(650) 253-0000', '+1 650', '1 650 253 0000']],
    ['AU', '', '(02) 9876 5432', ['0011 61 2 9876 5432', '02 9876', '98765']],
    ['RU', '', '8 (495) 123-45-67', ['810 7 495 1234567', '84951234567', '4951234', '+7 495']],
    ['GB', '', '1-800-FLOWERS', ['FLOWERS', 'flow']],
    ['US', '', '1-800-FLOWERS', ['1800FLOWERS', '1-800-FLOWERS', '18003569377', 'flowers']],
  ])('a number is found as it is dialled in %s (outside line %j): %s', (country, outsideLine, number, texts) => {
    const numbering = { country, outsideLine };
    const found = searchable(contact({ firstName: 'Ada', numbers: [number] }), [numberKeys(number, numbering)]);
    const missed = texts.filter((text) => !matches(readQuery(text, numbering) ?? { words: [], digits: '' }, found));
    expect(missed).toEqual([]);
  });

  it.each([
    ['GB', '9', '02079460000'],
    ['DE', '0', '030 1234567'],
    ['IT', '', '06 1234 5678'],
    ['US', '9', '6502530000'],
    ['RU', '', '8 495 123 45 67'],
  ])('in %s, with outside line %j, a number is found while it is typed: %s', (country, outsideLine, number) => {
    const numbering = { country, outsideLine };
    const found = searchable(contact({ firstName: 'Ada', numbers: [number] }), [numberKeys(number, numbering)]);
    const typed = Array.from({ length: number.length - 4 }, (_, n) => number.slice(0, n + 5));
    const missed = typed.filter((text) => !matches(readQuery(text, numbering) ?? { words: [], digits: '' }, found));
    expect(missed).toEqual([]);
  });

  it('reads any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const query = readQuery(text);
        if (!query) return;
        expect(query.words.length + query.digits.length).toBeGreaterThan(0);
        expect(query.digits).toMatch(/^\d*$/);
        expect(query.words.every((word) => word !== '' && !/\s/.test(word))).toBe(true);
      }),
    );
  });
});

describe('how well a contact answers', () => {
  it.each([
    ['ada', 6],
    ['ADA lovelace', 6],
    ['lovelace, ada', 6],
    ['ad', 5],
    ['ada love', 5],
    ['analytical', 4],
    ['ada engines', 4],
    ['ltd', 4],
    ['anal', 3],
    ['ada eng', 3],
    ['countess', 2],
    ['ada.l@example.com', 2],
    ['example.com', 2],
    ['count', 1],
    ['ada@exam', 1],
    ['da', 0],
    ['ada smith', 0],
    ['lovelaces', 0],
  ])('to %s: %i', (text, expected) => {
    expect(scoreOf(text, ADA)).toBe(expected);
    expect(matches(readQuery(text) ?? { words: [], digits: '' }, searched(ADA))).toBe(expected > 0);
  });

  it.each([
    ['020 7946 0000', 6],
    ['+44 20 7946 0000', 6],
    ['+44 (0)20 7946 0000', 6],
    ['0044-20-7946-0000', 6],
    ['442079460000', 6],
    ['79460000', 6],
    ['9460000', 6],
    ['1001', 6],
    ['+44 20', 4],
    ['44', 4],
    ['4', 4],
    ['10', 4],
    ['100', 4],
    ['020 79', 2],
    ['7946', 2],
    ['0000', 2],
    ['946 000', 2],
    ['01', 0],
    ['00', 0],
    ['20', 0],
    ['7947', 0],
    ['020 7946 00001', 0],
    ['ada 7946', 2],
    ['7946 ada', 2],
    ['ada 0207', 2],
    ['ada 79', 0],
    ['smith 7946', 0],
  ])('to the number %s: %i', (text, expected) => {
    expect(scoreOf(text, ADA)).toBe(expected);
  });

  it.each<[string, string, Described]>([
    ['obrien', 'O’Brien', { lastName: 'O’Brien' }],
    ["o'brien", 'OBrien and O’Brien alike', { lastName: 'O’Brien' }],
    ['jean luc', 'Jean-Luc', { firstName: 'Jean-Luc' }],
    ['jeanluc', 'Jean-Luc', { firstName: 'Jean-Luc' }],
    ['muller', 'Müller', { lastName: 'Müller' }],
    ['mueller', 'Müller', { lastName: 'Müller' }],
    ['müller', 'Muller', { lastName: 'Muller' }],
    ['strasse', 'Straße', { company: 'Straße' }],
    ['太郎', '山田太郎', { lastName: '山田太郎' }],
    ['at&t', 'AT&T', { company: 'AT&T' }],
    ['25', 'Bar 25', { company: 'Bar 25' }],
    ['3m', '3M', { company: '3M' }],
    ['flowers', '0800 FLOWERS', { numbers: ['0800 FLOWERS'] }],
    ['0800 356', '0800 FLOWERS', { numbers: ['0800 FLOWERS'] }],
    ['020 7946 0000', 'with a line behind it', { numbers: ['020 7946 0000 x12'] }],
    ['9 020 7946', 'as it was written', { numbers: ['9 020 7946 0000'] }],
    ['*30', 'a code', { numbers: ['*30'] }],
    ['06 6982', 'an Italian number', { numbers: ['+39 06 69821234'] }],
    ['011 15 2345', 'a number written abroad', { numbers: ['011 15 2345 6789'] }],
  ])('%s finds %s', (text, _, described) => {
    expect(scoreOf(text, described)).toBeGreaterThan(0);
  });

  it('does not look into remarks and addresses', () => {
    const fields = readContact({
      firstName: 'Ada',
      numbers: [{ type: 'other', number: '1' }],
      remark: 'secret',
      addresses: [{ type: 'home', city: 'York', zip: '12345' }],
    });
    const found = searchable(fields, [['#1']]);
    expect(
      ['secret', 'york', '12345'].map((text) => score(readQuery(text) ?? { words: ['x'], digits: '' }, found)),
    ).toEqual([0, 0, 0]);
  });

  it('does without keys', () => {
    const fields = contact({ numbers: ['020 7946 0000'] });
    expect(searchable(fields, []).digits).toEqual(['02079460000']);
  });

  it('keeps one text of digits for a number, two where it is written in another way', () => {
    const digits = (...numbers: string[]) => searched({ numbers }).digits;
    expect(digits('020 7946 0000', '+44 20 7946 0000', '1001')).toEqual(['442079460000', '1001']);
    expect(digits('+44 (0)20 7946 0000')).toEqual(['442079460000', '4402079460000']);
  });
});

describe('the order of answers', () => {
  const hit = (score: number, name: string, id: string): Hit => ({ id, score, name });

  it('is by score, then name, then id', () => {
    const inOrder = [
      hit(6, 'b', '3'),
      hit(5, 'a', '9'),
      hit(5, 'a b', '1'),
      hit(5, 'b', '1'),
      hit(5, 'b', '2'),
      hit(1, '', '0'),
    ];
    expect([...inOrder].reverse().sort(compareHits)).toEqual(inOrder);
  });

  it('is total', () => {
    const any = fc.record({ id: fc.string(), score: fc.nat(6), name: fc.string({ maxLength: 2 }) });
    fc.assert(
      fc.property(any, any, any, (a, b, c) => {
        expect(Math.sign(compareHits(a, b))).toBe(-Math.sign(compareHits(b, a)) + 0);
        expect(compareHits(a, b) === 0).toBe(a.id === b.id && a.score === b.score && a.name === b.name);
        if (compareHits(a, b) < 0 && compareHits(b, c) < 0) expect(compareHits(a, c)).toBeLessThan(0);
      }),
    );
  });

  it('has the first name first, and the company where there is none', () => {
    expect(searched(ADA).name).toBe('ada lovelace');
    expect(searched({ lastName: 'Weiß' }).name).toBe('weiss');
    expect(searched({ company: 'Zoë & Co' }).name).toBe('zoe & co');
  });
});
