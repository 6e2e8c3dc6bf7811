// Log lines: JSON to stdout, readable ones at a terminal. Knows no event; what is written was decided in reports.ts.
import pino from 'pino';
import pretty from 'pino-pretty';

type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

export interface LogLine {
  readonly level: Exclude<LogLevel, 'trace'>;
  readonly event: string;
  readonly fields: Readonly<Record<string, string | number | boolean>>;
  readonly text: string;
  readonly advice?: string;
}

export interface Logger {
  write(line: LogLine): void;
  /** Lines below this level are not written; may change at any time. */
  setLevel(level: LogLevel): void;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Without it: whether stdout is a terminal. */
  readonly pretty?: boolean;
  /** Without it: stdout. */
  readonly out?: { write(text: string): void };
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Above this, lines are dropped while nobody takes them: a stuck reader must not fill the memory. */
const MOST_BYTES_WAITING = 4 * 1024 * 1024;

export function createLogger({ level, pretty: readable, out, now = Date.now }: LoggerOptions): Logger {
  // What still waits when the process exits is written then, by pino itself.
  const target = out ?? pino.destination({ dest: 1, sync: false, maxLength: MOST_BYTES_WAITING });
  const lines = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    (readable ?? (out ? false : process.stdout.isTTY)) ? prettified(target, !out) : target,
  );
  return {
    write: ({ level: at, event, fields, text, advice }) =>
      lines[at]({ event, ...fields, ...(advice ? { advice } : {}) }, text),
    setLevel: (next) => {
      lines.level = next;
    },
  };
}

/** What the sentence already says is left out. */
const SAID = 'event,advice,host,port,url,reason,code';

function prettified(target: { write(text: string): void }, colorize: boolean) {
  const format = pretty.prettyFactory({
    colorize,
    ignore: SAID,
    translateTime: 'SYS:HH:MM:ss',
    singleLine: true,
    messageFormat: '{msg}{if advice} — {advice}{end}',
  });
  return { write: (line: string) => target.write(format(JSON.parse(line))) };
}
