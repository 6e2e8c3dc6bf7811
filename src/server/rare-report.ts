// A report of what can happen thousands of times a second: told at once, then at most once a minute with how often it was.
import type { Report, ReportFields } from '../service/report.ts';

const EVERY_MS = 60_000;

/** The function to call each time. `now` in milliseconds. The report's field `times` counts the calls since the last. */
export function rareReport(
  report: Report,
  event: string,
  now = () => performance.now(),
): (fields: ReportFields) => void {
  let told = Number.NEGATIVE_INFINITY;
  let times = 0;
  return (fields) => {
    times += 1;
    if (now() - told < EVERY_MS) return;
    report(event, { ...fields, times });
    told = now();
    times = 0;
  };
}
