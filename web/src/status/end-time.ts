// When a status ends, from what is chosen in the form. Pure.

const END_CHOICES = ['none', 'minutes30', 'hour1', 'atTime', 'keep'] as const;
export type EndChoice = (typeof END_CHOICES)[number];

export interface EndForm {
  readonly choice: EndChoice;
  /** `HH:MM` of the local day, for `atTime`. */
  readonly time: string;
  /** The end as it is set now, ISO 8601, for `keep`. */
  readonly kept: string | undefined;
}

/** ISO 8601 in UTC; `none` for no end; undefined when no time is given yet. A time that is past today is meant for tomorrow. */
export function endOf({ choice, time, kept }: EndForm, now: number): string | 'none' | undefined {
  if (choice === 'none') return 'none';
  if (choice === 'keep') return kept ?? 'none';
  if (choice === 'minutes30') return iso(now + 30 * 60_000);
  if (choice === 'hour1') return iso(now + 60 * 60_000);
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})/.exec(time) ?? [];
  if (hours === undefined) return undefined;
  const end = new Date(now);
  end.setHours(Number(hours), Number(minutes), 0, 0);
  if (end.getTime() <= now) end.setDate(end.getDate() + 1);
  return iso(end.getTime());
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
