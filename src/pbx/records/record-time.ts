// Times in the PBX's records: `2026-01-05 08:00:00` in the zone of the machine or in UTC, without saying in which.

const SHAPE = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.\d+)?$/;
/** By how much clocks are set back. */
const SET_BACK_MS = [30 * 60_000, 60 * 60_000];
/** A channel is there a moment before its record begins. */
const SLACK_MS = 2_000;

/**
 * Milliseconds since 1970; undefined for what is no time. Local times that exist twice, in the night in which clocks are set back, are the
 * earlier one, unless that is before `notBefore`.
 */
export function readTime(text: string, utc: boolean, notBefore = 0): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (SHAPE.exec(text) ?? [])
    .slice(1)
    .map(Number);
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return undefined;
  if (utc) return Date.UTC(year, month - 1, day, hour, minute, second);
  const early = new Date(year, month - 1, day, hour, minute, second).getTime();
  if (early + SLACK_MS >= notBefore) return early;
  const again = SET_BACK_MS.map((ms) => early + ms).find((late) => writeTime(late, false) === writeTime(early, false));
  return again ?? early;
}

/** A time as records have it. */
export function writeTime(ms: number, utc: boolean): string {
  const date = new Date(ms);
  const local = utc ? date : new Date(ms - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace('T', ' ');
}

/** When the channel began whose id this is: Asterisk makes ids of that time, such as `pbx-1795336577.0`. */
export function timeInId(id: string): number | undefined {
  const seconds = /^(?:.*-)?(\d{9,10})\.\d+$/.exec(id)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
