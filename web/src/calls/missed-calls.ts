// Which missed calls are new: those that ended after what this device's user last looked at. Pure.
import type { Call } from '../../../client/types.ts';

/** Without a mark, as in a new browser, what is older than this is not new. */
const DAY_MS = 24 * 3_600_000;

/** `mark`: milliseconds since 1970, until when calls were looked at; undefined for never. */
export function newMissed(calls: Iterable<Call>, mark: number | undefined, now: number): number {
  const from = mark ?? now - DAY_MS;
  let count = 0;
  for (const call of calls) if (call.disposition === 'missed' && endOf(call) > from) count += 1;
  return count;
}

/** The mark of somebody who sees all these calls; never before the one he had. */
export function markOf(calls: Iterable<Call>, mark = 0): number {
  let latest = mark;
  for (const call of calls) if (call.state === undefined) latest = Math.max(latest, endOf(call));
  return latest;
}

/** A call that began later may have ended before. */
function endOf({ at, ring, talk }: Call): number {
  return Date.parse(at) + (ring + talk) * 1000;
}
