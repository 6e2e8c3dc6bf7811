// How long to wait before the next try to connect. Pure.

const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;
/** Whatever a server asks for, the client comes back within the hour. */
const LONGEST_ASKED_MS = 3_600_000;
/** A connection that was of use for so long counts as good: the next try after it is a first one. */
const STABLE_MS = 60_000;

/** Milliseconds before try number `tries` (0: the first after a drop), spread over the whole time; not before `askedMs`. */
export function backOff(tries: number, random: number, askedMs = 0): number {
  const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries, 10));
  return Math.max(Math.min(askedMs, LONGEST_ASKED_MS), Math.floor(random * most));
}

/** Tries that count after a connection that was ready from `since` to `now`; undefined: it never was. */
export function triesAfter(tries: number, since: number | undefined, now: number): number {
  return since !== undefined && now - since >= STABLE_MS ? 0 : tries;
}

/** Milliseconds out of the reason of a close: `retry-after=2500`. */
export function askedWait(code: number, reason: string): number | undefined {
  if (code !== 1001 && code !== 1013 && code !== 4429) return undefined;
  const ms = /^retry-after=(\d{1,12})$/.exec(reason)?.[1];
  return ms === undefined ? undefined : Number(ms);
}
