// The status an extension has chosen, in layers: a base, a status with an end time over it, and DND over both.
// Taking a layer off shows the one below, so that DND or an ended lunch returns to what was before. Pure.
import type { Status } from './presence.ts';

type CalmStatus = Exclude<Status, 'do_not_disturb'>;

/** One layer. `until` is ISO 8601 in UTC; absent means until changed. */
interface Layer<S extends Status> {
  readonly status: S;
  readonly note?: string;
  readonly until?: string;
}

/** The layers of one extension. */
export interface ChosenStatus {
  readonly base: { readonly status: CalmStatus; readonly note?: string };
  readonly timed?: Layer<CalmStatus> & { readonly until: string };
  readonly dnd?: { readonly note?: string; readonly until?: string };
}

/** What of the layers shows. */
export type EffectiveStatus = Layer<Status>;

export const AVAILABLE: ChosenStatus = { base: { status: 'available' } };

/** The layer that shows: DND, else the timed status, else the base. */
export function effective(chosen: ChosenStatus): EffectiveStatus {
  if (chosen.dnd) return { status: 'do_not_disturb', ...chosen.dnd };
  return chosen.timed ?? chosen.base;
}

/** Chooses `next`. DND goes over what is there; any other status takes DND off; one with an end goes over the base. */
export function choose(chosen: ChosenStatus, next: EffectiveStatus): ChosenStatus {
  const note = next.note ? { note: next.note } : {};
  if (next.status === 'do_not_disturb') {
    return { ...chosen, dnd: { ...note, ...(next.until ? { until: next.until } : {}) } };
  }
  const layer = { status: next.status, ...note };
  if (next.until) return { base: chosen.base, timed: { ...layer, until: next.until } };
  return { base: layer };
}

/** Turns DND on or off and leaves the other layers alone. */
export function withDnd(chosen: ChosenStatus, on: boolean): ChosenStatus {
  if (on === (chosen.dnd !== undefined)) return chosen;
  if (on) return { ...chosen, dnd: {} };
  const { dnd: _, ...rest } = chosen;
  return rest;
}

/** Drops the layers that have ended at `now` (ISO 8601 in UTC). The same object when none has. */
export function expire(chosen: ChosenStatus, now: string): ChosenStatus {
  let left = chosen;
  if (left.dnd?.until !== undefined && left.dnd.until <= now) left = withDnd(left, false);
  if (left.timed && left.timed.until <= now) {
    const { timed: _, ...rest } = left;
    left = rest;
  }
  return left;
}

/** The next time at which a layer ends, or undefined. */
export function nextEnd({ dnd, timed }: ChosenStatus): string | undefined {
  const [ofDnd, ofTimed] = [dnd?.until, timed?.until];
  if (ofDnd === undefined || (ofTimed !== undefined && ofTimed < ofDnd)) return ofTimed;
  return ofDnd;
}
