import { describe, expect, it } from 'vitest';
import { lookupQuery, nameLine, readLookup } from '../../src/server/lookup-request.ts';

const number = (query: string) => readLookup(query, undefined).question.number;
const name = (query: string) => readLookup(query, undefined).name;

describe('the path', () => {
  it.each([
    ['/lookup', ''],
    ['/lookup?', ''],
    ['/lookup?number=1', 'number=1'],
    ['/lookup/?number=1', 'number=1'],
    ['//lookup?number=1', 'number=1'],
    ['http://pbx.example.com:8089/lookup?number=1', 'number=1'],
    ['http://pbx.example.com//lookup/?number=1', 'number=1'],
    ['/lookup?a=/lookup?b', 'a=/lookup?b'],
  ])('%s is asked', (target, query) => {
    expect(lookupQuery(target)).toBe(query);
  });

  it.each([
    '',
    '*',
    '/',
    'lookup',
    '/lookups',
    '/lookup/1001',
    '/lookup;x',
    '/x/lookup',
    '/x?/lookup',
    '/%6cookup',
    'http://lookup',
    'http://x?/lookup',
    'ftp://x/lookup',
    '/lookup#?number=1',
  ])('"%s" is none', (target) => {
    expect(lookupQuery(target)).toBeUndefined();
  });
});

describe('the question', () => {
  it('has all that the query says', () => {
    expect(
      readLookup('number=%2B442079460000&name=Bob&callee=1001&outside=1&keep=extension&token=t', 'Bearer u'),
    ).toEqual({
      question: { number: '+442079460000', callee: '1001', outside: true },
      name: 'Bob',
      keepsExtension: true,
      tokens: ['t', 'u'],
    });
  });

  it('has nothing where the query says nothing', () => {
    const nothing = {
      question: { number: '', callee: undefined, outside: false },
      name: '',
      keepsExtension: false,
      tokens: [],
    };
    for (const query of [
      '',
      '&&',
      '=',
      '=1',
      'number',
      'callee=&outside=&keep=',
      'num=1&callerid=2&NUMBER=3&cid=4',
      'keep=all',
    ]) {
      expect(readLookup(query, undefined)).toEqual(nothing);
    }
  });

  it('takes the first of what is repeated', () => {
    expect(number('number=1&number=2')).toBe('1');
    expect(number('number=&number=2')).toBe('');
    expect(number('__proto__=1&constructor=2&number=3')).toBe('3');
  });

  it.each([
    ['1', true],
    ['yes', true],
    ['0', false],
    ['', false],
  ])('outside=%s is %s', (outside, expected) => {
    expect(readLookup(`outside=${outside}`, undefined).question.outside).toBe(expected);
  });

  it.each([
    ['+442079460000', '+442079460000'],
    ['%2B442079460000', '+442079460000'],
    ['%20442079460000', '+442079460000'],
    ['+44+20+7946+0000', '+44 20 7946 0000'],
    ['(020)%207946-0000', '(020) 7946-0000'],
    ['%20020', ' 020'],
    ['++44', '  44'],
    ['%231001', '#1001'],
    ['%00', '\0'],
    ['a=b', 'a=b'],
  ])('number=%s is %j', (written, expected) => {
    expect(number(`number=${written}`)).toBe(expected);
  });

  it('has no number that is longer than any', () => {
    expect(number(`number=${'1'.repeat(255)}`)).toBe('1'.repeat(255));
    expect(number(`number=${'1'.repeat(256)}`)).toBe('');
  });
});

describe('the name given', () => {
  it.each([
    ['Ada+Lovelace', 'Ada Lovelace'],
    ['Ada%20Lovelace', 'Ada Lovelace'],
    ['A%2BB', 'A+B'],
    ['Bj%C3%B6rn', 'Björn'],
    ['Bj%F6rn', 'Björn'],
    ['Bj\xc3\xb6rn', 'Björn'],
    ['Bj\xf6rn', 'Björn'],
    ['%F0%9F%98%80', '😀'],
    ['%F0%9F%98', 'ð'],
    ['50%', '50%'],
    ['50%zz%2', '50%zz%2'],
    ['%+1', '% 1'],
    ['a%0D%0ASet-Cookie:%20b', 'a Set-Cookie: b'],
    ['a%0Ab%00c%E2%80%A8d%7F', 'a b c d'],
    ['%0D%0A', ''],
    ['%22$%7BX%7D,%22', `"\${X},"`],
    ['%ED%A0%80x', 'í\u00a0 x'],
  ])('name=%s is %j', (written, expected) => {
    expect(name(`name=${written}`)).toBe(expected);
  });

  it('has at most as many code points as a name of a contact', () => {
    expect(name(`name=${'x'.repeat(8_000)}`)).toBe('x'.repeat(255));
    expect(nameLine('😀'.repeat(256))).toBe('😀'.repeat(255));
    expect(nameLine('😀'.repeat(200))).toBe('😀'.repeat(200));
  });
});

describe('the token', () => {
  const tokens = (authorization: string) => readLookup('', authorization).tokens;
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  it.each([
    ['Bearer abc-_1', ['abc-_1']],
    ['bearer  abc', ['abc']],
    [basic('pbx:secret'), ['secret']],
    [basic(':secret'), ['secret']],
    [basic('pbx:a:b'), ['a:b']],
    [basic('secret'), []],
    ['Basic %%%', []],
    ['Bearer', []],
    ['Bearer a b', []],
    ['Digest abc', []],
    [`Bearer ${'a'.repeat(600)}`, []],
  ])('of %s is %j', (authorization, expected) => {
    expect(tokens(authorization)).toEqual(expected);
  });
});
