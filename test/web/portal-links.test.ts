import { describe, expect, test } from 'vitest';
import { mailLink, telLink } from '../../web/src/parts/links.ts';

describe('a number', () => {
  test.each([
    ['+44 20 7946 0000', 'tel:+442079460000'],
    ['(020) 7946-0000', 'tel:02079460000'],
    ['1001', 'tel:1001'],
    ['*78#', 'tel:*78%23'],
    ['0800 FLOWERS', 'tel:08003569377'],
    ['+44 20 7946 0000 x12', 'tel:+442079460000;ext=12'],
    ['020 7946 0000 ext. 7', 'tel:02079460000;ext=7'],
    ['12+34', 'tel:1234'],
  ])('%s is called by %s', (number, href) => {
    expect(telLink(number)).toBe(href);
  });

  test('without anything to dial is no link', () => {
    expect([telLink(''), telLink('+'), telLink('()'), telLink('—')]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('never becomes another kind of address', () => {
    expect(telLink('javascript:alert(1)')).toMatch(/^tel:[0-9]+$/);
    expect(telLink('1;phone-context=evil.example?x=y&z')).toMatch(/^tel:[0-9]+$/);
  });
});

describe('an e-mail address', () => {
  test('is written to, and adds neither subject nor other readers', () => {
    expect(mailLink('ada@example.com')).toBe('mailto:ada@example.com');
    expect(mailLink('a?bcc=all@example.com')).toBe('mailto:a%3Fbcc%3Dall@example.com');
    expect(mailLink('a@example.com?cc=b@example.com')).toBe('mailto:a%40example.com%3Fcc%3Db@example.com');
    expect(mailLink('"a,b"@exämple.com')).toBe('mailto:%22a%2Cb%22@ex%C3%A4mple.com');
  });

  test('that is none is no link', () => {
    expect([mailLink(''), mailLink('ada'), mailLink('@example.com'), mailLink('ada@')]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
