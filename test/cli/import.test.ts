import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import type { Write } from '../../src/service/store.ts';
import { CliIo } from '../support/cli-io.ts';
import { CliWorld } from '../support/cli-world.ts';
import { REPORT } from '../support/paper-imports.ts';

const OPERATOR = { extension: '', admin: true, contacts: true };
const GOOD = { ...REPORT, rows: 2, failed: 0, errors: [], warnings: [] };

let world: CliWorld;
/** Outside of the data folder. */
let folder: string;
let file: string;
beforeEach(async () => {
  world = new CliWorld();
  folder = mkdtempSync(join(tmpdir(), 'rollcall-files-'));
  file = join(folder, 'contacts.csv');
  writeFileSync(file, 'First Name,Mobile\r\nÄda,1\r\n');
  world.imports.books = ['company', '3f9c', 'aaaa', 'bbbb', 'personal:1001'];
  const book = (id: string, name: string): Write => ({ table: 'books', id, value: { id, name } });
  const user = { groups: [], admin: false, disabled: false };
  await world.store.commit([
    { table: 'users', id: '1001', value: { id: '1001', ...user } },
    ...[book('company', 'Company'), book('3f9c', 'Sales'), book('aaaa', 'Twin'), book('bbbb', 'twin')],
  ]);
});
afterEach(async () => {
  await world.end();
  rmSync(folder, { recursive: true });
});

