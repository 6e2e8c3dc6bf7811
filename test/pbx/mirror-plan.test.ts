import { describe, expect, test } from 'vitest';
import { entryValue, planFor, readMarker } from '../../src/pbx/mirror-plan.ts';

const KEYS = ['+442079460000', '02079460000'];
const held = (entries: Readonly<Record<string, string>>) => (family: string, key: string) =>
  entries[`${family}/${key}`];
const ADA = { keys: KEYS, value: 'Ada Lovelace' };
const nobody = held({});

/** The marker of a number as a plan wrote it. */
function markerOf(wanted: { keys: readonly string[]; value: string }, family = 'cidname'): string {
  return planFor(family, undefined, wanted, nobody).marker ?? '';
}

describe('the plan for a number', () => {
  const marker = markerOf(ADA);
  const ours = { 'cidname/+442079460000': 'Ada Lovelace', 'cidname/02079460000': 'Ada Lovelace' };

  test('writes the marker and the entries where nothing is', () => {
    expect(planFor('cidname', undefined, ADA, nobody)).toEqual({ drop: [], marker, put: KEYS, foreign: 0 });
    expect(marker).toMatch(/^cidname [0-9a-f]{12} \+442079460000 02079460000$/);
    expect(marker).not.toContain('Ada');
  });

  test('does nothing where everything is as it should be', () => {
    expect(planFor('cidname', marker, ADA, held(ours))).toEqual({ drop: [], marker: undefined, put: [], foreign: 0 });
    expect(planFor('cidname', undefined, undefined, held(ours))).toEqual({
      ...{ drop: [], marker: undefined, put: [], foreign: 0 },
    });
  });

  test('leaves alone what somebody else wrote, also where it says the same', () => {
    const theirs = { 'cidname/+442079460000': 'Countess', 'cidname/02079460000': 'Ada Lovelace' };
    expect(planFor('cidname', undefined, ADA, held(theirs))).toEqual({
      drop: [],
      marker: undefined,
      put: [],
      foreign: 2,
    });
    const half = planFor('cidname', undefined, ADA, held({ 'cidname/02079460000': 'Countess' }));
    expect(half).toEqual({ drop: [], marker: marker.replace(' 02079460000', ''), put: ['+442079460000'], foreign: 1 });
  });

  test('forgets an entry that somebody else has changed since', () => {
    const changed = { ...ours, 'cidname/02079460000': 'Countess' };
    const less = marker.replace(' 02079460000', '');
    expect(planFor('cidname', marker, ADA, held(changed))).toEqual({ drop: [], marker: less, put: [], foreign: 1 });
    expect(planFor('cidname', marker, undefined, held(changed))).toEqual({
      ...{ drop: [{ family: 'cidname', key: '+442079460000' }], marker: null, put: [], foreign: 0 },
    });
  });

  test('writes again what somebody has removed', () => {
    const left = { 'cidname/02079460000': 'Ada Lovelace' };
    expect(planFor('cidname', marker, ADA, held(left))).toEqual({
      ...{ drop: [], marker: undefined, put: ['+442079460000'], foreign: 0 },
    });
  });

  test('knows both values while one replaces the other, and then the new one alone', () => {
    const king = { keys: KEYS, value: 'Ada King' };
    const first = planFor('cidname', marker, king, held(ours));
    expect(first).toMatchObject({ drop: [], put: KEYS, foreign: 0 });
    expect(readMarker(first.marker ?? '')?.digests).toHaveLength(2);
    const midway = { ...ours, 'cidname/+442079460000': 'Ada King' };
    expect(planFor('cidname', first.marker ?? '', king, held(midway))).toMatchObject({
      put: ['02079460000'],
      foreign: 0,
    });
    const done = { 'cidname/+442079460000': 'Ada King', 'cidname/02079460000': 'Ada King' };
    expect(planFor('cidname', first.marker ?? '', king, held(done))).toMatchObject({ marker: markerOf(king), put: [] });
  });

  test('takes away what is wanted no more, and what is in another family', () => {
    const one = { keys: ['+442079460000'], value: 'Ada Lovelace' };
    const dropped = (family: string) => KEYS.map((key) => ({ family, key }));
    expect(planFor('cidname', marker, one, held(ours))).toMatchObject({
      ...{ drop: [{ family: 'cidname', key: '02079460000' }], marker: markerOf(one), put: [] },
    });
    expect(planFor('names', marker, ADA, held(ours))).toEqual({
      ...{ drop: dropped('cidname'), marker: markerOf(ADA, 'names'), put: KEYS, foreign: 0 },
    });
    expect(planFor('cidname', marker, undefined, held(ours))).toMatchObject({ drop: dropped('cidname'), marker: null });
  });

  test('puts a marker that cannot be read out of the way', () => {
    expect(planFor('cidname', 'rubbish', undefined, held(ours))).toEqual({
      drop: [],
      marker: null,
      put: [],
      foreign: 0,
    });
    expect(planFor('cidname', 'rubbish', ADA, nobody)).toMatchObject({ marker, put: KEYS });
  });
});

describe('the value of an entry', () => {
  test.each([
    [`Ada "A" Lövelace; \${EXTEN} $[1+1] 🐻`, `Ada "A" Lövelace; \${EXTEN} $[1+1] 🐻`],
    ['  a\r\nb\0c\td\u0085e  ', 'a b c d e'],
    [`${'a'.repeat(249)}é`, 'a'.repeat(249)],
    [`${'a'.repeat(248)}é`, `${'a'.repeat(248)}é`],
    ['🐻'.repeat(100), '🐻'.repeat(62)],
    [`${'a'.repeat(249)} b`, 'a'.repeat(249)],
    ['\r\n', ''],
  ])('of %j is one line of at most 250 bytes', (name, value) => {
    expect(entryValue(name)).toBe(value);
  });
});

describe('a marker', () => {
  test.each([
    '',
    'cidname',
    'cidname 0123456789ab',
    'cidname 0123456789ab x',
    'a/b 0123456789ab 123',
    'cidname 0123 123',
  ])('is not %j', (text) => {
    expect(readMarker(text)).toBeUndefined();
  });

  test('fits into what Asterisk 16 gives back, with the longest of everything', () => {
    const keys = ['+', '', '0', '0011'].map((before) => before + '1'.repeat(20));
    const marker = markerOf({ keys, value: 'Ada' }, 'f'.repeat(64)).replace(
      / [0-9a-f]{12} /,
      ` ${Array(5).fill('0'.repeat(12)).join(',')} `,
    );
    expect(readMarker(marker)?.digests).toHaveLength(5);
    expect(marker.length).toBeLessThan(255);
  });
});
