// Where a command writes what it was asked for: a file that appears when it is whole, or stdout. Knows nothing of what is written.
import { OperatorError } from '../service/operator-error.ts';
import { EXIT, UsageError } from './command.ts';
import type { Io } from './io.ts';
import { createWholeFile, type WholeFileOptions } from './whole-file.ts';
import { printable } from './width.ts';

export interface Target {
  readonly name: string;
  write(content: string | Uint8Array): Promise<void>;
  keep(): Promise<void>;
  /** Says what was done. */
  done(text: string): void;
  end(): void;
}

/** `path` may be `-` for stdout. Rejects with UsageError for a stdout that is a terminal, and with what createWholeFile rejects. */
export async function openTarget(io: Io, options: WholeFileOptions): Promise<Target> {
  return options.path === '-' ? stdoutTarget(io, options.what) : fileTarget(io, options);
}

async function fileTarget(io: Io, options: WholeFileOptions): Promise<Target> {
  const file = await createWholeFile(options);
  const stops = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((name) =>
    io.onSignal(name, () => {
      file.drop();
      io.stderr.write(`rollcall: interrupted: no ${options.what} was written\n`);
      io.exit(EXIT.failed);
    }),
  );
  return {
    name: printable(options.path),
    write: (content) => file.write(content),
    keep: () => file.keep(),
    done: (text) => io.stdout.write(text),
    end: () => {
      for (const stop of stops) stop();
      file.drop();
    },
  };
}

async function stdoutTarget(io: Io, what: string): Promise<Target> {
  if (io.stdout.isTTY) throw new UsageError('stdout is a terminal: name a file, or send stdout to one');
  const gone = () => {
    // At once: a reader that goes ends other commands quietly, but half of it is none.
    io.stderr.write(`rollcall: the reader of stdout has gone: the ${what} is not whole\n`);
    io.exit(EXIT.failed);
  };
  return {
    name: 'stdout',
    write: (content) =>
      new Promise((resolve, reject) => {
        io.stdout.write(content, (error) => {
          if (error) gone();
          if (error) reject(new OperatorError('stdout cannot be written', { cause: error }));
          else resolve();
        });
      }),
    keep: async () => undefined,
    done: (text) => io.stderr.write(text),
    end: () => undefined,
  };
}
