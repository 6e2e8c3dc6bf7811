import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWholeFile } from '../../src/cli/whole-file.ts';
import { OperatorError } from '../../src/service/operator-error.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-backup-'));
  path = join(folder, 'b');
});
afterEach(() => rmSync(folder, { recursive: true }));

const create = (given = path, force = false) =>
  createWholeFile({ path: given, what: 'backup', force, dataFolder: join(folder, 'data') });

describe('the file of a backup', () => {
  it('has its name only when it is whole, and is its owner’s alone', async () => {
    const file = await create();
    await file.write('one\n');
    const before = readdirSync(folder);
    expect(before).toEqual([expect.stringMatching(/^\.b\.[0-9a-f-]{36}\.part$/)]);
    expect(lstatSync(join(folder, before[0] ?? '')).mode & 0o777).toBe(0o600);
    await file.write('zwö\n'.repeat(100_000));
    await file.keep();
    file.drop();
    expect(readdirSync(folder)).toEqual(['b']);
    expect([readFileSync(path, 'utf8'), lstatSync(path).mode & 0o777]).toEqual([
      `one\n${'zwö\n'.repeat(100_000)}`,
      0o600,
    ]);
  });

  it('leaves nothing when it is dropped', async () => {
    const file = await create();
    await file.write('half');
    file.drop();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('does not take the place of another, not even of one that came meanwhile', async () => {
    const file = await create();
    writeFileSync(path, 'mine');
    await expect(file.keep()).rejects.toEqual(new OperatorError(`${path} exists: add --force to replace it`));
    file.drop();
    await expect(create()).rejects.toEqual(new OperatorError(`${path} exists: add --force to replace it`));
    expect([readdirSync(folder), readFileSync(path, 'utf8')]).toEqual([['b'], 'mine']);
  });

  it('takes the place of another when it may, which stays until then', async () => {
    writeFileSync(path, 'old', { mode: 0o644 });
    const file = await create(path, true);
    await file.write('new');
    const meanwhile = readFileSync(path, 'utf8');
    await file.keep();
    expect([meanwhile, readFileSync(path, 'utf8'), lstatSync(path).mode & 0o777]).toEqual(['old', 'new', 0o600]);
  });

  it.each<[string, () => string, string]>([
    ['a folder', () => folder, 'is a folder: name a file in it'],
    ['a device', () => '/dev/null', 'is no regular file: use - for stdout'],
    [
      'a link',
      () => {
        symlinkSync('elsewhere', path);
        return path;
      },
      'is a link: name the file itself',
    ],
    [
      'in the data folder',
      () => join(folder, 'data', 'b'),
      'lies in the data folder itself: write the backup somewhere else',
    ],
  ])('cannot be %s', async (_, given, what) => {
    const name = given();
    await expect(create(name, true)).rejects.toEqual(new OperatorError(`${name} ${what}`));
  });

  it('needs a folder', async () => {
    const name = join(folder, 'none', 'b');
    await expect(create(name)).rejects.toThrow(`no backup was written to ${name}: there is no such folder`);
  });

  it('may lie beside the data folder, whatever it is called', async () => {
    mkdirSync(join(folder, 'data'));
    const file = await create(join(folder, 'data.backup'));
    await file.keep();
    expect(readdirSync(folder)).toEqual(['data', 'data.backup']);
  });
});
