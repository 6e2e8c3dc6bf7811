import { describe, expect, test } from 'vitest';
import { countLines, recogniseEncoding, textPieces } from '../../src/formats/encoding.ts';

const TEXT = 'Name;Telefon\r\nMüller “Süd” €;030 1234567\r\n';

function utf16be(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

function windows1252(text: string): Buffer {
  return Buffer.from(text.replace('“', '\x93').replace('”', '\x94').replace('€', '\x80'), 'latin1');
}

describe('the encoding is found by the bytes', () => {
  const files: [string, Buffer, string][] = [
    ['UTF-8 with its mark', Buffer.from(`\ufeff${TEXT}`), 'UTF-8'],
    ['UTF-8', Buffer.from(TEXT), 'UTF-8'],
    ['UTF-16LE with its mark', Buffer.from(`\ufeff${TEXT}`, 'utf16le'), 'UTF-16LE'],
    ['UTF-16LE', Buffer.from(TEXT, 'utf16le'), 'UTF-16LE'],
    ['UTF-16BE with its mark', utf16be(`\ufeff${TEXT}`), 'UTF-16BE'],
    ['UTF-16BE', utf16be(TEXT), 'UTF-16BE'],
    ['Windows-1252', windows1252(TEXT), 'Windows-1252'],
  ];

  test.each(files)('%s', async (_, bytes, name) => {
    const encoding = await recogniseEncoding(bytes, 'DE');
    expect([encoding.name, [...textPieces(bytes, encoding)].join('')]).toEqual([name, TEXT]);
  });
});

test('what is no Unicode is in the code page that Windows has in the country', async () => {
  const pages: Record<string, [string, string]> = {};
  for (const country of ['DE', 'US', 'TR', 'PL', 'RU', 'GR', 'JP', '']) {
    const bytes = country === 'JP' ? Buffer.from([0x93, 0x63]) : Buffer.from([0x41, 0xfe]);
    const encoding = await recogniseEncoding(bytes, country);
    pages[country] = [encoding.name, [...textPieces(bytes, encoding)].join('')];
  }
  expect(pages).toEqual({
    DE: ['Windows-1252', 'Aþ'],
    US: ['Windows-1252', 'Aþ'],
    TR: ['Windows-1254', 'Aş'],
    PL: ['Windows-1250', 'Aţ'],
    RU: ['Windows-1251', 'Aю'],
    GR: ['Windows-1253', 'Aώ'],
    JP: ['Shift_JIS', '田'],
    '': ['Windows-1252', 'Aþ'],
  });
});

test('characters of several bytes at the ends of pieces and of what is checked at once stay whole', async () => {
  for (const before of ['', 'x', 'xx', 'xxx']) {
    const text = before + '€𝄞'.repeat(200_000);
    const bytes = Buffer.from(text);
    const encoding = await recogniseEncoding(bytes, 'DE');
    expect(encoding.name).toBe('UTF-8');
    expect([...textPieces(bytes, encoding)].join('') === text).toBe(true);
  }
});

test('one wrong byte far behind makes it no UTF-8', async () => {
  const bytes = Buffer.concat([Buffer.alloc(3_000_000, 'x'), Buffer.from([0xfc]), Buffer.from('ä')]);
  expect((await recogniseEncoding(bytes, 'DE')).name).toBe('Windows-1252');
});

test('lines are counted by line feeds, and by carriage returns where there is none', async () => {
  expect(await countLines(Buffer.from('a\r\nb\r\nc'))).toBe(3);
  expect(await countLines(Buffer.from('a\rb\rc'))).toBe(3);
  expect(await countLines(Buffer.from('a'))).toBe(1);
});
