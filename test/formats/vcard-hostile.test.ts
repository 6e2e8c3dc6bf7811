import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { openVCards } from '../../src/formats/vcard-reading.ts';
import { rowsOf, turnsDuring } from '../support/contact-files.ts';

/** What becomes of a text: how many rows, and what is wrong with them, each reason once. */
async function outcome(text: string) {
  const rows = await rowsOf(openVCards(text, 'UTF-8'));
  return { rows: rows.length, reasons: [...new Set(rows.flatMap(({ errors }) => errors.map(({ reason }) => reason)))] };
}

function card(...lines: string[]): string {
  return ['BEGIN:VCARD', ...lines, 'END:VCARD', ''].join('\n');
}

const GOOD = card('FN:Anna', 'TEL:1');
const NO_END = 'it has no END:VCARD; look whether all of it is here';
const TOO_MUCH = 'it has more than 500 lines, or 100000 characters, of names, numbers and addresses; take some out';

describe('a hostile file of vCards', () => {
  const files: [string, string, object][] = [
    ['cards that never end', 'BEGIN:VCARD\n'.repeat(50_000), { rows: 50_000, reasons: [NO_END] }],
    ['empty cards', 'BEGIN:VCARD\nEND:VCARD\n'.repeat(50_000), { rows: 50_000, reasons: [] }],
    ['cards in cards', `BEGIN:VCARD\n${'AGENT:\nBEGIN:VCARD\n'.repeat(100_000)}`, { rows: 1, reasons: [NO_END] }],
    ['ends without beginnings', `${GOOD}${'END:VCARD\n'.repeat(50_000)}`, { rows: 1, reasons: [] }],
    ['numbers without end', card(...Array(100_000).fill('TEL:1')), { rows: 1, reasons: [TOO_MUCH] }],
    ['notes without end', card(...Array(20).fill(`NOTE:${'x'.repeat(19_000)}`)), { rows: 1, reasons: [TOO_MUCH] }],
    [
      'a line of a megabyte',
      card('FN:Anna', `TEL:${'1'.repeat(1_000_000)}`),
      { rows: 1, reasons: ['its TEL is longer than 20000 characters; shorten it'] },
    ],
    [
      'a folded line of megabytes',
      card('FN:Anna', `NOTE:${'x\n '.repeat(1_000_000)}`),
      { rows: 1, reasons: ['its NOTE is longer than 20000 characters; shorten it'] },
    ],
    [
      'a picture of megabytes in one line',
      card('FN:Anna', `PHOTO:${'A'.repeat(5_000_000)}`, 'TEL:1'),
      { rows: 1, reasons: [] },
    ],
    [
      'a folded picture of megabytes',
      card('FN:Anna', `PHOTO:${'AAAA\n '.repeat(1_000_000)}`, 'TEL:1'),
      { rows: 1, reasons: [] },
    ],
    ['empty lines without end', card('FN:Anna', '\n'.repeat(1_000_000), 'TEL:1'), { rows: 1, reasons: [] }],
    ['carriage returns without end', card('FN:Anna', '\r'.repeat(1_000_000), 'TEL:1'), { rows: 1, reasons: [] }],
  ];
  test.each(files)('of %s harms nobody', async (_, text, expected) => {
    expect(await outcome(text)).toEqual(expected);
  });

  test('leaves the cards before and after a bad one as they are', async () => {
    const rows = await rowsOf(openVCards(`${GOOD}BEGIN:VCARD\nFN:Bad\n${GOOD}`, 'UTF-8'));
    expect(rows.map(({ row, errors }) => [row, errors.length])).toEqual([
      [1, 0],
      [2, 1],
      [3, 0],
    ]);
    expect(rows.map(({ fields }) => fields['firstName'])).toEqual(['Anna', undefined, 'Anna']);
  });

  test('may have so many cards and no more', async () => {
    await expect(rowsOf(openVCards('BEGIN:VCARD\n'.repeat(500_001), 'UTF-8'))).rejects.toMatchObject({
      code: 'too_large',
      message: 'the file has more than 500000 cards; divide it into several files',
    });
  }, 60_000);

  test('of groups alone between contacts is told of a thousand times at most', async () => {
    const [row] = await rowsOf(openVCards(GOOD + card('KIND:group').repeat(3000), 'UTF-8'));
    expect(row?.warnings.length).toBe(1000);
  });

  test('costs no more for a line that is nothing but separators, quotes or escapes', async () => {
    const lines = [
      'N:',
      'ORG:',
      'ADR:',
      'TEL;',
      'TEL:',
      'NOTE:',
      'NOTE;QUOTED-PRINTABLE:',
      'FN:',
      'UID:',
      'X-ABLABEL:',
    ].flatMap((head) =>
      [';', ',', '\\', '"', '=', ';="', ' ', ' ;', '\\;,', '=0A', '/', '|', ':'].map(
        (sign) => head + sign.repeat(6000),
      ),
    );
    const started = process.cpuUsage();
    for (const line of lines) await outcome(card('FN:Anna', line, 'TEL:1'));
    // Some milliseconds each; what grows with the square of its length would need many seconds.
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(5000);
  }, 60_000);

  test('cannot reach what every object has', async () => {
    const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];
    const text = card(
      'FN:Anna',
      ...names.flatMap((name) => [`${name}:1`, `TEL;${name}=x;TYPE=${name}:1`, `${name}.TEL:1`]),
    );
    const [row] = await rowsOf(openVCards(text, 'UTF-8'));
    expect(row?.fields['numbers']).toEqual(Array(8).fill({ type: 'other', number: '1' }));
  });

  test('lets others have their turn, within one card too', async () => {
    const cards = GOOD.repeat(20_000);
    expect(await turnsDuring(() => rowsOf(openVCards(cards, 'UTF-8')))).toBeGreaterThan(10);
    const picture = card('FN:Anna', `PHOTO:${'AAAA\n '.repeat(1_000_000)}`, 'TEL:1');
    expect(await turnsDuring(() => rowsOf(openVCards(picture, 'UTF-8')))).toBeGreaterThan(10);
  });
});

