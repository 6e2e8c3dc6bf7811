// Presence of all extensions as an administrator looks at it: who is on do not disturb, since when, and who has probably
// forgotten it. Pure.
import type { Presence } from '../../../client/types.ts';
import { byNumber } from './people.ts';

/** As `GET /api/presence` has it, also of extensions that are hidden from the administrator as a user. */
export interface NamedPresence extends Presence {
  readonly name: string;
  readonly site?: string;
}

export interface PresenceRow extends NamedPresence {
  /** On do not disturb for longer than half a day, without an end. */
  readonly stuck: boolean;
}

export type PresenceFilter = 'dnd' | 'chosen' | 'all';

const STUCK_MS = 12 * 60 * 60 * 1000;

/** What was fetched, with what came since over it. */
export function latest(fetched: readonly NamedPresence[], live: ReadonlyMap<string, Presence>): NamedPresence[] {
  return fetched.map((item) => {
    const newer = live.get(item.id);
    if (!newer) return item;
    const { name, site } = item;
    return { ...newer, name, ...(site === undefined ? {} : { site }) };
  });
}

/** Of those that pass the filter: on do not disturb first, the longest first; then by number. `now` in milliseconds since 1970. */
export function presenceRows(items: readonly NamedPresence[], filter: PresenceFilter, now: number): PresenceRow[] {
  const passing = items.filter(
    ({ status }) => filter === 'all' || (filter === 'dnd' ? status === 'do_not_disturb' : status !== 'available'),
  );
  const rows = passing.map((item) => ({ ...item, stuck: isStuck(item, now) }));
  return rows.sort((a, b) => {
    const first = Number(b.status === 'do_not_disturb') - Number(a.status === 'do_not_disturb');
    if (first !== 0) return first;
    const since = a.status === 'do_not_disturb' ? Date.parse(a.since) - Date.parse(b.since) : 0;
    return since || byNumber(a.id, b.id);
  });
}

function isStuck({ status, until, since }: Presence, now: number): boolean {
  return status === 'do_not_disturb' && until === undefined && now - Date.parse(since) > STUCK_MS;
}

interface Duration {
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
}

/** From a time to another, never below nothing. */
export function durationBetween(since: string, now: number): Duration {
  const minutes = Math.max(0, Math.floor((now - Date.parse(since)) / 60_000));
  return { days: Math.floor(minutes / 1440), hours: Math.floor((minutes % 1440) / 60), minutes: minutes % 60 };
}
