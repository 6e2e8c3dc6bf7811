// What one client may do. The first three are told to it when it opens a session.

export const LIMITS = {
  /** Longest message a client may send, in bytes. */
  messageBytes: 262_144,
  requestsPerSecond: 50,
  /** A message counts as one request more for each so many characters: to read it takes that much longer. */
  charactersPerRequest: 16_384,
  /** Items in one page of a snapshot. */
  pageItems: 500,
  /** Time to send session.open after connecting. */
  openWithinMs: 10_000,
  heartbeatMs: 25_000,
  /** A client that takes nothing for this long is closed. */
  stalledMs: 60_000,
  /** Bytes waiting for one client above which live changes wait in the store instead. */
  outboxBytes: 262_144,
  /** Bytes waiting for one client above which its requests are not read. */
  pauseBytes: 524_288,
  /** Requests of one client that may be in work at once. */
  requestsInWork: 64,
  /** Frames that are not JSON, in a row, which are answered; the next closes. */
  unreadableFrames: 5,
  /** Requests refused with 429, with no second of silence between, after which the session is closed. */
  refusalsBeforeClose: 200,
} as const;

/** Longest note of a status, in UTF-16 units: its bytes must fit one AMI line. */
export const NOTE_LENGTH = 200;

/** Longest chat message, in UTF-16 units. */
export const MESSAGE_LENGTH = 4_000;

/** What lists and texts of contacts' methods may hold at most. */
export const CONTACT_LIMITS = {
  /** Contacts deleted by one request. */
  deletedAtOnce: 5_000,
  /** Contacts found by one search. */
  found: 500,
  searchText: 255,
  booksNamed: 500,
  /** Rules of one list that are read at all; how many there may be is for the use case to say. */
  rulesRead: 10_000,
} as const;
