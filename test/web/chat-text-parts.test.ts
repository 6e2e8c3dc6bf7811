import { describe, expect, test } from 'vitest';
import { textParts } from '../../web/src/chat/text-parts.ts';

const links = (text: string) =>
  textParts(text).flatMap((part) => (part.href === undefined ? [] : [[part.text, part.href]]));

describe('in a text', () => {
  test('addresses of web pages can be followed, without what belongs to the sentence', () => {
    expect(textParts('see https://example.com/a?b=c#d, please')).toEqual([
      { text: 'see ' },
      { text: 'https://example.com/a?b=c#d', href: 'https://example.com/a?b=c#d' },
      { text: ', please' },
    ]);
    expect(links('(http://example.com/x_(y)) HTTPS://EXAMPLE.com! http://example.com/z...')).toEqual([
      ['http://example.com/x_(y)', 'http://example.com/x_(y)'],
      ['HTTPS://EXAMPLE.com', 'https://example.com/'],
      ['http://example.com/z', 'http://example.com/z'],
    ]);
  });

  test.each([
    'javascript:alert(1)',
    'data:text/html,<script>1</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'ftp://example.com/',
    'xhttps://example.com',
    'https://',
    'https://[',
    'https:///',
    'https://bank.example@evil.example/',
    'https://bank.example:x@evil.example/',
    'www.example.com',
    `https://example.com/${'a'.repeat(3_000)}`,
  ])('nothing else can be: %s', (text) => {
    expect(textParts(text)).toEqual([{ text }]);
  });

  test('an address ends at marks that turn the direction of writing, at brackets and at quotes', () => {
    expect(links('https://example.com/\u202egpj.exe')).toEqual([['https://example.com/', 'https://example.com/']]);
    expect(links('<a href="https://example.com/a">')).toEqual([['https://example.com/a', 'https://example.com/a']]);
    expect(links('https://exa\u200bmple.com')).toEqual([['https://exa', 'https://exa/']]);
  });

  test('names in other writings are told as the browser asks for them', () => {
    expect(links('https://exаmple.com/')).toEqual([['https://exаmple.com/', 'https://xn--exmple-4nf.com/']]);
  });

  test('no letter is lost, whatever it is', () => {
    const texts = [
      '',
      'a',
      'https://a.b https://c.d',
      '\n\nhttps://a.b\n',
      'https://a.b).)',
      '🎉https://a.b🎉',
      '<b>&amp;',
    ];
    for (const text of texts)
      expect(
        textParts(text)
          .map((part) => part.text)
          .join(''),
      ).toBe(text);
  });

  test('of 4,000 characters made to be slow are read at once', () => {
    const started = performance.now();
    for (const evil of ['https://'.repeat(500), `https://a${').'.repeat(2_000)}`, 'h'.repeat(4_000)]) textParts(evil);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
