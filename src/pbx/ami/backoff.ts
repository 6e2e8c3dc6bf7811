// How long to wait before the next connection: exponential with full jitter. Knows no clock and no socket.

const FIRST_MS = 250;
const CAP_MS = 5_000;
/** Even the luckiest draw leaves the machine a moment. */
const LEAST_MS = 50;

/** A refused log-in is tried again this slowly: each failure is a line in Asterisk's log, and fail2ban counts them. */
const REFUSED_MS = 60_000;

/** Milliseconds before attempt number `attempt` (0 = the first after a loss). `random` is in [0, 1). */
export function backoff(attempt: number, random: number): number {
  const ceiling = Math.min(CAP_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return Math.round(LEAST_MS + random * (ceiling - LEAST_MS));
}

/** Milliseconds before the next log-in after a refused one: between 1 and 1.25 minutes. */
export function refusedBackoff(random: number): number {
  return Math.round(REFUSED_MS * (1 + random / 4));
}
