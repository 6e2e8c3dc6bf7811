// The port to the place where names are mirrored by number, so that others can look them up without asking: others write
// there too, and theirs is left alone. Knows no AMI.

/** What a number is to be shown as. */
export interface MirrorEntry {
  /** The keys under which the name is to be found: digits, perhaps with + in front; at least one. */
  readonly spellings: readonly string[];
  /** One line, not empty. */
  readonly name: string;
}

/** What was done for one number. */
export interface Visit {
  readonly written: number;
  readonly removed: number;
  /** Keys that are left alone because somebody else has an entry there. */
  readonly foreign: number;
}

/**
 * `away`: the PBX is not there. `forbidden`: the PBX does not let us, which stays so for this connection. `too_long`: more than
 * can be listed at once. `failed`: anything else; later it may go.
 */
export type MirrorFaultKind = 'away' | 'forbidden' | 'too_long' | 'failed';

export class MirrorFault extends Error {
  readonly kind: MirrorFaultKind;
  constructor(kind: MirrorFaultKind, message: string) {
    super(message);
    this.name = 'MirrorFault';
    this.kind = kind;
  }
}

/** Numbers are named by an id of 2 to 32 characters: digits, perhaps with + in front. All methods reject with MirrorFault. */
export interface MirrorPlace {
  /** To be called once for each connection of the PBX, before anything else. */
  prepare(): Promise<void>;

  /** Looks at one number and brings it to what is wanted; undefined: nothing of ours is to be there. */
  visit(id: string, entry: MirrorEntry | undefined): Promise<Visit>;

  /** Lists what is there of the numbers that end with these digits (at most two; none: of all). */
  list(ending: string): Promise<MirrorListing>;
}

/** What was there when it was listed, and what was done since by its own visits. */
export interface MirrorListing {
  /** The numbers that are ours. */
  readonly ids: Iterable<string>;

  /** As MirrorPlace.visit, without looking again. */
  visit(id: string, entry: MirrorEntry | undefined): Promise<Visit>;
}
