// The ends of a process as commands see them, so that they can be run without one.

/** What of `process.stdout` and `process.stderr` is used. */
export interface Output {
  /** `done` is called when the text has been taken, or with what went wrong. */
  write(text: string | Uint8Array, done?: (error?: Error | null) => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** What of `process.stdin` is used. */
export type Input = NodeJS.ReadableStream & {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
};

export type SignalName = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

export interface Io {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Milliseconds since 1970. */
  now(): number;
  /** Handles a signal in place of dying of it. Returns the function that stops it. */
  onSignal(name: SignalName, fn: () => void): () => void;
  /** Handles what nobody caught. Returns the function that stops it. */
  onCrash(fn: (error: unknown) => void): () => void;
  /** Ends the process at once. */
  exit(code: number): void;
}

export function processIo(): Io {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    now: () => Date.now(),
    onSignal(name, fn) {
      process.on(name, fn);
      return () => process.off(name, fn);
    },
    onCrash(fn) {
      process.on('uncaughtException', fn);
      process.on('unhandledRejection', fn);
      return () => {
        process.off('uncaughtException', fn);
        process.off('unhandledRejection', fn);
      };
    },
    exit: (code) => process.exit(code),
  };
}

/**
 * A reader of stdout or stderr that has gone away is no fault: a command ends quietly, the daemon (`goOn`) works on without
 * its reader.
 */
export function quietPipes(goOn: boolean): void {
  for (const output of [process.stdout, process.stderr]) {
    output.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      if (!goOn) process.exit(0);
    });
  }
}
