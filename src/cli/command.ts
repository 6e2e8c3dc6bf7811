// What a command is: its name, its help, its options and what it does. Knows no command.
import type { ParseArgsConfig, parseArgs } from 'node:util';
import type { Io } from './io.ts';
import type { LoadedSettings, Parts } from './parts.ts';

type ParseArgsOptionsConfig = NonNullable<ParseArgsConfig['options']>;

/** Exit codes of every command. */
export const EXIT = { ok: 0, failed: 1, usage: 2, settings: 3 } as const;

/** The command was called wrongly. `message` is one line that says how it is right. */
export class UsageError extends Error {}

export type Values<O extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: O; strict: true; allowPositionals: true }>
>['values'];

export interface Context<O extends ParseArgsOptionsConfig> {
  readonly io: Io;
  readonly parts: Parts;
  readonly values: Values<O>;
  readonly positionals: readonly string[];
  /** The value of --config. */
  readonly config: string | undefined;
  /** Loads the settings. Rejects with SettingsError. */
  settings(): Promise<LoadedSettings>;
}

export interface Command<O extends ParseArgsOptionsConfig> {
  /** One or two words: `user set`. */
  readonly name: string;
  /** What it does, in a line. */
  readonly summary: string;
  /** What follows the name, such as `EXTENSION [--name NAME]`. */
  readonly usage: string;
  /** Further lines of its help. */
  readonly about?: string;
  readonly options: O;
  readonly positionals: { readonly least: number; readonly most: number };
  /** Resolves with the exit code. */
  run(context: Context<O>): Promise<number>;
}

/** A command in the table, whatever its options. */
export type AnyCommand = Omit<Command<ParseArgsOptionsConfig>, 'run'> & {
  run(context: Context<never>): Promise<number>;
};

/** Ties the type of the values to the options. */
export function command<const O extends ParseArgsOptionsConfig>(one: Command<O>): AnyCommand {
  return one as AnyCommand;
}
