// Finds the command that was meant, reads its options, runs it, and turns what goes wrong into one line and an exit code.
import { parseArgs } from 'node:util';
import { suggestion } from '../settings/problems.ts';
import { type AnyCommand, EXIT, UsageError } from './command.ts';
import { describeError } from './describe-error.ts';
import { commandHelp, groupHelp, programHelp } from './help.ts';
import type { Io } from './io.ts';
import type { LoadedSettings, Parts } from './parts.ts';
import { printable } from './width.ts';

const EVERYWHERE = {
  config: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

/** Runs the command line `argv` (without node and script). Resolves with the exit code; never rejects. */
export async function dispatch(
  argv: readonly string[],
  commands: readonly AnyCommand[],
  io: Io,
  parts: Parts,
): Promise<number> {
  try {
    return await find(configLast(argv), commands, io, parts);
  } catch (error) {
    const { lines, code } = describeError(error);
    io.stderr.write(lines.map((line) => `rollcall: ${line}\n`).join(''));
    return code;
  }
}

async function find(argv: readonly string[], commands: readonly AnyCommand[], io: Io, parts: Parts): Promise<number> {
  const [first, second] = argv;
  if (first === undefined) {
    io.stderr.write(programHelp(commands));
    return EXIT.usage;
  }
  if (first === '--help' || first === '-h') return print(io, programHelp(commands));
  if (first === '--version') return print(io, `${parts.version}\n`);
  const byName = (name: string) => commands.find((one) => one.name === name);
  const longer = byName(`${first} ${second}`);
  const found = longer ?? byName(first);
  if (found) return runCommand(found, argv.slice(longer ? 2 : 1), io, parts);
  const group = commands.filter((one) => one.name.startsWith(`${first} `));
  if (group.length > 0 && (second === '--help' || second === '-h')) return print(io, groupHelp(first, group));
  throw new UsageError(unknown(first, second, group, commands));
}

/** `--config FILE` may also stand before the command. */
function configLast(argv: readonly string[]): readonly string[] {
  if (argv[0] === '--config') return configLast([...argv.slice(2), ...argv.slice(0, 2)]);
  if (argv[0]?.startsWith('--config=') && argv.length > 1) return configLast([...argv.slice(1), argv[0]]);
  return argv;
}

function unknown(
  first: string,
  second: string | undefined,
  group: readonly AnyCommand[],
  all: readonly AnyCommand[],
): string {
  if (first.startsWith('-')) return `unknown option '${printable(first)}' before a command; see rollcall --help`;
  if (group.length > 0 && (second === undefined || second.startsWith('-'))) {
    return `'${first}' needs one more word: ${group.map(({ name }) => `rollcall ${name}`).join(', ')}`;
  }
  const typed = group.length > 0 ? `${first} ${second}` : first;
  const names =
    group.length > 0 ? group.map(({ name }) => name) : [...new Set(all.map(({ name }) => name.split(' ')[0] ?? ''))];
  return `unknown command '${printable(typed)}'${suggestion(typed, names) || '; see rollcall --help'}`;
}

async function runCommand(command: AnyCommand, args: readonly string[], io: Io, parts: Parts): Promise<number> {
  const options = { ...command.options, ...EVERYWHERE };
  const { values, positionals } = read(command, args, options);
  if (values['help']) return print(io, commandHelp(command));
  if (values['version']) return print(io, `${parts.version}\n`);
  const { least, most } = command.positionals;
  if (positionals.length < least) throw wrong(command, 'something is missing');
  if (positionals.length > most) throw wrong(command, `'${printable(positionals[most] ?? '')}' is too much`);
  const config = values['config'] as string | undefined;
  let loaded: Promise<LoadedSettings> | undefined;
  const settings = () => {
    loaded ??= parts.loadSettings(config);
    return loaded;
  };
  return command.run({ io, parts, values, positionals, config, settings } as never);
}

type Options = AnyCommand['options'];

function read(command: AnyCommand, args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw wrong(command, optionFault(error as NodeJS.ErrnoException, Object.keys(options)));
  }
}

function optionFault(error: NodeJS.ErrnoException, known: readonly string[]): string {
  if (!error.code?.startsWith('ERR_PARSE_ARGS')) throw error;
  if (error.code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return error.message.split(/[.\n]/)[0] ?? error.message;
  const typed = /'(-[^']*)'/.exec(error.message)?.[1] ?? '';
  return `unknown option '${printable(typed)}'${suggestion(
    typed,
    known.map((name) => `--${name}`),
  )}`;
}

function wrong(command: AnyCommand, what: string): UsageError {
  return new UsageError(`${command.name}: ${what}; usage: ${`rollcall ${command.name} ${command.usage}`.trim()}`);
}

function print(io: Io, text: string): number {
  io.stdout.write(text);
  return EXIT.ok;
}
