// The words of calls: what a finished call was for one of its parties. Types and small facts about them; pure.

export type CallDirection = 'in' | 'out';

/** Why a call was missed. `dnd`: the one who was called did not want to be disturbed. `unregistered`: no phone of his was there. */
export type MissedReason = 'no_answer' | 'declined' | 'busy' | 'dnd' | 'cancelled' | 'unregistered';

/** How a call ended for the one who made it. A declined call is `no_answer`, one that do not disturb refused is `busy`. */
export type OutDisposition = 'answered' | 'no_answer' | 'busy' | 'failed' | 'cancelled';

export type CallDisposition = OutDisposition | 'missed';

/** Why a call that was dialled through the daemon did not get as far as its number: what the user's own phone did. */
export type PhoneReason = 'phone_no_answer' | 'phone_declined' | 'phone_busy' | 'phone_unreachable';

/**
 * How far a call that was dialled through the daemon is: `phone` the user's own phone rings, `calling` the number is being called, `ringing` it
 * rings there, `talking` somebody answered.
 */
export type CallState = 'phone' | 'calling' | 'ringing' | 'talking';

interface EntryOfCall {
  /** The extension whose history it is in. */
  readonly owner: string;
  /** The PBX's name of the whole call, the same for all its parties: Asterisk's linked id. */
  readonly call: string;
  /** When it began, in milliseconds since 1970. */
  readonly at: number;
  /** The other party as the PBX has it; empty when it is withheld. */
  readonly number: string;
  /** What the PBX was told of the other party's name from outside, before anything here named it. Never a name out of a book. */
  readonly presented?: string;
  /** The number is what a caller from outside presented: it is none of the house, whatever it looks like. */
  readonly outside?: true;
  /** Whole seconds until it was answered or given up. */
  readonly ring: number;
  /** Whole seconds from the answer to the end; 0 without an answer. */
  readonly talk: number;
}

export interface IncomingEntry extends EntryOfCall {
  readonly direction: 'in';
  readonly disposition: 'answered' | 'missed';
  /** Of a missed call; absent when it is not known. */
  readonly reason?: MissedReason;
}

export interface OutgoingEntry extends EntryOfCall {
  readonly direction: 'out';
  readonly disposition: OutDisposition;
  /** Of a call that was dialled through the daemon and ended at the user's own phone. */
  readonly reason?: PhoneReason;
}

/** A finished call in the history of one of its parties. There is one entry for each call and party. */
export type CallEntry = IncomingEntry | OutgoingEntry;
