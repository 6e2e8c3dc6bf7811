import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkRecords } from '../../src/cli/check/records.ts';
import { Secret } from '../../src/settings/secret.ts';

let folder: string;
let csv: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-check-'));
  csv = join(folder, 'Master.csv');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const BORN = Date.parse('2026-01-05T08:00:00Z') / 1000;

function line(hour: string, ids: string): string {
  const times = `"2026-01-05 ${hour}:00:00","2026-01-05 ${hour}:00:02","2026-01-05 ${hour}:00:10",10,8`;
  return `"","1001","1002","internal","""Ann"" <1001>","PJSIP/1001-00000000","PJSIP/1002-00000001","Dial","PJSIP/1002,3",${times},"ANSWERED","DOCUMENTATION"${ids}\n`;
}

async function check(settings: { csv?: string; url?: string }): Promise<string> {
  const { level, topic, text } = await checkRecords(
    { csv: settings.csv ?? '', url: new Secret(settings.url ?? ''), table: 'cdr', utc: true },
    Date.parse('2026-01-06T00:00:00Z'),
  );
  return `${level} ${topic}: ${text}`;
}

test('without records it says what that means', async () => {
  expect(await check({})).toMatch(/^ok call records: none: calls made while the daemon is away are shown as unknown/);
});

test('a file with all columns is right', async () => {
  writeFileSync(csv, line('08', `,"pbx-${BORN}.0","","","pbx-${BORN}.0",0`));
  expect(await check({ csv })).toBe(
    `ok call records: ${csv} can be read; the last call ended at 2026-01-05T08:00:10.000Z`,
  );
});

test('a file without linked ids says how they get into it', async () => {
  writeFileSync(csv, line('08', `,"pbx-${BORN}.0"`));
  expect(await check({ csv })).toMatch(
    /^warn .*no linked id.*: set loguniqueid=yes and newcdrcolumns=yes under \[csv\] in cdr.conf$/,
  );
});

test('times in another zone are told by how many hours', async () => {
  writeFileSync(csv, line('13', `,"pbx-${BORN}.0","","","pbx-${BORN}.0",0`));
  expect(await check({ csv })).toBe(
    `warn call records: the times in ${csv} are 5 hours off: set calls.records.utc, or the time zone (TZ) of the daemon, as Asterisk has it`,
  );
});

test('an empty file, and one that is not there', async () => {
  writeFileSync(csv, '');
  expect(await check({ csv })).toMatch(/^warn .*has no record yet: make a call and look again$/);
  rmSync(csv);
  expect(await check({ csv })).toBe(
    `FAIL call records: ${csv} does not exist: set calls.records.csv to the file of cdr_csv`,
  );
});

test('a database that is away is told without its password', async () => {
  const finding = await check({ url: 'postgres://reader:geheim@127.0.0.1:1/asterisk' });
  expect(finding).toBe('FAIL call records: the database of calls.records.url cannot be read: ECONNREFUSED');
  const wrong = await check({ url: 'postgres://reader:geheim@[db/asterisk' });
  expect(wrong).toBe(
    'FAIL call records: calls.records.url is no URL: write special characters of the password as %40 and the like',
  );
});
