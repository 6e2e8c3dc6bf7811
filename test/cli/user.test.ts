import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeCrypto } from '../../src/server/crypto.ts';
import { createPasswords } from '../../src/service/passwords.ts';
import { CliIo } from '../support/cli-io.ts';
import { CliWorld } from '../support/cli-world.ts';

let world: CliWorld;
beforeEach(() => {
  world = new CliWorld();
});
afterEach(() => world.end());

/** Whether the stored password of a user is this one. */
async function hasPassword(id: string, password: string): Promise<boolean> {
  return createPasswords(nodeCrypto).verify(password, world.users.row(id)?.password);
}

describe.each([
  ['with a daemon', true],
  ['without a daemon', false],
])('rollcall user, %s', (_title, daemon) => {
  beforeEach(async () => {
    if (daemon) await world.startDaemon();
  });

  it('makes the first administrator', async () => {
    const outcome = await world.run(
      ['user', 'set', '1000', '--admin', '--password-stdin'],
      new CliIo({ stdin: 'correct horse\n' }),
    );
    expect(outcome).toEqual({ code: 0, stdout: 'EXTENSION  LOG-IN  ROLE\n1000       yes     admin\n', stderr: '' });
    expect([world.users.get('1000')?.admin, await hasPassword('1000', 'correct horse')]).toEqual([true, true]);
    expect([world.opened, world.closed]).toEqual(daemon ? [0, 0] : [1, 1]);
  });

  it('sets what is named and leaves the rest, and an empty value takes away', async () => {
    await world.run([
      'user',
      'set',
      '1001',
      '--name',
      'Zoë 田中',
      '--email',
      'z@example.com',
      '--group',
      'sales',
      '--group',
      'fr',
      '--mobile',
      '+49 1',
    ]);
    const before = world.users.get('1001');
    await world.run(['user', 'set', '1001', '--admin']);
    await world.run(['user', 'set', '1001', '--email', '', '--group', '', '--disable']);
    expect([before, world.users.get('1001')]).toEqual([
      {
        id: '1001',
        name: 'Zoë 田中',
        email: 'z@example.com',
        mobile: '+49 1',
        groups: ['sales', 'fr'],
        admin: false,
        disabled: false,
        hasPassword: false,
      },
      { id: '1001', name: 'Zoë 田中', mobile: '+49 1', groups: [], admin: true, disabled: true, hasPassword: false },
    ]);
    await world.run(['user', 'set', '1001', '--no-admin', '--enable', '--group', 'a']);
    expect(world.users.get('1001')).toMatchObject({ admin: false, disabled: false, groups: ['a'] });
  });

  it('names the numbers that are let through, all of them, until they are named anew or none is', async () => {
    const set = (...more: string[]) => world.run(['user', 'set', '1001', ...more]);
    const named = await set('--let-through', '+44 20 7946 0000', '--let-through', '1003');
    expect(named.stdout.split('\n')).toEqual([
      'EXTENSION  LOG-IN       ROLE  NAME  E-MAIL  MOBILE  GROUPS  LET THROUGH',
      '1001       no password  user                                +44 20 7946 0000, 1003',
      '',
    ]);
    await set('--name', 'Ann');
    expect(world.users.get('1001')).toMatchObject({ name: 'Ann', letThrough: ['+44 20 7946 0000', '1003'] });
    await set('--let-through', '1002');
    expect(world.users.get('1001')).toMatchObject({ letThrough: ['1002'] });
    await set('--let-through', 'none');
    expect(world.users.get('1001')).not.toHaveProperty('letThrough');
    const four = ['1', '2', '3', '4'].flatMap((number) => ['--let-through', number]);
    expect((await set(...four)).stdout).toMatch(/ {2}4 numbers\n$/);
    await set('--let-through', '');
    expect(world.users.get('1001')).not.toHaveProperty('letThrough');
  });

  it('says that a user without a password cannot log in', async () => {
    const { code, stderr } = await world.run(['user', 'set', '1001']);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'user 1001 has no password yet and cannot log in: set one with --password-stdin\n',
    });
  });

  it.each([
    [['user', 'set', 'abc'], '', 'rollcall: id must be an extension number of 2 to 12 digits\n'],
    [
      ['user', 'set', '1001', '--email', 'nobody'],
      '',
      'rollcall: email must be an e-mail address such as alice@example.com\n',
    ],
    [
      ['user', 'set', '1001', '--let-through', '1003', '--let-through', 'my wife'],
      '',
      'rollcall: letThrough.1 must hold at least one digit\n',
    ],
    [
      ['user', 'set', '1001', ...Array.from({ length: 101 }, (_, n) => `--let-through=${n}`)],
      '',
      'rollcall: letThrough must be at most 100 numbers\n',
    ],
    [['user', 'set', '1001', '--admin', '--no-admin'], '', 'rollcall: --admin and --no-admin exclude each other\n'],
    [['user', 'set', '1001', '--disable', '--enable'], '', 'rollcall: --disable and --enable exclude each other\n'],
    [
      ['user', 'set', '1001', '--password-stdin'],
      'short\n',
      'rollcall: the password is too short: at least 8 characters\n',
    ],
    [['user', 'set', '1001', '--password-stdin'], '', 'rollcall: --password-stdin: stdin brought no password\n'],
    [
      ['user', 'set', '1001', '--password-stdin'],
      '\nsecond line\n',
      'rollcall: --password-stdin: stdin brought no password\n',
    ],
  ])('%j with stdin %j changes nothing and says why', async (argv, stdin, stderr) => {
    expect(await world.run(argv, new CliIo({ stdin }))).toEqual({ code: 2, stdout: '', stderr });
    expect(world.users.list()).toEqual([]);
  });

  it('does not give an e-mail to two users', async () => {
    await world.run(['user', 'set', '1001', '--email', 'a@example.com']);
    expect(await world.run(['user', 'set', '1002', '--email', 'A@example.com'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'rollcall: another user has this e-mail address\n',
    });
  });

  it('lists the users as a table and as JSON', async () => {
    await world.run(['user', 'set', '1002', '--name', '田中', '--group', 'a', '--group', 'b']);
    await world.run(['user', 'set', '999', '--name', 'Ann', '--disable', '--mobile', '1']);
    const table = await world.run(['user', 'list']);
    expect(table.stdout.split('\n')).toEqual([
      'EXTENSION  LOG-IN       ROLE  NAME  E-MAIL  MOBILE  GROUPS',
      '999        disabled     user  Ann           1',
      '1002       no password  user  田中                  a, b',
      '',
    ]);
    expect(JSON.parse((await world.run(['user', 'list', '--json'])).stdout)).toEqual(world.users.list());
  });

  it('lists no users', async () => {
    expect([await world.run(['user', 'list']), await world.run(['user', 'list', '--json'])]).toEqual([
      {
        code: 0,
        stdout: '',
        stderr: 'there are no users yet: make one with rollcall user set 1000 --admin --password-stdin\n',
      },
      { code: 0, stdout: '[]\n', stderr: '' },
    ]);
  });

  it('removes a user with its log-ins, personal contacts and favourites', async () => {
    await world.users.set({ id: '1001', name: 'Ann\u00ad' });
    const login = (id: string, extension: string, expires: string) => ({
      table: 'logins' as const,
      id,
      value: { id, extension, platform: 'web', version: '0', since: '', address: '', tokens: [{ hash: id, expires }] },
    });
    const contact = (id: string, book: string) => ({ table: 'contacts' as const, id, value: { book } });
    const favorite = (owner: string, target: string) => ({
      ...{ table: 'favorites' as const, id: `${owner} ${target}` },
      value: { owner, target },
    });
    await world.store.commit([
      login('a', '1001', '2999-01-01T00:00:00.000Z'),
      login('b', '1001', '2001-01-01T00:00:00.000Z'),
      login('c', '1002', '2999-01-01T00:00:00.000Z'),
      contact('p', 'personal:1001'),
      contact('q', 'personal:1001'),
      contact('r', 'personal:1002'),
      contact('s', 'company'),
      favorite('1001', 'contact:s'),
      favorite('1002', 'contact:s'),
    ]);
    const outcome = await world.run(['user', 'remove', '1001', '--yes']);
    expect(outcome).toEqual({
      code: 0,
      stdout:
        'removed user 1001 (Ann\u00ad), its password and details, 1 open log-in, 2 personal contacts, 1 favourite, no calls and no messages\n',
      stderr: '',
    });
    expect([...world.store.all('logins')].map(({ id }) => id)).toEqual(['c']);
    expect([await world.store.counts('contacts'), await world.store.counts('favorites')]).toEqual([
      new Map([
        ['personal:1002', 1],
        ['company', 1],
      ]),
      new Map([['1002', 1]]),
    ]);
  });

  it('does not remove an unknown user', async () => {
    expect(await world.run(['user', 'remove', '1001', '--yes'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'rollcall: there is no user 1001\n',
    });
  });

  it('does not remove without being able to ask', async () => {
    await world.users.set({ id: '1001' });
    expect(await world.run(['user', 'remove', '1001'], new CliIo({ stdin: 'y\n' }))).toEqual({
      code: 2,
      stdout: '',
      stderr: 'rollcall: stdin is no terminal to ask at: add --yes to remove without asking\n',
    });
    expect(world.users.get('1001')).toBeDefined();
  });

  it.each([
    ['y\n', 0, true],
    ['YES\n', 0, true],
    ['\n', 1, false],
    ['n\n', 1, false],
    ['yellow\n', 1, false],
    ['', 1, false],
  ])('asks at a terminal; %j removes: exit code %i', async (answer, code, gone) => {
    await world.users.set({ id: '1001' });
    const io = new CliIo({ tty: true, stdin: answer });
    const outcome = await world.run(['user', 'remove', '1001'], io);
    expect(outcome.stderr).toContain(
      'This removes user 1001, its password and details, no open log-ins, no personal contacts, no favourites, no calls and no messages. Remove? [y/N] ',
    );
    expect({ code: outcome.code, gone: world.users.get('1001') === undefined }).toEqual({ code, gone });
  });
});

