import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCallRecords } from '../../../src/pbx/records/call-records.ts';
import { RECORDS_AT_ONCE } from '../../../src/service/calls-port.ts';

let folder: string;
let csv: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-records-'));
  csv = join(folder, 'Master.csv');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const DAY = Date.parse('2026-01-05T00:00:00Z');
const ALL = [0, Date.parse('2100-01-01')] as const;

function text(second: number): string {
  return new Date(DAY + second * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

/** A line of an answered call of ten seconds that begins at this second of the day. */
function line(second: number, { dst = '1002', clid = '""Ann"" <1001>', rest = '' } = {}): string {
  const times = `"${text(second)}","${text(second + 2)}","${text(second + 10)}",10,8`;
  return `"","1001","${dst}","internal","${clid}","PJSIP/1001-00000000","PJSIP/1002-00000001","Dial","PJSIP/1002,3",${times},"ANSWERED","DOCUMENTATION"${rest}\n`;
}

async function read(from: number = ALL[0], until: number = ALL[1]) {
  return (await openCallRecords({ csv, url: '', table: '', utc: true })?.read(from, until)) ?? [];
}

/** The seconds of the day at which the records that are found begin. */
async function seconds(from?: number, until?: number): Promise<number[]> {
  return (await read(from, until)).map(({ start }) => (start - DAY) / 1000);
}

test('a line is read whole, with what stands in its quotations', async () => {
  writeFileSync(csv, line(60, { clid: '""Zoë \\""Q\\"", Ltd"" <1001>' }));
  expect(await read()).toEqual([
    {
      ...{ source: '1001', destination: '1002', context: 'internal', callerId: '"Zoë \\"Q\\", Ltd" <1001>' },
      ...{ channel: 'PJSIP/1001-00000000', destinationChannel: 'PJSIP/1002-00000001' },
      ...{ lastApplication: 'Dial', lastData: 'PJSIP/1002,3', disposition: 'ANSWERED' },
      ...{ start: DAY + 60_000, answer: DAY + 62_000, end: DAY + 70_000 },
    },
  ]);
});

test.each<[string, string, object]>([
  ['no more', '', {}],
  ['a unique id', ',"pbx-1795336577.0"', { uniqueId: 'pbx-1795336577.0' }],
  ['a user field', ',"a ""note"", of sorts"', {}],
  ['both', ',"1795336577.0","note"', { uniqueId: '1795336577.0' }],
  ['the new columns', ',"","pbx-1795336577.0",4', { linkedId: 'pbx-1795336577.0' }],
  ['the id and the new columns', ',"rollcall-1","","rollcall-1",4', { uniqueId: 'rollcall-1', linkedId: 'rollcall-1' }],
  ['a user field and the new columns', ',"note","","1795336577.0",4', { linkedId: '1795336577.0' }],
  ['everything', ',"1795336578.1","note","","1795336577.0",4', { uniqueId: '1795336578.1', linkedId: '1795336577.0' }],
])('behind the first sixteen columns there may be %s', async (_, rest, ids) => {
  writeFileSync(csv, line(0, { rest }));
  const [{ uniqueId, linkedId } = {} as never] = await read();
  expect({ ...(uniqueId === undefined ? {} : { uniqueId }), ...(linkedId === undefined ? {} : { linkedId }) }).toEqual(
    ids,
  );
});

test('only calls that ended in the time asked for are found, in the order of their end', async () => {
  const early = line(20);
  writeFileSync(csv, line(0) + line(40) + early + line(60) + line(80));
  expect(await seconds(DAY + 30_000, DAY + 70_000)).toEqual([20, 40, 60]);
  expect(await seconds(DAY + 30_001, DAY + 69_999)).toEqual([40]);
  expect(await seconds(DAY + 91_000)).toEqual([]);
});

test('an earlier leg that is written with a long call is found behind the calls of meanwhile', async () => {
  const meanwhile = Array.from({ length: 150 }, (_, i) => line(20_000 + i)).join('');
  writeFileSync(csv, line(100) + meanwhile + line(50) + line(90));
  expect(await seconds(DAY + 60_000, DAY + 110_000)).toEqual([50, 90, 100]);
});

test('the half of a last line that is being written is left for the next time', async () => {
  const [last, rest] = [line(40).slice(0, 150), line(40).slice(150)];
  writeFileSync(csv, line(0) + last);
  expect(await seconds()).toEqual([0]);
  appendFileSync(csv, rest);
  expect(await seconds()).toEqual([0, 40]);
});

test('a file that was put aside a moment ago is read after the new one, or alone', async () => {
  writeFileSync(csv, line(0) + line(20));
  renameSync(csv, `${csv}.1`);
  expect(await seconds()).toEqual([0, 20]);
  writeFileSync(csv, line(40));
  expect(await seconds()).toEqual([0, 20, 40]);
});

test('a large file costs what is read of it', async () => {
  const hour = Array.from({ length: 3_600 }, (_, i) => line(i)).join('');
  writeFileSync(csv, '');
  for (let i = 0; i < 60; i++) appendFileSync(csv, hour);
  appendFileSync(csv, line(86_000));
  const before = process.cpuUsage();
  expect(await seconds(DAY + 80_000_000)).toEqual([86_000]);
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(1_000);
});

test('when there are too many the newest are given', async () => {
  const many = Array.from({ length: RECORDS_AT_ONCE + 50 }, (_, i) => line(i));
  writeFileSync(csv, many.join(''));
  const found = await seconds();
  expect([found.length, found[0], found.at(-1)]).toEqual([RECORDS_AT_ONCE, 50, RECORDS_AT_ONCE + 49]);
});

test('lines over the edges of what is read at once are whole', async () => {
  const names = Array.from({ length: 2_000 }, (_, i) => line(i, { clid: `""${'ö'.repeat(i % 61)}"" <1001>` }));
  writeFileSync(csv, names.join(''));
  const found = await read();
  expect(found.map(({ callerId }) => callerId)).toEqual(names.map((_, i) => `"${'ö'.repeat(i % 61)}" <1001>`));
});

test('what is no record is passed over', async () => {
  const columns = line(1).split(',');
  const hostile = [
    ...['', ' ', ',', '"', '""', '"""', '\r', 'accountcode,src,dst', columns.slice(0, 15).join(','), '\0\0\0'],
    ...[
      `${columns.join(',').trim()},1,2,3,4,5,6`,
      line(1).replace(text(1), 'yesterday').trim(),
      line(1).replace(/"/g, '').trim(),
    ],
    ...[
      line(1).replace('ANSWERED', 'ANSW3RED').trim(),
      line(1).replace('PJSIP/1001-00000000', '').trim(),
      line(1).trim().slice(3),
    ],
    ...['__proto__,constructor,toString'.repeat(9), 'x'.repeat(1_000_000), `"${'\u{1f600}'.repeat(500)}`],
  ];
  writeFileSync(csv, `${hostile.flatMap((bad, i) => [bad, line(100 + i).trim()]).join('\n')}\n`);
  expect(await seconds()).toEqual(hostile.map((_, i) => 100 + i));
});

test('a record with line breaks in a quotation is one, and one that is broken takes no other with it', async () => {
  writeFileSync(
    csv,
    `${line(0, { clid: '""A\nB\n\nC"" <1>' })}${line(20, { clid: 'x" half' })}${line(40)}"broken\n${line(60)}`,
  );
  const found = await read();
  expect(found.map(({ start, callerId }) => [(start - DAY) / 1000, callerId])).toEqual([
    [0, '"A B C" <1>'],
    [40, '"Ann" <1001>'],
    [60, '"Ann" <1001>'],
  ]);
});

test('control characters, NULs and endless text do not come through', async () => {
  writeFileSync(csv, line(0, { dst: '10\u000002\u001b', clid: `""${'A'.repeat(5_000)}"" <1>` }));
  const [record] = await read();
  expect([record?.destination, record?.callerId.length]).toEqual(['1002', 160]);
});

test('an end that cannot be is counted from the beginning', async () => {
  writeFileSync(csv, line(7_200).replace(text(7_210), text(3_610)) + line(20_000).replace(text(20_010), ''));
  expect((await read()).map(({ start, end }) => (end - start) / 1000)).toEqual([10, 10]);
});

test('a line of 100 MB and a file of nothing but noise hold nothing up', async () => {
  const noise = Buffer.alloc(1024 * 1024, '"x,');
  writeFileSync(csv, line(0));
  for (let i = 0; i < 100; i++) appendFileSync(csv, noise);
  appendFileSync(csv, `\n${line(20)}`);
  const before = process.memoryUsage().rss;
  expect(await seconds()).toEqual([0, 20]);
  expect(process.memoryUsage().rss - before).toBeLessThan(60 * 1024 * 1024);
  writeFileSync(csv, 'nothing of a record\n'.repeat(10_000));
  await expect(read()).rejects.toThrow('cannot be read: it holds something else than records of cdr_csv');
});

test.each<[string, () => void, string]>([
  ['missing', () => undefined, 'does not exist: set calls.records.csv to the file of cdr_csv'],
  ['a folder', () => mkdirSync(csv), 'cannot be read: it is a folder'],
  ['a pipe that nobody writes', () => execFileSync('mkfifo', [csv]), 'cannot be read: it is no ordinary file'],
  ['a link to itself', () => symlinkSync(csv, csv), 'cannot be read: its links go round in a circle (ELOOP)'],
  ['below a file', () => writeFileSync(`${folder}.csv`, ''), 'does not exist'],
])('a path that is %s says so', async (what, make, message) => {
  make();
  if (what === 'below a file') csv = join(folder, 'nowhere', 'Master.csv');
  await expect(read()).rejects.toThrow(message);
  rmSync(`${folder}.csv`, { force: true });
});

test('a file that this user may not read says so', () => {
  writeFileSync(csv, line(0));
  chmodSync(csv, 0o000);
  chmodSync(folder, 0o755);
  const file = new URL('../../../src/pbx/records/csv-records.ts', import.meta.url);
  const script = `import(${JSON.stringify(file.href)}).then(({ readCsv }) => readCsv(${JSON.stringify(csv)}, true, 0, 1)).catch((error) => console.log(error.message))`;
  const command = [process.execPath, '--import', 'tsx', '-e', script];
  const rights = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : [];
  const [program = '', ...args] = [...rights, ...command];
  const out = execFileSync(program, args, { encoding: 'utf8', cwd: new URL('../../..', import.meta.url) });
  expect(out).toBe(
    `${csv} cannot be read: this user may not read it (EACCES): add the user of the daemon to the group of the file\n`,
  );
});

test('reading is broken off when the records are closed', async () => {
  writeFileSync(csv, Array.from({ length: 3_000 }, (_, i) => line(i)).join(''));
  const records = openCallRecords({ csv, url: '', table: '', utc: true });
  const outcome = records?.read(...ALL).catch((error: Error) => error.message);
  await records?.close();
  expect(await outcome).toBe(`${csv} cannot be read: it was broken off`);
});

test('the newest record is the last that can be read', async () => {
  const records = openCallRecords({ csv, url: '', table: '', utc: true });
  writeFileSync(csv, `${line(0)}${line(20)}noise\n`);
  expect((await records?.newest(0))?.start).toBe(DAY + 20_000);
  writeFileSync(csv, '');
  expect(await records?.newest(0)).toBeUndefined();
});

test('without a file and a database there are no records', () => {
  expect(openCallRecords({ csv: '', url: '', table: 'cdr', utc: false })).toBeUndefined();
});
