import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliIo } from '../support/cli-io.ts';
import { CliWorld } from '../support/cli-world.ts';

let world: CliWorld;
beforeEach(() => {
  world = new CliWorld();
  for (const id of ['company', 'sales']) world.store.note([{ table: 'books', id, value: { id, name: id } }]);
});
afterEach(() => world.end());

/** Writes a file and names it. */
function file(text: string | Buffer): string {
  const path = join(world.folder, 'rules.yaml');
  rmSync(path, { force: true });
  writeFileSync(path, text);
  return path;
}

const RULES = `- id: first
  order: 1
  who: { group: sales }
  books: "*"
  view: true
  manage: true
- id: second
  order: 2
  who: { extension: "1001" }
  books: [company, sales]
  view: false
  manage: false
- id: third
  order: 3
  who: { everyone: true }
  books: [company]
  view: true
  manage: false
`;

const HIDDEN = `- id: first
  order: 1
  who: { everyone: true }
  whom: { group: "board: \\"A\\"" }
  see: false
`;

describe.each([
  ['with a daemon', true],
  ['without a daemon', false],
])('rollcall permissions and visibility, %s', (_title, daemon) => {
  beforeEach(async () => {
    if (daemon) await world.startDaemon();
  });

  it.each([
    ['permissions', RULES, '3 rules are in force now\n'],
    ['visibility', HIDDEN, '1 rule is in force now\n'],
  ])('set %s from a file and show them as they were', async (word, text, said) => {
    expect(await world.run([word, 'set', file(text)])).toEqual({ code: 0, stdout: said, stderr: '' });
    expect(await world.run([word, 'show'])).toEqual({ code: 0, stdout: text, stderr: '' });
    const rev = world.store.changes('permissions', null).rev;
    const json = await world.run([word, 'show', '--json']);
    expect(await world.run([word, 'set', '-'], new CliIo({ stdin: json.stdout }))).toEqual({
      code: 0,
      stdout: said,
      stderr: '',
    });
    expect(await world.run([word, 'set', '-'], new CliIo({ stdin: text }))).toEqual({
      code: 0,
      stdout: said,
      stderr: '',
    });
    expect(await world.run([word, 'show'])).toEqual({ code: 0, stdout: text, stderr: '' });
    // What changes nothing is not written.
    expect(world.store.changes('permissions', null).rev).toBe(rev);
    expect([world.opened, world.closed]).toEqual(daemon ? [0, 0] : [6, 6]);
  });

  it('say what holds without rules', async () => {
    expect([await world.run(['permissions', 'show']), await world.run(['visibility', 'show', '--json'])]).toEqual([
      { code: 0, stdout: '[]\n', stderr: 'there are no rules: only administrators see company contacts\n' },
      { code: 0, stdout: '[]\n', stderr: 'there are no rules: everybody sees everybody\n' },
    ]);
    await world.run(['permissions', 'set', file(RULES)]);
    expect(await world.run(['permissions', 'set', file('[]')])).toEqual({
      code: 0,
      stdout: 'no rules are in force now: only administrators see company contacts\n',
      stderr: '',
    });
    expect((await world.run(['permissions', 'show'])).stdout).toBe('[]\n');
  });

  it('need neither id nor order; the place counts, and that is said where order says otherwise', async () => {
    const text = `[{"order":2,"who":{"group":"b"},"books":["sales"],"view":true,"manage":false},
      {"order":1,"who":{"group":"a"},"books":["sales"],"view":true,"manage":false}]`;
    expect(await world.run(['permissions', 'set', '-'], new CliIo({ stdin: text }))).toEqual({
      code: 0,
      stdout: '2 rules are in force now\n',
      stderr: 'order is not looked at: the place in the list counts\n',
    });
    const shown = JSON.parse((await world.run(['permissions', 'show', '--json'])).stdout);
    const rule = { books: ['sales'], view: true, manage: false };
    expect(shown).toEqual([
      { id: expect.stringMatching(/^[a-z0-9]{12}$/), order: 1, who: { group: 'b' }, ...rule },
      { id: expect.stringMatching(/^[a-z0-9]{12}$/), order: 2, who: { group: 'a' }, ...rule },
    ]);
  });

  it('change nothing when anything is wrong, and list every fault with its place', async () => {
    await world.run(['permissions', 'set', file(RULES)]);
    const text = `- who: everyone
  books: "*"
  view: true
  manage: false
- { id: a, who: { group: sales }, books: [company], view: true }
`;
    const path = file(text);
    const example = '{ who: { group: sales }, books: [company], view: true, manage: false }';
    expect(await world.run(['permissions', 'set', path])).toEqual({
      code: 2,
      stdout: '',
      stderr: `rollcall: ${path}:1:8: who must be { everyone: true }, { extension: "1001" } or { group: sales }
rollcall: ${path}:5:3: manage is missing; a rule looks like ${example}
`,
    });
    expect((await world.run(['permissions', 'show'])).stdout).toBe(RULES);
  });

  it('tell the place of what only the store knows to be wrong', async () => {
    const text = `- { id: a, who: { everyone: true }, books: [company, nowhere], view: true, manage: false }
- { id: a, who: { everyone: true }, books: [personal], view: true, manage: false }
`;
    expect(await world.run(['permissions', 'set', '-'], new CliIo({ stdin: text }))).toEqual({
      code: 2,
      stdout: '',
      stderr: `rollcall: stdin:1:54: books.1: there is no such company book
rollcall: stdin:2:9: id: is the id of another rule
rollcall: stdin:2:45: books.0: must be a company book: personal books are their owners’ alone
`,
    });
    expect((await world.run(['permissions', 'show'])).stdout).toBe('[]\n');
  });

  it.each<[string, () => string, number, string]>([
    [
      'a file that is not there',
      () => '/nowhere/rules.yaml',
      1,
      '/nowhere/rules.yaml cannot be read: there is no such file',
    ],
    ['a folder', () => world.folder, 1, 'cannot be read: it is a folder'],
    ['a file that is too long', () => file(`# ${'x'.repeat(1_000_000)}`), 1, 'is too long: at most 1000000 bytes'],
    ['a device without end', () => '/dev/zero', 1, '/dev/zero is too long: at most 1000000 bytes'],
    ['what is no text', () => file(Buffer.from([0x5b, 0xff, 0x5d])), 1, 'this is no UTF-8 text'],
    ['an empty file', () => file(''), 2, 'the file holds no list of rules: write [] for none'],
    ['an alias bomb', () => file('- &a [*a, *a]'), 2, 'an alias makes this too much to read'],
  ])('refuse %s', async (_, given, code, what) => {
    await world.run(['permissions', 'set', file(RULES)]);
    const outcome = await world.run(['permissions', 'set', given()]);
    expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code, stdout: '' });
    expect(outcome.stderr).toContain(what);
    expect(outcome.stderr).toMatch(/^rollcall: [^\n]+\n$/);
    expect((await world.run(['permissions', 'show'])).stdout).toBe(RULES);
  });

  it('say that nothing was changed when the store cannot be written', async () => {
    world.store.fail();
    const { code, stdout, stderr } = await world.run(['permissions', 'set', file(RULES)]);
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: 'rollcall: nothing can be stored now\n' });
  });
});

it('a fault in the file is told before a daemon is asked', async () => {
  const openOffline = () => Promise.reject(new Error('was opened'));
  const outcome = await world.run(['permissions', 'set', '-'], new CliIo({ stdin: 'everyone' }), { openOffline });
  expect(outcome).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'rollcall: stdin:1:1: must be a list of rules, each such as { who: { group: sales }, books: [company], view: true, manage: false }\n',
  });
});
