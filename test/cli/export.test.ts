import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { CliIo } from '../support/cli-io.ts';
import { CliWorld } from '../support/cli-world.ts';
import { listed } from '../support/paper-imports.ts';

let world: CliWorld;
/** Outside of the data folder. */
let folder: string;
beforeEach(async () => {
  world = new CliWorld();
  folder = mkdtempSync(join(tmpdir(), 'rollcall-files-'));
  await world.store.commit([
    { table: 'books', id: 'company', value: { id: 'company', name: 'Company' } },
    { table: 'users', id: '1001', value: { id: '1001', groups: [], admin: false, disabled: false } },
  ]);
  world.imports.pieces = (_book, format) => listed([`﻿${format}\r\n`, '"+44 20"\r\n']);
});
afterEach(async () => {
  await world.end();
  rmSync(folder, { recursive: true });
});

describe.each([
  ['with a daemon', true],
  ['without a daemon', false],
])('rollcall export, %s', (_title, daemon) => {
  beforeEach(async () => {
    if (daemon) await world.startDaemon();
  });

  it.each([
    ['c.csv', [], 'csv'],
    ['c.VCF', [], 'vcf'],
    ['c.vcard', [], 'vcf'],
    ['c.txt', ['--format', 'vcf'], 'vcf'],
    ['c.csv', ['--format', 'vcf'], 'vcf'],
  ])('writes %s with %j as %s, for its owner alone', async (name, options, format) => {
    const path = join(folder, name);
    expect(await world.run(['export', path, '--book', 'Company', ...options])).toEqual({
      code: 0,
      stdout: `the book Company was written to ${path} (18 bytes)\n`,
      stderr: '',
    });
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual([`﻿${format}\r\n"+44 20"\r\n`, 0o600]);
    expect(world.imports.asked).toEqual([['write', '', 'company', format]]);
  });

  it('writes to stdout, CSV unless said otherwise', async () => {
    expect(await world.run(['export', '-', '--book', 'company'])).toEqual({
      code: 0,
      stdout: '﻿csv\r\n"+44 20"\r\n',
      stderr: 'the book company was written to stdout (18 bytes)\n',
    });
    expect((await world.run(['export', '-', '--book', 'company', '--format', 'vcf'])).stdout).toContain('vcf');
  });

  it('replaces a file with --force alone', async () => {
    const path = join(folder, 'c.csv');
    writeFileSync(path, 'mine');
    expect(await world.run(['export', path, '--book', 'company'])).toEqual({
      code: 1,
      stdout: '',
      stderr: `rollcall: ${path} exists: add --force to replace it\n`,
    });
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect((await world.run(['export', path, '--book', 'company', '--force'])).code).toBe(0);
    expect(readFileSync(path, 'utf8')).toContain('csv');
  });

  it('that breaks off leaves nothing', async () => {
    world.imports.pieces = async function* () {
      yield 'half';
      throw new Failure('storage', 'the disk is gone');
    };
    const path = join(folder, 'c.csv');
    expect(await world.run(['export', path, '--book', 'company'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'rollcall: the disk is gone\n',
    });
    expect(readdirSync(folder).filter((name) => name.includes('c.csv'))).toEqual([]);
    world.imports.pieces = () => listed(['whole']);
    expect((await world.run(['export', path, '--book', 'company'])).code).toBe(0);
  });

  it.each(['personal', 'personal:1001'])('does not touch the personal book %s', async (book) => {
    const path = join(folder, 'c.csv');
    expect(await world.run(['export', path, '--book', book])).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'rollcall: a personal book is nobody’s but its owner’s, not the operator’s either: the owner can export it in the portal\n',
    });
    expect([world.imports.asked, existsSync(path)]).toEqual([[], false]);
  });

  it('says which books there are', async () => {
    expect((await world.run(['export', join(folder, 'c.csv'), '--book', 'sales'])).stderr).toBe(
      'rollcall: there is no company book sales: choose company (Company)\n',
    );
  });
});

it.each([
  [['c.csv'], 'export: say which book: --book company'],
  [['c', '--book', 'company'], 'export: c ends in neither .csv nor .vcf: add --format csv or --format vcf'],
  [['c.csv', '--book', 'company', '--format', 'xlsx'], "export: --format takes csv or vcf, not 'xlsx'"],
])('rollcall export %j is called wrongly', async (args, message) => {
  expect(await world.run(['export', ...args])).toEqual({ code: 2, stdout: '', stderr: `rollcall: ${message}\n` });
});

it('rollcall export does not write to a terminal', async () => {
  expect(await world.run(['export', '-', '--book', 'company'], new CliIo({ tty: true }))).toEqual({
    code: 2,
    stdout: '',
    stderr: 'rollcall: stdout is a terminal: name a file, or send stdout to one\n',
  });
});
