// `rollcall backup`: the whole store as one file, made by whoever holds it, written by this command with its own rights.
import type { Backup } from '../service/backup.ts';
import { OperatorError } from '../service/operator-error.ts';
import { createBackupFile } from './backup-file.ts';
import { type Context, command, EXIT, UsageError } from './command.ts';
import { holdingsText } from './holdings.ts';
import type { Io } from './io.ts';
import { Progress, size } from './progress.ts';
import { printable } from './width.ts';
import { withOperations } from './with-operations.ts';

const options = { force: { type: 'boolean' } } as const;

export const backup = command({
  name: 'backup',
  summary: 'write the whole store to a file, also while the daemon runs',
  usage: 'FILE [--force]',
  about: `The file holds the store as it is at one moment, readable by you alone (mode 0600), and gets its name when it is whole and on
the disk. - writes to stdout. --force replaces a file that is there. It holds every contact, personal ones too: keep it as
safe as the data folder. rollcall restore puts it back.`,
  options,
  positionals: { least: 1, most: 1 },
  run,
});

async function run({
  io,
  parts,
  values,
  positionals: [path = ''],
  settings,
}: Context<typeof options>): Promise<number> {
  const { settings: loaded } = await settings();
  const makeTarget = () =>
    path === '-' ? stdoutTarget(io) : fileTarget(io, { path, force: values.force === true, dataFolder: loaded.data });
  return withOperations(parts, loaded, async (operations) => {
    const target = await makeTarget();
    try {
      const { holds, bytes } = await copy(io, await operations.backup(), target);
      target.done(`backup of ${holdingsText(holds)} written to ${target.name} (${size(bytes)})\n`);
      return EXIT.ok;
    } finally {
      target.end();
    }
  });
}

async function copy(io: Io, { holds, lines }: Backup, target: Target) {
  let bytes = 0;
  const progress = new Progress(io, (written) => `${size(written)} written`);
  try {
    for await (const line of lines) {
      await target.write(line);
      const length = Buffer.byteLength(line);
      bytes += length;
      progress.add(length);
    }
    await target.keep();
  } finally {
    progress.end();
  }
  return { holds, bytes };
}

interface Target {
  readonly name: string;
  write(text: string): Promise<void>;
  keep(): Promise<void>;
  /** Says what was done. */
  done(text: string): void;
  end(): void;
}

async function fileTarget(io: Io, options: Parameters<typeof createBackupFile>[0]): Promise<Target> {
  const file = await createBackupFile(options);
  const stops = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((name) =>
    io.onSignal(name, () => {
      file.drop();
      io.stderr.write('rollcall: interrupted: no backup was written\n');
      io.exit(EXIT.failed);
    }),
  );
  return {
    name: printable(options.path),
    write: (text) => file.write(text),
    keep: () => file.keep(),
    done: (text) => io.stdout.write(text),
    end: () => {
      for (const stop of stops) stop();
      file.drop();
    },
  };
}

async function stdoutTarget(io: Io): Promise<Target> {
  if (io.stdout.isTTY) throw new UsageError('stdout is a terminal: name a file, or send stdout to one');
  const gone = () => {
    // At once: a reader that goes ends other commands quietly, but half a backup is none.
    io.stderr.write('rollcall: the reader of stdout has gone: the backup is not whole\n');
    io.exit(EXIT.failed);
  };
  return {
    name: 'stdout',
    write: (text) =>
      new Promise((resolve, reject) => {
        io.stdout.write(text, (error) => {
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
