// Reads the end of a status as people type it. Pure but for the machine's time zone.

const LONGEST_MS = 366 * 24 * 3_600_000;

/**
 * The time as ISO 8601 in UTC: from an ISO time (without a zone: local), from `HH:MM` (the next such local time), or from
 * `+30m`, `+2h`, `+1h30m`. Null when it is none of these, not after `now`, or more than a year away.
 */
export function parseUntil(text: string, now: number): string | null {
  const time = readTime(text.trim(), now);
  if (time === null || Number.isNaN(time) || time <= now || time - now > LONGEST_MS) return null;
  return new Date(time).toISOString();
}

function readTime(text: string, now: number): number | null {
  const span = /^\+(?:(\d{1,4})h)?(?:(\d{1,5})m)?$/.exec(text);
  if (span && text !== '+') return now + (Number(span[1] ?? 0) * 60 + Number(span[2] ?? 0)) * 60_000;
  const clock = /^(\d{1,2}):(\d{2})$/.exec(text);
  if (clock) return nextLocal(Number(clock[1]), Number(clock[2]), now);
  if (/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/i.test(text))
    return readIso(text);
  return null;
}

/** A day alone means its first moment here, which Date alone would take for UTC. */
function readIso(text: string): number | null {
  const time = Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T').toUpperCase());
  const day = Number(text.slice(8, 10));
  const lastOfMonth = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate();
  return day > lastOfMonth ? null : time;
}

function nextLocal(hours: number, minutes: number, now: number): number | null {
  if (hours > 23 || minutes > 59) return null;
  const time = new Date(now);
  time.setHours(hours, minutes, 0, 0);
  if (time.getTime() <= now) {
    time.setDate(time.getDate() + 1);
    time.setHours(hours, minutes, 0, 0);
  }
  return time.getTime();
}
