// What the log says: one row per event, with its level, its sentence, what to do about it, and the fields it may show.
// Nothing else reaches the log. Knows neither who reports nor how lines are written.
import type { ReportFields } from '../service/report.ts';
import type { Logger, LogLine } from './logger.ts';
import { FIELD_KINDS, type FieldKind } from './report-fields.ts';
import { REPORT_LINES } from './report-lines.ts';

export interface ReportLine {
  readonly level: LogLine['level'];
  /** `{field}` stands for the value of a field. */
  readonly text: string;
  readonly advice?: string;
  /** The fields that may be shown; all others are dropped. */
  readonly fields?: Readonly<Record<string, FieldKind>>;
  /** Peers can cause it at will: beyond 20 at once and one every 5 s the lines are counted, not written. */
  readonly byPeers?: true;
}

export type ReportEvent = keyof typeof REPORT_LINES;

/** The port's `Report`, with events known to the compiler. */
export type TypedReport = (event: ReportEvent, fields?: ReportFields) => void;

const AT_ONCE = 20;
const REFILL_MS = 5_000;

/** Writes reports as log lines. `now` in milliseconds. */
export function createReport(logger: Logger, now: () => number = Date.now): TypedReport {
  const limits = new Map<string, { left: number; at: number; unwritten: number }>();

  /** Whether the line may be written, and how many were not since the last. */
  function take(event: string): { readonly pass: boolean; readonly unwritten: number } {
    const limit = limits.get(event) ?? { left: AT_ONCE, at: now(), unwritten: 0 };
    limits.set(event, limit);
    const refill = Math.max(0, Math.floor((now() - limit.at) / REFILL_MS));
    limit.left = Math.min(AT_ONCE, limit.left + refill);
    limit.at = limit.left === AT_ONCE ? now() : limit.at + refill * REFILL_MS;
    if (limit.left < 1) {
      limit.unwritten += 1;
      return { pass: false, unwritten: 0 };
    }
    limit.left -= 1;
    const unwritten = limit.unwritten;
    limit.unwritten = 0;
    return { pass: true, unwritten };
  }

  return (event: string, given: ReportFields = {}) => {
    const line = Object.hasOwn(REPORT_LINES, event) ? rowOf(event) : undefined;
    if (!line) {
      logger.write({
        level: 'warn',
        event: 'unnamed',
        fields: {},
        text: 'an event without a row in the table of reports',
      });
      return;
    }
    const { pass, unwritten } = line.byPeers ? take(event) : { pass: true, unwritten: 0 };
    if (!pass) return;
    const fields = shown(line, unwritten > 0 ? { ...given, unwritten } : given);
    const text = line.text.replace(/\{(\w+)\}/g, (_, name: string) => String(fields[name] ?? '?'));
    logger.write({ level: line.level, event, fields, text, ...(line.advice ? { advice: line.advice } : {}) });
  };
}

function rowOf(event: string): ReportLine | undefined {
  return (REPORT_LINES as Readonly<Record<string, ReportLine>>)[event];
}

function shown({ fields = {}, byPeers }: ReportLine, given: ReportFields): Record<string, string | number | boolean> {
  const kinds = byPeers ? { ...fields, unwritten: 'number' as const } : fields;
  const pairs = Object.entries(kinds).flatMap(([name, kind]) => {
    const value = Object.hasOwn(given, name) ? FIELD_KINDS[kind](given[name]) : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(pairs);
}
