import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainText } from '../../src/pbx/plain-text.ts';
import { boundedPresentity, encodePresentity, readPresentity, unescapeText } from '../../src/pbx/presentity.ts';

describe('PresenceStateChange', () => {
  test('is read with its escapes undone and without control characters', () => {
    const message = {
      presentity: 'CustomPresence:1001',
      status: 'away',
      subtype: 'a\\\\b\\"c',
      message: `x\\?y\\\\n line1\\r\\nline2\\tz \\'q\\' \\a \u00e4`,
    };
    expect(readPresentity(message)).toEqual({
      name: 'CustomPresence:1001',
      presentity: { state: 'away', subtype: 'a\\b"c', message: `x?y\\n line1 line2 z 'q'  \u00e4` },
    });
  });

  test('without subtype and message has empty ones', () => {
    expect(readPresentity({ presentity: 'CustomPresence:1', status: 'DND' })).toEqual({
      name: 'CustomPresence:1',
      presentity: { state: 'dnd', subtype: '', message: '' },
    });
  });

  test.each([
    {},
    { presentity: 'CustomPresence:1' },
    { presentity: 'CustomPresence:1', status: 'on holiday' },
    { presentity: '', status: 'away' },
    { presentity: ['x'], status: { length: 1 } },
  ])('%j is not read', (message) => {
    expect(readPresentity(message)).toBeUndefined();
  });
});

/** Asterisk's escaping of subtype and message, for the way back. */
function escaped(text: string): string {
  const letters: Record<string, string> = {
    '\u0007': 'a',
    '\b': 'b',
    '\f': 'f',
    '\n': 'n',
    '\r': 'r',
    '\t': 't',
    '\v': 'v',
  };
  return text.replace(/[\u0007-\r\\'"?]/g, (char) => `\\${letters[char] ?? char}`);
}

describe('A presentity that is written', () => {
  test('is encoded with option e', () => {
    const value = encodePresentity({ state: 'away', subtype: 'lunch', message: 'Back, at "2"' });
    expect(value).toBe('away,bHVuY2g=,QmFjaywgYXQgIjIi,e');
  });

  test('is read back as it was bounded, whatever it holds, and fits one AMI line', () => {
    const presentity = fc.record({
      state: fc.constantFrom('available', 'unavailable', 'xa'),
      subtype: fc.string({ unit: 'binary', maxLength: 300 }),
      message: fc.string({ unit: 'binary', maxLength: 300 }),
    });
    fc.assert(
      fc.property(presentity, (wanted) => {
        const value = encodePresentity(wanted);
        expect(`Value: ${value}`.length).toBeLessThan(1_000);
        expect(value).toMatch(/^[a-z_]+,[A-Za-z0-9+/=]*,[A-Za-z0-9+/=]*,e$/);
        const [status, subtype = '', message = ''] = value.split(',');
        const decode = (base64: string) => escaped(Buffer.from(base64, 'base64').toString('utf8'));
        const back = { presentity: 'P', status, subtype: decode(subtype), message: decode(message) };
        expect(readPresentity(back)?.presentity).toEqual(boundedPresentity(wanted));
      }),
    );
  });

  test('of the longest texts in the widest characters fits one AMI line', () => {
    for (const char of ['\u{1f600}', '\u4e2d']) {
      const value = encodePresentity({ state: 'unavailable', subtype: char.repeat(300), message: char.repeat(300) });
      expect(`Value: ${value}`.length).toBeLessThan(1_000);
    }
  });
});

test('An escape that is not one of Asterisk stays as it is', () => {
  expect(unescapeText('a\\xb \\')).toBe('a\\xb \\');
});

test.each([
  ['a\r\nb\u0000\u0007c\u009f', 10, 'a bc'],
  ['  padded\t ', 10, 'padded'],
  ['12345', 3, '123'],
  ['12\u{1f600}', 3, '12'],
  ['x\ud800y', 9, 'x\ufffdy'],
  ['', 5, ''],
])('Of the text %j, at most %d units, %j is kept', (text, limit, kept) => {
  expect(plainText(text, limit)).toBe(kept);
});
