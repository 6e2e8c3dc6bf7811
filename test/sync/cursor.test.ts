import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cursorTag, readCursor, TAG_LENGTH, TAG_PLACE } from '../../src/sync/cursor.ts';
import { revisionMask } from '../../src/sync/revision-mask.ts';

const part = fc.string({ unit: fc.constantFrom('a', 'b', '1', '"', ',', 'é', '😀'), maxLength: 4 });
const parts = fc.tuple(part, part, part, part);

describe('a cursor', () => {
  const TAG = cursorTag('epoch', 'presence', '1001', 'everyone');
  const MASK = revisionMask('epoch', 'presence');

  test('is read back as the revision it was written with', () => {
    fc.assert(
      fc.property(parts, fc.maxSafeNat(), (of, rev) => {
        const tag = cursorTag(...of);
        expect(readCursor(tag + MASK.hide(rev), tag, MASK)).toBe(rev);
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
    for (const other of others) expect(readCursor(other + MASK.hide(7), TAG, MASK)).toBeNull();
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
    `${TAG}zzzzzzzzzzzz`,
    `${TAG}${MASK.hide(7)}0`,
    TAG + MASK.hide(7).toUpperCase(),
    `${TAG}${'1'.repeat(200)}`,
    `7${TAG}`,
  ];
  test.each(bad)('%j is not readable', (cursor) => {
    expect(readCursor(cursor, TAG, MASK)).toBeNull();
  });

  test('of any text is a revision or nothing', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const rev = readCursor(TAG + text, TAG, MASK);
        expect(rev === null || (Number.isSafeInteger(rev) && rev >= 0)).toBe(true);
      }),
    );
  });
});

describe('the mask of revisions', () => {
  const MASK = revisionMask('epoch', 'contacts personal:1001');

  test('gives each revision a text of its own, always as long', () => {
    const texts = Array.from({ length: 20_000 }, (_, rev) => MASK.hide(rev));
    expect(new Set(texts).size).toBe(20_000);
    for (const text of texts) expect(text).toMatch(/^[0-9a-z]{12}$/);
    expect(MASK.reveal(MASK.hide(Number.MAX_SAFE_INTEGER))).toBe(Number.MAX_SAFE_INTEGER);
  });

  test('lets neither order nor distance be read', () => {
    const texts = Array.from({ length: 1_000 }, (_, rev) => MASK.hide(2 ** 30 + rev));
    const rising = texts.filter((text, i) => i > 0 && text > (texts[i - 1] ?? '')).length;
    expect(rising).toBeGreaterThan(400);
    expect(rising).toBeLessThan(600);
    const starts = new Set(texts.map((text) => text.slice(0, 6)));
    expect(starts.size).toBeGreaterThan(990);
  });

  test('is another for each collection and store', () => {
    const others = [revisionMask('epoch', 'contacts personal:1002'), revisionMask('other', 'contacts personal:1001')];
    for (const other of others) expect(other.hide(7)).not.toBe(MASK.hide(7));
  });

  test('makes of nearly every text that was made up a revision that never was', () => {
    const made = Array.from({ length: 1_000 }, (_, n) => MASK.reveal(n.toString(36).padStart(12, '0')));
    expect(made.filter((rev) => rev !== null && rev < 2 ** 40)).toEqual([]);
  });
});