describe.each([
  ['with a daemon', true],
  ['without a daemon', false],
])('rollcall import, %s', (_title, daemon) => {
  beforeEach(async () => {
    if (daemon) await world.startDaemon();
  });
  afterEach(() => {
    if (daemon) expect(world.opened).toBe(0);
    expect(world.closed).toBe(world.opened);
  });

  it('hands over the file and says what became of its rows', async () => {
    world.imports.outcome = async () => GOOD;
    expect(await world.run(['import', file, '--book', 'company'])).toEqual({
      code: 0,
      stdout: `2 rows: 1 added, 1 updated, 0 unchanged, 0 skipped, 0 failed
read as csv, Yeastar P-Series, UTF-8, semicolons
rollcall import --undo i1 takes it back
`,
      stderr: '',
    });
    expect(world.imports.runs).toEqual([
      {
        viewer: OPERATOR,
        wish: { book: 'company', dryRun: false, onDuplicate: 'update' },
        text: 'First Name,Mobile\r\nÄda,1\r\n',
        progress: expect.any(Function),
      },
    ]);
  });

  it('names row, column, value and reason of what is wrong, and ends with 1', async () => {
    const outcome = await world.run(['import', file, '--book', 'company']);
    expect(outcome).toEqual({
      code: 1,
      stdout: expect.stringMatching(/^3 rows: 1 added, 1 updated, 0 unchanged, 0 skipped, 1 failed\n/),
      stderr: `ROW  COLUMN  VALUE  WARNING
2    Home    7946   a zero at the beginning may be missing
ROW  COLUMN  VALUE     ERROR
3    Mobile  4.91E+12  a spreadsheet has cut this number: type it again
1 row failed; the others are in. --errors FILE writes them to a file, to be mended there and imported
`,
    });
  });

  it('prints the first fifty faults of each kind, safely, and how many more there are', async () => {
    const fault = { row: 7, column: 'A\u001b[31m', value: 'x'.repeat(200), reason: 'wrong\u202e' };
    world.imports.outcome = async () => ({
      ...REPORT,
      ...{ warnings: [], errors: new Array(60).fill(fault), moreErrors: 100, rows: 1, failed: 1, added: 0, updated: 0 },
    });
    const lines = (await world.run(['import', file, '--book', 'company'])).stderr.trimEnd().split('\n');
    expect([lines.length, new Set(lines.slice(1, 51)), ...lines.slice(51)]).toEqual([
      53,
      new Set([`7    A [31m  ${'x'.repeat(29)}…  wrong`]),
      'and 110 more errors',
      '1 row failed. --errors FILE writes them to a file, to be mended there and imported',
    ]);
  });

  it('asks for what the options say', async () => {
    const columns = 'firstName, ,,number:mobile,address:work:street';
    const options = ['--dry-run', '--on-duplicate', 'skip', '--columns', columns];
    world.imports.outcome = async () => ({ ...REPORT, dryRun: true, undoable: false });
    const outcome = await world.run(['import', file, '--book', 'sales', ...options]);
    expect(outcome.stdout).toMatch(/^3 rows: .* 1 failed \(nothing was changed\)\n/);
    expect(outcome.stderr).toContain('1 row failed; the others are right. ');
    expect(world.imports.runs.map(({ wish }) => wish)).toEqual([
      {
        book: '3f9c',
        dryRun: true,
        onDuplicate: 'skip',
        columns: ['firstName', null, null, 'number:mobile', 'address:work:street'],
      },
    ]);
  });

  it('reads stdin', async () => {
    await world.run(['import', '-', '--book', 'company'], new CliIo({ stdin: 'Name\nx' }));
    expect(world.imports.runs.map(({ text }) => text)).toEqual(['Name\nx']);
  });

  it('carries a large file over whole', async () => {
    const large = Buffer.alloc(3_000_001, 'äöü€');
    writeFileSync(file, large);
    await world.run(['import', file, '--book', 'company']);
    expect(world.imports.runs.map(({ text }) => text === large.toString())).toEqual([true]);
  });

  it('imports into the personal book of a user, of whom there must be one', async () => {
    await world.run(['import', file, '--owner', '1001']);
    expect(world.imports.runs.map(({ wish }) => wish.book)).toEqual(['personal:1001']);
    expect(await world.run(['import', file, '--owner', '1009'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'rollcall: there is no user 1009\n',
    });
  });

  it.each([
    ['nothing', 'there is no company book nothing: choose company (Company), 3f9c (Sales), aaaa (Twin), bbbb (twin)'],
    ['Twin', 'more than one company book is named Twin: choose aaaa (Twin), bbbb (twin)'],
  ])('says which books there are for %s', async (book, message) => {
    const { code, stderr } = await world.run(['import', file, '--book', book]);
    expect([code, stderr, world.imports.runs]).toEqual([1, `rollcall: ${message}\n`, []]);
  });

  it('writes the rows that failed to a file of its owner alone', async () => {
    const errors = join(folder, 'errors.csv');
    world.imports.failed = { bytes: Buffer.from([0xef, 0xbb, 0xbf, 0xff, ...Buffer.alloc(600_000, 'a')]), type: 'csv' };
    const { code, stderr } = await world.run(['import', file, '--book', 'company', '--errors', errors]);
    expect([code, stderr.split('\n').slice(-3)]).toEqual([
      1,
      ['1 row failed; the others are in', `1 row that failed written to ${errors}`, ''],
    ]);
    expect([readFileSync(errors).equals(world.imports.failed.bytes), statSync(errors).mode & 0o777]).toEqual([
      true,
      0o600,
    ]);
    expect(world.imports.asked).toEqual([['failedRows', '', 'i1']]);
  });

  it('does not import when the rows that fail could not be kept, and writes no file when none failed', async () => {
    const errors = join(folder, 'errors.csv');
    writeFileSync(errors, 'mine');
    const refused = await world.run(['import', file, '--book', 'company', '--errors', errors]);
    expect([refused, world.imports.runs, readFileSync(errors, 'utf8')]).toEqual([
      { code: 1, stdout: '', stderr: `rollcall: ${errors} exists: add --force to replace it\n` },
      [],
      'mine',
    ]);
    await world.run(['import', file, '--book', 'company', '--errors', errors, '--force']);
    expect(readFileSync(errors, 'utf8')).toBe('a,Reason');
    world.imports.outcome = async () => GOOD;
    const others = join(folder, 'others.csv');
    expect((await world.run(['import', file, '--book', 'company', '--errors', others])).code).toBe(0);
    expect(existsSync(others)).toBe(false);
  });

  it('prints the report as JSON, and nothing else', async () => {
    const { code, stdout, stderr } = await world.run(['import', file, '--book', 'company', '--json']);
    expect([code, JSON.parse(stdout), stderr]).toEqual([1, REPORT, '']);
  });

  it('says what the import refuses', async () => {
    world.imports.outcome = () => Promise.reject(new Failure('params', 'this is a workbook: save it as CSV'));
    expect(await world.run(['import', file, '--book', 'company'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'rollcall: this is a workbook: save it as CSV\n',
    });
  });

  it('lists the imports of the past', async () => {
    const past = { id: 'i1', book: 'company', at: '1970-01-01T00:00:00.000Z', rows: 3, added: 1, updated: 1 };
    world.imports.past = [
      { ...past, by: '1001' },
      { ...past, id: 'i0' },
    ];
    const { code, stdout } = await world.run(['import', '--list']);
    expect([code, stdout.replace(/\d\d:\d\d/g, '00:00')]).toEqual([
      0,
      `ID  AT     BOOK     BY    ROWS  ADDED  UPDATED
i1  00:00  company  1001  3     1      1
i0  00:00  company        3     1      1
`,
    ]);
    expect(JSON.parse((await world.run(['import', '--list', '--json'])).stdout)).toEqual(world.imports.past);
    world.imports.past = [];
    expect(await world.run(['import', '--list'])).toEqual({ code: 0, stdout: '', stderr: 'there are no imports\n' });
  });

  it('takes one back', async () => {
    expect(await world.run(['import', '--undo', 'i1'])).toEqual({
      code: 0,
      stdout: 'the import i1 was taken back: 2 contacts removed, 1 contact as before\n',
      stderr: '',
    });
    expect(JSON.parse((await world.run(['import', '--undo', 'i1', '--json'])).stdout)).toEqual({
      removed: 2,
      restored: 1,
    });
    expect(await world.run(['import', '--undo', 'i2'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'rollcall: there is no such import\n',
    });
  });
});

describe('rollcall import that is called wrongly', () => {
  const HOW = 'import: name one FILE, or give --list, or --undo ID';
  it.each([
    [[], HOW],
    [['--list', '--undo', 'i1'], HOW],
    [['f', '--list'], HOW],
    [['f'], 'import: say where to: --book company, or --owner 1001 for the personal book of a user'],
    [['f', '--book', ''], 'import: say where to: --book company, or --owner 1001 for the personal book of a user'],
    [['f', '--book', 'company', '--owner', '1001'], 'import: give --book or --owner, not both'],
    [['f', '--owner', 'alice'], 'import: --owner takes the extension of a user, such as --owner 1001'],
    [['f', '--book', 'personal'], 'import: --owner EXTENSION names a personal book, such as --owner 1001'],
    [['f', '--book', 'personal:1001'], 'import: --owner EXTENSION names a personal book, such as --owner 1001'],
    [['f', '--book', 'c', '--on-duplicate', 'merge'], "import: --on-duplicate takes skip, update, add, not 'merge'"],
    [
      ['f', '--book', 'c', '--columns', 'firstname'],
      "import: --columns: 'firstname' is nothing that a column can be; did you mean firstName?",
    ],
    [['f', '--book', 'c', '--errors', '-'], 'import: --errors takes the name of a file'],
  ])('%j', async (args, message) => {
    writeFileSync(join(folder, 'f'), 'x');
    const given = args.map((arg) => (arg === 'f' ? join(folder, 'f') : arg));
    expect(await world.run(['import', ...given])).toEqual({ code: 2, stdout: '', stderr: `rollcall: ${message}\n` });
    expect(world.imports.runs).toEqual([]);
  });

  it('with a file that is not there, a folder, or too much', async () => {
    const missing = join(folder, 'missing');
    expect((await world.run(['import', missing, '--book', 'company'])).stderr).toMatch(
      /^rollcall: .*missing cannot be read: /,
    );
    expect((await world.run(['import', folder, '--book', 'company'])).code).toBe(1);
    writeFileSync(file, Buffer.alloc(64 * 1_048_576 + 1));
    expect((await world.run(['import', file, '--book', 'company'])).stderr).toBe(
      `rollcall: ${file} is too long: at most 67108864 bytes\n`,
    );
    expect(world.imports.runs).toEqual([]);
  });
});

describe('the progress of an import', () => {
  it('is told at a terminal, in its place', async () => {
    await world.startDaemon();
    let time = 0;
    const io = new CliIo({ tty: true });
    Object.assign(io.stderr, { isTTY: true });
    Object.assign(io, { now: () => (time += 2_000) });
    world.imports.outcome = async ({ progress }) => {
      progress?.({ phase: 'reading', done: 0, total: 0 });
      await io.stderr.wrote('reading…');
      progress?.({ phase: 'saving', done: 5, total: 9 });
      await io.stderr.wrote('saving: 5 of 9 rows');
      return GOOD;
    };
    const { stderr } = await world.run(['import', file, '--book', 'company'], io);
    expect(stderr.endsWith('\r\x1b[K')).toBe(true);
  });
});
