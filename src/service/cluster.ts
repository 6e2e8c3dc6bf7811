// The port to the other daemons that share the store: who is there, and which of them does the work that only one may do. Knows no
// database. A daemon with the embedded store is alone and has every duty.

/** Work that one daemon at a time does. While another has it, this one stands by. */
export interface Duty {
  /** False also while it may be lost, since nothing was seen for long: the loss is told a moment later. */
  readonly isHeld: boolean;
  /** Called after `isHeld` has changed. Returns the function that stops it. */
  subscribe(listener: (isHeld: boolean) => void): () => void;
}

/** Another daemon that is alive. */
export interface Peer {
  readonly site: string;
  /** Whether its link to its PBX is up. */
  readonly hasPbx: boolean;
}

export interface Cluster {
  /** Names this run of this daemon: unique, never used again. */
  readonly daemon: string;
  /** The site of this daemon's PBX; '' where sites have no names. */
  readonly site: string;
  /** Whether other daemons can be there at all: false with the embedded store. */
  readonly isShared: boolean;
  /** False while the database cannot be reached, or not written: who else is there is not known then, and `peers` is empty. */
  readonly isConnected: boolean;
  /** The work at this site's PBX: what it says is derived and written, and it is given orders, by one daemon of the site. */
  readonly siteDuty: Duty;
  /** The work over the whole store that goes on in the background, by one of all daemons. */
  readonly houseDuty: Duty;
  /** The other daemons that are alive, by name. */
  readonly peers: ReadonlyMap<string, Peer>;
  /** Called when `isConnected` or `peers` has changed. Returns the function that stops it. */
  subscribe(listener: () => void): () => void;
  /** Says whether this daemon's link to the PBX is up: of a site's daemons one whose link is up gets its duty. */
  setPbx(hasPbx: boolean): void;
  /** Gives every duty back, so that another daemon takes it at once. */
  leave(): Promise<void>;
}

const HELD: Duty = { isHeld: true, subscribe: () => () => {} };

/** The cluster of one. */
export function aloneIn(site: string, daemon: string): Cluster {
  return {
    ...{ daemon, site, isShared: false, isConnected: true, siteDuty: HELD, houseDuty: HELD, peers: new Map() },
    subscribe: () => () => {},
    setPbx: () => {},
    leave: async () => {},
  };
}
