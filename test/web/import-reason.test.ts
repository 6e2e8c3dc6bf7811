import { expect, test } from 'vitest';
import { openContactFile } from '../../src/formats/contact-file.ts';
import { isGuessed, layoutText, reasonText } from '../../web/src/import/reason.ts';
import { de } from '../../web/src/texts/de.ts';
import { en } from '../../web/src/texts/en.ts';

test('known reasons are told in the language of the user', () => {
  const reason = 'the spreadsheet has rounded this number; format the column as text and enter it again';
  expect(reasonText(en, reason)).toBe(en.transfer.reasons.rounded);
  expect(reasonText(de, reason)).toBe(de.transfer.reasons.rounded);
  expect(reasonText(de, 'needs at least one number')).toBe(de.common.issue.numbers);
});

test('a reason that is not known is told in the words of the server', () => {
  expect(reasonText(de, 'is something new')).toBe('is something new');
});

test('a layout without a name is told in the language of the user, a program by its name', () => {
  expect(layoutText(en, 'Yeastar P-Series')).toBe('Yeastar P-Series');
  expect(layoutText(de, 'unknown columns')).toBe('Spalten keines bekannten Programms');
  expect(layoutText(de, 'toString')).toBe('toString');
});

test('only columns of no known program are a guess', () => {
  expect(['unknown columns', 'no header', 'Outlook'].map(isGuessed)).toEqual([true, true, false]);
});

test('what the reader of files finds wrong is known here, in its own words', async () => {
  const table = [
    'ID,First Name,Last Name,Mobile,Remark',
    ',A,B,4.91E+12,',
    ',C,D,####,',
    ',E,F,01.02.2026,',
    ',G,H,7700900123,#REF!',
    'ID,First Name,Last Name,Mobile,Remark',
  ].join('\r\n');
  const file = await openContactFile(new TextEncoder().encode(table), { country: 'GB' });
  const reasons: string[] = [];
  for await (const rows of file.rows()) {
    for (const { errors, warnings } of rows) reasons.push(...[...errors, ...warnings].map(({ reason }) => reason));
  }
  const { rounded, narrow, date, zero, formula, repeated } = de.transfer.reasons;
  expect(reasons.map((reason) => reasonText(de, reason)).sort()).toEqual(
    [rounded, narrow, date, zero, formula, repeated].sort(),
  );
});
