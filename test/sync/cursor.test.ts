import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cursorTag, readCursor, TAG_LENGTH, TAG_PLACE, writeCursor } from '../../src/sync/cursor.ts';

const part = fc.string({ unit: fc.constantFrom('a', 'b', '1', '"', ',', 'é', '😀'), maxLength: 4 });
const parts = fc.tuple(part, part, part, part);

describe('a cursor', () => {
  const TAG = cursorTag('epoch', 'presence', '1001', 'everyone');

  test('is read back as the revision it was written with', () => {
    fc.assert(
      fc.property(parts, fc.maxSafeNat(), (of, rev) => {
        const tag = cursorTag(...of);
        expect(readCursor(writeCursor(tag, rev), tag)).toBe(rev);
      }),
    );
  });

  test('has a tag of letters and digits that is always as long', () => {
    fc.assert(
      fc.property(parts, (of) => {
        expect(cursorTag(...of)).toMatch(new RegExp(`^[0-9a-z]{${TAG_LENGTH}}$`));
        expect(cursorTag(...of)).not.toBe(TAG_PLACE);
      }),
    );
  });

  test('of another store, collection, user or audience is of another tag', () => {
    const others = [
      cursorTag('other', 'presence', '1001', 'everyone'),
      cursorTag('epoch', 'extensions', '1001', 'everyone'),
      cursorTag('epoch', 'presence', '1002', 'everyone'),
      cursorTag('epoch', 'presence', '1001', 'administrators'),
      cursorTag('epoch', 'presence', '1001everyone', ''),
      cursorTag('epochpresence', '', '1001', 'everyone'),
    ];
    expect(new Set([TAG, ...others]).size).toBe(7);
    for (const other of others) expect(readCursor(writeCursor(other, 7), TAG)).toBeNull();
  });

  test('tells 10,000 users apart', () => {
    const tags = new Set(
      Array.from({ length: 10_000 }, (_, i) => cursorTag('epoch', 'presence', String(i), 'everyone')),
    );
    expect(tags.size).toBe(10_000);
  });

  const bad = [
    '',
    TAG,
    TAG.slice(1),
    `${TAG}-1`,
    `${TAG} 7`,
    `${TAG}7 `,
    `${TAG}A`,
    `${TAG}é`,
    `${TAG}zzzzzzzzzzz`,
    `${TAG}${'1'.repeat(200)}`,
    `7${TAG}`,
  ];
  test.each(bad)('%j is not readable', (cursor) => {
    expect(readCursor(cursor, TAG)).toBeNull();
  });

  test('of any text is a revision or nothing', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const rev = readCursor(TAG + text, TAG);
        expect(rev === null || (Number.isSafeInteger(rev) && rev >= 0)).toBe(true);
      }),
    );
  });
});
