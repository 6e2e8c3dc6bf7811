// What a process tells of one search.

export interface Searched {
  /** Contacts in the answer. */
  readonly found: number;
  readonly millis: number;
}
