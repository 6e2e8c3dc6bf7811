import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { command } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { Failure } from '../../src/domain/failure.ts';
import { OperatorError } from '../../src/service/operator-error.ts';
import { CliIo } from '../support/cli-io.ts';
import { CliWorld } from '../support/cli-world.ts';

let world: CliWorld;
beforeEach(() => {
  world = new CliWorld();
});
afterEach(() => world.end());

describe('the command line', () => {
  it('shows all commands, on stdout when asked and on stderr when called without one', async () => {
    const asked = await world.run(['--help']);
    const bare = await world.run([]);
    expect({ ...asked, lines: asked.stdout.match(/^ {2}\w.*/gm)?.length }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^Usage: rollcall COMMAND/),
      stderr: '',
      lines: 17,
    });
    expect(bare).toEqual({ code: 2, stdout: '', stderr: asked.stdout });
  });

  it.each(COMMANDS.map(({ name }) => name))(
    '%s has --help and --version, and needs no settings for them',
    async (name) => {
      const more = { loadSettings: () => Promise.reject(new Error('loaded')) };
      const help = await world.run([...name.split(' '), '--help'], new CliIo(), more);
      const version = await world.run([...name.split(' '), '--version'], new CliIo(), more);
      expect(help).toEqual({ code: 0, stdout: expect.stringContaining(`Usage: rollcall ${name}`), stderr: '' });
      expect(version).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' });
    },
  );

  it('says its version', async () => {
    expect(await world.run(['--version'])).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' });
  });

  it('shows the commands of a group', async () => {
    const { code, stdout } = await world.run(['user', '--help']);
    expect({ code, names: stdout.match(/rollcall user \w+/g) }).toEqual({
      code: 0,
      names: ['rollcall user set', 'rollcall user list', 'rollcall user remove'],
    });
  });

  it.each([
    [['usr'], "unknown command 'usr'; did you mean user?"],
    [['presense', '1001'], "unknown command 'presense'; did you mean presence?"],
    [['archive', 'x'], "unknown command 'archive'; see rollcall --help"],
    [['user', 'lst'], "unknown command 'user lst'; did you mean user list?"],
    [['user'], "'user' needs one more word: rollcall user set, rollcall user list, rollcall user remove"],
    [['--verbose', 'run'], "unknown option '--verbose' before a command; see rollcall --help"],
    [['run\u001b[2J'], "unknown command 'run [2J'; see rollcall --help"],
    [
      ['user', 'list', '--jsn'],
      "user list: unknown option '--jsn'; did you mean --json?; usage: rollcall user list [--json]",
    ],
    [['user', 'list', 'x'], "user list: 'x' is too much; usage: rollcall user list [--json]"],
    [
      ['presence', 'set', '1001'],
      'presence set: something is missing; usage: rollcall presence set EXTENSION STATUS [--note NOTE] [--until TIME]',
    ],
    [['run', '--config'], "run: Option '--config <value>' argument missing; usage: rollcall run"],
    [['check', '--json=yes'], "check: Option '--json' does not take an argument; usage: rollcall check [--json]"],
  ])('%j is wrong usage, said in one line', async (argv, line) => {
    expect(await world.run(argv)).toEqual({ code: 2, stdout: '', stderr: `rollcall: ${line}\n` });
  });

  it('takes --config also before the command', async () => {
    const seen: (string | undefined)[] = [];
    const more = {
      loadSettings: (config: string | undefined) => {
        seen.push(config);
        return Promise.reject(new OperatorError('enough'));
      },
    };
    for (const argv of [
      ['--config', 'a', 'user', 'list'],
      ['--config=b', 'user', 'list'],
      ['user', 'list', '--config', 'c'],
      ['user', 'list'],
    ]) {
      await world.run(argv, new CliIo(), more);
    }
    expect(seen).toEqual(['a', 'b', 'c', undefined]);
  });

  it('says every fault of the settings, with exit code 3', async () => {
    world.environment = { ROLLCALL_LISTEN_PORT: '99999', ROLLCALL_LISTN_HOST: 'x', ROLLCALL_PBX_DND_POLL: '1' };
    const { code, stdout, stderr } = await world.run(['user', 'list']);
    expect({ code, stdout, lines: stderr.split('\n') }).toEqual({
      code: 3,
      stdout: '',
      lines: [
        expect.stringMatching(/^rollcall: ROLLCALL_LISTN_HOST: unknown setting/),
        expect.stringMatching(/^rollcall: ROLLCALL_LISTEN_PORT.*must be a whole number from 0 to 65535$/),
        expect.stringMatching(/^rollcall: ROLLCALL_PBX_DND_POLL.*must be a whole number from 5 to 3600$/),
        '',
      ],
    });
  });

  it('says that a named settings file is missing, with exit code 3', async () => {
    expect(await world.run(['user', 'list', '--config', 'none.yaml'])).toEqual({
      code: 3,
      stdout: '',
      stderr: 'rollcall: none.yaml: cannot be read: there is no such file\n',
    });
  });

  const throwing = (error: unknown) =>
    command({
      name: 'throw',
      summary: '',
      usage: '',
      options: {},
      positionals: { least: 0, most: 0 },
      run: () => Promise.reject(error),
    });

  it.each([
    [
      'what the operator must mend',
      new OperatorError('the disk is full: free some space'),
      1,
      'the disk is full: free some space',
    ],
    ['an expected failure', new Failure('storage', 'nothing can be stored now'), 1, 'nothing can be stored now'],
    [
      'wrong values',
      new Failure('params', 'id: must be', {
        issues: [
          { path: 'id', message: 'must be a number' },
          { path: 'email', message: 'must be an address' },
        ],
      }),
      2,
      'id must be a number; email must be an address',
    ],
  ])('turns %s into one line and an exit code', async (_what, error, code, line) => {
    expect(await world.run(['throw'], new CliIo(), {}, [throwing(error)])).toEqual({
      code,
      stdout: '',
      stderr: `rollcall: ${line}\n`,
    });
  });

  it('turns a fault of the program into one line too', async () => {
    const { code, stderr } = await world.run(['throw'], new CliIo(), {}, [throwing(new TypeError('x is undefined'))]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /^rollcall: a fault in the program, please report it: TypeError: x is undefined .*\n$/,
      ),
    });
  });
});