it('a user with personal contacts is removed only after the warning that they are lost', async () => {
  await world.users.set({ id: '1001' });
  await world.store.commit([{ table: 'contacts', id: 'p', value: { book: 'personal:1001' } }]);
  const { code, stderr } = await world.run(['user', 'remove', '1001'], new CliIo({ tty: true, stdin: 'n\n' }));
  expect({ code, stderr, left: await world.store.count('contacts', 'personal:1001') }).toEqual({
    code: 1,
    stderr:
      'This removes user 1001, its password and details, no open log-ins, 1 personal contact, no favourites, no calls and no messages. The contacts cannot be got back. Remove? [y/N] nothing was removed\n',
    left: 1,
  });
});

describe('a password at the terminal', () => {
  it('is asked for twice', async () => {
    const io = new CliIo({ tty: true, stdin: 'correct horse\rcorrect horse\r' });
    expect((await world.run(['user', 'set', '1001', '--password-stdin'], io)).code).toBe(0);
    expect([await hasPassword('1001', 'correct horse'), io.stderr.text, io.raw]).toEqual([
      true,
      'Password: \nAgain: \n',
      [true, false, true, false],
    ]);
  });

  it('that is typed differently changes nothing', async () => {
    const io = new CliIo({ tty: true, stdin: 'correct horse\rwrong horse\r' });
    const { code, stderr } = await world.run(['user', 'set', '1001', '--password-stdin'], io);
    expect({ code, stderr, users: world.users.list() }).toEqual({
      code: 2,
      stderr: 'Password: \nAgain: \nrollcall: the two passwords differ: nothing was changed\n',
      users: [],
    });
  });
});
