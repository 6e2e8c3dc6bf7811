import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callerName, oneLine } from '../../src/domain/caller-name.ts';

const numbers = [{ type: 'business' as const, number: '1' }];

describe('the name of a caller', () => {
  test.each([
    [{ firstName: 'Ada', lastName: 'Lovelace', company: 'Analytical Engines' }, 'Ada Lovelace'],
    [{ firstName: 'Ada', company: 'Analytical Engines' }, 'Ada'],
    [{ lastName: 'Lovelace', company: 'Analytical Engines' }, 'Lovelace'],
    [{ company: 'Analytical Engines' }, 'Analytical Engines'],
    [{ firstName: '\u0000', company: 'Analytical Engines' }, 'Analytical Engines'],
    [{ firstName: '\u0000' }, ''],
    [{ firstName: 'Ada\r\nInjected: x', lastName: 'L' }, 'Ada Injected: x L'],
    [{ firstName: 'a'.repeat(127), lastName: '😀'.repeat(127) }, `${'a'.repeat(127)} ${'😀'.repeat(127)}`],
  ])('of %o is %s', (fields, name) => {
    expect(callerName({ ...fields, numbers })).toBe(name);
  });
});

describe('one line', () => {
  test.each([
    ['  Ada  ', 'Ada'],
    [`"Ada", \${EXTEN}\\`, `"Ada", \${EXTEN}\\`],
    ['a\u0000b\u007fc\u0085d\u2028e\u2029f\tg', 'a b c d e f g'],
    ['\n\n', ''],
    ['ﷺ 李 😀', 'ﷺ 李 😀'],
    ['half \ud83d of it', 'half \ufffd of it'],
    ['x'.repeat(256), 'x'.repeat(255)],
    ['😀'.repeat(300), '😀'.repeat(255)],
    [`x${'😀'.repeat(300)}`, `x${'😀'.repeat(254)}`],
  ])('%j is %j', (text, line) => {
    expect(oneLine(text)).toBe(line);
  });

  test('is one whatever the text is, also of 10 kB', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary', minLength: 250, maxLength: 600 }));
    fc.assert(
      fc.property(text, (given) => {
        const line = oneLine(given);
        expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect([...line].length).toBeLessThanOrEqual(255);
        expect(oneLine(line)).toBe(line.trim());
      }),
    );
    expect(oneLine('\n'.repeat(10_000))).toBe('');
    expect(oneLine('a\n'.repeat(5_000))).toBe(`${'a '.repeat(127)}a`);
  });
});
