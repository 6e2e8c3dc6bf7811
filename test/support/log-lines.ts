// A log whose lines can be read: the logger and the reports as the daemon has them, with a clock that stands still.
import { createLogger, type LoggerOptions } from '../../src/server/logger.ts';
import { createReport } from '../../src/server/reports.ts';

export function openLog(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const clock = { now: Date.parse('2026-01-05T08:00:00.000Z') };
  const now = () => clock.now;
  const out = { write: (text: string) => lines.push(text) };
  const logger = createLogger({ level: 'trace', out, now, ...options });
  return { lines, clock, logger, report: createReport(logger, now) };
}
