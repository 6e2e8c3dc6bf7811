import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LONGEST_RECORD, type RawRecord, RecordCutter } from '../../src/formats/record-cutter.ts';

/** The records of a text that comes in pieces of this size. */
function cut(text: string, delimiter = ';', size = text.length + 1): RawRecord[] {
  const cutter = new RecordCutter(delimiter);
  const records: RawRecord[] = [];
  for (let at = 0; at < text.length; at += size) records.push(...cutter.cut(text.slice(at, at + size), false));
  return [...records, ...cutter.cut('', true)];
}

const brief = (records: readonly RawRecord[]) => records.map(({ text, form, blanks }) => [text, form, blanks]);

test('lines end with CRLF, LF or CR, mixed', () => {
  expect(brief(cut('a;1\r\nb;2\nc;3\rd;4'))).toEqual([
    ['a;1', 'strict', 0],
    ['b;2', 'strict', 0],
    ['c;3', 'strict', 0],
    ['d;4', 'strict', 0],
  ]);
});

test('blank lines, and those of delimiters and empty cells alone, are counted and no records', () => {
  expect(brief(cut('\r\n\na\n\n; ;\t\n"";""\n"";"\n"\n\nb\n\n'))).toEqual([
    ['a', 'strict', 2],
    ['"";"\n"', 'strict', 3],
    ['b', 'strict', 1],
  ]);
});

test('line ends in quotation marks belong to a cell', () => {
  expect(brief(cut('"a\r\n""b"";";1\n2;"c\n\nd"\n'))).toEqual([
    ['"a\r\n""b"";";1', 'strict', 0],
    ['2;"c\n\nd"', 'strict', 0],
  ]);
});

test('a quotation mark inside a cell that does not begin with one is a character', () => {
  expect(brief(cut('5" pipe;x"y\nz'))).toEqual([
    ['5" pipe;x"y', 'strict', 0],
    ['z', 'strict', 0],
  ]);
});

test('spaces around quotation marks are loose', () => {
  expect(brief(cut('a; "b;\nc" ;d\n'))).toEqual([['a; "b;\nc" ;d', 'loose', 0]]);
});

describe('a quotation mark out of place spoils its line alone', () => {
  const bad: [string, string][] = [
    ['one that is never closed', '"a;1'],
    ['one that closes in the next line, before a letter', 'x;"a'],
    ['one that is not doubled', '"a "b" c";1'],
    ['a cell that goes on behind it', '"a"b;1'],
  ];
  test.each(bad)('%s', (_, line) => {
    expect(brief(cut(`h;i\n${line}\nAnn;"2"\n"Bob";3\n`))).toEqual([
      ['h;i', 'strict', 0],
      [line, 'quote', 0],
      ['Ann;"2"', 'strict', 0],
      ['"Bob";3', 'strict', 0],
    ]);
  });

  test('also when nothing after it has another one, or the file ends', () => {
    expect(brief(cut('"a;1\nb;2\nc;3'))).toEqual([
      ['"a;1', 'quote', 0],
      ['b;2', 'strict', 0],
      ['c;3', 'strict', 0],
    ]);
    expect(brief(cut('b;2\n"'))).toEqual([
      ['b;2', 'strict', 0],
      ['"', 'quote', 0],
    ]);
  });

  test('however long the file is', () => {
    const line = 'b;2\n';
    const records = cut(`"a;1\n${line.repeat(LONGEST_RECORD)}`, ';', 30_000);
    expect(records.length).toBe(LONGEST_RECORD + 1);
    expect(brief(records.slice(0, 2))).toEqual([
      ['"a;1', 'quote', 0],
      ['b;2', 'strict', 0],
    ]);
  });
});

test('a line that is too long is cut, and the next one is read', () => {
  for (const size of [1000, 32_768, 10_000_000]) {
    for (const end of ['\n', '\r\n', '\r']) {
      const records = cut(`${'x'.repeat(LONGEST_RECORD * 3)}${end}b;2`, ';', size);
      expect(records.map(({ form, text }) => [form, text.length])).toEqual([
        ['long', LONGEST_RECORD],
        ['strict', 3],
      ]);
    }
  }
});

test('pieces of any size give the same records', () => {
  const characters = fc.constantFrom('a', ';', '"', '\n', '\r', ' ', '\t', '""', '\r\n', '";', ';"');
  fc.assert(
    fc.property(
      fc.array(characters, { maxLength: 60 }),
      fc.integer({ min: 1, max: 7 }),
      fc.constantFrom(';', '\t', ','),
      (parts, size, delimiter) => {
        const text = parts.join('');
        expect(cut(text, delimiter, size)).toEqual(cut(text, delimiter));
      },
    ),
    { numRuns: 2000 },
  );
});
