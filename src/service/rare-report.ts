// A report of what can happen thousands of times a second: told at once, then at most once a minute with how often it was.
import { type Clock, systemClock } from './clock.ts';
import type { Report, ReportFields } from './report.ts';

const EVERY_MS = 60_000;

/** The function to call each time. The report's field `times` counts the calls since the last report. */
export function rareReport(
  report: Report,
  event: string,
  clock: Pick<Clock, 'now'> = systemClock,
): (fields?: ReportFields) => void {
  let told: number | undefined;
  let times = 0;
  return (fields) => {
    times += 1;
    const now = clock.now();
    // A clock that was set back does not keep it silent.
    if (told !== undefined && now >= told && now - told < EVERY_MS) return;
    report(event, { ...fields, times });
    told = now;
    times = 0;
  };
}
