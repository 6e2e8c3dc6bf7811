import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { csvRecords } from '../../src/formats/csv-records.ts';
import { open, rowsOf } from './opened.ts';

const line = (index: number) => `Ann ${index};020 7946 ${String(index % 10_000).padStart(4, '0')};"said ""hi"""\n`;

test('more than a million rows are refused, and blank lines are not counted', async () => {
  const blanks = '\n'.repeat(3_000_000) + ';;;\n'.repeat(1_000_000) + '"";""\n'.repeat(1_000_000);
  const text = `Name;Phone\n${blanks}${'a;1\n'.repeat(1_000_001)}`;
  const encoding = { name: 'UTF-8', label: 'utf-8', mark: 0 };
  let rows = 0;
  let second = 0;
  const reading = async () => {
    for await (const some of csvRecords({ bytes: Buffer.from(text), encoding, delimiter: ';' })) {
      rows += some.length;
      second ||= some.find(({ row }) => row > 1)?.row ?? 0;
    }
  };
  await expect(reading()).rejects.toMatchObject({
    code: 'too_large',
    message: 'the file has more than 1000000 rows: import it in parts',
  });
  expect(second).toBe(5_000_002);
  expect(rows).toBeLessThanOrEqual(1_000_001);
  expect(rows).toBeGreaterThan(999_000);
}, 120_000);

test('others have their turn between any 64 rows, when a file is opened, read and given back', async () => {
  const count = 5000;
  const bytes = Buffer.from(`Name;Phone;Notes\n${Array.from({ length: count }, (_, index) => line(index)).join('')}`);
  let turns = 0;
  let isDone = false;
  const others = (async () => {
    while (!isDone) {
      turns += 1;
      await nextTurn();
    }
  })();
  const file = await open(bytes);
  const opened = turns;
  let rows = 0;
  for await (const some of file.rows()) {
    expect(some.length).toBeLessThanOrEqual(64);
    rows += some.length;
  }
  const read = turns;
  await file.failedRows(new Map(Array.from({ length: count }, (_, index) => [index + 2, []])));
  const written = turns;
  isDone = true;
  await others;
  expect(rows).toBe(count);
  expect(opened).toBeGreaterThanOrEqual(1000 / 64);
  expect(read - opened).toBeGreaterThanOrEqual(count / 64);
  expect(written - read).toBeGreaterThanOrEqual(count / 64);
});

test('the rows that are known before reading are those of the file', async () => {
  const file = await open(`Name;Phone;Notes\n${line(1)}${line(2)}${line(3)}`);
  // One more for the end of the last line.
  expect([file.estimate, (await rowsOf(file)).length]).toEqual([4, 3]);
});

test('samples are the first three cells that are not empty, cut', async () => {
  const file = await open(`Name;Phone\n;1\n${'x'.repeat(100)};2\n;3\nAnn;4\nBob;5\nCid;6\n`);
  expect(file.columns).toEqual([
    { header: 'Name', target: 'name', samples: ['x'.repeat(80), 'Ann', 'Bob'] },
    { header: 'Phone', target: 'number:business', samples: ['1', '2', '3'] },
  ]);
});
