import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { framed, textFrame } from '../../src/protocol/frame.ts';
import { readFrames } from '../support/read-frames.ts';

describe('a text frame', () => {
  const headers: [number, number[]][] = [
    [0, [0x81, 0]],
    [1, [0x81, 1]],
    [125, [0x81, 125]],
    [126, [0x81, 126, 0, 126]],
    [65_535, [0x81, 126, 255, 255]],
    [65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
    [1_000_000, [0x81, 127, 0, 0, 0, 0, 0, 0x0f, 0x42, 0x40]],
  ];
  test.each(headers)('of %i bytes has the shortest header', (length, header) => {
    const frame = textFrame('x'.repeat(length));
    expect([...frame.subarray(0, header.length)]).toEqual(header);
    expect(frame.length).toBe(header.length + length);
    expect(frame.subarray(header.length).toString()).toBe('x'.repeat(length));
  });

  test('counts bytes of UTF-8, not characters', () => {
    const frame = textFrame('ü'.repeat(63));
    expect([...frame.subarray(0, 4)]).toEqual([0x81, 126, 0, 126]);
    expect(frame.length).toBe(4 + 126);
    expect(textFrame('😀').subarray(2)).toEqual(Buffer.from([0xf0, 0x9f, 0x98, 0x80]));
  });

  test('never holds broken UTF-8', () => {
    expect(textFrame('a\ud800b')).toEqual(Buffer.concat([Buffer.from([0x81, 5]), Buffer.from('a\ufffdb')]));
  });

  test('of any text is read back as it was, also right behind another', () => {
    const unit = fc.constantFrom('a', '"', '\0', 'ü', '漢', '😀', '\ud800', '\udc00');
    const text = fc.string({ unit, maxLength: 300, size: 'max' });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), (texts) => {
        expect(readFrames(Buffer.concat(texts.map(textFrame)))).toEqual(texts.map((one) => one.toWellFormed()));
      }),
    );
  });
});

test.each([0, 100, 125, 126, 65_535, 65_536])(
  'a middle of %i bytes that is encoded already makes the same frame',
  (length) => {
    const middle = 'ü'.repeat(length);
    expect(framed('{"é":[', Buffer.from(middle), ']}')).toEqual(textFrame(`{"é":[${middle}]}`));
  },
);
