// The port to what the daemons that share a store count together of what is limited. Knows no rule and no store.

/** What was counted of one thing by all daemons. */
export interface Tally {
  /** How much of it was left at `at`, milliseconds since 1970. */
  readonly level: number;
  readonly at: number;
  /** One of it is forgotten after this many seconds. */
  readonly forget: number;
  /** Nobody passes before this time; milliseconds since 1970. */
  readonly until: number;
}

export interface Tallies {
  /** What all daemons have counted and not forgotten, and until when one of them lets nobody pass; nothing where nobody has told of it. */
  all(kind: string, key: string): { readonly level: number; readonly until: number };
  /** One more was counted here, and that is the sum now. The others are told when this daemon has counted `least` more than they know. */
  tell(kind: string, key: string, tally: Tally, least: number): void;
  /** It counts no longer, at none of the daemons. */
  forget(kind: string, key: string): void;
  /** Called when another daemon has said that something counts no longer. Returns the function that stops it. */
  subscribe(listener: (kind: string, key: string) => void): () => void;
}

const NOTHING = { level: 0, until: 0 };

/** Of a daemon that is alone. */
export const OWN_TALLIES: Tallies = {
  all: () => NOTHING,
  tell: () => {},
  forget: () => {},
  subscribe: () => () => {},
};