/** Rows, or the code of a Failure; anything else is thrown. */
async function read(text: string): Promise<unknown> {
  try {
    const file = openVCards(text, 'UTF-8');
    const rows = await rowsOf(file);
    const faults = new Map(rows.map((row) => [row.row, [{ row: row.row, column: '', value: '', reason: 'x' }]]));
    await file.failedRows(faults);
    for (const row of rows) for (const path of ['firstName', 'numbers.0.number', 'addresses.3.zip', '']) row.cell(path);
    return rows;
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
}

test('no text at all makes it throw anything but a Failure', async () => {
  const words = fc.constantFrom(
    'BEGIN:VCARD',
    'END:VCARD',
    'VERSION:2.1',
    'VERSION:4.0',
    'N',
    'FN',
    'ADR',
    'TEL',
    'NOTE',
    'ORG',
    'item1.',
    'X-ABLABEL',
    ';',
    ':',
    '=',
    ',',
    '\\',
    '"',
    '.',
    ' ',
    '\n',
    '\n',
    '\n ',
    '\r\n',
    '\r',
    '=\n',
    '=C3',
    ';TYPE=',
    ';ENCODING=QUOTED-PRINTABLE',
    ';CHARSET=utf-16',
    ';VALUE=date-time',
    ';VALUE=uri:',
    'tel:%',
    ';ext=',
    '\0',
    '\ud800',
    'a',
    '+44',
  );
  const texts = fc.oneof(
    fc.array(words, { maxLength: 60 }).map((some) => `BEGIN:VCARD\n${some.join('')}\nEND:VCARD\n`),
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => `BEGIN:VCARD\n${Buffer.from(bytes).toString('latin1')}`),
  );
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      expect(['params', 'too_large', expect.any(Array)]).toContainEqual(await read(text));
    }),
    { numRuns: 2000 },
  );
}, 60_000);
