// When clients are to come back after the daemon went: one after the other, so that log-ins do not all come at once.

const EARLIEST_MS = 500;
const SPREAD_MS = 2_000;
const PER_CLIENT_MS = 2;

/** Milliseconds for client `i` of `clients`; no two are told the same. `random` is from 0 to 1, 1 excluded. */
export function returnAfter(i: number, clients: number, random: number): number {
  const spread = Math.max(SPREAD_MS, clients * PER_CLIENT_MS);
  return EARLIEST_MS + Math.floor((spread * (i + random)) / clients);
}
