import { describe, expect, it } from 'vitest';
import { LiveLines } from '../../src/cli/live-lines.ts';
import { jsonLine, localTime } from '../../src/cli/print.ts';
import { tableLines } from '../../src/cli/table.ts';
import { cutTo, printable, width } from '../../src/cli/width.ts';

describe('the width of a text on a terminal', () => {
  it.each([
    ['', 0],
    ['Alice', 5],
    ['Zoë', 3],
    ['Zoe\u0308', 3],
    ['田中', 4],
    ['한국', 4],
    ['ｱ', 1],
    ['Ａ', 2],
    ['👩‍💻', 2],
    ['🇩🇪', 2],
    ['☎️', 2],
    ['☎', 1],
    ['عمر', 3],
    ['\u200b', 0],
  ])('of %j is %i', (text, columns) => {
    expect(width(text)).toBe(columns);
  });

  it('is kept when a text is cut', () => {
    expect(cutTo('abcdef', 6)).toBe('abcdef');
    expect(cutTo('abcdef', 5)).toBe('abcd…');
    expect(cutTo('田中田中', 5)).toBe('田中…');
    expect(cutTo('田中田中', 4)).toBe('田…');
  });
});

describe('a table', () => {
  it('is aligned with wide characters and emoji in it', () => {
    const rows = [
      ['1001', '田中 太郎', 'idle'],
      ['1002', 'Zoë 👩‍💻', 'ringing'],
      ['103', '', 'x'],
    ];
    expect(tableLines(['EXT', 'NAME', 'LINE'], rows)).toEqual([
      'EXT   NAME       LINE',
      '1001  田中 太郎  idle',
      '1002  Zoë 👩‍💻     ringing',
      '103              x',
    ]);
  });

  it('leaves out trailing columns that are empty everywhere', () => {
    expect(tableLines(['A', 'B', 'C'], [['1', '', '']])).toEqual(['A', '1']);
    expect(tableLines(['A', 'B'], [])).toEqual(['A']);
  });

  it('is cut to the columns there are', () => {
    expect(tableLines(['A', 'B'], [['1', 'a long value']], 8)).toEqual(['A  B', '1  a lo…']);
  });

  it('lets no escape sequence, line end or turn of direction through', () => {
    expect(tableLines(['A'], [['x\x1b[2J\r\n\u009by\u202e']])).toEqual(['A', 'x [2J y']);
    expect(printable('a\ud800')).toBe('a\ufffd');
  });
});

describe('JSON for a terminal', () => {
  it('escapes the control characters that JSON leaves as they are, and reads back the same', () => {
    const value = { name: 'a\u009b2J\u007f\u2028\u202eb' };
    expect(jsonLine(value)).toBe('{"name":"a\\u009b2J\\u007f\\u2028\\u202eb"}');
    expect(JSON.parse(jsonLine(value))).toEqual(value);
  });
});

describe('a local time', () => {
  it('has its day only when that is another', () => {
    const at = new Date(2026, 10, 21, 9, 5).toISOString();
    expect(localTime(at, new Date(2026, 10, 21, 23, 59).getTime())).toBe('09:05');
    expect(localTime(at, new Date(2026, 10, 22, 0, 0).getTime())).toBe('2026-11-21 09:05');
    expect(localTime('nonsense', 0)).toBe('');
  });
});

describe('lines drawn in their place', () => {
  it('go back over what was drawn before and clear it', () => {
    let text = '';
    const lines = new LiveLines({ write: (more) => (text += more), rows: 10 });
    lines.draw(['a', 'b']);
    lines.draw(['c']);
    expect(text).toBe('\r\x1b[Ja\nb\n\x1b[2A\r\x1b[Jc\n');
  });

  it('count what does not fit the screen', () => {
    let text = '';
    new LiveLines({ write: (more) => (text += more), rows: 4 }).draw(['a', 'b', 'c', 'd']);
    expect(text).toBe('\r\x1b[Ja\nb\n… and 2 more\n');
  });
});
