import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keysOf } from '../../src/service/numbering.ts';
import type { Write } from '../../src/service/store.ts';
import { CliWorld } from '../support/cli-world.ts';

const GB = { country: 'GB', outsideLine: '' };
const AT = '2026-11-21T12:00:00.000Z';

function contact(id: string, book: string, fields: object, number: string): Write {
  const all = { ...fields, numbers: [{ type: 'other' as const, number }] };
  const stamp = { created: AT, updated: AT, createdBy: '', updatedBy: '' };
  return { table: 'contacts', id, value: { book, rev: 1, fields: all, keys: keysOf(all, GB), ...stamp } };
}

let world: CliWorld;
beforeEach(async () => {
  world = new CliWorld();
  const extension = (id: string, name?: string): Write => {
    const item = { id, number: id, name: name ?? id, groups: [] };
    return { table: 'extensions', id, value: { item, said: name === undefined ? {} : { name } } };
  };
  const user = { groups: [], admin: false, disabled: false };
  await world.store.commit([
    { table: 'books', id: 'company', value: { id: 'company', name: 'Company' } },
    {
      table: 'permissions',
      id: 'p',
      value: { id: 'p', order: 1, who: { extension: '1001' }, books: '*', view: true, manage: false },
    },
    { table: 'users', id: '1001', value: { id: '1001', ...user } },
    extension('1002', 'Bob\u001b[31m'),
    extension('1003'),
    contact('a', 'company', { firstName: 'Ada', lastName: 'Lovelace\u202e', company: 'Engines' }, '020 7946 0000'),
    contact('b', 'personal:1001', { firstName: 'SecretMum', company: 'SecretHome' }, '0113 496 0000'),
    contact('c', 'company', { firstName: 'Landlady' }, '0113 496 0000'),
  ]);
});
afterEach(() => world.end());

describe.each([
  ['with a daemon', true],
  ['without a daemon', false],
])('rollcall lookup, %s', (_title, daemon) => {
  beforeEach(async () => {
    if (daemon) await world.startDaemon();
  });
  afterEach(() => {
    expect([world.opened > 0, world.closed]).toEqual([!daemon, world.opened]);
  });

  it.each([
    [['+442079460000', '--callee', '1001'], 'Ada Lovelace \n', ''],
    [['1002'], 'Bob [31m\n', ''],
    [['1002', '--callee', '1001'], 'Bob [31m\n', ''],
    [['020 7946 0000'], '', 'Nobody: no directory that was asked knows the number.\n'],
    [['1002', '--outside'], '', 'Nobody: no directory that was asked knows the number.\n'],
    [
      ['1003'],
      '',
      'Nobody: no directory that was asked knows the number. It is the extension 1003, which has no name.\n',
    ],
    [['anonymous'], '', 'Nobody: the caller has no number, or has it withheld.\n'],
    [[''], '', 'Nobody: the caller has no number, or has it withheld.\n'],
    [
      ['0113 496 0000', '--callee', '1001'],
      '',
      'a personal contact of 1001 names the caller: the name is shown to 1001 alone\n',
    ],
  ])('%j', async (args, stdout, stderr) => {
    expect(await world.run(['lookup', ...args])).toEqual({ code: 0, stdout, stderr });
  });

  it('explains', async () => {
    expect(await world.run(['lookup', '02079460000', '--callee', '1001', '--explain'])).toEqual({
      code: 0,
      stdout: `Ada Lovelace 
from       the company book company
company    Engines
forms      +442079460000, …9460000
books      personal, company
rule       A contact of the company book company has the number +442079460000.
steps      1. 1001 has a log-in: the personal book and whatever that user may see count.
           2. The number is looked for as +442079460000, then …9460000.
           3. extension: no extension has the number, and no colleague has it as mobile.
           4. personal: no contact has the number.
           5. company: A contact of the company book company has the number +442079460000.
`,
      stderr: '',
    });
    expect(await world.run(['lookup', 'unknown', '--explain'])).toEqual({
      code: 0,
      stdout: `rule       Nobody: the caller has no number, or has it withheld.
steps      1. The text has no digit or is too long: it is no number, and nothing is looked up.
`,
      stderr: 'Nobody: the caller has no number, or has it withheld.\n',
    });
  });

  it('R13: shows nothing of a personal contact, however it is asked', async () => {
    for (const more of [[], ['--explain'], ['--json'], ['--json', '--explain'], ['--outside', '--explain']]) {
      const outcome = await world.run(['lookup', '+441134960000', '--callee', '1001', ...more]);
      expect(outcome).toMatchObject({ code: 0, stderr: expect.stringContaining('a personal contact of 1001') });
      expect(JSON.stringify(outcome)).not.toMatch(/Secret|Landlady/);
    }
  });

  it('prints JSON, with the reasons only when they are asked for', async () => {
    const json = async (...args: string[]) => JSON.parse((await world.run(['lookup', ...args, '--json'])).stdout);
    const name = 'Ada Lovelace\u202e';
    expect(await json('02079460000', '--callee', '1001')).toEqual({
      ...{ directory: 'company', name, company: 'Engines', book: 'company' },
    });
    expect(await json('02079460000', '--callee', '1001', '--explain')).toEqual({
      ...{ directory: 'company', name, company: 'Engines', book: 'company' },
      forms: ['+442079460000', '…9460000'],
      books: ['personal', 'company'],
      rule: expect.any(String),
      steps: expect.any(Array),
    });
    expect(await json('0113 496 0000', '--callee', '1001')).toEqual({
      ...{ directory: 'personal', book: 'personal', withheld: true },
    });
    expect(await json('1002')).toEqual({ directory: 'extension', name: 'Bob [31m', extension: '1002' });
    expect(await json('020 7946 0000')).toEqual({});
  });
});

describe('rollcall lookup', () => {
  it.each([
    [[], 'lookup: something is missing; usage: rollcall lookup NUMBER'],
    [['1001', '1002'], "lookup: '1002' is too much; usage: rollcall lookup NUMBER"],
    [['1001', '--callee'], 'lookup: '],
    [['1001', '--callee', ''], 'lookup: --callee takes an extension, such as --callee 1001'],
    [['1001', '--callee', '1'.repeat(257)], 'lookup: --callee takes an extension'],
    [['1'.repeat(257)], 'lookup: NUMBER has at most 256 characters'],
    [['1001', '--calee', '1'], "lookup: unknown option '--calee'; did you mean --callee?"],
  ])('called wrongly says so: %j', async (args, message) => {
    const { code, stdout, stderr } = await world.run(['lookup', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(world.opened).toBe(0);
  });

  it('prints no callee that could turn a terminal', async () => {
    const { stdout, stderr } = await world.run(['lookup', '1', '--explain', '--callee', '\u001b[2J\u202e700']);
    expect(stdout + stderr).not.toMatch(/[\u001b\u202e]/);
    expect(stdout).toContain('is neither a user nor an extension');
  });
});
