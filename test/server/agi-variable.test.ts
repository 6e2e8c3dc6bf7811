import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { setVariable } from '../../src/server/agi-variable.ts';
import { agiLines, agiVariable, agiWords } from '../support/agi-command.ts';

/** What Asterisk has in the variable after the command. */
function arrives(value: string, name = 'ROLLCALL_NAME'): string {
  const bytes = Buffer.from(setVariable([name, value]));
  const { lines, rest } = agiLines(bytes);
  expect(rest.length).toBe(0);
  expect(lines).toHaveLength(1);
  expect(bytes.length).toBeLessThanOrEqual(2_000);
  const [set, got] = agiVariable(lines[0] as Buffer);
  expect(set).toBe(name);
  return got;
}

describe('the parser that stands for Asterisk', () => {
  const words = (line: string) => agiWords(Buffer.from(line)).map(String);

  test('parts words, joins quoted ones and unescapes as res_agi does', () => {
    expect(words('SET VARIABLE A "b c"\n')).toEqual(['SET', 'VARIABLE', 'A', 'b c']);
    expect(words('  a\t b')).toEqual(['a', 'b']);
    expect(words('a"b c"d')).toEqual(['ab cd']);
    expect(words('""')).toEqual(['']);
    expect(words('a\\ b "c\\"d" \\\\')).toEqual(['a b', 'c"d', '\\']);
    expect(words('a\0b')).toEqual(['a']);
  });

  test('sees what breaks out', () => {
    expect(() => agiVariable(Buffer.from('SET VARIABLE A "b" c"\n'))).toThrow('would not set a variable');
    expect(() => agiVariable(Buffer.from('SET VARIABLE A "b\\"\n'))).not.toThrow();
    expect(agiLines(Buffer.from('SET VARIABLE A "b\nHANGUP\n')).lines).toHaveLength(2);
    expect(agiLines(Buffer.alloc(3_000, 'x')).lines).toHaveLength(1);
  });
});

describe('a value', () => {
  test.each([
    ['plain', 'Ada Lovelace'],
    ['empty', ''],
    ['a blank', ' '],
    ['blanks around', '  Ada  '],
    ['a quote', '"'],
    ['quotes', 'Ada "Countess" Lovelace'],
    ['a backslash', '\\'],
    ['a backslash at the end', 'Ada\\'],
    ['backslashes before quotes', '\\"\\\\"\\\\\\"'],
    ['an escape that looks like a new line', 'Ada\\nLovelace'],
    ['another command in quotes', '" SET VARIABLE X "1'],
    ['dialplan expressions', '\u0024{SHELL(id)} $[1+1] \u0024{CALLERID(num)}'],
    ['commas, semicolons, brackets', 'Ada, Countess; (née Byron) [x] {y} <z> | & = % #'],
    ['accents', 'Zoë Müller-Lüdenscheidt'],
    ['right to left', 'שלום مرحبا'],
    ['emoji of several code points', '👩‍👩‍👧‍👦 🇬🇧 e\u0301'],
    ['255 code points beyond the first plane', '😀'.repeat(255)],
    ['255 quotes', '"'.repeat(255)],
    ['255 backslashes', '\\'.repeat(255)],
    ['300 letters', 'x'.repeat(300)],
  ])('arrives as it is: %s', (_title, value) => {
    expect(arrives(value)).toBe(value);
  });

  test.each([
    ['new lines', 'Ada\nSET VARIABLE X 1\r\nHANGUP', 'Ada SET VARIABLE X 1  HANGUP'],
    ['a closed quote and a new line', '"\nSET VARIABLE X "1', '" SET VARIABLE X "1'],
    ['a backslash before a new line', 'Ada\\\nX', 'Ada\\ X'],
    ['NUL', 'Ada\0Lovelace', 'Ada Lovelace'],
    ['tabs, escapes, C1 controls', 'a\tb\u001b[31mc\u0085d\u007fe', 'a b [31mc d e'],
    ['line and paragraph separators', 'a\u2028b\u2029c', 'a b c'],
    ['halves of surrogate pairs', '\ud83d Ada \ude00\ud83d', '  Ada   '],
  ])('is brought on one line: %s', (_title, value, expected) => {
    expect(arrives(value)).toBe(expected);
  });

  test('too long for a command of Asterisk is cut between two characters', () => {
    expect(arrives('x'.repeat(5_000))).toBe('x'.repeat(1_970));
    expect(arrives('"'.repeat(5_000))).toBe('"'.repeat(985));
    expect(arrives('é'.repeat(5_000))).toBe('é'.repeat(985));
    expect(arrives(`x${'😀'.repeat(5_000)}`)).toBe(`x${'😀'.repeat(492)}`);
    expect(arrives(`${'x'.repeat(1_969)}😀`)).toBe('x'.repeat(1_969));
    expect(arrives('€'.repeat(1_000_000), 'CALLERID(name)')).toBe('€'.repeat(656));
  });

  test('of whatever characters arrives whole, or as its beginning', () => {
    const nasty = fc.constantFrom('"', '\\', '\n', '\r', '\0', '\t', ' ', '\u2028', '😀', '\ud83d', 'é', 'x', ',');
    const long = fc.constantFrom('x'.repeat(900), '"'.repeat(450), '😀'.repeat(240), 'é'.repeat(480));
    const text = fc.array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 3 }), long), { maxLength: 40 });
    fc.assert(
      fc.property(text, (parts) => {
        const value = parts.join('');
        const expected = value.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/gu, ' ');
        const got = arrives(value);
        expect(expected.startsWith(got)).toBe(true);
        const bytes = Buffer.byteLength(expected.replace(/["\\]/g, '..'));
        if (bytes <= 1_970) expect(got).toBe(expected);
        else expect(Buffer.byteLength(got.replace(/["\\]/g, '..'))).toBeGreaterThan(1_966);
      }),
      { numRuns: 200 },
    );
  });
});
