// Times and counts as people of a language write them. Pure but for what `now` tells.

export interface Format {
  /** The time of day; with the day, when that is not today. Of ISO 8601 or milliseconds. */
  readonly moment: (at: string | number) => string;
  /** With the date, always. */
  readonly full: (at: string | number) => string;
  /** The time of day, whichever day it is. */
  readonly time: (at: string | number) => string;
  /** Today, yesterday, or the date with its weekday; with the year, when it is not this one. */
  readonly day: (at: string | number) => string;
  readonly count: (n: number) => string;
  /** Hours, minutes and seconds in words. */
  readonly duration: (seconds: number) => string;
}

/** `language`: such as `en`; of the browser's `tags` the first of that language says the region. */
export function formatOf(language: string, tags: readonly string[], now: () => number): Format {
  const locale = tags.find((tag) => tag.toLowerCase().split('-')[0] === language) ?? language;
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  const near = new Intl.DateTimeFormat(locale, { weekday: 'short', hour: '2-digit', minute: '2-digit' });
  const far = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
  const full = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const days = daysOf(locale, now);
  const counts = new Intl.NumberFormat(locale);
  return {
    moment: (at) => {
      const [then, today] = [new Date(at), new Date(now())];
      if (then.toDateString() === today.toDateString()) return time.format(then);
      const days = Math.abs(then.getTime() - today.getTime()) / 86_400_000;
      if (days < 6) return near.format(then);
      return days < 300 ? far.format(then) : full.format(then);
    },
    time: (at) => time.format(new Date(at)),
    day: (at) => days(new Date(at)),
    full: (at) => full.format(new Date(at)),
    count: (n) => counts.format(n),
    duration: (seconds) => durationIn(locale, seconds),
  };
}

function daysOf(locale: string, now: () => number): (then: Date) => string {
  const near = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const date = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });
  const dateWithYear = new Intl.DateTimeFormat(locale, { dateStyle: 'full' });
  return (then) => {
    const today = new Date(now());
    const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
    for (const [day, ago] of [[today, 0] as const, [yesterday, -1] as const]) {
      if (then.toDateString() !== day.toDateString()) continue;
      const word = near.format(ago, 'day');
      return word.charAt(0).toLocaleUpperCase(locale) + word.slice(1);
    }
    return (then.getFullYear() === today.getFullYear() ? date : dateWithYear).format(then);
  };
}

/** Whole hours, minutes and seconds, without those that are none; `0` is told as seconds. */
function durationIn(locale: string, seconds: number): string {
  const parts = [
    ['hour', Math.floor(seconds / 3600)],
    ['minute', Math.floor(seconds / 60) % 60],
    ['second', Math.floor(seconds) % 60],
  ] as const;
  const told = parts.filter(([unit, n]) => n > 0 || (unit === 'second' && seconds < 1));
  return told
    .map(([unit, n]) => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(n))
    .join(' ');
}
