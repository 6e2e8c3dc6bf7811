import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Held, readHeld, writeHeld } from '../../src/sync/list-cursor.ts';

const TAG = 'abcdefghijkl';
const held = (count: number, text = 'x'): Held =>
  new Map(Array.from({ length: count }, (_, n) => [`contact:${n}`, `${text}${n}`]));

describe('a cursor of a list', () => {
  test.each([0, 1, 64])('of %i items names them', (count) => {
    const cursor = TAG + writeHeld(held(count));
    expect(readHeld(cursor, TAG, held(3, 'other'))).toEqual(held(count));
  });

  test('of more items is good for the same items alone', () => {
    const cursor = TAG + writeHeld(held(65));
    const turned = new Map([...held(65)].reverse());
    expect(readHeld(cursor, TAG, turned)).toBe(turned);
    expect(readHeld(cursor, TAG, held(65, 'y'))).toBeUndefined();
    expect(readHeld(cursor, TAG, held(66))).toBeUndefined();
    expect(readHeld(cursor, TAG, held(3))).toBeUndefined();
  });

  test('of another tag is none', () => {
    expect(readHeld(`bbbbbbbbbbbb${writeHeld(held(2))}`, TAG, held(2))).toBeUndefined();
  });

  test('may be any text: it is read within bounds or not at all', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[:#][a-z=,.:]{0,60}$/)), (text) => {
        const read = readHeld(TAG + text, TAG, held(2));
        expect(read === undefined || read.size <= 64).toBe(true);
      }),
    );
    expect(readHeld(`${TAG}:${'a=b,'.repeat(3_000)}`, TAG, held(2))).toBeUndefined();
    expect(readHeld(`${TAG}:__proto__=1`, TAG, held(2))).toEqual(new Map([['__proto__', '1']]));
  });
});
