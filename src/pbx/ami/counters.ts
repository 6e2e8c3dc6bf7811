// What the link counts, for metrics: read by others, written only by the link.

export interface LinkCounters {
  /** TCP connections begun. */
  connects: number;
  /** Log-ins that Asterisk refused. */
  refusals: number;
  /** Events handed to subscribers. */
  events: number;
  /** Messages from the peer that were left out because no safe reading of them exists. */
  dropped: number;
  /** Messages from the peer that were mended before they were read. */
  mended: number;
  /** Actions and lists that got no answer in time. */
  timeouts: number;
}

export function newCounters(): LinkCounters {
  return { connects: 0, refusals: 0, events: 0, dropped: 0, mended: 0, timeouts: 0 };
}
