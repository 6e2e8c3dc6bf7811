// Times and counts as people of a language write them. Pure but for what `now` tells.

export interface Format {
  /** The time of day; with the day, when that is not today. Of ISO 8601 or milliseconds. */
  readonly moment: (at: string | number) => string;
  /** With the date, always. */
  readonly full: (at: string | number) => string;
  readonly count: (n: number) => string;
}

/** `language`: such as `en`; of the browser's `tags` the first of that language says the region. */
export function formatOf(language: string, tags: readonly string[], now: () => number): Format {
  const locale = tags.find((tag) => tag.toLowerCase().split('-')[0] === language) ?? language;
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  const near = new Intl.DateTimeFormat(locale, { weekday: 'short', hour: '2-digit', minute: '2-digit' });
  const far = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
  const full = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const counts = new Intl.NumberFormat(locale);
  return {
    moment: (at) => {
      const [then, today] = [new Date(at), new Date(now())];
      if (then.toDateString() === today.toDateString()) return time.format(then);
      const days = Math.abs(then.getTime() - today.getTime()) / 86_400_000;
      if (days < 6) return near.format(then);
      return days < 300 ? far.format(then) : full.format(then);
    },
    full: (at) => full.format(new Date(at)),
    count: (n) => counts.format(n),
  };
}
